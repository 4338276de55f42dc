"""One text encoder for several weights: written once, and left out of each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.serialization.header import WeightsInfo, metadata_of, verify
from rrsis_geo.model.serialization.initialization import read_tensors
from rrsis_geo.model.serialization.quantization import unpack
from rrsis_geo.model.serialization.safetensors_header import digest
from rrsis_geo.model.serialization.text_encoder_file import (
    PREFIX,
    TextCard,
    TextLink,
    read_text_card,
    text_metadata,
)
from rrsis_geo.model.serialization.weights import (
    card_of,
    staged_tensors,
    stored_tensors,
    write_file,
)


def write_text(
    weights: str | Path, path: str | Path, *, licence: str, made_from: str
) -> TextCard:
    """Write the text encoder and the vocabulary of weights into a file of their own.

    Args:
        weights: name or file.
        path: of the new file, .safetensors; it appears whole or not at all.
        licence: of the text encoder.
        made_from: the public model behind it, and what was done to it.

    Raises:
        WeightsError: the weights are missing or altered; the file cannot be written.
    """
    path = Path(path)
    if path.suffix != ".safetensors":
        raise WeightsError(f"{path}: a text encoder's file ends in .safetensors")
    info = verify(weights)
    card = TextCard(
        name=path.stem,
        vocabulary=info.vocabulary,
        licence=licence,
        made_from=made_from,
    )
    words = _words(stored_tensors(info))
    with staged_tensors(words, path, text_metadata(card)):
        pass
    return card


def share_text(
    weights: str | Path,
    path: str | Path,
    *,
    text: str | Path,
    name: str | None = None,
    tolerance: float = 0.0,
) -> WeightsInfo:
    """The same weights in a file that leaves its text encoder to another file.

    Args:
        weights: name or file.
        path: of the new weights, in the folder of `text`.
        text: by `write_text`.
        name: of the new weights, where not the old one.
        tolerance: how far the weights' own text encoder may be from that of the file,
            as the greatest difference of a number; 0: it is the same to the last bit.

    Raises:
        WeightsError: the weights are missing or altered; the text file holds another
            vocabulary or encoder; a file cannot be written.
    """
    path, text = Path(path), Path(text)
    if text.resolve().parent != path.resolve().parent:
        raise WeightsError(f"{text}: must lie beside {path}, which will look for it")
    info = verify(weights)
    if not text.is_file():
        raise WeightsError(f"{text}: no such file; write it first")
    if read_text_card(text).vocabulary != info.vocabulary:
        raise WeightsError(f"{text}: has another vocabulary than {info.path}")
    tensors = stored_tensors(info)
    words = _words(tensors)
    off = text_difference(words, read_tensors(text))
    if off > tolerance:
        raise WeightsError(
            f"{text}: another text encoder than that of {info.path}: numbers differ by "
            f"up to {off:.3g}; at most {tolerance:g} is allowed"
        )
    link = TextLink(weights=path, path=text, sha256=digest(text))
    rest = {
        name: value for name, value in tensors.items() if not name.startswith(PREFIX)
    }
    card = card_of(info)
    card = replace(card, name=name or card.name)
    return write_file(rest, path, metadata_of(card, info.config, text=link))


def text_difference(one: dict[str, Tensor], other: dict[str, Tensor]) -> float:
    """Greatest difference between numbers of two stored text encoders.

    Infinite where they differ in names, sizes or kinds of numbers; 0 where every bit
    is the same, but for the sign of zeros.
    """

    def layout(stored: dict[str, Tensor]) -> dict[str, tuple[object, ...]]:
        return {name: (value.dtype, *value.shape) for name, value in stored.items()}

    if layout(one) != layout(other):
        return float("inf")
    second = unpack(other)
    gaps = [(value - second[name]).abs().max() for name, value in unpack(one).items()]
    return float(torch.stack(gaps).max()) if gaps else 0.0


def _words(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value for name, value in tensors.items() if name.startswith(PREFIX)}
