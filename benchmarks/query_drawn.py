"""Drawn scenes with exact labels, and questions that are true by their geometry."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas
import numpy as np
import query_asks_groups as groups
import query_asks_places as places
import query_asks_relations as relations
import rasterio
import shapely
from query_arranged import CASTS, write_arranged
from query_facts import NOUNS, SIDE, Facts, Made, Rng
from query_scenes import Asked, LabelledScene

from rrsis_geo.scene.grid import Grid
from rrsis_geo.synthetic import write_scene

EACH = 10
"""Questions of one kind to a scene, at most."""

Ask = Callable[[Facts, Rng], Made]

EVERYWHERE: Mapping[str, Ask] = {
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
"""Kinds of questions that are asked about scenes as they are drawn."""

ARRANGED: Mapping[str, Ask] = {
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
"""Kinds for scenes where things are arranged for them as well."""

CROWDED = (
    *("storage_tank", "airplane", "building", "tennis_court", "swimming_pool"),
    *("baseball_diamond", "basketball_court", "ground_track_field", "ship"),
    "parking_lot",
)
"""Classes that are asked about in scenes as they are drawn."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """How a scene is made, and what is asked of it."""

    name: str
    """A theme with its seed, or arranged with the number of its cast."""
    write: Callable[[Path, Path], None]
    kinds: Mapping[str, Ask]
    classes: tuple[str, ...]
    seed: int
    most: int
    """Questions; fewer where nothing else is clear."""
    least: int
    """Things of a class that is asked about."""
    rather: float
    """Power of the number of things with which a class is chosen: rather few ones."""
    turns: int
    """Times that each kind is tried."""


def _themed(seed: int, theme: str) -> Drawn:
    return Drawn(
        name=f"{theme}{seed}",
        write=lambda path, labels: write_scene(
            path, labels, seed, width=SIDE, height=SIDE, gsd=0.5, theme=theme
        ),
        kinds=EVERYWHERE,
        classes=CROWDED,
        seed=seed,
        most=300,
        least=4,
        rather=-0.5,
        turns=400,
    )


def _arranged(number: int) -> Drawn:
    return Drawn(
        name=f"arranged{number}",
        write=lambda path, labels: write_arranged(path, labels, number),
        kinds=ARRANGED,
        classes=tuple(NOUNS),
        seed=100 + number,
        most=1000,
        least=2,
        rather=0,
        turns=2000,
    )


DRAWN = (
    _themed(11, "industrial"),
    _themed(12, "mixed"),
    *(_arranged(number) for number in range(len(CASTS))),
)
"""All scenes."""


def drawn_scene(drawn: Drawn) -> LabelledScene:
    """A scene of 3 km with its questions; drawn once and kept."""
    folder = Path(tempfile.gettempdir()) / "rrsis-queries-drawn"
    folder.mkdir(exist_ok=True)
    path, labels = folder / f"{drawn.name}.tif", folder / f"{drawn.name}.gpkg"
    if not labels.exists():
        drawn.write(path, labels)
    with rasterio.open(path) as dataset:
        grid = Grid(dataset.transform, dataset.crs, dataset.width, dataset.height)
    table = geopandas.read_file(labels)
    table = table[table["class"].isin(drawn.classes)]
    back = Grid(~grid.transform, None, 1, 1)
    shapes = shapely.transform(
        table.geometry.to_numpy(), lambda xy: np.column_stack(back.pixels_to_crs(*xy.T))
    )
    whole = [max(shapely.get_parts(shape), key=lambda p: p.area) for shape in shapes]
    kinds = tuple(table["class"])
    scene = LabelledScene(
        path=path,
        grid=grid,
        category=" ".join(sorted(set(kinds))),
        shapes=np.array(whole, object),
        kinds=kinds,
        asked=(),
    )
    return replace(scene, asked=tuple(_questions(scene, drawn)))


def _questions(scene: LabelledScene, drawn: Drawn) -> list[Asked]:
    """The kinds in turn, until there are enough."""
    rng = np.random.default_rng(drawn.seed)
    facts = Facts(scene, least=drawn.least, rather=drawn.rather)
    asked: dict[str, Asked] = {}
    count = dict.fromkeys(drawn.kinds, 0)
    for name in list(drawn.kinds) * drawn.turns:
        if len(asked) >= drawn.most:
            break
        if count[name] >= EACH:
            continue
        made = drawn.kinds[name](facts, rng)
        if made is not None and made.text not in asked:
            count[name] += 1
            asked[made.text] = Asked(
                expression=made.text,
                type=name,
                targets=made.targets,
                enough=made.enough,
            )
    return list(asked.values())
