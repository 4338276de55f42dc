"""Accuracy and speed of the default weights against their target values ("bars").

    python benchmarks/bars.py DATA_FOLDER [--weights default] [--keep FOLDER]
        [--only earlier|added|sizes] [--most N]

DATA_FOLDER holds the public data sets of the model card; only images kept out of
training are used. Expressions are resolved by the network alone and by `--resolve
auto`, which computes position, size and order from the geometry. `--keep FOLDER` caches
the probabilities of whole scenes for the next run. `--only` measures a part: the data
sets of the first weights, the added ones, or one object shown at several sizes;
`--most` takes so many images of each added data set, and so many objects a class.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory

import numpy as np
from added_bars import report, report_scales
from public_data import default_sources, nwpu, split
from query_validation import Case, cases, without_target
from real_scenes import predict_scene, score_scene, tasks

from rrsis_geo.evaluation.scenes.object_matching import ObjectScores
from rrsis_geo.model.predictor import make_predictor
from rrsis_geo.query import make_plan
from rrsis_geo.vector.instance_splitting import split_by_class

GROUPS = (
    ("category", ("category",), 80),
    ("location and extreme", ("location", "extreme"), 70),
    ("size", ("size",), 60),
    ("relation", ("relation",), 68),
    ("attribute", ("attribute",), 58),
)
CROPS = 30
"""Crops of each validation source, as in `calibration.py`."""

OBJECTS = 24
"""Objects of a class that are shown at several sizes."""

CROWD = 4
"""Least number of objects of the target's class in a crowded image."""


def main() -> None:
    """Print every bar with the measured value."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--keep", type=Path, help="folder of probability rasters")
    parser.add_argument("--only", choices=("earlier", "added", "sizes"))
    parser.add_argument("--most", type=int, help="images per added data set")
    options = parser.parse_args()
    if options.only in (None, "earlier"):
        _earlier(options)
    if options.only in (None, "added"):
        with TemporaryDirectory() as temporary:
            report(options.data, options.weights, Path(temporary), options.most)
    if options.only in (None, "sizes"):
        report_scales(options.data, options.weights, options.most or OBJECTS)


def _earlier(options: argparse.Namespace) -> None:
    print("| what | bar | network alone | as the product answers | of |")
    print("| --- | --- | --- | --- | --- |")
    all_cases = cases(options.data, options.weights, made=6, limit=None)
    _expressions(all_cases, options.data)
    _, kept = default_sources(options.data, [])
    others = [source for source in kept if source.name != "nwpu"]
    without_targets = [case for case in all_cases if not case.target]
    without_targets += without_target(others, options.weights, count=CROPS)
    _row("nothing predicted, all kept images", 95, without_targets)
    print("\n| what | bar | measured | of |\n| --- | --- | --- | --- |")
    with TemporaryDirectory() as temporary:
        _scenes(options, Path(temporary))
    seconds = _window(options)
    print(f"| one 480 x 480 window, one expression | 0.15 s | {seconds:.3f} s | |")


def _expressions(found: Sequence[Case], data: Path) -> None:
    made = [case for case in found if case.type.startswith("made ")]
    written = [case for case in found if not case.type.startswith("made ")]
    _row("mIoU, made", 72, (case for case in made if case.target))
    _row("mIoU, written by hand", 62, (case for case in written if case.target))
    for name, kinds, bar in GROUPS:
        of = [
            case
            for case in found
            if case.type.removeprefix("made ") in kinds and case.target
        ]
        _row(f"mIoU, {name}", bar, of)
    crowded = _crowded(data)
    _row(
        f"mIoU, location among {CROWD} and more, written",
        60,
        (c for c in written if (c.image, c.expression) in crowded),
    )
    _row("nothing predicted, made", 95, (case for case in made if not case.target))
    _row("nothing predicted, written", 95, (c for c in written if not c.target))


def _crowded(data: Path) -> set[tuple[str, str]]:
    """(image, expression) of location expressions in crowded images."""
    _, kept = split(nwpu(data), every=7)
    found = set()
    for image in kept:
        names = [item.category for item in image.layout.objects]
        for item in image.written:
            several = item.targets and names.count(names[item.targets[0]]) >= CROWD
            if item.type == "location" and several:
                found.add((image.name, item.text))
    return found


def _row(name: str, bar: float, of: Iterable[Case]) -> None:
    chosen = list(of)
    alone, product = (
        100 * fmean(case.iou[mode] for case in chosen) for mode in ("network", "auto")
    )
    print(
        f"| {name} | {bar} | {alone:.1f} | {product:.1f} | {len(chosen)} |", flush=True
    )


def _scenes(options: argparse.Namespace, folder: Path) -> None:
    """Score tanks, aircraft and buildings; then count false positives."""
    keep = options.keep or folder
    keep.mkdir(parents=True, exist_ok=True)
    totals: dict[str, ObjectScores] = {}
    by_chance = 0
    for absent in (False, True):
        for task in tasks(options.data, folder, absent=absent):
            if "trained on" not in task.group:
                raster = keep / f"{task.group.split(',')[0]}--{task.name}.tif"
                predict_scene(task, raster, options.weights)
                head = make_plan(task.expression).finds[0]
                (touching,) = split_by_class([head.categories], None)
                counts, _ = score_scene(task, raster, threshold=0.5, split=touching)
                shifted, _ = score_scene(
                    task, raster, threshold=0.5, split=touching, border_shift=53
                )
                by_chance += shifted.border_broken
                group = "absent" if absent else task.group
                totals[group] = totals.get(group, ObjectScores()) + counts
    for group, bars in (("airbus-oiltank", (90, 90)), ("airbus-aircraft", (90, 85))):
        counts = totals[group]
        for name, bar, value in (
            ("recall", bars[0], counts.recall),
            ("precision", bars[1], counts.precision),
        ):
            number = counts.objects if name == "recall" else counts.polygons
            print(f"| {group}, {name} | {bar} % | {100 * value:.1f} % | {number} |")
    buildings = totals["oam-banepa"]
    print(
        f"| Banepa strip, area IoU | 0.60 | {buildings.iou:.2f} | {buildings.objects} |"
    )
    absent_scores = totals["absent"]
    rate = f"{absent_scores.wrong_per_km2:.1f} | {absent_scores.km2:.1f} km2"
    print(f"| wrong polygons per km2 where nothing is | 0.5 | {rate} |")
    broken = sum(totals[group].border_broken for group in totals)
    objects = sum(totals[group].objects for group in totals)
    shown = f"{broken}, and {by_chance} at lines where no window ends | {objects}"
    print(f"| objects doubled or broken at window borders | 0 | {shown} |")


def _window(options: argparse.Namespace) -> float:
    """Median seconds of a window, over twenty runs after two for warming up."""
    network = make_predictor(options.weights, ["the storage tank near the road"])
    pixels = np.random.default_rng(0).integers(0, 255, (1, 3, 480, 480), np.uint8)
    spent = []
    for _ in range(22):
        began = time.perf_counter()
        network(pixels)
        spent.append(time.perf_counter() - began)
    return median(spent[2:])


if __name__ == "__main__":
    main()
