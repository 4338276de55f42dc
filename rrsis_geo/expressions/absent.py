"""Requests that nothing answers, and of which that is sure."""

from __future__ import annotations

import numpy as np

from rrsis_geo.expressions.attributes import ADJECTIVES, alike
from rrsis_geo.expressions.geometry import Measured
from rrsis_geo.expressions.meaning import (
    All,
    Beside,
    Extreme,
    InPlace,
    Meaning,
    Near,
    Sized,
    With,
)
from rrsis_geo.expressions.places import PLACES

COLOURS = (
    "white", "grey", "black", "red", "orange", "yellow", "green", "blue", "brown",
)  # fmt: skip

CONFUSED = (
    {"ship", "harbor"},
    {"tennis_court", "basketball_court"},
    {"river", "lake", "swimming_pool"},
    {"field", "baseball_diamond", "ground_track_field"},
)
"""Categories that a careless word may mean; the one is not called absent in words
that may be said of the other, which `lexicon.Noun.unless` sees to."""


def absent(measured: Measured, rng: np.random.Generator) -> Meaning | None:
    """A guess at a meaning that stands for nothing; `truth` must confirm it."""
    chance = rng.random()
    if measured.absent and (chance < 0.6 or not measured.present):
        base: Meaning = All(str(rng.choice(measured.absent)))
        return _embellished(base, measured, rng)
    if not measured.present:
        return None
    base = All(str(rng.choice(measured.present)))
    if chance < 0.7:
        return _colour(base, measured, rng)
    if chance < 0.85:
        return InPlace(base, str(rng.choice(tuple(PLACES))))
    everything = (*measured.present, *measured.absent)
    anchor = All(str(rng.choice(everything)))
    if anchor == base:
        return None
    return Near(base, anchor)


def _embellished(
    base: Meaning, measured: Measured, rng: np.random.Generator
) -> Meaning:
    """Nothing of a category means nothing of it anywhere, of any colour or size."""
    chance = rng.random()
    if chance < 0.5:
        return base
    if chance < 0.72:
        return InPlace(base, str(rng.choice(tuple(PLACES))))
    if chance < 0.82:
        return With(base, "colour", str(rng.choice(COLOURS)))
    if chance < 0.9:
        return Sized(base, "largest" if chance < 0.87 else "smallest")
    if chance < 0.95 or not measured.present:
        return Extreme(base, ("left", "right", "top", "bottom")[int(rng.integers(4))])
    anchor = All(str(rng.choice(measured.present)))
    if chance < 0.98 or len(measured.members(anchor.category)) != 1:
        return Near(base, anchor)
    return Beside(
        base, ("left", "right", "top", "bottom")[int(rng.integers(4))], anchor
    )


def _colour(base: All, measured: Measured, rng: np.random.Generator) -> Meaning | None:
    rows = measured.members(base.category)
    for key in ADJECTIVES[:2]:
        seen = {measured.attributes[row].get(key, "") for row in rows}
        free = [
            name for name in COLOURS if not any(alike(name, other) for other in seen)
        ]
        if "" not in seen and free:
            return With(base, key, str(rng.choice(free)))
    return None
