"""Polygonizing: strips of probability levels to polygons with attributes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.errors import EngineError
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import LEVELS, SCHEMA, Polygons, Strip
from rrsis_geo.vector.boundary_tracing import BoundaryTracer
from rrsis_geo.vector.geodesic import areas_and_perimeters
from rrsis_geo.vector.instance_splitting import InstanceSplitter
from rrsis_geo.vector.rings import Outlines


def vectorize(
    strips: Iterable[Strip],
    grid: Grid,
    expressions: Sequence[str],
    *,
    threshold: float,
    min_area: float,
    fill_holes: float,
    simplify: float,
    split: Sequence[bool] = (),
    min_score: float = 0.0,
) -> Polygons:
    """Polygonize a whole raster; see `Polygonizer`."""
    polygonizer = Polygonizer(
        grid,
        expressions,
        threshold=threshold,
        min_area=min_area,
        fill_holes=fill_holes,
        simplify=simplify,
        split=split,
        min_score=min_score,
    )
    for strip in strips:
        polygonizer.add(strip)
    return polygonizer.finish()


class Polygonizer:
    """Turns strips into polygons as they come; keeps the polygons, not the raster.

    An object is a 4-connected set of pixels with level > 254 * threshold that are not
    nodata. The result does not depend on how the raster is cut into strips.
    """

    def __init__(
        self,
        grid: Grid,
        expressions: Sequence[str],
        *,
        threshold: float,
        min_area: float,
        fill_holes: float,
        simplify: float,
        split: Sequence[bool] = (),
        min_score: float = 0.0,
    ) -> None:
        """Start at the first row of a grid.

        Args:
            grid: Where the pixels lie.
            expressions: One for each channel of the strips.
            threshold: In (0, 1).
            min_area: Square metres; objects are dropped if `area_m2` of their final
                polygon is smaller.
            fill_holes: Square metres; smaller holes are filled, whatever lies in them.
            simplify: Tolerance in metres; 0 keeps all corners of pixels.
            split: For each expression, whether touching objects are split where the
                probability dips between them; missing ones are not split.
            min_score: Objects are dropped if their mean probability, computed after
                splitting, is lower.
        """
        self._grid = grid
        self._expressions = tuple(expressions)
        self._min_score = min_score
        self._min_area = min_area
        self._fill_holes = fill_holes
        self._simplify = simplify
        self._tracers = [
            BoundaryTracer(grid.width, grid.height, threshold=threshold)
            for _ in expressions
        ]
        self._splitters = [
            InstanceSplitter(grid.width, grid.height, threshold=threshold)
            if is_split
            else None
            for is_split in (*split, *[False] * (len(self._expressions) - len(split)))
        ]
        self._row = 0
        self._batches: list[_Batch] = []
        self._taken = 0

    @property
    def count(self) -> int:
        """Number of finished polygons."""
        return sum(len(batch.geometry) for batch in self._batches)

    def add(self, strip: Strip) -> None:
        """Add the strip that follows the last one.

        Raises:
            EngineError: rows are missing or repeated.
        """
        if strip.top != self._row:
            raise EngineError(
                f"the strip begins at row {strip.top}, expected row {self._row}"
            )
        for channel, tracer in enumerate(self._tracers):
            closed = tracer.add(strip.levels[channel])
            splitter = self._splitters[channel]
            if splitter is not None:
                splitter.add_rows(strip.top, strip.levels[channel])
                closed = splitter.split(closed)
            for outlines in closed:
                self._batches.append(self._finish_objects(outlines, channel))
        self._row += strip.levels.shape[1]

    def take(self) -> Polygons:
        """Return the polygons finished since the last call.

        Their ids are preliminary, in the order of finishing; `finish` gives final ones.
        """
        new = self._batches[self._taken :]
        before = sum(len(batch.geometry) for batch in self._batches[: self._taken])
        self._taken = len(self._batches)
        return self._polygons(new, first_id=before + 1)

    def finish(self) -> Polygons:
        """Return all polygons, by expression, then by first pixel in row-major order.

        Raises:
            EngineError: rows are missing.
        """
        if self._row != self._grid.height:
            raise EngineError(f"rows {self._row} to {self._grid.height} are missing")
        return self._polygons(self._batches, first_id=1)

    def _finish_objects(self, outlines: Outlines, channel: int) -> _Batch:
        """Make polygons with attributes, without the objects that are dropped."""
        polygons = self._clean(_assemble(outlines))
        geometry = _to_crs(polygons, self._grid)
        area, perimeter = _measure(geometry, self._grid)
        score = outlines.total / outlines.count / LEVELS
        kept = np.flatnonzero(~(area < self._min_area) & (score >= self._min_score))
        geometry = geometry[kept]
        lon, lat = _centroids(geometry, self._grid)
        columns: dict[str, NDArray[Any]] = {
            "score": score[kept],
            "score_max": outlines.highest[kept] / LEVELS,
            "area_m2": area[kept],
            "perimeter_m": perimeter[kept],
            "lon": lon,
            "lat": lat,
            "touches_edge": outlines.at_edge[kept],
        }
        return _Batch(
            channel=channel,
            geometry=geometry,
            first=outlines.first[kept],
            columns=columns,
        )

    def _clean(self, polygons: NDArray[np.object_]) -> NDArray[np.object_]:
        """Fill holes and simplify outlines of polygons in pixels."""
        if self._fill_holes:
            polygons = _fill_holes(polygons, self._fill_holes, self._grid)
        if self._simplify:
            polygons = _simplify(polygons, self._simplify, self._grid)
        return polygons

    def _polygons(self, batches: Sequence[_Batch], *, first_id: int) -> Polygons:
        channel = _concatenate(
            [np.full(len(b.geometry), b.channel) for b in batches], int
        )
        first = _concatenate([batch.first for batch in batches], np.int64)
        order = np.lexsort((first, channel))
        names = np.array(self._expressions, np.object_)
        columns: dict[str, NDArray[Any]] = {
            "id": np.arange(first_id, first_id + len(order)),
            "expression": names[channel[order]],
            "rank": np.zeros(len(order), np.int64),
            "distance_m": np.full(len(order), np.nan),
            "why": np.full(len(order), "", np.object_),
        }
        for name, dtype in SCHEMA.items():
            if name not in columns:
                values = _concatenate([batch.columns[name] for batch in batches], dtype)
                columns[name] = values[order]
        return Polygons(
            geometry=_concatenate([batch.geometry for batch in batches], np.object_)[
                order
            ],
            # WKT1 cannot say every CRS, e.g. heights above the ellipsoid
            crs=None
            if self._grid.crs is None
            else self._grid.crs.to_wkt(version="WKT2_2019"),
            columns={
                name: columns[name].astype(dtype) for name, dtype in SCHEMA.items()
            },
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Batch:
    """Finished polygons of one expression."""

    channel: int
    geometry: NDArray[np.object_]
    first: NDArray[np.int64]
    """First pixel of each in row-major order."""
    columns: dict[str, NDArray[Any]]


def _assemble(outlines: Outlines) -> NDArray[np.object_]:
    polygons: NDArray[np.object_] = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON,
        outlines.vertices.astype(np.float64),
        (outlines.rings, outlines.polygons),
    )
    return polygons


def _fill_holes(
    polygons: NDArray[np.object_], fill_holes: float, grid: Grid
) -> NDArray[np.object_]:
    """Remove the holes of less than `fill_holes` square metres."""
    _, vertices, (rings, parts) = shapely.to_ragged_array(polygons)
    outer = np.zeros(len(rings) - 1, np.bool_)
    outer[parts[:-1]] = True
    inner = np.flatnonzero(~outer)
    if not len(inner):
        return polygons
    # get_rings has the order of the ragged array
    holes = np.asarray(shapely.polygons(shapely.get_rings(polygons)[inner]))
    area, _ = _measure(_to_crs(holes, grid), grid)
    keep = outer
    keep[inner] = ~(area < fill_holes)
    lengths = np.diff(rings)
    kept_rings = np.concatenate(([0], np.cumsum(lengths[keep])))
    kept_parts = np.concatenate(([0], np.cumsum(keep)))[parts]
    filled: NDArray[np.object_] = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON,
        vertices[np.repeat(keep, lengths)],
        (kept_rings, kept_parts),
    )
    return filled


def _simplify(
    polygons: NDArray[np.object_], metres: float, grid: Grid
) -> NDArray[np.object_]:
    """Drop corners; a polygon that would become invalid or empty stays as it is."""
    size = np.array(grid.pixel_size)
    on_ground = shapely.transform(polygons, lambda corners: corners * size)
    simpler = shapely.simplify(on_ground, metres, preserve_topology=True)
    # the corners that are left are integers, so rounding undoes the scaling exactly
    simpler = shapely.transform(simpler, lambda corners: np.rint(corners / size))
    good = shapely.is_valid(simpler) & ~shapely.is_empty(simpler)
    return np.where(good, simpler, polygons)


def _to_crs(polygons: NDArray[np.object_], grid: Grid) -> NDArray[np.object_]:
    """From pixels to the CRS; outer rings run anticlockwise there, holes clockwise."""
    moved = shapely.transform(
        polygons, lambda corners: np.column_stack(grid.pixels_to_crs(*corners.T))
    )
    if grid.transform.determinant < 0:
        moved = shapely.reverse(moved)
    return np.asarray(moved, np.object_)


def _measure(
    polygons: NDArray[np.object_], grid: Grid
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Areas and perimeters in metres; on the ellipsoid where there is a CRS."""
    geod = grid.geod
    if geod is None:
        return shapely.area(polygons), shapely.length(polygons)
    return areas_and_perimeters(grid.to_lonlat(polygons), geod)


def _centroids(
    polygons: NDArray[np.object_], grid: Grid
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitudes in [-180, 180] and latitudes; NaN in pixel coordinates."""
    if grid.crs is None:
        missing = np.full(len(polygons), np.nan)
        return missing, missing
    lonlat = shapely.get_coordinates(grid.to_lonlat(shapely.centroid(polygons)))
    return (lonlat[:, 0] + 180) % 360 - 180, lonlat[:, 1]


def _concatenate(pieces: Sequence[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype), *pieces])
