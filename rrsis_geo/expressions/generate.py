"""Labelled polygons to referring expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.expressions.measurements import Measured, measure
from rrsis_geo.expressions.negatives import absent
from rrsis_geo.expressions.proposals import Proposer
from rrsis_geo.expressions.tree import All, Meaning
from rrsis_geo.expressions.verification import resolve
from rrsis_geo.expressions.wording.realizer import Writer

NO_TARGET = "no-target"

SHARES = {
    "category": 0.6,
    "synonym": 0.7,
    "group": 1.5,
    "location": 1.6,
    "extreme": 1.5,
    "size": 1.6,
    "attribute": 1.3,
    "relation": 2.2,
    "nested": 1.6,
}
"""How often each type is tried; many layouts do not allow all of them."""

TRIES = 6
"""Guesses per type before another type gets its chance."""


@dataclass(frozen=True, kw_only=True)
class Expression:
    """A referring expression and what it refers to."""

    text: str
    """As a person might type it."""

    targets: tuple[int, ...]
    """Indices into `Layout.objects`, ascending; empty for no target."""

    type: str
    """A key of `SHARES`, or "no-target"."""

    meaning: Meaning
    """The same in a form that a program can check."""


def describe(
    layout: Layout,
    *,
    rng: np.random.Generator,
    count: int,
    no_target: float = 0.25,
    shares: Mapping[str, float] = SHARES,
) -> list[Expression]:
    """True and unambiguous expressions for a layout, in random order.

    Only complete categories are spoken of, and only what has a clear margin is said.
    The same layout and state of `rng` give the same expressions.

    Args:
        layout: What is labelled. Objects may reach beyond the frame.
        rng: Source of chance; advanced by the call.
        count: How many to make. Fewer come where the layout does not allow more.
        no_target: Share of expressions that nothing answers, in [0, 1].
        shares: How often each type is tried, by the keys of `SHARES`.
    """
    measured = measure(layout)
    maker = _Maker(measured, rng)
    made: dict[str, Expression] = {}
    kinds = list(shares)
    weight = np.array(list(shares.values()))
    for _ in range(count):
        empty = rng.random() < no_target
        order = rng.choice(kinds, len(kinds), replace=False, p=weight / weight.sum())
        wanted = [NO_TARGET] if empty else order.tolist()
        # An empty layout allows no-target expressions only, a full one none.
        if not len(measured):
            wanted = [NO_TARGET]
        for kind in wanted:
            one = maker.make(kind, known=made)
            if one is not None:
                made[one.text.casefold()] = one
                break
    return list(made.values())


class _Maker:
    """Guess, check, write."""

    def __init__(self, measured: Measured, rng: np.random.Generator) -> None:
        self._measured = measured
        self._rng = rng
        self._writer = Writer(measured, rng)
        self._guess = Proposer(measured, rng).kinds if len(measured) else {}

    def make(self, kind: str, *, known: dict[str, Expression]) -> Expression | None:
        for _ in range(TRIES):
            meaning = (
                absent(self._measured, self._rng)
                if kind == NO_TARGET
                else self._guess[kind]()
            )
            one = None if meaning is None else self._write(meaning, kind)
            if one is not None and one.text.casefold() not in known:
                return one
        return None

    def _write(self, meaning: Meaning, kind: str) -> Expression | None:
        rows = resolve(self._measured, meaning)
        if rows is None or (rows.size == 0) != (kind == NO_TARGET):
            return None
        if kind == "group" and len(rows) < 2:
            return None
        if not self._telling(meaning, len(rows)) and self._rng.random() < 0.7:
            return None
        text = self._writer.write(
            meaning,
            found=len(rows),
            synonym=kind == "synonym",
            number=kind == "group" or self._rng.random() < 0.15,
        )
        targets = tuple(sorted(self._measured.index[rows].tolist()))
        return Expression(text=text, targets=targets, type=kind, meaning=meaning)

    def _telling(self, meaning: Meaning, found: int) -> bool:
        """Whether the words choose among several, rather than repeat the obvious."""
        if isinstance(meaning, All) or not found:
            return True
        among = resolve(self._measured, meaning.of)
        return among is None or found < len(among)
