"""The format of a kept answer: named arrays in one file that proves what it is.

A magic line, the sha256 of all that follows, the length of a JSON header, the header,
and the arrays, each compressed. The header repeats the key that the entry was written
for, so that an entry in the wrong place is as little believed as a damaged one.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.files.json_text import parse_json

MAGIC = b"rrsis-geo answer 1\n"
START = len(MAGIC) + hashlib.sha256().digest_size
LENGTH = struct.Struct("<Q")

COMPRESSION = 1
"""Of zlib. Level 6 makes a third of the size and takes three times as long to write."""

MAX_BYTES = 1 << 31
"""Of an array; more is never written, so a header that says so is not believed."""

Arrays = dict[str, NDArray[Any]]


class UnusableEntryError(Exception):
    """A file is no entry, damaged, or the entry of something else."""


def encode_entry(
    key: str, about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> bytes:
    """The bytes of an entry.

    Args:
        key: What it is the answer to.
        about: JSON values for people.
        arrays: Numbers of any shape.
    """
    payload = [
        zlib.compress(np.ascontiguousarray(array).tobytes(), COMPRESSION)
        for array in arrays.values()
    ]
    parts = [
        [name, array.dtype.str, list(array.shape), len(packed)]
        for (name, array), packed in zip(arrays.items(), payload, strict=True)
    ]
    header = json.dumps({"key": key, "about": dict(about), "parts": parts}).encode()
    body = b"".join((LENGTH.pack(len(header)), header, *payload))
    return b"".join((MAGIC, hashlib.sha256(body).digest(), body))


def decode_entry(data: bytes, key: str | None) -> Arrays:
    """The arrays of an entry.

    Args:
        data: The file.
        key: What it has to be the answer to; None: anything.

    Raises:
        UnusableEntryError: it is not exactly what `encode_entry` wrote for the key.
    """
    header, place = _checked(data, key)
    arrays: Arrays = {}
    try:
        for name, kind, shape, length in header["parts"]:
            dtype = np.dtype(kind)
            size = math.prod(shape) * dtype.itemsize
            if dtype.hasobject or not 0 <= size <= MAX_BYTES:
                raise UnusableEntryError("an array that is never written")
            unpacker = zlib.decompressobj()
            # a byte more than announced, to see that there is none
            raw = unpacker.decompress(data[place : place + length], size + 1)
            arrays[str(name)] = np.frombuffer(raw, dtype).reshape(shape)
            place += length
    except (ValueError, TypeError, KeyError, zlib.error) as error:
        raise UnusableEntryError(str(error)) from error
    if place != len(data):
        raise UnusableEntryError("bytes that belong to nothing")
    return arrays


def entry_names(data: bytes, key: str) -> frozenset[str]:
    """The names of the arrays of an entry, of which none is unpacked.

    Raises:
        UnusableEntryError: it is damaged, or no entry of the key.
    """
    header, _ = _checked(data, key)
    return frozenset(str(part[0]) for part in header["parts"])


def describe_entry(data: bytes) -> dict[str, Any]:
    """What an entry says of itself.

    Raises:
        UnusableEntryError: it is damaged or no entry.
    """
    about = _checked(data, None)[0].get("about")
    if not isinstance(about, dict):
        raise UnusableEntryError("no description")
    return about


def _checked(data: bytes, key: str | None) -> tuple[dict[str, Any], int]:
    """The header, and where the arrays begin."""
    body = data[START:]
    if not data.startswith(MAGIC) or len(body) < LENGTH.size:
        raise UnusableEntryError("no entry")
    if hashlib.sha256(body).digest() != data[len(MAGIC) : START]:
        raise UnusableEntryError("damaged")
    (length,) = LENGTH.unpack(body[: LENGTH.size])
    try:
        header = parse_json(body[LENGTH.size : LENGTH.size + length])
    except ValueError as error:
        raise UnusableEntryError("no header") from error
    if not isinstance(header, dict) or (key is not None and header.get("key") != key):
        raise UnusableEntryError("the answer to something else")
    return header, START + LENGTH.size + length
