"""Generation of referring expressions from labelled polygons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.expressions.categories import category_of
from rrsis_geo.expressions.measurements import Measurements, measure
from rrsis_geo.expressions.negatives import propose_absent
from rrsis_geo.expressions.proposals import Proposer
from rrsis_geo.expressions.verification import resolve
from rrsis_geo.expressions.wording.realizer import Realizer
from rrsis_geo.language.nodes import Find, Node, Union

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
"""How often each type is tried first; many layouts do not allow all of them."""

TRIES = 6
"""Proposals of a type before the next type is tried."""


@dataclass(frozen=True, kw_only=True)
class Expression:
    """A referring expression and what it refers to."""

    text: str
    """As a person might type it."""

    targets: tuple[int, ...]
    """Indices into `Layout.objects`, ascending; empty for no target."""

    type: str
    """A key of `SHARES`, or "no-target"."""

    meaning: Node
    """The same as a tree that a program can check."""


def generate_expressions(
    layout: Layout,
    *,
    rng: np.random.Generator,
    count: int,
    no_target: float = 0.25,
    shares: Mapping[str, float] = SHARES,
) -> list[Expression]:
    """Generate true and unambiguous expressions for a layout, in random order.

    They name complete categories only, and hold with a clear margin. The same layout
    and state of `rng` give the same expressions.

    Args:
        layout: What is labelled. Objects may reach beyond the frame.
        rng: Random generator; advanced by the call.
        count: How many to generate.
        no_target: Share of expressions without target, in [0, 1].
        shares: How often each type is tried, by the keys of `SHARES`.

    Returns:
        At most `count` expressions; fewer where the layout does not allow more.
    """
    measured = measure(layout)
    generator = _Generator(measured, rng)
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
            one = generator.generate(kind, known=made)
            if one is not None:
                made[one.text.casefold()] = one
                break
    return list(made.values())


class _Generator:
    """Proposes, verifies and words expressions for one layout."""

    def __init__(self, measured: Measurements, rng: np.random.Generator) -> None:
        self._measured = measured
        self._rng = rng
        self._realizer = Realizer(measured, rng)
        self._propose = Proposer(measured, rng).kinds if len(measured) else {}

    def generate(self, kind: str, *, known: dict[str, Expression]) -> Expression | None:
        """One expression of a type whose text is not known yet; None if all fail."""
        for _ in range(TRIES):
            meaning = (
                propose_absent(self._measured, self._rng)
                if kind == NO_TARGET
                else self._propose[kind]()
            )
            one = None if meaning is None else self._realize(meaning, kind)
            if one is not None and one.text.casefold() not in known:
                return one
        return None

    def _realize(self, meaning: Node, kind: str) -> Expression | None:
        rows = resolve(self._measured, meaning)
        if rows is None or (rows.size == 0) != (kind == NO_TARGET):
            return None
        if kind == "group" and len(rows) < 2:
            return None
        if not self._is_informative(meaning, len(rows)) and self._rng.random() < 0.7:
            return None
        text = self._realizer.write(
            meaning,
            count=len(rows),
            synonym=kind == "synonym",
            number=self._is_counted(meaning)
            and (kind == "group" or self._rng.random() < 0.15),
        )
        targets = tuple(sorted(self._measured.index[rows].tolist()))
        return Expression(text=text, targets=targets, type=kind, meaning=meaning)

    def _is_counted(self, meaning: Node) -> bool:
        return category_of(meaning) not in self._measured.uncounted

    def _is_informative(self, meaning: Node, count: int) -> bool:
        """Whether the outermost words exclude any object."""
        if isinstance(meaning, Find | Union) or not count:
            return True
        among = resolve(self._measured, meaning.of)
        return among is None or count < len(among)
