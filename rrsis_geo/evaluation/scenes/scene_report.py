"""Report of the polygons of a scene: lines of text, JSON, PNG."""

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
from rrsis_geo.evaluation.reports.case_images import (
    FALSE_NEGATIVE,
    FALSE_POSITIVE,
    TRUE_POSITIVE,
)
from rrsis_geo.evaluation.scenes.layer_scores import SceneScore, transform_geometries
from rrsis_geo.evaluation.scenes.object_matching import ObjectScores

SIDE = 2000
"""Pixels of the longer side of the scene, before the image is cropped."""


def lines(result: SceneScore) -> Iterator[str]:
    """Format rule and measures, one a line: name, tab, value."""
    scores = result.scores
    yield f"rule\t{result.rule}"
    for name, value in measures(scores, borders=result.area.borders is not None):
        yield f"{name}\t{value}"


def measures(scores: ObjectScores, *, borders: bool) -> Iterator[tuple[str, str]]:
    """Names and formatted values of all measures.

    Args:
        scores: Counts over one or more scenes.
        borders: Whether the borders of windows are known.
    """
    per_object = max(scores.objects, 1)
    yield "objects", str(scores.objects)
    yield "polygons", str(scores.polygons)
    yield "count error", f"{scores.count_error:+d}"
    yield "recall", _percent(scores.recall, scores.objects)
    yield "precision", _percent(scores.precision, scores.polygons)
    yield "area IoU", f"{100 * scores.iou:.1f} %"
    rate = scores.wrong_per_km2
    formatted = "not known: no scene" if rate is None else f"{rate:.2f}"
    yield "wrong polygons per km2", formatted
    yield "searched", f"{scores.km2:.3f} km2" if scores.km2 else "not known"
    yield "objects in pieces", _percent(scores.broken / per_object, scores.objects)
    yield "polygons over several objects", str(scores.merged)
    share = _percent(scores.border_broken / per_object, scores.objects)
    yield (
        "broken or doubled at window borders",
        share if borders else "not known: no run manifest beside the polygons",
    )


def write_counts(result: SceneScore, path: Path) -> None:
    """Write counts and measures as JSON, whole or not at all.

    Raises:
        OutputError: The file cannot be written.
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
        "window_borders_known": result.area.borders is not None,
    }
    with staged(path) as temporary:
        temporary.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")


def check_scene_image(path: Path) -> None:
    """Check the extension of an image, before long work.

    Raises:
        OutputError: The extension is not .png.
    """
    if path.suffix.lower() != ".png":
        raise OutputError(f"{path}: the name of a scene's report must end in .png")


def check_scene_known(result: SceneScore) -> None:
    """Check that there is a scene to draw on.

    Raises:
        OptionError: The scene is not known.
    """
    if result.area.scene is None:
        raise OptionError(
            "--report draws on the scene, which is not known: name it with --scene"
        )


def write_scene_image(result: SceneScore, path: Path) -> None:
    """Draw the scene with right and wrong polygons and missed objects, as PNG.

    Raises:
        OptionError: The scene is not known.
        OutputError: The file cannot be written.
    """
    check_scene_known(result)
    with result.area.open_scene() as scene:
        pixels, _, small = scene.thumbnail(SIDE)
    image = Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))
    pen = ImageDraw.Draw(image)
    to_thumbnail = ~small.transform @ result.area.grid.transform
    right = result.matches.right
    for shapes, colour in (
        (result.objects[~result.matches.found], FALSE_NEGATIVE),
        (result.polygons[~right], FALSE_POSITIVE),
        (result.polygons[right], TRUE_POSITIVE),
    ):
        for ring in shapely.get_rings(transform_geometries(shapes, to_thumbnail)):
            corners = [tuple(corner) for corner in shapely.get_coordinates(ring)]
            pen.line(corners, fill=colour, width=2)
    bounds = transform_geometries(result.area.outline, to_thumbnail).bounds
    left, top, right_edge, bottom = bounds
    pad = 20
    image = image.crop(
        (
            max(int(left) - pad, 0),
            max(int(top) - pad, 0),
            min(int(right_edge) + pad, image.width),
            min(int(bottom) + pad, image.height),
        )
    )
    with staged(path) as temporary:
        image.save(temporary, "PNG")


def _percent(share: float, count: int) -> str:
    return f"{100 * share:.1f} % of {count}" if count else "none to count"
