"""Labelled images of two aircraft data sets, with outlines in place of their boxes."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from pathlib import Path

import shapely
from shapely.affinity import scale

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.errors import DataError

from .added.further_outlines import AIRCRAFT, AIRPORTS, RARE
from .aircraft_boxes import Box, airbus_boxes, airport_boxes

SAME_AIRPORT = (
    ("074737f4", "135fdc4c", "4f833867"),
    ("bd4fba16", "d8873734"),
)
"""Name prefixes of Airbus scenes that show one airport on several dates."""

SMALL_SIDE = 26.0
"""Pixels; an aircraft up to this size that has no outline gets an ellipse."""

ELLIPSE_SCALE = 0.8
"""Axes of that ellipse as a share of the box's sides."""

MAX_MISSING = 0.35
"""Images in which a larger share of the boxes is above `SMALL_SIDE` and has no outline
are left out, or read without aircraft where the ground was outlined. In the others such
a box gets a rhombus: without one, training would learn that there is no aircraft."""

Outlines = dict[tuple[str, int], shapely.Polygon | None]
"""(image name, index of the box) -> outline; None where no outline was accepted."""


def read_outlines(path: Path) -> Outlines:
    """Read the JSON lines that `scripts/weights/outline_aircraft.py` writes.

    Raises:
        DataError: the file is missing or broken.
    """
    outlines: Outlines = {}
    try:
        for line in path.read_text().splitlines():
            row = json.loads(line)
            points = row["outline"]
            polygon = None if points is None else shapely.Polygon(points)
            outlines[row["image"], row["box"]] = polygon
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: outlines cannot be read ({error})") from error
    return outlines


def airbus(folder: Path, outlines: Outlines) -> list[LabelledImage]:
    """Return the Airbus aircraft sample: 16 scenes at about 0.5 m."""
    return _images(airbus_boxes(folder), outlines, side=2560, gsd=0.5)


def airports(folder: Path, outlines: Outlines) -> list[LabelledImage]:
    """Return Aerial Airport: small images of distinct places at 0.5 to 1 m.

    Some have large aircraft outlined by eye, some the ground around them.
    """
    images = _images(
        airport_boxes(folder),
        outlines,
        side=600,
        gsd=0.75,
        drawn=AIRCRAFT.drawn,
        around=AIRPORTS.drawn,
    )
    return [RARE.add_to(AIRPORTS.add_to(AIRCRAFT.add_to(image))) for image in images]


def places_of(boxes: Mapping[Path, Sequence[Box]]) -> set[str]:
    """Return the places of all images, with or without outlines."""
    return {_place(path.name) for path in boxes}


def _images(
    boxes: dict[Path, list[Box]],
    outlines: Outlines,
    *,
    side: int,
    gsd: float,
    drawn: Container[str] = (),
    around: Container[str] = (),
) -> list[LabelledImage]:
    """Return images with outlines.

    Args:
        boxes: path -> boxes of aircraft.
        outlines: of boxes.
        side: of the images, in pixels.
        gsd: metres per pixel.
        drawn: names of images whose large aircraft are outlined by eye.
        around: names of images that are of use without their aircraft.
    """
    images = []
    for path, rows in boxes.items():
        known = [outlines.get((path.name, row)) for row in range(len(rows))]
        missing = [
            outline is None and _longer_side(box) > SMALL_SIDE
            for box, outline in zip(rows, known, strict=True)
        ]
        complete = {"airplane", "baseball_diamond"}
        if path.name not in drawn and sum(missing) > MAX_MISSING * len(rows):
            if path.name not in around:
                continue
            rows, known = [], []
            complete = set()
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
                            category="airplane",
                            polygon=outline or _default_outline(box),
                        )
                        for box, outline in zip(rows, known, strict=True)
                    ),
                    complete=frozenset(complete),
                    gsd=gsd,
                ),
            )
        )
    return images


def _longer_side(box: Box) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def _default_outline(box: Box) -> shapely.Polygon:
    """Approximate an aircraft in its box by a rhombus, or by an ellipse if small."""
    left, top, right, bottom = box
    x, y = (left + right) / 2, (top + bottom) / 2
    if _longer_side(box) > SMALL_SIDE:
        return shapely.Polygon([(left, y), (x, top), (right, y), (x, bottom)])
    circle = shapely.Point(x, y).buffer(1.0)
    return scale(
        circle, ELLIPSE_SCALE * (right - left) / 2, ELLIPSE_SCALE * (bottom - top) / 2
    )


def _place(name: str) -> str:
    for prefixes in SAME_AIRPORT:
        if name.startswith(prefixes):
            return prefixes[0]
    return name
