"""Write event files for TensorBoard without installing it.

A file is a sequence of records: length (uint64), checksum of the length, data, checksum
of the data; all little-endian. The data are a protocol buffer `Event` with time, step
and scalar values. Formats: record_writer.h and event.proto of tensorflow/core.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from rrsis_geo.atomic_write import staged

EVENTS_FILE = "events.out.tfevents.0.rrsis-geo"
"""TensorBoard reads files with `tfevents` in their names."""


class Event(NamedTuple):
    """Values at a step."""

    time: float  # seconds since 1970
    step: int
    values: Mapping[str, float]


def write_events(path: Path, events: Iterable[Event]) -> None:
    """Write a file of events, atomically.

    Raises:
        OutputError: it cannot be written.
    """
    with staged(path) as part, part.open("wb") as stream:
        stream.write(_record(_double(1, 0.0) + _bytes(3, b"brain.Event:2")))
        for event in events:
            stream.write(_record(_encode_event(event)))


def _encode_event(event: Event) -> bytes:
    values = b"".join(
        _bytes(1, _bytes(1, tag.encode()) + _tag(2, 5) + struct.pack("<f", value))
        for tag, value in event.values.items()
    )
    step = _tag(2, 0) + _varint(event.step)
    return _double(1, event.time) + step + _bytes(5, values)


def _tag(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _double(number: int, value: float) -> bytes:
    return _tag(number, 1) + struct.pack("<d", value)


def _bytes(number: int, value: bytes) -> bytes:
    return _tag(number, 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _record(body: bytes) -> bytes:
    length = struct.pack("<Q", len(body))
    return length + _checksum(length) + body + _checksum(body)


def _checksum(body: bytes) -> bytes:
    """Return the CRC-32C, masked as the format demands."""
    crc = crc32c(body)
    rotated = (crc >> 15 | crc << 17) & 0xFFFFFFFF
    return struct.pack("<I", (rotated + 0xA282EAD8) & 0xFFFFFFFF)


def crc32c(body: bytes) -> int:
    """Return the CRC-32C (Castagnoli) checksum."""
    crc = 0xFFFFFFFF
    for byte in body:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _table_entry(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value


_TABLE = tuple(_table_entry(value) for value in range(256))
