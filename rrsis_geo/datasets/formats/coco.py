"""Instance polygons of a COCO file, over images without georeference."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.errors import DataError
from rrsis_geo.files.json_text import read_json


def read_coco(
    path: Path, *, images: Path, incomplete: frozenset[str] = frozenset()
) -> tuple[list[LabelledImage], dict[int, int]]:
    """Read all images of a COCO instance file, in the order of their names.

    Args:
        path: The JSON file.
        images: Folder that its `file_name`s are relative to.
        incomplete: Categories that some images leave out; where an image has an object
            of one labelled, it has all of them labelled.

    Returns:
        The images, and annotation id -> index of the object in its image.

    Raises:
        DataError: The file is no COCO instance file, or a polygon is broken.
    """
    body = read_json(path, "a COCO instance file", DataError)
    try:
        return _parse(body, path, images, incomplete)
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        ShapelyError,
        TypeError,
        ValueError,
    ) as error:
        raise DataError(f"{path}: not a COCO instance file ({error!r})") from error


def _parse(
    body: Any, path: Path, images: Path, incomplete: frozenset[str]
) -> tuple[list[LabelledImage], dict[int, int]]:
    names = {item["id"]: item["name"] for item in body["categories"]}
    by_image = defaultdict(list)
    for annotation in body["annotations"]:
        by_image[annotation["image_id"]].append(annotation)
    listed = sorted(body["images"], key=lambda item: str(item["file_name"]))
    index: dict[int, int] = {}
    labelled = []
    for number, times in Counter(item["id"] for item in listed).items():
        if times > 1:  # whose objects are whose?
            raise DataError(f"{path}: {times} images have the id {number!r}")
    for item in listed:
        objects: list[LabelledObject] = []
        for annotation in by_image[item["id"]]:
            polygon = _read_polygon(annotation, path)
            if polygon.is_empty:
                continue
            index[annotation["id"]] = len(objects)
            category = names[annotation["category_id"]]
            objects.append(LabelledObject(category=category, polygon=polygon))
        labelled.append(
            LabelledImage(
                name=str(item["file_name"]),
                path=images / item["file_name"],
                place=str(item["file_name"]),
                layout=Layout(
                    width=item["width"],
                    height=item["height"],
                    objects=tuple(objects),
                    complete=(frozenset(names.values()) - incomplete)
                    | {item.category for item in objects},
                ),
            )
        )
    return labelled, index


def _read_polygon(annotation: Mapping[str, Any], path: Path) -> Polygon | MultiPolygon:
    """Read the rings of an annotation as one geometry; invalid rings are repaired."""
    rings = annotation["segmentation"]
    if not isinstance(rings, list):
        raise DataError(
            f"{path}: annotation {annotation['id']} holds a run-length mask; "
            "only polygons can be read"
        )
    parts = [
        Polygon(np.reshape(ring, (-1, 2)))
        for ring in rings
        if len(ring) >= 6 and len(ring) % 2 == 0
    ]
    if not parts:
        raise DataError(
            f"{path}: annotation {annotation['id']} has no ring of three or more points"
        )
    return polygons_of(shapely.union_all([shapely.make_valid(part) for part in parts]))


def polygons_of(geometry: shapely.Geometry) -> Polygon | MultiPolygon:
    """The polygons of a geometry; points and lines left by a repair are dropped."""
    parts = [
        part
        for part in shapely.get_parts(shapely.get_parts(geometry))
        if isinstance(part, Polygon) and part.area > 0
    ]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)
