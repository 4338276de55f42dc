"""Which texts the network is given for a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.query import make_plan
from rrsis_geo.query.query_batch import make_batch
from rrsis_geo.scene.grid import Grid


def texts_of(expression: str) -> list[str]:
    plan = make_plan(expression)
    texts = {expression}
    for find in plan.finds:
        texts |= {find.phrase, find.noun or find.phrase}
    return sorted(texts)


def auto_texts(expression: str, grid: Grid, categories: Sequence[str]) -> list[str]:
    batch = make_batch(
        [expression], "auto", grid=grid, window_size=480, categories=tuple(categories)
    )
    return list(batch.texts)
