"""Aircraft boxes of two public sets, in the form that each was published in."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

from rrsis_geo.errors import DataError

Box = tuple[float, float, float, float]
"""(left, top, right, bottom) in pixels."""

LEAST = 4.0
"""Pixels; boxes with a shorter side are slips of the hand."""


def airbus_boxes(folder: Path) -> dict[Path, list[Box]]:
    """Image -> boxes of the Airbus aircraft sample, 16 scenes of 2560 x 2560."""
    base = folder / "airbus-aircraft"
    found: dict[Path, list[Box]] = {
        path: [] for path in sorted((base / "images").glob("*.jpg"))
    }
    try:
        with (base / "annotations.csv").open(newline="") as stream:
            for row in csv.DictReader(stream):
                corners = ast.literal_eval(row["geometry"])
                _put(found, base / "images" / row["image_id"], corners)
    except (OSError, KeyError, ValueError, SyntaxError) as error:
        raise DataError(f"{base}: annotations cannot be read ({error})") from error
    return found


def airport_boxes(folder: Path) -> dict[Path, list[Box]]:
    """Image -> boxes of Aerial Airport, 338 photos of 600 x 600."""
    base = folder / "aerial-airport"
    found: dict[Path, list[Box]] = {}
    # A few images have no file of labels; whether they show aircraft, nobody said.
    for label in sorted(base.glob("*/labelTxt/*.txt")):
        path = label.parents[1] / "images" / f"{label.stem}.jpg"
        found[path] = []
        for line in label.read_text().splitlines():
            words = line.split()
            if len(words) >= 8:
                numbers = [float(word) for word in words[:8]]
                _put(found, path, list(zip(numbers[::2], numbers[1::2], strict=True)))
    return found


def _put(
    found: dict[Path, list[Box]], path: Path, corners: list[tuple[float, float]]
) -> None:
    xs, ys = zip(*corners, strict=True)
    box = (min(xs), min(ys), max(xs), max(ys))
    if box[2] - box[0] > LEAST and box[3] - box[1] > LEAST:
        found[path].append((float(box[0]), float(box[1]), float(box[2]), float(box[3])))
