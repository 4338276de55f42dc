"""The images and labels of a mix in one folder, to train on another machine.

A lent GPU has no public data sets and may reach none. A pack holds what a mix draws
from, images compressed once more and outlines to a tenth of a pixel, and nothing that
is kept for validation.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from PIL import Image
from shapely.geometry import MultiPolygon, Polygon

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.errors import DataError, OutputError
from rrsis_geo.training.data.mixture import Source

INDEX = "pack.jsonl.gz"

TENTHS = 10
"""Steps of a coordinate in a pixel."""


def is_pack(folder: Path) -> bool:
    """Whether a folder is a pack."""
    return (folder / INDEX).is_file()


def write_pack(sources: Sequence[Source], folder: Path, *, quality: int) -> int:
    """Write the sources; the folder has its name only when it is whole.

    Args:
        sources: what training draws from.
        folder: that is not there yet.
        quality: of the WebP images, in 1 to 100.

    Returns:
        Bytes written.

    Raises:
        OutputError: something is there already.
    """
    if folder.exists():
        raise OutputError(f"{folder}: is there already; remove it, or choose another")
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)  # of a run that was stopped
    images = part / "images"
    images.mkdir(parents=True)
    size = 0
    with gzip.open(part / INDEX, "wt", encoding="utf-8") as out:
        number = 0
        for source in sources:
            for image in source.images:
                file = images / f"{number:05d}.webp"
                pixels = Image.fromarray(image.pixels.transpose(1, 2, 0))
                pixels.save(file, "WEBP", quality=quality)
                size += file.stat().st_size
                line = {"file": file.name, **_source(source), **_image(image)}
                out.write(json.dumps(line, separators=(",", ":")) + "\n")
                number += 1
    part.rename(folder)
    return size + (folder / INDEX).stat().st_size


def read_pack(folder: Path) -> list[Source]:
    """The sources of a pack, in their order; images are read when they are needed.

    Raises:
        DataError: the index is broken or names an image that is not there.
    """
    found: dict[str, tuple[dict[str, Any], list[LabelledImage]]] = {}
    try:
        with gzip.open(folder / INDEX, "rt", encoding="utf-8") as lines:
            for text in lines:
                line = json.loads(text)
                known = found.setdefault(line["source"], (line, []))
                known[1].append(_labelled(line, folder))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{folder / INDEX}: cannot be read ({error})") from error
    missing = [
        image.path
        for _, images in found.values()
        for image in images
        if not image.path.is_file()
    ]
    if missing:
        raise DataError(f"{missing[0]}: there is no such image; the pack is not whole")
    return [
        Source(
            name=name,
            weight=line["weight"],
            images=tuple(images),
            scale=(line["scale"][0], line["scale"][1]),
        )
        for name, (line, images) in found.items()
    ]


def _source(source: Source) -> dict[str, Any]:
    return {
        "source": source.name,
        "weight": source.weight,
        "scale": list(source.scale),
    }


def _image(image: LabelledImage) -> dict[str, Any]:
    layout = image.layout
    return {
        "name": image.name,
        "place": image.place,
        "size": [layout.width, layout.height],
        "gsd": layout.gsd,
        "complete": sorted(layout.complete),
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
    """Parts of rings of flat coordinates in tenths of a pixel."""
    for part in shapely.get_parts(shape):
        yield [
            np.rint(shapely.get_coordinates(ring) * TENTHS).astype(int).ravel().tolist()
            for ring in (part.exterior, *part.interiors)
        ]


def _labelled(line: dict[str, Any], folder: Path) -> LabelledImage:
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
                    category=category, polygon=_shape(rings), attributes=attributes
                )
                for category, attributes, rings in line["objects"]
            ),
            complete=frozenset(line["complete"]),
            gsd=line["gsd"],
        ),
        written=tuple(
            WrittenExpression(text=text, targets=tuple(targets), type=kind)
            for text, targets, kind in line["written"]
        ),
        mistakes=tuple((x, y) for x, y in line["mistakes"]),
    )


def _shape(parts: list[list[list[int]]]) -> Polygon | MultiPolygon:
    """Valid again, where rounding made a sliver cross itself."""
    polygons = []
    for rings in parts:
        outer, *holes = (np.reshape(ring, (-1, 2)) / TENTHS for ring in rings)
        polygons.append(Polygon(outer, holes))
    shape = polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)
    if shape.is_valid:
        return shape
    whole = shapely.buffer(shape, 0)
    return shape if whole.is_empty else whole
