"""Which objects a meaning stands for, or that one can't be sure.

Fuzzy words are decided only where nobody would differ: one object in a doubtful
position makes the whole meaning doubtful, and no expression is made of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.expressions.attributes import with_value
from rrsis_geo.expressions.image_regions import at_edge, in_place, run_from
from rrsis_geo.expressions.measurements import Measured
from rrsis_geo.expressions.size_and_shape import run_by_size, shaped, size_class
from rrsis_geo.expressions.spatial_relations import (
    beside,
    between,
    by_distance,
    form_of,
    groups,
    isolated,
    near,
)
from rrsis_geo.expressions.tree import (
    All,
    AtEdge,
    Beside,
    Between,
    Distant,
    Extreme,
    Grouped,
    InPlace,
    Isolated,
    Meaning,
    Near,
    Shaped,
    SizeClass,
    Sized,
    With,
    Without,
)

Rows = NDArray[np.int64]


def resolve(measured: Measured, meaning: Meaning) -> Rows | None:
    """Rows of `measured` that a meaning stands for; None where that is doubtful.

    An empty answer is sure as well: nothing fits, and all would agree.
    """
    if meaning in measured.memo:
        return measured.memo[meaning]
    if isinstance(meaning, All):
        rows: Rows | None = _all(measured, meaning.category)
    else:
        among = resolve(measured, meaning.of)
        rows = among if among is None else _choose(measured, meaning, among)
    measured.memo[meaning] = rows
    return rows


def _all(measured: Measured, category: str) -> Rows | None:
    rows = measured.members(category)
    if category not in measured.complete:
        return None
    # Where only slivers are left, it is doubtful that there is any.
    return None if rows.size and measured.sliver[rows].all() else rows


def _choose(measured: Measured, meaning: Meaning, among: Rows) -> Rows | None:
    if not among.size:
        return among
    match meaning:
        case InPlace():
            yes, no = in_place(measured, meaning.place)
            return _sure(measured, among, (yes[among], no[among]))
        case AtEdge():
            yes, no = at_edge(measured, meaning.side)
            return _sure(measured, among, (yes[among], no[among]))
        case With():
            return _sure(measured, among, with_value(measured, among, meaning))
        case Shaped():
            return _sure(measured, among, shaped(measured, among, meaning.shape))
        case Extreme():
            return run_from(measured, among, meaning.side, meaning.rank, meaning.count)
        case Sized():
            return run_by_size(
                measured, among, meaning.order, meaning.rank, meaning.count
            )
        case SizeClass():
            return size_class(measured, among, meaning.kind)
        case Grouped():
            return _grouped(measured, meaning, among)
        case Isolated():
            return isolated(measured, among)
        case Without():
            left_out = resolve(measured, meaning.without)
            if left_out is None:
                return None
            return np.setdiff1d(among, left_out)
    return _related(measured, meaning, among)


def _related(measured: Measured, meaning: Meaning, among: Rows) -> Rows | None:
    if isinstance(meaning, Between):
        ends = resolve(measured, meaning.first), resolve(measured, meaning.second)
        first, second = ends
        if first is None or second is None:
            return None
        if len(first) != 1 or len(second) != 1 or first[0] == second[0]:
            return None
        rest = np.setdiff1d(among, [first[0], second[0]])
        one, other = int(first[0]), int(second[0])
        return _sure(measured, rest, between(measured, rest, one, other))
    if not isinstance(meaning, (Near, Beside, Distant)):
        raise TypeError(f"no rule for {type(meaning).__name__}")
    anchors = resolve(measured, meaning.anchor)
    if anchors is None or measured.sliver[anchors].any():
        return None
    among = np.setdiff1d(among, anchors)
    if not anchors.size or not among.size:
        # Nothing is near something that isn't there.
        return among[:0] if isinstance(meaning, (Near, Beside)) else None
    if isinstance(meaning, Near):
        return _sure(measured, among, near(measured, among, anchors))
    if isinstance(meaning, Distant):
        return by_distance(measured, among, meaning.order, anchors)
    if len(anchors) != 1:
        return None
    verdict = beside(measured, among, meaning.side, int(anchors[0]))
    return _sure(measured, among, verdict)


def _grouped(measured: Measured, meaning: Grouped, among: Rows) -> Rows | None:
    found = [one for one in groups(measured, among) if len(one) == meaning.count]
    if len(found) != 1:
        return None
    form = form_of(measured, found[0])
    # Any group may be called a cluster, only a straight one a row.
    return found[0] if meaning.form in (form, "cluster") else None


def _sure(
    measured: Measured,
    rows: Rows,
    verdict: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> Rows | None:
    yes, no = verdict
    if not (yes | no).all():
        return None
    chosen = rows[yes]
    return None if measured.sliver[chosen].any() else chosen
