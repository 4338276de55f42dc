"""Packs: training images and labels of a mixture in one folder.

A pack trains on machines without the public data sets. Images are compressed again,
outlines are rounded to a tenth of a pixel; validation images are not included.
`scripts/weights/pack_sources.py` writes packs.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from PIL import Image
from shapely.geometry import MultiPolygon, Polygon

from rrsis_geo.atomic_write import FOLDER_SUFFIX
from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.errors import DataError, OutputError
from rrsis_geo.files.file_names import hidden_beside
from rrsis_geo.folder_lock import FolderLock
from rrsis_geo.training.data.mixture import Source

INDEX = "pack.jsonl.gz"
"""File with a line of JSON per image."""

COORDINATE_SCALE = 10
"""Stored units per pixel."""


def is_pack(folder: Path) -> bool:
    """Whether a folder is a pack."""
    return (folder / INDEX).is_file()


def write_pack(sources: Sequence[Source], folder: Path, *, quality: int) -> int:
    """Write a pack beside its place and rename it when it is complete.

    Args:
        sources: of the mixture.
        folder: to create.
        quality: of the WebP images, from 1 to 100.

    Returns:
        Bytes written.

    Raises:
        OutputError: `folder` exists, or another process is writing it.
    """
    if folder.exists():
        raise OutputError(f"{folder}: is there already; remove it, or choose another")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FolderLock(hidden_beside(folder, FOLDER_SUFFIX)) as lock:
        lock.remove_folder = True
        lock.clear()  # what an interrupted run left
        part = lock.folder / "pack"
        size = _write_files(sources, part, quality)
        part.rename(folder)
    return size


def read_pack(folder: Path) -> list[Source]:
    """Read the sources of a pack; images are decoded when they are used.

    Raises:
        DataError: the index is broken or names a missing image.
    """
    by_source: dict[str, tuple[dict[str, Any], list[LabelledImage]]] = {}
    try:
        with gzip.open(folder / INDEX, "rt", encoding="utf-8") as lines:
            for text in lines:
                line = json.loads(text)
                _, images = by_source.setdefault(line["source"], (line, []))
                images.append(_decode_image(line, folder))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{folder / INDEX}: cannot be read ({error})") from error
    missing = [
        image.path
        for _, images in by_source.values()
        for image in images
        if not image.path.is_file()
    ]
    if missing:
        raise DataError(
            f"{missing[0]}: there is no such image; the pack is incomplete, copy it "
            "again"
        )
    return [
        Source(
            name=name,
            weight=line["weight"],
            images=tuple(images),
            scale=(line["scale"][0], line["scale"][1]),
        )
        for name, (line, images) in by_source.items()
    ]


def _write_files(sources: Sequence[Source], folder: Path, quality: int) -> int:
    """Write images and index into a new folder; return their bytes."""
    images = folder / "images"
    images.mkdir(parents=True)
    size = 0
    with gzip.open(folder / INDEX, "wt", encoding="utf-8") as index:
        number = 0
        for source in sources:
            for image in source.images:
                file = images / f"{number:05d}.webp"
                pixels = Image.fromarray(image.pixels.transpose(1, 2, 0))
                pixels.save(file, "WEBP", quality=quality)
                size += file.stat().st_size
                line = {
                    "file": file.name,
                    **_encode_source(source),
                    **_encode_image(image),
                }
                index.write(json.dumps(line, separators=(",", ":")) + "\n")
                number += 1
    return size + (folder / INDEX).stat().st_size


def _encode_source(source: Source) -> dict[str, Any]:
    return {
        "source": source.name,
        "weight": source.weight,
        "scale": list(source.scale),
    }


def _encode_image(image: LabelledImage) -> dict[str, Any]:
    layout = image.layout
    return {
        "name": image.name,
        "place": image.place,
        "size": [layout.width, layout.height],
        "gsd": layout.gsd,
        "complete": sorted(layout.complete),
        "uncounted": sorted(layout.uncounted),
        "objects": [
            [item.category, dict(item.attributes), list(_rings(item.polygon))]
            for item in layout.objects
        ],
        "written": [
            [item.text, list(item.targets), item.type] for item in image.written
        ],
        "mistakes": [list(place) for place in image.mistakes],
    }


def _rings(shape: Polygon | MultiPolygon) -> Iterator[list[list[int]]]:
    """Yield the rings of each part, as flat coordinates in stored units."""
    for part in shapely.get_parts(shape):
        yield [
            np.rint(shapely.get_coordinates(ring) * COORDINATE_SCALE)
            .astype(int)
            .ravel()
            .tolist()
            for ring in (part.exterior, *part.interiors)
        ]


def _decode_image(line: dict[str, Any], folder: Path) -> LabelledImage:
    width, height = line["size"]
    return LabelledImage(
        name=line["name"],
        path=folder / "images" / Path(line["file"]).name,
        place=line["place"],
        layout=Layout(
            width=width,
            height=height,
            objects=tuple(
                LabelledObject(
                    category=category,
                    polygon=_decode_shape(rings),
                    attributes=attributes,
                )
                for category, attributes, rings in line["objects"]
            ),
            complete=frozenset(line["complete"]),
            uncounted=frozenset(line.get("uncounted", ())),
            gsd=line["gsd"],
        ),
        written=tuple(
            WrittenExpression(text=text, targets=tuple(targets), type=kind)
            for text, targets, kind in line["written"]
        ),
        mistakes=tuple((x, y) for x, y in line["mistakes"]),
    )


def _decode_shape(parts: list[list[list[int]]]) -> Polygon | MultiPolygon:
    """Build a polygon; repair those that rounding has made invalid."""
    polygons = []
    for rings in parts:
        outer, *holes = (np.reshape(ring, (-1, 2)) / COORDINATE_SCALE for ring in rings)
        polygons.append(Polygon(outer, holes))
    shape = polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)
    if shape.is_valid:
        return shape
    repaired = shapely.buffer(shape, 0)
    return shape if repaired.is_empty else repaired
