"""Noise as a function of absolute coordinates, so that windows agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def lattice(
    seed: int, rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> NDArray[np.uint32]:
    """(len(rows), len(columns)) hashed integers of absolute lattice coordinates."""
    mixed = (rows.astype(np.uint32) * np.uint32(0x9E3779B1))[:, None] ^ (
        columns.astype(np.uint32) * np.uint32(0x85EBCA77)
    )[None, :]
    mixed += np.uint32(seed & 0xFFFFFFFF) * np.uint32(1)
    mixed ^= mixed >> np.uint32(16)
    mixed *= np.uint32(0x7FEB352D)
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x846CA68B)
    mixed ^= mixed >> np.uint32(16)
    return mixed


def value_noise(
    seed: int, *, left: int, top: int, width: int, height: int, wave: float
) -> Floats:
    """(height, width) smooth noise in [-1, 1] with features of `wave` pixels.

    Hashed lattice values, interpolated with a smoothstep; only products and sums of
    each pixel's own numbers, so the result is bitwise the same for every window.
    """
    row, row_weight = _steps(top, height, wave)
    column, column_weight = _steps(left, width, wave)
    rows = np.arange(row[0], row[-1] + 2)
    columns = np.arange(column[0], column[-1] + 2)
    values = lattice(seed, rows, columns).astype(np.float32)
    values *= np.float32(2.0**-31)
    values -= np.float32(1)
    above = row - row[0]
    weight = row_weight[:, None]
    tall = values[above] * (1 - weight) + values[above + 1] * weight
    before = column - column[0]
    start: Floats = np.take(tall, before, axis=1)
    start += (np.take(tall, before + 1, axis=1) - start) * column_weight
    return start


def bell_noise(seed: int, *, left: int, top: int, width: int, height: int) -> Floats:
    """(height, width) independent noise per pixel, nearly normal, deviation 1."""
    rows = np.arange(top, top + height)
    columns = np.arange(left, left + width)
    bits = lattice(seed, rows, columns)
    # Four bytes of one hash, summed: the central limit theorem does the rest.
    total = np.zeros(bits.shape, np.float32)
    for shift in (0, 8, 16, 24):
        total += ((bits >> np.uint32(shift)) & np.uint32(255)).astype(np.float32)
    total -= np.float32(510)
    total *= np.float32(1 / 147.8)
    return total


def _steps(start: int, count: int, wave: float) -> tuple[NDArray[np.int64], Floats]:
    place = (np.arange(start, start + count) + 0.5) / wave
    whole = np.floor(place)
    part = (place - whole).astype(np.float32)
    return whole.astype(np.int64), part * part * (3 - 2 * part)
