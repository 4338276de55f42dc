"""Moving the text encoder of weights into a file that several weights share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.serialization.header import WeightsInfo, metadata_of, verify
from rrsis_geo.model.serialization.initialization import read_tensors
from rrsis_geo.model.serialization.quantization import shrink, unpack
from rrsis_geo.model.serialization.safetensors_header import digest
from rrsis_geo.model.serialization.text_encoder_file import (
    TEXT_PREFIX,
    TextEncoderCard,
    TextEncoderLink,
    read_text_encoder_card,
    text_encoder_metadata,
)
from rrsis_geo.model.serialization.weights import (
    card_of,
    staged_tensors,
    stored_tensors,
    write_file,
)


def write_text_encoder(
    weights: str | Path, path: str | Path, *, licence: str, made_from: str
) -> TextEncoderCard:
    """Write the text encoder and the vocabulary of weights into a file of their own.

    Args:
        weights: name or path.
        path: of the new .safetensors file; it appears complete or not at all.
        licence: of the text encoder.
        made_from: the public model behind it, and what was changed.

    Raises:
        WeightsError: the weights are missing or altered; the file cannot be written.
    """
    path = Path(path)
    if path.suffix != ".safetensors":
        raise WeightsError(
            f"{path}: the name of a text encoder's file ends in .safetensors"
        )
    info = verify(weights)
    card = TextEncoderCard(
        name=path.stem,
        vocabulary=info.vocabulary,
        licence=licence,
        made_from=made_from,
    )
    tensors = _text_tensors(stored_tensors(info))
    with staged_tensors(tensors, path, text_encoder_metadata(card)):
        pass
    return card


def share_text_encoder(
    weights: str | Path,
    path: str | Path,
    *,
    text: str | Path,
    name: str | None = None,
    tolerance: float = 0.0,
    as_bytes: bool = False,
    matcher: str | None = None,
) -> WeightsInfo:
    """Write weights anew without their text encoder, with a link to a file that has it.

    Args:
        weights: name or path.
        path: of the new weights, in the folder of `text`.
        text: a file from `write_text_encoder`.
        name: of the new weights; None keeps the old one.
        tolerance: largest allowed difference between a number of the weights' own text
            encoder and that of the file; 0: they must be equal.
        as_bytes: store float16 matrices as int8, which halves the file.
        matcher: file of the network that compares their objects with sentences; None
            keeps the one that the card names.

    Raises:
        WeightsError: the weights are missing or altered; the text encoder's file has
            another vocabulary or other numbers; a file cannot be written.
    """
    path, text = Path(path), Path(text)
    if text.resolve().parent != path.resolve().parent:
        raise WeightsError(f"{text}: must lie beside {path}, which will look for it")
    info = verify(weights)
    if not text.is_file():
        raise WeightsError(f"{text}: no such file; write it first")
    if read_text_encoder_card(text).vocabulary != info.vocabulary:
        raise WeightsError(f"{text}: has another vocabulary than {info.path}")
    tensors = stored_tensors(info)
    difference = text_encoder_difference(_text_tensors(tensors), read_tensors(text))
    if difference > tolerance:
        raise WeightsError(
            f"{text}: another text encoder than that of {info.path}: numbers differ by "
            f"up to {difference:.3g}; at most {tolerance:g} is allowed"
        )
    link = TextEncoderLink(weights=path, path=text, sha256=digest(text))
    rest = {
        name: value
        for name, value in tensors.items()
        if not name.startswith(TEXT_PREFIX)
    }
    if as_bytes:
        rest = shrink(rest)
    card = card_of(info)
    matcher = card.matcher if matcher is None else matcher
    card = replace(card, name=name or card.name, matcher=matcher)
    return write_file(rest, path, metadata_of(card, info.config, text=link))


def text_encoder_difference(
    first: dict[str, Tensor], second: dict[str, Tensor]
) -> float:
    """Largest absolute difference between two stored text encoders.

    Args:
        first: tensors as they are stored.
        second: likewise.

    Returns:
        Difference of float32 numbers after `unpack`; infinite where names, shapes or
        dtypes differ.
    """

    def layout(stored: dict[str, Tensor]) -> dict[str, tuple[object, ...]]:
        return {name: (value.dtype, *value.shape) for name, value in stored.items()}

    if layout(first) != layout(second):
        return float("inf")
    other = unpack(second)
    differences = [
        (value - other[name]).abs().max() for name, value in unpack(first).items()
    ]
    return float(torch.stack(differences).max()) if differences else 0.0


def _text_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        name: value for name, value in tensors.items() if name.startswith(TEXT_PREFIX)
    }
