"""Planner and operators without a network, on expressions written for images.

    python benchmarks/query_labels.py DATA_FOLDER [--json FILE] [--against FILE]

DATA_FOLDER holds `nwpu-vhr10` and `expressions` of the model card. No network is
used: all labelled objects of the classes that a phrase names stand in for its
prediction, so appearance ("white", "docked") selects nothing here. The table covers
expressions in which `--resolve auto` leaves an operator to the geometry, and whose
phrases name labelled objects. Nothing is trained, so all images are used. `--against`
prints the differences from the run that wrote that file.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from public_data import nwpu
from query_validation import SIDE, answered_mask, grid_of, overlap, plan_expression

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.datasets.transforms.crops import crop_layout, draw_mask, full_crop
from rrsis_geo.job import SCORE_MARGIN
from rrsis_geo.model.serialization.header import read_header
from rrsis_geo.query import make_plan
from rrsis_geo.training.data.mixture import written_masks

Row = dict[str, Any]

CHANGED = 0.1
"""Least change of an IoU that is printed."""


def main() -> None:
    """Print a table by type."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--against", type=Path)
    options = parser.parse_args()
    info = read_header("default")
    rows = [
        row
        for image in nwpu(options.data)
        if image.written
        for row in scored_expressions(image, info.categories)
    ]
    groups = defaultdict(list)
    for row in rows:
        names = ("all", row["type"]) if row["target"] else ("nothing is meant",)
        for name in names:
            groups[name].append(row["iou"])
    print("| type | mIoU | of |", "| --- | --- | --- |", sep="\n")
    for name, values in sorted(groups.items()):
        print(f"| {name} | {100 * fmean(values):.1f} | {len(values)} |")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    if options.against:
        before = {
            (row["image"], row["text"]): row
            for row in json.loads(options.against.read_text())
        }
        for row in rows:
            old = before.get((row["image"], row["text"]))
            if old and abs(old["iou"] - row["iou"]) > CHANGED:
                print(
                    f"{old['iou']:.2f} -> {row['iou']:.2f} {row['type']} "
                    f"{row['image']}: {row['text']} => {row['plan']}"
                )


def scored_expressions(
    image: LabelledImage, categories: tuple[str, ...]
) -> Iterator[Row]:
    """Yield a row for every expression that needs the geometry."""
    crop = full_crop(image.layout, SIDE)
    layout, _ = crop_layout(image.layout, crop)
    grid = grid_of(image)
    masks = written_masks(image.layout, crop, image.written)
    for item, mask in zip(image.written, masks, strict=True):
        batch = plan_expression(item.text, "scene", grid, categories)
        plan = batch.plans[0]
        phrases = [text for text in batch.texts if text != item.text]
        levels = {text: _labelled(layout, text) for text in phrases}
        if plan.is_plain or not all(level.any() for level in levels.values()):
            continue
        # the network finds nothing for the whole expression
        levels[item.text] = np.zeros((SIDE, SIDE), np.uint8)
        yield {
            "image": image.name,
            "text": item.text,
            "type": item.type,
            "plan": plan.notation(),
            "target": bool(mask.any()),
            "iou": overlap(
                answered_mask(batch, levels, grid, SCORE_MARGIN, pixels=image.pixels),
                mask,
            ),
        }


def _labelled(layout: Layout, phrase: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return (SIDE, SIDE) levels of all objects of the classes in a phrase."""
    categories = make_plan(phrase).finds[0].categories
    level = np.zeros((SIDE, SIDE), np.uint8)
    for index, labelled in enumerate(layout.objects):
        if labelled.category in categories:
            level[draw_mask(layout, (index,))] = 254
    return level


if __name__ == "__main__":
    main()
