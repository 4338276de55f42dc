"""Writing weights with a second head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.head import SECOND, is_of_head
from rrsis_geo.model.serialization.header import WeightsInfo, metadata_of, verify
from rrsis_geo.model.serialization.initialization import read_tensors
from rrsis_geo.model.serialization.quantization import shrink, unpack
from rrsis_geo.model.serialization.weights import card_of, stored_tensors, write_file

SECOND_HEAD_TRAINED_ON = "; second head: "
"""Between what both heads were trained on, and what the second one further."""

TOLERANCE = 1e-5
"""Largest difference between numbers of the encoders of both; the moving average of a
training moves what it did not train by rounding."""


def with_second_head(
    first: str | Path, second: str | Path, path: str | Path, *, classes: Sequence[str]
) -> WeightsInfo:
    """Write weights anew with the head of others as their second one.

    The second head is stored as int8. An earlier second head is replaced.

    Args:
        first: Name or path; encoders, first head and all else come from here.
        second: Likewise; trained from `first` with nothing but its head changed.
        path: Of the new file, beside the text encoder's file of `first` if it has one.
        classes: That the second head finds, as keys of the lexicon.

    Raises:
        WeightsError: Weights are missing or altered; the two differ in more than their
            heads; the network has no neck; the file cannot be written.
    """
    one, other = verify(first), verify(second)
    if one.config != other.config or one.vocabulary != other.vocabulary:
        raise WeightsError(
            f"{other.path}: another network or vocabulary than {one.path}; train it "
            "from those weights"
        )
    if one.config.fusion != "neck":
        raise WeightsError(f"{one.path}: a network without a neck has no head apart")
    trained = stored_tensors(other)
    _check_encoders(one, other, trained)
    of_head = {SECOND + k: v for k, v in trained.items() if is_of_head(k)}
    kept = {
        name: value
        for name, value in read_tensors(one.path).items()
        if not name.startswith(SECOND)
    }
    card = card_of(one)
    own = card.trained_on.partition(SECOND_HEAD_TRAINED_ON)[0]
    further = other.trained_on.removeprefix(f"{own}; then ")
    card = replace(
        card,
        categories=tuple(dict.fromkeys((*card.categories, *classes))),
        second_head=tuple(classes),
        gsd_range=(
            min(one.gsd_range[0], other.gsd_range[0]),
            max(one.gsd_range[1], other.gsd_range[1]),
        ),
        class_scores={k: v for k, v in card.class_scores.items() if k not in classes},
        trained_on=own + SECOND_HEAD_TRAINED_ON + further,
        licence=other.licence,
    )
    metadata = metadata_of(card, one.config, text=one.text_link)
    return write_file(kept | shrink(of_head), path, metadata)


def _check_encoders(
    one: WeightsInfo, other: WeightsInfo, trained: dict[str, Tensor]
) -> None:
    before, after = unpack(stored_tensors(one)), unpack(trained)
    for name, value in before.items():
        if is_of_head(name) or name.startswith(SECOND):
            continue
        if not torch.allclose(value, after[name], rtol=TOLERANCE, atol=TOLERANCE):
            raise WeightsError(
                f"{other.path}: differs from {one.path} in {name}, which both heads "
                "read; train it with head_only"
            )
