"""Polygons of any CRS in the pixels of a scene's grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import ProjError

from rrsis_geo.geodata.bent_edges import Points, move_lines, move_polygons
from rrsis_geo.geodata.crs_units import metres_in_unit
from rrsis_geo.geodata.turns import Turn, transformer_between, turn_of
from rrsis_geo.geodata.vector_layers import Box, only_areas
from rrsis_geo.scene.grid import Grid, wkt2

BEND = 0.1
"""Pixels by which a moved edge may lie beside its curve."""

STRAIGHT_EDGE = 2.0
"""Pixels; edges up to this length are not checked for a bend."""

BORDER_POINTS = 33
"""Points on each side of a scene, by which it is found in another CRS."""

BOX_MARGIN = 0.02
"""Share of a scene's size by which it is enlarged before features are looked up, since
its border is only followed at points."""


def place_polygons(
    polygons: NDArray[np.object_],
    crs: pyproj.CRS | None,
    grid: Grid,
    *,
    cut: bool = True,
) -> NDArray[np.object_]:
    """Move polygons to the pixels of a grid.

    Edges are straight in the polygons' CRS and get more corners where they bend on the
    grid. Longitudes that are a whole turn away are the same place, so that an area cut
    at 180 degrees, or written in 0 to 360, meets a scene on either side. What lies
    more than the scene's size beside it is cut off, since it may have no place in the
    scene's CRS.

    Args:
        polygons: (N,) valid polygons and multipolygons.
        crs: Theirs; None where the grid has none either.
        grid: The scene's grid.
        cut: False keeps what lies beside the grid, if it is only a frame of reference.

    Returns:
        (N,) valid polygons and multipolygons in pixels; empty where nothing is left.

    Raises:
        ProjError: nothing leads from one CRS to the other.
    """
    to_pixels = ~grid.transform
    if crs is None or grid.crs is None:
        return _valid(shapely.transform(polygons, _affine(to_pixels)))
    source, target = crs.to_2d(), pyproj.CRS.from_wkt(wkt2(grid.crs)).to_2d()
    move = _mover(source, target, grid)
    around = _surroundings(source, target, grid) if cut else None
    turn = turn_of(source.to_wkt())
    result = np.full(len(polygons), shapely.Polygon(), np.object_)
    shortest = STRAIGHT_EDGE * min(grid.pixel_size) / metres_in_unit(source)
    for shifted, index in _near(polygons, around, turn):
        placed = move_polygons(
            shifted,
            lambda xy: _affine(to_pixels)(move(xy)),
            tolerance=BEND,
            shortest=np.inf if source == target else shortest,
        )
        placed = _valid(placed)
        again = ~shapely.is_empty(result[index])
        placed[again] = shapely.union(result[index][again], placed[again])
        result[index] = placed
    return result


def place_lines(
    shapes: NDArray[np.object_], crs: pyproj.CRS | None, grid: Grid
) -> NDArray[np.object_]:
    """Move lines and points to the pixels of a grid, as `place_polygons` does polygons.

    Args:
        shapes: (N,) lines, points and collections of either.
        crs: Theirs; None where the grid has none either.
        grid: The scene's grid.

    Returns:
        (N,) shapes in pixels; empty where nothing is left.

    Raises:
        ProjError: nothing leads from one CRS to the other.
    """
    to_pixels = ~grid.transform
    if crs is None or grid.crs is None:
        moved: NDArray[np.object_] = shapely.transform(shapes, _affine(to_pixels))
        return moved
    source, target = crs.to_2d(), pyproj.CRS.from_wkt(wkt2(grid.crs)).to_2d()
    move = _mover(source, target, grid)
    result = np.full(len(shapes), shapely.Point(), np.object_)
    shortest = STRAIGHT_EDGE * min(grid.pixel_size) / metres_in_unit(source)
    around = _surroundings(source, target, grid)
    for shifted, index in _near(shapes, around, turn_of(source.to_wkt()), areas=False):
        placed = move_lines(
            shifted,
            lambda xy: _affine(to_pixels)(move(xy)),
            tolerance=BEND,
            shortest=np.inf if source == target else shortest,
        )
        again = ~shapely.is_empty(result[index])
        placed[again] = shapely.union(result[index][again], placed[again])
        result[index] = placed
    return result


def box_around(
    grid: Grid, crs: pyproj.CRS | None, span: Box | None = None
) -> Box | None:
    """Bounds in another CRS that hold all of a grid, for a reader of features.

    Args:
        grid: The scene's grid.
        crs: Of the features; None: not named.
        span: Bounds of all features; None: not known.

    Returns:
        (left, bottom, right, top); None where features may lie in the grid without
        touching a box: around a pole, across 180 degrees, or in longitudes written
        from 0 to 360.
    """
    if crs is None or grid.crs is None:
        return None
    source, target = crs.to_2d(), pyproj.CRS.from_wkt(wkt2(grid.crs)).to_2d()
    try:
        around = _surroundings(source, target, grid, margin=BOX_MARGIN)
    except ProjError:
        return None
    if around is None or not np.isfinite(around).all():
        return None
    turn = turn_of(source.to_wkt())
    if turn is None:
        return around
    ends = around if span is None or not np.isfinite(span).all() else span
    low, high = min(around[0], ends[0]), max(around[2], ends[2])
    return around if turn.low <= low and high <= turn.high else None


def _near(
    polygons: NDArray[np.object_],
    around: tuple[float, float, float, float] | None,
    turn: Turn | None,
    *,
    areas: bool = True,
) -> Iterator[tuple[NDArray[np.object_], NDArray[np.int64]]]:
    """Polygons at each turn at which they reach the surroundings, cut; and indices."""
    if around is None:
        yield polygons, np.arange(len(polygons))
        return
    box = shapely.box(*around)
    left, bottom, right, top = shapely.bounds(polygons).T
    steps = np.zeros(1)
    if turn is not None and np.isfinite(around[0]) and len(polygons):
        first = np.ceil((around[0] - np.nanmax(right)) / turn.length)
        last = np.floor((around[2] - np.nanmin(left)) / turn.length)
        steps = np.arange(first, last + 1) if last - first < 1000 else steps
    for step in steps:
        offset = 0.0 if turn is None else step * turn.length
        with np.errstate(invalid="ignore"):
            meets = (left + offset <= around[2]) & (right + offset >= around[0])
            meets &= (bottom <= around[3]) & (top >= around[1])
            inside = (left + offset >= around[0]) & (right + offset <= around[2])
            inside &= (bottom >= around[1]) & (top <= around[3])
        index = np.flatnonzero(meets)
        if not len(index):
            continue
        shifted = polygons[index]
        if offset:
            shifted = shapely.transform(shifted, _shift(offset))
        beyond = ~inside[index]
        cut = shapely.intersection(shifted[beyond], box)
        shifted[beyond] = [only_areas(shape) for shape in cut] if areas else cut
        filled = ~shapely.is_empty(shifted)
        yield shifted[filled], index[filled]


def _surroundings(
    source: pyproj.CRS, target: pyproj.CRS, grid: Grid, *, margin: float = 1.0
) -> Box | None:
    """Bounds in `source` around the scene, with a margin in shares of its size.

    A longitude may lie beyond 180 degrees. All are infinite around a pole; None where
    the scene has no place in `source`.
    """
    share = np.linspace(0, 1, BORDER_POINTS)
    ends = np.zeros_like(share)
    cols = np.concatenate([share, ends + 1, share[::-1], ends]) * grid.width
    rows = np.concatenate([ends, share, ends + 1, share[::-1]]) * grid.height
    border = np.column_stack(grid.pixels_to_crs(cols, rows))
    x, y = _same_turn(target, source)(border).T
    finite = np.isfinite(x) & np.isfinite(y)
    if not finite.any():
        return None
    x, y = x[finite], y[finite]
    turn = turn_of(source.to_wkt())
    high = margin * np.ptp(y)
    bottom, top = float(y.min() - high), float(y.max() + high)
    if turn is not None:
        x = np.unwrap(x, period=turn.length)
        if np.ptp(x) > turn.length / 2:  # around a pole, or most of the planet
            return -np.inf, -np.inf, np.inf, np.inf
    wide = margin * np.ptp(x)
    return float(x.min() - wide), bottom, float(x.max() + wide), top


def _mover(
    source: pyproj.CRS, target: pyproj.CRS, grid: Grid
) -> Callable[[Points], Points]:
    """From `source` to `target`, to the turn around the planet that is meant."""
    forward = _same_turn(source, target)
    after = turn_of(target.to_wkt())
    left, _, right, _ = grid.bounds()
    if (
        turn_of(source.to_wkt()) is not None
        or after is None
        or after.low <= left < right <= after.high
    ):
        return forward
    length, centre = after.length, (left + right) / 2

    def move(xy: Points) -> Points:
        moved = forward(xy)
        moved[:, 0] += length * np.round((centre - moved[:, 0]) / length)
        return moved

    return move


def _same_turn(source: pyproj.CRS, target: pyproj.CRS) -> Callable[[Points], Points]:
    """From one CRS to another; a longitude beyond 180 degrees stays beyond."""
    if source == target:
        return lambda xy: xy
    forward = transformer_between(source.to_wkt(), target.to_wkt())
    before, after = turn_of(source.to_wkt()), turn_of(target.to_wkt())

    def move(xy: Points) -> Points:
        moved = np.column_stack(forward.transform(*xy.T))
        if before is not None and after is not None:
            turns = (xy[:, 0] - before.zero) / before.length
            turns -= (moved[:, 0] - after.zero) / after.length
            with np.errstate(invalid="ignore"):
                moved[:, 0] += after.length * np.round(turns)
        return moved

    return move


def _affine(transform: Any) -> Callable[[Points], Points]:
    t = transform
    return lambda xy: np.column_stack(
        (
            t.a * xy[:, 0] + t.b * xy[:, 1] + t.c,
            t.d * xy[:, 0] + t.e * xy[:, 1] + t.f,
        )
    )


def _shift(offset: float) -> Callable[[Points], Points]:
    return lambda xy: xy + np.array([offset, 0.0])


def _valid(shapes: Any) -> NDArray[np.object_]:
    """Repaired, since rounding may cross two edges, without points and lines."""
    repaired: NDArray[np.object_] = np.asarray(shapes, np.object_)
    wrong = np.flatnonzero(~shapely.is_valid(repaired))
    repaired[wrong] = [only_areas(one) for one in shapely.make_valid(repaired[wrong])]
    return repaired
