"""Read the labelled images of the shipped weights from a folder of public data sets.

The folder holds the data sets that the model card names, each in a subfolder and in its
published format. A missing one is an error, because weights trained without it would
not match the card.
"""

from __future__ import annotations

import ast
import bz2
import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import rasterio
import shapely
from rasterio.features import shapes
from shapely.affinity import affine_transform, scale, translate
from shapely.geometry import Point, shape

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.formats.coco import polygons_of, read_coco
from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.errors import DataError
from rrsis_geo.training.data.mixture import Source

from .added.further_outlines import AIRCRAFT, AIRPORTS, NWPU, RARE
from .aircraft_boxes import airbus_boxes, airport_boxes
from .aircraft_scenes import (
    Outlines,
    airbus,
    airports,
    places_of,
    read_outlines,
)
from .tree_cover import naip_trees

_Split = tuple[list[LabelledImage], list[LabelledImage]]
"""Training and validation."""

BANEPA_SPLIT = 3328
"""First row of the Banepa mosaic that is kept for validation."""


def nwpu(folder: Path, sentences: Path | None = None) -> list[LabelledImage]:
    """Return NWPU VHR-10: ten classes, with hand-written expressions.

    Harbours and vehicles are not labelled completely. Images with neighbouring numbers
    often show the same place.

    Args:
        folder: of public data.
        sentences: file of the expressions; None: `expressions/nwpu.jsonl`.
    """
    base = folder / "nwpu-vhr10"
    images, index = read_coco(
        base / "instances.json",
        images=base / "images",
        incomplete=frozenset({"harbor", "vehicle"}),
    )
    written = defaultdict(list)
    for line in _lines(sentences or folder / "expressions" / "nwpu.jsonl"):
        name = Path(line["image"]).name
        written[name].append(
            WrittenExpression(
                text=line["expression"],
                targets=tuple(index[target] for target in line["targets"]),
                type=line["type"],
            )
        )
    return [
        replace(
            image,
            place=f"nwpu-{int(Path(image.name).stem) // 12:03d}",
            written=tuple(written[image.name]),
        )
        for image in images
    ]


def _with_surroundings(images: list[LabelledImage]) -> _Split:
    """Split; training images get what was outlined around their ten classes too."""
    training, validation = split(images, every=7)
    return [RARE.add_to(NWPU.add_to(image)) for image in training], validation


def _split_airports(folder: Path, outlines: Outlines) -> _Split:
    everywhere = places_of(airport_boxes(folder))
    return split(airports(folder, outlines), every=7, among=everywhere)


def kept_airports(folder: Path) -> list[LabelledImage]:
    """Return the airports kept for validation that were outlined by eye."""
    drawn = AIRCRAFT.drawn.keys() | AIRPORTS.drawn.keys()
    return [one for one in _split_airports(folder, {})[1] if one.name in drawn]


def tanks(folder: Path) -> list[LabelledImage]:
    """Return Airbus oil tanks; the ellipse in a box is a near-exact outline."""
    base = folder / "airbus-oiltank"
    boxes: dict[str, list[LabelledObject]] = defaultdict(list)
    for row in _rows(base / "annotations.csv"):
        x1, y1, x2, y2 = ast.literal_eval(row["bounds"])
        if x2 <= x1 or y2 <= y1:
            continue  # one box of the published file has swapped corners
        circle = Point((x1 + x2) / 2, (y1 + y2) / 2).buffer(1.0, quad_segs=8)
        tank = scale(circle, (x2 - x1) / 2, (y2 - y1) / 2)
        boxes[row["image_id"]].append(
            LabelledObject(category="storage_tank", polygon=tank)
        )
    return [
        LabelledImage(
            name=path.name,
            path=path,
            place=path.stem,
            layout=Layout(
                width=2560,
                height=2560,
                objects=tuple(boxes[path.stem]),
                complete=frozenset({"storage_tank", "airplane"}),
                gsd=1.2,
            ),
        )
        for path in sorted((base / "images").glob("*.jpg"))
    ]


def banepa(folder: Path) -> list[LabelledImage]:
    """Return the Banepa mosaic in two parts: the south is for validation."""
    path = folder / "oam-banepa" / "banepa_train.tif"
    with rasterio.open(path) as dataset:
        crs, transform = dataset.crs, ~dataset.transform
        width, height = dataset.width, dataset.height
    labels = geopandas.read_file(path.with_name("buildings.geojson")).to_crs(crs)
    matrix = (*transform[0:2], *transform[3:5], transform.c, transform.f)
    parts = []
    for name, top, bottom in (
        ("north", 0, BANEPA_SPLIT),
        ("south", BANEPA_SPLIT, height),
    ):
        frame = shapely.box(0, 0, width, bottom - top)
        objects = []
        for geometry in labels.geometry:
            moved = translate(affine_transform(geometry, matrix), 0, -top)
            clipped = polygons_of(shapely.make_valid(moved).intersection(frame))
            if clipped.area > 0:
                objects.append(LabelledObject(category="building", polygon=clipped))
        parts.append(
            LabelledImage(
                name=f"banepa-{name}",
                path=path,
                place=f"banepa-{name}",
                rows=(top, bottom),
                layout=Layout(
                    width=width,
                    height=bottom - top,
                    objects=tuple(objects),
                    complete=frozenset({"building", "airplane", "storage_tank"}),
                    gsd=0.133,
                ),
            )
        )
    return parts


def open_cities(folder: Path) -> list[LabelledImage]:
    """Return two drone tiles at 2 cm with building masks."""
    base = folder / "open-cities" / "training_data"
    tiles = []
    for path in sorted((base / "images").glob("*.tif")):
        with rasterio.open(base / "masks" / f"{path.stem}_mask.tif") as dataset:
            mask = (dataset.read(1) > 0).astype("uint8")
        outlines = [
            polygons_of(shape(outline)) for outline, _ in shapes(mask, mask=mask > 0)
        ]
        tiles.append(
            LabelledImage(
                name=path.name,
                path=path,
                place=path.name,
                layout=Layout(
                    width=mask.shape[1],
                    height=mask.shape[0],
                    objects=tuple(
                        LabelledObject(category="building", polygon=outline)
                        for outline in outlines
                        if outline.area > 50
                    ),
                    complete=frozenset({"building", "airplane", "storage_tank"}),
                    gsd=0.02,
                ),
            )
        )
    return tiles


def split(
    images: Iterable[LabelledImage],
    *,
    every: int,
    among: Iterable[str] | None = None,
) -> tuple[list[LabelledImage], list[LabelledImage]]:
    """Split by place into training and validation; every n-th place is for validation.

    Args:
        images: to split.
        every: n.
        among: all places of the data set; None: those of `images`. If some images are
            left out, this keeps the others on the side they would be on otherwise.
    """
    images = list(images)
    places = sorted({image.place for image in images} if among is None else set(among))
    held_out = set(places[every // 2 :: every])
    return (
        [image for image in images if image.place not in held_out],
        [image for image in images if image.place in held_out],
    )


OPEN = frozenset({"airports", "banepa", "drawn", "open-cities", "trees"})
"""Sources whose licences allow any use of weights trained on them."""

FOLDERS = {
    "nwpu": ("nwpu-vhr10", "expressions"),
    "tanks": ("airbus-oiltank",),
    "airbus": ("airbus-aircraft",),
    "airports": ("aerial-airport",),
    "banepa": ("oam-banepa",),
    "open-cities": ("open-cities",),
    "trees": ("urban-tree-naip",),
}
"""Source -> folders of public data that it needs."""


def default_sources(
    folder: Path,
    drawn: Sequence[LabelledImage],
    *,
    outlines: Path | None = None,
    open_only: bool = False,
) -> tuple[list[Source], list[Source]]:
    """Return the training and the validation sources of the shipped weights.

    The split is by place and fixed: it does not depend on which sources are read.

    Args:
        folder: of public data.
        drawn: scenes drawn by `draw_scenes`.
        outlines: file by `scripts/weights/outline_aircraft.py`; None: the aircraft
            sets, which have boxes only, are left out.
        open_only: only data whose licence allows any use. Outlines by a network that
            was trained on other data do not count as such; without outlines, Aerial
            Airport is read with ellipses for its small aircraft, and large ones only
            where they were outlined by eye.

    Raises:
        DataError: a data set is missing.
    """
    wanted = [name for name in FOLDERS if name in OPEN or not open_only]
    if outlines is None:
        boxes_only = {"airbus"} if open_only else {"airbus", "airports"}
        wanted = [name for name in wanted if name not in boxes_only]
    missing = sorted(
        part
        for name in wanted
        for part in FOLDERS[name]
        if not (folder / part).is_dir()
    )
    if missing:
        raise DataError(
            f"{folder}: data sets {missing} are missing; docs/model-card.md lists them"
        )
    shapes_of = {} if outlines is None else read_outlines(outlines)
    read: dict[str, tuple[float, tuple[float, float], Callable[[], _Split]]] = {
        "nwpu": (0.52, (0.45, 1.3), lambda: _with_surroundings(nwpu(folder))),
        "tanks": (0.12, (0.5, 1.6), lambda: split(tanks(folder), every=6)),
        "airbus": (
            0.08,
            (0.5, 1.3),
            lambda: split(
                airbus(folder, shapes_of),
                every=4,
                among=places_of(airbus_boxes(folder)),
            ),
        ),
        "airports": (0.05, (0.7, 2.0), lambda: _split_airports(folder, shapes_of)),
        "banepa": (0.10, (0.25, 1.0), lambda: _first_and_rest(banepa(folder))),
        "open-cities": (
            0.02,
            (0.12, 0.5),
            lambda: _first_and_rest(open_cities(folder)),
        ),
        "trees": (0.04, (0.8, 2.0), lambda: split(naip_trees(folder), every=4)),
    }
    chosen = [(name, *read[name]) for name in wanted]
    chosen.append(("drawn", 0.24, (0.6, 1.2), lambda: split(drawn, every=20)))
    training: list[Source] = []
    validation: list[Source] = []
    for name, weight, scales, parts in chosen:
        for side, part in zip((training, validation), parts(), strict=True):
            if part:
                side.append(
                    Source(name=name, weight=weight, images=tuple(part), scale=scales)
                )
    return training, validation


def _first_and_rest(images: list[LabelledImage]) -> _Split:
    return images[:1], images[1:]


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(newline="") as stream:
            return list(csv.DictReader(stream))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        read = bz2.decompress if path.suffix == ".bz2" else bytes
        text = read(path.read_bytes()).decode()
        return [json.loads(line) for line in text.splitlines() if line]
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read ({error})") from error
