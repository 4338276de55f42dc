"""A text encoder in a file of its own, which several weights files share. No torch.

The file is safetensors: the `text.*` tensors as a whole weights file would store them,
and a header with the vocabulary. The weights name the file, which lies in the same
folder, and its sha256.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.serialization.safetensors_header import (
    digest,
    read_metadata,
    require_entry,
)

TEXT_FORMAT = "rrsis-geo-text"
TEXT_VERSION = "1"
TEXT_PREFIX = "text."
"""Prefix of the names of all tensors in a text encoder's file, and of no tensor in
weights that use such a file."""


@dataclass(frozen=True, kw_only=True)
class TextEncoderCard:
    """Description of a text encoder, stored in the header of its file."""

    name: str
    vocabulary: tuple[str, ...]
    """Tokens in the order of their ids."""
    licence: str = ""
    made_from: str = ""
    """The public model behind it, and what was changed."""


@dataclass(frozen=True, kw_only=True)
class TextEncoderLink:
    """The text encoder's file that weights refer to."""

    weights: Path
    path: Path
    """In the folder of the weights."""
    sha256: str
    """Of the text encoder's file when the weights were written."""


def text_encoder_link(weights: Path, metadata: Mapping[str, str]) -> TextEncoderLink:
    """The link in the metadata of weights.

    Raises:
        WeightsError: no file is named, or one outside the folder of the weights.
    """
    name = metadata.get("text_file", "")
    if not name.endswith(".safetensors") or "/" in name or "\\" in name:
        raise WeightsError(
            f"{weights}: names the text encoder {name!r}, which is not a .safetensors "
            "file in the same folder; fetch the weights again"
        )
    sha256 = metadata.get("text_sha256", "")
    return TextEncoderLink(weights=weights, path=weights.with_name(name), sha256=sha256)


def read_linked_card(link: TextEncoderLink) -> TextEncoderCard:
    """Read the card of the text encoder that weights refer to.

    Raises:
        WeightsError: the file is missing, or as `read_text_encoder_card`.
    """
    if not link.path.is_file():
        raise WeightsError(
            f"{link.path}: missing; {link.weights.name} keeps its text encoder in this "
            "file; put it beside the weights, or fetch both again"
        )
    return read_text_encoder_card(link.path)


def read_text_encoder_card(path: Path) -> TextEncoderCard:
    """Read the card of a text encoder's file and check that the file is complete.

    Raises:
        WeightsError: it is truncated, another kind of file, of another format version,
            or lacks an entry.
    """
    metadata = read_metadata(path)
    if metadata.get("format") != TEXT_FORMAT:
        raise WeightsError(f"{path}: not a text encoder of rrsis-geo; fetch it again")
    if metadata.get("format_version") != TEXT_VERSION:
        raise WeightsError(
            f"{path}: a text encoder of format {metadata.get('format_version')}, this "
            f"version reads {TEXT_VERSION}; update rrsis-geo or the weights"
        )
    return TextEncoderCard(
        name=require_entry(path, metadata, "name"),
        vocabulary=tuple(require_entry(path, metadata, "vocabulary").split("\n")),
        licence=require_entry(path, metadata, "licence"),
        made_from=require_entry(path, metadata, "made_from"),
    )


def verify_text_encoder(link: TextEncoderLink) -> None:
    """Check that the file has the sha256 that the weights were written with.

    Raises:
        WeightsError: it has another.
    """
    actual = digest(link.path)
    if actual != link.sha256:
        raise WeightsError(
            f"{link.path}: altered, or not the text encoder of {link.weights.name}: "
            f"sha256 is {actual}, the weights want {link.sha256}; fetch both again"
        )


def text_encoder_metadata(card: TextEncoderCard) -> dict[str, str]:
    """Metadata of the file, as `read_text_encoder_card` reads it."""
    return {
        "format": TEXT_FORMAT,
        "format_version": TEXT_VERSION,
        "name": card.name,
        "vocabulary": "\n".join(card.vocabulary),
        "licence": card.licence,
        "made_from": card.made_from,
    }
