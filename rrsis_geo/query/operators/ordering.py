"""Order, size and number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.language.nodes import (
    Compared,
    Extreme,
    Measured,
    Middle,
    SizeClass,
    Sized,
)
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.likelihood import rank_fits, ranked
from rrsis_geo.query.candidates.selection import FIT_THRESHOLD, Selection
from rrsis_geo.query.operators.extents import (
    side_length_within,
    side_lengths,
    side_lengths_of_foremost,
)
from rrsis_geo.query.operators.regions import frame_for, position_towards

Values = NDArray[np.float64]

SIDE_MEASURES = ("length", "width")
"""Measures that are slow, and are computed only where they can decide."""

MIN_CLASS_RATIO = 1.6
"""Ratio of the geometric mean areas of big and small objects in a set of two sizes."""

MIN_KIND_RATIO = 1.5
"""Ratio to the median area from which on an object is big, or small, for its kind."""

FIRST_FIT, NEXT_FIT = 0.75, 0.64
"""Fits of the first by size, and of the next, where a number is given and another one
stands out: a doubtful object among the first loses against a confident one behind."""

CLEAR_RATIO = 1.25
"""Ratio of areas from which on one object is clearly larger than another."""

TIE_TOLERANCE = 0.02
"""Relative difference up to which two measures are tied."""
MIN_SELECTED_FIT = 0.3
"""Fit below which units are not selected even if nothing fits better."""

TIE_WEIGHT = 0.9
"""Share of the last selected unit's weight from which on another fits equally."""


def extreme(
    node: Extreme, units: Selection, candidates: Candidates
) -> tuple[Selection, str]:
    """Select a run from a side, with advice."""
    frame = frame_for(candidates, node.side)
    key = position_towards(units.centre(frame), node.side)
    count = node.count
    if node.share is not None:
        sure = int((units.weight(candidates) >= FIT_THRESHOLD).sum())
        count = max(1, round(node.share * sure))
    return _run(units, -key, candidates, rank=node.rank, count=count), ""


def sized(
    node: Sized, units: Selection, candidates: Candidates
) -> tuple[Selection, str]:
    """Select a run by size, with advice on ties."""
    if node.measure in SIDE_MEASURES:
        value = side_lengths_of_foremost(node, units, candidates)
    else:
        value = measure(units, node.measure, candidates)
    key = value if node.order == "smallest" else -value
    chosen = _run(units, key, candidates, rank=node.rank, count=node.count)
    if candidates.graded:
        return chosen, ""
    picked = measure(chosen, node.measure, candidates)
    others = units.weight(candidates) >= FIT_THRESHOLD
    edge = np.inf if not len(picked) else picked[np.argmax(chosen.rank)]
    equal = others & (np.abs(value / max(edge, 1e-9) - 1) <= TIE_TOLERANCE)
    extra = int(
        equal.sum() - (np.abs(picked / max(edge, 1e-9) - 1) <= TIE_TOLERANCE).sum()
    )
    if extra <= 0 or not np.isfinite(edge):
        return chosen, ""
    return chosen, f"{extra + 1} objects have about the same {node.measure}"


def middle(
    node: Middle, units: Selection, candidates: Candidates
) -> tuple[Selection, str]:
    """Select the middle of a line in any direction, or of the scene, with advice.

    Of an even number it is the one nearer the centre of the picture.
    """
    kept = units.accepted()
    if len(kept) <= node.count:
        return kept, ""
    centre = kept.centre(candidates.image_frame)
    off = centre - candidates.image_frame.extent.reshape(2, 2).mean(axis=0)
    if node.of_scene:
        nearest = np.argsort(np.hypot(*off.T), kind="stable")
        return kept.take(nearest[: node.count]), ""
    spread = centre - centre.mean(axis=0)
    _, _, axes = np.linalg.svd(spread, full_matrices=False)
    along = np.argsort(spread @ axes[0], kind="stable")
    start = (len(kept) - node.count) // 2
    advice = ""
    if (len(kept) - node.count) % 2:
        advice = f"{len(kept)} objects have no {node.count} in the middle"
        one, other = np.hypot(*off[along[[start, start + node.count]]].T)
        start += int(other < one * (1 - TIE_TOLERANCE))
    return kept.take(along[start : start + node.count]), advice


def counted(
    units: Selection, number: int, *, definite: bool, candidates: Candidates
) -> tuple[Selection, str]:
    """Select a number of units, or all that fit equally if it is definite."""
    weight = units.weight(candidates)
    order = np.argsort(-weight, kind="stable")
    order = order[units.fit[order] >= MIN_SELECTED_FIT]
    if len(order) <= number:
        return _accepted(units.take(order)), ""
    last = order[number - 1]
    equal = weight >= max(FIT_THRESHOLD * 0.5, TIE_WEIGHT * weight[last])
    equal &= units.fit >= min(FIT_THRESHOLD, units.fit[last])
    chosen = order[:number]
    if definite and equal.sum() > number:
        chosen = np.union1d(chosen, np.flatnonzero(equal))
        advice = f"{len(chosen)} objects fit equally"
        return _accepted(units.take(chosen)), advice
    return _accepted(units.take(chosen)), ""


def _accepted(units: Selection) -> Selection:
    """Raise fits of selected units to at least `FIT_THRESHOLD`."""
    return units.with_fit(np.maximum(1.0, FIT_THRESHOLD / np.maximum(units.fit, 1e-9)))


def size_class(
    node: SizeClass,
    units: Selection,
    candidates: Candidates,
    *,
    number: int | None = None,
) -> Values:
    """(U,) membership in big, medium or small, relative to the set.

    Args:
        node: The class.
        units: Units of one kind.
        candidates: All candidates.
        number: Number of such units that the expression names; None: any. If another
            number stands out, the first by size are preferred. If none stands out and
            no number is given, the word describes all ("big tanks" among equals).
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
    standing_out = int((fit[sure] >= FIT_THRESHOLD).sum())
    if number is None:
        return fit if standing_out else np.ones(len(units))
    if standing_out == number:
        return fit
    position = np.argsort(np.argsort(-out, kind="stable"), kind="stable")
    behind = np.interp(
        position, [number, max(len(units) - 1, number)], [NEXT_FIT, FIT_THRESHOLD]
    )
    return np.where(position < number, np.maximum(fit, FIRST_FIT), behind)


def _size_split(logs: Values) -> int:
    """Index at which sorted log areas split into two classes; 0 if they do not.

    The split maximises the between-class variance (Otsu 1979).
    """
    count = len(logs)
    if count < 2:
        return 0
    small = np.arange(1, count)
    sums = np.cumsum(logs)[:-1]
    difference = (logs.sum() - sums) / (count - small) - sums / small
    split = int(np.argmax(small * (count - small) * difference**2)) + 1
    step = logs[split] - logs[split - 1]
    separated = difference[split - 1] >= np.log(MIN_CLASS_RATIO)
    return split if separated and step >= np.log(CLEAR_RATIO) else 0


def in_range(node: Measured, units: Selection, candidates: Candidates) -> Values:
    """(U,) 1 within the range, 0 outside."""
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
    """(U,) membership in larger or smaller than all anchors, or as large as one.

    Who says "twice as large" has not measured, so nearly twice is enough.
    """
    sizes = node.factor * measure(anchors, node.measure, candidates)
    if not len(sizes):
        return np.zeros(len(units))
    size = np.maximum(measure(units, node.measure, candidates), 1e-9)
    if node.order == "same":
        sizes = np.sort(sizes)
        place = np.searchsorted(sizes, size)
        neighbours = np.stack([place - 1, place]).clip(0, len(sizes) - 1)
        off = np.abs(np.log(size / sizes[neighbours])).min(axis=0)
        fit = 1 - 0.5 * off / np.log(CLEAR_RATIO)
        return np.asarray(np.clip(fit, 0.0, 1.0), np.float64)
    ratio = size / sizes.max() if node.order == "larger" else sizes.min() / size
    if node.factor != 1:
        ratio *= CLEAR_RATIO
    fit = 0.5 + np.log(ratio) / np.log(CLEAR_RATIO) / 2
    return np.asarray(np.clip(fit, 0.0, 1.0), np.float64)


def measure(units: Selection, what: str, candidates: Candidates) -> Values:
    """(U,) square metres, metres or number of objects."""
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
    """Select `count` units from the `rank`-th on, smallest key first."""
    order = np.argsort(key, kind="stable")
    weight = units.weight(candidates)
    places = ranked(order, weight, rank=rank, count=count)
    if candidates.graded:
        fits = rank_fits(order, weight, rank=rank, count=count)
        return units.graded(fits, places)
    chosen = units.take(places, ranked=True)
    return with_first_rank(chosen, rank)


def with_first_rank(units: Selection, rank: int) -> Selection:
    """Renumber the ranks of a run so that the first is `rank`."""
    return replace(units, rank=units.rank + rank - 1)
