"""Curves for TensorBoard, written without it: its file of events in seventy lines.

A file is a row of records: length (uint64), its checksum, the record, its checksum;
all little-endian. A record is a protocol buffer `Event`, of which only the time, the
step and scalar values are needed here. Formats: record_writer.h and event.proto of
tensorflow/core.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from rrsis_geo.atomic_write import staged

NAME = "events.out.tfevents.0.rrsis-geo"
"""TensorBoard takes files with `tfevents` in their names."""


class Event(NamedTuple):
    """Values at a step."""

    time: float  # seconds since 1970
    step: int
    values: Mapping[str, float]


def write_events(path: Path, events: Iterable[Event]) -> None:
    """A file of events; whole or not at all.

    Raises:
        OutputError: it cannot be written.
    """
    with staged(path) as place, place.open("wb") as stream:
        stream.write(_record(_double(1, 0.0) + _bytes(3, b"brain.Event:2")))
        for event in events:
            stream.write(_record(_encoded(event)))


def _encoded(event: Event) -> bytes:
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
    """CRC-32C, rotated and shifted, so that a checksum of checksums stays one."""
    crc = crc32c(body)
    rotated = (crc >> 15 | crc << 17) & 0xFFFFFFFF
    return struct.pack("<I", (rotated + 0xA282EAD8) & 0xFFFFFFFF)


def crc32c(body: bytes) -> int:
    """Castagnoli's checksum."""
    crc = 0xFFFFFFFF
    for byte in body:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _entry(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value


_TABLE = tuple(_entry(value) for value in range(256))
