"""Read the aircraft boxes of two public data sets in their published formats."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

from rrsis_geo.errors import DataError

Box = tuple[float, float, float, float]
"""(left, top, right, bottom) in pixels."""

MIN_SIDE = 4.0
"""Pixels; boxes with a shorter side are labelling errors."""


def airbus_boxes(folder: Path) -> dict[Path, list[Box]]:
    """Return image path -> boxes of the Airbus aircraft sample (16 scenes, 2560 px)."""
    base = folder / "airbus-aircraft"
    boxes: dict[Path, list[Box]] = {
        path: [] for path in sorted((base / "images").glob("*.jpg"))
    }
    try:
        with (base / "annotations.csv").open(newline="") as stream:
            for row in csv.DictReader(stream):
                corners = ast.literal_eval(row["geometry"])
                _add_box(boxes, base / "images" / row["image_id"], corners)
    except (OSError, KeyError, ValueError, SyntaxError) as error:
        raise DataError(f"{base}: annotations cannot be read ({error})") from error
    return boxes


def airport_boxes(folder: Path) -> dict[Path, list[Box]]:
    """Return image path -> boxes of Aerial Airport (338 photos, 600 px)."""
    base = folder / "aerial-airport"
    boxes: dict[Path, list[Box]] = {}
    # Images without a label file are skipped: they may show unlabelled aircraft.
    for label in sorted(base.glob("*/labelTxt/*.txt")):
        path = label.parents[1] / "images" / f"{label.stem}.jpg"
        boxes[path] = []
        for line in label.read_text().splitlines():
            words = line.split()
            if len(words) >= 8:
                numbers = [float(word) for word in words[:8]]
                _add_box(
                    boxes, path, list(zip(numbers[::2], numbers[1::2], strict=True))
                )
    return boxes


def _add_box(
    boxes: dict[Path, list[Box]], path: Path, corners: list[tuple[float, float]]
) -> None:
    xs, ys = zip(*corners, strict=True)
    box = (min(xs), min(ys), max(xs), max(ys))
    if box[2] - box[0] > MIN_SIDE and box[3] - box[1] > MIN_SIDE:
        boxes[path].append((float(box[0]), float(box[1]), float(box[2]), float(box[3])))
