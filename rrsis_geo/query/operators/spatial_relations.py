"""Fuzzy spatial relations: near, beside, between, inside.

Distances run from outline to outline and are relative to the sizes of the objects. All
functions return each unit's membership in [0, 1], which is 0.5 where people stop using
the word.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.language.nodes import Along, Around, Beside, Near, Within
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import Rows, Selection, Values
from rrsis_geo.query.geometry.best_pair import max_per_row
from rrsis_geo.query.geometry.distance import (
    BRUTE_FORCE_ANCHORS,
    SAME_OBJECT_IOU,
    Pairs,
    intersecting_pairs,
    min_pair_distance,
    offsets_from_anchors,
    pair_distance,
    pairs_within,
)
from rrsis_geo.query.geometry.nearest_anchors import nearest_anchors
from rrsis_geo.query.geometry.sectors import occupied_sectors
from rrsis_geo.query.operators.regions import HIGH_SIDES, LOW_SIDES, frame_for

NEAR = 2.0
"""Object sizes; distance from the outline up to which something is near."""

MAX_NEAR_SHARE = 0.06
"""Share of the scene's longer side that limits the size in `NEAR`."""

MIN_NEAR_PIXELS = 4.0
"""Pixels; the smallest size in `NEAR`, because outlines are not more precise."""

NEXT_TO = 1.0
"""Object sizes; distance from the outline up to which something is next to it."""

TOUCH = 1.5
"""Pixels between outlines that touch."""

MAX_BOX_FILL = 0.45
"""Share of its box below which an object is long, slanting or winding."""

MIN_SIDE_RATIO = 3.0
"""Ratio of the sides of the box from which on an object is long."""

CLEAR_COSINE = 0.3
"""Cosine to the direction from which on something is clearly beside a long object."""

OPPOSED = -0.5
"""Cosine of the angle between two anchors from which on something is between them."""


def near(
    node: Near, units: Selection, distance: Values, candidates: Candidates
) -> Values:
    """(U,) membership in near, next to or touching."""
    pixel = np.sqrt(candidates.pixel_area)
    if node.how == "touching":
        return np.asarray(distance <= TOUCH * pixel, np.float64)
    return _proximity(
        distance, NEXT_TO if node.how == "next" else NEAR, units, candidates
    )


def within(node: Within, distance: Values) -> Values:
    """(U,) 1 in the range of metres, 0 outside."""
    low = -np.inf if node.low is None else node.low
    high = np.inf if node.high is None else node.high
    return ((distance >= low) & (distance <= high)).astype(np.float64)


def along(
    node: Along | Around, units: Selection, distance: Values, candidates: Candidates
) -> Values:
    """(U,) membership in along or around, somewhat farther than near."""
    return _proximity(distance, 1.5 * NEAR, units, candidates)


def beside(
    node: Beside, units: Selection, anchors: Rows, candidates: Candidates
) -> Values:
    """(U,) membership in lying on that side of an anchor."""
    spacing = np.sqrt(candidates.longest_side**2 / max(len(anchors), 1))
    pairs = pairs_within(units.rows, anchors, 1.2 * spacing, candidates)
    rows = np.zeros(len(units.rows))
    if len(pairs.one):
        fits = (
            _end_fit(node, pairs, candidates)
            if node.how == "at"
            else _direction_fit(node, pairs, candidates)
        )
        pairs, fits = pairs.filter(fits > 0), fits[fits > 0]
        fits = fits * (0.5 + 0.5 * candidates.confidence[pairs.other])
        limit = 1.2 * spacing if len(anchors) > BRUTE_FORCE_ANCHORS else np.inf
        size = _near_distance(candidates.size[pairs.one], NEAR, candidates)

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
            rows = max_per_row(
                place,
                len(rows),
                at(every, min_pair_distance(pairs, candidates)),
                lambda some: at(
                    some, pair_distance(pairs.one[some], pairs.other[some], candidates)
                ),
            )
    return units.mean(rows)


def nearer_preferred(distance: Values, candidates: Candidates) -> Values:
    """(U,) factor that prefers the nearer of equally fitting units."""
    return 0.95 + 0.05 / (1 + distance / max(candidates.longest_side, 1e-9))


def between(
    units: Selection, first: Rows, second: Rows | None, candidates: Candidates
) -> Values:
    """(U,) membership by the angle between the directions to two anchors, 1 at 180."""
    vectors = _unit_vectors(units.rows, first, candidates)
    others = (
        vectors if second is None else _unit_vectors(units.rows, second, candidates)
    )
    cosine = np.full(len(units.rows), np.inf)
    for own in range(vectors.shape[1]):
        product = np.einsum("rk,rak->ra", vectors[:, own], others)
        cosine = np.fmin(cosine, np.fmin.reduce(product, axis=1, initial=np.inf))
    return units.mean(np.interp(cosine, [-1, OPPOSED, 0.5], [1, 0.5, 0]))


def inside(units: Selection, anchors: Rows, candidates: Candidates) -> Values:
    """(U,) share of the area inside of anchors, their holes included."""
    return units.mean(_covered_share(units.rows, anchors, candidates))


def holding(units: Selection, anchors: Rows, candidates: Candidates) -> Values:
    """(U,) largest share of an anchor inside of the unit."""
    shapes = _without_holes(units.rows, candidates)
    pairs = intersecting_pairs(anchors, shapes, candidates)
    rows = np.zeros(len(units.rows))
    if len(pairs.one):
        inner = candidates.outlines[pairs.one]
        share, _ = _share_inside(inner, shapes[pairs.other])
        share[units.rows[pairs.other] == pairs.one] = 0
        np.maximum.at(rows, pairs.other, share)
    return units.reduce(rows, np.maximum)


def surrounded(units: Selection, anchors: Rows, candidates: Candidates) -> Values:
    """(U,) membership by the share of directions in which an anchor is near."""
    cover = _covered_share(units.rows, anchors, candidates)
    reach = 3 * _near_distance(candidates.size[units.rows], NEAR, candidates)
    rows = occupied_sectors(units.rows, anchors, reach, candidates) / 8
    rows = np.interp(rows, [0, 0.625, 1], [0, 0.5, 1])
    return units.mean(np.maximum(rows, cover))


def _proximity(
    distance: Values, sizes: float, units: Selection, candidates: Candidates
) -> Values:
    size = np.sqrt(units.area(candidates) / np.maximum(units.lengths, 1))
    return np.asarray(
        1 / (1 + (distance / _near_distance(size, sizes, candidates)) ** 2), np.float64
    )


def _near_distance(size: Values, sizes: float, candidates: Candidates) -> Values:
    """(U,) metres up to which something is near."""
    most = MAX_NEAR_SHARE * candidates.longest_side
    pixel = np.sqrt(candidates.pixel_area)
    reach = np.maximum(np.minimum(size, most), MIN_NEAR_PIXELS * pixel)
    return np.asarray(sizes * reach, np.float64)


def _direction_fit(node: Beside, pairs: Pairs, candidates: Candidates) -> Values:
    """(P,) membership in lying in that direction from the anchor."""
    frame = frame_for(candidates, node.side)
    box, other = frame.box[pairs.one], frame.box[pairs.other]
    offset = frame.centre[pairs.one] - frame.centre[pairs.other]
    spans = other[:, 2:] - other[:, :2]
    # what is beside any part of a wide anchor is beside it
    slack = np.sign(offset) * np.minimum(np.abs(offset), 0.3 * spans)
    words = node.side.split()
    unit = _unit_vector(node.side)
    along = offset @ unit
    if len(words) == 1:
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
    half = 45.0 if len(words) == 1 else 33.0
    compact = np.interp(angle, [0, half, 1.6 * half], [1.0, 0.5, 0.0])
    compact *= 1 - np.clip(overlap - 0.25, 0, 0.75)
    elongated = _is_elongated(pairs.other, candidates)
    if elongated.any():
        steps = offsets_from_anchors(
            pairs.one[elongated], pairs.other[elongated], candidates
        )
        step = _in_frame(steps, node.side, candidates)
        length = np.maximum(np.hypot(*step.T), 1e-9)
        direction = 0.5 + 0.5 * np.clip(step @ unit / length / CLEAR_COSINE, -1, 1)
        # from far away only the direction to the whole counts
        sides = shapely.bounds(candidates.outlines[pairs.other[elongated]])
        far = np.hypot(*steps.T) > (sides[:, 2:] - sides[:, :2]).max(axis=1)
        compact[elongated] = np.where(far, compact[elongated], direction)
    return np.asarray(compact, np.float64)


def _end_fit(node: Beside, pairs: Pairs, candidates: Candidates) -> Values:
    """(P,) membership in lying at that end of the anchor."""
    frame = frame_for(candidates, node.side)
    other = frame.box[pairs.other]
    span = np.maximum(other[:, 2:] - other[:, :2], 1e-9)
    share = (frame.centre[pairs.one] - other[:, :2]) / span
    fits = []
    for word in node.side.split():
        axis = LOW_SIDES.get(word, HIGH_SIDES.get(word, 0))
        part = share[:, axis] if word in LOW_SIDES else 1 - share[:, axis]
        fits.append(np.interp(part, [0.2, 0.42, 0.6], [1.0, 0.5, 0.0]))
    return np.asarray(np.min(fits, axis=0), np.float64)


def _unit_vector(side: str) -> NDArray[np.float64]:
    """(2,) unit vector towards a side, y down."""
    way = np.zeros(2)
    for word in side.split():
        way[LOW_SIDES.get(word, HIGH_SIDES.get(word, 0))] = (
            -1 if word in LOW_SIDES else 1
        )
    return np.asarray(way / np.hypot(*way), np.float64)


def _in_frame(
    way: NDArray[np.float64], side: str, candidates: Candidates
) -> NDArray[np.float64]:
    """(P, 2) offsets in metres east and south, converted to the frame of the side."""
    if frame_for(candidates, side) is candidates.map_frame:
        return way
    return way @ candidates.metres_to_pixels.T


def _is_elongated(rows: Rows, candidates: Candidates) -> NDArray[np.bool_]:
    """(P,) whether objects are long, or slanting or winding within their box."""
    elongated = np.zeros(len(candidates), np.bool_)
    elongated[rows] = True
    unique = np.flatnonzero(elongated)
    box = shapely.bounds(candidates.outlines[unique])
    sides = box[:, 2:] - box[:, :2]
    fill = shapely.area(candidates.outlines[unique]) / np.maximum(
        sides.prod(axis=1), 1e-9
    )
    long = sides.max(axis=1) / np.maximum(sides.min(axis=1), 1e-9) >= MIN_SIDE_RATIO
    elongated[unique] = (fill < MAX_BOX_FILL) | long
    return elongated[rows]


def _unit_vectors(
    rows: Rows, anchors: Rows, candidates: Candidates
) -> NDArray[np.float64]:
    """(R, A, 2) unit vectors to the nearest points of anchors, padded with NaN.

    Of many anchors only the nearest ones count.
    """
    pairs = nearest_anchors(rows, anchors, candidates)
    vector = -offsets_from_anchors(pairs.one, pairs.other, candidates)
    length = np.hypot(*vector.T)[:, None]
    vector = np.where(length > 0, vector / np.where(length > 0, length, 1), np.nan)
    order = np.argsort(rows, kind="stable")
    index = order[np.searchsorted(rows[order], pairs.one)]
    by_row = np.argsort(index, kind="stable")
    index, vector = index[by_row], vector[by_row]
    rank = np.arange(len(index)) - np.searchsorted(index, index)
    vectors = np.full((len(rows), max(rank.max(initial=-1) + 1, 0), 2), np.nan)
    vectors[index, rank] = vector
    return vectors


def _without_holes(rows: Rows, candidates: Candidates) -> NDArray[np.object_]:
    """Outlines without their holes: objects in a lake leave holes in what is found.

    Holes of the user's own features are meant.
    """
    shapes = candidates.outlines[rows]
    filled = shapes.copy()
    holed = (shapely.get_num_interior_rings(shapes) > 0) & ~candidates.certain[rows]
    filled[holed] = shapely.polygons(shapely.get_exterior_ring(shapes[holed]))
    return filled


def _share_inside(
    inner: NDArray[np.object_], outer: NDArray[np.object_]
) -> tuple[Values, Values]:
    """(P,) share of each that lies inside of another, and the area that they share.

    The share is one of the area, of lines one of the length; a point is inside or not.
    """
    common = shapely.intersection(inner, outer)
    shared = shapely.area(common)
    share = shared / np.maximum(shapely.area(inner), 1e-12)
    kind = shapely.get_dimensions(inner)
    line = kind == 1
    whole = np.maximum(shapely.length(inner[line]), 1e-12)
    share[line] = shapely.length(common[line]) / whole
    share[kind == 0] = ~shapely.is_empty(common[kind == 0])
    return share, shared


def _covered_share(rows: Rows, anchors: Rows, candidates: Candidates) -> Values:
    """(R,) share of each row that anchors cover, the row itself left out."""
    shapes = _without_holes(anchors, candidates)
    pairs = intersecting_pairs(rows, shapes, candidates)
    cover = np.zeros(len(rows))
    if not len(pairs.one):
        return cover
    one, other = candidates.outlines[pairs.one], shapes[pairs.other]
    share, shared = _share_inside(one, other)
    same = shared >= SAME_OBJECT_IOU * (
        shapely.area(one) + shapely.area(other) - shared
    )
    same &= shapely.get_dimensions(one) == 2
    same &= ~(candidates.certain[pairs.one] & candidates.certain[anchors[pairs.other]])
    share[same] = 0  # the same object, found for two phrases
    share[pairs.one == anchors[pairs.other]] = 0
    place = np.searchsorted(np.sort(rows), pairs.one)
    order = np.argsort(rows, kind="stable")
    np.add.at(cover, order[place], share)
    return np.minimum(cover, 1.0)
