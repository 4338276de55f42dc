"""One layer of what was found in many scenes, with a column that names the scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS

from rrsis_geo.files.file_names import literal_path
from rrsis_geo.scene.grid import Grid, wkt2
from rrsis_geo.types import SCHEMA, Polygons
from rrsis_geo.vector.coordinates.reprojection import reproject
from rrsis_geo.vector.writers import no_polygons

SCENE_COLUMNS = ("scene", "scene_crs")
"""Columns besides those of `SCHEMA`: what opened the scene, and its CRS."""

BETWEEN_SCENES = "; "
"""Stands between the scenes of an object that several show."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ScenePart:
    """What was found in one scene."""

    scene: str
    """What opened it."""
    grid: Grid
    """What it was read at."""
    crs: str
    """Code or WKT of its CRS; "" in pixel coordinates."""
    polygons: Polygons
    """In its CRS."""

    @classmethod
    def of_run(
        cls, scene: str, manifest: Mapping[str, Any], polygons: Polygons
    ) -> ScenePart:
        """The part of a run, whose manifest says what the scene was read at."""
        grid = manifest["grid"]
        crs = None if grid["crs"] is None else CRS.from_user_input(grid["crs"])
        return cls(
            scene=scene,
            grid=Grid(Affine(*grid["transform"]), crs, grid["width"], grid["height"]),
            crs=grid["crs"] or "",
            polygons=replace(polygons, crs=None if crs is None else wkt2(crs)),
        )

    def outline(self, crs: str | None) -> Any:
        """The scene's frame as a polygon in a CRS; the pixels', if that is None."""
        width, height = self.grid.width, self.grid.height
        columns, rows = np.array([[0, width, width, 0], [0, 0, height, height]], float)
        corners = np.column_stack(self.grid.pixels_to_crs(columns, rows))
        nowhere = {name: np.full(1, np.nan) for name in ("lon", "lat")}
        frame = Polygons(
            geometry=np.array([shapely.Polygon(corners)], np.object_),
            crs=self.polygons.crs,
            columns=nowhere,
        )
        return (frame if crs is None else reproject(frame, crs)).geometry[0]


def read_part(path: str) -> Polygons:
    """Polygons of a scene as they were written, but without their CRS."""
    with literal_path(Path(path)) as literal:
        frame = pyogrio.read_dataframe(literal)
    columns: dict[str, NDArray[Any]] = {}
    for name, dtype in SCHEMA.items():
        values = frame[name].to_numpy()
        columns[name] = values.astype(dtype) if len(frame) else np.array([], dtype)
    geometry = np.asarray(frame.geometry, np.object_)
    return Polygons(geometry=geometry, crs=None, columns=columns)


def join_parts(parts: Sequence[ScenePart], crs: str | None) -> Polygons:
    """The polygons of all scenes in one layer, in the order of the scenes.

    Args:
        parts: At least one; in pixel coordinates all of them or none.
        crs: WKT of the layer's CRS; None in pixel coordinates.

    Raises:
        OutputError: a polygon lies outside the domain of the CRS.
    """
    moved = [
        part.polygons if crs is None else reproject(part.polygons, crs)
        for part in parts
    ]
    empty = no_polygons(crs)
    counts = [len(polygons) for polygons in moved]
    columns = {
        name: np.concatenate([empty.columns[name], *(p.columns[name] for p in moved)])
        for name in SCHEMA
    }
    columns["id"] = np.arange(1, sum(counts) + 1, dtype=SCHEMA["id"])
    for name, values in zip(
        SCENE_COLUMNS, ([p.scene for p in parts], [p.crs for p in parts]), strict=True
    ):
        columns[name] = np.repeat(np.array(values, np.object_), counts)
    return Polygons(
        geometry=np.concatenate([empty.geometry, *(p.geometry for p in moved)]),
        crs=crs,
        columns=columns,
    )
