"""Where chips are cut from: scenes on the map with a label layer, or plain images."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import shapely
from affine import Affine
from rasterio.windows import Window

from rrsis_geo.chips.classes import class_key
from rrsis_geo.chips.vector_labels import PixelLabels, VectorLabels, to_pixels
from rrsis_geo.datasets.formats.coco import read_coco
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.errors import DataError, OptionError
from rrsis_geo.job import SegmentOptions
from rrsis_geo.scene.aoi import read_aoi
from rrsis_geo.scene.grid import Grid
from rrsis_geo.scene.scene import Scene
from rrsis_geo.types import Patch

TIFF = {".tif", ".tiff"}


@dataclass(frozen=True, kw_only=True)
class SceneInput:
    """A scene and where its labels are."""

    path: str
    labels: VectorLabels
    area: str | None = None
    """Vector file: only inside its polygons everything is labelled."""
    bands: tuple[int, ...] | None = None
    crs: str | None = None
    """CRS of a scene that does not name its own."""


class Picture(Protocol):
    """Something to cut chips from, at one or more resolutions."""

    name: str
    place: str
    """Pictures of one place are never split."""
    grids: tuple[Grid, ...]
    """Finest to coarsest, all over the same ground."""
    labels: tuple[PixelLabels, ...]
    """The same objects on each of the grids."""
    complete: frozenset[str]
    """Classes of which every object is labelled, wherever they are labelled."""
    notes: tuple[str, ...]
    file: Path | None
    """A plain image that may be copied where a chip is all of it."""

    def labelled(self, grid: int, window: Window) -> bool:
        """Whether everything in a window is labelled."""
        ...

    def read(self, grid: int, windows: Sequence[Window]) -> Iterator[Patch]:
        """What the windows show; those without data are left out."""
        ...


class ScenePicture:
    """A scene with labels, opened when it is read and not before."""

    file: Path | None = None

    def __init__(
        self, source: SceneInput, *, gsd: Sequence[float], incomplete: frozenset[str]
    ) -> None:
        self.name = source.path
        self.place = source.path
        self._source = source
        with self._open() as scene:
            grids = [scene.grid(value) for value in gsd] or [scene.native]
            for value, grid in zip(gsd, grids, strict=False):
                if grid.gsd < 0.5 * scene.gsd:
                    raise OptionError(
                        f"--gsd {value:g}: {source.path} has {scene.gsd:.3g} m per "
                        "pixel; so much finer pixels would show nothing new"
                    )
            self.notes = (*scene.advice, *source.labels.notes)
        self.grids = tuple(sorted(grids, key=lambda grid: -grid.width * grid.height))
        self.labels = tuple(
            to_pixels(source.labels, grid, source.path) for grid in self.grids
        )
        self.complete = frozenset(source.labels.category) - incomplete
        options = SegmentOptions(aoi=source.area)
        self._areas = tuple(read_aoi(options, grid) for grid in self.grids)
        if source.area is None:
            self._note_bare_ground()

    def labelled(self, grid: int, window: Window) -> bool:
        """Whether a window lies inside the area in which everything is labelled."""
        area = self._areas[grid]
        if area is None:
            return True
        left, top = window.col_off, window.row_off
        box = shapely.box(left, top, left + window.width, top + window.height)
        return bool(area.shape.covers(box))

    def read(self, grid: int, windows: Sequence[Window]) -> Iterator[Patch]:
        """Patches of the windows, read one after the other."""
        with self._open() as scene:
            yield from scene.patches(self.grids[grid], windows)

    def _open(self) -> AbstractContextManager[Scene]:
        return Scene.open(
            self._source.path, bands=self._source.bands, crs=self._source.crs
        )

    def _note_bare_ground(self) -> None:
        """Say where labels stop well before the scene does."""
        left, top, right, bottom = self.labels[0].span()
        grid = self.grids[0]
        wide = min(right, grid.width) - max(left, 0.0)
        high = min(bottom, grid.height) - max(top, 0.0)
        share = wide * high / (grid.width * grid.height)
        if share < 0.8:
            self.notes = (
                *self.notes,
                f"{self.name}: the labels span {100 * share:.0f} % of it; if the rest "
                "is not labelled, say where it is: --area polygons.gpkg",
            )


class ImagePicture:
    """A plain image with objects, in its own pixels."""

    notes: tuple[str, ...] = ()

    def __init__(self, image: LabelledImage) -> None:
        self.name = image.name
        self.place = image.place
        self._image = image
        plain = image.rows is None and image.path.suffix.lower() not in TIFF
        self.file: Path | None = image.path if plain else None
        layout = image.layout
        grid = Grid(Affine.identity(), None, layout.width, layout.height)
        self.grids: tuple[Grid, ...] = (grid,)
        categories = tuple(item.category for item in layout.objects)
        self.labels: tuple[PixelLabels, ...] = (
            PixelLabels(layout.outlines, categories),
        )
        self.complete = layout.complete

    def labelled(self, grid: int, window: Window) -> bool:
        """All of an image is."""
        return True

    def read(self, grid: int, windows: Iterable[Window]) -> Iterator[Patch]:
        """Cuts of the image; what lies beyond it is not valid."""
        pixels = self._image.pixels
        for window in windows:
            rows, cols = window.toslices()
            part = pixels[:, rows, cols]
            yield Patch(window=window, pixels=part, valid=np.ones(part.shape[1:], bool))
        del self._image.__dict__["pixels"]  # it keeps what it has read


def image_pictures(
    coco: Path, *, images: Path, incomplete: frozenset[str], together: int
) -> list[ImagePicture]:
    """The images of a COCO file, in the order of their names.

    Args:
        coco: the file.
        images: folder that its names are relative to.
        incomplete: classes that some images leave out altogether.
        together: so many images in a row are one place.

    Raises:
        OptionError: `together` is below 1.
        DataError: the file is none, an image is missing, or a class is no word.
    """
    if together < 1:
        raise OptionError(f"together must be 1 or more, got {together}")
    found, _ = read_coco(coco, images=images)
    if not any(image.layout.objects for image in found):
        raise DataError(f"{coco}: holds no labelled object")
    for image in found:
        if not image.path.is_file():
            raise DataError(f"{coco}: there is no image {image.path}")
    return [
        ImagePicture(_with_keys(image, incomplete, place=f"{at // together:06d}"))
        for at, image in enumerate(found)
    ]


def _with_keys(
    image: LabelledImage, incomplete: frozenset[str], place: str
) -> LabelledImage:
    """The same with the lexicon's names; what an image has labelled is complete."""
    layout = image.layout
    objects = tuple(
        replace(item, category=class_key(item.category)) for item in layout.objects
    )
    complete = {class_key(name) for name in layout.complete} - incomplete
    complete |= {item.category for item in objects}
    return replace(
        image,
        place=place,
        layout=replace(layout, objects=objects, complete=frozenset(complete)),
    )
