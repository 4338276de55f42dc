"""Hard negatives: places in training images where a network was wrong.

A roof taken for a tank is rare in random crops of a large scene, so `Mixture` centres
some of its crops on such places. `scripts/weights/mine_mistakes.py` finds them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.errors import DataError
from rrsis_geo.training.data.mixture import Source

Mistakes = dict[tuple[str, str], list[tuple[float, float]]]
"""(source name, image name) -> places (x, y) in pixels."""


def read_mistakes(path: Path) -> Mistakes:
    """Read the JSON lines that `scripts/weights/mine_mistakes.py` writes.

    Raises:
        DataError: the file is missing or broken.
    """
    mistakes: Mistakes = {}
    try:
        for line in path.read_text().splitlines():
            row = json.loads(line)
            place = (float(row["x"]), float(row["y"]))
            mistakes.setdefault((row["source"], row["image"]), []).append(place)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: mistakes cannot be read ({error})") from error
    return mistakes


def with_mistakes(sources: Sequence[Source], mistakes: Mistakes) -> list[Source]:
    """Return the sources with the mistakes attached to their images."""

    def attach(source: Source, image: LabelledImage) -> LabelledImage:
        places = mistakes.get((source.name, image.name))
        return replace(image, mistakes=tuple(places)) if places else image

    return [
        replace(source, images=tuple(attach(source, image) for image in source.images))
        for source in sources
    ]
