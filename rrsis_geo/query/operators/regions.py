"""Where in the scene: its parts and its edges.

Place words are fuzzy: how well one holds falls steadily from the side it names to the
other, through one half where people stop to use it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.language.directions import is_compass
from rrsis_geo.language.nodes import AtEdge, InPlace
from rrsis_geo.language.region_shares import EDGE_LIMIT, MIDDLE, SHARES
from rrsis_geo.query.candidates.candidates import Candidates, Frame
from rrsis_geo.query.candidates.selection import FITS, Selection

Values = NDArray[np.float64]

FIRST = {"left": 0, "west": 0, "top": 1, "north": 1}
"""Side at the low end -> axis."""

LAST = {"right": 0, "east": 0, "bottom": 1, "south": 1}
"""Side at the high end -> axis."""

ENDS = {extent: share.limit for extent, share in SHARES.items()}
"""Extent -> share of the scene, from the side named, where people stop to use it."""

CUT = 4.0
"""Pixels between an outline and the edge that cuts it: networks miss the last ones."""

LINES = ("part", "far", "corner")
"""Extents whose line is nobody's exactly; a half is a half."""

NEARLY = 0.3
"""Fit from which on what lies best is meant where nothing lies plainly there."""

AMONG = 0.1
"""Likewise where the word compares things: "the upper right court"."""

AS_WELL = 0.85
"""Share of the best fit from which on others are meant then as well."""

SINGLED = 0.8
"""Share of the best fit from which on others are meant as well where one thing is
spoken of."""


def frame_for(seen: Candidates, side: str) -> Frame:
    """In the picture or on the map, as the word says."""
    return seen.compass if is_compass(side) else seen.picture


def in_place(node: InPlace, units: Selection, seen: Candidates) -> Values:
    """(U,) how well the units lie there."""
    frame = frame_for(seen, node.place)
    extent = _taken_up(units, frame, seen) if node.among else frame.extent
    span = np.maximum(extent[2:] - extent[:2], 1e-9)
    share = (units.centre(frame) - extent[:2]) / span
    words = node.place.split()
    if node.extent == "quarter" and len(words) > 1:
        end = ENDS["half"]  # a quadrant
    else:
        end = ENDS[node.extent]
    fits = [_towards(share, word, end) for word in words]
    if node.place == "centre":
        fits = [_amid(share[:, 0]), _amid(share[:, 1])]
    elif words[0] == "middle":  # "middle left": level with the middle
        fits[0] = _amid(share[:, 1])
    elif words[-1] == "centre":  # "top centre"
        fits[-1] = _amid(share[:, 0])
    low, high = np.min(fits, axis=0), np.max(fits, axis=0)
    return np.asarray(low * (0.98 + 0.02 * high), np.float64)


def _taken_up(units: Selection, frame: Frame, seen: Candidates) -> Values:
    """(4,) left, top, right, bottom of all that is there; the scene's for one thing."""
    box = units.box(frame)[units.chance(seen) >= FITS]
    if len(box) < 2:
        return frame.extent
    return np.concatenate([box[:, :2].min(axis=0), box[:, 2:].max(axis=0)])


def meant_in_place(
    node: InPlace, units: Selection, seen: Candidates, *, single: bool, last: bool
) -> Values:
    """(U,) how well they are meant by a place, the others looked at.

    Args:
        node: the place.
        units: of which some lie there.
        seen: where they are.
        single: Whether one thing is spoken of.
        last: Whether nothing more is said of it.
    """
    fit = in_place(node, units, seen)
    if node.extent not in LINES or not len(units) or not single:
        return fit
    together = fit * units.fit
    sure = units.chance(seen) >= FITS
    best = float(together[sure].max(initial=0.0))
    least = NEARLY if node.extent != "corner" else FITS  # a corner is a corner
    if node.compares and sure.sum() > 1:
        least = AMONG
    if least <= best < FITS:
        # a little more, so that rounding doesn't undo it
        fit = np.where(together >= AS_WELL * best, fit * 1.001 * FITS / best, fit)
    elif last and best >= FITS:
        fit = np.where(together >= SINGLED * best, fit, 0.0)
    return np.asarray(fit, np.float64)


def at_edge(node: AtEdge, units: Selection, seen: Candidates) -> Values:
    """(U,) how well they touch the edge, or lie at it."""
    sides = [node.side] if node.side else ["left", "right", "top", "bottom"]
    fits = []
    for side in sides:
        frame = frame_for(seen, side)
        box, extent = units.box(frame), frame.extent
        span = extent[2:] - extent[:2]
        away = []
        for word in side.split():
            axis = FIRST.get(word, LAST.get(word, 0))
            gap = (
                box[:, axis] - extent[axis]
                if word in FIRST
                else extent[axis + 2] - box[:, axis + 2]
            )
            away.append(gap / max(span[axis], 1e-9))
        share = np.max(away, axis=0)
        if node.cut:
            pixel = CUT / max(seen.picture.extent[2:] - seen.picture.extent[:2])
            near = share / pixel  # the nearer, the surer that this one is meant
            fits.append(np.interp(near, [0, 0.25, 1, 1.01], [1, 0.7, 0.5, 0]))
        else:
            fits.append(_falling(share, EDGE_LIMIT, 2 * EDGE_LIMIT))
    return np.asarray(np.max(fits, axis=0), np.float64)


def towards(box_centre: Values, side: str) -> Values:
    """(U,) how far out to a side, in the units of the frame; corners halfway."""
    out = np.zeros(len(box_centre))
    for word in side.split():
        axis = FIRST.get(word, LAST.get(word, 0))
        out += box_centre[:, axis] * (-1 if word in FIRST else 1)
    return out


def _towards(share: Values, word: str, end: float) -> Values:
    if word in FIRST:
        return _ramp(share[:, FIRST[word]], end)
    if word in LAST:
        return _ramp(1 - share[:, LAST[word]], end)
    return np.ones(len(share))


def _ramp(share: Values, end: float) -> Values:
    """1 at the side, one half at `end`, 0 at the other side."""
    return np.interp(share, [0.0, 0.8 * end, end, min(1.2 * end, 1.0), 1.0],
                     [1.0, 0.85, 0.5, 0.3, 0.0])  # fmt: skip


def _amid(share: Values) -> Values:
    away = np.abs(share - 0.5)
    end = MIDDLE.limit
    return np.interp(away, [0.0, 0.8 * end, end, 1.3 * end, 0.5],
                     [1.0, 0.85, 0.5, 0.3, 0.0])  # fmt: skip


def _falling(values: Values, half: float, zero: float) -> Values:
    return np.interp(values, [0.0, half, zero], [1.0, 0.5, 0.0])
