"""Objects of whole real scenes as the product answers, by the least score.

    python benchmarks/scene_answers.py DATA_FOLDER [--weights default] [--absent]

The scenes and rules are those of `real_scenes.py`, which measures the network alone.
Every scene is asked by `segment` for the plain name of its class; the network looks
once, as answers are kept. `--absent` asks for classes that are not there and counts
polygons.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import rasterio
from real_scenes import Task, tasks

from rrsis_geo import Segmenter, SegmentResult
from rrsis_geo.evaluation.scenes.layer_scores import transform_geometries
from rrsis_geo.evaluation.scenes.object_matching import ObjectScores, score

LEAST: tuple[float | None, ...] = (None, 0.0, 0.6, 0.7)
"""Values of `--min-score`; None: the default."""


def main() -> None:
    """Ask, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--absent", action="store_true")
    options = parser.parse_args()
    with TemporaryDirectory() as folder, Segmenter(options.weights) as segmenter:
        asked = [
            task
            for task in tasks(options.data, Path(folder), absent=options.absent)
            if "trained on" not in task.group
        ]
        if options.absent:
            print_wrong(asked, segmenter)
        else:
            print_scores(asked, segmenter)


def print_scores(asked: list[Task], segmenter: Segmenter) -> None:
    """Print recall and precision of each group for every least score."""
    totals: dict[tuple[str, float | None], ObjectScores] = defaultdict(ObjectScores)
    for task in asked:
        for least, found in answers(task, segmenter):
            totals[task.group, least] += compared(task, found)
    groups = list(dict.fromkeys(task.group for task in asked))
    print("| recall / precision | " + " | ".join(groups) + " |")
    print("| --- " * (len(groups) + 1) + "|")
    for least in LEAST:
        scores = [totals[group, least] for group in groups]
        cells = [f"{100 * s.recall:.1f} / {100 * s.precision:.1f} %" for s in scores]
        title = "default" if least is None else f"`--min-score {least:g}`"
        print(f"| {title} | " + " | ".join(cells) + " |")


def print_wrong(asked: list[Task], segmenter: Segmenter) -> None:
    """Print polygons per km2 where nothing of the kind is."""
    counts: dict[float | None, int] = defaultdict(int)
    for task in asked:
        for least, found in answers(task, segmenter):
            counts[least] += len(found)
    area = sum(map(square_kilometres, asked))
    for least in LEAST:
        title = "default" if least is None else f"--min-score {least:g}"
        wrong = f"{counts[least]} polygons, {counts[least] / area:.2f} per km2"
        print(f"{title}: {wrong} of {area:.1f} km2")


def answers(
    task: Task, segmenter: Segmenter
) -> Iterator[tuple[float | None, SegmentResult]]:
    """Yield the answer for every least score."""
    for least in LEAST:
        found = segmenter.segment(
            str(task.scene),
            task.expression,
            bbox=task.bbox,
            min_area=task.min_area,
            min_score=least,
            progress=False,
        )
        yield least, found


def compared(task: Task, found: SegmentResult) -> ObjectScores:
    """Compare an answer with the labels, in pixels."""
    with rasterio.open(task.scene) as dataset:
        to_pixels = ~dataset.transform
    scores, _ = score(
        transform_geometries(found.polygons.geometry, to_pixels),
        transform_geometries(task.objects, to_pixels),
        rule=task.rule,
    )
    return scores


def square_kilometres(task: Task) -> float:
    """Area that is searched."""
    with rasterio.open(task.scene) as dataset:
        left, bottom, right, top = task.bbox or dataset.bounds
    return float(np.abs((right - left) * (top - bottom))) / 1e6


if __name__ == "__main__":
    main()
