"""What a weights file says of itself. No torch, so listing and refusing is instant.

One safetensors file holds a network: its header carries config, vocabulary, classes,
ground sample distances, calibration, training data and licence as text. Weights that
share their text encoder leave it and the vocabulary to a second file (`text_file`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from rrsis_geo.errors import WeightsError
from rrsis_geo.job import SCORE_MARGIN
from rrsis_geo.model.config import ModelConfig
from rrsis_geo.model.serialization.safetensors_header import (
    PICKLES,
    digest,
    read_metadata,
)
from rrsis_geo.model.serialization.text_encoder_file import (
    TEXT_FORMAT,
    TextLink,
    link_of,
    read_text_header,
    verify_text,
)

FORMAT = "rrsis-geo"
WHOLE_VERSION = "1"
"""Format of weights that hold everything."""
SHARED_VERSION = "2"
"""Format of weights that keep their text encoder in a file beside them."""
FOLDER = Path(__file__).resolve().parents[2] / "weights"
"""Weights shipped inside the package, listed in its index.json."""


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
    sure: float = SCORE_MARGIN
    """Of the way from the threshold to 1 that an object's mean probability has to rise
    to count, in [0, 1)."""


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
    """Bytes of that file."""
    text_path: Path | None = None
    """File of the text encoder, which other weights may share; None: in `path`."""
    text_sha256: str | None = None
    """Of the text file, as the weights want it."""

    @property
    def both_sizes(self) -> int:
        """Bytes of the file and its text file."""
        words = 0 if self.text_path is None else self.text_path.stat().st_size
        return self.size + words

    @property
    def text(self) -> TextLink | None:
        """The link to the text file; None: the weights are whole."""
        if self.text_path is None:
            return None
        return TextLink(
            weights=self.path, path=self.text_path, sha256=self.text_sha256 or ""
        )


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

    The vocabulary comes from the text file, where there is one; whether that is the
    right one, `verify` finds out.

    Raises:
        WeightsError: absent, a pickle, truncated, no weights file of this project,
            of another format version; or its text file is absent or truncated.
    """
    path = find_weights(name_or_path, folder=folder)
    metadata = _metadata(path)
    link = _link(path, metadata)
    try:
        low, high = json.loads(metadata["gsd_range"])
        return WeightsInfo(
            name=metadata["name"],
            vocabulary=(
                tuple(metadata["vocabulary"].split("\n"))
                if link is None
                else read_text_header(link).vocabulary
            ),
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
            text_path=None if link is None else link.path,
            text_sha256=None if link is None else link.sha256,
        )
    except (KeyError, ValueError, TypeError) as error:
        raise WeightsError(f"{path}: header is incomplete: {error!r}") from error


def verify(name_or_path: str | Path, *, folder: Path = FOLDER) -> WeightsInfo:
    """The header of a file whose bytes are as published.

    The published sha256 is that of the package's index, or of `<file>.sha256` beside
    the file; a file with neither is only checked for being whole.

    Raises:
        WeightsError: as `read_header`; or the file or its text file was altered.
    """
    info = read_header(name_or_path, folder=folder)
    expected = expected_digest(info.path, folder=folder)
    if expected is not None and info.sha256 != expected:
        raise WeightsError(
            f"{info.path}: altered or damaged: sha256 is {info.sha256}, "
            f"published is {expected}; fetch it again"
        )
    if info.text is not None:
        verify_text(info.text)
    return info


def digests(path: Path) -> tuple[str, ...]:
    """sha256 of a weights file, and of its text file where it has one.

    Raises:
        WeightsError: as `read_header`, as far as the files are absent or damaged.
    """
    link = _link(path, _metadata(path))
    if link is None:
        return (digest(path),)
    read_text_header(link)
    return digest(path), digest(link.path)


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


def metadata_of(
    card: Card, config: ModelConfig, *, text: TextLink | None = None
) -> dict[str, str]:
    """The header's text, as `read_header` takes it apart.

    Args:
        card: what is known of the weights.
        config: of the network.
        text: where text encoder and vocabulary lie; None: in the same file.
    """
    if text is None:
        words = {
            "format_version": WHOLE_VERSION,
            "vocabulary": "\n".join(card.vocabulary),
        }
    else:
        words = {
            "format_version": SHARED_VERSION,
            "text_file": text.path.name,
            "text_sha256": text.sha256,
        }
    return {
        "format": FORMAT,
        **words,
        "name": card.name,
        "config": config.to_json(),
        "categories": json.dumps(card.categories),
        "gsd_range": json.dumps(card.gsd_range),
        "calibration": json.dumps(asdict(card.calibration)),
        "trained_on": card.trained_on,
        "licence": card.licence,
        "created": card.created,
    }


def _metadata(path: Path) -> dict[str, str]:
    """Of weights, in a format that this version reads."""
    metadata = read_metadata(path)
    kind, version = metadata.get("format"), metadata.get("format_version")
    if kind == TEXT_FORMAT:
        raise WeightsError(
            f"{path}: a text encoder that weights share, not weights; "
            "`rrsis-geo weights list` names some"
        )
    if kind != FORMAT:
        raise WeightsError(
            f"{path}: a safetensors file, but not weights of rrsis-geo; "
            "`rrsis-geo weights list` names some"
        )
    if version not in (WHOLE_VERSION, SHARED_VERSION):
        raise WeightsError(
            f"{path}: weights of format {version}, this version reads "
            f"{WHOLE_VERSION} and {SHARED_VERSION}; update rrsis-geo or the weights"
        )
    return metadata


def _link(path: Path, metadata: Mapping[str, str]) -> TextLink | None:
    """To the text file that weights need; None: they are whole."""
    if metadata["format_version"] == WHOLE_VERSION:
        return None
    return link_of(path, metadata)


def _calibration(values: Mapping[str, Any]) -> Calibration:
    known = {item.name for item in fields(Calibration)}
    if unknown := sorted(set(values) - known):
        raise ValueError(f"calibration names {unknown}")
    read = Calibration(**{name: float(value) for name, value in values.items()})
    if not 0 <= read.sure < 1:
        raise ValueError(f"sure must be in [0, 1), got {read.sure}")
    return read


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
