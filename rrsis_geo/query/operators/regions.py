"""Parts and edges of the scene.

Words of place are fuzzy sets: membership decreases from the named side to the opposite
one and is 0.5 where people stop using the word.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.language.directions import is_compass
from rrsis_geo.language.nodes import AtEdge, InPlace
from rrsis_geo.language.region_shares import EDGE_LIMIT, MIDDLE, SHARES
from rrsis_geo.query.candidates.candidates import Candidates, Frame
from rrsis_geo.query.candidates.selection import FIT_THRESHOLD, Selection

Values = NDArray[np.float64]

LOW_SIDES = {"left": 0, "west": 0, "top": 1, "north": 1}
"""Sides at the low end -> axis."""

HIGH_SIDES = {"right": 0, "east": 0, "bottom": 1, "south": 1}
"""Sides at the high end -> axis."""

EXTENT_LIMITS = {extent: share.limit for extent, share in SHARES.items()}
"""Extent -> share of the scene, from the named side, at which membership is 0.5."""

CUT_PIXELS = 4.0
"""Pixels between an outline and the edge that cuts it; networks miss the last ones."""

VAGUE_EXTENTS = ("part", "far", "corner")
"""Extents with a vague boundary; a half is exact."""

MIN_BEST_FIT = 0.3
"""Fit from which on the best unit is selected where none reaches `FIT_THRESHOLD`."""

MIN_BEST_FIT_COMPARED = 0.1
"""The same where the word compares objects: "the upper right court"."""

TIE_SHARE = 0.85
"""Share of the best fit from which on others are selected with it."""

SINGLE_TIE_SHARE = 0.8
"""The same where a single object is asked for and the best one fits."""


def frame_for(candidates: Candidates, side: str) -> Frame:
    """The image for words such as left, the map for words such as west."""
    return candidates.map_frame if is_compass(side) else candidates.image_frame


def in_place(node: InPlace, units: Selection, candidates: Candidates) -> Values:
    """(U,) membership in the part of the scene."""
    frame = frame_for(candidates, node.place)
    extent = _occupied_extent(units, frame, candidates) if node.among else frame.extent
    span = np.maximum(extent[2:] - extent[:2], 1e-9)
    share = (units.centre(frame) - extent[:2]) / span
    words = node.place.split()
    if node.extent == "quarter" and len(words) > 1:
        end = EXTENT_LIMITS["half"]  # a quadrant
    else:
        end = EXTENT_LIMITS[node.extent]
    fits = [_side_fit(share, word, end) for word in words]
    if node.place == "centre":
        fits = [_centre_fit(share[:, 0]), _centre_fit(share[:, 1])]
    elif words[0] == "middle":  # "middle left": level with the middle
        fits[0] = _centre_fit(share[:, 1])
    elif words[-1] == "centre":  # "top centre"
        fits[-1] = _centre_fit(share[:, 0])
    low, high = np.min(fits, axis=0), np.max(fits, axis=0)
    return np.asarray(low * (0.98 + 0.02 * high), np.float64)


def _occupied_extent(units: Selection, frame: Frame, candidates: Candidates) -> Values:
    """(4,) left, top, right, bottom of the confident units; the scene's for one."""
    box = units.box(frame)[units.confidence(candidates) >= FIT_THRESHOLD]
    if len(box) < 2:
        return frame.extent
    return np.concatenate([box[:, :2].min(axis=0), box[:, 2:].max(axis=0)])


def in_place_compared(
    node: InPlace, units: Selection, candidates: Candidates, *, single: bool, last: bool
) -> Values:
    """(U,) membership in a part of the scene, compared among the units.

    Args:
        node: The place.
        units: Units to compare.
        candidates: All candidates.
        single: Whether a single object is asked for.
        last: Whether the operator is the outermost one.
    """
    fit = in_place(node, units, candidates)
    if node.extent not in VAGUE_EXTENTS or not len(units) or not single:
        return fit
    combined = fit * units.fit
    sure = units.confidence(candidates) >= FIT_THRESHOLD
    best = float(combined[sure].max(initial=0.0))
    # corners are exact
    least = FIT_THRESHOLD if node.extent == "corner" else MIN_BEST_FIT
    if node.compares and sure.sum() > 1:
        least = MIN_BEST_FIT_COMPARED
    if least <= best < FIT_THRESHOLD:
        # slightly more, so that rounding does not undo it
        fit = np.where(
            combined >= TIE_SHARE * best, fit * 1.001 * FIT_THRESHOLD / best, fit
        )
    elif last and best >= FIT_THRESHOLD:
        fit = np.where(combined >= SINGLE_TIE_SHARE * best, fit, 0.0)
    return np.asarray(fit, np.float64)


def at_edge(node: AtEdge, units: Selection, candidates: Candidates) -> Values:
    """(U,) membership in touching an edge, or lying at it."""
    sides = [node.side] if node.side else ["left", "right", "top", "bottom"]
    fits = []
    for side in sides:
        frame = frame_for(candidates, side)
        box, extent = units.box(frame), frame.extent
        span = extent[2:] - extent[:2]
        gaps = []
        for word in side.split():
            axis = LOW_SIDES.get(word, HIGH_SIDES.get(word, 0))
            gap = (
                box[:, axis] - extent[axis]
                if word in LOW_SIDES
                else extent[axis + 2] - box[:, axis + 2]
            )
            gaps.append(gap / max(span[axis], 1e-9))
        share = np.max(gaps, axis=0)
        if node.cut:
            pixel = CUT_PIXELS / max(
                candidates.image_frame.extent[2:] - candidates.image_frame.extent[:2]
            )
            near = share / pixel  # the nearer the edge, the likelier
            fits.append(np.interp(near, [0, 0.25, 1, 1.01], [1, 0.7, 0.5, 0]))
        else:
            fits.append(_edge_fit(share, 2 * EDGE_LIMIT, 5 * EDGE_LIMIT))
    return np.asarray(np.max(fits, axis=0), np.float64)


def position_towards(centre: Values, side: str) -> Values:
    """(U,) coordinate towards a side, in units of the frame; for corners the sum."""
    position = np.zeros(len(centre))
    for word in side.split():
        axis = LOW_SIDES.get(word, HIGH_SIDES.get(word, 0))
        position += centre[:, axis] * (-1 if word in LOW_SIDES else 1)
    return position


def _side_fit(share: Values, word: str, end: float) -> Values:
    if word in LOW_SIDES:
        return _falling_to_far_side(share[:, LOW_SIDES[word]], end)
    if word in HIGH_SIDES:
        return _falling_to_far_side(1 - share[:, HIGH_SIDES[word]], end)
    return np.ones(len(share))


def _falling_to_far_side(share: Values, end: float) -> Values:
    """1 at the side, 0.5 at `end`, 0 at the opposite side."""
    return np.interp(share, [0.0, 0.8 * end, end, min(1.2 * end, 1.0), 1.0],
                     [1.0, 0.85, 0.5, 0.3, 0.0])  # fmt: skip


def _centre_fit(share: Values) -> Values:
    offset = np.abs(share - 0.5)
    end = MIDDLE.limit
    return np.interp(offset, [0.0, 0.8 * end, end, 1.3 * end, 0.5],
                     [1.0, 0.85, 0.5, 0.3, 0.0])  # fmt: skip


def _edge_fit(values: Values, half: float, zero: float) -> Values:
    return np.interp(values, [0.0, half, zero], [1.0, 0.5, 0.0])
