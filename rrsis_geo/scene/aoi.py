"""The area of interest (AOI), pixel-exact on a scene's grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import ProjError
from rasterio.windows import Window
from shapely.geometry import MultiPolygon, Polygon

from rrsis_geo.errors import OptionError
from rrsis_geo.geodata.vector_layers import (
    LayerRole,
    VectorLayer,
    only_areas,
    read_vector_layer,
)
from rrsis_geo.job import SegmentOptions
from rrsis_geo.scene.grid import Grid, crs_name, window_box, wkt2
from rrsis_geo.scene.placement import place_polygons

AOI = LayerRole(name="aoi", error=OptionError, option="--aoi-layer")


class OutsideScene(OptionError):
    """The area of interest and the scene have nothing in common; of several scenes
    such a one is left out."""


SMALL_BOX = 64
"""Side of a bounding box in pixels; only an area in a smaller one is checked for
containing no pixel centre."""


@dataclass(frozen=True, eq=False)
class Aoi:
    """An area on a grid; a pixel belongs to it if its centre lies in or on it."""

    shape: Polygon | MultiPolygon
    """In pixels of the grid: x to the right, y down, pixel corners at integers."""

    notes: tuple[str, ...] = ()
    """What was chosen or left out for the user, a line each."""

    def touches(self, window: Window) -> bool:
        """Whether the area intersects the window, maybe without any pixel centre."""
        shapely.prepare(self.shape)
        return bool(self.shape.intersects(window_box(window)))

    def mask(self, window: Window) -> NDArray[np.bool_]:
        """Rasterize the area: (H, W), True where a pixel's centre lies in or on it.

        Computed from whole-grid coordinates, so all windows agree where they overlap.
        """
        height, width = int(window.height), int(window.width)
        shapely.prepare(self.shape)
        if self.shape.contains(window_box(window)):
            return np.ones((height, width), bool)
        if not self.shape.intersects(window_box(window)):
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
    area: Any = shapely.box(0, 0, grid.width, grid.height)
    names, notes = [], tuple[str, ...]()
    if options.aoi is not None:
        names.append(f"{AOI.name} {options.aoi}")
        placed, notes = _read_placed(options.aoi, grid, AOI, options.aoi_layer)
        area = only_areas(area.intersection(placed))
    if options.bbox is not None:
        names.append(f"bbox {','.join(f'{v:.9g}' for v in options.bbox)}")
        box = np.array([shapely.box(*options.bbox)], np.object_)
        (placed,) = place_polygons(box, None, grid)
        _refuse_outside(placed, grid, names[-1], _span(options.bbox))
        area = only_areas(area.intersection(placed))
    return _aoi(area, grid, " and ".join(names), notes)


def read_area(path: str, grid: Grid, role: LayerRole) -> Aoi:
    """Read the area that a vector file holds, in pixels of a grid.

    Args:
        path: Any vector file, or `FILE|layername=NAME`.
        grid: The scene's.
        role: What the area is for.

    Raises:
        OptionError: as `read_aoi`.
    """
    placed, notes = _read_placed(path, grid, role, None)
    area = only_areas(placed.intersection(shapely.box(0, 0, grid.width, grid.height)))
    return _aoi(area, grid, f"{role.name} {path}", notes)


def _aoi(area: Any, grid: Grid, names: str, notes: tuple[str, ...]) -> Aoi:
    if not area.area:
        raise OutsideScene(f"{names} have no area in common inside the scene")
    left, top = np.floor(area.bounds[:2]).astype(int)
    right, bottom = np.ceil(area.bounds[2:]).astype(int)
    aoi, around = Aoi(area, notes), Window(left, top, right - left, bottom - top)
    if max(around.width, around.height) <= SMALL_BOX and not aoi.mask(around).any():
        raise OptionError(
            f"{names} is smaller than a pixel of {grid.gsd:.3g} m and holds no pixel's "
            "centre; give a larger area or a smaller --gsd"
        )
    return aoi


def _read_placed(
    path: str, grid: Grid, role: LayerRole, name: str | None
) -> tuple[Any, tuple[str, ...]]:
    """The union of a layer's polygons in pixels, near the scene, and notes."""
    title = f"{role.name} {path}"
    layer = read_vector_layer(path, role, layer=name, columns=[])
    shapes = layer.polygons()
    if not len(shapes):
        kinds = sorted(set(layer.frame.geometry.geom_type.dropna()))
        found = f" with an area, only {', '.join(kinds)}" if kinds else ""
        raise OptionError(f"{title}: holds no polygon{found}")
    check_located(title, path, layer.crs, grid)
    try:
        placed = place_polygons(shapes, layer.crs, grid)
    except ProjError as error:
        raise OptionError(
            f"{title}: cannot be transformed from {layer.crs.name} to "
            f"{_coordinates(grid)}: {_first_line(error)}"
        ) from error
    area = only_areas(shapely.union_all(placed))
    span = _span(shapely.total_bounds(shapes).tolist())
    if grid.crs is not None and layer.crs != pyproj.CRS.from_wkt(wkt2(grid.crs)):
        span += f" in {layer.crs.name}"
    _refuse_outside(area, grid, title, span)
    return area, (*layer.notes, *_left_out(title, layer))


def check_located(title: str, path: str, crs: Any, grid: Grid) -> None:
    """Refuse a layer that cannot be located on a grid.

    Args:
        title: What it is, for the message.
        path: Its file; "" for a table in memory.
        crs: Its pyproj CRS; None where it names none.
        grid: The scene's.

    Raises:
        OptionError: only one of the two has a CRS.
    """
    if grid.crs is None and crs is not None:
        raise OptionError(
            f"{title}: is in {crs.name}, but the scene has no CRS; name "
            "it with --crs EPSG:..., or draw the area in pixels, without a CRS"
        )
    if grid.crs is not None and crs is None:
        way_out = (
            f"write one into the file (ogr2ogr -a_srs EPSG:... with-crs.gpkg {path})"
            if path
            else "give it one with set_crs"
        )
        raise OptionError(f"{title}: has no CRS, so it cannot be located; {way_out}")


def _refuse_outside(area: Any, grid: Grid, name: str, span: str) -> None:
    scene = shapely.box(0, 0, grid.width, grid.height)
    if not area.intersection(scene).area:
        raise OutsideScene(
            f"{name} lies outside the scene: it spans {span}, the scene "
            f"{_span(grid.bounds())} in {_coordinates(grid)}"
        )


def _left_out(title: str, layer: VectorLayer) -> tuple[str, ...]:
    """A note on features that are no polygons."""
    shapes = np.asarray(layer.frame.geometry, np.object_)
    others = int((shapely.get_dimensions(shapes) < 2).sum())
    if not others:
        return ()
    return (
        f"{title}: {others} of its {len(shapes)} features are no polygons and are "
        "left out",
    )


def _span(bounds: Sequence[float]) -> str:
    left, bottom, right, top = bounds
    return f"{left:.9g},{bottom:.9g},{right:.9g},{top:.9g}"


def _coordinates(grid: Grid) -> str:
    return "pixels" if grid.crs is None else crs_name(grid.crs)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
