"""Size, number and order."""

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
from rrsis_geo.query.candidates.likelihood import ranked
from rrsis_geo.query.candidates.selection import FITS, Selection
from rrsis_geo.query.operators.extents import foremost, sides, within
from rrsis_geo.query.operators.regions import frame_for, towards

Values = NDArray[np.float64]

SIDES = ("length", "width")
"""Measures that take long, and are taken only where they can decide."""

TWO_SIZES = 1.6
"""Ratio of the usual areas of big and small ones in a set of two sizes."""

FOR_ITS_KIND = 1.5
"""Ratio to the usual area from which on a thing is big, or small, for its kind."""

RATHER, HARDLY = 0.75, 0.64
"""Fits of the biggest ones, and of the next, where a number says how many are big and
more or fewer are: a doubtful one among the first gives way to a sure one behind."""

CLEARLY = 1.25
"""Ratio of areas from which on one thing is plainly larger than another."""

BARELY = 0.02
"""Share by which two measures may differ and nobody could tell which is larger."""


def extreme(node: Extreme, units: Selection, seen: Candidates) -> tuple[Selection, str]:
    """The run from a side, and what is to be said about it."""
    frame = frame_for(seen, node.side)
    key = towards(units.centre(frame), node.side)
    return _run(units, -key, seen, rank=node.rank, count=node.count), ""


def sized(node: Sized, units: Selection, seen: Candidates) -> tuple[Selection, str]:
    """The run by size, and what is to be said about it."""
    if node.measure in SIDES:
        value = foremost(node, units, seen)
    else:
        value = measure(units, node.measure, seen)
    key = value if node.order == "smallest" else -value
    chosen = _run(units, key, seen, rank=node.rank, count=node.count)
    picked = measure(chosen, node.measure, seen)
    others = units.weight(seen) >= FITS
    edge = np.inf if not len(picked) else picked[np.argmax(chosen.rank)]
    equal = others & (np.abs(value / max(edge, 1e-9) - 1) <= BARELY)
    spare = int(equal.sum() - (np.abs(picked / max(edge, 1e-9) - 1) <= BARELY).sum())
    if spare <= 0 or not np.isfinite(edge):
        return chosen, ""
    return chosen, f"{spare + 1} objects have about the same {node.measure}"


def middle(node: Middle, units: Selection, seen: Candidates) -> tuple[Selection, str]:
    """Those in the middle of a line, whichever way it runs."""
    kept = units.sure()
    if len(kept) <= node.count:
        return kept, ""
    centre = kept.centre(seen.picture)
    spread = centre - centre.mean(axis=0)
    _, _, axes = np.linalg.svd(spread, full_matrices=False)
    along = np.argsort(spread @ axes[0], kind="stable")
    start = (len(kept) - node.count) // 2
    said = ""
    if (len(kept) - node.count) % 2:
        said = f"{len(kept)} objects have no {node.count} in the middle"
    return kept.pick(along[start : start + node.count]), said


def counted(
    units: Selection, number: int, *, definite: bool, seen: Candidates
) -> tuple[Selection, str]:
    """The best ones, or all that fit equally where that is not to be decided."""
    weight = units.weight(seen)
    order = np.argsort(-weight, kind="stable")
    order = order[units.fit[order] >= LEAST_FIT]
    if len(order) <= number:
        return _meant(units.pick(order)), ""
    last = order[number - 1]
    equal = weight >= max(FITS * 0.5, EQUAL * weight[last])
    equal &= units.fit >= min(FITS, units.fit[last])
    chosen = order[:number]
    if definite and equal.sum() > number:
        chosen = np.union1d(chosen, np.flatnonzero(equal))
        said = f"{len(chosen)} objects fit equally"
        return _meant(units.pick(chosen)), said
    return _meant(units.pick(chosen)), ""


LEAST_FIT = 0.3
"""Worse ones are not meant even where nothing better is there."""

EQUAL = 0.9
"""Share of the best one's weight from which on another fits equally."""


def _meant(units: Selection) -> Selection:
    """What was chosen is meant, even if nothing fits well."""
    return units.fitting(np.maximum(1.0, FITS / np.maximum(units.fit, 1e-9)))


def size_class(
    node: SizeClass, units: Selection, seen: Candidates, *, number: int | None = None
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
    area = np.maximum(units.area(seen), 1e-9)
    sure = np.flatnonzero(units.weight(seen) >= FITS)
    if not len(sure):
        return np.ones(len(units))
    logs = np.sort(np.log(area[sure]))
    usual = float(np.median(logs))
    split = _two_sizes(logs)
    if split and node.kind != "medium":
        usual = float((logs[split - 1] + logs[split]) / 2)
        bar = 0.0
    else:
        bar = float(np.log(FOR_ITS_KIND))
    above = np.log(area) - usual
    if node.kind == "medium":
        return np.clip(1 - 0.5 * np.abs(above) / bar, 0.0, 1.0)
    out = above if node.kind == "big" else -above
    fit = np.clip(0.5 + out - bar, 0.0, 1.0)
    plainly = int((fit[sure] >= FITS).sum())
    if number is None:
        return fit if plainly else np.ones(len(units))
    if plainly == number:
        return fit
    place = np.argsort(np.argsort(-out, kind="stable"), kind="stable")
    behind = np.interp(place, [number, max(len(units) - 1, number)], [HARDLY, FITS])
    return np.where(place < number, np.maximum(fit, RATHER), behind)


def _two_sizes(logs: Values) -> int:
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
    plain = apart[split - 1] >= np.log(TWO_SIZES) and step >= np.log(CLEARLY)
    return split if plain else 0


def measured(node: Measured, units: Selection, seen: Candidates) -> Values:
    """(U,) 1 within the limits, 0 outside."""
    low = -np.inf if node.low is None else node.low
    high = np.inf if node.high is None else node.high
    if node.measure in SIDES:
        return within(units, node.measure, low, high, seen).astype(np.float64)
    value = measure(units, node.measure, seen)
    return ((value >= low) & (value <= high)).astype(np.float64)


def compared(
    node: Compared, units: Selection, anchors: Selection, seen: Candidates
) -> Values:
    """(U,) how plainly they are larger or smaller than all anchors, or as large."""
    sizes = anchors.area(seen)
    if not len(sizes):
        return np.zeros(len(units))
    area = np.maximum(units.area(seen), 1e-9)
    if node.order == "same":
        sizes = np.sort(sizes)
        place = np.searchsorted(sizes, area)
        beside = np.stack([place - 1, place]).clip(0, len(sizes) - 1)
        off = np.abs(np.log(area / sizes[beside])).min(axis=0)
        fit = 1 - 0.5 * off / np.log(CLEARLY)
        return np.asarray(np.clip(fit, 0.0, 1.0), np.float64)
    ratio = area / sizes.max() if node.order == "larger" else sizes.min() / area
    fit = 0.5 + np.log(ratio) / np.log(CLEARLY) / 2
    return np.asarray(np.clip(fit, 0.0, 1.0), np.float64)


def measure(units: Selection, what: str, seen: Candidates) -> Values:
    """(U,) square metres, metres on the ground, or how many objects."""
    if what == "area":
        return units.area(seen)
    if what == "number":
        return units.lengths.astype(np.float64)
    if what == "perimeter":
        return units.over(seen.polygons.columns["perimeter_m"][units.rows], np.add)
    return sides(units, what, seen)


def _run(
    units: Selection, key: Values, seen: Candidates, *, rank: int, count: int
) -> Selection:
    """`count` units from the `rank`-th on, smallest key first."""
    order = np.argsort(key, kind="stable")
    places = ranked(order, units.weight(seen), rank=rank, count=count)
    chosen = units.pick(places, sure=True)
    return ranks_from(chosen, rank)


def ranks_from(units: Selection, rank: int) -> Selection:
    """A run of which the first is the `rank`-th."""
    return replace(units, rank=units.rank + rank - 1)
