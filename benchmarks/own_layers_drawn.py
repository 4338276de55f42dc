"""Questions with layers of one's own on drawn scenes; used by `own_layers.py`."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from query_drawn import DRAWN
from rasterio.windows import Window

from rrsis_geo import segment

WHOLE, SIDE, GSD = 6000, 1000, 0.5
"""Pixels of the drawn scene and of the parts that are asked of; metres of a pixel."""

STRIDE = 100
"""Pixels between the corners of parts that are tried."""

SENTENCES = 41
MATCH = 0.5
"""IoU from which on a polygon is an object of the labels."""

Values = NDArray[np.float64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True, kw_only=True)
class Question:
    """A sentence and the objects that it means, by their place among the tanks."""

    text: str
    meant: frozenset[int]


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """Tanks and what is measured of them, in metres, by brute force."""

    shapes: Shapes
    away: Values
    """(N,) metres to the nearest road."""

    @property
    def size(self) -> Values:
        """(N,) side of a square of the same area."""
        return np.asarray(np.sqrt(shapely.area(self.shapes)), np.float64)


def questions(ground: Ground) -> Iterator[Question]:
    """Sentences that are plainly true of some tanks, and false of the others."""
    for template in (_near, _within, _beyond, _between, _ranked, _largest, _places):
        yield from template(ground)


def _asked(text: str, hold: NDArray[np.bool_]) -> Iterator[Question]:
    if hold.any() and not hold.all():
        yield Question(text=text, meant=frozenset(np.flatnonzero(hold).tolist()))


def _near(ground: Ground) -> Iterator[Question]:
    # no more than is near in any case, however small the scene is
    near = ground.away <= 1.2 * np.minimum(ground.size, 0.05 * SIDE * GSD)
    far = ground.away >= 2.5 * ground.size
    if not (near | far).all():
        return
    if near.sum() == 1:
        yield from _asked("the storage tank near the road", near)
        yield from _asked("the tank close to the street", near)
    yield from _asked("storage tanks near the road", near)
    yield from _asked("tanks not near the roads", far)
    yield from _asked("all tanks except those near the road", far)


def _plain(away: Values, limit: float) -> bool:
    return not (np.abs(away - limit) < max(0.02 * limit, 1.0)).any()


def _within(ground: Ground) -> Iterator[Question]:
    for limit in (20, 30, 40, 50, 60, 75, 80, 100, 120, 150):
        if _plain(ground.away, limit):
            hold = ground.away < limit
            yield from _asked(f"tanks within {limit} m of the road", hold)
            yield from _asked(f"storage tanks less than {limit} m from a road", hold)


def _beyond(ground: Ground) -> Iterator[Question]:
    for limit in (25, 50, 75, 100, 125, 150):
        if _plain(ground.away, limit):
            hold = ground.away > limit
            yield from _asked(f"tanks more than {limit} m from the road", hold)
            yield from _asked(f"tanks at least {limit} metres from the street", hold)


def _between(ground: Ground) -> Iterator[Question]:
    for low, high in ((20, 60), (30, 80), (50, 100), (100, 150)):
        if _plain(ground.away, low) and _plain(ground.away, high):
            hold = (ground.away > low) & (ground.away < high)
            text = f"tanks between {low} and {high} m from the road"
            yield from _asked(text, hold)


def _ranked(ground: Ground) -> Iterator[Question]:
    order = np.argsort(ground.away)
    for words, rows in (
        ("the tank closest to the road", order[:1]),
        ("the two tanks nearest to the road", order[:2]),
        ("the three storage tanks closest to the roads", order[:3]),
        ("the tank farthest from the road", order[-1:]),
        ("the two tanks farthest from the street", order[-2:]),
    ):
        hold = np.isin(np.arange(len(order)), rows)
        inner, outer = ground.away[hold], ground.away[~hold]
        apart = max(outer.min() - inner.max(), inner.min() - outer.max())
        if apart > 1.5:
            yield from _asked(words, hold)


def _largest(ground: Ground) -> Iterator[Question]:
    area = shapely.area(ground.shapes)
    for limit in (40, 50, 75, 100, 150):
        rows = np.flatnonzero(ground.away < limit)
        if len(rows) < 2 or not _plain(ground.away, limit):
            continue
        order = rows[np.argsort(area[rows])]
        every = np.arange(len(area))
        if area[order[-1]] > 1.05 * area[order[-2]]:
            text = f"the largest tank within {limit} m of the road"
            yield from _asked(text, every == order[-1])
        if area[order[0]] < area[order[1]] / 1.05:
            text = f"the smallest tank less than {limit} m from the road"
            yield from _asked(text, every == order[0])


def _places(ground: Ground) -> Iterator[Question]:
    middle = shapely.get_coordinates(shapely.centroid(ground.shapes))
    for limit in (50, 75, 100, 150):
        rows = np.flatnonzero(ground.away < limit)
        if len(rows) < 2 or not _plain(ground.away, limit):
            continue
        for word, axis, sign in (
            ("northernmost", 1, -1),
            ("southernmost", 1, 1),
            ("westernmost", 0, 1),
            ("rightmost", 0, -1),
        ):
            key = sign * middle[rows, axis]
            order = np.argsort(key)
            if key[order[1]] - key[order[0]] > 3:
                hold = np.arange(len(middle)) == rows[order[0]]
                yield from _asked(f"the {word} tank within {limit} m of the road", hold)


def drawn(options: argparse.Namespace) -> None:
    """Ask of drawn scenes."""
    folder = Path(tempfile.gettempdir()) / "rrsis-queries-drawn"
    folder.mkdir(exist_ok=True)
    left = SENTENCES
    asked: set[str] = set()
    right: dict[str, list[bool]] = {}
    scenes = list(_scenes(folder, options.scenes))
    for number, (path, tanks, roads) in enumerate(scenes):
        share = -(-left // (len(scenes) - number))
        ground = _ground(tanks, roads)
        chosen = _spread(
            [one for one in questions(ground) if one.text not in asked], share
        )
        asked |= {one.text for one in chosen}
        left -= len(chosen)
        texts = [one.text for one in chosen]
        answers = {
            "labels as tanks": _numbers(
                segment(path, texts, own_layers={"road": roads, "tank": tanks}), texts
            )
        }
        truth = {name: [one.meant for one in chosen] for name in answers}
        found = segment(path, "storage tank", resolve="network").to_geodataframe()
        found = found[["geometry"]].reset_index(drop=True)
        candidates = found.assign(number=np.arange(len(found)))
        name = "default weights' tanks as a layer"
        answers[name] = _numbers(
            segment(path, texts, own_layers={"road": roads, "tank": candidates}), texts
        )
        truth[name] = _truth(texts, _ground(candidates, roads))
        if options.without:
            for name, layers in (
                ("network's tanks, true roads", {"road": roads}),
                ("no layer", {}),
            ):
                began = time.perf_counter()
                result = segment(path, texts, own_layers=layers)
                answers[name] = matched_labels(result, texts, tanks)
                truth[name] = [one.meant for one in chosen]
                print(f"# {name}: {time.perf_counter() - began:.0f} s")
        for name, given in answers.items():
            for text, answer, meant in zip(texts, given, truth[name], strict=True):
                if meant is not None:
                    right.setdefault(name, []).append(answer == meant)
                    if answer != meant:
                        print(f"  wrong ({name}, {path.name}): {text}")
        print(f"# {path.name}: {len(tanks)} tanks, {len(texts)} sentences", flush=True)
    print_table(right)


def _spread(found: Sequence[Question], count: int) -> list[Question]:
    """So many, spread over all kinds, the first one among them."""
    step = max(len(found) / count, 1.0)
    picked = [found[int(place * step)] for place in range(min(count, len(found)))]
    return picked


def _truth(texts: Sequence[str], ground: Ground) -> list[frozenset[int] | None]:
    """What sentences mean of other tanks; None where that is not plain there."""
    meant = {one.text: one.meant for one in questions(ground)}
    return [meant.get(text) for text in texts]


def _scenes(
    folder: Path, count: int
) -> Iterator[tuple[Path, gpd.GeoDataFrame, gpd.GeoDataFrame]]:
    """Parts of a drawn scene, the first one with a single tank near the road."""
    one = DRAWN[0]
    path, labels = folder / f"{one.name}.tif", folder / f"{one.name}.gpkg"
    if not labels.exists():
        one.write(path, labels)
    table = gpd.read_file(labels)
    table = table[table["class"].isin(("storage_tank", "road"))]
    for left, top in _corners(table, path, count):
        tanks, roads = _inside(table, path, left, top)
        tanks = tanks.reset_index(drop=True)
        tanks = tanks.assign(number=np.arange(len(tanks)))[["number", "geometry"]]
        yield _cut(path, left, top), tanks, roads.to_crs(4326)


def _corners(table: gpd.GeoDataFrame, path: Path, count: int) -> list[tuple[int, int]]:
    """Corners of parts of which most can be asked, apart from each other."""
    found = []
    for top in range(0, WHOLE - SIDE + 1, STRIDE):
        for left in range(0, WHOLE - SIDE + 1, STRIDE):
            tanks, roads = _inside(table, path, left, top)
            if 4 <= len(tanks) <= 60 and len(roads):
                texts = [one.text for one in questions(_ground(tanks, roads))]
                single = "the storage tank near the road" in texts
                found.append((not single, -len(texts), left, top))
    chosen: list[tuple[int, int]] = []
    best = sorted(found)[
        :1
    ]  # with a single tank near the road, if there is such a part
    for _, _, left, top in [*best, *sorted(found, key=lambda one: one[1:])]:
        apart = [max(abs(left - x), abs(top - y)) >= SIDE // 2 for x, y in chosen]
        if all(apart) and len(chosen) < count:
            chosen.append((left, top))
    return chosen


def _inside(
    table: gpd.GeoDataFrame, path: Path, left: int, top: int
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Whole tanks and parts of roads in a part of a scene; none where a tank is cut."""
    with rasterio.open(path) as dataset:
        west, north = dataset.transform * (left, top)
    area = shapely.box(west, north - SIDE * GSD, west + SIDE * GSD, north)
    tanks = table[(table["class"] == "storage_tank") & table.intersects(area)]
    if not tanks.within(area.buffer(-2)).all():
        tanks = tanks.iloc[:0]
    roads = table[(table["class"] == "road") & table.intersects(area)]
    return tanks, roads.assign(geometry=roads.intersection(area))


def _cut(path: Path, left: int, top: int) -> Path:
    """A part of a scene as a file."""
    target = path.with_name(f"{path.stem}-{left}-{top}.tif")
    window = Window(left, top, SIDE, SIDE)
    with rasterio.open(path) as dataset:
        profile = {
            "driver": "GTiff",
            "count": 3,
            "dtype": "uint8",
            "width": SIDE,
            "height": SIDE,
            "crs": dataset.crs,
            "transform": dataset.window_transform(window),
        }
        pixels = dataset.read((1, 2, 3), window=window)
    with rasterio.open(target, "w", **profile) as dataset:
        dataset.write(pixels)
    return target


def _ground(tanks: gpd.GeoDataFrame, roads: gpd.GeoDataFrame) -> Ground:
    """Measured in the metres of the scene's projection, north up."""
    whole = shapely.union_all(roads.to_crs(tanks.crs).geometry.to_numpy())
    shapes = tanks.geometry.to_numpy()
    return Ground(shapes=shapes, away=shapely.distance(shapes, whole))


def _numbers(result: Any, texts: Sequence[str]) -> list[frozenset[int]]:
    """Numbers of the features in the answer to each sentence."""
    table = result.to_geodataframe()
    return [
        frozenset(map(int, table.loc[table["expression"] == text, "number"]))
        for text in texts
    ]


def matched_labels(
    result: Any, texts: Sequence[str], labels: gpd.GeoDataFrame
) -> list[frozenset[int]]:
    """Numbers of the labels that the answers show; -1 for what is none of them."""
    table = result.to_geodataframe()
    shapes = labels.geometry.to_numpy()
    answers = []
    for text in texts:
        found = set()
        for shape in table.geometry[table["expression"] == text]:
            shared = shapely.area(shapely.intersection(shape, shapes))
            iou = shared / (shapely.area(shapes) + shape.area - shared)
            best = int(iou.argmax()) if len(iou) else 0
            good = len(iou) and iou[best] >= MATCH
            found.add(int(labels["number"].iloc[best]) if good else -1)
        answers.append(frozenset(found))
    return answers


def print_table(right: dict[str, list[bool]]) -> None:
    """Print the share of right answers of each way."""
    for name, values in right.items():
        share = sum(values) / max(len(values), 1)
        print(f"{name:<36}{sum(values)} of {len(values)} exactly right, {share:.1%}")
