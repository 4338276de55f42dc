"""Scenes with aircraft, whose boxes a first network has turned into outlines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import shapely
from shapely.affinity import scale

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.errors import DataError
from rrsis_geo.training.recipe.aircraft_boxes import Box, airbus_boxes, airport_boxes

SAME_AIRPORT = (
    ("074737f4", "135fdc4c", "4f833867"),
    ("bd4fba16", "d8873734"),
)
"""Beginnings of names of Airbus scenes that show one place at several dates."""

SMALL = 26.0
"""Pixels; an aircraft with a longer side below is little more than a blob, so that an
ellipse serves as its outline where none was found."""

BLOB = 0.8
"""Axes of that ellipse against the box's sides."""

LOST = 0.35
"""Images with a larger share of larger boxes without an outline are left out; in the
others a rhombus stands in for the few: better than to teach that nothing is there."""

Outlines = dict[tuple[str, int], shapely.Polygon | None]
"""(image name, row of the box) -> outline, or None where none looked right."""


def read_outlines(path: Path) -> Outlines:
    """What `scripts/outline_aircraft.py` wrote.

    Raises:
        DataError: the file is missing or broken.
    """
    found: Outlines = {}
    try:
        for line in path.read_text().splitlines():
            row = json.loads(line)
            points = row["outline"]
            polygon = None if points is None else shapely.Polygon(points)
            found[row["image"], row["box"]] = polygon
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: outlines cannot be read ({error})") from error
    return found


def airbus(folder: Path, outlines: Outlines) -> list[LabelledImage]:
    """Airbus aircraft: 16 scenes at about half a metre."""
    return _images(airbus_boxes(folder), outlines, side=2560, gsd=0.5)


def airports(folder: Path, outlines: Outlines) -> list[LabelledImage]:
    """Aerial Airport: small pictures, each of another place, at half to one metre."""
    return _images(airport_boxes(folder), outlines, side=600, gsd=0.75)


def places_of(boxes: Mapping[Path, Sequence[Box]]) -> set[str]:
    """Places of all images of a set, whether their aircraft have outlines or not."""
    return {_place(path.name) for path in boxes}


def _images(
    boxes: dict[Path, list[Box]], outlines: Outlines, *, side: int, gsd: float
) -> list[LabelledImage]:
    images = []
    for path, rows in boxes.items():
        found = [outlines.get((path.name, row)) for row in range(len(rows))]
        lost = [
            outline is None and _side(box) > SMALL
            for box, outline in zip(rows, found, strict=True)
        ]
        if sum(lost) > LOST * len(rows):
            continue
        images.append(
            LabelledImage(
                name=path.name,
                path=path,
                place=_place(path.name),
                layout=Layout(
                    width=side,
                    height=side,
                    objects=tuple(
                        LabelledObject(
                            category="airplane", polygon=outline or _stand_in(box)
                        )
                        for box, outline in zip(rows, found, strict=True)
                    ),
                    complete=frozenset({"airplane", "baseball_diamond"}),
                    gsd=gsd,
                ),
            )
        )
    return images


def _side(box: Box) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def _stand_in(box: Box) -> shapely.Polygon:
    """Roughly where an aircraft is in its box."""
    left, top, right, bottom = box
    x, y = (left + right) / 2, (top + bottom) / 2
    if _side(box) > SMALL:
        return shapely.Polygon([(left, y), (x, top), (right, y), (x, bottom)])
    circle = shapely.Point(x, y).buffer(1.0)
    return scale(circle, BLOB * (right - left) / 2, BLOB * (bottom - top) / 2)


def _place(name: str) -> str:
    for same in SAME_AIRPORT:
        if name.startswith(same):
            return same[0]
    return name
