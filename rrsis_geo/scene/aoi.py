"""The area of interest (AOI), pixel-exact on a scene's grid."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj.exceptions import ProjError
from rasterio.windows import Window
from shapely.geometry import MultiPolygon, Polygon

from rrsis_geo.errors import OptionError
from rrsis_geo.job import SegmentOptions
from rrsis_geo.scene.grid import Grid, crs_name

VECTOR_FAILURES = (
    ArithmeticError,
    DataLayerError,
    DataSourceError,
    LookupError,
    TypeError,
    ValueError,
    shapely.errors.ShapelyError,
)
"""What pyogrio, geopandas and shapely raise for a damaged file."""

SMALL_BOX = 64
"""Side of a bounding box in pixels; only an area in a smaller one is checked for
containing no pixel centre."""


@dataclass(frozen=True, eq=False)
class Aoi:
    """An area on a grid; a pixel belongs to it if its centre lies in or on it."""

    shape: Polygon | MultiPolygon
    """In pixels of the grid: x to the right, y down, pixel corners at integers."""

    def touches(self, window: Window) -> bool:
        """Whether the area intersects the window, maybe without any pixel centre."""
        shapely.prepare(self.shape)
        return bool(self.shape.intersects(_box(window)))

    def mask(self, window: Window) -> NDArray[np.bool_]:
        """Rasterize the area: (H, W), True where a pixel's centre lies in or on it.

        Computed from whole-grid coordinates, so all windows agree where they overlap.
        """
        height, width = int(window.height), int(window.width)
        shapely.prepare(self.shape)
        if self.shape.contains(_box(window)):
            return np.ones((height, width), bool)
        if not self.shape.intersects(_box(window)):
            return np.zeros((height, width), bool)
        cols = window.col_off + 0.5 + np.arange(width)
        rows = window.row_off + 0.5 + np.arange(height)
        inside: NDArray[np.bool_] = shapely.intersects_xy(
            self.shape, cols[None, :], rows[:, None]
        )
        return inside


def read_aoi(options: SegmentOptions, grid: Grid) -> Aoi | None:
    """Read the area that the options name; None if they name none.

    A file and a bounding box together mean their intersection.

    Raises:
        OptionError: the file cannot be read, has no CRS or no area, or the area lies
            outside the scene.
    """
    if options.aoi is None and options.bbox is None:
        return None
    parts = []
    if options.aoi is not None:
        parts.append((f"aoi {options.aoi}", _read_polygons(options.aoi, grid)))
    if options.bbox is not None:
        box = shapely.box(*options.bbox)
        parts.append((f"bbox {','.join(f'{v:.9g}' for v in options.bbox)}", box))
    scene = shapely.box(0, 0, grid.width, grid.height)
    area: Polygon | MultiPolygon = scene
    for name, part in parts:
        pixels = _to_pixels(part, grid)
        if not pixels.intersection(scene).area:
            raise OptionError(
                f"{name} lies outside the scene: it spans {_span(part.bounds)}, the "
                f"scene {_span(grid.bounds())} in {_coordinates(grid)}"
            )
        area = _only_polygons(area.intersection(pixels))
    names = " and ".join(name for name, _ in parts)
    if not area.area:
        raise OptionError(f"{names} have no area in common inside the scene")
    left, top = np.floor(area.bounds[:2]).astype(int)
    right, bottom = np.ceil(area.bounds[2:]).astype(int)
    aoi, box = Aoi(area), Window(left, top, right - left, bottom - top)
    if max(box.width, box.height) <= SMALL_BOX and not aoi.mask(box).any():
        raise OptionError(
            f"{names} is smaller than a pixel of {grid.gsd:.3g} m and holds no pixel's "
            "centre; give a larger area or a smaller --gsd"
        )
    return aoi


def _read_polygons(path: str, grid: Grid) -> Polygon | MultiPolygon:
    """The union of a file's polygons, in the grid's CRS."""
    try:
        frame = pyogrio.read_dataframe(path, columns=[])
    except VECTOR_FAILURES as error:
        missing = "://" not in path and not os.path.exists(path.partition("|")[0])
        reason = "there is no such file" if missing else _first_line(error)
        raise OptionError(f"aoi {path}: cannot be read: {reason}") from error
    shapes = getattr(frame, "geometry", None)
    if shapes is None or not len(frame):
        raise OptionError(f"aoi {path}: holds no polygon")
    shapes = shapes.dropna().make_valid()
    area = _only_polygons(shapely.union_all(shapes.array))
    if not area.area:
        kinds = sorted(set(shapes.geom_type))
        raise OptionError(
            f"aoi {path}: holds no polygon with an area, only {', '.join(kinds)}"
        )
    if grid.crs is None:
        if frame.crs is not None:
            raise OptionError(
                f"aoi {path}: is in {frame.crs.name}, but the scene has no CRS; name "
                "it with --crs EPSG:..., or draw the area in pixels, without a CRS"
            )
        return area
    if frame.crs is None:
        raise OptionError(
            f"aoi {path}: has no CRS, so it cannot be located; write one into the file "
            f"(ogr2ogr -a_srs EPSG:... with-crs.gpkg {path})"
        )
    try:
        projected = gpd.GeoSeries([area], crs=frame.crs).to_crs(grid.crs.to_wkt())[0]
    except ProjError as error:
        raise OptionError(
            f"aoi {path}: cannot be transformed from {frame.crs.name} to "
            f"{_coordinates(grid)}: {_first_line(error)}"
        ) from error
    if not np.isfinite(projected.bounds).all():
        raise OptionError(
            f"aoi {path}: spans {_span(area.bounds)} in {frame.crs.name}, which lies "
            f"outside the scene's CRS, {_coordinates(grid)}"
        )
    return _only_polygons(shapely.make_valid(projected))


def _to_pixels(shape: Polygon | MultiPolygon, grid: Grid) -> Polygon | MultiPolygon:
    """From the grid's CRS to its pixels."""
    t = ~grid.transform
    pixels = shapely.transform(
        shape,
        lambda xy: np.column_stack(
            (
                t.a * xy[:, 0] + t.b * xy[:, 1] + t.c,
                t.d * xy[:, 0] + t.e * xy[:, 1] + t.f,
            )
        ),
    )
    return _only_polygons(shapely.make_valid(pixels))  # rounding may cross two edges


def _only_polygons(shape: Any) -> Polygon | MultiPolygon:
    """Remove the points and lines that make_valid and intersection leave."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    area = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    return cast("Polygon | MultiPolygon", area)


def _box(window: Window) -> Polygon:
    right, bottom = window.col_off + window.width, window.row_off + window.height
    box: Polygon = shapely.box(window.col_off, window.row_off, right, bottom)
    return box


def _span(bounds: tuple[float, float, float, float]) -> str:
    left, bottom, right, top = bounds
    return f"{left:.9g},{bottom:.9g},{right:.9g},{top:.9g}"


def _coordinates(grid: Grid) -> str:
    return "pixels" if grid.crs is None else crs_name(grid.crs)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
