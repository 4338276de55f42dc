"""What can be said about a chip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.chips.options import BuildOptions
from rrsis_geo.datasets import coco_rle as rle
from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.transforms.crops import draw_mask
from rrsis_geo.expressions.categories import category_of
from rrsis_geo.expressions.generate import Expression, generate_expressions
from rrsis_geo.language.nodes import Find


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """One expression about a chip."""

    text: str
    type: str
    category: str
    same_class: int
    """Objects of the category that the chip shows."""
    mask: rle.Runs


def write_lines(
    layout: Layout, rng: np.random.Generator, options: BuildOptions
) -> tuple[Line, ...]:
    """Expressions about a layout with their masks, one to a line."""
    made = generate_expressions(
        layout, rng=rng, count=2 * options.expressions, no_target=options.no_target
    )
    made = _varied(made, rng, options)
    shown = Counter(item.category for item in layout.objects)
    lines = []
    for item in made:
        mask = draw_mask(layout, item.targets)
        if item.targets and not mask.any():
            continue  # thinner than a pixel: nobody can point at it
        category = category_of(item.meaning)
        lines.append(
            Line(
                text=item.text,
                type=item.type,
                category=category,
                same_class=shown[category],
                mask=rle.encode(mask),
            )
        )
    return tuple(lines)


def _varied(
    made: Sequence[Expression], rng: np.random.Generator, options: BuildOptions
) -> list[Expression]:
    """So many as were asked for, at most a third of them for all objects of a class.

    Where many are alike, nothing else is sure, and one chip would be asked for the
    same mask in ever other words. The share of those without target is held.
    """
    count = options.expressions
    plain = [item for item in made if item.targets and isinstance(item.meaning, Find)]
    too_many = plain[max(1, count // 3) :]
    sure = [item for item in made if item.targets and item not in too_many]
    empty = [item for item in made if not item.targets]
    share = options.no_target
    wanted = count * share
    if len(sure) < count - wanted:  # fewer are sure, so fewer are empty
        wanted = len(sure) * share / max(1 - share, 1e-9) if sure else count / 3
    many = min(int(wanted + rng.random()), count)
    chosen = [*empty[:many], *sure[: count - min(many, len(empty))]]
    return [item for item in made if item in chosen]


def visible(
    objects: tuple[LabelledObject, ...], valid: NDArray[np.bool_]
) -> tuple[LabelledObject, ...] | None:
    """Objects that show; None where one is half on ground without data.

    Of such a one neither place nor size is what the picture shows.
    """
    if valid.all():
        return objects
    height, width = valid.shape
    layout = Layout(width=width, height=height, objects=objects, complete=frozenset())
    kept = []
    for index, item in enumerate(objects):
        mask = draw_mask(layout, (index,))
        shown = np.count_nonzero(mask & valid)
        if shown == np.count_nonzero(mask):
            kept.append(item)
        elif shown:
            return None
    return tuple(kept)
