"""A safetensors file from outside: its header and its digest. No torch."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path

from rrsis_geo.errors import WeightsError

MAX_HEADER = 50_000_000
PICKLES = (".pt", ".pth", ".ckpt", ".bin", ".pkl", ".pickle")


def digest(path: Path) -> str:
    """sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_metadata(path: Path) -> dict[str, str]:
    """Metadata of a safetensors file that has all the bytes its header promises.

    Raises:
        WeightsError: a pickle, truncated, or no safetensors file.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        start, brace = stream.read(8), stream.read(1)
        # A header's length may begin with the very bytes that pickles begin with.
        if brace != b"{" and (start[:2] == b"PK" or start[:1] == b"\x80"):
            raise WeightsError(
                f"{path}: a pickle under another name; a pickle can run code when it "
                "is opened, so none is loaded; give a .safetensors file"
            )
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else MAX_HEADER + 1
        if length > MAX_HEADER:
            raise WeightsError(f"{path}: not a safetensors file")
        text = brace + stream.read(max(length - 1, 0))
    if len(text) < length:
        raise WeightsError(f"{path}: truncated inside its header; fetch it again")
    try:
        header = json.loads(text)
        metadata = header.pop("__metadata__", {})
        end = max((entry["data_offsets"][1] for entry in header.values()), default=0)
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise WeightsError(f"{path}: not a safetensors file") from error
    if size != 8 + length + end:
        raise WeightsError(
            f"{path}: truncated or damaged: {size} bytes, its header names "
            f"{8 + length + end}; fetch it again"
        )
    return {str(key): str(value) for key, value in metadata.items()}
