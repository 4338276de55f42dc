"""Sources of chips: georeferenced scenes with a label layer, or plain images."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from affine import Affine
from rasterio.windows import Window

from rrsis_geo.chips.classes import class_key
from rrsis_geo.chips.vector_labels import PixelLabels, VectorLabels, to_pixels
from rrsis_geo.datasets.formats.coco import read_coco
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.errors import DataError, OptionError
from rrsis_geo.geodata.vector_layers import LayerRole
from rrsis_geo.scene.aoi import Aoi, read_area
from rrsis_geo.scene.grid import Grid, window_box
from rrsis_geo.scene.scene import Scene
from rrsis_geo.types import Patch

TIFF_SUFFIXES = {".tif", ".tiff"}

AREA = LayerRole(name="area", error=OptionError)


@dataclass(frozen=True, kw_only=True)
class SceneInput:
    """A scene, its labels, and how to open it."""

    path: str
    labels: VectorLabels
    area: str | None = None
    """Vector file; only inside its polygons everything is labelled; None: anywhere."""
    bands: tuple[int, ...] | None = None
    """Bands to read as red, green and blue; None: by their colour interpretation."""
    crs: str | None = None
    """CRS of a scene that does not name its own."""


class ImageSource(Protocol):
    """An image to cut chips from, at one or more resolutions."""

    name: str
    place: str
    """Sources of one place are never split."""
    grids: tuple[Grid, ...]
    """Finest to coarsest, all of the same ground."""
    labels: tuple[PixelLabels, ...]
    """The same objects on each of the grids."""
    complete: frozenset[str]
    """Classes of which every object is labelled, where anything is."""
    notes: tuple[str, ...]
    """Warnings for the user."""
    file: Path | None
    """An image file that may be copied where a chip is all of it."""

    def labelled(self, grid: int, window: Window) -> bool:
        """Whether everything in a window is labelled."""
        ...

    def read(self, grid: int, windows: Sequence[Window]) -> Iterator[Patch]:
        """Read the windows; those without data are left out."""
        ...


class SceneSource:
    """A georeferenced scene with labels; it is open only while it is read."""

    file: Path | None = None

    def __init__(
        self, source: SceneInput, *, gsd: Sequence[float], incomplete: frozenset[str]
    ) -> None:
        """Open the scene once, for its grids, and place the labels on them.

        Args:
            source: The scene and its labels.
            gsd: Metres per pixel of each grid; none: as the scene has them.
            incomplete: Classes of which not every object is labelled.

        Raises:
            OptionError: A `gsd` is far finer than the scene.
            SceneError: The scene cannot be opened.
            DataError: No label lies in the scene.
        """
        self.name = source.path
        self.place = source.path
        self._source = source
        with self._open() as scene:
            grids = [scene.grid(value) for value in gsd] or [scene.native]
            for value, grid in zip(gsd, grids, strict=False):
                if grid.gsd < 0.5 * scene.gsd:
                    raise OptionError(
                        f"--gsd {value:g}: {source.path} has {scene.gsd:.3g} m per "
                        f"pixel; give {0.5 * scene.gsd:.3g} or more, finer pixels "
                        "would show nothing new"
                    )
            self.notes = (*scene.advice, *source.labels.notes)
        self.grids = tuple(sorted(grids, key=lambda grid: -grid.width * grid.height))
        self.labels = tuple(
            to_pixels(source.labels, grid, source.path) for grid in self.grids
        )
        self.complete = frozenset(source.labels.category) - incomplete
        if source.area is None:
            self._areas: tuple[Aoi, ...] = ()
            self._warn_of_unlabelled_ground()
        else:
            self._areas = tuple(
                read_area(source.area, grid, AREA) for grid in self.grids
            )
            self.notes = (*self.notes, *self._areas[0].notes)

    def labelled(self, grid: int, window: Window) -> bool:
        """Whether a window lies inside the area in which everything is labelled."""
        if not self._areas:
            return True
        return bool(self._areas[grid].shape.covers(window_box(window)))

    def read(self, grid: int, windows: Sequence[Window]) -> Iterator[Patch]:
        """Read the patches of the windows, one after the other."""
        with self._open() as scene:
            yield from scene.patches(self.grids[grid], windows)

    def _open(self) -> AbstractContextManager[Scene]:
        return Scene.open(
            self._source.path, bands=self._source.bands, crs=self._source.crs
        )

    def _warn_of_unlabelled_ground(self) -> None:
        """Add a note where labels cover only part of the scene."""
        left, top, right, bottom = self.labels[0].bounds()
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


class PlainImageSource:
    """An image without georeference, with objects in its pixels."""

    notes: tuple[str, ...] = ()

    def __init__(self, image: LabelledImage) -> None:
        self.name = image.name
        self.place = image.place
        self._image = image
        plain = image.rows is None and image.path.suffix.lower() not in TIFF_SUFFIXES
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
        """Always: all of an image is labelled."""
        return True

    def read(self, grid: int, windows: Iterable[Window]) -> Iterator[Patch]:
        """Cut the windows out of the image."""
        pixels = self._image.pixels
        for window in windows:
            rows, cols = window.toslices()
            part = pixels[:, rows, cols]
            yield Patch(window=window, pixels=part, valid=np.ones(part.shape[1:], bool))
        del self._image.__dict__["pixels"]  # frees the cache of `LabelledImage`


def read_coco_sources(
    coco: Path, *, images: Path, incomplete: frozenset[str], together: int
) -> list[PlainImageSource]:
    """Read the images of a COCO file, in the order of their names.

    Args:
        coco: The JSON file.
        images: Folder that its file names are relative to.
        incomplete: Classes that some images leave out altogether.
        together: Number of consecutive images that count as one place.

    Raises:
        OptionError: `together` is below 1.
        DataError: It is no COCO file, an image is missing, or the name of a class has
            no letters.
    """
    if together < 1:
        raise OptionError(f"--together must be 1 or more, got {together}")
    labelled, _ = read_coco(coco, images=images)
    if not any(image.layout.objects for image in labelled):
        raise DataError(f"{coco}: holds no labelled object")
    for image in labelled:
        if not image.path.is_file():
            raise DataError(f"{coco}: there is no image {image.path}")
    return [
        PlainImageSource(
            _with_class_keys(image, incomplete, place=f"{at // together:06d}")
        )
        for at, image in enumerate(labelled)
    ]


def _with_class_keys(
    image: LabelledImage, incomplete: frozenset[str], place: str
) -> LabelledImage:
    """Rename classes to keys of the lexicon; those an image has are complete in it."""
    layout = image.layout
    objects = tuple(
        replace(item, category=_coco_class(item.category)) for item in layout.objects
    )
    complete = {_coco_class(name) for name in layout.complete} - incomplete
    complete |= {item.category for item in objects}
    return replace(
        image,
        place=place,
        layout=replace(layout, objects=objects, complete=frozenset(complete)),
    )


def _coco_class(name: str) -> str:
    return class_key(name, way_out="rename it in the COCO file")
