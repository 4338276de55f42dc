"""Which objects a tree of nodes stands for, or that this is in doubt.

Fuzzy words are decided only where nobody would differ: one object in a doubtful
position makes the whole tree doubtful, and no expression is made of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.expressions.attributes import has_value
from rrsis_geo.expressions.image_regions import cut_by_edge, in_region, run_from_side
from rrsis_geo.expressions.measurements import Measurements
from rrsis_geo.expressions.object_relations import (
    beside,
    between,
    closest_or_farthest,
    form_of,
    groups,
    isolated,
    near,
)
from rrsis_geo.expressions.region_bands import Verdicts
from rrsis_geo.expressions.size_and_shape import has_shape, run_by_size, size_class
from rrsis_geo.language.nodes import (
    AtEdge,
    Beside,
    Between,
    Distant,
    Except,
    Extreme,
    Find,
    Grouped,
    InPlace,
    Isolated,
    Near,
    Node,
    Operator,
    Shaped,
    SizeClass,
    Sized,
    Union,
    With,
)

Rows = NDArray[np.int64]

PLAIN_SHARE = 0.06
"""Share of the image from which on anybody sees what is there, however little of the
whole object it is."""


def resolve(measured: Measurements, node: Node) -> Rows | None:
    """Find the objects that a node stands for.

    Args:
        measured: The layout.
        node: A tree of those nodes that the builder uses, on sides of the screen.

    Returns:
        Rows of `measured`; None if in doubt. An empty result is without
        doubt: everybody would agree that nothing fits.

    Raises:
        TypeError: The builder has no rule for a node of the tree.
    """
    if node in measured.memo:
        return measured.memo[node]
    if isinstance(node, Union):
        raise TypeError("no rule for Union")
    if isinstance(node, Find):
        rows = _members(measured, node.categories[0])
    else:
        among = resolve(measured, node.of)
        rows = among if among is None else _choose(measured, node, among)
    measured.memo[node] = rows
    return rows


def _members(measured: Measurements, category: str) -> Rows | None:
    rows = measured.members(category)
    if category not in measured.complete:
        return None
    # Where only small slivers are left, people may see none at all.
    frame = measured.width * measured.height
    hardly = measured.sliver[rows] & (measured.area[rows] < PLAIN_SHARE * frame)
    return None if rows.size and hardly.all() else rows


def _choose(measured: Measurements, node: Operator, among: Rows) -> Rows | None:
    if not among.size:
        return among
    match node:
        case InPlace():
            yes, no = in_region(measured, (node.place, node.extent))
            return _settle(measured, among, (yes[among], no[among]))
        case AtEdge() if node.side is not None:
            yes, no = cut_by_edge(measured, node.side)
            return _settle(measured, among, (yes[among], no[among]))
        case With():
            return _settle(measured, among, has_value(measured, among, node))
        case Shaped():
            return _settle(measured, among, has_shape(measured, among, node.shape))
        case Extreme():
            return run_from_side(measured, among, node.side, node.rank, node.count)
        case Sized():
            return run_by_size(measured, among, node.order, node.rank, node.count)
        case SizeClass():
            return size_class(measured, among, node.kind)
        case Grouped():
            return _grouped(measured, node, among)
        case Isolated():
            return isolated(measured, among)
        case Except():
            without = resolve(measured, node.without)
            return None if without is None else np.setdiff1d(among, without)
        case Between():
            return _between(measured, node, among)
        case Near() | Beside() | Distant():
            return _related(measured, node, among)
    raise TypeError(f"no rule for {type(node).__name__}")


def _between(measured: Measurements, node: Between, among: Rows) -> Rows | None:
    if node.second is None:
        raise TypeError("no rule for Between with a single set of anchors")
    first, second = resolve(measured, node.first), resolve(measured, node.second)
    if first is None or second is None:
        return None
    if len(first) != 1 or len(second) != 1 or first[0] == second[0]:
        return None
    rest = np.setdiff1d(among, [first[0], second[0]])
    verdicts = between(measured, rest, int(first[0]), int(second[0]))
    return _settle(measured, rest, verdicts)


def _related(
    measured: Measurements, node: Near | Beside | Distant, among: Rows
) -> Rows | None:
    anchors = resolve(measured, node.anchor)
    if anchors is None or measured.sliver[anchors].any():
        return None
    among = np.setdiff1d(among, anchors)
    if not anchors.size or not among.size:
        # Nothing is near an object that isn't there.
        return None if isinstance(node, Distant) else among[:0]
    if isinstance(node, Near):
        return _settle(measured, among, near(measured, among, anchors))
    if isinstance(node, Distant):
        return closest_or_farthest(measured, among, node.order, anchors)
    if len(anchors) != 1:
        return None
    verdicts = beside(measured, among, node.side, int(anchors[0]))
    return _settle(measured, among, verdicts)


def _grouped(measured: Measurements, node: Grouped, among: Rows) -> Rows | None:
    fitting = [one for one in groups(measured, among) if len(one) == node.count]
    if len(fitting) != 1:
        return None
    (group,) = fitting
    # Any group may be called a cluster, only a straight one a row.
    return group if node.form in (form_of(measured, group), "cluster") else None


def _settle(measured: Measurements, rows: Rows, verdicts: Verdicts) -> Rows | None:
    """The rows that surely fit; None if any is in doubt."""
    yes, no = verdicts
    if not (yes | no).all():
        return None
    chosen = rows[yes]
    return None if measured.sliver[chosen].any() else chosen
