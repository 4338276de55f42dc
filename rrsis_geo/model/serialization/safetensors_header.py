"""Header and digest of a safetensors file of unknown origin. No torch."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from pathlib import Path

from rrsis_geo.errors import WeightsError
from rrsis_geo.files.json_text import parse_json

MAX_HEADER = 50_000_000
"""Bytes; the limit keeps a foreign file from being read as one huge header."""
PICKLES = (".pt", ".pth", ".ckpt", ".bin", ".pkl", ".pickle")


def digest(path: Path) -> str:
    """sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_metadata(path: Path) -> dict[str, str]:
    """Read the metadata of a safetensors file and check that the file is complete.

    Raises:
        WeightsError: it is a pickle, truncated, or not a safetensors file.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        start, brace = stream.read(8), stream.read(1)
        # The length of a header may begin with the same bytes as a pickle.
        if brace != b"{" and (start[:2] == b"PK" or start[:1] == b"\x80"):
            raise WeightsError(
                f"{path}: a pickle under another name; a pickle can run code when it "
                "is opened, so none is loaded; give a .safetensors file"
            )
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else MAX_HEADER + 1
        if length > MAX_HEADER:
            raise _not_safetensors(path)
        text = brace + stream.read(max(length - 1, 0))
    if len(text) < length:
        raise WeightsError(f"{path}: truncated inside its header; fetch it again")
    try:
        header = parse_json(text)
        metadata = dict(header.pop("__metadata__", {}))
        end = max(
            (int(entry["data_offsets"][1]) for entry in header.values()), default=0
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as bad:
        raise _not_safetensors(path) from bad
    if size != 8 + length + end:
        raise WeightsError(
            f"{path}: truncated or damaged: {size} bytes, its header names "
            f"{8 + length + end}; fetch it again"
        )
    return {str(key): str(value) for key, value in metadata.items()}


def require_entry(path: Path, metadata: Mapping[str, str], name: str) -> str:
    """An entry of a file's metadata.

    Raises:
        WeightsError: the metadata lacks it.
    """
    if name not in metadata:
        raise WeightsError(
            f"{path}: the header lacks {name!r}; fetch the file again, or update "
            "rrsis-geo if the file is newer"
        )
    return metadata[name]


def _not_safetensors(path: Path) -> WeightsError:
    return WeightsError(
        f"{path}: not a safetensors file; `rrsis-geo weights list` names weights"
    )
