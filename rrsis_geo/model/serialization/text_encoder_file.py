"""A text encoder in a file of its own, so that several weights share it. No torch.

The file is safetensors: the `text.*` tensors as they would lie in a whole weights file,
and a header with the vocabulary. The weights beside it name the file and its sha256.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.serialization.safetensors_header import digest, read_metadata

TEXT_FORMAT = "rrsis-geo-text"
TEXT_VERSION = "1"
PREFIX = "text."
"""Of the names of all tensors in a text file, and of none in weights that use one."""


@dataclass(frozen=True, kw_only=True)
class TextCard:
    """What is known of a text encoder beyond its numbers."""

    name: str
    vocabulary: tuple[str, ...]
    """Tokens in the order of their ids."""
    licence: str = ""
    made_from: str = ""


@dataclass(frozen=True, kw_only=True)
class TextLink:
    """What weights say of the text file they need."""

    weights: Path
    path: Path
    """Beside the weights."""
    sha256: str
    """The text file's, when the weights were made."""


def link_of(weights: Path, metadata: Mapping[str, str]) -> TextLink:
    """The text file that weights name in their header.

    Raises:
        WeightsError: they name none, or one that is not beside them.
    """
    name = metadata.get("text_file", "")
    if not name.endswith(".safetensors") or "/" in name or "\\" in name:
        raise WeightsError(
            f"{weights}: names the text encoder {name!r}, which is no .safetensors "
            "file beside it; fetch the weights again"
        )
    sha256 = metadata.get("text_sha256", "")
    return TextLink(weights=weights, path=weights.with_name(name), sha256=sha256)


def read_text_header(link: TextLink) -> TextCard:
    """What the text file of some weights says of itself, after checking it is whole.

    Raises:
        WeightsError: it is not there, truncated, or something else.
    """
    if not link.path.is_file():
        raise WeightsError(
            f"{link.path}: missing; {link.weights.name} keeps its text encoder in this "
            "file; put it beside the weights, or fetch both again"
        )
    return read_text_card(link.path)


def read_text_card(path: Path) -> TextCard:
    """What a text file says of itself, after checking that it is whole.

    Raises:
        WeightsError: it is truncated, or something else.
    """
    metadata = read_metadata(path)
    if metadata.get("format") != TEXT_FORMAT:
        raise WeightsError(f"{path}: not a text encoder of rrsis-geo; fetch it again")
    if metadata.get("format_version") != TEXT_VERSION:
        raise WeightsError(
            f"{path}: a text encoder of format {metadata.get('format_version')}, this "
            f"version reads {TEXT_VERSION}; update rrsis-geo or the weights"
        )
    try:
        return TextCard(
            name=metadata["name"],
            vocabulary=tuple(metadata["vocabulary"].split("\n")),
            licence=metadata["licence"],
            made_from=metadata["made_from"],
        )
    except KeyError as error:
        raise WeightsError(f"{path}: header is incomplete: {error!r}") from error


def verify_text(link: TextLink) -> None:
    """Check that the text file has the bytes that its weights were made with.

    Raises:
        WeightsError: it was altered, or is another.
    """
    found = digest(link.path)
    if found != link.sha256:
        raise WeightsError(
            f"{link.path}: altered, or not the text encoder of {link.weights.name}: "
            f"sha256 is {found}, the weights want {link.sha256}; fetch both again"
        )


def text_metadata(card: TextCard) -> dict[str, str]:
    """The header's text, as `read_text_card` takes it apart."""
    return {
        "format": TEXT_FORMAT,
        "format_version": TEXT_VERSION,
        "name": card.name,
        "vocabulary": "\n".join(card.vocabulary),
        "licence": card.licence,
        "made_from": card.made_from,
    }
