"""Reading one window of a grid as a patch, and sampling values for the stretch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rrsis_geo.scene.aoi import Aoi
from rrsis_geo.scene.dataset import BandReader
from rrsis_geo.scene.grid import Grid
from rrsis_geo.scene.resample import resample, taps
from rrsis_geo.scene.stretch import Stretch
from rrsis_geo.types import Patch

CHUNK = 48 * 2**20
"""Bytes of source pixels in memory at a time while a window is resampled."""

SAMPLE = 2**21
"""Pixels; a larger dataset is not read whole for a sample, but in tiles."""

SAMPLE_TILE = 160
"""Side of a sampled tile in pixels."""

MAX_VALUES = 2**18
"""Valid pixels in a sample at most; of more, every n-th is taken."""

MIN_VALUES = 1000
"""Valid pixels in the tiles; with fewer, the dataset is read at low resolution."""


def read_patch(
    source: BandReader, stretch: Stretch, grid: Grid, window: Window, aoi: Aoi | None
) -> Patch | None:
    """Read a window, padded where it extends beyond the grid.

    Args:
        source: Bands of the file or of one of its overviews.
        stretch: Values to 8 bits.
        grid: The window's grid, with the same bounds as the source.
        window: What to read.
        aoi: Only pixels inside it are valid; None: all.

    Returns:
        The patch; None if no pixel is valid.
    """
    if aoi is not None and not aoi.touches(window):
        return None
    top, left = max(window.row_off, 0), max(window.col_off, 0)
    bottom = min(window.row_off + window.height, grid.height)
    right = min(window.col_off + window.width, grid.width)
    if top >= bottom or left >= right:
        return None
    inside = Window(left, top, right - left, bottom - top)
    in_aoi = None if aoi is None else aoi.mask(inside)
    if in_aoi is not None and not in_aoi.any():
        return None
    data = _read_window(source, stretch, grid, inside)
    if data is None:
        return None
    values, valid = data
    if in_aoi is not None:
        valid = valid & in_aoi
    if not valid.any():
        return None
    pixels = np.zeros((3, int(window.height), int(window.width)), np.uint8)
    padded_valid = np.zeros(pixels.shape[1:], bool)
    part = np.s_[
        top - window.row_off : bottom - window.row_off,
        left - window.col_off : right - window.col_off,
    ]
    pixels[(slice(None), *part)] = values
    padded_valid[part] = valid
    return Patch(window=window, pixels=pixels, valid=padded_valid)


def _read_window(
    source: BandReader, stretch: Stretch, grid: Grid, window: Window
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]] | None:
    """(B, H, W) stretched values and (H, W) valid of a window inside the grid."""
    if (source.width, source.height) == (grid.width, grid.height):
        data = source.read(window)
        return data and (stretch.apply(*data), data[1])
    left, top = int(window.col_off), int(window.row_off)
    width, height = int(window.width), int(window.height)
    cols = taps(left, left + width, source=source.width, target=grid.width)
    # read in chunks of rows, since a window of a coarse grid has many source pixels
    row_bytes = (cols.stop - cols.start) * source.bytes_per_pixel
    step = max(1, int(CHUNK / row_bytes * grid.height / source.height))
    pixels = valid = None
    for start in range(0, height, step):
        stop = min(start + step, height)
        rows = taps(top + start, top + stop, source=source.height, target=grid.height)
        span = Window(
            cols.start, rows.start, cols.stop - cols.start, rows.stop - rows.start
        )
        data = source.read(span)
        if data is None:
            continue
        values, kept = resample(stretch.apply(*data), data[1], rows, cols)
        if pixels is None or valid is None:
            pixels = np.zeros((len(values), height, width), np.uint8)
            valid = np.zeros((height, width), bool)
        pixels[:, start:stop], valid[start:stop] = values, kept
    return None if pixels is None or valid is None else (pixels, valid)


def sample_values(source: BandReader, *, tiles: int) -> NDArray[Any] | None:
    """Sample values of valid pixels, evenly over a dataset.

    Of a large dataset only tiles are read. If these are nearly empty, it is read whole
    at low resolution, since its few valid pixels may be anywhere.

    Args:
        source: What to sample.
        tiles: Number of tiles per side of a large dataset.

    Returns:
        (B, N) values of N pixels; None if no pixel is valid.

    Raises:
        SceneError: the file is damaged.
    """
    if source.width * source.height <= SAMPLE:
        return _valid_values(source.read())
    block_rows, block_cols = source.block
    samples = []
    for top in _tile_starts(source.height, block_rows, tiles):
        for left in _tile_starts(source.width, block_cols, tiles):
            width = min(SAMPLE_TILE, source.width - left)
            height = min(SAMPLE_TILE, source.height - top)
            window = Window(left, top, width, height)
            values = _valid_values(source.read(window), share=tiles**2)
            if values is not None:
                samples.append(values)
    if sum(values.shape[1] for values in samples) >= MIN_VALUES:
        return np.concatenate(samples, axis=1)
    side = int(SAMPLE**0.5)
    return _valid_values(
        source.read(shape=(min(side, source.height), min(side, source.width)))
    )


def _tile_starts(length: int, block: int, tiles: int) -> list[int]:
    """Evenly spaced starts; if there are many blocks, each tile lies within one."""
    centres = np.arange(0.5, tiles) / tiles * length
    starts = (centres - SAMPLE_TILE / 2).clip(0).astype(int)
    if length >= 2 * tiles * block:
        within = max(block - SAMPLE_TILE, 0)
        starts = starts // block * block + np.minimum(starts % block, within)
    return [int(start) for start in starts]


def _valid_values(
    data: tuple[NDArray[Any], NDArray[np.bool_]] | None, share: int = 1
) -> NDArray[Any] | None:
    """(B, N) valid values, evenly thinned to `MAX_VALUES` / `share`."""
    if data is None or not data[1].any():
        return None
    pixels, valid = data
    index = np.flatnonzero(valid)
    index = index[:: -(-len(index) * share // MAX_VALUES)]
    return pixels.reshape(len(pixels), -1)[:, index]


def to_rgb(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(1 or 3, H, W) to (3, H, W); a grey band is repeated."""
    return np.broadcast_to(pixels, (3, *pixels.shape[1:]))
