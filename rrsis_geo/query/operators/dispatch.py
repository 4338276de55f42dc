"""How each operator chooses among what a part of a plan stands for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node
from rrsis_geo.query.candidates.likelihood import ranked
from rrsis_geo.query.candidates.selection import (
    FITS,
    FORGOTTEN,
    Rows,
    Selection,
    singles,
)
from rrsis_geo.query.geometry import distance as gaps
from rrsis_geo.query.operators import (
    groups,
)
from rrsis_geo.query.operators import (
    ordering as order,
)
from rrsis_geo.query.operators import (
    regions as places,
)
from rrsis_geo.query.operators import (
    spatial_relations as standing,
)
from rrsis_geo.query.operators.workspace import Operator, Workspace
from rrsis_geo.query.plan.explanation import describe


def _plain(function: Callable[..., NDArray[np.float64]]) -> Operator:
    """An operator that needs no anchor."""

    def choose(work: Workspace, node: Node, units: Selection) -> Selection:
        return units.fitting(function(node, units, work.seen))

    return choose


def _said(function: Callable[..., tuple[Selection, str]]) -> Operator:
    """An operator that may have something to say."""

    def choose(work: Workspace, node: Node, units: Selection) -> Selection:
        chosen, said = function(node, units, work.seen)
        if said:
            work.advice.append(said)
        return chosen

    return choose


def _in_place(work: Workspace, node: n.InPlace, units: Selection) -> Selection:
    fit = places.meant_in_place(
        node, units, work.seen, single=work.single, last=node is work.root
    )
    return units.fitting(fit)


def _counted(work: Workspace, node: n.Counted, units: Selection) -> Selection:
    if isinstance(node.of, n.SizeClass):  # "three big ships": the three biggest
        within = work.units(node.of.of)
        fit = order.size_class(node.of, within, work.seen, number=node.number)
        units = within.fitting(fit)
    chosen, said = order.counted(
        units, node.number, definite=node.definite, seen=work.seen
    )
    if said:
        work.advice.append(said)
    return chosen


def _isolated(work: Workspace, node: n.Isolated, units: Selection) -> Selection:
    return units.fitting(groups.isolated(units, work.seen))


def _distances(units: Selection) -> NDArray[np.float64]:
    return np.nan_to_num(units.distance, nan=np.inf)


def _near(work: Workspace, node: n.Near, units: Selection) -> Selection:
    _, units = work.measured(node.anchor, units)
    return units.fitting(standing.near(node, units, _distances(units), work.seen))


def _within(work: Workspace, node: n.Within, units: Selection) -> Selection:
    anchors, units = work.measured(node.anchor, units)
    fit = standing.within(node, _distances(units))
    # an anchor itself is not "more than 400 m away from" itself
    own = units.over(np.isin(units.rows, anchors).astype(float), np.maximum)
    return units.fitting(np.where((own > 0) & (node.high is None), 0.0, fit))


def _along(work: Workspace, node: n.Along | n.Around, units: Selection) -> Selection:
    _, units = work.measured(node.anchor, units)
    return units.fitting(standing.along(node, units, _distances(units), work.seen))


def _beside(work: Workspace, node: n.Beside, units: Selection) -> Selection:
    rows, units = work.against(node.anchor, units)
    fit = standing.beside(node, units, rows, work.seen)
    if node.how == "just" and not (units.fit * fit >= FITS).any():
        fit = _next_that_way(work, node, units, rows, fit)
    some = np.flatnonzero(units.fit * fit > FORGOTTEN)
    units = work.with_distance(units.pick(some), rows)
    closer = standing.closer(_distances(units), work.seen)
    return units.fitting(fit[some] * closer)


def _next_that_way(
    work: Workspace,
    node: n.Beside,
    units: Selection,
    rows: Rows,
    fit: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(U,) with nothing just beside the anchors, the nearest that way fits."""
    that_way = standing.beside(replace(node, how="beyond"), units, rows, work.seen)
    sure = units.chance(work.seen) >= FITS
    good = np.flatnonzero((units.fit * that_way >= FITS) & sure)
    away = _distances(work.with_distance(units.pick(good), rows))
    nearest = good[away <= away.min(initial=np.inf)]
    fit = fit.copy()
    fit[nearest] = 1.0
    return fit


def _between(work: Workspace, node: n.Between, units: Selection) -> Selection:
    first, units = work.measured_late(node.first, units)
    second = None
    if node.second is not None:
        second, units = work.against(node.second, units)
    return units.fitting(standing.between(units, first, second, work.seen))


def _inside(work: Workspace, node: n.Inside, units: Selection) -> Selection:
    if node.how == "in":
        rows, units = work.measured_late(node.anchor, units)
        return units.fitting(standing.inside(units, rows, work.seen))
    rows, units = work.measured(node.anchor, units)
    close = n.Near(node.of, node.anchor, how="next")
    near = standing.near(close, units, _distances(units), work.seen)
    fit = standing.inside(units, rows, work.seen)
    return units.fitting(np.maximum(fit, near * (1.0 if node.how == "at" else 0.6)))


def _surrounded(work: Workspace, node: n.Surrounded, units: Selection) -> Selection:
    rows, units = work.measured_late(node.anchor, units)
    return units.fitting(standing.surrounded(units, rows, work.seen))


def _opposite(work: Workspace, node: n.Opposite, units: Selection) -> Selection:
    _, units = work.measured(node.anchor, units)
    close = n.Along(node.of, node.anchor)
    return units.fitting(standing.along(close, units, _distances(units), work.seen))


def _holding(work: Workspace, node: n.Holding, units: Selection) -> Selection:
    rows, units = work.against(node.anchor, units)
    return units.fitting(standing.holding(units, rows, work.seen))


def _distant(work: Workspace, node: n.Distant, units: Selection) -> Selection:
    rows, units = work.measured(node.anchor, units)
    if not len(rows) and len(units) > node.count:
        missing = describe(node.anchor).removeprefix("find ")
        work.advice.append(f"which is {node.order} is open: found no {missing}")
        return units.pick(rows)
    own = units.over(np.isin(units.rows, rows).astype(float), np.maximum) > 0
    if not own.all() and len(rows) < len(units.rows):
        units = units.fitting(np.where(own, 0.0, 1.0))
    away = _distances(units)
    key = away if node.order == "closest" else -np.where(np.isinf(away), -1, away)
    way = np.argsort(key, kind="stable")
    weight = units.weight(work.seen)
    picked = ranked(way, weight, rank=node.rank, count=node.count)
    chosen = units.pick(picked, sure=True)
    return order.ranks_from(chosen, node.rank)


def _compared(work: Workspace, node: n.Compared, units: Selection) -> Selection:
    rows, units = work.against(node.anchor, units)
    fit = order.compared(node, units, singles(rows), work.seen)
    own = units.over(np.isin(units.rows, rows).astype(float), np.maximum)
    return units.fitting(np.where(own > 0, 0.0, fit))


def _grouped(work: Workspace, node: n.Grouped, units: Selection) -> Selection:
    return groups.gather(node, units, work.seen)


def _members(work: Workspace, node: n.Members, units: Selection) -> Selection:
    return groups.apart(units.sure())


def _except(work: Workspace, node: n.Except, units: Selection) -> Selection:
    without = work.units(node.without).sure()
    gone = np.unique(without.rows)
    own = np.unique(units.rows)
    other = gone[~np.isin(gone, own)]
    if len(other):  # the same thing found for another phrase
        twins = gaps.doubles(own, other, work.seen)
        gone = np.union1d(gone, twins.one)
    hit = units.over(np.isin(units.rows, gone).astype(float), np.maximum)
    return units.fitting(1.0 - hit)


CHOICES: dict[type, Operator] = {
    n.InPlace: _in_place,
    n.AtEdge: _plain(places.at_edge),
    n.SizeClass: _plain(order.size_class),
    n.Measured: _plain(order.measured),
    n.Extreme: _said(order.extreme),
    n.Middle: _said(order.middle),
    n.Sized: _said(order.sized),
    n.Counted: _counted,
    n.Isolated: _isolated,
    n.Near: _near,
    n.Within: _within,
    n.Along: _along,
    n.Around: _along,
    n.Beside: _beside,
    n.Between: _between,
    n.Inside: _inside,
    n.Surrounded: _surrounded,
    n.Opposite: _opposite,
    n.Holding: _holding,
    n.Distant: _distant,
    n.Compared: _compared,
    n.Grouped: _grouped,
    n.Members: _members,
    n.Except: _except,
}
"""How each operator chooses among units."""
