"""What planner and map alone make of words that people wrote for images.

    python benchmarks/query_labels.py DATA_FOLDER [--json FILE] [--against FILE]

DATA_FOLDER holds `nwpu-vhr10` and `expressions` of the model card. No network: all
labelled objects of the classes that a phrase names stand in for what it finds, so words
of looks ("white", "docked") choose nothing here. Counted are expressions in which
`--resolve auto` leaves something to the map, and whose phrases name labelled things.
Nothing is learned, so all images count. `--against` prints what changed since the run
that wrote that file.
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
from query_validation import SIDE, answered_mask, grid_of, overlap, question

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.datasets.transforms.crops import crop_layout, draw_mask, full_crop
from rrsis_geo.job import SCORE_MARGIN
from rrsis_geo.model.serialization.header import read_header
from rrsis_geo.query import make_plan
from rrsis_geo.training.data.mixture import written_masks

Row = dict[str, Any]

CHANGED = 0.1
"""Of an intersection over union that is worth a line."""


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
        for row in judged(image, info.categories)
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
            was = before.get((row["image"], row["text"]))
            if was and abs(was["iou"] - row["iou"]) > CHANGED:
                print(
                    f"{was['iou']:.2f} -> {row['iou']:.2f} {row['type']} "
                    f"{row['image']}: {row['text']} => {row['plan']}"
                )


def judged(image: LabelledImage, categories: tuple[str, ...]) -> Iterator[Row]:
    """Every expression that counts."""
    piece = full_crop(image.layout, SIDE)
    layout, _ = crop_layout(image.layout, piece)
    grid = grid_of(image)
    masks = written_masks(image.layout, piece, image.written)
    for item, mask in zip(image.written, masks, strict=True):
        asked = question(item.text, "auto", grid, categories)
        plan = asked.plans[0]
        named = [text for text in asked.texts if text != item.text]
        levels = {text: _labelled(layout, text) for text in named}
        if plan.is_plain or not all(level.any() for level in levels.values()):
            continue
        # as the network takes the whole expression: not at all
        levels[item.text] = np.zeros((SIDE, SIDE), np.uint8)
        yield {
            "image": image.name,
            "text": item.text,
            "type": item.type,
            "plan": plan.notation(),
            "target": bool(mask.any()),
            "iou": overlap(answered_mask(asked, levels, grid, SCORE_MARGIN), mask),
        }


def _labelled(layout: Layout, phrase: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """(SIDE, SIDE) levels of all objects of the classes that a phrase names."""
    wanted = make_plan(phrase).finds[0].categories
    level = np.zeros((SIDE, SIDE), np.uint8)
    for place, thing in enumerate(layout.objects):
        if thing.category in wanted:
            level[draw_mask(layout, (place,))] = 254
    return level


if __name__ == "__main__":
    main()
