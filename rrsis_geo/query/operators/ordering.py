"""Size, number and order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.likelihood import ranked
from rrsis_geo.query.candidates.selection import FIT_THRESHOLD, Selection
from rrsis_geo.query.operators.extents import (
    side_length_within,
    side_lengths,
    side_lengths_of_foremost,
)
from rrsis_geo.query.operators.regions import frame_for, position_towards
from rrsis_geo.query.plan.nodes import (
    Compared,
    Extreme,
    Measured,
    Middle,
    SizeClass,
    Sized,
)

Values = NDArray[np.float64]

SIDE_MEASURES = ("length", "width")
"""Measures that take long, and are taken only where they can decide."""

MIN_CLASS_RATIO = 1.6
"""Ratio of the usual areas of big and small ones in a set of two sizes."""

MIN_KIND_RATIO = 1.5
"""Ratio to the usual area from which on a thing is big, or small, for its kind."""

FIRST_FIT, NEXT_FIT = 0.75, 0.64
"""Fits of the biggest ones, and of the next, where a number says how many are big and
more or fewer are: a doubtful one among the first gives way to a sure one behind."""

CLEAR_RATIO = 1.25
"""Ratio of areas from which on one thing is plainly larger than another."""

TIE_TOLERANCE = 0.02
"""Share by which two measures may differ and nobody could tell which is larger."""


def extreme(
    node: Extreme, units: Selection, candidates: Candidates
) -> tuple[Selection, str]:
    """The run from a side, and what is to be said about it."""
    frame = frame_for(candidates, node.side)
    key = position_towards(units.centre(frame), node.side)
    return _run(units, -key, candidates, rank=node.rank, count=node.count), ""


def sized(
    node: Sized, units: Selection, candidates: Candidates
) -> tuple[Selection, str]:
    """The run by size, and what is to be said about it."""
    if node.measure in SIDE_MEASURES:
        value = side_lengths_of_foremost(node, units, candidates)
    else:
        value = measure(units, node.measure, candidates)
    key = value if node.order == "smallest" else -value
    chosen = _run(units, key, candidates, rank=node.rank, count=node.count)
    picked = measure(chosen, node.measure, candidates)
    others = units.weight(candidates) >= FIT_THRESHOLD
    edge = np.inf if not len(picked) else picked[np.argmax(chosen.rank)]
    equal = others & (np.abs(value / max(edge, 1e-9) - 1) <= TIE_TOLERANCE)
    spare = int(
        equal.sum() - (np.abs(picked / max(edge, 1e-9) - 1) <= TIE_TOLERANCE).sum()
    )
    if spare <= 0 or not np.isfinite(edge):
        return chosen, ""
    return chosen, f"{spare + 1} objects have about the same {node.measure}"


def middle(
    node: Middle, units: Selection, candidates: Candidates
) -> tuple[Selection, str]:
    """Those in the middle of a line, whichever way it runs."""
    kept = units.accepted()
    if len(kept) <= node.count:
        return kept, ""
    centre = kept.centre(candidates.image_frame)
    spread = centre - centre.mean(axis=0)
    _, _, axes = np.linalg.svd(spread, full_matrices=False)
    along = np.argsort(spread @ axes[0], kind="stable")
    start = (len(kept) - node.count) // 2
    advice = ""
    if (len(kept) - node.count) % 2:
        advice = f"{len(kept)} objects have no {node.count} in the middle"
    return kept.take(along[start : start + node.count]), advice


def counted(
    units: Selection, number: int, *, definite: bool, candidates: Candidates
) -> tuple[Selection, str]:
    """The best ones, or all that fit equally where that is not to be decided."""
    weight = units.weight(candidates)
    order = np.argsort(-weight, kind="stable")
    order = order[units.fit[order] >= LEAST_FIT]
    if len(order) <= number:
        return _accepted(units.take(order)), ""
    last = order[number - 1]
    equal = weight >= max(FIT_THRESHOLD * 0.5, EQUAL * weight[last])
    equal &= units.fit >= min(FIT_THRESHOLD, units.fit[last])
    chosen = order[:number]
    if definite and equal.sum() > number:
        chosen = np.union1d(chosen, np.flatnonzero(equal))
        advice = f"{len(chosen)} objects fit equally"
        return _accepted(units.take(chosen)), advice
    return _accepted(units.take(chosen)), ""


LEAST_FIT = 0.3
"""Worse ones are not meant even where nothing better is there."""

EQUAL = 0.9
"""Share of the best one's weight from which on another fits equally."""


def _accepted(units: Selection) -> Selection:
    """What was chosen is meant, even if nothing fits well."""
    return units.with_fit(np.maximum(1.0, FIT_THRESHOLD / np.maximum(units.fit, 1e-9)))


def size_class(
    node: SizeClass,
    units: Selection,
    candidates: Candidates,
    *,
    number: int | None = None,
) -> Values:
    """(U,) how well they are big, small or neither, among their kind.

    Args:
        node: the word.
        units: of one kind.
        seen: where they are.
        number: how many are spoken of; None: any number. Where more or fewer stand
            out, the first by size are meant rather; where none does and no number is
            given, the word describes them all ("big tanks" among equals).
    """
    area = np.maximum(units.area(candidates), 1e-9)
    sure = np.flatnonzero(units.weight(candidates) >= FIT_THRESHOLD)
    if not len(sure):
        return np.ones(len(units))
    logs = np.sort(np.log(area[sure]))
    usual = float(np.median(logs))
    split = _size_split(logs)
    if split and node.kind != "medium":
        usual = float((logs[split - 1] + logs[split]) / 2)
        bar = 0.0
    else:
        bar = float(np.log(MIN_KIND_RATIO))
    above = np.log(area) - usual
    if node.kind == "medium":
        return np.clip(1 - 0.5 * np.abs(above) / bar, 0.0, 1.0)
    out = above if node.kind == "big" else -above
    fit = np.clip(0.5 + out - bar, 0.0, 1.0)
    plainly = int((fit[sure] >= FIT_THRESHOLD).sum())
    if number is None:
        return fit if plainly else np.ones(len(units))
    if plainly == number:
        return fit
    place = np.argsort(np.argsort(-out, kind="stable"), kind="stable")
    behind = np.interp(
        place, [number, max(len(units) - 1, number)], [NEXT_FIT, FIT_THRESHOLD]
    )
    return np.where(place < number, np.maximum(fit, FIRST_FIT), behind)


def _size_split(logs: Values) -> int:
    """Where sorted logs of areas fall into two sizes; 0 where they do not.

    The split with the largest variance between its sides (Otsu 1979).
    """
    count = len(logs)
    if count < 2:
        return 0
    small = np.arange(1, count)
    sums = np.cumsum(logs)[:-1]
    apart = (logs.sum() - sums) / (count - small) - sums / small
    split = int(np.argmax(small * (count - small) * apart**2)) + 1
    step = logs[split] - logs[split - 1]
    plain = apart[split - 1] >= np.log(MIN_CLASS_RATIO) and step >= np.log(CLEAR_RATIO)
    return split if plain else 0


def in_range(node: Measured, units: Selection, candidates: Candidates) -> Values:
    """(U,) 1 within the limits, 0 outside."""
    low = -np.inf if node.low is None else node.low
    high = np.inf if node.high is None else node.high
    if node.measure in SIDE_MEASURES:
        return side_length_within(units, node.measure, low, high, candidates).astype(
            np.float64
        )
    value = measure(units, node.measure, candidates)
    return ((value >= low) & (value <= high)).astype(np.float64)


def compared(
    node: Compared, units: Selection, anchors: Selection, candidates: Candidates
) -> Values:
    """(U,) how plainly they are larger or smaller than all anchors, or as large."""
    sizes = anchors.area(candidates)
    if not len(sizes):
        return np.zeros(len(units))
    area = np.maximum(units.area(candidates), 1e-9)
    if node.order == "same":
        sizes = np.sort(sizes)
        place = np.searchsorted(sizes, area)
        beside = np.stack([place - 1, place]).clip(0, len(sizes) - 1)
        off = np.abs(np.log(area / sizes[beside])).min(axis=0)
        fit = 1 - 0.5 * off / np.log(CLEAR_RATIO)
        return np.asarray(np.clip(fit, 0.0, 1.0), np.float64)
    ratio = area / sizes.max() if node.order == "larger" else sizes.min() / area
    fit = 0.5 + np.log(ratio) / np.log(CLEAR_RATIO) / 2
    return np.asarray(np.clip(fit, 0.0, 1.0), np.float64)


def measure(units: Selection, what: str, candidates: Candidates) -> Values:
    """(U,) square metres, metres on the ground, or how many objects."""
    if what == "area":
        return units.area(candidates)
    if what == "number":
        return units.lengths.astype(np.float64)
    if what == "perimeter":
        return units.reduce(
            candidates.polygons.columns["perimeter_m"][units.rows], np.add
        )
    return side_lengths(units, what, candidates)


def _run(
    units: Selection, key: Values, candidates: Candidates, *, rank: int, count: int
) -> Selection:
    """`count` units from the `rank`-th on, smallest key first."""
    order = np.argsort(key, kind="stable")
    places = ranked(order, units.weight(candidates), rank=rank, count=count)
    chosen = units.take(places, ranked=True)
    return with_first_rank(chosen, rank)


def with_first_rank(units: Selection, rank: int) -> Selection:
    """A run of which the first is the `rank`-th."""
    return replace(units, rank=units.rank + rank - 1)
