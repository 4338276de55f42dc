"""Read the data sets whose labels are boxes of vehicles and ships."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import (
    LabelledImage,
    WrittenExpression,
    read_rgb,
)

from .box_fitting import fit_rectangle, ship_outline
from .files import Wanted, read_json, written_lines
from .further_outlines import RARE, SHIPS

VEHICLE_ASPECTS = {"car": 2.3, "minibus": 2.6, "truck": 3.0, "bus": 4.2}
"""Length by width, by kind."""

BOAT_ASPECT = 3.2

SHIP_WIDENING = 1.15
"""The labelled widths of `ships-obb` are a little narrow."""


def ships(folder: Path, wanted: Wanted) -> list[LabelledImage]:
    """Return harbours with the outlines of ships, and of piers where they are drawn."""
    base = folder / "ships-obb"
    written = written_lines(folder, "ships-cars.jsonl", "ships-obb")
    images = []
    for name, item in read_json(base / "annotations.json").items():
        if not wanted(name):
            continue
        objects = tuple(
            LabelledObject(
                category="ship",
                polygon=ship_outline(
                    np.array(ship["obb_estimated"]), widen=SHIP_WIDENING
                ),
            )
            for ship in item["ships"]
        )
        images.append(
            LabelledImage(
                name=name,
                path=base / "images" / name,
                place=Path(name).stem,
                layout=Layout(
                    width=item["width"],
                    height=item["height"],
                    objects=objects,
                    complete=frozenset({"ship", "solar_panel"}),
                    gsd=1.0,
                ),
                written=tuple(
                    WrittenExpression(
                        text=line["expression"],
                        targets=tuple(line["targets"]),
                        type=line["type"],
                    )
                    for line in written[name]
                ),
            )
        )
    return [RARE.add_to(SHIPS.add_to(image)) for image in images]


def estonia(folder: Path, wanted: Wanted) -> list[LabelledImage]:
    """Return orthophotos with vehicles and boats; their boxes are loose.

    Buildings are left out, since their boxes are no outlines. Aircraft likewise, and
    only where there are none may an expression say so.
    """
    base = folder / "estonia-20cm"
    content = read_json(base / "annotations.json")
    names = {item["id"]: item["name"].lower() for item in content["categories"]}
    written = written_lines(folder, "ships-cars.jsonl", "estonia-20cm")
    boxes = defaultdict(list)
    for item in content["annotations"]:
        boxes[item["image_id"]].append(item)
    images = []
    for item in content["images"]:
        path = base / "images" / item["file_name"]
        if not wanted(path.name):
            continue
        pixels = read_rgb(path)
        objects, index = [], {}
        for box in boxes[item["id"]]:
            x, y, width, height = box["bbox"]
            one = boxed_object(
                pixels,
                names[box["category_id"]],
                (x, y, x + width, y + height),
                loose=True,
            )
            if one is not None:
                index[box["id"]] = len(objects)
                objects.append(one)
        present = {names[box["category_id"]] for box in boxes[item["id"]]}
        complete = {"vehicle", "ship"} | {"airplane"} - present
        images.append(
            LabelledImage(
                name=path.name,
                path=path,
                place=ground_of(path.stem),
                layout=Layout(
                    width=item["width"],
                    height=item["height"],
                    objects=tuple(objects),
                    complete=frozenset(complete),
                    gsd=0.2,
                ),
                written=tuple(
                    WrittenExpression(
                        text=line["expression"],
                        targets=tuple(index[target] for target in line["targets"]),
                        type=line["type"],
                    )
                    for line in written[path.name]
                    if all(target in index for target in line["targets"])
                ),
            )
        )
    return [RARE.add_to(image) for image in images]


def aerial_cars(folder: Path, wanted: Wanted) -> list[LabelledImage]:
    """Return drone images with cars and buses, some of them oblique."""
    base = folder / "aerial-cars"
    images = []
    for name, item in read_json(base / "annotations.json").items():
        if not wanted(name):
            continue
        path = base / "images" / name
        pixels = read_rgb(path)
        found = [
            boxed_object(pixels, box["class"], box["bbox_xyxy"], loose=False)
            for box in item["objects"]
        ]
        images.append(
            LabelledImage(
                name=name,
                path=path,
                place=path.stem,
                layout=Layout(
                    width=item["width"],
                    height=item["height"],
                    objects=tuple(one for one in found if one is not None),
                    complete=frozenset({"vehicle", "airplane", "ship", "solar_panel"}),
                    gsd=0.1,
                ),
            )
        )
    return images


def boxed_object(
    pixels: NDArray[np.uint8], name: str, box: Iterable[float], *, loose: bool
) -> LabelledObject | None:
    """Outline a labelled box; None for classes that have no outlines.

    Args:
        pixels: (3, H, W).
        name: class of the box, in lower case.
        box: left, top, right, bottom.
        loose: whether the box may be larger than what is in it.
    """
    edges = tuple(box)
    if name in VEHICLE_ASPECTS:
        outline = fit_rectangle(
            pixels, edges, aspect=VEHICLE_ASPECTS[name], loose=loose
        )
        return LabelledObject(
            category="vehicle", polygon=outline, attributes={"kind": name}
        )
    if name == "watercraft":
        rectangle = fit_rectangle(pixels, edges, aspect=BOAT_ASPECT, loose=loose)
        corners = shapely.get_coordinates(rectangle)[:4]
        return LabelledObject(category="ship", polygon=ship_outline(corners))
    return None


def ground_of(stem: str) -> str:
    """Return what names of the same ground share: without origin, and `_c`."""
    return stem.removeprefix("train_").removeprefix("image_").removesuffix("_c")
