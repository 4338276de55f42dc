"""A vector layer's objects in the pixels of a scene."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj.exceptions import ProjError
from rasterio.windows import Window
from shapely.geometry import Polygon

from rrsis_geo.chips.classes import choose_classes
from rrsis_geo.datasets.annotations import LabelledObject
from rrsis_geo.datasets.formats.coco import areas_of
from rrsis_geo.datasets.transforms.crops import SLIVER
from rrsis_geo.errors import DataError
from rrsis_geo.scene.grid import Grid, crs_name


@dataclass(frozen=True, kw_only=True, eq=False)
class VectorLabels:
    """Objects of a layer in its own CRS."""

    path: str
    crs: Any
    """pyproj CRS; None where the file names none."""
    outlines: NDArray[np.object_]
    """(N,) polygons and multipolygons."""
    category: tuple[str, ...]
    """N keys of the lexicon, or names of the user's own."""
    notes: tuple[str, ...] = ()
    """What the user may want to know."""


class PixelLabels:
    """Objects in the pixels of a grid, found by place."""

    def __init__(
        self, outlines: NDArray[np.object_], category: tuple[str, ...]
    ) -> None:
        self._outlines = outlines
        self._category = category
        self._tree = shapely.STRtree(outlines)

    def __len__(self) -> int:
        return len(self._outlines)

    def within(self, window: Window) -> tuple[LabelledObject, ...]:
        """Objects that may be seen in a window, whole, in its pixels."""
        box = _box(window)
        near = np.sort(self._tree.query(box))
        shown = shapely.area(shapely.intersection(self._outlines[near], box))
        found = near[shown >= SLIVER]
        corner = [window.col_off, window.row_off]
        moved = shapely.transform(self._outlines[found], lambda points: points - corner)
        return tuple(
            LabelledObject(category=self._category[index], polygon=polygon)
            for index, polygon in zip(found, moved, strict=True)
        )

    def any_in(self, window: Window) -> bool:
        """Whether there is one; cheaper than to ask for them."""
        return bool(self._tree.query(_box(window), predicate="intersects").size)

    def span(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) around all of them."""
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
    """The polygons of a vector file with their classes.

    Args:
        path: whatever GDAL opens.
        layer: name of the layer; None: the first.
        field: attribute that holds the class.
        label: instead of a field: what all of them are.
        chosen: classes to keep, and words for them (`choose_classes`).

    Raises:
        DataError: the file, layer or field is not there, or it holds no polygons.
    """
    frame = _read(path, layer, field)
    shapes = frame.geometry
    kinds = set(shapes.geom_type.dropna())
    if kinds - {"Polygon", "MultiPolygon"} or not kinds:
        held = ", ".join(sorted(kinds)) or "nothing"
        raise DataError(
            f"{path}: holds {held}, and polygons are wanted; in QGIS, Buffer or "
            "Polygonize makes them"
        )
    kept = frame[shapes.notna() & ~shapes.is_empty]
    values: list[str | None] = (
        [label] * len(kept)
        if field is None
        else [_text(value) for value in kept[field]]
    )
    found = choose_classes(values, chosen or {}, path)
    here = [index for index, category in enumerate(found) if category is not None]
    nameless = sum(not (value and value.strip()) for value in values)
    return VectorLabels(
        path=path,
        crs=frame.crs,
        outlines=np.asarray(kept.geometry.array)[here],
        category=tuple(category for category in found if category is not None),
        notes=()
        if not nameless
        else (
            f"{path}: {nameless} without a class are left out; where they are "
            "one of the classes chosen, words will be wrong",
        ),
    )


def to_pixels(labels: VectorLabels, grid: Grid, scene: str) -> PixelLabels:
    """The labels on a scene's grid, those beside it left out.

    Raises:
        DataError: labels or scene have no CRS while the other one has, or no label
            lies in the scene.
    """
    moved = _reprojected(labels, grid, scene)
    back = ~grid.transform

    def placed(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = xy.T
        return np.column_stack(
            (back.a * x + back.b * y + back.c, back.d * x + back.e * y + back.f)
        )

    pixels = shapely.transform(moved, placed)
    frame = shapely.box(0, 0, grid.width, grid.height)
    # What lies far away may have no place in this CRS; what lies near has.
    low, high = shapely.bounds(pixels).reshape(-1, 2, 2).transpose(1, 0, 2)
    near = (high >= 0) & (low <= [grid.width, grid.height]) & np.isfinite(low)
    inside = np.flatnonzero(near.all(axis=1))
    whole = [areas_of(one) for one in shapely.make_valid(pixels[inside])]
    seen = [
        place
        for place, one in enumerate(whole)
        if one.area > 0 and one.intersects(frame)
    ]
    if not seen:
        raise DataError(
            f"{labels.path}: no label lies in {scene}: the labels span "
            f"{_span(shapely.total_bounds(moved))}, the scene {_span(grid.bounds())} "
            f"in {'pixels' if grid.crs is None else crs_name(grid.crs)}"
        )
    outlines = np.empty(len(seen), dtype=object)
    outlines[:] = [whole[place] for place in seen]
    return PixelLabels(
        outlines, tuple(labels.category[inside[place]] for place in seen)
    )


def _reprojected(labels: VectorLabels, grid: Grid, scene: str) -> NDArray[np.object_]:
    if grid.crs is None:
        if labels.crs is None:
            return labels.outlines
        raise DataError(
            f"{labels.path}: is in {labels.crs.name}, but {scene} has no CRS; name it "
            "with --crs EPSG:..."
        )
    if labels.crs is None:
        raise DataError(
            f"{labels.path}: has no CRS, so its objects have no place; write one into "
            f"the file (ogr2ogr -a_srs EPSG:... mended.gpkg {labels.path})"
        )
    target = pyproj.CRS.from_wkt(grid.crs.to_wkt())
    if labels.crs == target:
        return labels.outlines
    try:
        move = pyproj.Transformer.from_crs(labels.crs, target, always_xy=True)
        moved = shapely.transform(
            labels.outlines, lambda xy: np.column_stack(move.transform(*xy.T))
        )
    except ProjError as error:
        raise DataError(
            f"{labels.path}: cannot be moved from {labels.crs.name} to "
            f"{crs_name(grid.crs)} ({error})"
        ) from error
    return np.asarray(moved)


def _read(path: str, layer: str | None, field: str | None) -> Any:
    try:
        known = list(pyogrio.read_info(path, layer=layer)["fields"])
        if field is not None and field not in known:
            raise DataError(
                f"{path}: has no field {field!r}; its fields are "
                f"{', '.join(map(str, known)) or 'none'}"
            )
        columns = [] if field is None else [field]
        frame = pyogrio.read_dataframe(path, layer=layer, columns=columns)
    except DataLayerError as error:
        names = ", ".join(str(name) for name, _ in pyogrio.list_layers(path))
        raise DataError(
            f"{path}: has no layer {layer!r}; its layers are {names}"
        ) from error
    except DataSourceError as error:
        missing = "://" not in path and not os.path.exists(path)
        reason = "there is no such file" if missing else str(error).split("\n")[0]
        raise DataError(f"{path}: cannot be read as labels ({reason})") from error
    if not hasattr(frame, "geometry"):
        raise DataError(f"{path}: is a table without geometry; polygons are wanted")
    return frame


def _box(window: Window) -> Polygon:
    right, bottom = window.col_off + window.width, window.row_off + window.height
    box: Polygon = shapely.box(window.col_off, window.row_off, right, bottom)
    return box


def _text(value: Any) -> str | None:
    """A class as text; codes become 3, not 3.0, beside missing ones."""
    if value is None or value != value:  # NaN is not itself
        return None
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value)


def _span(bounds: Any) -> str:
    return ",".join(f"{value:.9g}" for value in bounds)
