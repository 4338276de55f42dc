"""Scenes: any georeferenced raster as windows of red, green and blue on a grid."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from rrsis_geo.errors import SceneError
from rrsis_geo.scene.aoi import Aoi
from rrsis_geo.scene.bands import choose_bands
from rrsis_geo.scene.dataset import (
    GDAL_FAILURES,
    Source,
    environment,
    is_remote,
    open_dataset,
    reason,
)
from rrsis_geo.scene.georeference import find_placement
from rrsis_geo.scene.grid import SNAP, Grid
from rrsis_geo.scene.patches import SAMPLE, as_colours, read_patch, sample
from rrsis_geo.scene.prefetch import run_ahead
from rrsis_geo.scene.stretch import Stretch, estimate, unchanged
from rrsis_geo.types import Patch

WAITING = 64 * 2**20
"""Bytes of patches that wait for the network."""

CACHE = 128 * 2**20, 2**29
"""Bytes that GDAL may keep of decoded blocks, at least and at most."""

BIG = 50e6
"""Pixels; slower ways to read a scene matter from here on."""


class Scene:
    """A raster on the map; open it with `Scene.open`.

    One thread may use a scene at a time; `patches` reads through handles of its own.
    """

    def __init__(
        self,
        source: Source,
        *,
        path: str,
        native: Grid,
        overviews: Sequence[tuple[int, int]],
        reopen: Callable[[int | None], AbstractContextManager[Source]],
        bands: tuple[int, ...],
        advice: Sequence[str],
    ) -> None:
        self.path = path
        self.bands = bands
        """1-based bands of the file: one, shown as grey, or red, green and blue."""
        self.native = native
        """The file's own pixels on the ground."""
        self._source = source
        self._overviews = overviews
        self._reopen = reopen
        self._advice = dict.fromkeys(advice)

    @classmethod
    @contextmanager
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        bands: Sequence[int] | None = None,
        crs: str | None = None,
        pixel_coordinates: bool = False,
    ) -> Iterator[Scene]:
        """Open a raster for reading; close it on leaving the block.

        Args:
            path: whatever GDAL opens: a file, http(s)://, s3://, /vsi...
            bands: one or three 1-based bands to show; None: by colour.
            crs: CRS of a file that names none, e.g. EPSG:32633.
            pixel_coordinates: accept a file without CRS, with places in pixels.

        Raises:
            SceneError: it cannot be opened or has no place on the map.
            OptionError: a band or the CRS does not exist.
        """
        path = os.fspath(path)
        with ExitStack() as stack:
            stack.enter_context(rasterio.Env(**environment(path)))
            if "GDAL_CACHEMAX" not in os.environ:
                # GDAL's default, 5 % of the memory, would grow with the scene.
                before = rasterio._env.get_gdal_config("GDAL_CACHEMAX")
                stack.callback(rasterio.env.setenv, GDAL_CACHEMAX=before)
                rasterio.env.setenv(GDAL_CACHEMAX=CACHE[0])
            dataset = stack.enter_context(open_dataset(path))
            where = find_placement(
                dataset, crs=crs, pixel_coordinates=pixel_coordinates
            )
            try:
                chosen = choose_bands(dataset.colorinterp, dataset.descriptions, bands)
            except SceneError as error:
                raise SceneError(f"{path}: {error}") from error
            overviews: list[tuple[int, int]] = []
            if where.by_points:
                warped = _warp(dataset, path, where.crs)
                dataset, transform = stack.enter_context(warped), warped.transform
            else:
                transform = where.transform
                overviews = _overviews(path, dataset)

            @contextmanager
            def reopen(overview: int | None) -> Iterator[Source]:
                with ExitStack() as inner:
                    again = inner.enter_context(open_dataset(path, overview=overview))
                    if where.by_points:
                        again = inner.enter_context(_warp(again, path, where.crs))
                    yield Source(again, name=path, bands=chosen)

            native = Grid(transform, where.crs, dataset.width, dataset.height)
            try:
                native.pixel_size  # noqa: B018  (fails where the CRS does not fit)
            except SceneError as error:
                raise SceneError(f"{path}: {error}") from error
            yield cls(
                Source(dataset, name=path, bands=chosen),
                path=path,
                native=native,
                overviews=overviews,
                reopen=reopen,
                bands=chosen,
                advice=where.advice,
            )

    @property
    def gsd(self) -> float:
        """Metres per pixel of the file, on the ground at its centre."""
        return self.native.gsd

    @property
    def advice(self) -> tuple[str, ...]:
        """What the user may want to know, a line each; grows as the scene is used."""
        return tuple(self._advice)

    def grid(self, gsd: float | None = None) -> Grid:
        """The scene's ground in pixels of `gsd` metres; None: in the file's pixels.

        Raises:
            OptionError: the grid would be larger than GDAL can count.
        """
        if gsd is None:
            return self.native
        grid = self.native.scaled(gsd)
        if self.native.width * self.native.height > BIG:
            self._advise(grid)
        return grid

    @cached_property
    def stretch(self) -> Stretch:
        """How values become the 8 bits shown: one line per band for the whole scene.

        Raises:
            SceneError: the file is damaged.
        """
        with self._at_stretch_size() as source:
            # Every piece of a remote scene is a request of its own.
            samples = sample(source, pieces=4 if is_remote(self.path) else 8)
        if samples is None:
            self._advice[f"{self.path}: no valid pixel was found in it"] = None
            return unchanged(3 if self._source.has_palette else len(self.bands))
        found = estimate(samples)
        if samples.dtype == np.uint8 and not found.identity:
            self._advice[
                f"{self.path}: its 8-bit values lie between {found.low[0]:.4g} and "
                f"{found.high[0]:.4g}, so they are stretched to be seen"
            ] = None
        return found

    def patches(
        self, grid: Grid, windows: Iterable[Window], *, aoi: Aoi | None = None
    ) -> Iterator[Patch]:
        """Patches that hold a valid pixel inside the AOI, in the windows' order.

        A thread reads ahead of the caller; close the iterator to stop it early. What a
        pixel shows does not depend on the window that reads it. Pixels outside the
        AOI are shown, since they are context, but are not valid.

        Raises:
            SceneError: the file is damaged; raised after the patches before it.
        """
        self._require_same_ground(grid)
        stretch, level = self.stretch, self._level(grid)
        windows = list(windows)
        if not windows:
            return
        size = 4 * max(int(window.width * window.height) for window in windows)
        depth = max(2, min(16, WAITING // size))
        self._make_room(grid, max(int(window.height) for window in windows))
        # GDAL's settings are per thread; the caller's own, like keys of a cloud, count.
        settings = dict(rasterio.env.getenv()) if rasterio.env.hasenv() else {}
        settings.pop("GDAL_CACHEMAX", None)
        around = rasterio.Env(**{**environment(self.path), **settings})
        with self._reopen(level) as source:

            def read(window: Window) -> Patch | None:
                return read_patch(source, stretch, grid, window, aoi)

            yield from run_ahead(read, windows, depth=depth, around=around)

    def thumbnail(
        self, max_side: int
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_], Grid]:
        """The whole scene, small: (3, h, w) pixels, (h, w) valid, and their grid.

        Args:
            max_side: pixels; the scene is never enlarged.

        Raises:
            SceneError: the file is damaged.
        """
        wide, high = self.native.pixel_size
        across, down = self.native.width * wide, self.native.height * high
        square = max(wide, high, across / max_side, down / max_side)
        grid = self.native.resized(
            max(1, min(max_side, round(across / square))),
            max(1, min(max_side, round(down / square))),
        )
        kind = Resampling.average if self._source.blendable else Resampling.nearest
        found = self._source.read(shape=(grid.height, grid.width), resampling=kind)
        if found is None:
            blank = np.zeros((3, grid.height, grid.width), np.uint8)
            return blank, np.zeros(blank.shape[1:], bool), grid
        pixels, valid = found
        return as_colours(self.stretch.apply(pixels, valid)), valid, grid

    def _level(self, grid: Grid) -> int | None:
        """The smallest overview that is still at least as fine as the grid."""
        best = None
        for level, (width, height) in enumerate(self._overviews):
            if width >= grid.width and height >= grid.height:
                best = level
        return best

    @contextmanager
    def _at_stretch_size(self) -> Iterator[Source]:
        """The smallest overview that still shows enough pixels to judge by."""
        level = None
        for number, (width, height) in enumerate(self._overviews):
            if width * height >= SAMPLE / 16:
                level = number
        if level is None:
            yield self._source
            return
        with self._reopen(level) as source:
            yield source

    def _require_same_ground(self, grid: Grid) -> None:
        mine = self.native.resized(grid.width, grid.height)
        if grid.crs != mine.crs or not grid.transform.almost_equals(
            mine.transform, abs(mine.transform.a) * 1e-6
        ):
            raise ValueError(f"{grid} is no grid of {self.path}; make it by .grid(gsd)")

    def _make_room(self, grid: Grid, rows: int) -> None:
        """Let GDAL keep the blocks that a row of windows shares with the next."""
        if "GDAL_CACHEMAX" in os.environ or not rasterio.env.hasenv():
            return
        wanted = self._shared_bytes(grid, rows)
        rasterio.env.setenv(GDAL_CACHEMAX=min(max(wanted, CACHE[0]), CACHE[1]))

    def _shared_bytes(self, grid: Grid, rows: int) -> int:
        """Decoded size of all the blocks that a row of windows touches."""
        level = self._level(grid)
        width, height = (
            self._overviews[level]
            if level is not None
            else (
                self._source.width,
                self._source.height,
            )
        )
        block, _ = self._source.block
        deep = math.ceil(rows * height / grid.height / block) + 1
        return deep * block * width * self._source.bytes_per_pixel

    def _advise(self, grid: Grid) -> None:
        """Say what would make a big scene faster to read."""
        shrink = self.native.width / grid.width
        _, width = self._source.block
        if shrink > 2 - SNAP and self._level(grid) is None:
            self._advice[
                f"{self.path}: has no overviews, so all its pixels are read to see it "
                f"at {grid.gsd:.3g} m; a COG reads {shrink**2:.0f} times less: "
                "gdal_translate -of COG in.tif out.tif"
            ] = None
        elif width >= self.native.width and (
            is_remote(self.path) or self._shared_bytes(grid, 512) > CACHE[1]
        ):
            self._advice[
                f"{self.path}: is stored in strips over its whole width, which "
                "are read again for every window; a COG is faster: "
                "gdal_translate -of COG in.tif out.tif"
            ] = None


def _overviews(path: str, dataset: Any) -> list[tuple[int, int]]:
    """Width and height of every overview that shows what the file shows."""
    shared = min(len(dataset.overviews(band)) for band in dataset.indexes)
    sizes = []
    for level in range(shared):
        with open_dataset(path, overview=level) as smaller:
            if smaller.mask_flag_enums != dataset.mask_flag_enums:
                break
            sizes.append((smaller.width, smaller.height))
    return sizes


def _warp(dataset: Any, path: str, crs: CRS) -> Any:
    """The dataset, moved to where its ground control points say."""
    kinds = dataset.colorinterp
    plain = ColorInterp.palette not in kinds and "complex" not in dataset.dtypes[0]
    flags = dataset.mask_flag_enums[0]
    marks_outside = MaskFlags.nodata in flags or ColorInterp.alpha in kinds
    try:
        return WarpedVRT(
            dataset,
            src_crs=crs,
            crs=crs,
            resampling=Resampling.bilinear if plain else Resampling.nearest,
            tolerance=0,  # else a pixel depends on the block it is warped with
            add_alpha=not marks_outside,
        )
    except GDAL_FAILURES as error:
        raise SceneError(
            f"{path}: its ground control points do not place it: {reason(error)}"
        ) from error
