"""RRSIS-D as published: 17,402 expressions on images of 800 x 800, 20 classes.

    DIR/rrsisd/refs(unc).p                  expressions and splits (a pickle)
    DIR/rrsisd/instances.json               masks, COCO-like
    DIR/images/rrsisd/JPEGImages/*.jpg

Known defects: an annotation's class is under `categories_id`; its `bbox` is
[x1, y1, x2, y2] and its `area` no pixel count (neither is read); `segmentation` is a
list of run-length masks, which may overlap; a few images (09976, 15324) are not
800 x 800 while their mask is, which is resized by nearest. (Liu et al., CVPR 2024.)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from rrsis_geo.datasets import coco_rle as rle
from rrsis_geo.datasets.formats.safe_pickle import read_plain_pickle
from rrsis_geo.datasets.kinds import RRSIS_D
from rrsis_geo.datasets.published_counts import select_present
from rrsis_geo.datasets.referring_sample import MaskRuns, Sample
from rrsis_geo.errors import DataError
from rrsis_geo.files.json_text import read_json

REFS, INSTANCES = (Path(file) for file in RRSIS_D.files)
IMAGES = Path("images", "rrsisd", "JPEGImages")

Value = TypeVar("Value")


def read_rrsis_d(folder: Path, *, partial: bool = False) -> list[Sample]:
    """Read all expressions, in the order of the published list.

    Args:
        folder: Holds `rrsisd` and `images`.
        partial: Leave out expressions whose image is missing.

    Raises:
        DataError: A file is missing or breaks the format; the message names it.
    """
    refs_file, instances_file = folder / REFS, folder / INSTANCES
    refs = read_plain_pickle(refs_file)
    annotations, classes = _read_instances(instances_file)
    if not isinstance(refs, list):
        raise DataError(
            f"{refs_file}: not a list of expressions but a {type(refs).__name__}"
        )
    samples = []
    for number, ref in enumerate(refs):
        origin = f"{refs_file}, entry {number}"
        samples += _read_entry(ref, annotations, classes, folder, origin)
    return select_present(samples, folder / IMAGES, partial=partial)


def _read_instances(path: Path) -> tuple[dict[int, Any], dict[int, str]]:
    """The annotations and the names of classes, by their ids."""
    body = read_json(path, "the instances of RRSIS-D", DataError)
    try:
        annotations = {item["id"]: item for item in body["annotations"]}
        classes = {item["id"]: str(item["name"]) for item in body["categories"]}
    except (KeyError, TypeError) as error:
        raise DataError(
            f"{path}: not the instances of RRSIS-D: {_what_is_wrong(error)}"
        ) from error
    return annotations, classes


def _read_entry(
    ref: Any,
    annotations: Mapping[int, Any],
    classes: Mapping[int, str],
    folder: Path,
    origin: str,
) -> list[Sample]:
    """Make a sample of each sentence of an entry, with the mask of its annotation."""
    try:
        annotation_id = _field(ref, "ann_id", int)
        image_id = str(_field(ref, "image_id", int, str)).zfill(5)
        split = _field(ref, "split", str)
        sentences = _field(ref, "sentences", list)
        texts = [_field(sentence, "sent", str) for sentence in sentences]
        fallback = _field(ref, "category_id", int) if "category_id" in ref else None
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{origin}: not an entry of RRSIS-D: {_what_is_wrong(error)}"
        ) from error
    if annotation_id not in annotations:
        raise DataError(
            f"{folder / INSTANCES}: lacks annotation {annotation_id}, which {origin} "
            "names; fetch the file again"
        )
    target, category_id = _read_annotation(
        annotations[annotation_id], f"{folder / INSTANCES}, annotation {annotation_id}"
    )
    category_id = fallback if category_id is None else category_id
    if category_id is None or category_id not in classes:
        raise DataError(
            f"{folder / INSTANCES}: lacks category {category_id}, which annotation "
            f"{annotation_id} names; fetch the file again"
        )
    return [
        Sample(
            image=folder / IMAGES / f"{image_id}.jpg",
            expression=" ".join(text.split()),
            target=target,
            split=split,
            category=classes[category_id],
            origin=f"{origin} (image {image_id})",
        )
        for text in texts
    ]


def _read_annotation(annotation: Any, origin: str) -> tuple[MaskRuns, int | None]:
    """The mask of an annotation, and the id of its class; None: it has none."""
    try:
        parts = _read_parts(annotation["segmentation"])
        has_class = annotation.get("categories_id") is not None
        category_id = _field(annotation, "categories_id", int) if has_class else None
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{origin}: {_what_is_wrong(error)}") from error
    except DataError as error:
        raise DataError(f"{origin}: {error}") from error
    return MaskRuns(parts=parts, resize=True), category_id


def _what_is_wrong(error: Exception) -> str:
    """What a reader stumbled over, for people."""
    if isinstance(error, KeyError):
        return f"lacks {error.args[0]!r}"
    if isinstance(error, TypeError):
        return "holds values of other kinds"
    return str(error)


def _field(entry: Any, key: str, *kinds: type[Value]) -> Value:
    """The value of a key, of one of these types and short enough for a message."""
    value = entry[key]
    if not isinstance(value, kinds):
        names = " or ".join(kind.__name__ for kind in kinds)
        raise ValueError(f"{key!r} must be {names}, got {type(value).__name__}")
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError(f"{key!r} must be a number of 64 bits")
    return value


def _read_parts(segmentation: object) -> tuple[rle.Runs, ...]:
    """Decode the run lengths of all parts."""
    parts = segmentation if isinstance(segmentation, list) else [segmentation]
    return tuple(rle.runs_from_json(part) for part in parts)
