"""Settled rows of levels -> polygons on the map, with attributes."""

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
    """Polygons of a whole raster; see `Polygonizer`."""
    vectorizer = Polygonizer(
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
        vectorizer.add(strip)
    return vectorizer.finish()


class Polygonizer:
    """Turns rows into polygons as they come; holds polygons, never the mask.

    An object is a 4-connected set of pixels with level > 254 * threshold that are not
    nodata. The result equals that of polygonizing the whole raster at once, however
    the rows are cut.
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
        """Prepare for the rows of a grid.

        Args:
            grid: Where the pixels lie.
            expressions: One for each channel of the strips.
            threshold: In (0, 1).
            min_area: Square metres; an object is dropped where `area_m2` of its final
                polygon is smaller.
            fill_holes: Square metres; smaller holes are filled, whatever lies in them.
            simplify: Metres that an outline may move; corners of pixels all stay at 0.
            split: For each expression, whether touching objects are parted where the
                probability dips between them; (): none.
            min_score: An object is dropped where its mean probability, touching ones
                parted, is lower.
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
        self._parters = [
            InstanceSplitter(grid.width, grid.height, threshold=threshold)
            if parted
            else None
            for parted in (*split, *[False] * (len(self._expressions) - len(split)))
        ]
        self._row = 0
        self._done: list[_Found] = []
        self._taken = 0

    @property
    def count(self) -> int:
        """Finished polygons so far."""
        return sum(len(found.geometry) for found in self._done)

    def add(self, strip: Strip) -> None:
        """The next rows; they follow those that came before without a gap.

        Raises:
            EngineError: rows are missing or come twice.
        """
        if strip.top != self._row:
            raise EngineError(
                f"rows from {strip.top} came where those from {self._row} were due"
            )
        for channel, tracer in enumerate(self._tracers):
            closed = tracer.add(strip.levels[channel])
            parter = self._parters[channel]
            if parter is not None:
                parter.remember(strip.top, strip.levels[channel])
                closed = parter.part(closed)
            for outlines in closed:
                self._done.append(self._place(outlines, channel))
        self._row += strip.levels.shape[1]

    def take(self) -> Polygons:
        """Polygons finished since the last call.

        Their ids count in the order of finishing; those of `finish` are the lasting
        ones.
        """
        fresh = self._done[self._taken :]
        before = sum(len(found.geometry) for found in self._done[: self._taken])
        self._taken = len(self._done)
        return self._polygons(fresh, first_id=before + 1)

    def finish(self) -> Polygons:
        """All polygons: by expression, then by their first pixel, row by row.

        Raises:
            EngineError: rows are missing.
        """
        if self._row != self._grid.height:
            raise EngineError(f"rows {self._row} to {self._grid.height} are missing")
        return self._polygons(self._done, first_id=1)

    def _place(self, outlines: Outlines, channel: int) -> _Found:
        """Outlines as they will be saved, and what is to be said of them."""
        polygons = self._shape(outlines)
        geometry = _on_the_map(polygons, self._grid)
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
        return _Found(
            channel=channel,
            geometry=geometry,
            first=outlines.first[kept],
            columns=columns,
        )

    def _shape(self, outlines: Outlines) -> NDArray[np.object_]:
        """Polygons in pixels, holes filled and outlines simplified as asked for."""
        polygons = _assemble(outlines)
        if self._fill_holes:
            polygons = _filled(polygons, self._fill_holes, self._grid)
        if self._simplify:
            polygons = _simplified(polygons, self._simplify, self._grid)
        return polygons

    def _polygons(self, batches: Sequence[_Found], *, first_id: int) -> Polygons:
        channel = _joined([np.full(len(b.geometry), b.channel) for b in batches], int)
        first = _joined([batch.first for batch in batches], np.int64)
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
                values = _joined([batch.columns[name] for batch in batches], dtype)
                columns[name] = values[order]
        return Polygons(
            geometry=_joined([batch.geometry for batch in batches], np.object_)[order],
            crs=None if self._grid.crs is None else self._grid.crs.to_wkt(),
            columns={
                name: columns[name].astype(dtype) for name, dtype in SCHEMA.items()
            },
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Found:
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


def _filled(
    polygons: NDArray[np.object_], fill_holes: float, grid: Grid
) -> NDArray[np.object_]:
    """Without the holes of less than `fill_holes` square metres."""
    _, vertices, (rings, parts) = shapely.to_ragged_array(polygons)
    outer = np.zeros(len(rings) - 1, np.bool_)
    outer[parts[:-1]] = True
    inner = np.flatnonzero(~outer)
    if not len(inner):
        return polygons
    # in the order of the ragged array
    alone = np.asarray(shapely.polygons(shapely.get_rings(polygons)[inner]))
    area, _ = _measure(_on_the_map(alone, grid), grid)
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


def _simplified(
    polygons: NDArray[np.object_], metres: float, grid: Grid
) -> NDArray[np.object_]:
    """With fewer corners, none of them new; an outline that would break stays."""
    size = np.array(grid.pixel_size)
    on_ground = shapely.transform(polygons, lambda corners: corners * size)
    simpler = shapely.simplify(on_ground, metres, preserve_topology=True)
    # what is left are corners of pixels, so rounding undoes the scaling exactly
    simpler = shapely.transform(simpler, lambda corners: np.rint(corners / size))
    good = shapely.is_valid(simpler) & ~shapely.is_empty(simpler)
    return np.where(good, simpler, polygons)


def _on_the_map(polygons: NDArray[np.object_], grid: Grid) -> NDArray[np.object_]:
    """From pixels to the CRS; outer rings run anticlockwise in it, holes clockwise."""
    placed = shapely.transform(
        polygons, lambda corners: np.column_stack(grid.place(*corners.T))
    )
    if grid.transform.determinant < 0:
        placed = shapely.reverse(placed)
    return np.asarray(placed, np.object_)


def _measure(
    polygons: NDArray[np.object_], grid: Grid
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Square metres and metres; on the ellipsoid where there is one."""
    geod = grid.geod
    if geod is None:
        return shapely.area(polygons), shapely.length(polygons)
    return areas_and_perimeters(grid.to_lonlat(polygons), geod)


def _centroids(
    polygons: NDArray[np.object_], grid: Grid
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitudes in [-180, 180] and latitudes; NaN in pixel coordinates."""
    if grid.crs is None:
        nowhere = np.full(len(polygons), np.nan)
        return nowhere, nowhere
    lonlat = shapely.get_coordinates(grid.to_lonlat(shapely.centroid(polygons)))
    return (lonlat[:, 0] + 180) % 360 - 180, lonlat[:, 1]


def _joined(pieces: Sequence[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype), *pieces])
