"""One polygon for an object that several overlapping or adjoining scenes show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from shapely.geometry.polygon import orient

from rrsis_geo.geodata.turns import turn_of, turned_towards
from rrsis_geo.many_scenes.scene_layer import BETWEEN_SCENES, ScenePart
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Polygons
from rrsis_geo.vector.geodesic import areas_and_perimeters

SAME_SHARE = 0.5
"""Two polygons are one object where they share this much of what the smaller has
inside the ground that both scenes show; as candidates of one scene (decision 0169)."""

NEAR = 0.5
"""Pixels between the edges of adjoining scenes, whose grids need not fit."""

CONTACT = 1.5
"""Pixels of common outline from which two parts at edges of scenes are one object.

Half a pixel around, a side of one pixel measures 2, a common corner 1: pixels that
touch at a corner belong to different objects within a scene, too."""


def merge_objects(
    polygons: Polygons, parts: Sequence[ScenePart]
) -> tuple[Polygons, int]:
    """Join polygons of one expression from different scenes that are one object.

    The largest of them gives score, rank, distance and reason, all of them the area and
    outline, and `scene` names all. An object touches an edge where all its polygons do
    and their union still reaches the edge of what the scenes cover together.

    Args:
        polygons: The layer that `join_parts` made of `parts`.
        parts: Their scenes.

    Returns:
        The layer, and how many polygons were joined into others.
    """
    frames = np.array([part.outline(polygons.crs) for part in parts], np.object_)
    polygons, frames = _in_one_turn(polygons, frames)
    sizes = np.array([part.grid.width * part.grid.height for part in parts])
    pixels = np.sqrt(shapely.area(frames) / sizes)
    scene = np.repeat(np.arange(len(parts)), [len(part.polygons) for part in parts])
    groups = _groups(len(polygons), _same_objects(polygons, scene, frames, pixels))
    kept = [group for group in groups if len(group)]
    several = [group for group in kept if len(group) > 1]
    if not several:
        return polygons, 0
    ground = shapely.union_all(frames)
    first = np.array([_largest(polygons, group) for group in kept])
    order = np.array([group[0] for group in kept])
    columns = {name: values[first] for name, values in polygons.columns.items()}
    geometry = polygons.geometry[first]
    for place, group in enumerate(kept):
        if len(group) < 2:
            continue
        members = {name: values[group] for name, values in polygons.columns.items()}
        pixel = float(pixels[scene[group]].max())
        whole = _union(polygons.geometry[group], pixel)
        geometry[place] = whole
        columns["score_max"][place] = members["score_max"].max()
        cut = bool(members["touches_edge"].all())
        columns["touches_edge"][place] = cut and _reaches(whole, ground, pixel)
        for name in ("scene", "scene_crs"):
            texts = dict.fromkeys(members[name])
            columns[name][place] = BETWEEN_SCENES.join(texts)
        for name, value in _measured(whole, polygons.crs).items():
            columns[name][place] = value
    sequence = np.argsort(order, kind="stable")
    columns = {name: values[sequence] for name, values in columns.items()}
    columns["id"] = np.arange(1, len(kept) + 1, dtype=columns["id"].dtype)
    merged = replace(polygons, geometry=geometry[sequence], columns=columns)
    return merged, len(polygons) - len(kept)


def _in_one_turn(
    polygons: Polygons, frames: NDArray[np.object_]
) -> tuple[Polygons, NDArray[np.object_]]:
    """Polygons and frames on the first frame's side of the antimeridian."""
    turn = None if polygons.crs is None else turn_of(polygons.crs)
    if turn is None:
        return polygons, frames
    x = float(shapely.bounds(frames[0])[::2].mean())
    near = replace(polygons, geometry=turned_towards(polygons.geometry, x, turn))
    return near, turned_towards(frames, x, turn)


def _same_objects(
    polygons: Polygons,
    scene: NDArray[np.int64],
    frames: NDArray[np.object_],
    pixels: NDArray[np.float64],
) -> list[tuple[int, int]]:
    """Pairs of polygons that are the same object, or parts of one."""
    shapes = polygons.geometry
    if not len(shapes):
        return []
    tree = shapely.STRtree(shapes)
    near = float(pixels.max()) * NEAR
    left, right = tree.query(shapes, predicate="dwithin", distance=near)
    texts = polygons.columns["expression"]
    fit = (left < right) & (scene[left] != scene[right]) & (texts[left] == texts[right])
    common: dict[tuple[int, int], Any] = {}
    pairs = []
    for one, other in zip(left[fit].tolist(), right[fit].tolist(), strict=True):
        at = int(scene[one]), int(scene[other])
        if at not in common:
            common[at] = shapely.intersection(frames[at[0]], frames[at[1]])
        pixel = float(max(pixels[at[0]], pixels[at[1]]))
        cut = polygons.columns["touches_edge"][[one, other]].all()
        if _overlap(shapes[one], shapes[other], common[at]) or (
            cut and _adjoin(shapes[one], shapes[other], pixel)
        ):
            pairs.append((one, other))
    return pairs


def _overlap(one: Any, other: Any, common: Any) -> bool:
    """Whether two polygons agree on the ground that both scenes show."""
    shared = one.intersection(other).area
    if not shared:
        return False
    seen = min(one.intersection(common).area, other.intersection(common).area)
    return bool(shared >= SAME_SHARE * seen)


def _adjoin(one: Any, other: Any, pixel: float) -> bool:
    """Whether two polygons meet along a line, and not only at a corner."""
    outline = one.boundary.intersection(other.buffer(NEAR * pixel))
    return bool(outline.length > CONTACT * pixel)


def _union(shapes: NDArray[np.object_], pixel: float) -> Any:
    """The union, without a gap that is narrower than half a pixel."""
    whole: Any = shapely.union_all(shapes)
    if whole.geom_type != "Polygon":
        wide = whole.buffer(NEAR * pixel, join_style="mitre")
        whole = wide.buffer(-NEAR * pixel, join_style="mitre")
    return orient(whole) if whole.geom_type == "Polygon" else whole


def _reaches(shape: Any, ground: Any, pixel: float) -> bool:
    """Whether a polygon comes to the edge of the ground that the scenes cover."""
    return bool(shape.distance(ground.boundary) <= NEAR * pixel)


def _largest(polygons: Polygons, group: list[int]) -> int:
    areas = polygons.columns["area_m2"][group]
    return group[int(np.argmax(areas))]


def _groups(count: int, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Connected numbers, each group under its lowest one and in order."""
    lowest = list(range(count))

    def root(number: int) -> int:
        while lowest[number] != number:
            lowest[number] = lowest[lowest[number]]
            number = lowest[number]
        return number

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        lowest[high] = low
    groups: list[list[int]] = [[] for _ in range(count)]
    for number in range(count):
        groups[root(number)].append(number)
    return groups


def _measured(shape: Any, crs: str | None) -> dict[str, float]:
    """Area, perimeter and centroid on the ground."""
    parts = np.asarray(shapely.get_parts(shape), np.object_)
    if crs is None:
        return {"area_m2": shape.area, "perimeter_m": shape.length}
    grid = Grid(Affine.identity(), CRS.from_wkt(crs), 1, 1)
    geod = grid.geod
    if geod is None:
        return {}
    areas, perimeters = areas_and_perimeters(grid.to_lonlat(parts), geod)
    centre = np.array([shapely.centroid(shape)], np.object_)
    lon, lat = shapely.get_coordinates(grid.to_lonlat(centre))[0]
    return {
        "area_m2": float(areas.sum()),
        "perimeter_m": float(perimeters.sum()),
        "lon": float((lon + 180) % 360 - 180),
        "lat": float(lat),
    }
