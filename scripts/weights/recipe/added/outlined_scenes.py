"""Read the captioned scenes, whose objects were outlined by eye for this project.

`scene_outlines.json.bz2` holds them: what was looked for -> image -> objects, as
`outline_shapes` reads them. What may be an object, but is not surely one, is marked
unsure; its pixels are black in training.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image
from shapely.geometry.base import BaseGeometry

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.formats.coco import polygons_of
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.errors import DataError

from .files import Wanted, read_json
from .outline_shapes import shape_of
from .unsure_images import UnsureImage

OUTLINES = Path(__file__).with_name("scene_outlines.json.bz2")

NAME = "aid-captions"

SIDE = 128
"""Pixels of a side of all pictures."""

MIN_PIXELS = 6
"""Smaller objects are unsure."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of scene, and what is outlined in it."""

    classes: Mapping[str, str]
    """Name in the file of outlines -> category; all of them are outlined completely."""
    absent: frozenset[str] = frozenset()
    """Categories of which surely none is in a scene of this kind."""


_RARE = frozenset(
    {
        *("stadium", "train_station", "runway", "terminal", "overpass"),
        *("wind_turbine", "chimney"),
    }
)
"""What is not in scenes of other kinds, but for those that a kind names besides."""

_RARER = frozenset({"roundabout", "golf_course"})
"""What is in none of the scenes in which nothing is outlined."""


def _kind(*classes: str, besides: str = "", **renamed: str) -> Kind:
    named = {one: one for one in classes} | renamed
    rare = _RARE - {*named.values(), *besides.split()}
    return Kind(classes=named, absent=rare)


ANYWHERE = ("roundabout", "golf_course", "construction_site")
"""Classes that were looked for in scenes of every kind."""

KINDS: Mapping[str, Sequence[Kind]] = {
    "stadium": (_kind("stadium", besides="overpass"),),
    "viaduct": (_kind("overpass", besides="train_station"),),
    "railwaystation": (
        _kind("railway", railway_station="train_station", besides="overpass stadium"),
    ),
    "bridge": (_kind("bridge", "water", besides="overpass"),),
    "parking": (_kind("parking_lot", besides="stadium overpass terminal"),),
    "port": (_kind("water", pier="harbor"),),
    "playground": (
        _kind("ground_track_field", soccer_field="football_field", besides="stadium"),
    ),
    "park": (_kind("water", besides="overpass"),),
    # People name one and the same thing in two ways.
    "river": (_kind("water", "bridge"), _kind("bridge", water="river")),
    "pond": (_kind("water", "bridge"), _kind("bridge", water="lake")),
    "beach": (_kind("water", "beach"),),
    "airport": (_kind("runway", "terminal", "apron"),),
    "airport ground": (_kind("airport", besides="runway terminal"),),
    # What few scenes of any kind show.
    **{name.replace("_", " "): (Kind(classes={name: name}),) for name in ANYWHERE},
}
"""What was looked for, mostly a kind of scene -> what is outlined there."""

UNCOUNTED = frozenset(
    {
        "water",
        "railway",
        "beach",
        "apron",
        "airport",
        "golf_course",
        "construction_site",
    }
)
"""Each river or lake of a scene is one, other than water."""

NOTHING = ("farmland", "forest", "meadow", "denseresidential", "mountain", "school")
"""Kinds of which a few scenes are read in which nothing is outlined."""

NOTHING_OF_EACH = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class ZippedImage(UnsureImage):
    """An image in an archive."""

    def read(self) -> NDArray[np.uint8]:
        """Return (3, 128, 128), an array of its own."""
        with zipfile.ZipFile(self.path) as archive:
            return _pixels_of(archive, f"{self.place}.webp")


def outlined_scenes(folder: Path, wanted: Wanted) -> list[LabelledImage]:
    """Return the scenes that were outlined, and some that show none of the classes.

    Raises:
        DataError: the archive lacks one of them.
    """
    path = folder / NAME / "images.zip"
    try:
        with zipfile.ZipFile(path) as archive:
            present = frozenset(archive.namelist())
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: cannot be read ({error})") from error
    outlines = read_json(OUTLINES)
    lost = sorted({name for drawn in outlines.values() for name in drawn} - present)
    if lost:
        raise DataError(f"{path}: lacks {lost[:5]}, which {OUTLINES.name} lists")
    images: list[LabelledImage] = []
    for what, drawn in outlines.items():
        for name, objects in drawn.items():
            if wanted(name):
                again = "" if what == _first_look(outlines, name) else what
                images += _scenes(path, name, what, objects, again)
    rarer = {
        name
        for drawn in outlines.values()
        for name, objects in drawn.items()
        if not _RARER.isdisjoint(one["class"] for one in objects)
    }
    for kind in NOTHING:
        names = sorted(one for one in present if kind_of(one) == kind)
        images += [
            _image(path, one, (), complete=_RARE | _RARER, unsure=())
            for one in names[:NOTHING_OF_EACH]
            if wanted(one) and one not in rarer
        ]
    return images


def scenes_of(path: Path, kind: str) -> dict[str, NDArray[np.uint8]]:
    """Return name -> (3, 128, 128) RGB of all scenes of a kind in an archive."""
    with zipfile.ZipFile(path) as archive:
        names = sorted(one for one in archive.namelist() if kind_of(one) == kind)
        return {name: _pixels_of(archive, name) for name in names}


def _pixels_of(archive: zipfile.ZipFile, name: str) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(archive.read(name))) as image:
        return np.asarray(image.convert("RGB")).transpose(2, 0, 1).copy()


def kind_of(name: str) -> str:
    """The kind of scene: the name of an image up to its number."""
    return name.partition("_")[0]


def _first_look(outlines: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """What was looked for first in a scene; the others give further names."""
    kind = kind_of(name)
    if name in outlines.get(kind, ()):
        return kind
    return next(what for what, drawn in outlines.items() if name in drawn)


def _scenes(
    path: Path, name: str, what: str, drawn: Sequence[Mapping[str, Any]], again: str
) -> Iterator[LabelledImage]:
    for number, kind in enumerate(KINDS[what]):
        objects, unsure, doubtful = [], [], set[str]()
        for one in drawn:
            if one["class"] not in kind.classes:
                continue
            shape = shape_of(one, (SIDE, SIDE))
            if one.get("unsure") or shape.area < MIN_PIXELS:
                unsure.append(shape)
                doubtful.add(kind.classes[one["class"]])
            else:
                objects.append(
                    LabelledObject(
                        category=kind.classes[one["class"]],
                        polygon=polygons_of(shapely.make_valid(shape)),
                    )
                )
        yield _image(
            path,
            name,
            tuple(objects),
            complete=(frozenset(kind.classes.values()) | kind.absent)
            - (doubtful - {one.category for one in objects}),
            unsure=tuple(unsure),
            suffix=again.removeprefix(kind_of(name)) + "-again" * number,
        )


def _image(
    path: Path,
    name: str,
    objects: tuple[LabelledObject, ...],
    *,
    complete: frozenset[str],
    unsure: tuple[BaseGeometry, ...],
    suffix: str = "",
) -> ZippedImage:
    layout = Layout(
        width=SIDE,
        height=SIDE,
        objects=objects,
        complete=complete,
        uncounted=UNCOUNTED & complete,
    )
    return ZippedImage(
        name=f"{Path(name).stem}{suffix}.webp",
        path=path,
        place=Path(name).stem,
        layout=layout,
        unsure=unsure,
    )
