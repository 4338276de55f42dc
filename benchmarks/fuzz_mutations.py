"""Mutations of bytes and of JSON values, from a seeded generator."""

from __future__ import annotations

import json
import math
import struct
from copy import deepcopy
from random import Random
from typing import Any

NUMBERS = (0, 1, 2, 3, 127, 128, 255, 256, 32767, 32768, 65535, 2**31 - 1, 2**31)
NUMBERS += (2**32 - 1, 2**32, 2**63 - 1, 2**64 - 1)  # fmt: skip
"""Where counts and offsets of formats overflow."""

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 0.5, -0.0, 1e308, -1e308, 5e-324, 2**31, 2**63, 10**30,
    10**400, math.nan, math.inf, -math.inf, "", " ", "x", "\0", "\ud800", "é", "\u202e",
    "a" * 5000, "../../x", "1", "null", "EPSG:4326", "EPSG:0", "file.tif", [], {},
    [[]], [None], [0, 0], ["x"], {"a": 1}, [1, 2, 3, 4, 5, 6], [math.nan] * 4,
)  # fmt: skip
"""Values of another type, out of range, or no text."""

DEPTH = 100_000
"""Brackets of a text that is nested too deeply for a parser of recursion."""


def mutate_bytes(data: bytes, rng: Random, *, head: int | None = None) -> bytes:
    """Change some bytes, or cut, repeat or remove a piece.

    Args:
        data: A valid file.
        rng: Generator.
        head: Most changes fall into so many bytes from the start; None: anywhere.
    """
    mutated = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5, 8))):
        if not mutated:
            break
        span = len(mutated)
        if head is not None and rng.random() < 0.8:
            span = min(span, head)
        place = rng.randrange(span)
        kind = rng.randrange(8)
        if kind == 0:
            mutated[place] ^= 1 << rng.randrange(8)
        elif kind == 1:
            mutated[place] = rng.randrange(256)
        elif kind in (2, 3, 4):
            width, form = rng.choice(((2, "H"), (4, "I"), (8, "Q")))
            value = rng.choice(NUMBERS) % (1 << (8 * width))
            field = struct.pack(rng.choice("<>") + form, value)
            mutated[place : place + width] = field
        elif kind == 5:
            length = rng.choice((1, 2, 4, 12, 64))
            piece = mutated[place : place + length]
            mutated[place:place] = piece * rng.choice((1, 2))
        elif kind == 6:
            del mutated[place : place + rng.choice((1, 2, 4, 12, 64))]
        else:
            del mutated[place if rng.random() < 0.3 else len(mutated) - 1 :]
    return bytes(mutated)


def mutate_json(values: Any, rng: Random) -> bytes:
    """Change some values of parsed JSON, seldom also the bytes of its text."""
    values = json.loads(json.dumps(values))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        values = _mutate_value(values, rng)
    text = json.dumps(values)
    if rng.random() < 0.01:
        text = "[" * DEPTH + text
    data = text.encode("ascii")
    if rng.random() < 0.15:
        data = mutate_bytes(data, rng)
    if rng.random() < 0.05:
        data = text.encode(rng.choice(("utf-16", "utf-8-sig", "utf-32")))
    return data


def _mutate_value(value: Any, rng: Random) -> Any:
    """Replace, remove or add something at a random depth."""
    if rng.random() < 0.15 or not isinstance(value, (dict, list)) or not value:
        return deepcopy(rng.choice(VALUES))  # a later mutation may change it
    if isinstance(value, dict):
        key = rng.choice(list(value))
        kind = rng.randrange(10)
        if kind == 0:
            del value[key]
        elif kind == 1:
            value[rng.choice(("x", "", key + "s", key.upper()))] = deepcopy(value[key])
        else:
            value[key] = _mutate_value(value[key], rng)
        return value
    place = rng.randrange(len(value))
    kind = rng.randrange(10)
    if kind == 0:
        del value[place]
    elif kind == 1:
        value += [deepcopy(value[place]) for _ in range(rng.choice((1, 1000)))]
    else:
        value[place] = _mutate_value(value[place], rng)
    return value
