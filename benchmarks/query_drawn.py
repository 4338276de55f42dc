"""Synthetic scenes with exact labels, and expressions generated from their geometry."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas
import numpy as np
import query_templates_groups as groups
import query_templates_places as places
import query_templates_relations as relations
import rasterio
import shapely
from query_arranged import CASTS, write_arranged
from query_facts import NOUNS, SIDE, Facts, Question, Rng
from query_scenes import LabelledQuery, LabelledScene

from rrsis_geo.scene.grid import Grid
from rrsis_geo.synthetic import write_scene

MAX_PER_KIND = 10
"""Maximum number of expressions of one kind per scene."""

Template = Callable[[Facts, Rng], Question | None]

EVERYWHERE: Mapping[str, Template] = {
    "alike": places.ask_alike,
    "both": places.ask_both,
    "between": relations.ask_between,
    "beside": relations.ask_beside,
    "big": places.ask_big,
    "closest": relations.ask_closest,
    "cluster": groups.ask_cluster,
    "compared": places.ask_compared,
    "edge": places.ask_edge,
    "except": places.ask_except,
    "extreme": places.ask_extreme,
    "length": places.ask_length,
    "limit": places.ask_limit,
    "near": relations.ask_near,
    "neighbour": relations.ask_neighbour,
    "nested": places.ask_nested,
    "order": places.ask_order,
    "place": places.ask_place,
    "quadrant": places.ask_quadrant,
    "size": places.ask_size,
    "within": relations.ask_within,
}
"""Templates for scenes drawn from a theme."""

ARRANGED: Mapping[str, Template] = {
    **EVERYWHERE,
    "along": relations.ask_along,
    "around": relations.ask_around,
    "counted": groups.ask_counted,
    "end": relations.ask_end,
    "holding": relations.ask_holding,
    "inside": relations.ask_inside,
    "isolated": groups.ask_isolated,
    "middle": groups.ask_middle,
    "opposite": relations.ask_opposite,
    "row": groups.ask_row,
    "row of": groups.ask_row_of,
    "some": groups.ask_some,
    "surrounded": relations.ask_surrounded,
}
"""Templates for arranged scenes."""

CROWDED = (
    *("storage_tank", "airplane", "building", "tennis_court", "swimming_pool"),
    *("baseball_diamond", "basketball_court", "ground_track_field", "ship"),
    "parking_lot",
)
"""Classes in expressions about scenes drawn from a theme."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """How a scene is drawn, and how its expressions are generated."""

    name: str
    """Theme and seed, or "arranged" and the index in `CASTS`."""
    write: Callable[[Path, Path], None]
    kinds: Mapping[str, Template]
    classes: tuple[str, ...]
    seed: int
    max_questions: int
    min_objects: int
    """Of a class that is the subject of an expression."""
    count_power: float
    """A class is chosen with a probability of its number of objects to this power."""
    tries: int
    """Number of tries with each template."""


def _themed(seed: int, theme: str) -> Drawn:
    return Drawn(
        name=f"{theme}{seed}",
        write=lambda path, labels: write_scene(
            path, labels, seed, width=SIDE, height=SIDE, gsd=0.5, theme=theme
        ),
        kinds=EVERYWHERE,
        classes=CROWDED,
        seed=seed,
        max_questions=300,
        min_objects=4,
        count_power=-0.5,
        tries=400,
    )


def _arranged(number: int) -> Drawn:
    return Drawn(
        name=f"arranged{number}",
        write=lambda path, labels: write_arranged(path, labels, number),
        kinds=ARRANGED,
        classes=tuple(NOUNS),
        seed=100 + number,
        max_questions=1000,
        min_objects=2,
        count_power=0,
        tries=2000,
    )


DRAWN = (
    _themed(11, "industrial"),
    _themed(12, "mixed"),
    *(_arranged(number) for number in range(len(CASTS))),
)
"""All scenes of the benchmark."""


def drawn_scene(drawn: Drawn) -> LabelledScene:
    """Return a scene of 3 km with its expressions; draw it if it is not cached."""
    folder = Path(tempfile.gettempdir()) / "rrsis-queries-drawn"
    folder.mkdir(exist_ok=True)
    path, labels = folder / f"{drawn.name}.tif", folder / f"{drawn.name}.gpkg"
    if not labels.exists():
        drawn.write(path, labels)
    with rasterio.open(path) as dataset:
        grid = Grid(dataset.transform, dataset.crs, dataset.width, dataset.height)
    table = geopandas.read_file(labels)
    table = table[table["class"].isin(drawn.classes)]
    to_pixels = Grid(~grid.transform, None, 1, 1)
    shapes = shapely.transform(
        table.geometry.to_numpy(),
        lambda xy: np.column_stack(to_pixels.pixels_to_crs(*xy.T)),
    )
    largest_parts = [
        max(shapely.get_parts(shape), key=lambda p: p.area) for shape in shapes
    ]
    kinds = tuple(table["class"])
    scene = LabelledScene(
        path=path,
        grid=grid,
        category=" ".join(sorted(set(kinds))),
        shapes=np.array(largest_parts, object),
        kinds=kinds,
        queries=(),
    )
    return replace(scene, queries=tuple(_questions(scene, drawn)))


def _questions(scene: LabelledScene, drawn: Drawn) -> list[LabelledQuery]:
    """Apply the templates in turn until there are enough expressions."""
    rng = np.random.default_rng(drawn.seed)
    facts = Facts(scene, min_objects=drawn.min_objects, count_power=drawn.count_power)
    queries: dict[str, LabelledQuery] = {}
    count = dict.fromkeys(drawn.kinds, 0)
    for name in list(drawn.kinds) * drawn.tries:
        if len(queries) >= drawn.max_questions:
            break
        if count[name] >= MAX_PER_KIND:
            continue
        question = drawn.kinds[name](facts, rng)
        if question is not None and question.text not in queries:
            count[name] += 1
            queries[question.text] = LabelledQuery(
                expression=question.text,
                type=name,
                targets=question.targets,
                enough=question.enough,
            )
    return list(queries.values())
