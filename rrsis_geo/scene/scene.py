"""Scenes: georeferenced rasters, read as windows of 8-bit RGB on a grid."""

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
    BandReader,
    gdal_cache,
    gdal_options,
    open_dataset,
)
from rrsis_geo.scene.georeference import find_georeference
from rrsis_geo.scene.grid import GSD_TOLERANCE, Grid
from rrsis_geo.scene.patches import SAMPLE, read_patch, sample_values, to_rgb
from rrsis_geo.scene.prefetch import prefetch
from rrsis_geo.scene.read_failures import gdal_message, is_remote
from rrsis_geo.scene.stretch import (
    Stretch,
    estimate_stretch,
    find_fill,
    identity_stretch,
)
from rrsis_geo.types import Patch

PREFETCH_BYTES = 64 * 2**20
"""Size of prefetched patches."""

CACHE_BYTES = 128 * 2**20, 2**29
"""GDAL's block cache, at least and at most."""

LARGE_SCENE = 50e6
"""Pixels; for larger scenes the user is told about slow file layouts."""


LARGEST_GROWTH = 20
"""Times of width and height together that a side may have after warping: a turned
swath needs one, pixels of unequal sides a few."""


class Scene:
    """A georeferenced raster; open it with `Scene.open`.

    Only one thread may use a scene at a time; `patches` opens the file again.
    """

    def __init__(
        self,
        source: BandReader,
        *,
        path: str,
        native: Grid,
        overviews: Sequence[tuple[int, int]],
        reopen: Callable[[int | None], AbstractContextManager[BandReader]],
        bands: tuple[int, ...],
        advice: Sequence[str],
    ) -> None:
        self.path = path
        self.bands = bands
        """1-based bands of the file: one, shown as grey, or red, green and blue."""
        self.native = native
        """Grid of the file's own pixels."""
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
            path: Anything that GDAL opens: a file, http(s)://, s3://, /vsi...
            bands: One or three 1-based bands; None: by colour interpretation.
            crs: CRS of a file that has none, e.g. EPSG:32633.
            pixel_coordinates: Accept a file without CRS; coordinates are pixels.

        Raises:
            SceneError: it cannot be opened or has no georeference.
            OptionError: a band or the CRS does not exist.
        """
        path = os.fspath(path)
        with ExitStack() as stack:
            stack.enter_context(rasterio.Env(**gdal_options(path)))
            if "GDAL_CACHEMAX" not in os.environ:
                # GDAL's default, 5 % of the memory, would grow with the scene
                stack.enter_context(gdal_cache(CACHE_BYTES[0]))
            dataset = stack.enter_context(open_dataset(path))
            georeference = find_georeference(
                dataset, path, crs=crs, pixel_coordinates=pixel_coordinates
            )
            try:
                choice = choose_bands(dataset.colorinterp, dataset.descriptions, bands)
            except SceneError as error:
                raise SceneError(f"{path}: {error}") from error
            overviews: list[tuple[int, int]] = []
            if georeference.by_gcps:
                warped = _warp(dataset, path, georeference.crs)
                dataset, transform = stack.enter_context(warped), warped.transform
            else:
                transform = georeference.transform
                overviews = _overviews(path, dataset)

            @contextmanager
            def reopen(overview: int | None) -> Iterator[BandReader]:
                with ExitStack() as inner:
                    again = inner.enter_context(open_dataset(path, overview=overview))
                    if georeference.by_gcps:
                        again = inner.enter_context(
                            _warp(again, path, georeference.crs)
                        )
                    yield BandReader(again, name=path, bands=choice.bands)

            native = Grid(transform, georeference.crs, dataset.width, dataset.height)
            try:
                native.pixel_size  # noqa: B018  (raises if the CRS is wrong)
            except SceneError as error:
                raise SceneError(f"{path}: {error}") from error
            yield cls(
                BandReader(dataset, name=path, bands=choice.bands),
                path=path,
                native=native,
                overviews=overviews,
                reopen=reopen,
                bands=choice.bands,
                advice=(
                    *georeference.advice,
                    *(f"{path}: {note}" for note in choice.notes),
                ),
            )

    @property
    def gsd(self) -> float:
        """Metres per pixel of the file, on the ground at its centre."""
        return self.native.gsd

    @property
    def advice(self) -> tuple[str, ...]:
        """Notes for the user, a line each; more are added as the scene is used."""
        return tuple(self._advice)

    def grid(self, gsd: float | None = None) -> Grid:
        """Make a grid of the scene with pixels of `gsd` metres; None: as in the file.

        Raises:
            OptionError: the grid would be larger than GDAL allows.
        """
        if gsd is None:
            return self.native
        grid = self.native.scaled(gsd)
        if self.native.width * self.native.height > LARGE_SCENE:
            self._add_layout_advice(grid)
        return grid

    @cached_property
    def stretch(self) -> Stretch:
        """The stretch of values to 8 bits, the same for the whole scene.

        Raises:
            SceneError: the file is damaged.
        """
        with self._sampling_source() as source:
            # every tile of a remote scene is a request of its own
            samples = sample_values(source, tiles=4 if is_remote(self.path) else 8)
        if samples is None:
            self._advice[f"{self.path}: no valid pixel was found in it"] = None
            return identity_stretch(3 if self._source.has_palette else len(self.bands))
        fill = self._source.fill = find_fill(samples)
        if fill is not None:
            self._advice[
                f"{self.path}: {fill} in {100 * fill.share:.2g} % of its pixels looks "
                "like nodata that the file does not declare, and is treated as such; "
                "to have another, declare it: gdal_edit.py -a_nodata VALUE"
            ] = None
        stretch = estimate_stretch(samples, fill)
        if samples.dtype == np.uint8 and not stretch.identity:
            self._advice[
                f"{self.path}: its 8-bit values lie between {stretch.low[0]:.4g} and "
                f"{stretch.high[0]:.4g}, so they are stretched to be seen"
            ] = None
        return stretch

    def patches(
        self, grid: Grid, windows: Iterable[Window], *, aoi: Aoi | None = None
    ) -> Iterator[Patch]:
        """Read patches, without those that have no valid pixel, in the windows' order.

        A thread reads ahead of the caller; close the iterator to stop it early. The
        value of a pixel does not depend on the window. Pixels outside the AOI have
        their values, as context, but are not valid.

        Args:
            grid: A grid of this scene, made by `grid`.
            windows: Windows of the grid; they may extend beyond it.
            aoi: Only pixels inside it are valid; None: all.

        Raises:
            SceneError: the file is damaged; raised after the patches before it.
        """
        self._check_grid(grid)
        stretch, overview = self.stretch, self._overview_for(grid)
        windows = list(windows)
        if not windows:
            return
        size = 4 * max(int(window.width * window.height) for window in windows)
        depth = max(2, min(16, PREFETCH_BYTES // size))
        self._resize_cache(grid, max(int(window.height) for window in windows))
        # GDAL's options are per thread; the caller's, like credentials, apply as well
        options = dict(rasterio.env.getenv()) if rasterio.env.hasenv() else {}
        options.pop("GDAL_CACHEMAX", None)
        around = rasterio.Env(**{**gdal_options(self.path), **options})
        with self._reopen(overview) as source:
            source.take_over(self._source)

            def read(window: Window) -> Patch | None:
                return read_patch(source, stretch, grid, window, aoi)

            yield from prefetch(read, windows, depth=depth, around=around)

    def thumbnail(
        self, max_side: int
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_], Grid]:
        """Read the whole scene at low resolution.

        Args:
            max_side: Longest side in pixels; the scene is never enlarged.

        Returns:
            (3, h, w) pixels, (h, w) valid, and their grid.

        Raises:
            SceneError: the file is damaged.
        """
        pixel_width, pixel_height = self.native.pixel_size
        width, height = (
            self.native.width * pixel_width,
            self.native.height * pixel_height,
        )
        gsd = max(pixel_width, pixel_height, width / max_side, height / max_side)
        grid = self.native.resized(
            max(1, min(max_side, round(width / gsd))),
            max(1, min(max_side, round(height / gsd))),
        )
        stretch = self.stretch  # tells the source what is no data
        method = Resampling.average if self._source.blendable else Resampling.nearest
        data = self._source.read(shape=(grid.height, grid.width), resampling=method)
        if data is None:
            blank = np.zeros((3, grid.height, grid.width), np.uint8)
            return blank, np.zeros(blank.shape[1:], bool), grid
        pixels, valid = data
        return to_rgb(stretch.apply(pixels, valid)), valid, grid

    def _overview_for(self, grid: Grid) -> int | None:
        """Index of the coarsest overview that is at least as fine as the grid."""
        best = None
        for index, (width, height) in enumerate(self._overviews):
            if width >= grid.width and height >= grid.height:
                best = index
        return best

    @contextmanager
    def _sampling_source(self) -> Iterator[BandReader]:
        """The coarsest overview with enough pixels for a sample."""
        overview = None
        for index, (width, height) in enumerate(self._overviews):
            if width * height >= SAMPLE / 16:
                overview = index
        if overview is None:
            yield self._source
            return
        with self._reopen(overview) as source:
            source.take_over(self._source)
            yield source

    def has_grid(self, grid: Grid) -> bool:
        """Whether a grid covers what the scene covers."""
        expected = self.native.resized(grid.width, grid.height)
        same: bool = grid.transform.almost_equals(
            expected.transform, abs(expected.transform.a) * 1e-6
        )
        return same and grid.crs == expected.crs

    def _check_grid(self, grid: Grid) -> None:
        if not self.has_grid(grid):
            raise ValueError(
                f"{grid} is not a grid of {self.path}; make one with .grid(gsd)"
            )

    def _resize_cache(self, grid: Grid, rows: int) -> None:
        """Let GDAL cache the blocks that a row of windows shares with the next."""
        if "GDAL_CACHEMAX" in os.environ or not rasterio.env.hasenv():
            return
        size = self._row_bytes(grid, rows)
        rasterio.env.setenv(
            GDAL_CACHEMAX=min(max(size, CACHE_BYTES[0]), CACHE_BYTES[1])
        )

    def _row_bytes(self, grid: Grid, rows: int) -> int:
        """Decoded size of all blocks that a row of windows of so many rows touches."""
        overview = self._overview_for(grid)
        width, height = self._source.width, self._source.height
        if overview is not None:
            width, height = self._overviews[overview]
        block_rows, _ = self._source.block
        blocks = math.ceil(rows * height / grid.height / block_rows) + 1
        return blocks * block_rows * width * self._source.bytes_per_pixel

    def _add_layout_advice(self, grid: Grid) -> None:
        """Add notes on how a large scene could be read faster."""
        factor = self.native.width / grid.width
        _, block_cols = self._source.block
        if factor > 2 - GSD_TOLERANCE and self._overview_for(grid) is None:
            self._advice[
                f"{self.path}: has no overviews, so all its pixels are read to see it "
                f"at {grid.gsd:.3g} m; a COG reads {factor**2:.0f} times less: "
                "gdal_translate -of COG in.tif out.tif"
            ] = None
        elif block_cols >= self.native.width and (
            is_remote(self.path) or self._row_bytes(grid, 512) > CACHE_BYTES[1]
        ):
            self._advice[
                f"{self.path}: is stored in strips over its whole width, which "
                "are read again for every window; a COG is faster: "
                "gdal_translate -of COG in.tif out.tif"
            ] = None


def _overviews(path: str, dataset: Any) -> list[tuple[int, int]]:
    """Width and height of the overviews that all bands have, with their masks."""
    count = min(len(dataset.overviews(band)) for band in dataset.indexes)
    sizes = []
    for overview in range(count):
        with open_dataset(path, overview=overview) as smaller:
            if smaller.mask_flag_enums != dataset.mask_flag_enums:
                break
            sizes.append((smaller.width, smaller.height))
    return sizes


def _warp(dataset: Any, path: str, crs: CRS) -> Any:
    """Warp a dataset by its ground control points."""
    kinds = dataset.colorinterp
    blendable = ColorInterp.palette not in kinds and "complex" not in dataset.dtypes[0]
    flags = dataset.mask_flag_enums[0]
    marks_outside = MaskFlags.nodata in flags or ColorInterp.alpha in kinds
    try:
        warped = WarpedVRT(
            dataset,
            src_crs=crs,
            crs=crs,
            resampling=Resampling.bilinear if blendable else Resampling.nearest,
            tolerance=0,  # else the value of a pixel depends on the block being warped
            add_alpha=not marks_outside,
        )
    except GDAL_FAILURES as error:
        raise SceneError(
            f"{path}: cannot be warped by its ground control points: "
            f"{gdal_message(error)}"
        ) from error
    longest = LARGEST_GROWTH * (dataset.width + dataset.height)
    if max(warped.width, warped.height) > longest:
        size = f"{warped.width:,} x {warped.height:,} pixels"
        warped.close()
        raise SceneError(
            f"{path}: its ground control points do not fit together: placed by them, "
            f"its {dataset.width:,} x {dataset.height:,} pixels become {size}"
        )
    return warped
