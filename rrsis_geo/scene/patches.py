"""One window of a scene at a time: from the file's pixels to a patch of the grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rrsis_geo.scene.aoi import Aoi
from rrsis_geo.scene.dataset import Source
from rrsis_geo.scene.grid import Grid
from rrsis_geo.scene.resample import resample, taps
from rrsis_geo.scene.stretch import Stretch
from rrsis_geo.types import Patch

CHUNK = 48 * 2**20
"""Bytes of source pixels held at once while a window is resampled."""

SAMPLE = 2**21
"""Pixels; a source of at most so many is sampled as a whole, else pieces of it are."""

PIECE = 160
"""Side of a piece, in pixels."""

PLENTY = 2**18
"""Valid pixels that decide; of more, every second, third, ... is taken."""

FEW = 1000
"""Fewer valid pixels in the pieces than this, and the whole source is skimmed."""


def read_patch(
    source: Source, stretch: Stretch, grid: Grid, window: Window, aoi: Aoi | None
) -> Patch | None:
    """One window, padded where it leaves the grid; None where there is nothing."""
    if aoi is not None and not aoi.touches(window):
        return None
    top, left = max(window.row_off, 0), max(window.col_off, 0)
    bottom = min(window.row_off + window.height, grid.height)
    right = min(window.col_off + window.width, grid.width)
    if top >= bottom or left >= right:
        return None
    inside = Window(left, top, right - left, bottom - top)
    wanted = None if aoi is None else aoi.mask(inside)
    if wanted is not None and not wanted.any():
        return None
    found = _read_window(source, stretch, grid, inside)
    if found is None:
        return None
    seen, valid = found
    if wanted is not None:
        valid = valid & wanted
    if not valid.any():
        return None
    pixels = np.zeros((3, int(window.height), int(window.width)), np.uint8)
    whole = np.zeros(pixels.shape[1:], bool)
    place = np.s_[
        top - window.row_off : bottom - window.row_off,
        left - window.col_off : right - window.col_off,
    ]
    pixels[(slice(None), *place)] = seen
    whole[place] = valid
    return Patch(window=window, pixels=pixels, valid=whole)


def _read_window(
    source: Source, stretch: Stretch, grid: Grid, window: Window
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]] | None:
    """(B, H, W) shown values and (H, W) valid of a window inside the grid."""
    if (source.width, source.height) == (grid.width, grid.height):
        found = source.read(window)
        return found and (stretch.apply(*found), found[1])
    left, top = int(window.col_off), int(window.row_off)
    width, height = int(window.width), int(window.height)
    cols = taps(left, left + width, source=source.width, target=grid.width)
    # As many rows at a time as keeps the source pixels of a coarse grid bounded.
    row_bytes = (cols.stop - cols.start) * source.bytes_per_pixel
    step = max(1, int(CHUNK / row_bytes * grid.height / source.height))
    pixels = valid = None
    for start in range(0, height, step):
        stop = min(start + step, height)
        rows = taps(top + start, top + stop, source=source.height, target=grid.height)
        span = Window(
            cols.start, rows.start, cols.stop - cols.start, rows.stop - rows.start
        )
        found = source.read(span)
        if found is None:
            continue
        shown, kept = resample(stretch.apply(*found), found[1], rows, cols)
        if pixels is None or valid is None:
            pixels = np.zeros((len(shown), height, width), np.uint8)
            valid = np.zeros((height, width), bool)
        pixels[:, start:stop], valid[start:stop] = shown, kept
    return None if pixels is None or valid is None else (pixels, valid)


def sample(source: Source, *, pieces: int) -> NDArray[Any] | None:
    """(B, N) values of valid pixels from all over a source; None where there is none.

    Bounded in what it reads, except for a large source that is nearly empty: that one
    is skimmed as a whole, since its few pixels may be anywhere.

    Args:
        source: where to look.
        pieces: per side; a large source is looked at in so many times so many places.

    Raises:
        SceneError: the file is damaged.
    """
    if source.width * source.height <= SAMPLE:
        return _values(source.read())
    high, wide = source.block
    found = []
    for top in _places(source.height, high, pieces):
        for left in _places(source.width, wide, pieces):
            width = min(PIECE, source.width - left)
            height = min(PIECE, source.height - top)
            window = Window(left, top, width, height)
            values = _values(source.read(window), share=pieces**2)
            if values is not None:
                found.append(values)
    if sum(values.shape[1] for values in found) >= FEW:
        return np.concatenate(found, axis=1)
    side = int(SAMPLE**0.5)
    return _values(
        source.read(shape=(min(side, source.height), min(side, source.width)))
    )


def _places(length: int, block: int, pieces: int) -> list[int]:
    """Evenly spread starts; where blocks are many, pieces keep within one of them."""
    starts = (np.arange(0.5, pieces) / pieces * length - PIECE / 2).clip(0).astype(int)
    if length >= 2 * pieces * block:
        within = max(block - PIECE, 0)
        starts = starts // block * block + np.minimum(starts % block, within)
    return [int(start) for start in starts]


def _values(
    found: tuple[NDArray[Any], NDArray[np.bool_]] | None, share: int = 1
) -> NDArray[Any] | None:
    """(B, N) evenly chosen valid values, at most a share of `PLENTY`."""
    if found is None or not found[1].any():
        return None
    pixels, valid = found
    places = np.flatnonzero(valid)
    places = places[:: -(-len(places) * share // PLENTY)]
    return pixels.reshape(len(pixels), -1)[:, places]


def as_colours(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(1 or 3, H, W) to (3, H, W): grey is repeated."""
    return np.broadcast_to(pixels, (3, *pixels.shape[1:]))
