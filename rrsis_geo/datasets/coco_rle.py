"""Run-length encoded masks as COCO writes them.

A mask is read column by column, top to bottom; runs of background and target
alternate, background first. Uncompressed, the runs are a list of numbers. Compressed,
each number is written in base 32, lowest digit first, as characters from "0" on; the
bit of value 32 marks that more digits follow. From the fourth run on, the number is the
difference to the run before the last, so it may be negative. (maskApi.c of the COCO
API.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.errors import DataError

_MORE, _SIGN, _DIGIT = 0x20, 0x10, 0x1F


@dataclass(frozen=True, kw_only=True)
class Runs:
    """A mask as run lengths, background first, column by column."""

    height: int
    width: int
    lengths: tuple[int, ...]

    def __post_init__(self) -> None:
        if self.height < 0 or self.width < 0 or min(self.lengths, default=0) < 0:
            raise DataError("run-length mask with a negative size or run")
        if sum(self.lengths) != self.height * self.width:
            raise DataError(
                f"run-length mask whose runs add up to {sum(self.lengths)} pixels, "
                f"not to {self.height} x {self.width}"
            )


def encode(mask: NDArray[np.bool_]) -> Runs:
    """Encode an (H, W) mask."""
    flat = mask.ravel(order="F")
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    ends = np.concatenate([[0], edges, [flat.size]])
    lengths = np.diff(ends).tolist() if flat.size else []
    if flat.size and flat[0]:
        lengths = [0, *lengths]
    return Runs(height=mask.shape[0], width=mask.shape[1], lengths=tuple(lengths))


def decode(runs: Runs) -> NDArray[np.bool_]:
    """Decode to an (H, W) mask, True on the target."""
    target = np.arange(len(runs.lengths)) % 2 == 1
    flat = np.repeat(target, np.array(runs.lengths, np.int64))
    return np.ascontiguousarray(flat.reshape(runs.width, runs.height).T)


def compress(runs: Runs) -> str:
    """Write the runs as the `counts` of compressed COCO RLE."""
    letters = []
    for index, length in enumerate(runs.lengths):
        value = length - runs.lengths[index - 2] if index > 2 else length
        more = True
        while more:
            digit = value & _DIGIT
            value >>= 5
            more = value != (-1 if digit & _SIGN else 0)
            letters.append(chr((digit | _MORE if more else digit) + 48))
    return "".join(letters)


def decompress(counts: str) -> tuple[int, ...]:
    """Read the run lengths of compressed COCO RLE.

    Raises:
        DataError: A character is no digit, or the text ends within a number.
    """
    lengths: list[int] = []
    value = shift = 0
    for letter in counts:
        digit = ord(letter) - 48
        if not 0 <= digit < 64:
            raise DataError(f"run-length mask with the character {letter!r}")
        value |= (digit & _DIGIT) << shift
        shift += 5
        if digit & _MORE:
            continue
        if digit & _SIGN:
            value -= 1 << shift
        if len(lengths) > 2:
            value += lengths[-2]
        lengths.append(value)
        value = shift = 0
    if shift:
        raise DataError("run-length mask whose counts end within a number")
    return tuple(lengths)


def runs_from_json(value: object) -> Runs:
    """Read `{"size": [height, width], "counts": text or list}` of parsed JSON.

    Raises:
        DataError: It is something else, or the runs do not fill the size.
    """
    if not isinstance(value, dict):
        raise DataError(
            "a run-length mask must be an object with size and counts, got "
            f"{str(value)[:40]!r}"
        )
    size: Any = value.get("size")
    counts: Any = value.get("counts")
    if not _whole_numbers(size) or len(size) != 2:
        raise DataError(
            f"run-length mask with the size {size!r}; expected [height, width]"
        )
    if isinstance(counts, bytes):  # as pycocotools returns it
        counts = counts.decode("latin-1")
    if isinstance(counts, str):
        lengths = decompress(counts)
    elif _whole_numbers(counts):
        lengths = tuple(counts)
    else:
        raise DataError(
            f"run-length mask with the counts {str(counts)[:40]!r}; expected a text or "
            "a list of whole numbers"
        )
    return Runs(height=size[0], width=size[1], lengths=lengths)


def runs_to_json(runs: Runs) -> dict[str, object]:
    """Write the runs as JSON values, compressed."""
    return {"size": [runs.height, runs.width], "counts": compress(runs)}


def _whole_numbers(value: object) -> bool:
    return isinstance(value, Sequence) and all(type(item) is int for item in value)
