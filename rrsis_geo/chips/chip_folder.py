"""A folder of chips: pictures, a manifest, their ground on the map, how it was made."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from PIL import Image
from shapely.geometry import Polygon

from rrsis_geo.chips.build import Chip
from rrsis_geo.datasets.formats.manifest import write_manifest
from rrsis_geo.datasets.referring_sample import MaskRuns, Sample
from rrsis_geo.datasets.registry import MANIFEST
from rrsis_geo.errors import OutputError

CHIPS = "chips"
GROUND = "chips.geojson"
MADE = "build.json"


@contextmanager
def staged_folder(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """A folder to fill; on leaving the block it takes its real place, whole.

    It is filled beside its place under `NAME.part`. On any failure that goes away and
    an old folder stays.

    Raises:
        OutputError: there is something already, or the place cannot be written to.
    """
    target = Path(path)
    if target.exists() and not overwrite:
        raise OutputError(
            f"{target}: exists; choose another folder or allow overwriting"
        )
    if target.exists() and not (target / MANIFEST).is_file():
        raise OutputError(f"{target}: is no folder of chips, so it is not replaced")
    if not target.absolute().parent.is_dir():
        raise OutputError(f"{target}: there is no folder {target.parent}; make it")
    part, old = (target.with_name(target.name + end) for end in (".part", ".old"))
    try:
        for left_over in (part, old):
            shutil.rmtree(left_over, ignore_errors=True)
        part.mkdir()
        yield part
        if target.exists():
            os.replace(target, old)
        os.replace(part, target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise OutputError(
            f"{target}: cannot be written: {error.strerror or error}"
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def write_chips(folder: Path, chips: Iterable[Chip]) -> list[Sample]:
    """Write chips into an empty folder, one after the other, the manifest last.

    Returns:
        The samples of the manifest.

    Raises:
        OutputError: a file cannot be written.
    """
    (folder / CHIPS).mkdir()
    samples: list[Sample] = []
    grounds: list[dict[str, Any]] = []
    for chip in chips:
        path = _write_picture(folder / CHIPS, chip)
        samples += [
            Sample(
                image=path,
                expression=line.text,
                target=MaskRuns(parts=(line.mask,)),
                split=chip.split,
                type=line.type,
                category=line.category,
                gsd=chip.gsd,
                same_class=line.same_class,
            )
            for line in chip.lines
        ]
        if chip.ground is not None:
            grounds.append(_feature(chip, path.name, chip.ground))
    write_manifest(folder / MANIFEST, samples)
    if grounds:
        body = {"type": "FeatureCollection", "features": grounds}
        (folder / GROUND).write_text(json.dumps(body), encoding="utf-8")
    return samples


def write_made(folder: Path, facts: Mapping[str, Any]) -> None:
    """How the folder was made, as JSON."""
    text = json.dumps(facts, indent=1, ensure_ascii=False)
    (folder / MADE).write_text(text + "\n", encoding="utf-8")


def _write_picture(folder: Path, chip: Chip) -> Path:
    """A cut as PNG, a whole image as it is."""
    if chip.file is not None:
        path = folder / f"{chip.name}{chip.file.suffix}"
        shutil.copyfile(chip.file, path)
        return path
    path = folder / f"{chip.name}.png"
    picture = Image.fromarray(np.ascontiguousarray(chip.pixels.transpose(1, 2, 0)))
    picture.save(path, compress_level=3)
    return path


def _feature(chip: Chip, name: str, ground: Polygon) -> dict[str, Any]:
    ring = shapely.orient_polygons(ground).exterior
    corners = [[round(x, 9), round(y, 9)] for x, y in ring.coords]
    return {
        "type": "Feature",
        "properties": {
            "chip": f"{CHIPS}/{name}",
            "split": chip.split,
            "expressions": len(chip.lines),
        },
        "geometry": {"type": "Polygon", "coordinates": [corners]},
    }
