"""A raster as it lies in its file: opening it, and its pixels and their validity."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from rrsis_geo.errors import SceneError

GDAL_FAILURES = (RasterioError, CPLE_BaseError, OSError)
"""What rasterio raises when GDAL cannot do what it is asked."""

REMOTE = {
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
"""GDAL settings for scenes that are read over a network, by window."""

LOCAL_SCHEMES = ("file", "zip", "tar", "gzip", "gz")


def environment(path: str) -> dict[str, str | int]:
    """GDAL settings for a scene; what the user has set in the environment wins."""
    if not is_remote(path):
        return {}
    return {name: value for name, value in REMOTE.items() if name not in os.environ}


def is_remote(path: str) -> bool:
    """Whether GDAL would read it over a network."""
    if path.startswith("/vsi"):
        return any(
            f"/vsi{kind}/" in path or f"/vsi{kind}_streaming/" in path
            for kind in ("curl", "s3", "gs", "az", "adls", "oss", "swift", "hdfs")
        )
    schemes, found, _ = path.partition("://")
    return bool(found) and any(s not in LOCAL_SCHEMES for s in schemes.split("+"))


def open_dataset(path: str, *, overview: int | None = None) -> Any:
    """A rasterio dataset; with `overview` the file at that overview's size.

    Raises:
        SceneError: there is nothing there that GDAL reads as a raster.
    """
    options = {} if overview is None else {"OVERVIEW_LEVEL": overview}
    try:
        with warnings.catch_warnings():
            # Places are asked for explicitly; rasterio need not warn about them.
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            dataset = rasterio.open(path, **options)
    except (*GDAL_FAILURES, TypeError, ValueError) as error:
        raise SceneError(f"{path}: {_why_not_opened(path, error)}") from error
    if not dataset.count:
        inside = ", ".join(dataset.subdatasets[:3])
        dataset.close()
        raise SceneError(
            f"{path}: holds no raster band"
            + (f", but rasters of their own; name one of them: {inside}" * bool(inside))
        )
    return dataset


def reason(error: BaseException) -> str:
    """What GDAL itself said, on one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split()) or type(error).__name__


class Source:
    """Some bands of an open dataset, and which of their pixels are data.

    A pixel is data where every mechanism that the file has says so: its mask band
    (internal or .msk), its alpha band (above 0), nodata, finite values. Nodata counts
    per pixel, not per band: 0 in one band of a colour is a dark hue, 0 in all is a
    hole. A value that is no number spoils its pixel whichever band it is in.
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
            self._palette = _palette(dataset.colormap(bands[0]))
        self._complex = any("complex" in dataset.dtypes[band - 1] for band in bands)

    @property
    def block(self) -> tuple[int, int]:
        """Rows and columns that are decoded together."""
        rows, cols = self.dataset.block_shapes[0]
        return int(rows), int(cols)

    @property
    def blendable(self) -> bool:
        """Whether means of stored values mean something; not of numbers of colours,
        nor of radar phases."""
        return self._palette is None and not self._complex

    @property
    def has_palette(self) -> bool:
        """Whether the one band numbers the colours of a table."""
        return self._palette is not None

    @property
    def bytes_per_pixel(self) -> int:
        """What reading a pixel decodes: all bands where they lie interleaved."""
        names = self.dataset.dtypes
        if str(self.dataset.profile.get("interleave", "")).lower() != "pixel":
            names = [names[band - 1] for band in self._bands]
        return sum(_size(name) for name in names)

    def mask(
        self, window: Window | None = None, shape: tuple[int, int] | None = None
    ) -> NDArray[np.bool_] | None:
        """(H, W) by mask and alpha band alone; None where the file has neither.

        Raises:
            SceneError: the file is damaged there.
        """
        valid = None
        try:
            if self._has_mask_band:
                valid = self.dataset.read_masks(1, window=window, out_shape=shape) > 0
            if self._alpha is not None:
                seen = self.dataset.read(self._alpha, window=window, out_shape=shape)
                valid = seen > 0 if valid is None else valid & (seen > 0)
        except GDAL_FAILURES as error:
            raise self._damaged(window, error) from error
        return valid

    def read(
        self,
        window: Window | None = None,
        shape: tuple[int, int] | None = None,
        resampling: Resampling = Resampling.nearest,
    ) -> tuple[NDArray[Any], NDArray[np.bool_]] | None:
        """(B, H, W) values and (H, W) valid; None where the masks leave nothing.

        Palettes are expanded to three bands, complex values are their magnitudes.
        Where the masks leave nothing, no other band is read.

        Args:
            window: in pixels of this dataset; default all.
            shape: (H, W) to shrink to; default as the window.
            resampling: how to shrink.

        Raises:
            SceneError: the file is damaged there.
        """
        valid = self.mask(window, shape)
        if valid is not None and not valid.any():
            return None
        try:
            pixels = self.dataset.read(
                self._bands,
                window=window,
                out_shape=None if shape is None else (len(self._bands), *shape),
                resampling=resampling,
            )
        except GDAL_FAILURES as error:
            raise self._damaged(window, error) from error
        if valid is None:
            valid = np.ones(pixels.shape[1:], bool)
        if None not in self._nodata:
            holes = [
                _equal(band, nodata)
                for band, nodata in zip(pixels, self._nodata, strict=True)
            ]
            valid &= ~np.logical_and.reduce(holes)
        if pixels.dtype.kind in "fc":
            valid &= np.isfinite(pixels).all(axis=0)
        if self._complex:
            pixels = np.abs(pixels)
        if self._palette is not None:
            numbers = np.minimum(pixels[0].astype(np.intp), len(self._palette) - 1)
            colours = self._palette[numbers]
            valid &= colours[..., 3] > 0
            pixels = np.moveaxis(colours[..., :3], 2, 0)
        return pixels, valid

    def _damaged(self, window: Window | None, error: BaseException) -> SceneError:
        place = ""
        if window is not None:
            last_row, last_col = window.row_off + window.height, window.col_off
            last_col += window.width
            place = (
                f" at rows {window.row_off} to {last_row - 1}, columns "
                f"{window.col_off} to {last_col - 1} of {self.height} x {self.width}"
            )
        return SceneError(
            f"{self.name}: cannot be read{place}: {reason(error)}; the file "
            "may be cut off or damaged, so fetch it again"
        )


def _why_not_opened(path: str, error: BaseException) -> str:
    if not is_remote(path) and not path.startswith("/vsi") and "://" not in path:
        if not os.path.exists(path):
            # Also what drivers with names of their own are asked for: NETCDF:a.nc:b
            return "there is no such file" if ":" not in path[2:] else reason(error)
        if os.path.isdir(path):
            return "is a folder; name the raster file in it"
        if not os.access(path, os.R_OK):
            return "may not be read by this user; check its permissions"
        if not os.path.getsize(path):
            return "is empty (0 bytes)"
    said = reason(error)
    if "not recognized as being in a supported file format" in said:
        return "is no raster that GDAL can read"
    return f"cannot be opened as a raster: {said}"


def _representable(nodata: float | None, dtype: str) -> Any:
    """Nodata as a value of the band's own type; None where no pixel can have it."""
    if nodata is None or "complex" in dtype:
        return nodata
    kind = np.dtype(dtype)
    if kind.kind == "f":
        with np.errstate(over="ignore"):
            return kind.type(nodata)
    limits = np.iinfo(kind)
    inside = np.isfinite(nodata) and limits.min <= nodata <= limits.max
    return kind.type(nodata) if inside and nodata == int(nodata) else None


def _equal(band: NDArray[Any], nodata: Any) -> NDArray[np.bool_]:
    """Where a band has its nodata value; NaN equals NaN, floats within rounding."""
    same: NDArray[np.bool_]
    if band.dtype.kind in "iu":
        same = band == nodata
    elif np.isnan(nodata):
        same = np.isnan(band)
    elif np.isinf(nodata):
        same = np.isinf(band)
    else:
        # Stored as text, so it may differ from the pixels in the last digits.
        with np.errstate(over="ignore", invalid="ignore"):
            slack = 2 * np.finfo(band.dtype).eps * abs(nodata)
            same = np.abs(band - nodata) <= slack
    return same


def _palette(colours: Mapping[int, tuple[int, ...]]) -> NDArray[np.uint8]:
    """(N, 4) red, green, blue and alpha by number; numbers without a colour: none."""
    table = np.zeros((max(colours) + 2, 4), np.uint8)
    for number, colour in colours.items():
        table[number] = (*colour[:3], colour[3] if len(colour) > 3 else 255)
    return table


def _size(dtype: str) -> int:
    return 4 if dtype == "complex_int16" else int(np.dtype(dtype).itemsize)
