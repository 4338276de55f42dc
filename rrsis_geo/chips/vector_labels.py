"""Labels from a vector layer, in pixels of a scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import ProjError
from rasterio.windows import Window

from rrsis_geo.chips.classes import choose_classes
from rrsis_geo.datasets.annotations import LabelledObject
from rrsis_geo.datasets.formats.coco import polygons_of
from rrsis_geo.datasets.transforms.crops import MIN_VISIBLE_AREA
from rrsis_geo.errors import DataError
from rrsis_geo.geodata.vector_layers import LayerRole, only_areas, read_vector_layer
from rrsis_geo.scene.grid import Grid, crs_name, window_box
from rrsis_geo.scene.placement import place_polygons

LABELS = LayerRole(name="labels", error=DataError, option="--layer")


@dataclass(frozen=True, kw_only=True, eq=False)
class VectorLabels:
    """Labelled objects of a layer, in its own CRS."""

    path: str
    crs: Any
    """pyproj CRS; None where the file names none."""
    outlines: NDArray[np.object_]
    """(N,) polygons and multipolygons."""
    category: tuple[str, ...]
    """N keys of the lexicon, or names that it lacks."""
    notes: tuple[str, ...] = ()
    """Warnings for the user."""


class PixelLabels:
    """Labelled objects in pixels of a grid, with a spatial index."""

    def __init__(
        self, outlines: NDArray[np.object_], category: tuple[str, ...]
    ) -> None:
        self._outlines = outlines
        self._category = category
        self._tree = shapely.STRtree(outlines)

    def __len__(self) -> int:
        return len(self._outlines)

    def within(self, window: Window) -> tuple[LabelledObject, ...]:
        """Objects visible in a window, not clipped, in pixels of the window."""
        box = window_box(window)
        near = np.sort(self._tree.query(box))
        visible = shapely.area(shapely.intersection(self._outlines[near], box))
        rows = near[visible >= MIN_VISIBLE_AREA]
        corner = [window.col_off, window.row_off]
        moved = shapely.transform(self._outlines[rows], lambda points: points - corner)
        return tuple(
            LabelledObject(category=self._category[index], polygon=polygon)
            for index, polygon in zip(rows, moved, strict=True)
        )

    def any_in(self, window: Window) -> bool:
        """Whether any object touches a window; cheaper than `within`."""
        return bool(self._tree.query(window_box(window), predicate="intersects").size)

    def bounds(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) around all objects."""
        left, top, right, bottom = shapely.total_bounds(self._outlines).tolist()
        return left, top, right, bottom


def read_vector_labels(
    path: str,
    *,
    layer: str | None = None,
    field: str | None = None,
    label: str | None = None,
    chosen: Mapping[str, str | None] | None = None,
) -> VectorLabels:
    """Read the polygons of a vector file with their classes.

    Args:
        path: Any vector file that GDAL opens.
        layer: Name of the layer; None: the only one with polygons.
        field: Attribute that holds the class.
        label: Class of all objects, instead of a field.
        chosen: Classes to keep, and words for them (`choose_classes`).

    Raises:
        DataError: The file, layer or field does not exist, or it holds no polygons.
    """
    read = read_vector_layer(
        path, LABELS, layer=layer, columns=[] if field is None else [field]
    )
    frame, shapes = read.frame, read.frame.geometry
    kinds = set(shapes.geom_type.dropna())
    if kinds - {"Polygon", "MultiPolygon"} or not kinds:
        actual = ", ".join(sorted(kinds)) or "no geometry"
        raise DataError(
            f"{path}: holds {actual}, but labels must be polygons; make them from "
            "points with Buffer, from lines with Polygonize in QGIS"
        )
    kept = frame[shapes.notna() & ~shapes.is_empty]
    values: list[str | None] = (
        [label] * len(kept)
        if field is None
        else [_class_text(value) for value in kept[field]]
    )
    categories = choose_classes(values, chosen or {}, path)
    rows = [index for index, category in enumerate(categories) if category is not None]
    unclassified = sum(not (value and value.strip()) for value in values)
    return VectorLabels(
        path=path,
        crs=frame.crs,
        outlines=np.asarray(kept.geometry.array)[rows],
        category=tuple(category for category in categories if category is not None),
        notes=(
            *read.notes,
            *(
                f"{path}: {count} objects without a class are left out; expressions "
                "will be wrong if any of them is of a chosen class"
                for count in (unclassified,)
                if count
            ),
        ),
    )


def to_pixels(labels: VectorLabels, grid: Grid, scene: str) -> PixelLabels:
    """Transform labels to pixels of a grid; those outside it are left out.

    Args:
        labels: Labels in their own CRS.
        grid: Grid of the scene.
        scene: Name of the scene, for messages.

    Raises:
        DataError: Only one of labels and scene has a CRS, or no label lies in the
            scene.
    """
    placed = _placed(labels, grid, scene)
    frame = shapely.box(0, 0, grid.width, grid.height)
    inside = np.flatnonzero(shapely.intersects(placed, frame))
    valid = [polygons_of(one) for one in placed[inside]]
    visible = [
        index
        for index, one in enumerate(valid)
        if one.area > 0 and one.intersects(frame)
    ]
    if not visible:
        raise DataError(
            f"{labels.path}: no label lies in {scene}: the labels span "
            f"{_format(shapely.total_bounds(labels.outlines))}"
            f"{'' if labels.crs is None else f' in {labels.crs.name}'}, the scene "
            f"{_format(grid.bounds())} "
            f"in {'pixels' if grid.crs is None else crs_name(grid.crs)}"
        )
    outlines = np.empty(len(visible), dtype=object)
    outlines[:] = [valid[index] for index in visible]
    return PixelLabels(
        outlines, tuple(labels.category[inside[index]] for index in visible)
    )


def _placed(labels: VectorLabels, grid: Grid, scene: str) -> NDArray[np.object_]:
    """The outlines in pixels, repaired; empty where they are far from the scene."""
    if grid.crs is None and labels.crs is not None:
        raise DataError(
            f"{labels.path}: is in {labels.crs.name}, but {scene} has no CRS; give its "
            "CRS with --crs EPSG:..."
        )
    if grid.crs is not None and labels.crs is None:
        raise DataError(
            f"{labels.path}: has no CRS, so its objects cannot be placed on the scene; "
            f"write one into a copy (ogr2ogr -a_srs EPSG:... copy.gpkg {labels.path})"
        )
    valid = [only_areas(one) for one in shapely.make_valid(labels.outlines)]
    outlines = np.empty(len(valid), np.object_)
    outlines[:] = valid
    try:
        return place_polygons(outlines, labels.crs, grid)
    except ProjError as error:
        raise DataError(
            f"{labels.path}: cannot be reprojected from {labels.crs.name} to "
            f"{'pixels' if grid.crs is None else crs_name(grid.crs)} ({error})"
        ) from error


def _class_text(value: Any) -> str | None:
    """A class as text; a code is 3, not 3.0 as it is read beside missing values."""
    if value is None or value != value:  # NaN is not itself
        return None
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value)


def _format(bounds: Any) -> str:
    return ",".join(f"{value:.9g}" for value in bounds)
