"""Manifests: one (image, expression, mask) a line, as JSON. Our interchange form.

    {"image": "chips/a.png", "expression": "the largest roof", "mask": "masks/a.png",
     "split": "train", "type": "size", "category": "building", "gsd": 0.3}

Paths are relative to the manifest. A mask is a raster, the target where it is not 0, or
COCO RLE `{"size": [height, width], "counts": ...}`; an empty one means that nothing in
the image answers. `type`, `category`, `gsd` and `same_class` may be left out.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rrsis_geo.atomic_write import staged
from rrsis_geo.datasets import coco_rle as rle
from rrsis_geo.datasets.referring_sample import (
    MaskFile,
    MaskRuns,
    Sample,
    Target,
    of_split,
)
from rrsis_geo.errors import DataError

NEEDED = ("image", "expression", "mask", "split")
KNOWN = (*NEEDED, "type", "category", "gsd", "same_class")


def read_manifest(path: Path, split: str | None = None) -> list[Sample]:
    """All samples of a manifest, or those of one split, in the order of the lines.

    Images and masks are not opened: `Sample.read` does that.

    Raises:
        DataError: the file cannot be read, is empty or has none of that split, or a
            line is broken; the message names file, line and reason.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise DataError(f"{path}: cannot be read as a manifest ({reason})") from error
    samples = [
        _sample(line, path, number)
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]
    return of_split(samples, split, str(path))


def write_manifest(path: Path, samples: Iterable[Sample]) -> None:
    """Write samples, one a line, paths relative to the manifest; whole or not at all.

    Masks become run lengths unless they are files that a manifest can name.

    Raises:
        DataError: a mask that has to be rewritten cannot be read.
        OutputError: the file cannot be written.
    """
    path = Path(path)
    base = path.parent.resolve()
    with staged(path) as place, place.open("w", encoding="utf-8") as file:
        for sample in samples:
            file.write(json.dumps(_line(sample, base), ensure_ascii=False) + "\n")


def _line(sample: Sample, base: Path) -> dict[str, Any]:
    line: dict[str, Any] = {
        "image": _relative(sample.image, base),
        "expression": sample.expression,
        "mask": _written(sample, base),
        "split": sample.split,
        "type": sample.type,
        "category": sample.category,
        "gsd": sample.gsd,
    }
    if sample.same_class is not None:
        line["same_class"] = sample.same_class
    return line


def _written(sample: Sample, base: Path) -> str | dict[str, object]:
    target = sample.target
    if isinstance(target, MaskFile) and target.above == 0:
        return _relative(target.path, base)
    if isinstance(target, MaskRuns) and len(target.parts) == 1 and not target.fit:
        return rle.written_runs(target.parts[0])
    shape = None
    if isinstance(target, MaskRuns) and target.fit:
        _, height, width = sample.read_pixels().shape
        shape = (height, width)
    return rle.written_runs(rle.encode(sample.read_mask(shape)))


def _relative(path: Path, base: Path) -> str:
    try:
        return Path(os.path.relpath(path.resolve(), base)).as_posix()
    except ValueError:  # on another drive of Windows
        return path.resolve().as_posix()


def _sample(line: str, path: Path, number: int) -> Sample:
    origin = f"{path}, line {number}"
    try:
        body = json.loads(line)
    except ValueError as error:
        raise DataError(f"{origin}: not JSON ({error})") from error
    if not isinstance(body, dict):
        raise DataError(f"{origin}: not an object but {line[:40]!r}")
    missing = [key for key in NEEDED if key not in body]
    unknown = sorted(body.keys() - set(KNOWN))
    if missing:
        raise DataError(f"{origin}: lacks {', '.join(map(repr, missing))}")
    if unknown:
        raise DataError(f"{origin}: unknown keys {unknown}; known are {list(KNOWN)}")
    return Sample(
        image=path.parent / _text(body, "image", origin),
        expression=_text(body, "expression", origin),
        target=_target(body["mask"], path.parent, origin),
        split=_text(body, "split", origin),
        type=_text(body, "type", origin),
        category=_text(body, "category", origin),
        gsd=_metres(body.get("gsd"), origin),
        same_class=_count(body.get("same_class"), origin),
        origin=origin,
    )


def _target(value: object, folder: Path, origin: str) -> Target:
    if isinstance(value, str) and value:
        return MaskFile(path=folder / value)
    try:
        return MaskRuns(parts=(rle.read_runs(value),))
    except DataError as error:
        raise DataError(f"{origin}: {error}") from error


def _text(body: dict[str, Any], key: str, origin: str) -> str:
    value = body.get(key, "")
    if not isinstance(value, str) or (key == "image" and not value):
        raise DataError(f"{origin}: {key!r} must be a text, got {value!r}")
    return value


def _metres(value: Any, origin: str) -> float | None:
    if value is None:
        return None
    metres = value if type(value) in (int, float) else math.nan
    if not (math.isfinite(metres) and metres > 0):
        raise DataError(f"{origin}: 'gsd' must be metres > 0 or null, got {value!r}")
    return float(metres)


def _count(value: Any, origin: str) -> int | None:
    if value is not None and (type(value) is not int or value < 0):
        raise DataError(f"{origin}: 'same_class' must be a count, got {value!r}")
    return None if value is None else int(value)
