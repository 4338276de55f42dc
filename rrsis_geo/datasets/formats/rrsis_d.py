"""RRSIS-D as published: 17,402 expressions on images of 800 x 800, 20 classes.

    DIR/rrsisd/refs(unc).p                  expressions and splits (a pickle)
    DIR/rrsisd/instances.json               masks, COCO-like
    DIR/images/rrsisd/JPEGImages/*.jpg

Known defects: an annotation's class is under `categories_id`; its `bbox` is
[x1, y1, x2, y2] and its `area` no pixel count (neither is read); `segmentation` is a
list with run lengths, whose parts may overlap; a few images (09976, 15324) are not
800 x 800 while their mask is, which is resized by nearest. (Liu et al., CVPR 2024.)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rrsis_geo.datasets import coco_rle as rle
from rrsis_geo.datasets.formats.safe_pickle import read_plain_pickle
from rrsis_geo.datasets.published_counts import present
from rrsis_geo.datasets.referring_sample import MaskRuns, Sample
from rrsis_geo.errors import DataError

REFS = Path("rrsisd", "refs(unc).p")
INSTANCES = Path("rrsisd", "instances.json")
IMAGES = Path("images", "rrsisd", "JPEGImages")


def read_rrsis_d(folder: Path, *, partial: bool = False) -> list[Sample]:
    """All expressions, in the order of the published list.

    Args:
        folder: holds `rrsisd` and `images`.
        partial: leave out expressions whose image is not there.

    Raises:
        DataError: a file is missing or breaks the format; the message names it.
    """
    refs_file, instances_file = folder / REFS, folder / INSTANCES
    refs = read_plain_pickle(refs_file)
    try:
        body = json.loads(instances_file.read_text(encoding="utf-8"))
        annotations = {item["id"]: item for item in body["annotations"]}
        classes = {item["id"]: str(item["name"]) for item in body["categories"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{instances_file}: not the instances of RRSIS-D ({error!r})"
        ) from error
    if not isinstance(refs, list):
        raise DataError(f"{refs_file}: not a list of expressions")
    samples = []
    for number, ref in enumerate(refs):
        origin = f"{refs_file}, entry {number}"
        samples += _samples(ref, annotations, classes, folder, origin)
    return present(samples, folder / IMAGES, partial=partial)


def _samples(
    ref: Any,
    annotations: Mapping[int, Any],
    classes: Mapping[int, str],
    folder: Path,
    origin: str,
) -> list[Sample]:
    try:
        annotation = annotations[ref["ann_id"]]
        stem = str(ref["image_id"]).zfill(5)
        target = MaskRuns(parts=_parts(annotation["segmentation"]), fit=True)
        category = classes[annotation.get("categories_id", ref["category_id"])]
        split = str(ref["split"])
        texts = [str(sentence["sent"]) for sentence in ref["sentences"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{origin}: not an entry of RRSIS-D ({error!r})") from error
    except DataError as error:
        raise DataError(
            f"{folder / INSTANCES}, annotation {ref['ann_id']}: {error}"
        ) from error
    return [
        Sample(
            image=folder / IMAGES / f"{stem}.jpg",
            expression=" ".join(text.split()),
            target=target,
            split=split,
            category=category,
            origin=f"{origin} (image {stem})",
        )
        for text in texts
    ]


def _parts(segmentation: object) -> tuple[rle.Runs, ...]:
    """Run lengths of all parts."""
    parts = segmentation if isinstance(segmentation, list) else [segmentation]
    return tuple(rle.read_runs(part) for part in parts)
