"""Scores of a layer of polygons against a layer of true objects."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize

from rrsis_geo.errors import OptionError
from rrsis_geo.evaluation.scenes.object_matching import (
    Matches,
    Numbers,
    ObjectScores,
    score,
)
from rrsis_geo.evaluation.scenes.run_record import RunRecord, read_run_record
from rrsis_geo.evaluation.scenes.scored_layers import (
    FOUND,
    TRUTH,
    WITHIN,
    grid_around,
    place_layer,
    read_polygons,
    refuse_far_apart,
    select_expression,
    select_rows,
)
from rrsis_geo.geodata.vector_layers import split_layer_name
from rrsis_geo.job import SegmentOptions
from rrsis_geo.scene.aoi import read_aoi, read_area
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
    notes: tuple[str, ...] = ()
    """What was chosen for the user, a line each."""

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
    notes: tuple[str, ...] = ()
    """What was chosen for the user, a line each."""


def score_polygons(
    found: Path,
    truth: Path,
    *,
    scene: Path | None = None,
    within: Path | None = None,
    expression: str | None = None,
    where: tuple[str, str] | None = None,
    rule: str | None = None,
    layer: str | None = None,
    truth_layer: str | None = None,
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
        layer: Layer of `found`; None: the only one with polygons, or of `segment`.
        truth_layer: Layer of `truth`; None: the only one with polygons.

    Raises:
        DataError: A layer cannot be read, has no polygons or no CRS.
        OptionError: An option does not fit the layers.
        SceneError: The scene cannot be opened.
    """
    polygons, notes = read_polygons(found, FOUND, layer)
    polygons = select_expression(polygons, found, expression)
    objects, more = read_polygons(truth, TRUTH, truth_layer)
    objects = select_rows(objects, truth, where)
    anywhere = grid_around(polygons if len(polygons) else objects)
    path, named = split_layer_name(str(found))
    record = read_run_record(Path(path), layer=layer or named, scene=scene)
    area = _searched_area(record, anywhere, scene, within)
    cut = area.grid is not anywhere
    predicted = place_layer(polygons, area.grid, FOUND, found, cut=cut)
    true = place_layer(objects, area.grid, TRUTH, truth, cut=cut)
    if not cut:
        refuse_far_apart(predicted, true, truth)
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
        notes=(*notes, *more, *area.notes),
    )


def _searched_area(
    record: RunRecord | None, anywhere: Grid, scene: Path | None, within: Path | None
) -> SearchedArea:
    """The searched area, from the run manifest, else the scene, else `anywhere`."""
    run_options = SegmentOptions()
    limits, borders = [], None
    if record is not None:
        grid, run_options = record.grid, record.options
        limits.append(read_aoi(run_options, grid))
        borders = window_borders(grid, run_options)
        scene = scene or record.scene
    elif scene is not None:
        with _open_scene(scene, run_options) as opened:
            grid = opened.native
    elif within is not None:
        raise OptionError(
            "--within needs the scene (--scene), or the run manifest beside the "
            "polygons"
        )
    else:
        everything = shapely.box(-np.inf, -np.inf, np.inf, np.inf)
        return SearchedArea(grid=anywhere, outline=everything, km2=0.0, borders=None)
    if within is not None:
        limits.append(read_area(str(within), grid, WITHIN))
    outline: Any = shapely.box(0, 0, grid.width, grid.height)
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
        notes=tuple(note for limit in limits if limit for note in limit.notes),
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
    # what is far from the scene is empty
    return np.asarray((covered > 0) & (covered >= 0.5 * shapely.area(shapes)), np.bool_)


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
