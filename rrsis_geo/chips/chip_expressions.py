"""Referring expressions about a chip, with their masks."""

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
class ChipExpression:
    """A referring expression about a chip, with its mask."""

    text: str
    type: str
    category: str
    same_class: int
    """Objects of the category that the chip shows."""
    mask: rle.Runs


def describe_chip(
    layout: Layout, rng: np.random.Generator, options: BuildOptions
) -> tuple[ChipExpression, ...]:
    """Make expressions about the objects of a chip, with their masks.

    Args:
        layout: Objects that the chip shows.
        rng: Decides which expressions; the same state gives the same ones.
        options: How many, and which share without a target.
    """
    candidates = generate_expressions(
        layout, rng=rng, count=2 * options.expressions, no_target=options.no_target
    )
    chosen = _choose_varied(candidates, rng, options)
    counts = Counter(item.category for item in layout.objects)
    expressions = []
    for item in chosen:
        mask = draw_mask(layout, item.targets)
        if item.targets and not mask.any():
            continue  # thinner than a pixel
        category = category_of(item.meaning)
        expressions.append(
            ChipExpression(
                text=item.text,
                type=item.type,
                category=category,
                same_class=counts[category],
                mask=rle.encode(mask),
            )
        )
    return tuple(expressions)


def _choose_varied(
    candidates: Sequence[Expression], rng: np.random.Generator, options: BuildOptions
) -> list[Expression]:
    """Choose as many as wanted, at most a third of them for all objects of a class.

    Where many objects look alike, only those are certain, and one chip would have the
    same mask again and again in other words. The share without a target is kept.
    """
    count = options.expressions
    whole_classes = [
        item for item in candidates if item.targets and isinstance(item.meaning, Find)
    ]
    surplus = whole_classes[max(1, count // 3) :]
    present = [item for item in candidates if item.targets and item not in surplus]
    absent = [item for item in candidates if not item.targets]
    share = options.no_target
    expected = count * share
    if len(present) < count - expected:  # keep the share among fewer expressions
        expected = len(present) * share / max(1 - share, 1e-9) if present else count / 3
    absent_count = min(int(expected + rng.random()), count)
    present_count = count - min(absent_count, len(absent))
    chosen = [*absent[:absent_count], *present[:present_count]]
    return [item for item in candidates if item in chosen]


def visible_objects(
    objects: tuple[LabelledObject, ...], valid: NDArray[np.bool_]
) -> tuple[LabelledObject, ...] | None:
    """Select the objects on ground with data; None where one is partly without.

    Neither position nor size of such an object could be told from the pixels.

    Args:
        objects: Objects in pixels of the chip.
        valid: (H, W) True on data.
    """
    if valid.all():
        return objects
    height, width = valid.shape
    layout = Layout(width=width, height=height, objects=objects, complete=frozenset())
    kept = []
    for index, item in enumerate(objects):
        mask = draw_mask(layout, (index,))
        pixels = np.count_nonzero(mask & valid)
        if pixels == np.count_nonzero(mask):
            kept.append(item)
        elif pixels:
            return None
    return tuple(kept)
