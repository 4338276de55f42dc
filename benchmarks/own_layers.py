"""How often questions are answered exactly right with layers of the user's own.

    python benchmarks/own_layers.py drawn [--scenes 3] [--without]
    python benchmarks/own_layers.py real DATA_FOLDER [--without] [--limit 40]
    python benchmarks/own_layers.py banepa DATA_FOLDER [--without] [--limit 30]

drawn: sentences about storage tanks and roads on drawn scenes. The true roads are a
layer, in another CRS than the scene. Tanks are the labels, or what the default weights
find, given as a layer as well (then what is meant is worked out for these), or sought
by the network. `--without` asks the network for the roads too, as without any layer.

real: sentences that people wrote for aerial images with footprints of all buildings,
on the half of the images on which choices are made (sha256 of their names is even).
The footprints are the layer; `--without` asks the network alone.

banepa: likewise of a scene of a town, with the buildings of OpenStreetMap; sentences in
the order of their sha256.

Right is every object that is meant and no other. What is meant on drawn scenes is
worked out from outlines in metres, without the planner and its operators, and a
sentence is only asked where it is true or false by a margin.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from query_drawn import DRAWN
from query_scenes import read_scenes
from rasterio.features import shapes as outlines
from rasterio.windows import Window

from rrsis_geo import segment
from rrsis_geo.job_texts import OwnLayer
from rrsis_geo.pipeline.explain import explain

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


Template = Callable[[Ground], Iterator[Question]]


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
                answers[name] = _matched(result, texts, tanks)
                truth[name] = [one.meant for one in chosen]
                print(f"# {name}: {time.perf_counter() - began:.0f} s")
        for name, given in answers.items():
            for text, answer, meant in zip(texts, given, truth[name], strict=True):
                if meant is not None:
                    right.setdefault(name, []).append(answer == meant)
                    if answer != meant:
                        print(f"  wrong ({name}, {path.name}): {text}")
        print(f"# {path.name}: {len(tanks)} tanks, {len(texts)} sentences", flush=True)
    _print_table(right)


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


def _matched(
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


def real(options: argparse.Namespace) -> None:
    """Ask of real images with footprints."""
    folder = Path(tempfile.gettempdir()) / "rrsis-own-layers"
    folder.mkdir(exist_ok=True)
    path = options.data / "expressions" / "oam.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines = [line for line in lines if _chooses(line["image"])][: options.limit]
    if options.alone:
        lines = [line for line in lines if not _asks_network(line["expression"])]
    tally = Tally()
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in lines:
        key = line["image"], json.dumps(line.get("crop"))
        groups.setdefault(key, []).append(line)
    for (image, crop), some in groups.items():
        scene, footprints = _footprints(options.data, image, json.loads(crop), folder)
        print(f"# {image} {crop}: {len(some)} sentences", flush=True)
        tally.ask(scene, footprints, some, options.without)
    tally.print()


def banepa(options: argparse.Namespace) -> None:
    """Ask of a real scene of a town with the buildings of OpenStreetMap."""
    (scene,) = (one for one in read_scenes(options.data) if "banepa" in str(one.path))
    path = scene.path.with_name("buildings.geojson")
    with rasterio.open(scene.path) as dataset:
        footprints = gpd.read_file(path).to_crs(dataset.crs)
    footprints = footprints.assign(number=np.arange(len(footprints)))
    lines = [
        {"expression": one.expression, "type": one.type, "targets": sorted(one.targets)}
        for one in sorted(scene.queries, key=lambda one: _digest(one.expression))
    ]
    tally = Tally()
    some = lines[: options.limit]
    tally.ask(scene.path, footprints[["number", "geometry"]], some, options.without)
    tally.print()


class Tally:
    """Which sentences were answered exactly right, with footprints and without."""

    def __init__(self) -> None:
        self.right: dict[str, list[bool]] = {}
        self.kinds: dict[tuple[str, str], list[bool]] = {}

    def ask(
        self,
        scene: Path,
        footprints: gpd.GeoDataFrame,
        lines: Sequence[dict[str, Any]],
        without: bool,
    ) -> None:
        """Ask sentences of a scene and print which answers are right."""
        texts = [line["expression"] for line in lines]
        began = time.perf_counter()
        result = segment(scene, texts, own_layers={"building": footprints})
        answers = {"footprints": _features(result, texts, footprints)}
        print(f"  {time.perf_counter() - began:.0f} s with footprints", flush=True)
        if without:
            answers["no layer"] = _matched(segment(scene, texts), texts, footprints)
        for name, given in answers.items():
            for line, answer in zip(lines, given, strict=True):
                good = answer == frozenset(line["targets"])
                self.right.setdefault(name, []).append(good)
                self.kinds.setdefault((line["type"], name), []).append(good)
                mark = "right" if good else "wrong"
                print(f"  {mark} ({name}) {line['expression']}: {sorted(answer)}")

    def print(self) -> None:
        """Print how many, in all and by type."""
        _print_table(self.right)
        for (kind, name), values in sorted(self.kinds.items()):
            print(f"{kind:<12}{name:<14}{sum(values)} of {len(values)}")


def _asks_network(text: str) -> bool:
    """Whether footprints and their colours alone do not answer a sentence."""
    layers = (OwnLayer("building", "any.gpkg"),)
    return bool(explain((text,), own_layers=layers).batch.texts)


def _features(
    result: Any, texts: Sequence[str], footprints: gpd.GeoDataFrame
) -> list[frozenset[int]]:
    """As `_numbers`, and as `_matched` where a sentence asks for something else."""
    table = result.to_geodataframe()
    if "number" not in table:
        return _matched(result, texts, footprints)
    other = _matched(result, texts, footprints)
    answers = []
    for text, matched in zip(texts, other, strict=True):
        numbers = table.loc[table["expression"] == text, "number"]
        known = not numbers.isna().any()
        answers.append(frozenset(map(int, numbers)) if known else matched)
    return answers


def _footprints(
    data: Path, image: str, crop: Sequence[int] | None, folder: Path
) -> tuple[Path, gpd.GeoDataFrame]:
    """The image or a part of it, and the outlines of its buildings with their ids."""
    path = data / image
    left, top, right, bottom = crop or (0, 0, None, None)
    with rasterio.open(path) as dataset:
        window = Window.from_slices(
            (top, bottom or dataset.height), (left, right or dataset.width)
        )
        profile = {
            "driver": "GTiff",
            "count": 3,
            "dtype": "uint8",
            "width": window.width,
            "height": window.height,
            "crs": dataset.crs,
            "transform": dataset.window_transform(window),
        }
        pixels = dataset.read((1, 2, 3), window=window)
    scene = folder / f"{path.stem}-{left}-{top}-{right}-{bottom}.tif"
    with rasterio.open(scene, "w", **profile) as dataset:
        dataset.write(pixels)
    with rasterio.open(path.with_name(f"{path.stem}_instances.png")) as dataset:
        ids = dataset.read(1, window=window).astype(np.int32)
    found = list(outlines(ids, ids > 0, transform=profile["transform"]))
    table = gpd.GeoDataFrame(
        {"number": [int(value) for _, value in found]},
        geometry=[shapely.geometry.shape(outline) for outline, _ in found],
        crs=profile["crs"],
    )
    return scene, table.dissolve("number", as_index=False)


def _chooses(image: str) -> bool:
    return _digest(image) % 2 == 0


def _digest(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


def _print_table(right: dict[str, list[bool]]) -> None:
    for name, values in right.items():
        share = sum(values) / max(len(values), 1)
        print(f"{name:<36}{sum(values)} of {len(values)} exactly right, {share:.1%}")


def main() -> None:
    """Run one of the three."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("drawn")
    one.add_argument("--scenes", type=int, default=3)
    one.set_defaults(run=drawn)
    two = commands.add_parser("real")
    two.add_argument("data", type=Path)
    two.add_argument("--limit", type=int, default=40)
    two.add_argument(
        "--alone",
        action="store_true",
        help="only sentences that footprints and their colours answer, in seconds",
    )
    two.set_defaults(run=real)
    three = commands.add_parser("banepa")
    three.add_argument("data", type=Path)
    three.add_argument("--limit", type=int, default=30)
    three.set_defaults(run=banepa)
    for each in (one, two, three):
        each.add_argument("--without", action="store_true", help="the network alone")
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
