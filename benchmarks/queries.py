"""Whole-scene questions: how often they are answered right, and how fast.

    python benchmarks/queries.py scenes DATA_FOLDER [--weights default | --labels]
    python benchmarks/queries.py validation DATA_FOLDER [--weights default]
    python benchmarks/queries.py drawn [--weights default | --labels]
    python benchmarks/queries.py speed

scenes: the expressions written for whole real scenes, with the labels in the place of
what a perfect network finds, or with weights. validation: mIoU by type on the images
kept out of training; the table of operators comes from every second image, the figures
of auto from the others. drawn: 6,000 x 6,000 pixels with exact truth. speed: 100,000
candidates. Probabilities are kept in the folder for temporary files, so that a second
run only works out the answers. Each prints a table and writes JSON with --json FILE.
"""

from __future__ import annotations

import argparse
import json
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from affine import Affine
from query_drawn import DRAWN, drawn_scene
from query_scenes import Asked, LabelledScene, answer_from_labels, read_scenes
from query_weights import Asker
from rasterio.crs import CRS

from rrsis_geo.language import nodes as n
from rrsis_geo.language.traversal import walk
from rrsis_geo.query import make_plan
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.operators.evaluator import resolve
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.query.plan.plan import names_categories as known_to
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import SCHEMA, Polygons

Row = dict[str, Any]

FEWER, CROWD = 25_000, 100_000
"""Candidates whose seconds and memory are compared."""

CROWDED = (
    "the largest tank",
    "the big tanks",
    "the longest tank",
    "tanks larger than 500 m2",
    "tanks larger than the largest building",
    "tanks as large as the buildings",
    "the middle tank",
    "three tanks in the north",
    "the northernmost tank",
    "the third tank from the left",
    "tanks in the north-west quarter",
    "tanks at the left edge",
    "tanks near the road",
    "tanks not near the road",
    "tanks within 50 m of the road",
    "tanks along the road",
    "tanks around the building",
    "tanks opposite the building",
    "the tank closest to the largest building",
    "tanks north of the largest building",
    "tanks north of the buildings",
    "the tank at the north end of the road",
    "tanks between the buildings",
    "tanks inside the parking lot",
    "tanks not in the parking lot",
    "tanks surrounded by buildings",
    "buildings containing tanks",
    "the isolated tank",
    "tanks in a row",
    "the column of tanks",
    "the second tank in the top row",
    "the largest cluster of tanks",
    "all tanks except the largest",
    "the largest tank and the largest building",
)
"""At least one question for every operator."""


def main() -> None:
    """Run one of the benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=["scenes", "validation", "drawn", "speed"])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--weights", default="default")
    parser.add_argument("--labels", action="store_true", help="a perfect network")
    parser.add_argument(
        "--alone",
        type=int,
        default=4,
        help="network alone: every so manyth question; 0: none",
    )
    parser.add_argument(
        "--known",
        action="store_true",
        help="scenes: only what names labelled things alone",
    )
    parser.add_argument("--limit", type=int, help="scenes or images, for a quick look")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = {
        "scenes": scenes,
        "validation": validation,
        "drawn": drawn,
        "speed": speed,
    }[options.which](options)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


def scenes(options: argparse.Namespace) -> list[Row]:
    """Expressions written for whole scenes."""
    rows: list[Row] = []
    for scene in read_scenes(options.data)[: options.limit]:
        asked = scene.asked
        if options.known:
            asked = tuple(a for a in asked if scene.knows(make_plan(a.expression)))
        rows += _scene_rows(scene, asked, options)
    _print_right(rows)
    return rows


def drawn(options: argparse.Namespace) -> list[Row]:
    """Expressions made for drawn scenes, true by their geometry."""
    rows: list[Row] = []
    for one in DRAWN[: options.limit]:
        scene = drawn_scene(one)
        rows += _scene_rows(scene, scene.asked, options)
    _print_right(rows)
    return rows


def _scene_rows(
    scene: LabelledScene, asked: Sequence[Asked], options: argparse.Namespace
) -> list[Row]:
    texts = [one.expression for one in asked]
    plans = [make_plan(text) for text in texts]
    known = [scene.knows(plan) for plan in plans]
    given: dict[str, dict[str, frozenset[int]]] = {
        "perfect": {text: answer_from_labels(scene, text) for text in texts}
    }
    if not options.labels:
        asker = Asker(weights=options.weights)
        given["auto"] = _asked(asker, scene, texts, "auto")
        some = [text for text, is_known in zip(texts, known, strict=True) if is_known]
        few = some[:: options.alone] if options.alone else []
        given["network"] = _asked(asker, scene, few, "network")
    rows = []
    for one, plan, is_known in zip(asked, plans, known, strict=True):
        row: Row = {
            "scene": scene.path.name,
            "expression": one.expression,
            "type": one.type,
            "operators": sorted(_operators(plan.root)),
            "in_labels": is_known,
            "plan": plan.notation(),
        }
        if not options.labels:
            row["in_weights"] = known_to(frozenset(asker.categories))(plan.root)
        for mode, answers in given.items():
            if one.expression in answers:
                row[mode] = one.is_right(answers[one.expression])
        rows.append(row)
    return rows


def _asked(
    asker: Asker, scene: LabelledScene, texts: Sequence[str], mode: str
) -> dict[str, frozenset[int]]:
    return dict(zip(texts, asker.answers(scene, texts, mode), strict=True))


def validation(options: argparse.Namespace) -> list[Row]:
    """Images kept out of training, every expression by every mode."""
    from query_validation import (  # loads torch: only now
        MODES,
        Tables,
        cases,
        documented,
    )

    found = cases(options.data, options.weights, made=6, limit=options.limit)
    halves = defaultdict(list)
    for place, image in enumerate(dict.fromkeys(case.image for case in found)):
        halves[place % 2] += [case for case in found if case.image == image]
    for title, part in (
        ("the half for the table", halves[0]),
        ("the other", halves[1]),
    ):
        by_operator, by_type = Tables(), Tables()
        for case in part:
            for mode in MODES:
                value, kind = case.iou[mode], case.type
                if not case.target:
                    by_type.add(f"quiet: {kind}", mode, value)
                    continue
                by_type.add("all", mode, value)
                by_type.add(kind, mode, value)
                for operator in case.operators or ("(none)",):
                    by_operator.add(operator, mode, value)
        print(f"\n{title}: mIoU by operator", *by_operator.lines(MODES), sep="\n")
        print(f"\n{title}: mIoU by type", *by_type.lines(MODES), sep="\n")
    print(
        "\nfor docs/measurements/query.md, of the other half:",
        *documented(halves[1]),
        sep="\n",
    )
    return [
        {"image": c.image, "expression": c.expression, "type": c.type,
         "operators": c.operators, "target": c.target, **c.iou}
        for c in found
    ]  # fmt: skip


def speed(options: argparse.Namespace) -> list[Row]:
    """Planning and resolving 100,000 candidates: seconds, memory, and their growth."""
    rows: list[Row] = []
    for text in CROWDED:
        plan = make_plan(text)
        row: Row = {"expression": text, "operators": sorted(_operators(plan.root))}
        for number in (FEWER, CROWD):
            row[f"s_{number}"], row[f"mib_{number}"] = _spent(plan, number)
        row["growth"] = row[f"s_{CROWD}"] / max(row[f"s_{FEWER}"], 1e-9)
        row["memory_growth"] = row[f"mib_{CROWD}"] / max(row[f"mib_{FEWER}"], 1e-9)
        rows.append(row)
        print(
            f"{row[f's_{CROWD}']:6.2f} s, x {row['growth']:4.1f}"
            f" {row[f'mib_{CROWD}']:7.0f} MiB, x {row['memory_growth']:4.1f}  {text}",
            flush=True,
        )
    print(f"x: of {CROWD:,} candidates against {FEWER:,}; 4 is linear")
    return rows


def _spent(plan: Plan, number: int) -> tuple[float, float]:
    """Seconds of this process, then the peak of numpy's and Python's memory, MiB."""
    found, grid = _crowd(number)
    names = plan.phrases
    column = np.array(names, object)[np.arange(number) % len(names)]
    columns = found.columns | {"expression": column}
    asked = Polygons(geometry=found.geometry, crs=found.crs, columns=columns)
    began = time.process_time()
    resolve(make_plan(plan.expression), Candidates(asked, grid, names))
    seconds = time.process_time() - began
    tracemalloc.start()
    resolve(plan, Candidates(asked, grid, names))
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return seconds, peak


def _crowd(number: int) -> tuple[Polygons, Grid]:
    """Round things of 24 corners, as close together however many there are.

    100,000 of them lie all over a scene of 40,000 x 40,000 pixels.
    """
    rng = np.random.default_rng(0)
    side = round(40_000 * (number / CROWD) ** 0.5)
    grid = Grid(
        Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000), CRS.from_epsg(32633), side, side
    )
    middle = rng.uniform(30, side - 30, (number, 2))
    radius = rng.uniform(4, 28, number)
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rim = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    corners = middle[:, None] + radius[:, None, None] * rim
    places = np.stack(grid.pixels_to_crs(corners[..., 0], corners[..., 1]), axis=-1)
    columns = {name: np.zeros(number, kind) for name, kind in SCHEMA.items()}
    columns["score"] = rng.uniform(0.6, 1, number).astype(np.float32)
    columns["area_m2"] = np.pi * radius**2 / 4
    return (
        Polygons(
            geometry=shapely.polygons(places), crs=grid.crs.to_wkt(), columns=columns
        ),
        grid,
    )


def _operators(root: n.Node) -> set[str]:
    kinds = {type(node).__name__ for node in walk(root)}
    return kinds - {"Find"} or {"(none)"}


def _print_right(rows: list[Row]) -> None:
    modes = [
        mode
        for mode in ("perfect", "auto", "network")
        if any(mode in row for row in rows)
    ]
    known = [row for row in rows if row["in_labels"]]
    parts = {"all": rows, "all named things labelled": known}
    if len(modes) > 1:
        asked = [row for row in known if row["in_weights"]]
        parts["and known to the weights"] = asked
        parts["and asked of the network alone"] = [r for r in asked if "network" in r]
    for title, part in parts.items():
        print(f"\n{title}: answered right, % (of)")
        for name, group in _groups(part):
            cells = []
            for mode in modes:
                values = [row[mode] for row in group if mode in row]
                share = 100 * np.mean(values) if values else float("nan")
                cells.append(f"{mode} {share:5.1f} ({len(values)})")
            print(f"  {name:18}" + "   ".join(cells))


def _groups(rows: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    yield "everything", rows
    for key in ("type", "operators"):
        groups = defaultdict(list)
        for row in rows:
            for name in [row[key]] if key == "type" else row[key]:
                groups[name].append(row)
        yield from sorted(groups.items())


if __name__ == "__main__":
    main()
