"""How things stand to others: near, on one side, between, inside.

Distances run from outline to outline and are judged by the sizes of the things. All
functions answer how well the words hold for each unit, in [0, 1], one half being where
people stop to use them.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.language.nodes import Along, Around, Beside, Near, Within
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import Rows, Selection, Values
from rrsis_geo.query.geometry import distance as gaps
from rrsis_geo.query.geometry.best_pair import best_per_row
from rrsis_geo.query.geometry.nearest_anchors import nearest_anchors
from rrsis_geo.query.geometry.sectors import occupied_sectors
from rrsis_geo.query.operators.regions import FIRST, LAST, frame_for

NEAR = 2.0
"""Sizes of a thing: so far from its outline is no longer near."""

NEAR_SHARE = 0.06
"""Share of the scene that near never exceeds, before `NEAR`."""

LEAST_NEAR = 4.0
"""Pixels; a network's outlines are not better than that."""

NEXT = 1.0
"""Sizes of a thing: so far from its outline is no longer next to it."""

TOUCH = 1.5
"""Pixels between outlines that touch."""

LONG = 0.45
"""Share of its box that a long, slanting or winding thing does not fill."""

LONG_SIDES = 3.0
"""Ratio of the sides of the box of a long thing."""

STEEP = 0.3
"""Of a long thing: cosine to the direction from which on something is plainly there."""

OPPOSED = -0.5
"""Cosine of the angle between the ways to two things: further open is between them."""


def near(node: Near, units: Selection, distance: Values, seen: Candidates) -> Values:
    """(U,) how near the nearest anchor is."""
    pixel = np.sqrt(seen.pixel_area)
    if node.how == "touching":
        return np.asarray(distance <= TOUCH * pixel, np.float64)
    return _closeness(distance, NEXT if node.how == "next" else NEAR, units, seen)


def within(node: Within, distance: Values) -> Values:
    """(U,) 1 in the range of metres, 0 outside."""
    low = -np.inf if node.low is None else node.low
    high = np.inf if node.high is None else node.high
    return ((distance >= low) & (distance <= high)).astype(np.float64)


def along(
    node: Along | Around, units: Selection, distance: Values, seen: Candidates
) -> Values:
    """(U,) how near they stand, a little further than near."""
    return _closeness(distance, 1.5 * NEAR, units, seen)


def beside(node: Beside, units: Selection, anchors: Rows, seen: Candidates) -> Values:
    """(U,) how well they lie on that side of an anchor."""
    spacing = np.sqrt(seen.reach**2 / max(len(anchors), 1))
    pairs = gaps.reachable(units.rows, anchors, 1.2 * spacing, seen)
    rows = np.zeros(len(units.rows))
    if len(pairs.one):
        fits = (
            _at_part(node, pairs, seen) if node.how == "at" else _off(node, pairs, seen)
        )
        pairs, fits = pairs.only(fits > 0), fits[fits > 0]
        fits = fits * (0.5 + 0.5 * seen.chance[pairs.other])
        limit = 1.2 * spacing if len(anchors) > gaps.EVERY else np.inf
        size = _reach(seen.size[pairs.one], NEAR, seen)

        def at(pair: Rows, apart: Values) -> Values:
            # of several anchors the near ones count: each is beside the next
            decay = 1 / (1 + (apart / size[pair]) ** 2)
            fit = fits[pair] * (decay if node.how != "beyond" else 0.7 + 0.3 * decay)
            return np.where(apart <= limit, fit, 0)

        place = np.searchsorted(np.sort(units.rows), pairs.one)
        place = np.argsort(units.rows, kind="stable")[place]
        if node.how == "beyond" and len(anchors) == 1:
            np.maximum.at(rows, place, fits)
        else:
            every = np.arange(len(fits))
            rows = best_per_row(
                place,
                len(rows),
                at(every, gaps.at_least(pairs, seen)),
                lambda some: at(
                    some, gaps.between(pairs.one[some], pairs.other[some], seen)
                ),
            )
    return units.mean(rows)


def closer(distance: Values, seen: Candidates) -> Values:
    """(U,) factor by which of many that lie there the nearer is meant rather."""
    return 0.95 + 0.05 / (1 + distance / max(seen.reach, 1e-9))


def between(
    units: Selection, first: Rows, second: Rows | None, seen: Candidates
) -> Values:
    """(U,) how far the ways to two anchors open: 180 degrees is plainly between."""
    ways = _ways(units.rows, first, seen)
    others = ways if second is None else _ways(units.rows, second, seen)
    cosine = np.full(len(units.rows), np.inf)
    for own in range(ways.shape[1]):
        product = np.einsum("rk,rak->ra", ways[:, own], others)
        cosine = np.fmin(cosine, np.fmin.reduce(product, axis=1, initial=np.inf))
    return units.mean(np.interp(cosine, [-1, OPPOSED, 0.5], [1, 0.5, 0]))


def inside(units: Selection, anchors: Rows, seen: Candidates) -> Values:
    """(U,) share of each that lies in the outlines of anchors, holes counted in."""
    cover = _covered(units.rows, _filled(seen.shape[anchors]), seen)
    return units.mean(cover)


def holding(units: Selection, anchors: Rows, seen: Candidates) -> Values:
    """(U,) largest share of an anchor that lies in the outline."""
    shapes = _filled(seen.shape[units.rows])
    pairs = gaps.touching(anchors, shapes, seen)
    rows = np.zeros(len(units.rows))
    if len(pairs.one):
        inner = seen.shape[pairs.one]
        shared = shapely.area(shapely.intersection(inner, shapes[pairs.other]))
        share = shared / np.maximum(shapely.area(inner), 1e-12)
        share[units.rows[pairs.other] == pairs.one] = 0
        np.maximum.at(rows, pairs.other, share)
    return units.over(rows, np.maximum)


def surrounded(units: Selection, anchors: Rows, seen: Candidates) -> Values:
    """(U,) share of the directions in which an anchor stands close by."""
    cover = _covered(units.rows, _filled(seen.shape[anchors]), seen)
    reach = 3 * _reach(seen.size[units.rows], NEAR, seen)
    rows = occupied_sectors(units.rows, anchors, reach, seen) / 8
    rows = np.interp(rows, [0, 0.625, 1], [0, 0.5, 1])
    return units.mean(np.maximum(rows, cover))


def _closeness(
    distance: Values, sizes: float, units: Selection, seen: Candidates
) -> Values:
    size = np.sqrt(units.area(seen) / np.maximum(units.lengths, 1))
    return np.asarray(1 / (1 + (distance / _reach(size, sizes, seen)) ** 2), np.float64)


def _reach(size: Values, sizes: float, seen: Candidates) -> Values:
    """(U,) metres."""
    most = NEAR_SHARE * seen.reach
    pixel = np.sqrt(seen.pixel_area)
    reach = np.maximum(np.minimum(size, most), LEAST_NEAR * pixel)
    return np.asarray(sizes * reach, np.float64)


def _off(node: Beside, pairs: gaps.Pairs, seen: Candidates) -> Values:
    """(P,) how well the candidate lies off that side of the anchor."""
    frame = frame_for(seen, node.side)
    box, other = frame.box[pairs.one], frame.box[pairs.other]
    offset = frame.centre[pairs.one] - frame.centre[pairs.other]
    spans = other[:, 2:] - other[:, :2]
    # what lies beside any part of a wide anchor lies beside it
    slack = np.sign(offset) * np.minimum(np.abs(offset), 0.3 * spans)
    ways = node.side.split()
    unit = _unit(node.side)
    along = offset @ unit
    if len(ways) == 1:
        axis = int(np.argmax(np.abs(unit)))
        across = np.abs(offset - slack)[:, 1 - axis]
        free = np.where(
            unit[axis] > 0,
            box[:, axis] - other[:, axis + 2],
            other[:, axis] - box[:, axis + 2],
        )
        least = np.minimum((box[:, 2:] - box[:, :2])[:, axis], spans[:, axis])
        overlap = np.clip(-free / np.maximum(least, 1e-9), 0, 1)
    else:
        across = np.abs(offset @ np.array([-unit[1], unit[0]]))
        overlap = np.zeros(len(along))
    angle = np.degrees(np.arctan2(across, along))
    half = 45.0 if len(ways) == 1 else 33.0
    compact = np.interp(angle, [0, half, 1.6 * half], [1.0, 0.5, 0.0])
    compact *= 1 - np.clip(overlap - 0.25, 0, 0.75)
    winding = _winding(pairs.other, seen)
    if winding.any():
        steps = gaps.steps(pairs.one[winding], pairs.other[winding], seen)
        way = _turned(steps, node.side, seen)
        length = np.maximum(np.hypot(*way.T), 1e-9)
        plain = 0.5 + 0.5 * np.clip(way @ unit / length / STEEP, -1, 1)
        # from afar it is but a thing in a direction
        sides = shapely.bounds(seen.shape[pairs.other[winding]])
        afar = np.hypot(*steps.T) > (sides[:, 2:] - sides[:, :2]).max(axis=1)
        compact[winding] = np.where(afar, compact[winding], plain)
    return np.asarray(compact, np.float64)


def _at_part(node: Beside, pairs: gaps.Pairs, seen: Candidates) -> Values:
    """(P,) how well the candidate lies at that end of the anchor."""
    frame = frame_for(seen, node.side)
    other = frame.box[pairs.other]
    span = np.maximum(other[:, 2:] - other[:, :2], 1e-9)
    share = (frame.centre[pairs.one] - other[:, :2]) / span
    fits = []
    for word in node.side.split():
        axis = FIRST.get(word, LAST.get(word, 0))
        part = share[:, axis] if word in FIRST else 1 - share[:, axis]
        fits.append(np.interp(part, [0.2, 0.42, 0.6], [1.0, 0.5, 0.0]))
    return np.asarray(np.min(fits, axis=0), np.float64)


def _unit(side: str) -> NDArray[np.float64]:
    """(2,) of length 1, y down."""
    way = np.zeros(2)
    for word in side.split():
        way[FIRST.get(word, LAST.get(word, 0))] = -1 if word in FIRST else 1
    return np.asarray(way / np.hypot(*way), np.float64)


def _turned(
    way: NDArray[np.float64], side: str, seen: Candidates
) -> NDArray[np.float64]:
    """Steps in metres to the east and south, as steps in the frame of the side."""
    if frame_for(seen, side) is seen.compass:
        return way
    return way @ seen.to_picture.T


def _winding(rows: Rows, seen: Candidates) -> NDArray[np.bool_]:
    """(P,) things without four sides: long, slanting or winding ones."""
    winds = np.zeros(len(seen), np.bool_)
    winds[rows] = True
    unique = np.flatnonzero(winds)
    box = shapely.bounds(seen.shape[unique])
    sides = box[:, 2:] - box[:, :2]
    fill = shapely.area(seen.shape[unique]) / np.maximum(sides.prod(axis=1), 1e-9)
    long = sides.max(axis=1) / np.maximum(sides.min(axis=1), 1e-9) >= LONG_SIDES
    winds[unique] = (fill < LONG) | long
    return winds[rows]


def _ways(rows: Rows, anchors: Rows, seen: Candidates) -> NDArray[np.float64]:
    """(R, A, 2) unit steps towards the nearest points of anchors; NaN: no more.

    Of many anchors only those around a thing count.
    """
    pairs = nearest_anchors(rows, anchors, seen)
    way = -gaps.steps(pairs.one, pairs.other, seen)
    length = np.hypot(*way.T)[:, None]
    way = np.where(length > 0, way / np.where(length > 0, length, 1), np.nan)
    order = np.argsort(rows, kind="stable")
    place = order[np.searchsorted(rows[order], pairs.one)]
    by_row = np.argsort(place, kind="stable")
    place, way = place[by_row], way[by_row]
    rank = np.arange(len(place)) - np.searchsorted(place, place)
    ways = np.full((len(rows), max(rank.max(initial=-1) + 1, 0), 2), np.nan)
    ways[place, rank] = way
    return ways


def _filled(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Without their holes: what a network finds in a lake is not of the lake."""
    filled, holed = shapes.copy(), shapely.get_num_interior_rings(shapes) > 0
    filled[holed] = shapely.polygons(shapely.get_exterior_ring(shapes[holed]))
    return filled


def _covered(rows: Rows, shapes: NDArray[np.object_], seen: Candidates) -> Values:
    """(R,) share of each that the shapes cover together, its own one left out."""
    pairs = gaps.touching(rows, shapes, seen)
    cover = np.zeros(len(rows))
    if not len(pairs.one):
        return cover
    one, other = seen.shape[pairs.one], shapes[pairs.other]
    shared = shapely.area(shapely.intersection(one, other))
    share = shared / np.maximum(shapely.area(one), 1e-12)
    same = shared >= gaps.SAME * (shapely.area(one) + shapely.area(other) - shared)
    share[same] = 0  # the thing itself, found for two phrases
    place = np.searchsorted(np.sort(rows), pairs.one)
    order = np.argsort(rows, kind="stable")
    np.add.at(cover, order[place], share)
    return np.minimum(cover, 1.0)
