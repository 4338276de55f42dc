"""The header of a weights file. No torch, so listing and refusing files is instant.

A weights file is one safetensors file. Its metadata holds, as text, the config, the
vocabulary, the classes, the range of ground sample distances, the calibration, the
training data and the licence. Weights that share their text encoder keep it and the
vocabulary in a second file; see `text_encoder_file`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from rrsis_geo.errors import WeightsError
from rrsis_geo.files.json_text import parse_json
from rrsis_geo.model.config import ModelConfig
from rrsis_geo.model.serialization.class_scores import (
    ClassScore,
    format_class_scores,
    parse_class_scores,
)
from rrsis_geo.model.serialization.probability_calibration import (
    Calibration,
    parse_calibration,
)
from rrsis_geo.model.serialization.safetensors_header import (
    PICKLES,
    digest,
    read_metadata,
    require_entry,
)
from rrsis_geo.model.serialization.text_encoder_file import (
    TEXT_FORMAT,
    TextEncoderLink,
    read_linked_card,
    text_encoder_link,
    verify_text_encoder,
)

FORMAT = "rrsis-geo"
WHOLE_VERSION = "1"
"""Format version of weights that contain their text encoder."""
SHARED_VERSION = "2"
"""Format version of weights whose text encoder is in a file beside them."""
HEADS_VERSION = "3"
"""Format version of weights with a second head, wherever their text encoder is."""
VERSIONS = (WHOLE_VERSION, SHARED_VERSION, HEADS_VERSION)
FOLDER = Path(__file__).resolve().parents[2] / "weights"
"""Weights shipped with the package, listed in its index.json."""

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class Card:
    """Description of a network, stored in the header of its weights file."""

    name: str
    vocabulary: tuple[str, ...]
    """Tokens in the order of their ids."""
    gsd_range: tuple[float, float]
    """Finest and coarsest ground sample distance of the training images, in metres."""
    categories: tuple[str, ...] = ()
    """Classes in the training data, as keys of the lexicon."""
    class_scores: Mapping[str, ClassScore] = field(default_factory=dict)
    """How well it knows them; without an entry for those that were not measured."""
    second_head: tuple[str, ...] = ()
    """Classes among them that a second head finds; empty: there is none."""
    matcher: str = ""
    """File, among those shipped with the package, of the network that compares its
    objects with sentences; "": none."""
    calibration: Calibration = field(default_factory=Calibration)
    trained_on: str = ""
    licence: str = ""
    created: str = ""
    """The command that wrote the file."""


@dataclass(frozen=True, kw_only=True)
class WeightsInfo(Card):
    """Description of a weights file on disk."""

    path: Path
    config: ModelConfig
    sha256: str
    """Of the file's bytes, computed now."""
    size: int
    """Bytes of the file."""
    text_path: Path | None = None
    """File of the text encoder, which other weights may share; None: in `path`."""
    text_sha256: str | None = None
    """sha256 of that file when the weights were written."""

    def to_mapping(self) -> dict[str, Any]:
        """JSON values, with the keys that files have."""
        values = asdict(self)
        values["calibration"] = self.calibration.to_mapping()
        for key, score in self.class_scores.items():
            values["class_scores"][key]["weak"] = score.is_weak
        values["path"] = str(self.path)
        values["text_path"] = self.text_path and str(self.text_path)
        return values

    @property
    def total_size(self) -> int:
        """Bytes of the file and of its text encoder's file."""
        text = 0 if self.text_path is None else self.text_path.stat().st_size
        return self.size + text

    @property
    def text_link(self) -> TextEncoderLink | None:
        """Link to the text encoder's file; None where the weights contain it."""
        if self.text_path is None:
            return None
        return TextEncoderLink(
            weights=self.path, path=self.text_path, sha256=self.text_sha256 or ""
        )


def list_weights(folder: Path = FOLDER) -> dict[str, Path]:
    """Names and paths of the weights shipped with the package."""
    return {name: folder / entry["file"] for name, entry in _index(folder).items()}


def find_weights(name_or_path: str | Path, *, folder: Path = FOLDER) -> Path:
    """Find the weights file of a shipped name, or check that a path is a file.

    Raises:
        WeightsError: it is neither a name nor a file, or it is a pickle.
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
    """Read the header of weights and check that the file is complete.

    The vocabulary comes from the text encoder's file, where there is one; `verify`
    checks that it is the right one.

    Raises:
        WeightsError: the file is absent, a pickle, truncated, not a weights file of
            this project, or of another format version; an entry of the header is
            missing or invalid; or the text encoder's file is absent or truncated.
    """
    path = find_weights(name_or_path, folder=folder)
    metadata = _metadata(path)
    link = _link(path, metadata)
    return WeightsInfo(
        name=require_entry(path, metadata, "name"),
        vocabulary=(
            tuple(require_entry(path, metadata, "vocabulary").split("\n"))
            if link is None
            else read_linked_card(link).vocabulary
        ),
        gsd_range=_parse(path, metadata, "gsd_range", _parse_gsd_range),
        categories=_parse(path, metadata, "categories", _parse_categories),
        class_scores=_parse(
            path, {"class_scores": "{}", **metadata}, "class_scores", parse_class_scores
        ),
        second_head=_parse(
            path, {"second_head": "[]", **metadata}, "second_head", _parse_categories
        ),
        matcher=metadata.get("matcher", ""),
        calibration=_parse(path, metadata, "calibration", parse_calibration),
        trained_on=require_entry(path, metadata, "trained_on"),
        licence=require_entry(path, metadata, "licence"),
        created=require_entry(path, metadata, "created"),
        path=path,
        config=_parse(path, metadata, "config", ModelConfig.from_json),
        sha256=digest(path),
        size=path.stat().st_size,
        text_path=None if link is None else link.path,
        text_sha256=None if link is None else link.sha256,
    )


def verify(name_or_path: str | Path, *, folder: Path = FOLDER) -> WeightsInfo:
    """Read the header of weights and check their bytes against the published sha256.

    The published sha256 is that of the package's index, or of `<file>.sha256` beside
    the file; a file with neither is only checked for being complete.

    Raises:
        WeightsError: as `read_header`; or the file or its text encoder's file has
            another sha256.
    """
    info = read_header(name_or_path, folder=folder)
    expected = expected_digest(info.path, folder=folder)
    if expected is not None and info.sha256 != expected:
        raise WeightsError(
            f"{info.path}: altered or damaged: sha256 is {info.sha256}, "
            f"published is {expected}; fetch it again"
        )
    if info.text_link is not None:
        verify_text_encoder(info.text_link)
    return info


def digests(path: Path) -> tuple[str, ...]:
    """sha256 of a weights file, and of its text encoder's file where it has one.

    Raises:
        WeightsError: as `read_header`, as far as files are absent or damaged.
    """
    link = _link(path, _metadata(path))
    if link is None:
        return (digest(path),)
    read_linked_card(link)
    return digest(path), digest(link.path)


def expected_digest(path: Path, *, folder: Path = FOLDER) -> str | None:
    """The published sha256 of a file; None where there is none.

    Raises:
        WeightsError: the index or the `.sha256` file is broken.
    """
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
    """The file beside `path` that holds its sha256, in the format of `sha256sum`."""
    return path.with_name(path.name + ".sha256")


def metadata_of(
    card: Card, config: ModelConfig, *, text: TextEncoderLink | None = None
) -> dict[str, str]:
    """Metadata of a weights file, as `read_header` reads it.

    Args:
        card: describes the network.
        config: of the network.
        text: where the text encoder and its vocabulary are; None: in the same file.
    """
    if text is None:
        version = WHOLE_VERSION
        words = {"vocabulary": "\n".join(card.vocabulary)}
    else:
        version = SHARED_VERSION
        words = {"text_file": text.path.name, "text_sha256": text.sha256}
    if card.second_head:
        version = HEADS_VERSION
        words["second_head"] = json.dumps(card.second_head)
    if card.matcher:
        words["matcher"] = card.matcher
    calibration = card.calibration.to_mapping()
    return {
        "format": FORMAT,
        "format_version": version,
        **words,
        "name": card.name,
        "config": config.to_json(),
        "categories": json.dumps(card.categories),
        "gsd_range": json.dumps(card.gsd_range),
        "calibration": json.dumps(calibration),
        "class_scores": format_class_scores(card.class_scores),
        "trained_on": card.trained_on,
        "licence": card.licence,
        "created": card.created,
    }


def _metadata(path: Path) -> dict[str, str]:
    """Metadata of weights, checked for a format that this version reads."""
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
    if version not in VERSIONS:
        raise WeightsError(
            f"{path}: weights of format {version}, this version reads "
            f"{', '.join(VERSIONS)}; update rrsis-geo or the weights"
        )
    return metadata


def _link(path: Path, metadata: Mapping[str, str]) -> TextEncoderLink | None:
    """Link to the text encoder's file; None where the weights contain it."""
    version = metadata["format_version"]
    if version == WHOLE_VERSION:
        return None
    if version == HEADS_VERSION and "text_file" not in metadata:
        return None
    return text_encoder_link(path, metadata)


def _parse(
    path: Path,
    metadata: Mapping[str, str],
    name: str,
    parse: Callable[[str], Value],
) -> Value:
    """Parse an entry of the metadata; errors name the file and the entry."""
    text = require_entry(path, metadata, name)
    try:
        return parse(text)
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        WeightsError,
    ) as error:
        raise WeightsError(
            f"{path}: the header's {name!r} is invalid: {error}; fetch the file again, "
            "or update rrsis-geo if the file is newer"
        ) from error


def _parse_gsd_range(text: str) -> tuple[float, float]:
    values = parse_json(text)
    if not isinstance(values, list) or len(values) != 2:
        raise ValueError(f"expected two numbers, got {text}")
    low, high = values
    return float(low), float(high)


def _parse_categories(text: str) -> tuple[str, ...]:
    return tuple(str(name) for name in parse_json(text))


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
        raise WeightsError(
            f"{path}: not an index of weights; install rrsis-geo again"
        ) from error
