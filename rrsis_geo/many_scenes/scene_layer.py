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
    for name in frame.columns.drop("geometry"):
        values = frame[name].to_numpy()
        dtype = SCHEMA.get(name, values.dtype)
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
    names = dict.fromkeys(name for polygons in moved for name in polygons.columns)
    columns = {name: _joined(name, moved) for name in (*SCHEMA, *names)}
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


def _joined(name: str, moved: Sequence[Polygons]) -> NDArray[Any]:
    """A column of all scenes; fields of own layers are missing where none was found."""
    if name in SCHEMA:
        empty = np.array([], SCHEMA[name])
        return np.concatenate([empty, *(part.columns[name] for part in moved)])
    parts = [part for part in moved if len(part)]
    pieces = [part.columns.get(name) for part in parts]
    kinds = {piece.dtype for piece in pieces if piece is not None}
    present = [piece for piece in pieces if piece is not None]
    if len(kinds) == 1 and len(present) == len(parts):
        return np.concatenate(present)
    numbers = all(kind.kind in "iufb" for kind in kinds)
    missing, dtype = (np.nan, np.float64) if numbers else (None, np.object_)
    return np.concatenate(
        [
            np.full(len(part), missing, dtype) if piece is None else piece.astype(dtype)
            for part, piece in zip(parts, pieces, strict=True)
        ]
        or [np.array([], dtype)]
    )
