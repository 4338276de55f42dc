"""Colour words that people wrote, held against the pixels of the objects they meant.

    python benchmarks/colour_words.py DATA_FOLDER

DATA_FOLDER holds `nwpu-vhr10` and `expressions` of the model card. No network: the
labelled objects of a class stand in for what it finds, all of them as sure. Counted is
how many of the meant ones stay, how many of the others fade, and how many expressions
that nothing answers find nothing then. Nothing is learned, so all images count.
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
"""Mean probability from which on an object counts as found."""


def main() -> None:
    """Print a table by colour."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    counts: dict[str, Counter[str]] = {}
    for image in nwpu(options.data):
        for colour, found in _judged(image):
            counts.setdefault(colour, Counter()).update(found)
            counts.setdefault("all", Counter()).update(found)
        image.__dict__.pop("pixels", None)
    print(
        "| colour | meant, stay | of | not meant, fade | of | no target, quiet | of |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for colour, found in sorted(counts.items(), key=lambda item: -item[1]["meant"]):
        cells = [
            f"{100 * found[part] / max(found[whole], 1):.1f} % | {found[whole]}"
            for part, whole in (("stay", "meant"), ("fade", "other"), ("quiet", "none"))
        ]
        print(f"| {colour} | {' | '.join(cells)} |")


def _judged(image: LabelledImage) -> list[tuple[str, Counter[str]]]:
    """Colour and counts of every expression with one."""
    judged = []
    layout = image.layout
    for item in image.written:
        tint = colour_term(make_plan(item.text).finds[0])
        wanted = make_plan(item.text).finds[0].categories
        alike = [k for k, one in enumerate(layout.objects) if one.category in wanted]
        if not tint.colours or not alike:
            continue
        sure = draw_mask(layout, tuple(alike))[None].astype(np.float32)
        left = fade_other_colours(image.pixels, sure, (tint,))[0]
        found: Counter[str] = Counter()
        stays = []
        for number in alike:
            inside = draw_mask(layout, (number,))
            stays.append(bool(inside.any() and left[inside].mean() >= STAYS))
            meant = number in item.targets
            found["meant" if meant else "other"] += bool(item.targets)
            found["stay"] += meant and stays[-1]
            found["fade"] += bool(item.targets) and not meant and not stays[-1]
        if not item.targets:
            found["none"] += 1
            found["quiet"] += not any(stays)
        judged.append((tint.colours[0], found))
    return judged


if __name__ == "__main__":
    main()
