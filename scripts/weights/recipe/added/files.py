"""Files of public data sets: JSON, images, and what people wrote on them."""

from __future__ import annotations

import bz2
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rrsis_geo.errors import DataError

Wanted = Callable[[str], bool]
"""Whether an image of this name is to be read."""


KEPT = Path(__file__).with_name("kept_images.json")
"""Data set -> names of the images that no training may see."""


def kept_images() -> dict[str, frozenset[str]]:
    """Return data set -> names of the images kept for validation."""
    return {name: frozenset(kept) for name, kept in read_json(KEPT).items()}


def part_of(image: str) -> str:
    """The part of the written sentences that an image is of: choose or report.

    Args:
        image: Its path below the folder of public data.
    """
    number = int(hashlib.sha256(image.encode()).hexdigest(), 16)
    return "report" if number % 2 else "choose"


def written_lines(
    folder: Path, file: str, name: str
) -> Mapping[str, list[Mapping[str, Any]]]:
    """Return image -> lines that people wrote on a data set.

    Lines of the part to report on are left out, unless no training reads their image.
    """
    kept = kept_images()[name]
    path = folder / "expressions" / file
    by_image: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    try:
        lines = [json.loads(line) for line in path.read_text().splitlines() if line]
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read ({error})") from error
    for line in lines:
        where = Path(line["image"])
        if where.parts[0] != name:
            continue
        if part_of(line["image"]) == "choose" or {where.name, where.stem} & kept:
            by_image[where.name].append(line)
    return by_image


def image_files(folder: Path, pattern: str) -> list[Path]:
    """List the images of a folder by name.

    Raises:
        DataError: there are none.
    """
    found = sorted(folder.glob(pattern))
    if not found:
        raise DataError(f"{folder}: has no images {pattern}")
    return found


def read_json(path: Path) -> Any:
    """Read a JSON file, which may be compressed (`.json.bz2`).

    Raises:
        DataError: it is missing or broken.
    """
    try:
        content = path.read_bytes()
        if path.suffix == ".bz2":
            content = bz2.decompress(content)
        return json.loads(content)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read ({error})") from error
