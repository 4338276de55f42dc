"""Which way aircraft and ships point, from their outlines.

An aircraft is its own mirror image along the fuselage, its tailplane is wider than its
nose, and its wings are swept back. A hull is long, and its bow is narrower than its
stern.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Values = NDArray[np.float64]

CELLS = 32
"""Points across the longer side of an outline's box at which it is looked at."""

_ANGLES = np.radians(np.arange(0, 180, 4))
AXES = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
"""(K, 2) directions along which an outline may be its own mirror image."""

HULL_RATIO = 2.2
"""Ratio of the sides from which on an outline is that of a hull."""

END = 0.2
"""Share of the length that counts as an end."""

WING_STEP, HULL_STEP = 0.35, 0.15
"""Differences between the two ends at which three of four are told apart rightly."""

SOFT = 0.02
"""Width, as a share of the length, below which ends are not told apart."""


def headings(outlines: NDArray[np.object_]) -> tuple[Values, Values]:
    """The direction of each outline, and how sure its front is.

    Args:
        outlines: (N,) polygons, in any unit of length.

    Returns:
        (N, 2) unit vectors towards the front, in the outlines' axes, and (N,) the
        chance from 0.5 to 1 that this is the front and not the back. A shape without
        any area points along x with a chance of one half.
    """
    found = [_heading(outline) for outline in outlines]
    if not found:
        return np.zeros((0, 2)), np.zeros(0)
    return np.array([one[0] for one in found]), np.array([one[1] for one in found])


def _heading(outline: BaseGeometry) -> tuple[Values, float]:
    points = _points_inside(outline)
    if len(points) < CELLS:
        return np.array([1.0, 0.0]), 0.5
    long_axis, ratio = _principal_axis(points)
    if ratio >= HULL_RATIO:
        axis = long_axis
        low, high = _end_widths(points, axis)
        lead = np.log((low + SOFT) / (high + SOFT)) / HULL_STEP
    else:
        axis = _axis_of_symmetry(points)
        lead = _lead_of_wings(points, axis) / WING_STEP
    chance = float(1 / (1 + np.exp(-abs(np.clip(lead, -30, 30)))))
    return (axis if lead >= 0 else -axis), chance


def _points_inside(outline: BaseGeometry) -> Values:
    """(M, 2) a square lattice inside an outline, around its centre of area."""
    if outline.is_empty or not outline.area:
        return np.zeros((0, 2))
    left, low, right, high = outline.bounds
    step = max(right - left, high - low) / CELLS
    columns = np.arange(left + step / 2, right, step)
    rows = np.arange(low + step / 2, high, step)
    x, y = (part.ravel() for part in np.meshgrid(columns, rows))
    shapely.prepare(outline)
    inside = shapely.contains_xy(outline, x, y)
    points = np.column_stack([x[inside], y[inside]])
    return (points - points.mean(axis=0)) / step if len(points) else points


def _principal_axis(points: Values) -> tuple[Values, float]:
    """Direction in which points extend the most, and how much farther than across."""
    spread, axes = np.linalg.eigh(np.cov(points.T))
    return axes[:, 1], float(np.sqrt(spread[1] / max(spread[0], 1e-9)))


def _axis_of_symmetry(points: Values) -> Values:
    """Direction along which the mirror image of points covers most of them."""
    reach = int(np.ceil(np.hypot(*points.T).max())) + 2
    filled = np.zeros((2 * reach + 2, 2 * reach + 2), np.bool_)
    cell = np.rint(points).astype(np.intp) + reach
    for right, down in ((0, 0), (0, 1), (1, 0), (1, 1)):  # mirrored ones lie between
        filled[cell[:, 0] + right, cell[:, 1] + down] = True
    mirrored = 2 * (points @ AXES.T)[..., None] * AXES - points[:, None]  # (M, K, 2)
    at = np.ceil(mirrored).astype(np.intp) + reach
    covered = np.count_nonzero(filled[at[..., 0], at[..., 1]], axis=0)  # (K,)
    return np.asarray(AXES[covered.argmax()])


def _lead_of_wings(points: Values, axis: Values) -> float:
    """How clearly an aircraft's nose lies along an axis; negative: its tail does."""
    along, across = points @ axis, np.abs(points @ _turned(axis))
    length = float(np.ptp(along))
    low, high = _end_widths(points, axis)
    tips = across >= np.quantile(across, 0.9)
    inner = across <= np.median(across)
    sweep = float(along[inner].mean() - along[tips].mean()) / length
    return float(np.log((low + SOFT) / (high + SOFT))) + 4 * sweep


def _end_widths(points: Values, axis: Values) -> tuple[float, float]:
    """Mean width of both ends along an axis, the low one first, by the length."""
    along = points @ axis
    start, stop = float(along.min()), float(along.max())
    reach = END * (stop - start)
    low = float((along <= start + reach).sum())
    high = float((along >= stop - reach).sum())
    return low / (reach * (stop - start)), high / (reach * (stop - start))


def _turned(axis: Values) -> Values:
    return np.array([-axis[1], axis[0]])
