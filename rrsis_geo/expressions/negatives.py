"""Requests that nothing answers, and of which that is sure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np

from rrsis_geo.expressions.attributes import COLOUR_KEYS, KIND_KEY, may_be
from rrsis_geo.expressions.image_regions import PLACES
from rrsis_geo.expressions.measurements import Measured
from rrsis_geo.expressions.tree import (
    All,
    Beside,
    Extreme,
    InPlace,
    Meaning,
    Near,
    Side,
    Sized,
    With,
)
from rrsis_geo.expressions.wording.nouns import KINDS

COLOURS = (
    *("white", "grey", "black", "red", "orange"),
    *("yellow", "green", "blue", "brown"),
)

SIDES: tuple[Side, ...] = get_args(Side)


def absent(measured: Measured, rng: np.random.Generator) -> Meaning | None:
    """A guess at a meaning that stands for nothing; `truth` must confirm it."""
    chance = rng.random()
    if measured.absent and (chance < 0.42 or not measured.present):
        return _embellished(All(_any(measured.absent, rng)), measured, rng)
    if not measured.present:
        return None
    base = All(_any(measured.present, rng))
    # Where no colours are labelled, colour words would always mean "none".
    if chance < 0.6 and (other := _of_other_value(base, measured, rng)) is not None:
        return other
    if chance < 0.78:
        return InPlace(base, _any(tuple(PLACES), rng))
    # An anchor that is there makes the request the harder to turn down.
    names = measured.present if chance < 0.95 else measured.absent
    if not names or (anchor := All(_any(names, rng))) == base:
        return None
    if chance < 0.88 and len(measured.members(anchor.category)) == 1:
        return Beside(base, SIDES[int(rng.integers(4))], anchor)
    return Near(base, anchor)


def _embellished(base: All, measured: Measured, rng: np.random.Generator) -> Meaning:
    """Nothing of a category means nothing of it anywhere, of any colour or size."""
    chance = rng.random()
    if chance < 0.5:
        return base
    if chance < 0.7:
        return InPlace(base, _any(tuple(PLACES), rng))
    if chance < 0.8:
        return _of_other_value(base, measured, rng) or base
    if chance < 0.87:
        return Sized(base, "largest" if chance < 0.85 else "smallest")
    if chance < 0.93 or not measured.present:
        return Extreme(base, SIDES[int(rng.integers(4))])
    anchor = All(_any(measured.present, rng))
    if len(measured.members(anchor.category)) == 1 and chance < 0.97:
        return Beside(base, SIDES[int(rng.integers(4))], anchor)
    return Near(base, anchor)


def _of_other_value(
    base: All, measured: Measured, rng: np.random.Generator
) -> Meaning | None:
    """A colour or kind that none has, where those of all are labelled."""
    known = {key for one in measured.attributes for key in one}
    choices: dict[str, tuple[str, ...]] = {
        key: COLOURS for key in COLOUR_KEYS if key in known
    }
    if KIND_KEY in known and base.category in KINDS:
        choices[KIND_KEY] = KINDS[base.category]
    if not choices:
        return None
    key = _any(tuple(choices), rng)
    rows = measured.members(base.category)
    free = [
        value
        for value in choices[key]
        if not any(may_be(measured.attributes[row], key, value) for row in rows)
    ]
    return With(base, key, _any(free, rng)) if free else None


def _any(names: Sequence[str], rng: np.random.Generator) -> str:
    return names[int(rng.integers(len(names)))]
