"""What a scene's scores say, as lines, as JSON and as a picture."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from PIL import Image, ImageDraw

from rrsis_geo.atomic_write import staged
from rrsis_geo.errors import OptionError, OutputError
from rrsis_geo.evaluation.reports.case_images import MISSED, RIGHT, WRONG
from rrsis_geo.evaluation.scenes.layer_scores import SceneScore, moved
from rrsis_geo.evaluation.scenes.object_matching import ObjectScores

SIDE = 2000
"""Pixels of the longer side of a picture."""


def lines(result: SceneScore) -> Iterator[str]:
    """Name and value with a tab between them, the counts first."""
    scores = result.scores
    yield f"rule\t{result.rule}"
    for name, value in measures(scores, borders=result.frame.borders is not None):
        yield f"{name}\t{value}"


def measures(scores: ObjectScores, *, borders: bool) -> Iterator[tuple[str, str]]:
    """What the counts say, ready to print.

    Args:
        scores: Of one or more scenes.
        borders: Whether it is known where windows ended.
    """
    per_object = max(scores.objects, 1)
    yield "objects", str(scores.objects)
    yield "polygons", str(scores.polygons)
    yield "count error", f"{scores.count_error:+d}"
    yield "recall", _percent(scores.recall, scores.objects)
    yield "precision", _percent(scores.precision, scores.polygons)
    yield "area IoU", f"{100 * scores.iou:.1f} %"
    rate = scores.wrong_per_km2
    shown = "not known: no scene" if rate is None else f"{rate:.2f}"
    yield "wrong polygons per km2", shown
    yield "searched", f"{scores.km2:.3f} km2" if scores.km2 else "not known"
    yield "objects in pieces", _percent(scores.broken / per_object, scores.objects)
    yield "polygons over several objects", str(scores.merged)
    share = _percent(scores.border_broken / per_object, scores.objects)
    yield (
        "broken or doubled at window borders",
        share if borders else "not known: no run manifest beside the polygons",
    )


def write_counts(result: SceneScore, path: Path) -> None:
    """Counts and measures as JSON, whole or not at all.

    Raises:
        OutputError: the file cannot be written.
    """
    scores = result.scores
    body: dict[str, Any] = {
        "rule": result.rule,
        "counts": asdict(scores),
        "recall": scores.recall,
        "precision": scores.precision,
        "count_error": scores.count_error,
        "area_iou": scores.iou,
        "wrong_per_km2": scores.wrong_per_km2,
        "window_borders_known": result.frame.borders is not None,
    }
    with staged(path) as place:
        place.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")


def check_picture(path: Path) -> None:
    """Refuse a picture that could not be written.

    Raises:
        OutputError: the extension is not .png.
    """
    if path.suffix.lower() != ".png":
        raise OutputError(f"{path}: the report of a scene ends in .png")


def write_picture(result: SceneScore, path: Path) -> None:
    """The scene with right and wrong polygons and missed objects, as PNG.

    Raises:
        OptionError: the scene is not known.
        OutputError: it cannot be written.
    """
    opened = result.frame.open_scene()
    if opened is None:
        raise OptionError("a report shows the scene: name it with --scene")
    with opened as scene:
        pixels, _, small = scene.thumbnail(SIDE)
    picture = Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))
    pen = ImageDraw.Draw(picture)
    onto = ~small.transform @ result.frame.grid.transform
    right = result.matches.right
    for shapes, colour in (
        (result.objects[~result.matches.found], MISSED),
        (result.polygons[~right], WRONG),
        (result.polygons[right], RIGHT),
    ):
        for ring in shapely.get_rings(moved(shapes, onto)):
            corners = [tuple(corner) for corner in shapely.get_coordinates(ring)]
            pen.line(corners, fill=colour, width=2)
    left, top, low, bottom = moved(result.frame.outline, onto).bounds
    pad = 20
    picture = picture.crop(
        (
            max(int(left) - pad, 0),
            max(int(top) - pad, 0),
            min(int(low) + pad, picture.width),
            min(int(bottom) + pad, picture.height),
        )
    )
    with staged(path) as place:
        picture.save(place, "PNG")


def _percent(share: float, count: int) -> str:
    return f"{100 * share:.1f} % of {count}" if count else "none to count"
