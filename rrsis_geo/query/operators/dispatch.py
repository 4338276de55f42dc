"""The function that evaluates each operator of a plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node
from rrsis_geo.language.traversal import walk
from rrsis_geo.query.candidates.likelihood import rank_fits, ranked
from rrsis_geo.query.candidates.selection import (
    FIT_THRESHOLD,
    MIN_FIT,
    Rows,
    Selection,
    selection_of_rows,
)
from rrsis_geo.query.geometry.distance import (
    duplicate_pairs,
)
from rrsis_geo.query.operators import (
    groups,
    headings,
    ordering,
    regions,
    spatial_relations,
)
from rrsis_geo.query.operators.workspace import Operator, Workspace
from rrsis_geo.query.plan.explanation import describe
from rrsis_geo.query.plan.plan import Plan


def _without_anchors(function: Callable[..., NDArray[np.float64]]) -> Operator:
    """Wrap a membership function without anchors as an operator."""

    def choose(work: Workspace, node: Node, units: Selection) -> Selection:
        return units.with_fit(function(node, units, work.candidates))

    return choose


def _with_advice(function: Callable[..., tuple[Selection, str]]) -> Operator:
    """Wrap a function that returns a selection and advice as an operator."""

    def choose(work: Workspace, node: Node, units: Selection) -> Selection:
        chosen, advice = function(node, units, work.candidates)
        if advice:
            work.advice.append(advice)
        return chosen

    return choose


def _in_place(work: Workspace, node: n.InPlace, units: Selection) -> Selection:
    fit = regions.in_place_compared(
        node, units, work.candidates, single=work.single, last=node is work.root
    )
    return units.with_fit(fit)


def _middle(work: Workspace, node: n.Middle, units: Selection) -> Selection:
    """The middle of several; of rows that are not there, what lies in the centre."""
    if isinstance(node.of, n.Grouped) and len(units.accepted()) < 2:
        central = n.InPlace(node.of, "centre")
        inside = units.with_fit(regions.in_place(central, units, work.candidates))
        if len(inside.accepted()):
            return inside
        alone = work.units(node.of.of)
        return alone.with_fit(regions.in_place(central, alone, work.candidates))
    chosen, advice = ordering.middle(node, units, work.candidates)
    if advice:
        work.advice.append(advice)
    return chosen


def _counted(work: Workspace, node: n.Counted, units: Selection) -> Selection:
    if isinstance(node.of, n.SizeClass):  # "three big ships": the three biggest
        within = work.units(node.of.of)
        fit = ordering.size_class(node.of, within, work.candidates, number=node.number)
        units = within.with_fit(fit)
    chosen, advice = ordering.counted(
        units, node.number, definite=node.definite, candidates=work.candidates
    )
    if advice:
        work.advice.append(advice)
    return chosen


def _isolated(work: Workspace, node: n.Isolated, units: Selection) -> Selection:
    return units.with_fit(groups.isolated(units, work.candidates))


def _distances(units: Selection) -> NDArray[np.float64]:
    return np.nan_to_num(units.distance, nan=np.inf)


def _near(work: Workspace, node: n.Near, units: Selection) -> Selection:
    _, units = work.anchors_with_distance(node.anchor, units)
    return units.with_fit(
        spatial_relations.near(node, units, _distances(units), work.candidates)
    )


def _within(work: Workspace, node: n.Within, units: Selection) -> Selection:
    anchors, units = work.anchors_with_distance(node.anchor, units)
    fit = spatial_relations.within(node, _distances(units))
    # an anchor is not at a distance from itself
    own = units.reduce(np.isin(units.rows, anchors).astype(float), np.maximum)
    return units.with_fit(np.where((own > 0) & (node.high is None), 0.0, fit))


def _along(work: Workspace, node: n.Along | n.Around, units: Selection) -> Selection:
    _, units = work.anchors_with_distance(node.anchor, units)
    return units.with_fit(
        spatial_relations.along(node, units, _distances(units), work.candidates)
    )


def _beside(work: Workspace, node: n.Beside, units: Selection) -> Selection:
    rows, units = work.anchors_for(node.anchor, units)
    fit = spatial_relations.beside(node, units, rows, work.candidates)
    if node.how == "just" and not (units.fit * fit >= FIT_THRESHOLD).any():
        fit = _next_beyond(work, node, units, rows, fit)
    some = np.flatnonzero(units.fit * fit > MIN_FIT)
    units = work.with_distance(units.take(some), rows)
    closer = spatial_relations.nearer_preferred(_distances(units), work.candidates)
    return units.with_fit(fit[some] * closer)


def _next_beyond(
    work: Workspace,
    node: n.Beside,
    units: Selection,
    rows: Rows,
    fit: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(U,) fit where nothing is just beside the anchors: 1 for the nearest beyond."""
    beyond = spatial_relations.beside(
        replace(node, how="beyond"), units, rows, work.candidates
    )
    sure = units.confidence(work.candidates) >= FIT_THRESHOLD
    possible = np.flatnonzero((units.fit * beyond >= FIT_THRESHOLD) & sure)
    distance = _distances(work.with_distance(units.take(possible), rows))
    nearest = possible[distance <= distance.min(initial=np.inf)]
    fit = fit.copy()
    fit[nearest] = 1.0
    return fit


def _between(work: Workspace, node: n.Between, units: Selection) -> Selection:
    first, units = work.anchors_with_deferred_distance(node.first, units)
    second = None
    if node.second is not None:
        second, units = work.anchors_for(node.second, units)
    return units.with_fit(
        spatial_relations.between(units, first, second, work.candidates)
    )


def _inside(work: Workspace, node: n.Inside, units: Selection) -> Selection:
    if node.how == "in":
        rows, units = work.anchors_with_deferred_distance(node.anchor, units)
        return units.with_fit(spatial_relations.inside(units, rows, work.candidates))
    rows, units = work.anchors_with_distance(node.anchor, units)
    close = n.Near(node.of, node.anchor, how="next")
    near = spatial_relations.near(close, units, _distances(units), work.candidates)
    fit = spatial_relations.inside(units, rows, work.candidates)
    return units.with_fit(np.maximum(fit, near * (1.0 if node.how == "at" else 0.6)))


def _surrounded(work: Workspace, node: n.Surrounded, units: Selection) -> Selection:
    rows, units = work.anchors_with_deferred_distance(node.anchor, units)
    return units.with_fit(spatial_relations.surrounded(units, rows, work.candidates))


def _opposite(work: Workspace, node: n.Opposite, units: Selection) -> Selection:
    _, units = work.anchors_with_distance(node.anchor, units)
    close = n.Along(node.of, node.anchor)
    return units.with_fit(
        spatial_relations.along(close, units, _distances(units), work.candidates)
    )


def _holding(work: Workspace, node: n.Holding, units: Selection) -> Selection:
    rows, units = work.anchors_for(node.anchor, units)
    return units.with_fit(spatial_relations.holding(units, rows, work.candidates))


def _distant(work: Workspace, node: n.Distant, units: Selection) -> Selection:
    rows, units = work.anchors_with_distance(node.anchor, units)
    if not len(rows) and len(units) > node.count:
        missing = describe(node.anchor).removeprefix("find ")
        work.advice.append(f"which is {node.order} is open: found no {missing}")
        return units.take(rows)
    own = units.reduce(np.isin(units.rows, rows).astype(float), np.maximum) > 0
    if not own.all() and len(rows) < len(units.rows):
        units = units.with_fit(np.where(own, 0.0, 1.0))
    distance = _distances(units)
    key = (
        distance
        if node.order == "closest"
        else -np.where(np.isinf(distance), -1, distance)
    )
    nearest_first = np.argsort(key, kind="stable")
    weight = units.weight(work.candidates)
    picked = ranked(nearest_first, weight, rank=node.rank, count=node.count)
    if work.candidates.graded:
        fits = rank_fits(nearest_first, weight, rank=node.rank, count=node.count)
        return units.graded(fits, picked)
    chosen = units.take(picked, ranked=True)
    return ordering.with_first_rank(chosen, node.rank)


def _compared(work: Workspace, node: n.Compared, units: Selection) -> Selection:
    rows, units = work.anchors_for(node.anchor, units)
    fit = ordering.compared(node, units, selection_of_rows(rows), work.candidates)
    own = units.reduce(np.isin(units.rows, rows).astype(float), np.maximum)
    return units.with_fit(np.where(own > 0, 0.0, fit))


def _grouped(work: Workspace, node: n.Grouped, units: Selection) -> Selection:
    return groups.find_groups(node, units, work.candidates)


def _members(work: Workspace, node: n.Members, units: Selection) -> Selection:
    return groups.ungrouped(units.accepted())


def _except(work: Workspace, node: n.Except, units: Selection) -> Selection:
    without = work.units(node.without).accepted()
    excluded = np.unique(without.rows)
    own = np.unique(units.rows)
    other = excluded[~np.isin(excluded, own)]
    if len(other):  # the same object found for another phrase
        duplicates = duplicate_pairs(own, other, work.candidates)
        excluded = np.union1d(excluded, duplicates.one)
    matches = units.reduce(np.isin(units.rows, excluded).astype(float), np.maximum)
    return units.with_fit(1.0 - matches)


OPERATORS: dict[type, Operator] = {
    n.InPlace: _in_place,
    n.AtEdge: _without_anchors(regions.at_edge),
    n.SizeClass: _without_anchors(ordering.size_class),
    n.Facing: _without_anchors(headings.facing),
    n.Measured: _without_anchors(ordering.in_range),
    n.Extreme: _with_advice(ordering.extreme),
    n.Middle: _middle,
    n.Sized: _with_advice(ordering.sized),
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
"""Operators of plans and the functions that evaluate them."""

OF_EXTENT = (
    *(n.InPlace, n.AtEdge, n.Near, n.Along, n.Around, n.Beside, n.Inside),
    *(n.Surrounded, n.Opposite, n.Middle),
)
"""Operators whose result depends on the extent of the scene: places in it, also the
middle of it, and what is near, which is at most a share of it."""


def depends_on_extent(plan: Plan) -> bool:
    """Whether an answer depends on the part of the scene that holds data."""
    return any(isinstance(node, OF_EXTENT) for node in walk(plan.root))
