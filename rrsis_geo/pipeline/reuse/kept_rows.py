"""Kept answers that a run has taken into its working folder.

Rows are taken in blocks. Each block has an entry for every phrase that is known there,
and a file that is written last and says what the block is: `.kept` where all that the
run wants is known, `.partly` where some is. From then on the run does not depend on the
folder of kept answers: its workers read the working folder, and so does a resumed run.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rrsis_geo.answer_cache.entry_file import UnusableEntryError, decode_entry
from rrsis_geo.errors import OutputError
from rrsis_geo.files.json_text import parse_json
from rrsis_geo.scene.aoi import Aoi
from rrsis_geo.tiling.windows import shard_rows
from rrsis_geo.types import NODATA, Strip

KEPT, PARTLY = ".kept", ".partly"
"""Suffixes of the files that say what a block is."""

ENTRY, AREA = ".answer", ".area"
"""Suffixes of its answers, by phrase, and of the mask of an area."""

ALL = (KEPT, PARTLY, ENTRY, AREA)

BLOCK_BYTES = 1 << 22
"""Of the levels of one phrase, at most, unless a single row is larger."""

TILE = 512
"""Columns of an area's mask that are decided at once where they lie all inside."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class KeptBlock:
    """What is known of a block of rows, in a working folder."""

    folder: Path
    rows: range
    width: int
    """Columns of the grid."""
    keys: tuple[str | None, ...]
    """Of the entry of each phrase; None: there is none."""
    asked: tuple[int, ...]
    """Phrases that are not known everywhere in the area; (): all is known."""
    cut: bool
    """Whether an area of interest has a part of the rows only."""

    def answer(self, phrase: int) -> tuple[NDArray[np.uint8], Mask]:
        """(rows, width) levels of a phrase, and where they are known.

        Raises:
            OutputError: the entry is damaged.
        """
        shape, key = (len(self.rows), self.width), self.keys[phrase]
        if key is None:
            return np.full(shape, NODATA, np.uint8), np.zeros(shape, bool)
        path = entry_path(self.folder, self.rows, phrase)
        try:
            arrays = decode_entry(path.read_bytes(), key)
            levels = arrays["levels"]
            known = unpack_mask(arrays.get("known"), self.rows, self.width)
        except (OSError, ValueError, KeyError, UnusableEntryError) as error:
            raise _damaged(path) from error
        if levels.shape != shape or levels.dtype != np.uint8:
            raise _damaged(path)
        return levels, known

    def strip(self) -> Strip:
        """All levels of a block of which all is known, inside the area only.

        Raises:
            OutputError: a file of it is damaged.
        """
        phrases = range(len(self.keys))
        levels = np.stack([self.answer(phrase)[0] for phrase in phrases])
        if self.cut:
            levels[:, ~self._area()] = NODATA
        return Strip(top=self.rows.start, levels=levels)

    def write(self, area: Mask | None) -> None:
        """Write what the block is, after its entries.

        Args:
            area: (rows, width), True inside the area of interest; None: all.

        Raises:
            OSError: the disk is full.
        """
        if area is not None:
            packed = zlib.compress(np.packbits(area).tobytes(), 1)
            block_path(self.folder, self.rows, AREA).write_bytes(packed)
        path = block_path(self.folder, self.rows, PARTLY if self.asked else KEPT)
        values = {
            "width": self.width,
            "keys": self.keys,
            "asked": self.asked,
            "cut": area is not None,
        }
        part = path.with_suffix(".part")
        part.write_text(json.dumps(values), encoding="ascii")
        part.replace(path)

    def _area(self) -> Mask:
        path = block_path(self.folder, self.rows, AREA)
        try:
            bits = np.frombuffer(zlib.decompress(path.read_bytes()), np.uint8)
            return unpack_mask(bits, self.rows, self.width)
        except (OSError, ValueError, zlib.error) as error:
            raise _damaged(path) from error


def read_block(path: Path) -> KeptBlock | None:
    """The block that a file of a working folder describes; None: it is damaged."""
    try:
        values = parse_json(path.read_bytes())
        return KeptBlock(
            folder=path.parent,
            rows=rows_of_name(path),
            width=int(values["width"]),
            keys=tuple(values["keys"]),
            asked=tuple(values["asked"]),
            cut=bool(values["cut"]),
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


def partly_known(folder: Path, rows: range) -> list[KeptBlock]:
    """Blocks of a working folder that touch rows and are known in part."""
    touching = [
        path
        for path in folder.glob(f"*{PARTLY}")
        if common_rows(rows_of_name(path), rows)
    ]
    blocks = [block for path in touching if (block := read_block(path)) is not None]
    return sorted(blocks, key=lambda block: block.rows.start)


def block_rows(height: int, width: int, *, size: int, overlap: int) -> list[range]:
    """The blocks of a grid: rows of windows, cut where these are long.

    They depend on the grid and the windows only, so that every run has the same.

    Args:
        height: Rows of the grid.
        width: Columns of the grid.
        size: Side of a window in pixels.
        overlap: Pixels that neighbouring windows share.
    """
    step = max(BLOCK_BYTES // width, 1)
    bands = shard_rows(height, size=size, overlap=overlap, count=height)
    return [
        range(top, min(top + step, band.stop))
        for band in bands
        for top in range(band.start, band.stop, step)
    ]


def area_mask(aoi: Aoi | None, rows: range, width: int) -> Mask | None:
    """(rows, width) True inside an area of interest; None: there is none."""
    if aoi is None:
        return None
    tiles = [
        Window(left, rows.start, min(TILE, width - left), len(rows))
        for left in range(0, width, TILE)
    ]
    return np.concatenate([aoi.mask(tile) for tile in tiles], axis=1)


def unpack_mask(bits: NDArray[Any] | None, rows: range, width: int) -> Mask:
    """(rows, width) of packed bits; None: all are set.

    Raises:
        ValueError: there are too few bits.
    """
    shape = len(rows), width
    if bits is None:
        return np.ones(shape, bool)
    count = shape[0] * shape[1]
    unpacked = np.unpackbits(bits, count=count) if bits.size * 8 >= count else bits
    return unpacked.reshape(shape).astype(bool)


def entry_path(folder: Path, rows: range, phrase: int) -> Path:
    """Where the entry of a phrase is."""
    return block_path(folder, rows, f".{phrase}{ENTRY}")


def block_path(folder: Path, rows: range, suffix: str) -> Path:
    """A file about rows."""
    return folder / f"{rows.start:09d}-{rows.stop:09d}{suffix}"


def rows_of_name(path: Path) -> range:
    """The rows that a file of a working folder is about."""
    top, _, stop = path.name.partition(".")[0].partition("-")
    return range(int(top), int(stop))


def common_rows(one: range, other: range) -> range:
    """The rows of both; empty where there are none."""
    return range(max(one.start, other.start), min(one.stop, other.stop))


def kept_rows(folder: Path) -> list[range]:
    """Rows of a working folder of which all that the run wants is known."""
    return [rows_of_name(path) for path in folder.glob(f"*{KEPT}")]


def remove_blocks(folder: Path) -> None:
    """Remove all that was taken into a working folder."""
    for path in folder.iterdir():
        if path.suffix in ALL:
            path.unlink()


def _damaged(path: Path) -> OutputError:
    return OutputError(
        f"{path}: the rows that were kept cannot be read; delete the file so that they "
        "are computed again"
    )
