"""Evidence for names of what was outlined by eye, and for sentences nobody had read.

Kept images of airports and of NWPU VHR-10, with the surroundings of its objects, and
captioned scenes, each asked for the classes that are complete in it: those that it
shows, and some of those that it does not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from added_bars import burnt, evenly, outlines_of
from evidence_cases import Case
from evidence_scenes import AS_IT_IS, as_it_is, evidence_of
from public_data import (
    OUTLINED_SCENES,
    RARE,
    SURROUNDINGS,
    added_sources,
    kept_airports,
    nwpu,
    part_of,
    split,
)
from query_weights import ScenePredictor
from sentence_sets import Picture, Sentence

from rrsis_geo.datasets.formats.coco import read_coco
from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.language.related_classes import class_name

UNREAD = Path(__file__).with_name("sentences") / "nwpu.jsonl"

MOST = {"airports": 13, "surroundings": 40, OUTLINED_SCENES: 30}
"""Set -> images of each part."""

ABSENT = 1
"""Classes asked for in an image that does not show them: people mostly ask for what
is there."""

ENLARGED = 3
"""Captioned scenes have 128 pixels a side."""


def outlined_cases(data: Path, predictor: ScenePredictor, part: str) -> list[Case]:
    """Gather the evidence for names of classes.

    Args:
        data: The folder of public data sets.
        predictor: Weights and their cache.
        part: choose, report or all.
    """
    kept = split(nwpu(data), every=7)[1]
    scenes = next(
        one for one in added_sources(data, kept=True) if one.name == OUTLINED_SCENES
    )
    sets = {
        "airports": kept_airports(data),
        "surroundings": [RARE.add_to(SURROUNDINGS.add_to(image)) for image in kept],
        OUTLINED_SCENES: list(scenes.images),
    }
    return [
        case
        for name, images in sets.items()
        for image in _chosen(images, name, part)
        for case in evidence_of(_picture(image, name), predictor)
    ]


def unread_cases(
    data: Path, images: Sequence[LabelledImage], predictor: ScenePredictor, part: str
) -> Iterator[tuple[str, Case]]:
    """Gather the evidence for the sentences of `benchmarks/sentences`.

    Args:
        data: The folder of public data sets.
        images: Kept images of NWPU VHR-10.
        predictor: Weights and their cache.
        part: choose, report or all; the part follows from an image's place.

    Yields:
        The part and the case.
    """
    base = data / "nwpu-vhr10"
    _, index = read_coco(base / "instances.json", images=base / "images")
    written: dict[str, list[WrittenExpression]] = {}
    for text in UNREAD.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        written.setdefault(Path(line["image"]).name, []).append(
            WrittenExpression(
                text=line["expression"],
                targets=tuple(index[target] for target in line["targets"]),
                type=line["type"],
            )
        )
    for image in images:
        of = part_of(image.place)
        if image.name in written and part in ("all", of):
            asked = replace(image, written=tuple(written[image.name]))
            picture = replace(as_it_is(asked), set="nwpu, not read before")
            for case in evidence_of(picture, predictor):
                yield of, case


def _chosen(
    images: Sequence[LabelledImage], name: str, part: str
) -> list[LabelledImage]:
    """Some images of each part; those of one do not depend on the other."""
    parts = ("choose", "report") if part == "all" else (part,)
    return [
        image
        for one in parts
        for image in evenly(
            [each for each in images if part_of(_address(each, name)) == one],
            MOST[name],
        )
    ]


def _address(image: LabelledImage, name: str) -> str:
    return f"{name}/{image.place}"


def _picture(image: LabelledImage, name: str) -> Picture:
    """An image and the names of classes that are complete in it."""
    layout = image.layout
    shown = {one.category for one in layout.objects} & layout.complete
    if name == "surroundings":  # the ten classes have expressions enough
        shown &= {key for keys in SURROUNDINGS.categories.values() for key in keys}
        shown |= {one.category for one in layout.objects} & set(RARE.categories)
    absent = sorted(layout.complete - {one.category for one in layout.objects})
    absent.sort(key=lambda key: hashlib.sha256(f"{image.name} {key}".encode()).digest())
    pixels = image.pixels
    known = pixels.max(axis=0) > 0  # unsure ground is black
    masks = {
        key: known & burnt(outlines_of(image, key), known.shape)
        for key in [*sorted(shown), *absent[:ABSENT]]
    }
    factor = ENLARGED if name == OUTLINED_SCENES else 1
    return Picture(
        name=f"outlined/{image.name}",
        image=_address(image, name),
        set="outlined",
        pixels=np.repeat(np.repeat(pixels, factor, 1), factor, 2),
        gsd=layout.gsd or AS_IT_IS,
        sentences=tuple(
            Sentence(
                expression=class_name(key),
                type="made class",
                mask=np.repeat(np.repeat(mask, factor, 0), factor, 1),
            )
            for key, mask in masks.items()
        ),
    )
