"""A folder of chips: images, a manifest, footprints on the map, a build record."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from PIL import Image
from shapely.geometry import Polygon

from rrsis_geo.chips.build import Chip
from rrsis_geo.datasets.formats.manifest import write_manifest
from rrsis_geo.datasets.kinds import MANIFEST
from rrsis_geo.datasets.referring_sample import MaskRuns, Sample

IMAGES = "chips"
FOOTPRINTS = "chips.geojson"
BUILD_RECORD = "build.json"
(MANIFEST_FILE,) = MANIFEST.files


def write_chips(folder: Path, chips: Iterable[Chip]) -> list[Sample]:
    """Write chips into an empty folder, one after the other, the manifest last.

    Returns:
        The samples of the manifest.

    Raises:
        OutputError: A file cannot be written.
    """
    (folder / IMAGES).mkdir()
    samples: list[Sample] = []
    footprints: list[dict[str, Any]] = []
    for chip in chips:
        path = _write_image(folder / IMAGES, chip)
        samples += [
            Sample(
                image=path,
                expression=item.text,
                target=MaskRuns(parts=(item.mask,)),
                split=chip.split,
                type=item.type,
                category=item.category,
                gsd=chip.gsd,
                same_class=item.same_class,
            )
            for item in chip.expressions
        ]
        if chip.footprint is not None:
            footprints.append(_feature(chip, path.name, chip.footprint))
    write_manifest(folder / MANIFEST_FILE, samples)
    if footprints:
        body = {"type": "FeatureCollection", "features": footprints}
        (folder / FOOTPRINTS).write_text(json.dumps(body), encoding="utf-8")
    return samples


def write_build_record(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write inputs and options of the build as JSON."""
    text = json.dumps(facts, indent=1, ensure_ascii=False)
    (folder / BUILD_RECORD).write_text(text + "\n", encoding="utf-8")


def _write_image(folder: Path, chip: Chip) -> Path:
    """Write a window as PNG; a whole image is copied."""
    if chip.file is not None:
        path = folder / f"{chip.name}{chip.file.suffix}"
        shutil.copyfile(chip.file, path)
        return path
    path = folder / f"{chip.name}.png"
    image = Image.fromarray(np.ascontiguousarray(chip.pixels.transpose(1, 2, 0)))
    image.save(path, compress_level=3)
    return path


def _feature(chip: Chip, name: str, footprint: Polygon) -> dict[str, Any]:
    ring = shapely.orient_polygons(footprint).exterior
    corners = [[round(x, 9), round(y, 9)] for x, y in ring.coords]
    return {
        "type": "Feature",
        "properties": {
            "chip": f"{IMAGES}/{name}",
            "split": chip.split,
            "expressions": len(chip.expressions),
        },
        "geometry": {"type": "Polygon", "coordinates": [corners]},
    }
