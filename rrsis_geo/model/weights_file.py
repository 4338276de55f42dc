"""What a weights file says of itself. No torch, so listing and refusing is instant.

One safetensors file holds a network: its header carries config, vocabulary, classes,
ground sample distances, calibration, training data and licence as text.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.config import ModelConfig

FORMAT = "rrsis-geo"
FORMAT_VERSION = "1"
FOLDER = Path(__file__).resolve().parents[1] / "weights"
"""Weights shipped inside the package, listed in its index.json."""

MAX_HEADER = 50_000_000
PICKLES = (".pt", ".pth", ".ckpt", ".bin", ".pkl", ".pickle")


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How logits become probabilities; measured on validation, neutral until then."""

    temperature: float = 1.0
    bias: float = 0.0
    """Probability of a pixel: sigmoid(logit / temperature + bias)."""
    presence_temperature: float = 1.0
    presence_bias: float = 0.0
    presence_gate: float = 0.0
    """0: presence is not used; 1: it multiplies probabilities; between: mixed."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """What is known of a network beyond its numbers."""

    name: str
    vocabulary: tuple[str, ...]
    """Tokens in the order of their ids."""
    gsd_range: tuple[float, float]
    """Metres per pixel, finest and coarsest, of the training images."""
    categories: tuple[str, ...] = ()
    """Classes whose words were trained, as keys of the lexicon."""
    calibration: Calibration = Calibration()
    trained_on: str = ""
    licence: str = ""
    created: str = ""
    """The command that made the file."""


@dataclass(frozen=True, kw_only=True)
class WeightsInfo(Card):
    """A weights file on disk."""

    path: Path
    config: ModelConfig
    sha256: str
    """Of the file as it lies there."""
    size: int
    """Bytes."""


def list_weights(folder: Path = FOLDER) -> dict[str, Path]:
    """Names and paths of the weights inside the package."""
    return {name: folder / entry["file"] for name, entry in _index(folder).items()}


def find_weights(name_or_path: str | Path, *, folder: Path = FOLDER) -> Path:
    """The file of that name, or the file itself.

    Raises:
        WeightsError: there is neither; or it is a pickle.
    """
    known = list_weights(folder)
    path = known.get(str(name_or_path)) or Path(name_or_path)
    if path.suffix.lower() in PICKLES:
        raise WeightsError(
            f"{path}: a pickle can run code when it is opened, so none is loaded; "
            "give a .safetensors file"
        )
    if not path.is_file():
        shown = ", ".join(sorted(known)) or "none"
        raise WeightsError(
            f"{name_or_path}: no such weights; known names: {shown}; "
            "or give the path of a .safetensors file"
        )
    return path


def read_header(name_or_path: str | Path, *, folder: Path = FOLDER) -> WeightsInfo:
    """Everything that a weights file says, after checking that it is whole.

    Raises:
        WeightsError: absent, a pickle, truncated, no weights file of this project,
            or of another format version.
    """
    path = find_weights(name_or_path, folder=folder)
    metadata = _metadata(path)
    if metadata.get("format") != FORMAT:
        raise WeightsError(
            f"{path}: a safetensors file, but not weights of rrsis-geo; "
            "`rrsis-geo weights list` names some"
        )
    if metadata.get("format_version") != FORMAT_VERSION:
        raise WeightsError(
            f"{path}: weights of format {metadata.get('format_version')}, this version "
            f"reads {FORMAT_VERSION}; update rrsis-geo or the weights"
        )
    try:
        low, high = json.loads(metadata["gsd_range"])
        return WeightsInfo(
            name=metadata["name"],
            vocabulary=tuple(metadata["vocabulary"].split("\n")),
            gsd_range=(float(low), float(high)),
            categories=tuple(json.loads(metadata["categories"])),
            calibration=_calibration(json.loads(metadata["calibration"])),
            trained_on=metadata["trained_on"],
            licence=metadata["licence"],
            created=metadata["created"],
            path=path,
            config=ModelConfig.from_json(metadata["config"]),
            sha256=digest(path),
            size=path.stat().st_size,
        )
    except (KeyError, ValueError, TypeError) as error:
        raise WeightsError(f"{path}: header is incomplete: {error!r}") from error


def verify(name_or_path: str | Path, *, folder: Path = FOLDER) -> WeightsInfo:
    """The header of a file whose bytes are as published.

    The published sha256 is that of the package's index, or of `<file>.sha256` beside
    the file; a file with neither is only checked for being whole.

    Raises:
        WeightsError: as `read_header`; or the file was altered.
    """
    info = read_header(name_or_path, folder=folder)
    expected = expected_digest(info.path, folder=folder)
    if expected is not None and info.sha256 != expected:
        raise WeightsError(
            f"{info.path}: altered or damaged: sha256 is {info.sha256}, "
            f"published is {expected}; fetch it again"
        )
    return info


def expected_digest(path: Path, *, folder: Path = FOLDER) -> str | None:
    """The published sha256 of a file, where there is one."""
    for entry in _index(folder).values():
        if (folder / entry["file"]).resolve() == path.resolve():
            return str(entry["sha256"])
    sidecar = sidecar_of(path)
    if not sidecar.is_file():
        return None
    words = sidecar.read_text(encoding="utf-8", errors="replace").split()
    if not words:
        raise WeightsError(f"{sidecar}: empty; it should hold the sha256 of {path}")
    return words[0].lower()


def sidecar_of(path: Path) -> Path:
    """Where the sha256 of a file is written, as `sha256sum` does."""
    return path.with_name(path.name + ".sha256")


def digest(path: Path) -> str:
    """sha256 of a file's bytes."""
    total = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            total.update(block)
    return total.hexdigest()


def metadata_of(card: Card, config: ModelConfig) -> dict[str, str]:
    """The header's text, as `read_header` takes it apart."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "name": card.name,
        "config": config.to_json(),
        "vocabulary": "\n".join(card.vocabulary),
        "categories": json.dumps(card.categories),
        "gsd_range": json.dumps(card.gsd_range),
        "calibration": json.dumps(asdict(card.calibration)),
        "trained_on": card.trained_on,
        "licence": card.licence,
        "created": card.created,
    }


def _metadata(path: Path) -> dict[str, str]:
    """Metadata of a safetensors file that has all the bytes its header promises."""
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


def _calibration(values: Mapping[str, Any]) -> Calibration:
    known = {item.name for item in fields(Calibration)}
    if unknown := sorted(set(values) - known):
        raise ValueError(f"calibration names {unknown}")
    return Calibration(**{name: float(value) for name, value in values.items()})


def _index(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / "index.json"
    if not path.is_file():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(name): {"file": str(entry["file"]), "sha256": str(entry["sha256"])}
            for name, entry in entries.items()
        }
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise WeightsError(f"{path}: not an index of weights") from error
