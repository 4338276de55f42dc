"""Requests that surely no object answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from rrsis_geo.expressions.attributes import COLOUR_KEYS, KIND_KEY, may_be
from rrsis_geo.expressions.categories import category_of, find_all
from rrsis_geo.expressions.image_regions import REGIONS
from rrsis_geo.expressions.measurements import Measurements
from rrsis_geo.expressions.wording.noun_choice import KINDS
from rrsis_geo.language.directions import SCREEN
from rrsis_geo.language.nodes import (
    Beside,
    Extreme,
    Find,
    InPlace,
    Near,
    Node,
    Sized,
    With,
)

T = TypeVar("T")

COLOURS = (
    *("white", "grey", "black", "red", "orange"),
    *("yellow", "green", "blue", "brown"),
)


def propose_absent(measured: Measurements, rng: np.random.Generator) -> Node | None:
    """Propose a node that stands for nothing; `verification` must confirm it."""
    chance = rng.random()
    if measured.absent and (chance < 0.42 or not measured.present):
        return _specified(find_all(_pick(measured.absent, rng)), measured, rng)
    if not measured.present:
        return None
    base = find_all(_pick(measured.present, rng))
    # Where no colours are labelled, colour words would always mean "no target".
    if chance < 0.6 and (other := _of_other_value(base, measured, rng)) is not None:
        return other
    if chance < 0.78:
        return InPlace(base, *_pick(tuple(REGIONS), rng))
    # With an anchor that is there, the request is harder to reject.
    names = measured.present if chance < 0.95 else measured.absent
    if not names or (anchor := find_all(_pick(names, rng))) == base:
        return None
    if chance < 0.88 and len(measured.members(category_of(anchor))) == 1:
        return Beside(base, _pick(SCREEN, rng), anchor)
    return Near(base, anchor)


def _specified(base: Find, measured: Measurements, rng: np.random.Generator) -> Node:
    """A place, colour, size or relation of an absent category, which is absent too."""
    chance = rng.random()
    if chance < 0.5:
        return base
    if chance < 0.7:
        return InPlace(base, *_pick(tuple(REGIONS), rng))
    if chance < 0.8:
        return _of_other_value(base, measured, rng) or base
    if chance < 0.87:
        return Sized(base, "largest" if chance < 0.85 else "smallest")
    if chance < 0.93 or not measured.present:
        return Extreme(base, _pick(SCREEN, rng))
    anchor = find_all(_pick(measured.present, rng))
    if len(measured.members(category_of(anchor))) == 1 and chance < 0.97:
        return Beside(base, _pick(SCREEN, rng), anchor)
    return Near(base, anchor)


def _of_other_value(
    base: Find, measured: Measurements, rng: np.random.Generator
) -> Node | None:
    """A colour or kind that no object has, where those of all are labelled."""
    known = {key for one in measured.attributes for key in one}
    choices: dict[str, tuple[str, ...]] = {
        key: COLOURS for key in COLOUR_KEYS if key in known
    }
    category = category_of(base)
    if KIND_KEY in known and category in KINDS:
        choices[KIND_KEY] = KINDS[category]
    if not choices:
        return None
    key = _pick(tuple(choices), rng)
    rows = measured.members(category)
    unused = [
        value
        for value in choices[key]
        if not any(may_be(measured.attributes[row], key, value) for row in rows)
    ]
    return With(base, key, _pick(unused, rng)) if unused else None


def _pick(choices: Sequence[T], rng: np.random.Generator) -> T:
    return choices[int(rng.integers(len(choices)))]
