"""Colour words of written expressions, checked against the pixels of their targets.

    python benchmarks/colour_words.py DATA_FOLDER

DATA_FOLDER holds `nwpu-vhr10` and `expressions` of the model card. No network is
used: the labelled objects of a class, at probability 1, stand in for its prediction.
The table counts how many targets keep their probability, how many other objects fade,
and how many expressions without a target end with no object. Nothing is trained, so
all images are used.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from public_data import nwpu

from rrsis_geo.colour.colour_filter import fade_other_colours
from rrsis_geo.colour.colour_terms import colour_term
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.datasets.transforms.crops import draw_mask
from rrsis_geo.query import make_plan

STAYS = 0.5
"""Least mean probability of an object that counts as found."""


def main() -> None:
    """Print a table by colour."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    counts: dict[str, Counter[str]] = {}
    for image in nwpu(options.data):
        for colour, outcome in _outcomes(image):
            counts.setdefault(colour, Counter()).update(outcome)
            counts.setdefault("all", Counter()).update(outcome)
        image.__dict__.pop("pixels", None)
    print(
        "| colour | meant, stay | of | not meant, fade | of | no target, quiet | of |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for colour, count in sorted(counts.items(), key=lambda item: -item[1]["meant"]):
        cells = [
            f"{100 * count[part] / max(count[whole], 1):.1f} % | {count[whole]}"
            for part, whole in (("stay", "meant"), ("fade", "other"), ("quiet", "none"))
        ]
        print(f"| {colour} | {' | '.join(cells)} |")


def _outcomes(image: LabelledImage) -> list[tuple[str, Counter[str]]]:
    """Colour and counts of every expression with a colour word."""
    outcomes = []
    layout = image.layout
    for item in image.written:
        term = colour_term(make_plan(item.text).finds[0])
        categories = make_plan(item.text).finds[0].categories
        same_class = [
            k for k, one in enumerate(layout.objects) if one.category in categories
        ]
        if not term.colours or not same_class:
            continue
        probability = draw_mask(layout, tuple(same_class))[None].astype(np.float32)
        faded = fade_other_colours(image.pixels, probability, (term,))[0]
        found: Counter[str] = Counter()
        stays = []
        for number in same_class:
            inside = draw_mask(layout, (number,))
            stays.append(bool(inside.any() and faded[inside].mean() >= STAYS))
            meant = number in item.targets
            found["meant" if meant else "other"] += bool(item.targets)
            found["stay"] += meant and stays[-1]
            found["fade"] += bool(item.targets) and not meant and not stays[-1]
        if not item.targets:
            found["none"] += 1
            found["quiet"] += not any(stays)
        outcomes.append((term.colours[0], found))
    return outcomes


if __name__ == "__main__":
    main()
