"""Scores of a layer of polygons against a layer of true objects."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.features import rasterize

from rrsis_geo.errors import DataError, OptionError
from rrsis_geo.evaluation.scenes.object_matching import (
    Matches,
    Numbers,
    ObjectScores,
    score,
)
from rrsis_geo.evaluation.scenes.run_record import read_run_record
from rrsis_geo.job import SegmentOptions
from rrsis_geo.scene.aoi import VECTOR_FAILURES, read_aoi
from rrsis_geo.scene.grid import Grid
from rrsis_geo.scene.scene import Scene
from rrsis_geo.tiling.windows import plan_windows
from rrsis_geo.vector.geodesic import areas_and_perimeters

THUMBNAIL_SIDE = 1024
"""Pixels of the longer side of the thumbnail in which pixels with data are counted."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SearchedArea:
    """The area in which objects and polygons count."""

    grid: Grid
    outline: Any
    """Polygon in pixels of the grid."""
    km2: float
    """Square kilometres with data inside the outline; 0: not known."""
    borders: tuple[Numbers, Numbers] | None
    """Columns and rows of window borders; None without a run manifest."""
    scene: Path | None = None
    """The image; None: not known, or no longer there."""
    options: SegmentOptions = field(default_factory=SegmentOptions)
    """Options with which the run read the scene."""

    def open_scene(self) -> AbstractContextManager[Scene]:
        """Open the image, which has to be known."""
        assert self.scene is not None  # noqa: S101 - a precondition
        return _open_scene(self.scene, self.options)


@dataclass(frozen=True, kw_only=True, eq=False)
class SceneScore:
    """Scores of the polygons of one scene."""

    scores: ObjectScores
    matches: Matches
    rule: str
    area: SearchedArea
    polygons: NDArray[np.object_]
    """(N,) predicted polygons, in pixels of the area's grid."""
    objects: NDArray[np.object_]
    """(M,) true objects, in the same pixels."""


def score_polygons(
    found: Path,
    truth: Path,
    *,
    scene: Path | None = None,
    within: Path | None = None,
    expression: str | None = None,
    where: tuple[str, str] | None = None,
    rule: str | None = None,
) -> SceneScore:
    """Score a layer of polygons.

    Objects and polygons count if at least half of them lies in the searched area: grid,
    `bbox` and `aoi` of the run whose manifest lies beside the polygons, else the scene,
    else everything; always limited to `within`.

    Args:
        found: Vector file of polygons, as `segment` writes it.
        truth: Vector file of the true objects, in any CRS.
        scene: The image; None: that of the manifest, if there is one.
        within: Vector file of polygons; only what lies inside counts.
        expression: The expression of `found` to score; None if there is only one.
        where: Name and value of a field of `truth`; only these rows count.
        rule: outline or box; None: box if every true object is a rectangle.

    Raises:
        DataError: A layer cannot be read, has no polygons or no CRS.
        OptionError: An option does not fit the layers.
        SceneError: The scene cannot be opened.
    """
    polygons = _select_expression(_read_polygons(found, "polygons"), found, expression)
    objects = _select_rows(_read_polygons(truth, "truth"), truth, where)
    area = _searched_area(found, polygons, scene, within)
    predicted = _to_pixels(polygons, area.grid, found)
    true = _to_pixels(objects, area.grid, truth)
    predicted, true = (
        shapes[_mostly_inside(shapes, area.outline)] for shapes in (predicted, true)
    )
    rule = rule or ("box" if _are_boxes(true) else "outline")
    scores, matches = score(
        predicted, true, rule=rule, borders=area.borders, km2=area.km2
    )
    return SceneScore(
        scores=scores,
        matches=matches,
        rule=rule,
        area=area,
        polygons=predicted,
        objects=true,
    )


def _read_polygons(path: Path, what: str) -> gpd.GeoDataFrame:
    try:
        frame = gpd.read_file(path)
    except (*VECTOR_FAILURES, OSError) as error:
        reason = (
            " ".join(str(error).split()) if path.exists() else "there is no such file"
        )
        raise DataError(f"{what} {path}: cannot be read: {reason}") from error
    if "geometry" not in frame:
        raise DataError(f"{what} {path}: a table without geometry")
    frame = frame[frame.geometry.notna()]
    parts = frame.set_geometry(frame.geometry.make_valid()).explode(index_parts=False)
    parts = parts[parts.geom_type == "Polygon"]
    if what == "truth" and not len(parts):
        raise DataError(f"{what} {path}: holds no polygon")
    return parts


def _select_expression(
    frame: gpd.GeoDataFrame, path: Path, expression: str | None
) -> gpd.GeoDataFrame:
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


def _select_rows(
    frame: gpd.GeoDataFrame, path: Path, where: tuple[str, str] | None
) -> gpd.GeoDataFrame:
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


def _searched_area(
    found: Path, polygons: gpd.GeoDataFrame, scene: Path | None, within: Path | None
) -> SearchedArea:
    """The searched area, from the run manifest, else the scene, else everything."""
    record = read_run_record(found)
    limit_options = SegmentOptions(aoi=None if within is None else str(within))
    run_options = SegmentOptions()
    if record is not None:
        grid, run_options = record.grid, record.options
        limits = [read_aoi(run_options, grid), read_aoi(limit_options, grid)]
        borders = window_borders(grid, run_options)
        scene = scene or record.scene
        known: Grid | None = grid
    elif scene is not None:
        with _open_scene(scene, run_options) as opened:
            grid = known = opened.native
        limits, borders = [read_aoi(limit_options, grid)], None
    else:
        crs = None if polygons.crs is None else CRS.from_wkt(polygons.crs.to_wkt())
        grid, known = Grid(Affine.identity(), crs, 1, 1), None
        if within is not None:
            raise OptionError(
                "--within needs the scene (--scene), or the run manifest beside the "
                "polygons"
            )
        limits, borders = [], None
    outline: Any = shapely.box(-np.inf, -np.inf, np.inf, np.inf)
    if known is None:
        return SearchedArea(grid=grid, outline=outline, km2=0.0, borders=None)
    outline = shapely.box(0, 0, grid.width, grid.height)
    for limit in limits:
        outline = outline if limit is None else outline.intersection(limit.shape)
    share = _data_share(scene, run_options, grid, outline)
    return SearchedArea(
        grid=grid,
        outline=outline,
        km2=_square_kilometres(grid, outline) * share,
        borders=borders,
        scene=scene,
        options=run_options,
    )


def _open_scene(scene: Path, options: SegmentOptions) -> AbstractContextManager[Scene]:
    return Scene.open(
        str(scene), crs=options.crs, pixel_coordinates=options.pixel_coordinates
    )


def window_borders(grid: Grid, options: SegmentOptions) -> tuple[Numbers, Numbers]:
    """Columns and rows inside a grid at which a window of a run starts or ends."""
    size, overlap = options.window_size, options.overlap
    columns = plan_windows(grid.width, 1, size=size, overlap=overlap)
    rows = plan_windows(1, grid.height, size=size, overlap=overlap)
    ends = []
    for length, starts in (
        (grid.width, {int(window.col_off) for window in columns}),
        (grid.height, {int(window.row_off) for window in rows}),
    ):
        lines = starts | {start + size for start in starts}
        inside = sorted(line for line in lines if 0 < line < length)
        ends.append(np.array(inside, np.int64))
    return ends[0], ends[1]


def _to_pixels(frame: gpd.GeoDataFrame, grid: Grid, path: Path) -> NDArray[np.object_]:
    """Reproject the polygons of a layer, in pixels of the grid."""
    if grid.crs is None:
        if frame.crs is not None:
            raise DataError(
                f"{path}: is in {frame.crs.name}, but the scene has no CRS; use a "
                "layer in pixels of the scene"
            )
    elif frame.crs is None:
        raise DataError(
            f"{path}: has no CRS, so it cannot be placed on the scene; write one into "
            f"a copy (ogr2ogr -a_srs EPSG:... copy.gpkg {path})"
        )
    else:
        frame = frame.to_crs(grid.crs.to_wkt())
    shapes = np.asarray(frame.geometry.array, np.object_)
    return np.asarray(
        shapely.make_valid(transform_geometries(shapes, ~grid.transform)), np.object_
    )


def transform_geometries(shapes: Any, transform: Affine) -> Any:
    """Apply an affine transform to geometries."""
    t = transform
    return shapely.transform(
        shapes,
        lambda xy: np.column_stack(
            (
                t.a * xy[:, 0] + t.b * xy[:, 1] + t.c,
                t.d * xy[:, 0] + t.e * xy[:, 1] + t.f,
            )
        ),
    )


def _mostly_inside(shapes: NDArray[np.object_], outline: Any) -> NDArray[np.bool_]:
    """(N,) whether at least half of each shape lies inside the outline."""
    if not np.isfinite(outline.bounds).all():
        return np.ones(len(shapes), np.bool_)
    shapely.prepare(outline)
    covered = shapely.area(shapely.intersection(shapes, outline))
    return np.asarray(covered >= 0.5 * shapely.area(shapes), np.bool_)


def _are_boxes(shapes: NDArray[np.object_]) -> bool:
    """Whether every shape fills its own bounding box."""
    boxes = shapely.area(shapely.envelope(shapes))
    return bool((shapely.area(shapes) >= boxes * (1 - 1e-6)).all())


def _square_kilometres(grid: Grid, outline: Any) -> float:
    """Area on the ellipsoid; without a CRS, a pixel counts as a square metre."""
    parts = shapely.get_parts(outline)
    placed = shapely.transform(
        parts, lambda corners: np.column_stack(grid.pixels_to_crs(*corners.T))
    )
    geod = grid.geod
    if geod is None:
        return float(shapely.area(placed).sum()) / 1e6
    area, _ = areas_and_perimeters(grid.to_lonlat(placed), geod)
    return float(area.sum()) / 1e6


def _data_share(
    scene: Path | None, options: SegmentOptions, grid: Grid, outline: Any
) -> float:
    """Share of the outline with data; 1 if the scene is not known."""
    if scene is None:
        return 1.0
    with _open_scene(scene, options) as opened:
        _, valid, small = opened.thumbnail(THUMBNAIL_SIDE)
    to_thumbnail = ~small.transform @ grid.transform
    inside = (
        rasterize(
            [transform_geometries(outline, to_thumbnail)],
            out_shape=valid.shape,
            dtype="uint8",
        )
        > 0
    )
    return float(valid[inside].mean()) if inside.any() else 1.0
