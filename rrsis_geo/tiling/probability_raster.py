"""Probability rasters: writing them, and reading them in strips."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader
from rasterio.shutil import copy
from rasterio.windows import Window

from rrsis_geo.atomic_write import discarded, full_disk, staged
from rrsis_geo.errors import EngineError, OutputError, SceneError
from rrsis_geo.files.file_names import literal_path
from rrsis_geo.job import SCORE_MARGIN
from rrsis_geo.scene.dataset import open_dataset
from rrsis_geo.scene.grid import Grid
from rrsis_geo.tiling.probability_values import (
    ValueReading,
    find_reading,
    refuse_pictures,
)
from rrsis_geo.types import LEVELS, NODATA, Strip

BLOCK = 512
"""Side of a tile of the written rasters, in pixels."""

MOST_BANDS = 1_000
"""Bands of a raster of probabilities; more are never written."""

SCORE_MARGIN_TAG = "RRSIS_SURE"
"""Name of the tag that holds the score margin of the weights."""

SIDE_FILES = (".aux.xml", ".ovr", ".msk")
"""Suffixes of files that GDAL reads with a raster: the CRS where the format cannot hold
it, overviews and masks. A written raster has at most the first."""

CACHE_BYTES = 64 << 20
"""GDAL's block cache while a raster is written."""


def write_probability(
    strips: Iterable[Strip],
    path: str | os.PathLike[str],
    *,
    grid: Grid,
    expressions: Sequence[str],
    tags: Mapping[str, str],
) -> None:
    """Write a cloud-optimised GeoTIFF: a band per expression, overviews, nodata 255.

    Bands have the expression as description and 1/254 as scale, so that a GIS shows
    probabilities. Needs memory for 512 rows of every band and `CACHE_BYTES`, and
    temporarily twice the raster's space on the disk, beside the target.

    Args:
        strips: From the first row to the last, without gaps.
        path: Where to write; an existing file is replaced at the very end.
        grid: Where the pixels lie; without a CRS the file has none.
        expressions: One for each channel.
        tags: Name -> value, e.g. TIFFTAG_SOFTWARE.

    Raises:
        OutputError: the raster cannot be written; nothing is left behind.
        EngineError: rows are missing.
    """
    profile = {
        "driver": "GTiff",
        "width": grid.width,
        "height": grid.height,
        "count": len(expressions),
        "dtype": "uint8",
        "nodata": NODATA,
        "crs": grid.crs,
        "transform": grid.transform,
        "photometric": "minisblack",  # else three bands are red, green and blue
    }
    tiles = {
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        "interleave": "pixel",
        "compress": "deflate",
        "zlevel": 1,  # a temporary file, read once
        "bigtiff": "if_safer",
    }
    with (
        staged(path, SIDE_FILES) as staging,
        literal_path(staging) as literal,
        _gdal_writes(path, staging.parent),
    ):
        part = Path(literal)
        plain = part.with_name("tiles.tif")
        with rasterio.open(plain, "w", **profile, **tiles) as dataset:
            for top, levels in _block_rows(strips, grid):
                rows = Window(0, top, grid.width, levels.shape[1])
                dataset.write(levels, window=rows)
            dataset.descriptions = tuple(expressions)
            dataset.scales = (1 / LEVELS,) * len(expressions)
            dataset.update_tags(**tags)
        copy(
            plain,
            part,
            driver="COG",
            blocksize=BLOCK,
            compress="DEFLATE",
            resampling="AVERAGE",
            bigtiff="IF_SAFER",
        )
        if not _is_complete(part):
            raise OutputError(
                f"{path}: the end could not be written{full_disk(staging.parent)}"
            )


def check_raster_crs(path: str | os.PathLike[str], crs: CRS | None) -> None:
    """Write a raster of one pixel beside the target and read its CRS back.

    Raises:
        OutputError: GDAL cannot write there, or does not keep the CRS.
    """
    pixel = Strip(top=0, levels=np.zeros((1, 1, 1), np.uint8))
    grid = Grid(Affine.identity(), crs, 1, 1)
    with discarded(path, SIDE_FILES) as probe:
        write_probability([pixel], probe, grid=grid, expressions=[""], tags={})
        with literal_path(probe) as literal, warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(Path(literal)) as dataset:
                found = dataset.crs
    if crs is not None and found is None:
        raise OutputError(
            f"{path}: a GeoTIFF cannot hold the scene's CRS; reproject the scene, or "
            "do without --probability"
        )


class ProbabilityRaster:
    """A raster of target probabilities, read in strips; other tools' rasters too."""

    grid: Grid
    expressions: tuple[str, ...]
    """Descriptions of the bands, or "band 1" and so on."""
    tags: dict[str, str]
    score_margin: float
    """How far a score must exceed the threshold; the default where there is no tag."""
    notes: tuple[str, ...]
    """What the numbers of another tool's raster are taken for."""

    def __init__(
        self, dataset: DatasetReader, reading: ValueReading | None = None
    ) -> None:
        reading = reading or ValueReading()
        self.notes, self._factor = reading.notes, reading.factor
        self.grid = Grid(dataset.transform, dataset.crs, dataset.width, dataset.height)
        self.expressions = tuple(
            text or f"band {band}" for band, text in enumerate(dataset.descriptions, 1)
        )
        self.tags = dict(dataset.tags())
        self.score_margin = _score_margin(self.tags.get(SCORE_MARGIN_TAG, ""))
        self.path = str(dataset.name)
        self._dataset = dataset

    @classmethod
    @contextmanager
    def open(cls, path: str | os.PathLike[str]) -> Iterator[ProbabilityRaster]:
        """Open for reading; close on leaving the block.

        Bands are either uint8, where a value means value * scale + offset if the file
        has these and value / 254 if not, or floating point probabilities. 255 is nodata
        only if the file says so. Of another tool's bytes, the largest value tells
        whether they are a mask of 0 and 1 or percent, with a note.

        Raises:
            SceneError: the file cannot be opened, has another data type or too many
                bands, or is a picture.
        """
        with open_dataset(os.fspath(path)) as dataset:
            if not set(dataset.dtypes) <= {"uint8", "float32", "float64"}:
                raise SceneError(
                    f"{path}: holds {dataset.dtypes[0]}, not probabilities; give uint8 "
                    "or float32 as --probability writes or another tool in [0, 1]"
                )
            if dataset.count > MOST_BANDS:
                raise SceneError(
                    f"{path}: has {dataset.count:,} bands, and each would be an "
                    "expression; its header is damaged, or it holds something else"
                )
            if SCORE_MARGIN_TAG in dataset.tags():
                yield cls(dataset)
                return
            refuse_pictures(dataset)
            yield cls(dataset, find_reading(dataset))

    def strips(self) -> Iterator[Strip]:
        """Read all rows from the top, about `BLOCK` at a time.

        Raises:
            SceneError: a block is damaged, or a value is not in [0, 1].
        """
        step = max(self._dataset.block_shapes[0][0], 1)
        step *= max(BLOCK // step, 1)
        step = min(step, 4 * BLOCK)
        for top in range(0, self.grid.height, step):
            rows = min(step, self.grid.height - top)
            window = Window(0, top, self.grid.width, rows)
            bands = range(1, self._dataset.count + 1)
            yield Strip(
                top=top, levels=np.stack([self._levels(band, window) for band in bands])
            )

    def _levels(self, band: int, window: Window) -> NDArray[np.uint8]:
        dataset = self._dataset
        try:
            values = dataset.read(band, window=window)
            valid = dataset.read_masks(band, window=window) > 0
        except RasterioError as error:
            raise SceneError(
                f"{dataset.name}: rows {window.row_off} and below cannot be read; "
                "the file may be cut off"
            ) from error
        scale, offset = dataset.scales[band - 1], dataset.offsets[band - 1]
        is_level = values.dtype == np.uint8 and self._factor is None
        if self._factor is not None and scale == 1:
            scale = self._factor
        if is_level and offset == 0 and scale in (1.0, 1 / LEVELS):
            return np.where(valid, np.minimum(values, LEVELS), NODATA).astype(np.uint8)
        probability = values * np.float64(scale) + offset
        valid &= ~np.isnan(probability)
        scaled = np.rint(probability * LEVELS, where=valid, out=np.zeros(valid.shape))
        if scaled.min() < 0 or scaled.max() > LEVELS:
            outlier = probability[(scaled < 0) | (scaled > LEVELS)][0]
            raise SceneError(
                f"{dataset.name}: band {band} holds {outlier:g}; probabilities lie "
                "in [0, 1]"
            )
        return np.where(valid, scaled, NODATA).astype(np.uint8)


def _block_rows(
    strips: Iterable[Strip], grid: Grid
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Regroup strips into rows of tiles, so that each tile is compressed once."""
    pending: list[NDArray[np.uint8]] = []
    top, count = 0, 0
    for strip in strips:
        if strip.top != top + count:
            raise EngineError(f"rows {top + count} to {strip.top} are missing")
        levels = strip.levels
        while count + levels.shape[1] >= BLOCK:
            taken = BLOCK - count
            yield top, np.concatenate([*pending, levels[:, :taken]], axis=1)
            top, pending, count, levels = top + BLOCK, [], 0, levels[:, taken:]
        pending.append(levels)
        count += levels.shape[1]
    if top + count != grid.height:
        raise EngineError(f"rows {top + count} to {grid.height} are missing")
    if count:
        yield top, np.concatenate(pending, axis=1)


@contextmanager
def _gdal_writes(path: str | os.PathLike[str], folder: Path) -> Iterator[None]:
    """Limit GDAL's cache, and turn its failures into an error for the user."""
    try:
        with rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES), warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            yield
    except (RasterioError, CPLE_BaseError, SystemError) as error:
        # rasterio raises SystemError where GDAL fails without a message
        raise OutputError(
            f"{path}: cannot be written: {error.__cause__ or error}{full_disk(folder)}"
        ) from error


def _is_complete(path: Path) -> bool:
    """Whether every tile of the raster and its overviews lies within the file.

    GDAL writes the last tiles when it closes the file and does not report a failure.
    """
    size = path.stat().st_size
    with rasterio.open(path) as dataset:
        overviews = len(dataset.overviews(1))
    for level in (None, *range(overviews)):
        chosen = {} if level is None else {"overview_level": level}
        with rasterio.open(path, **chosen) as dataset:
            across, down = -(-dataset.width // BLOCK), -(-dataset.height // BLOCK)
            for col, row in np.ndindex(across, down):
                offset, length = (
                    dataset.get_tag_item(f"BLOCK_{item}_{col}_{row}", "TIFF", bidx=1)
                    for item in ("OFFSET", "SIZE")
                )
                if offset is None or int(offset) + int(length) > size:
                    return False
    return True


def _score_margin(text: str) -> float:
    """The value of the tag; the default if it is missing or no margin."""
    try:
        value = float(text)
    except ValueError:
        return SCORE_MARGIN
    return value if 0 <= value < 1 else SCORE_MARGIN
