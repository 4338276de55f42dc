"""Evidence for names of what was outlined by eye, and for sentences nobody had read.

Kept images of airports and of NWPU VHR-10, with the surroundings of its objects, and
captioned scenes, each asked for the classes that are complete in it: those that it
shows, and some of those that it does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from added_bars import burnt, outlines_of
from evidence_cases import Case
from evidence_classes import chosen
from evidence_scenes import AS_IT_IS, as_it_is, evidence_of
from public_data import (
    OUTLINED_SCENES,
    RARE,
    SURROUNDINGS,
    added_sources,
    kept_airports,
    nwpu,
    other_scenes,
    part_of,
    split,
)
from query_weights import ScenePredictor
from sentence_sets import Picture, Sentence
from unread_sentences import SENTENCES

from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.language.related_classes import class_name

MOST = {"airports": 13, "surroundings": 40, OUTLINED_SCENES: 30}
"""Set -> images of each part."""

ABSENT = 1
"""Classes asked for in an image that does not show them: people mostly ask for what
is there."""

ENLARGED = 3
"""Captioned scenes have 128 pixels a side."""

UNREAD = {
    "nwpu, not read before": SENTENCES,
    "nwpu, a second time": SENTENCES.with_name("nwpu-second.jsonl.bz2"),
    "nwpu, a third time": SENTENCES.with_name("nwpu-third.jsonl.bz2"),
}
"""Name of a set in the table -> sentences whose half to choose on was read since."""

OTHER_SCENES = {
    "other scenes": SENTENCES.with_name("other-scenes.jsonl.bz2"),
    "other scenes, a second time": SENTENCES.with_name("other-scenes-second.jsonl.bz2"),
}
"""Name of a set in the table -> sentences about drone scenes, harbours, tank farms and
car parks; nothing is chosen on those of `REPORTED`."""

REPORTED = "other scenes, a second time"


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
        for image in chosen(
            images, lambda one, name=name: _address(one, name), part, MOST[name]
        )
        for case in evidence_of(_picture(image, name), predictor)
    ]


def unread_cases(
    data: Path, predictor: ScenePredictor, part: str
) -> Iterator[tuple[str, Case]]:
    """Gather the evidence for the sentences of `benchmarks/sentences`.

    Args:
        data: The folder of public data sets.
        predictor: Weights and their cache.
        part: choose, report or all; the part follows from an image's place.

    Yields:
        The part and the case.
    """
    for name, path in UNREAD.items():
        for image in split(nwpu(data, path), every=7)[1]:
            of = part_of(image.place)
            if image.written and part in ("all", of):
                picture = replace(as_it_is(image), set=name)
                for case in evidence_of(picture, predictor):
                    yield of, case


def other_scene_cases(
    data: Path, predictor: ScenePredictor, part: str
) -> Iterator[tuple[str, Case]]:
    """Gather the evidence for sentences about parts of further kept images.

    Args:
        data: The folder of public data sets.
        predictor: Weights and their cache.
        part: choose, report or all; all parts of an image are on one side.

    Yields:
        The part and the case.
    """
    for name, path in OTHER_SCENES.items():
        for image in other_scenes(data, path, kept=True):
            of = "report" if name == REPORTED else part_of(image.place)
            if part in ("all", of):
                for case in evidence_of(_described(image, name), predictor):
                    yield of, case


def _described(image: LabelledImage, name: str) -> Picture:
    """A part of an image and the sentences about it."""
    size = image.layout.height, image.layout.width
    return Picture(
        name=f"other/{image.place}/{image.name}",
        image=image.place,
        set=name,
        pixels=image.pixels,
        gsd=image.layout.gsd or AS_IT_IS,
        sentences=tuple(
            Sentence(
                expression=one.text,
                type=one.type,
                mask=burnt([image.layout.outlines[row] for row in one.targets], size),
            )
            for one in image.written
        ),
    )


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
