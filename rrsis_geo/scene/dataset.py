"""Raster datasets: opening them, and reading pixels with their validity."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from rrsis_geo.errors import SceneError
from rrsis_geo.files.special_files import why_no_file
from rrsis_geo.scene.read_failures import is_remote, why_not_opened, why_not_read
from rrsis_geo.scene.stretch import Fill

GDAL_FAILURES = (RasterioError, CPLE_BaseError, OSError)
"""Exceptions that rasterio raises when GDAL fails."""

LARGEST_COORDINATE = 1e16
"""Of a raster's corners in any unit; larger ones are a damaged header."""

REMOTE_OPTIONS = {
    # One request for the header; no listing and no search for sidecar files.
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_INGESTED_BYTES_AT_OPEN": "32768",
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
    "GDAL_HTTP_MULTIPLEX": "YES",
    "GDAL_HTTP_MAX_RETRY": "3",
    "GDAL_HTTP_RETRY_DELAY": "1",
    "GDAL_HTTP_CONNECTTIMEOUT": "20",
    "GDAL_HTTP_TIMEOUT": "120",
    "VSI_CACHE": "TRUE",
    "VSI_CACHE_SIZE": "16777216",
}
"""GDAL configuration options for scenes that are read over a network, by window."""


def gdal_options(path: str) -> dict[str, str | int]:
    """GDAL options for a scene; the user's environment takes precedence."""
    if not is_remote(path):
        return {}
    return {
        name: value for name, value in REMOTE_OPTIONS.items() if name not in os.environ
    }


def open_dataset(path: str, *, overview: int | None = None) -> Any:
    """A rasterio dataset; with `overview` the file at that overview's size.

    Raises:
        SceneError: there is nothing there that GDAL reads as a raster.
    """
    reason = why_no_file(path)
    if reason is not None:
        raise SceneError(f"{path}: {reason}")
    options = {} if overview is None else {"OVERVIEW_LEVEL": overview}
    try:
        with warnings.catch_warnings():
            # a missing georeference is handled in `georeference`
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            # a Path is taken literally, and from the root no driver's prefix fits
            place = Path(path).absolute() if os.path.exists(path) else path
            dataset = rasterio.open(place, **options)
            _read_header(dataset)
    except (*GDAL_FAILURES, TypeError, ValueError) as error:
        raise SceneError(f"{path}: {why_not_opened(path, error)}") from error
    if not dataset.count:
        subdatasets = ", ".join(dataset.subdatasets[:3])
        dataset.close()
        raise SceneError(
            f"{path}: holds no raster band"
            + f", but subdatasets; name one of them: {subdatasets}" * bool(subdatasets)
        )
    corners = max(dataset.width, dataset.height) * np.abs(dataset.transform[:6])
    if not (corners < LARGEST_COORDINATE).all():  # NaN is not below it either
        numbers = tuple(dataset.transform)[:6]
        dataset.close()
        raise SceneError(f"{path}: its transform {numbers} leads nowhere on the ground")
    return dataset


def _read_header(dataset: Any) -> None:
    """Read what GDAL reads late, so that a damaged header fails here.

    A failure of GDAL is raised by rasterio's next call only, hence the second time.
    """
    for _ in range(2):
        for name in (
            "mask_flag_enums",
            "block_shapes",
            "colorinterp",
            "crs",
            "descriptions",
            "gcps",
            "nodatavals",
            "rpcs",
            "subdatasets",
        ):
            getattr(dataset, name)
        for band in dataset.indexes:
            dataset.overviews(band)


class _CacheUsers:
    """Who has GDAL's cache limited: it is one for all scenes and threads."""

    lock = threading.Lock()
    count = 0
    before: Any = None


@contextmanager
def gdal_cache(size: int) -> Iterator[None]:
    """Limit GDAL's cache of blocks to so many bytes; the last to leave restores it."""
    with _CacheUsers.lock:
        if not _CacheUsers.count:
            _CacheUsers.before = rasterio._env.get_gdal_config("GDAL_CACHEMAX")
        _CacheUsers.count += 1
        rasterio.env.setenv(GDAL_CACHEMAX=size)
    try:
        yield
    finally:
        with _CacheUsers.lock:
            _CacheUsers.count -= 1
            if not _CacheUsers.count:
                rasterio.env.setenv(GDAL_CACHEMAX=_CacheUsers.before)


class BandReader:
    """Reads some bands of an open dataset, with the validity of pixels.

    A pixel is valid if all of these say so: the mask band (internal or .msk), the alpha
    band (above 0), nodata, and finite values. Nodata counts if all bands have it: 0 in
    one band is a saturated colour, 0 in all bands is missing data. A value that is not
    finite makes its pixel invalid in any band.
    """

    def __init__(self, dataset: Any, *, name: str, bands: Sequence[int]) -> None:
        self.dataset = dataset
        self.name = name
        self.width: int = dataset.width
        self.height: int = dataset.height
        self._bands = list(bands)
        kinds, flags = dataset.colorinterp, dataset.mask_flag_enums[0]
        alphas = [n for n, kind in enumerate(kinds, 1) if kind == ColorInterp.alpha]
        self._alpha = alphas[-1] if alphas else None
        self._has_mask_band = (
            MaskFlags.per_dataset in flags and MaskFlags.alpha not in flags
        )
        self._nodata = [
            _representable(dataset.nodatavals[band - 1], dataset.dtypes[band - 1])
            for band in bands
        ]
        self._palette = None
        if len(bands) == 1 and kinds[bands[0] - 1] == ColorInterp.palette:
            self._palette = _palette(_colour_table(dataset, bands[0], name))
        self._complex = any("complex" in dataset.dtypes[band - 1] for band in bands)
        self._white = None if self.has_palette else _value_of_white(dataset, bands[0])
        self.fill: Fill | None = None
        """Undeclared fill values; where they lie there is no data."""

    def take_over(self, whole: BandReader) -> None:
        """Take over what an overview does not know of itself: fill, white as 0."""
        self.fill, self._white = whole.fill, whole._white

    @property
    def block(self) -> tuple[int, int]:
        """Rows and columns of a block, which is decoded as a whole."""
        rows, cols = self.dataset.block_shapes[0]
        return int(rows), int(cols)

    @property
    def blendable(self) -> bool:
        """Whether values may be averaged; not palette indices nor radar phases."""
        return self._palette is None and not self._complex

    @property
    def has_palette(self) -> bool:
        """Whether the band holds indices into a colour table."""
        return self._palette is not None

    @property
    def bytes_per_pixel(self) -> int:
        """Bytes decoded per pixel: of all bands if they are pixel-interleaved."""
        names = self.dataset.dtypes
        if str(self.dataset.profile.get("interleave", "")).lower() != "pixel":
            names = [names[band - 1] for band in self._bands]
        return sum(_item_size(name) for name in names)

    def mask(
        self, window: Window | None = None, shape: tuple[int, int] | None = None
    ) -> NDArray[np.bool_] | None:
        """(H, W) validity by mask and alpha band; None if the file has neither.

        Raises:
            SceneError: the file is damaged there.
        """
        valid = None
        try:
            if self._has_mask_band:
                valid = self.dataset.read_masks(1, window=window, out_shape=shape) > 0
            if self._alpha is not None:
                alpha = self.dataset.read(self._alpha, window=window, out_shape=shape)
                valid = alpha > 0 if valid is None else valid & (alpha > 0)
        except GDAL_FAILURES as error:
            raise self._damaged(window, error) from error
        return valid

    def read(
        self,
        window: Window | None = None,
        shape: tuple[int, int] | None = None,
        resampling: Resampling = Resampling.nearest,
    ) -> tuple[NDArray[Any], NDArray[np.bool_]] | None:
        """Read values and their validity.

        Palettes are expanded to three bands; complex values become magnitudes.

        Args:
            window: In pixels of this dataset; default all.
            shape: (H, W) to shrink to; default the window's.
            resampling: How to shrink.

        Returns:
            (B, H, W) values and (H, W) validity. None, without reading the bands, if
            mask and alpha band make all pixels invalid.

        Raises:
            SceneError: the file is damaged there.
        """
        valid = self.mask(window, shape)
        if valid is not None and not valid.any():
            return None
        try:
            pixels = self._read_bands(window, shape, resampling)
        except GDAL_FAILURES as error:
            raise self._damaged(window, error) from error
        if valid is None:
            valid = np.ones(pixels.shape[1:], bool)
        if None not in self._nodata:
            missing = [
                _equal(band, nodata)
                for band, nodata in zip(pixels, self._nodata, strict=True)
            ]
            valid &= ~np.logical_and.reduce(missing)
        if pixels.dtype.kind in "fc":
            valid &= np.isfinite(pixels).all(axis=0)
        if self._complex:
            pixels = np.abs(pixels)
        elif self._white is not None:
            # the file counts from white to black
            pixels = pixels.dtype.type(self._white) - pixels
        if self.fill is not None:
            valid &= ~self.fill.missing(pixels)
        if self._palette is not None:
            indices = np.minimum(pixels[0].astype(np.intp), len(self._palette) - 1)
            colours = self._palette[indices]
            valid &= colours[..., 3] > 0
            pixels = np.moveaxis(colours[..., :3], 2, 0)
        return pixels, valid

    def _read_bands(
        self,
        window: Window | None,
        shape: tuple[int, int] | None,
        resampling: Resampling,
    ) -> NDArray[Any]:
        """(B, H, W) values; bands of several data types, as in a VRT, become one."""
        how = {"window": window, "resampling": resampling}
        if len({self.dataset.dtypes[band - 1] for band in self._bands}) > 1:
            return np.stack(
                [
                    self.dataset.read(band, out_shape=shape, **how)
                    for band in self._bands
                ]
            )
        whole = None if shape is None else (len(self._bands), *shape)
        pixels: NDArray[Any] = self.dataset.read(self._bands, out_shape=whole, **how)
        return pixels

    def _damaged(self, window: Window | None, error: BaseException) -> SceneError:
        place = ""
        if window is not None:
            last_row, last_col = window.row_off + window.height, window.col_off
            last_col += window.width
            place = (
                f" at rows {window.row_off} to {last_row - 1}, columns "
                f"{window.col_off} to {last_col - 1} of {self.height} x {self.width}"
            )
        # a VRT on this machine may refer to files on a server
        remote = (file for file in self.dataset.files if is_remote(file))
        reason = why_not_read(next(remote, self.name), error)
        return SceneError(f"{self.name}: cannot be read{place}: {reason}")


def _representable(nodata: float | None, dtype: str) -> Any:
    """Nodata in the band's data type; None if no pixel can have the value."""
    if nodata is None or "complex" in dtype:
        return nodata
    kind = np.dtype(dtype)
    if kind.kind == "f":
        with np.errstate(over="ignore"):
            return kind.type(nodata)
    limits = np.iinfo(kind)
    in_range = np.isfinite(nodata) and limits.min <= nodata <= limits.max
    return kind.type(nodata) if in_range and nodata == int(nodata) else None


def _equal(band: NDArray[Any], nodata: Any) -> NDArray[np.bool_]:
    """Where a band has its nodata value; NaN equals NaN, floats differ by rounding."""
    same: NDArray[np.bool_]
    if band.dtype.kind in "iu":
        same = band == nodata
    elif np.isnan(nodata):
        same = np.isnan(band)
    elif np.isinf(nodata):
        same = np.isinf(band)
    else:
        # nodata is stored as text and may differ from the pixels in the last digits
        with np.errstate(over="ignore", invalid="ignore"):
            tolerance = 2 * np.finfo(band.dtype).eps * abs(nodata)
            same = np.abs(band - nodata) <= tolerance
    return same


def _colour_table(dataset: Any, band: int, name: str) -> Mapping[int, Any]:
    """Colours by value.

    Raises:
        SceneError: a damaged or careless file lacks the table that it speaks of.
    """
    try:
        colours: Mapping[int, Any] = dataset.colormap(band)
    except ValueError:
        colours = {}
    if not colours:
        raise SceneError(
            f"{name}: band {band} holds numbers of colours, and the table of colours "
            f"is missing; make it grey (gdal_translate -colorinterp gray {name} g.tif)"
        )
    return colours


def _palette(colours: Mapping[int, tuple[int, ...]]) -> NDArray[np.uint8]:
    """(N, 4) red, green, blue and alpha by index; clear where there is no colour."""
    table = np.zeros((max(colours) + 2, 4), np.uint8)
    for index, colour in colours.items():
        table[index] = (*colour[:3], colour[3] if len(colour) > 3 else 255)
    return table


def _value_of_white(dataset: Any, band: int) -> int | None:
    """Sum of a value and the brightness that it means; None where that is itself.

    TIFF's photometric interpretation MinIsWhite stores white as 0.
    """
    source = getattr(dataset, "src_dataset", dataset)  # of a warped one
    if source.tags(ns="IMAGE_STRUCTURE").get("MINISWHITE") != "YES":
        return None
    kind = np.dtype(dataset.dtypes[band - 1])
    if kind.kind not in "iu":
        return 0
    bits = source.tags(band, ns="IMAGE_STRUCTURE").get("NBITS")
    if bits is not None:
        return (1 << int(bits)) - 1
    return int(np.iinfo(kind).max) + int(np.iinfo(kind).min)


def _item_size(dtype: str) -> int:
    return 4 if dtype == "complex_int16" else int(np.dtype(dtype).itemsize)
