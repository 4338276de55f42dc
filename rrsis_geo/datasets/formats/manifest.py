"""Manifests, our interchange format: one (image, expression, mask) a line, as JSON.

    {"image": "chips/a.png", "expression": "the largest roof", "mask": "masks/a.png",
     "split": "train", "type": "size", "category": "building", "gsd": 0.3}

Paths are relative to the manifest. A mask is a raster, with the target where it is not
0, or COCO RLE `{"size": [height, width], "counts": ...}`; an empty mask means that
nothing in the image is meant. `type`, `category`, `gsd` and `same_class` are optional.
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
from rrsis_geo.errors import DataError, os_reason
from rrsis_geo.files.json_text import parse_json
from rrsis_geo.files.special_files import why_no_file
from rrsis_geo.job_texts import is_surrogate

REQUIRED_KEYS = ("image", "expression", "mask", "split")
KNOWN_KEYS = (*REQUIRED_KEYS, "type", "category", "gsd", "same_class")


def read_manifest(path: Path, split: str | None = None) -> list[Sample]:
    """Read all samples of a manifest, or those of one split, in the order of the lines.

    Images and masks are not opened: `Sample.read` does that.

    Raises:
        DataError: The file cannot be read, is empty or has no sample of that split, or
            a line is broken; the message names file, line and reason.
    """
    path = Path(path)
    no_file = why_no_file(path)
    if no_file is not None:
        raise DataError(f"{path}: cannot be read as a manifest: it {no_file}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else "not UTF-8 text"
        raise DataError(f"{path}: cannot be read as a manifest ({reason})") from error
    samples = [
        _parse_line(line, path, number)
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]
    return of_split(samples, split, str(path))


def write_manifest(path: Path, samples: Iterable[Sample]) -> None:
    """Write samples, one a line, with paths relative to the manifest.

    Masks become run lengths unless they are files that a manifest can refer to. The
    file is written whole or not at all.

    Raises:
        DataError: A mask that has to be rewritten cannot be read.
        OutputError: The file cannot be written.
    """
    path = Path(path)
    base = path.parent.resolve()
    with staged(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        for sample in samples:
            file.write(
                json.dumps(_sample_to_json(sample, base), ensure_ascii=False) + "\n"
            )


def _sample_to_json(sample: Sample, base: Path) -> dict[str, Any]:
    body: dict[str, Any] = {
        "image": _relative(sample.image, base),
        "expression": sample.expression,
        "mask": _mask_to_json(sample, base),
        "split": sample.split,
        "type": sample.type,
        "category": sample.category,
        "gsd": sample.gsd,
    }
    if sample.same_class is not None:
        body["same_class"] = sample.same_class
    return body


def _mask_to_json(sample: Sample, base: Path) -> str | dict[str, object]:
    target = sample.target
    if isinstance(target, MaskFile) and target.threshold == 0:
        return _relative(target.path, base)
    if isinstance(target, MaskRuns) and len(target.parts) == 1 and not target.resize:
        return rle.runs_to_json(target.parts[0])
    shape = None
    if isinstance(target, MaskRuns) and target.resize:
        _, height, width = sample.read_pixels().shape
        shape = (height, width)
    return rle.runs_to_json(rle.encode(sample.read_mask(shape)))


def _relative(path: Path, base: Path) -> str:
    try:
        return Path(os.path.relpath(path.resolve(), base)).as_posix()
    except ValueError:  # on another drive of Windows
        return path.resolve().as_posix()


def _parse_line(line: str, path: Path, number: int) -> Sample:
    origin = f"{path}, line {number}"
    try:
        body = parse_json(line)
    except ValueError as error:
        raise DataError(f"{origin}: not JSON ({error})") from error
    if not isinstance(body, dict):
        raise DataError(f"{origin}: not a JSON object but {line[:40]!r}")
    missing = [key for key in REQUIRED_KEYS if key not in body]
    unknown = sorted(body.keys() - set(KNOWN_KEYS))
    if missing:
        raise DataError(f"{origin}: lacks {', '.join(map(repr, missing))}")
    if unknown:
        raise DataError(
            f"{origin}: unknown keys {unknown}; known are {list(KNOWN_KEYS)}"
        )
    return Sample(
        image=path.parent / _read_text(body, "image", origin),
        expression=_read_text(body, "expression", origin),
        target=_read_target(body["mask"], path.parent, origin),
        split=_read_text(body, "split", origin),
        type=_read_text(body, "type", origin),
        category=_read_text(body, "category", origin),
        gsd=_read_gsd(body.get("gsd"), origin),
        same_class=_read_count(body.get("same_class"), origin),
        origin=origin,
    )


def _read_target(value: object, folder: Path, origin: str) -> Target:
    if isinstance(value, str) and value:
        _check_text(value, "mask", origin)
        return MaskFile(path=folder / value)
    try:
        return MaskRuns(parts=(rle.runs_from_json(value),))
    except DataError as error:
        raise DataError(f"{origin}: {error}") from error


def _read_text(body: dict[str, Any], key: str, origin: str) -> str:
    value = body.get(key, "")
    if not isinstance(value, str) or (key == "image" and not value):
        raise DataError(f"{origin}: {key!r} must be a text, got {value!r}")
    _check_text(value, key, origin)
    return value


def _check_text(value: str, key: str, origin: str) -> None:
    """Refuse what no path and no text holds: zero bytes, halves of surrogate pairs."""
    odd = next((sign for sign in value if sign == "\0" or is_surrogate(sign)), None)
    if odd is not None:
        raise DataError(f"{origin}: {key!r} holds {odd!r}, which is no sign of a text")


def _read_gsd(value: Any, origin: str) -> float | None:
    if value is None:
        return None
    metres = value if type(value) in (int, float) else math.nan
    if not (math.isfinite(metres) and metres > 0):
        raise DataError(f"{origin}: 'gsd' must be metres > 0 or null, got {value!r}")
    return float(metres)


def _read_count(value: Any, origin: str) -> int | None:
    if value is not None and (type(value) is not int or value < 0):
        raise DataError(
            f"{origin}: 'same_class' must be a whole number of 0 or more or null, got "
            f"{value!r}"
        )
    return None if value is None else int(value)
