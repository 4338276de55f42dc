"""A layer of polygons against a layer of true ones: reading both, and their frame."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from rasterio.crs import CRS
from rasterio.errors import CRSError
from rasterio.features import rasterize

from rrsis_geo.errors import DataError, OptionError
from rrsis_geo.evaluation.scenes.object_matching import (
    Matches,
    Numbers,
    ObjectScores,
    score,
)
from rrsis_geo.job import SegmentOptions
from rrsis_geo.scene.aoi import read_aoi
from rrsis_geo.scene.grid import Grid
from rrsis_geo.scene.scene import Scene
from rrsis_geo.tiling.windows import plan_windows
from rrsis_geo.vector.geodesic import areas_and_perimeters

LOOK = 1024
"""Pixels of the longer side of the picture of a scene in which data is counted."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame:
    """What was searched."""

    grid: Grid
    outline: Any
    """In pixels of the grid."""
    km2: float
    """Ground with data in the outline; 0 = not known."""
    borders: tuple[Numbers, Numbers] | None
    """Columns and rows where windows end; None where no manifest tells."""
    scene: Path | None = None
    """The image, where it is still there."""
    options: SegmentOptions = field(default_factory=SegmentOptions)
    """How the run read it."""

    def open_scene(self) -> AbstractContextManager[Scene] | None:
        """The image for reading; None where it is not known."""
        return None if self.scene is None else _opened(self.scene, self.options)


@dataclass(frozen=True, kw_only=True, eq=False)
class SceneScore:
    """Polygons of one scene, scored."""

    scores: ObjectScores
    matches: Matches
    rule: str
    frame: Frame
    polygons: NDArray[np.object_]
    """(N,) found, in pixels of the frame's grid."""
    objects: NDArray[np.object_]
    """(M,) true ones, likewise."""


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

    Objects and polygons count where most of them lies in what was searched: the grid,
    `bbox` and `aoi` of the run whose manifest lies beside the polygons, else the
    scene, else everything; always inside `within`.

    Args:
        found: Vector file of polygons, as `segment` writes it.
        truth: Vector file of the true ones, in any CRS.
        scene: The image; None: that of the manifest, if there is one.
        within: Vector file of polygons; only what lies inside counts.
        expression: Which of the expressions of `found`; None where there is one.
        where: Name and value of a field of `truth`; only these rows count.
        rule: outline or box; None: box where every true object is a rectangle.

    Raises:
        DataError: a layer cannot be read, has no polygons or no CRS.
        OptionError: an option does not fit the layers.
        SceneError: the scene cannot be opened.
    """
    polygons = _of_expression(_read(found, "polygons"), found, expression)
    objects = _where(_read(truth, "truth"), truth, where)
    frame = _frame(found, polygons, scene, within)
    placed = _placed(polygons, frame.grid, found)
    true = _placed(objects, frame.grid, truth)
    placed, true = (shapes[_inside(shapes, frame.outline)] for shapes in (placed, true))
    rule = rule or ("box" if _are_boxes(true) else "outline")
    scores, matches = score(
        placed, true, rule=rule, borders=frame.borders, km2=frame.km2
    )
    return SceneScore(
        scores=scores,
        matches=matches,
        rule=rule,
        frame=frame,
        polygons=placed,
        objects=true,
    )


def _read(path: Path, what: str) -> gpd.GeoDataFrame:
    try:
        frame = gpd.read_file(path)
    except (DataSourceError, DataLayerError, OSError) as error:
        reason = (
            str(error).splitlines()[0] if path.exists() else "there is no such file"
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


def _of_expression(
    frame: gpd.GeoDataFrame, path: Path, expression: str | None
) -> gpd.GeoDataFrame:
    if "expression" not in frame:
        if expression is not None:
            raise OptionError(f"polygons {path}: have no attribute 'expression'")
        return frame
    there = sorted(set(frame["expression"].astype(str)))
    if expression is not None:
        if len(there) and expression not in there:
            raise OptionError(
                f"polygons {path}: none is of the expression {expression!r}; there "
                f"are {there}"
            )
        return frame[frame["expression"].astype(str) == expression]
    if len(there) > 1:
        raise OptionError(
            f"polygons {path}: of several expressions; choose one of {there}"
        )
    return frame


def _where(
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


def _frame(
    found: Path, polygons: gpd.GeoDataFrame, scene: Path | None, within: Path | None
) -> Frame:
    """What was searched, as the manifest or the scene tells."""
    manifest = _manifest(found)
    options = SegmentOptions(aoi=None if within is None else str(within))
    asked = SegmentOptions()
    if manifest is not None:
        grid = _grid(manifest["grid"])
        job = manifest["job"]
        asked = SegmentOptions.from_mapping(job["options"])
        limits = [read_aoi(asked, grid), read_aoi(options, grid)]
        borders = window_borders(grid, asked)
        if scene is None and Path(job["scene"]).exists():
            scene = Path(job["scene"])
        known: Grid | None = grid
    elif scene is not None:
        with _opened(scene, asked) as opened:
            grid = known = opened.native
        limits, borders = [read_aoi(options, grid)], None
    else:
        crs = None if polygons.crs is None else CRS.from_wkt(polygons.crs.to_wkt())
        grid, known = Grid(Affine.identity(), crs, 1, 1), None
        if within is not None:
            raise OptionError(
                "within needs the scene, or the run manifest beside the polygons"
            )
        limits, borders = [], None
    outline: Any = shapely.box(-np.inf, -np.inf, np.inf, np.inf)
    if known is None:
        return Frame(grid=grid, outline=outline, km2=0.0, borders=None)
    outline = shapely.box(0, 0, grid.width, grid.height)
    for limit in limits:
        outline = outline if limit is None else outline.intersection(limit.shape)
    share = _data_share(scene, asked, grid, outline)
    return Frame(
        grid=grid,
        outline=outline,
        km2=_square_kilometres(grid, outline) * share,
        borders=borders,
        scene=scene,
        options=asked,
    )


def _opened(scene: Path, options: SegmentOptions) -> AbstractContextManager[Scene]:
    return Scene.open(
        str(scene), crs=options.crs, pixel_coordinates=options.pixel_coordinates
    )


def _manifest(found: Path) -> dict[str, Any] | None:
    """The manifest of the run that wrote the polygons, where it lies beside them."""
    path = found.with_name(found.stem + ".run.json")
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as a run manifest: {error}") from error
    if not isinstance(body, dict) or not {"grid", "job"} <= set(body):
        raise DataError(f"{path}: is no run manifest")
    return body


def _grid(values: dict[str, Any]) -> Grid:
    try:
        crs = None if values["crs"] is None else CRS.from_user_input(values["crs"])
        transform = Affine(*values["transform"])
        return Grid(transform, crs, int(values["width"]), int(values["height"]))
    except (KeyError, TypeError, ValueError, CRSError) as error:
        raise DataError(f"the run manifest's grid is damaged: {error!r}") from error


def window_borders(grid: Grid, options: SegmentOptions) -> tuple[Numbers, Numbers]:
    """Columns and rows inside a grid where a window of a run begins or ends."""
    size = options.window_size
    windows = plan_windows(grid.width, grid.height, size=size, overlap=options.overlap)
    ends = []
    for length, starts in (
        (grid.width, {int(window.col_off) for window in windows}),
        (grid.height, {int(window.row_off) for window in windows}),
    ):
        lines = starts | {start + size for start in starts}
        inside = sorted(line for line in lines if 0 < line < length)
        ends.append(np.array(inside, np.int64))
    return ends[0], ends[1]


def _placed(frame: gpd.GeoDataFrame, grid: Grid, path: Path) -> NDArray[np.object_]:
    """The layer's polygons in pixels of the grid."""
    if grid.crs is None:
        if frame.crs is not None:
            raise DataError(
                f"{path}: has a CRS, but the scene is in pixels without one"
            )
    elif frame.crs is None:
        raise DataError(
            f"{path}: has no CRS, so it has no place; write one into the file "
            f"(ogr2ogr -a_srs EPSG:... mended.gpkg {path})"
        )
    else:
        frame = frame.to_crs(grid.crs.to_wkt())
    shapes = np.asarray(frame.geometry.array, np.object_)
    return np.asarray(shapely.make_valid(moved(shapes, ~grid.transform)), np.object_)


def moved(shapes: Any, transform: Affine) -> Any:
    """Geometries with every corner sent through the transform."""
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


def _inside(shapes: NDArray[np.object_], outline: Any) -> NDArray[np.bool_]:
    """Which lie in the outline for at least half of their area."""
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
    """On the ellipsoid; a pixel is a square metre without a CRS."""
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
    """Of the outline, what has data; 1 where the scene is no longer there."""
    if scene is None:
        return 1.0
    with _opened(scene, options) as opened:
        _, valid, small = opened.thumbnail(LOOK)
    # from pixels of the grid over the ground to pixels of the picture
    onto = ~small.transform @ grid.transform
    inside = rasterize([moved(outline, onto)], out_shape=valid.shape, dtype="uint8") > 0
    return float(valid[inside].mean()) if inside.any() else 1.0
