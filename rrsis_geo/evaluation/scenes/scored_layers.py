"""Layers of polygons and of true objects, read and placed on the ground of a scene."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj.exceptions import ProjError
from rasterio.crs import CRS

from rrsis_geo.errors import DataError, OptionError
from rrsis_geo.geodata.vector_layers import LayerRole, read_vector_layer
from rrsis_geo.scene.grid import Grid, crs_name
from rrsis_geo.scene.placement import place_polygons

FOUND = LayerRole(
    name="polygons", error=DataError, option="--layer", marks=("expression", "score")
)
TRUTH = LayerRole(name="truth", error=DataError, option="--truth-layer")
WITHIN = LayerRole(name="within", error=OptionError)

ELSEWHERE = 10.0
"""Layers that are so many times farther apart than they are large do not belong
together."""


def read_polygons(
    path: Path, role: LayerRole, layer: str | None
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """Read the valid polygons of a layer, a row for each part, and notes.

    Raises:
        DataError: It cannot be read, or holds no true object.
    """
    read = read_vector_layer(str(path), role, layer=layer)
    frame = read.frame[read.frame.geometry.notna()]
    parts = frame.set_geometry(frame.geometry.make_valid()).explode(index_parts=False)
    others = sorted(set(parts.geom_type) - {"Polygon"})
    polygons = parts[parts.geom_type == "Polygon"]
    if role is TRUTH and not len(polygons):
        holds = f", only {', '.join(others)}" if others else ""
        raise DataError(f"{role.name} {path}: holds no polygon{holds}")
    notes = read.notes
    if others:
        count = len(parts) - len(polygons)
        notes += (f"{role.name} {path}: {count} of its shapes are no polygons",)
    return polygons, notes


def select_expression(
    frame: gpd.GeoDataFrame, path: Path, expression: str | None
) -> gpd.GeoDataFrame:
    """Choose the polygons of one expression.

    Raises:
        OptionError: There is no such expression, or there are several.
    """
    if "expression" not in frame:
        if expression is not None:
            raise OptionError(
                f"polygons {path}: have no attribute 'expression'; leave out "
                "--expression"
            )
        return frame
    expressions = sorted(set(frame["expression"].astype(str)))
    if expression is not None:
        if expressions and expression not in expressions:
            raise OptionError(
                f"polygons {path}: none is of the expression {expression!r}; the "
                f"expressions are {expressions}"
            )
        return frame[frame["expression"].astype(str) == expression]
    if len(expressions) > 1:
        raise OptionError(
            f"polygons {path}: are of several expressions; choose one with "
            f"--expression, of {expressions}"
        )
    return frame


def select_rows(
    frame: gpd.GeoDataFrame, path: Path, where: tuple[str, str] | None
) -> gpd.GeoDataFrame:
    """Choose the true objects with a value in a field.

    Raises:
        OptionError: There is no such field, or no such value in it.
    """
    if where is None:
        return frame
    name, value = where
    if name not in frame:
        names = sorted(set(frame.columns) - {"geometry"})
        raise OptionError(f"truth {path}: has no field {name!r}; there are {names}")
    chosen = frame[frame[name].astype(str) == value]
    if not len(chosen):
        some = sorted(set(frame[name].astype(str)))[:8]
        raise OptionError(f"truth {path}: no {name} is {value!r}; there are {some}")
    return chosen


def place_layer(
    frame: gpd.GeoDataFrame, grid: Grid, role: LayerRole, path: Path, *, cut: bool
) -> NDArray[np.object_]:
    """Move the polygons of a layer to the pixels of a grid.

    Args:
        frame: The layer.
        grid: Of the searched area.
        role: What the layer is.
        path: Its file.
        cut: Whether the grid is all the ground there is: polygons far from it become
            empty, and a layer of other ground is refused.

    Raises:
        DataError: Only one of layer and grid has a CRS, or the layer lies elsewhere.
    """
    title = f"{role.name} {path}"
    if grid.crs is None and frame.crs is not None:
        raise DataError(
            f"{title}: is in {frame.crs.name}, but the scene has no CRS; use a "
            "layer in pixels of the scene"
        )
    if grid.crs is not None and frame.crs is None:
        raise DataError(
            f"{title}: has no CRS, so it cannot be placed on the scene; write one into "
            f"a copy (ogr2ogr -a_srs EPSG:... copy.gpkg {path})"
        )
    shapes = np.asarray(frame.geometry.array, np.object_)
    try:
        if cut and len(shapes):
            _refuse_other_ground(shapes, frame.crs, grid, title)
        return place_polygons(shapes, frame.crs, grid, cut=cut)
    except ProjError as error:
        raise DataError(
            f"{title}: cannot be placed on the scene: nothing leads from "
            f"{frame.crs.name} to its CRS ({str(error).splitlines()[0]})"
        ) from error


def _refuse_other_ground(
    shapes: NDArray[np.object_], crs: Any, grid: Grid, title: str
) -> None:
    bounds = shapely.total_bounds(shapes)
    around = np.array([shapely.box(*bounds)], np.object_)
    scene = shapely.box(0, 0, grid.width, grid.height)
    if not shapely.intersects(place_polygons(around, crs, grid), scene).any():
        raise DataError(
            f"{title}: lies on other ground than the scene: it spans {_span(bounds)} "
            f"in {'pixels' if crs is None else crs.name}, the scene "
            f"{_span(grid.bounds())} in "
            f"{'pixels' if grid.crs is None else crs_name(grid.crs)}"
        )


def grid_around(frame: gpd.GeoDataFrame) -> Grid:
    """A grid over a layer, where no scene is known; its pixels have no meaning."""
    left, bottom, right, top = (
        frame.total_bounds.tolist() if len(frame) else (0.0, 0.0, 1.0, 1.0)
    )
    pixel = max(right - left, top - bottom, 1e-6) / 1000
    crs = None if frame.crs is None else CRS.from_wkt(frame.crs.to_wkt())
    return Grid(
        Affine(pixel, 0, left, 0, -pixel, top),
        crs,
        max(1, round((right - left) / pixel)),
        max(1, round((top - bottom) / pixel)),
    )


def refuse_far_apart(
    polygons: NDArray[np.object_], objects: NDArray[np.object_], truth: Path
) -> None:
    """Refuse two layers of different ground, where no scene is known.

    Raises:
        DataError: They are far apart.
    """
    if not (len(polygons) and len(objects)):
        return
    one, other = shapely.total_bounds(polygons), shapely.total_bounds(objects)
    gap = float(shapely.box(*one).distance(shapely.box(*other)))
    size = sum(float(np.hypot(b[2] - b[0], b[3] - b[1])) for b in (one, other))
    if gap > ELSEWHERE * size:
        raise DataError(
            f"truth {truth}: lies on other ground than the polygons, {gap / size:.0f} "
            "times as far away as both are large"
        )


def _span(bounds: Any) -> str:
    return ",".join(f"{value:.9g}" for value in bounds)
