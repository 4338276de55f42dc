"""Reads the layers of the user: in the CRS of the scene, clipped to the area."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import ProjError

from rrsis_geo.errors import OptionError
from rrsis_geo.geodata.vector_layers import (
    LayerRole,
    VectorLayer,
    only_areas,
    read_vector_layer,
    split_layer_name,
)
from rrsis_geo.job_texts import OwnLayer
from rrsis_geo.pipeline.own_layers.feature_measures import measured
from rrsis_geo.query.lexicon.nouns import singular
from rrsis_geo.query.own_layers.own_features import LayerFeatures, OwnFeatures, around
from rrsis_geo.scene.aoi import Aoi, check_located
from rrsis_geo.scene.grid import Grid, wkt2
from rrsis_geo.scene.placement import box_around, place_lines, place_polygons

Frames = Mapping[str, gpd.GeoDataFrame]
"""Word -> layer that was given as a table, from Python."""

OwnLayers = Mapping[str, "str | os.PathLike[str] | gpd.GeoDataFrame | OwnLayer"]
"""Noun -> layer, as given from Python."""

Shapes = NDArray[np.object_]

REACH_PIXELS = 3.0
"""Pixels around lines and points that speak of them."""


def layers_and_tables(given: OwnLayers) -> tuple[tuple[OwnLayer, ...], dict[str, Any]]:
    """Layers of a job, and the tables among them by word.

    Raises:
        OptionError: one is neither a path nor a table with geometry.
    """
    if not isinstance(given, Mapping):
        raise OptionError(
            'own_layers must be a mapping like {"road": "roads.gpkg"}, got '
            f"{type(given).__name__}"
        )
    layers, frames = [], {}
    for word, layer in given.items():
        if isinstance(layer, gpd.GeoDataFrame):
            layers.append(OwnLayer(word))
            frames[layers[-1].word] = layer
        elif isinstance(layer, OwnLayer):
            layers.append(dataclasses.replace(layer, word=word))
        elif isinstance(layer, str | os.PathLike):
            layers.append(OwnLayer(word, os.fspath(layer)))
        else:
            raise OptionError(
                f"own layer {word}: must be a path or a GeoDataFrame, got "
                f"{type(layer).__name__}"
            )
        frame = frames.get(layers[-1].word)
        if frame is not None and frame._geometry_column_name not in frame.columns:
            raise OptionError(f"own layer {word}: its table has no geometry column")
    return tuple(layers), frames


def read_own_layers(
    layers: Sequence[OwnLayer],
    grid: Grid,
    aoi: Aoi | None,
    *,
    frames: Frames | None = None,
) -> tuple[OwnFeatures, tuple[str, ...]]:
    """Read layers, reproject them and clip them to the area that is searched.

    Args:
        layers: Those that a question asks for.
        grid: What the scene is read at.
        aoi: Only what lies inside is searched; None: all of the grid.
        frames: Layers that have no path.

    Returns:
        The features, and notes for the user.

    Raises:
        OptionError: a layer cannot be read, has no CRS, or cannot be placed.
    """
    found, notes = [], list[str]()
    for layer in layers:
        features, said = _read(layer, grid, aoi, (frames or {}).get(layer.word))
        found.append(features)
        notes += said
    return OwnFeatures(tuple(found)), tuple(notes)


def layer_facts(layer: OwnLayer, frames: Frames | None = None) -> dict[str, Any]:
    """What identifies a layer and its state, as JSON values."""
    frame = (frames or {}).get(layer.word)
    facts: dict[str, Any] = {"word": layer.word, "path": layer.path or None}
    facts["where"] = layer.where
    if frame is not None:
        facts |= {"features": len(frame), "sha256": _digest(frame)}
        return facts
    path, name = split_layer_name(layer.path)
    facts["layer"] = name
    if os.path.exists(path):
        status = os.stat(path)
        facts["path"] = os.path.abspath(path) + layer.path[len(path) :]
        facts |= {"bytes": status.st_size, "modified_ns": status.st_mtime_ns}
    return facts


def _digest(frame: gpd.GeoDataFrame) -> str:
    digest = hashlib.sha256(str(frame.crs).encode())
    for shape in shapely.to_wkb(np.asarray(frame.geometry, np.object_)):
        digest.update(shape or b"-")
    fields = frame.drop(columns=frame.geometry.name)
    digest.update(fields.to_csv(index=False).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _read(
    given: OwnLayer, grid: Grid, aoi: Aoi | None, frame: gpd.GeoDataFrame | None
) -> tuple[LayerFeatures, list[str]]:
    title = f"own layer {given.word}"
    layer = _layer(given, grid, frame)
    name = f"{title} ({given.path})" if given.path else title
    check_located(name, given.path, layer.crs, grid)
    notes = list(layer.notes)
    shapes, rows, left_out = _usable(layer.frame)
    if left_out:
        notes.append(
            f"{name}: {left_out} of its {len(layer.frame)} features have no geometry "
            "and are left out"
        )
    try:
        placed = _placed(shapes, layer.crs, grid)
    except ProjError as error:
        raise OptionError(
            f"{name}: cannot be transformed to the scene's CRS: {error}"
        ) from error
    clipped, cut = _clipped(placed, grid, aoi)
    kept = np.flatnonzero(~shapely.is_empty(clipped))
    if not len(kept):
        notes.append(f"{name}: no feature lies in the area that is searched")
    same = grid.crs is not None and layer.crs == pyproj.CRS.from_wkt(wkt2(grid.crs))
    moved = _in_crs(clipped[kept], grid)
    if same:  # without the rounding of a way through pixels
        whole = ~cut[kept]
        moved[whole] = shapely.force_2d(shapes[kept][whole])
    fields = layer.frame.drop(columns=layer.frame.geometry.name).iloc[rows[kept]]
    pixel = float(np.sqrt(abs(grid.transform.determinant)))
    return (
        LayerFeatures(
            word=given.word,
            polygons=measured(moved, grid, at_edge=cut[kept]),
            attributes={str(key): _values(fields[key]) for key in fields.columns},
            evidence_shapes=around(moved, REACH_PIXELS * pixel),
        ),
        notes,
    )


def _layer(given: OwnLayer, grid: Grid, frame: gpd.GeoDataFrame | None) -> VectorLayer:
    if frame is not None:
        return VectorLayer(frame=frame)
    if not given.path:
        raise OptionError(
            f"own layer {given.word}: has no file; a table goes with the call "
            "segment(..., own_layers={...})"
        )
    words = given.word.casefold()
    last = singular(words)
    return read_vector_layer(
        given.path,
        LayerRole(
            name=f"own layer {given.word}",
            error=OptionError,
            names=tuple({words, last, f"{last}s", words.replace(" ", "_")}),
            any_geometry=True,
        ),
        where=given.where,
        box=lambda crs, span: box_around(grid, crs, span),
    )


def _usable(frame: gpd.GeoDataFrame) -> tuple[Shapes, NDArray[np.intp], int]:
    """Valid shapes of one dimension each, their rows, and how many have none."""
    given = np.asarray(frame.geometry, np.object_)
    there = ~(shapely.is_missing(given) | shapely.is_empty(given))
    rows = np.flatnonzero(there)
    shapes: Shapes = np.asarray(shapely.force_2d(given[rows]), np.object_)
    bounds = shapely.bounds(shapes)
    finite = np.isfinite(bounds).all(axis=1) if len(shapes) else np.zeros(0, np.bool_)
    rows, shapes = rows[finite], shapes[finite]
    dimension = shapely.get_dimensions(shapes)
    odd = ~shapely.is_valid(shapes)
    odd |= np.isin(shapely.get_type_id(shapes), (2, 7))  # rings, collections
    for index in np.flatnonzero(odd):
        repaired = shapely.make_valid(shapes[index])
        shapes[index] = _of_dimension(repaired, int(dimension[index]))
    filled = ~shapely.is_empty(shapes)
    return shapes[filled], rows[filled], len(given) - int(filled.sum())


def _of_dimension(shape: Any, dimension: int) -> Any:
    """The parts of a shape that are areas, lines or points, the others left out."""
    if dimension == 2:
        return only_areas(shape)
    parts = shapely.get_parts(shapely.get_parts(shape))
    parts = parts[shapely.get_dimensions(parts) == dimension]
    if dimension == 1:  # a ring becomes a line
        lines: Any = [shapely.get_coordinates(one) for one in parts]
        parts = np.array([shapely.linestrings(line) for line in lines], np.object_)
    if len(parts) == 1:
        return parts[0]
    gather = shapely.multilinestrings if dimension == 1 else shapely.multipoints
    return gather(list(parts))


def _placed(shapes: Shapes, crs: Any, grid: Grid) -> Shapes:
    """Shapes in pixels of a grid; empty where they are far from it."""
    result = np.full(len(shapes), shapely.Point(), np.object_)
    areas = shapely.get_dimensions(shapes) == 2
    if areas.any():
        result[areas] = place_polygons(shapes[areas], crs, grid)
    if not areas.all():
        result[~areas] = place_lines(shapes[~areas], crs, grid)
    return result


def _clipped(
    placed: Shapes, grid: Grid, aoi: Aoi | None
) -> tuple[Shapes, NDArray[np.bool_]]:
    """Shapes inside of the area that is searched, and which of them were cut."""
    area: Any = shapely.box(0, 0, grid.width, grid.height) if aoi is None else aoi.shape
    shapely.prepare(area)
    meets = shapely.intersects(area, placed)
    inside = meets & shapely.covers(area, placed)
    result = np.full(len(placed), shapely.Point(), np.object_)
    result[inside] = placed[inside]
    cut = meets & ~inside
    for index in np.flatnonzero(cut):
        common = shapely.intersection(placed[index], area)
        dimension = int(shapely.get_dimensions(placed[index]))
        if int(shapely.get_dimensions(common)) >= dimension:
            result[index] = _of_dimension(common, dimension)
    return result, cut


def _in_crs(shapes: Shapes, grid: Grid) -> Shapes:
    moved: Shapes = shapely.transform(
        shapes, lambda corners: np.column_stack(grid.pixels_to_crs(*corners.T))
    )
    return moved


def _values(column: Any) -> NDArray[Any]:
    """A field as int64, float64, bool, or texts and None."""
    kind = getattr(column.dtype, "kind", "O")
    values = np.asarray(column)
    if kind in "iu" and values.dtype.kind in "iu":
        return values.astype(np.int64)
    if kind == "f" and values.dtype.kind == "f":
        return values.astype(np.float64)
    if kind == "b" and values.dtype.kind == "b":
        return values
    texts = np.full(len(values), None, np.object_)
    missing = np.asarray(column.isna())
    for index in np.flatnonzero(~missing):
        texts[index] = _text(column.iloc[index])
    return texts


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list | tuple | dict | np.ndarray):
        plain = value.tolist() if isinstance(value, np.ndarray) else value
        return json.dumps(plain, ensure_ascii=False, default=str)
    return str(value)
