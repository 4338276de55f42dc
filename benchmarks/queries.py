"""Whole-scene expressions: how often they are resolved correctly, and how fast.

    python benchmarks/queries.py scenes DATA_FOLDER [--weights default | --labels]
    python benchmarks/queries.py validation DATA_FOLDER [--weights default]
    python benchmarks/queries.py drawn [--weights default | --labels]
    python benchmarks/queries.py speed
    python benchmarks/queries.py decisions

scenes: the expressions written for whole real scenes, with the labels in place of a
perfect network's predictions, or with weights. validation: mIoU by type on the images
kept out of training; one half of the images gives the table of operators, the other
half the figures of auto. drawn: synthetic scenes of 6,000 x 6,000 pixels with exact
labels. speed: the operators on 100,000 candidates. decisions: 20 expressions decided by
all evidence, together, on 10,000 candidates. Probabilities are cached in the folder for
temporary files, so that a second run only resolves the expressions. Each prints a table
and writes JSON with --json FILE.
"""

from __future__ import annotations

import argparse
import json
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from affine import Affine
from query_drawn import DRAWN, drawn_scene
from query_scenes import LabelledQuery, LabelledScene, answer_from_labels, read_scenes
from query_weights import ScenePredictor
from rasterio.crs import CRS

from rrsis_geo.language import nodes as n
from rrsis_geo.language.traversal import walk
from rrsis_geo.query import make_plan
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.decision.maps import joined
from rrsis_geo.query.operators.evaluator import resolve
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.query.plan.plan import names_categories as known_to
from rrsis_geo.query.query_batch import make_batch
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import SCHEMA, Polygons

Row = dict[str, Any]

DECIDED = 10_000
"""Objects of each text on which expressions are decided."""

FEWER, CROWD = 25_000, 100_000
"""Numbers of candidates whose time and memory are compared."""

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
"""At least one expression for every operator."""


def main() -> None:
    """Run one of the benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=list(COMMANDS))
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--weights", default="default")
    parser.add_argument(
        "--labels", action="store_true", help="labels instead of a network"
    )
    parser.add_argument(
        "--alone",
        type=int,
        default=4,
        help="resolve every n-th expression with the network alone; 0: none",
    )
    parser.add_argument(
        "--known",
        action="store_true",
        help="scenes: only expressions that name labelled classes alone",
    )
    parser.add_argument("--limit", type=int, help="number of scenes or images")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = COMMANDS[options.which](options)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


def scenes(options: argparse.Namespace) -> list[Row]:
    """Resolve the expressions written for whole scenes."""
    rows: list[Row] = []
    for scene in read_scenes(options.data)[: options.limit]:
        queries = scene.queries
        if options.known:
            queries = tuple(
                query for query in queries if scene.knows(make_plan(query.expression))
            )
        rows += _scene_rows(scene, queries, options)
    _print_right(rows)
    return rows


def drawn(options: argparse.Namespace) -> list[Row]:
    """Resolve the expressions generated for drawn scenes."""
    rows: list[Row] = []
    for one in DRAWN[: options.limit]:
        scene = drawn_scene(one)
        rows += _scene_rows(scene, scene.queries, options)
    _print_right(rows)
    return rows


def _scene_rows(
    scene: LabelledScene, queries: Sequence[LabelledQuery], options: argparse.Namespace
) -> list[Row]:
    texts = [query.expression for query in queries]
    plans = [make_plan(text) for text in texts]
    known = [scene.knows(plan) for plan in plans]
    answers_by_mode: dict[str, dict[str, frozenset[int]]] = {
        "perfect": {text: answer_from_labels(scene, text) for text in texts}
    }
    if not options.labels:
        predictor = ScenePredictor(weights=options.weights)
        answers_by_mode["auto"] = _predict(predictor, scene, texts, "auto")
        known_texts = [
            text for text, is_known in zip(texts, known, strict=True) if is_known
        ]
        subset = known_texts[:: options.alone] if options.alone else []
        answers_by_mode["network"] = _predict(predictor, scene, subset, "network")
    rows = []
    for query, plan, is_known in zip(queries, plans, known, strict=True):
        row: Row = {
            "scene": scene.path.name,
            "expression": query.expression,
            "type": query.type,
            "operators": sorted(_operators(plan.root)),
            "in_labels": is_known,
            "plan": plan.notation(),
        }
        if not options.labels:
            row["in_weights"] = known_to(frozenset(predictor.categories))(plan.root)
        for mode, answers in answers_by_mode.items():
            if query.expression in answers:
                row[mode] = query.is_right(answers[query.expression])
        rows.append(row)
    return rows


def _predict(
    predictor: ScenePredictor, scene: LabelledScene, texts: Sequence[str], mode: str
) -> dict[str, frozenset[int]]:
    return dict(zip(texts, predictor.answers(scene, texts, mode), strict=True))


def validation(options: argparse.Namespace) -> list[Row]:
    """Resolve every expression of the validation images in every mode."""
    from query_validation import (  # imports torch, which the others do not need
        MODES,
        Case,
        Tables,
        cases,
        documented,
    )

    found = cases(options.data, options.weights, made=6, limit=options.limit)
    halves: dict[int, list[Case]] = defaultdict(list)
    for index, image in enumerate(dict.fromkeys(case.image for case in found)):
        halves[index % 2] += [case for case in found if case.image == image]
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
    """Measure time, memory and their growth for up to 100,000 candidates."""
    rows: list[Row] = []
    for text in CROWDED:
        plan = make_plan(text)
        row: Row = {"expression": text, "operators": sorted(_operators(plan.root))}
        for number in (FEWER, CROWD):
            row[f"s_{number}"], row[f"mib_{number}"] = _measure(plan, number)
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


def decisions(options: argparse.Namespace) -> list[Row]:
    """Measure the decision on 20 expressions, with the network's polygons at hand.

    The objects of different nouns lie at different places; the faint outlines are
    those of the clear objects, a little wider.
    """
    texts = CROWDED[::2] + CROWDED[1:7:2]
    _, grid = _generate_candidates(DECIDED)
    batch = make_batch(texts, "auto", grid=grid, window_size=480, categories=None)
    clear = joined(
        [
            _named(_generate_candidates(DECIDED, seed=noun)[0], text)
            for noun, text in enumerate(batch.texts)
        ]
    )
    faint = replace(clear, geometry=shapely.buffer(clear.geometry, 1.0))
    began = time.process_time()
    answers = batch.answer(clear, grid, None, faint=faint, min_score=None)
    seconds = time.process_time() - began
    print(
        f"{len(texts)} expressions, {len(batch.texts)} texts of {DECIDED:,} objects: "
        f"{seconds:.1f} s, {len(answers.polygons):,} polygons"
    )
    return [{"expressions": len(texts), "s": seconds}]


def _named(found: Polygons, text: str) -> Polygons:
    """Polygons predicted for a text."""
    column = np.full(len(found), text, np.object_)
    return replace(found, columns=found.columns | {"expression": column})


def _measure(plan: Plan, number: int) -> tuple[float, float]:
    """Return processor seconds and the peak of allocated memory in MiB."""
    found, grid = _generate_candidates(number)
    names = plan.phrases
    column = np.array(names, object)[np.arange(number) % len(names)]
    columns = found.columns | {"expression": column}
    polygons = Polygons(geometry=found.geometry, crs=found.crs, columns=columns)
    began = time.process_time()
    resolve(make_plan(plan.expression), Candidates(polygons, grid, names))
    seconds = time.process_time() - began
    tracemalloc.start()
    resolve(plan, Candidates(polygons, grid, names))
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return seconds, peak


def _generate_candidates(number: int, seed: int = 0) -> tuple[Polygons, Grid]:
    """Generate round polygons of 24 vertices at a constant density, none on another.

    100,000 of them cover a scene of 40,000 x 40,000 pixels.
    """
    rng = np.random.default_rng(seed)
    side = round(40_000 * (number / CROWD) ** 0.5)
    grid = Grid(
        Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000), CRS.from_epsg(32633), side, side
    )
    radius = rng.uniform(4, 28, number)
    cells = int(np.ceil(number**0.5))
    cell = rng.choice(cells**2, number, replace=False)
    room = side / cells / 2 - radius[:, None]
    corner = np.stack(np.divmod(cell, cells), axis=1) * side / cells
    middle = corner + side / cells / 2 + room * rng.uniform(-1, 1, (number, 2))
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    unit_circle = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    corners = middle[:, None] + radius[:, None, None] * unit_circle
    coordinates = np.stack(
        grid.pixels_to_crs(corners[..., 0], corners[..., 1]), axis=-1
    )
    columns = {name: np.zeros(number, kind) for name, kind in SCHEMA.items()}
    columns["score"] = rng.uniform(0.6, 1, number).astype(np.float32)
    columns["area_m2"] = np.pi * radius**2 / 4
    return (
        Polygons(
            geometry=shapely.polygons(coordinates),
            crs=grid.crs.to_wkt(),
            columns=columns,
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
        in_weights = [row for row in known if row["in_weights"]]
        parts["and known to the weights"] = in_weights
        parts["and resolved by the network alone"] = [
            row for row in in_weights if "network" in row
        ]
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


COMMANDS = {
    "scenes": scenes,
    "validation": validation,
    "drawn": drawn,
    "speed": speed,
    "decisions": decisions,
}

if __name__ == "__main__":
    main()
