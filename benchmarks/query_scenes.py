"""Labelled real scenes and the whole-scene expressions written for them."""

from __future__ import annotations

import ast
import csv
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas
import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from shapely.affinity import scale

from rrsis_geo.expressions.wording.noun_choice import LEXICON
from rrsis_geo.query import Plan, make_plan
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.operators.evaluator import resolve
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import SCHEMA, Polygons
from rrsis_geo.vector.geodesic import areas_and_perimeters

UTM = CRS.from_epsg(32631)
"""Images without a georeference are placed in this zone, north up."""


@dataclass(frozen=True, kw_only=True)
class LabelledQuery:
    """An expression and the objects it refers to."""

    expression: str
    type: str
    targets: frozenset[int]
    enough: int | None = None
    """Number of targets to return ("one of the tanks"); None for all."""

    def is_right(self, answer: frozenset[int]) -> bool:
        """Whether an answer contains the right objects and no other."""
        if self.enough is None:
            return answer == self.targets
        return len(answer) == self.enough and answer <= self.targets


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelledScene:
    """An image, the outlines of all objects of some classes, and expressions."""

    path: Path
    grid: Grid
    category: str
    """Labelled classes, separated by spaces."""
    shapes: NDArray[np.object_]
    """(N,) outlines in pixels; None for a broken label."""
    kinds: tuple[str, ...] | None = None
    """Class of each shape, if there are several classes."""
    queries: tuple[LabelledQuery, ...]

    def knows(self, plan: Plan) -> bool:
        """Whether all phrases of a plan are plain names of labelled classes."""
        nouns = set(PLAIN)
        return all(
            one.phrase in nouns and set(one.categories) <= self.categories
            for one in plan.finds
        )

    @property
    def categories(self) -> frozenset[str]:
        """Classes of which all objects are labelled."""
        return frozenset(self.category.split())

    def objects_of(self, category: str) -> list[int]:
        """Return the indices of the valid labels of a class."""
        return [
            number
            for number, shape in enumerate(self.shapes)
            if shape is not None
            and (self.kinds is None or self.kinds[number] == category)
        ]


PLAIN = {noun[0].singular: category for category, noun in LEXICON.items()}
"""Plain name of each class, without attributes, and the class."""


def answer_from_labels(scene: LabelledScene, text: str) -> frozenset[int]:
    """Resolve an expression with labels in place of the network's predictions."""
    plan = make_plan(text)
    numbers: list[int] = []
    names: list[str] = []
    for one in plan.finds:
        for category in one.categories:
            if category in scene.categories:
                rows = scene.objects_of(category)
                numbers += rows
                names += [one.phrase] * len(rows)
    shapes = [scene.shapes[number] for number in numbers]
    labels_as_candidates = Candidates(
        candidates(scene.grid, names, shapes), scene.grid, plan.phrases
    )
    return frozenset(numbers[row] for row in resolve(plan, labels_as_candidates).rows)


def read_scenes(folder: Path) -> list[LabelledScene]:
    """Read all scenes of `expressions/scenes.jsonl`."""
    queries = defaultdict(list)
    for line in (folder / "expressions" / "scenes.jsonl").read_text().splitlines():
        row = json.loads(line)
        queries[row["image"]].append(
            LabelledQuery(
                expression=row["expression"],
                type=row["type"],
                targets=frozenset(row["targets"]),
            )
        )
    scenes = []
    for image, of_image in queries.items():
        path = folder / image
        if image.startswith("oam-banepa"):
            grid, shapes = _buildings(path)
            category = "building"
        elif image.startswith("airbus-oiltank"):
            grid, shapes, category = _flat(1.2), _tanks(path), "storage_tank"
        else:
            grid, shapes, category = _flat(0.5), _aircraft(path), "airplane"
        scenes.append(
            LabelledScene(
                path=path,
                grid=grid,
                category=category,
                shapes=shapes,
                queries=tuple(of_image),
            )
        )
    return scenes


def candidates(
    scene_grid: Grid, phrases: Sequence[str], shapes: Sequence[shapely.Geometry]
) -> Polygons:
    """Convert outlines in pixels to the candidates of a perfect network."""
    placed = shapely.transform(
        np.array(shapes, object),
        lambda xy: np.column_stack(scene_grid.pixels_to_crs(*xy.T)),
    )
    area, perimeter = areas_and_perimeters(
        scene_grid.to_lonlat(placed), scene_grid.geod
    )
    number = len(shapes)
    columns = {name: np.zeros(number, kind) for name, kind in SCHEMA.items()}
    columns |= {
        "id": np.arange(1, number + 1),
        "expression": np.array(phrases, object),
        "score": np.ones(number, np.float32),
        "area_m2": area,
        "perimeter_m": perimeter,
        "distance_m": np.full(number, np.nan),
        "why": np.full(number, "", object),
    }
    return Polygons(geometry=placed, crs=scene_grid.crs.to_wkt(), columns=columns)


def _flat(gsd: float) -> Grid:
    return Grid(Affine(gsd, 0, 500_000, 0, -gsd, 1_000_000), UTM, 2560, 2560)


def _tanks(path: Path) -> NDArray[np.object_]:
    shapes = []
    for row in _rows(path.parents[1] / "annotations.csv"):
        if row["image_id"] != path.stem:
            continue
        x1, y1, x2, y2 = ast.literal_eval(row["bounds"])
        if x2 <= x1 or y2 <= y1:
            shapes.append(None)
            continue
        disc = shapely.Point((x1 + x2) / 2, (y1 + y2) / 2).buffer(1.0, quad_segs=8)
        shapes.append(scale(disc, (x2 - x1) / 2, (y2 - y1) / 2))
    return np.array(shapes, object)


def _aircraft(path: Path) -> NDArray[np.object_]:
    rows = [
        row
        for row in _rows(path.parents[1] / "annotations.csv")
        if row["image_id"] == path.name
    ]
    boxes = [shapely.Polygon(ast.literal_eval(row["geometry"])) for row in rows]
    return np.array(boxes, object)


def _buildings(path: Path) -> tuple[Grid, NDArray[np.object_]]:
    with rasterio.open(path) as dataset:
        grid = Grid(dataset.transform, dataset.crs, dataset.width, dataset.height)
    labels = geopandas.read_file(path.with_name("buildings.geojson")).to_crs(grid.crs)
    to_pixels = Grid(~grid.transform, None, 1, 1)
    pixels = shapely.transform(
        labels.geometry.to_numpy(),
        lambda xy: np.column_stack(to_pixels.pixels_to_crs(*xy.T)),
    )
    largest_parts = [
        max(shapely.get_parts(shapely.make_valid(shape)), key=lambda part: part.area)
        for shape in pixels
    ]
    return grid, np.array(largest_parts, object)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))
