"""Expression templates: position, order, size and exclusion."""

from __future__ import annotations

import numpy as np
import shapely
from query_facts import (
    SIDE,
    Facts,
    Kind,
    Question,
    Rng,
    question,
    question_if_some,
    select_ranked,
)

ORDINALS = ("", "second ", "third ", "fourth ")
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}

HALVES = (
    *(("left half", 0, True), ("right half", 0, False), ("upper half", 1, True)),
    *(("northern half", 1, True), ("southern half", 1, False)),
    ("eastern half", 0, False),
)
"""Words, axis, whether it is the end with low coordinates."""

QUARTERS = (
    *(("north-west", True, True), ("north-east", False, True)),
    *(("south-west", True, False), ("south-east", False, False)),
)
"""Words, whether west, whether north."""


def ask_size(facts: Facts, rng: Rng) -> Question | None:
    """The largest, the third smallest, the five largest."""
    kind = facts.choose_class(rng)
    largest = bool(rng.integers(2))
    word = "largest" if largest else "smallest"
    key = -facts.area[kind.rows] if largest else facts.area[kind.rows]
    rank, number = int(rng.integers(4)), int(rng.choice([1, 1, 2, 3]))
    if number > 1:
        text, rank = f"the {NUMBERS[number]} {word} {kind.many}", 0
    else:
        text = f"the {ORDINALS[rank]}{word} {kind.one}"
    chosen = select_ranked(facts, kind.rows, key, rank, number, ratio=1.04)
    return None if chosen is None else question(text, chosen)


def ask_extreme(facts: Facts, rng: Rng) -> Question | None:
    """The leftmost, the three northernmost."""
    kind = facts.choose_class(rng)
    word, axis, sign = [
        ("leftmost", 0, 1), ("rightmost", 0, -1), ("uppermost", 1, 1),
        ("northernmost", 1, 1), ("southernmost", 1, -1), ("easternmost", 0, -1),
        ("westernmost", 0, 1), ("lowest", 1, -1),
    ][rng.integers(8)]  # fmt: skip
    number = int(rng.choice([1, 1, 3]))
    text = f"the {word} {kind.one}"
    if number > 1:
        text = f"the three {word} {kind.many}"
    chosen = select_ranked(
        facts, kind.rows, sign * facts.share[kind.rows, axis], 0, number
    )
    return None if chosen is None else question(text, chosen)


def ask_order(facts: Facts, rng: Rng) -> Question | None:
    """The third from the left."""
    kind = facts.choose_class(rng)
    sides = [
        *(("left", 0, 1), ("right", 0, -1), ("top", 1, 1)),
        *(("north", 1, 1), ("east", 0, -1)),
    ]
    word, axis, sign = sides[rng.integers(5)]
    rank = int(rng.integers(1, 4))
    text = f"the {ORDINALS[rank]}{kind.one} from the {word}"
    chosen = select_ranked(
        facts, kind.rows, sign * facts.share[kind.rows, axis], rank, 1
    )
    return None if chosen is None else question(text, chosen)


def in_half(facts: Facts, kind: Kind, rng: Rng) -> tuple[str, np.ndarray] | None:
    """Return the words for a half, and (R,) which of a class lie in it."""
    word, axis, low = HALVES[rng.integers(len(HALVES))]
    share = facts.share[kind.rows, axis]
    if (np.abs(share - 0.5) < 0.004).any():
        return None
    return f"in the {word} of the scene", (share < 0.5) == low


def in_quarter(facts: Facts, kind: Kind, rng: Rng) -> tuple[str, np.ndarray] | None:
    """Return the words for a quarter, and (R,) which of a class lie in it."""
    word, west, north = QUARTERS[rng.integers(len(QUARTERS))]
    share = facts.share[kind.rows]
    if (np.abs(share - 0.5) < 0.004).any():
        return None
    hold = ((share[:, 0] < 0.5) == west) & ((share[:, 1] < 0.5) == north)
    return f"in the {word} quarter", hold


def ask_place(facts: Facts, rng: Rng) -> Question | None:
    """Objects in one half."""
    kind = facts.choose_class(rng)
    part = in_half(facts, kind, rng)
    if part is None:
        return None
    return question(f"{kind.many} {part[0]}", kind.rows[part[1]])


def ask_quadrant(facts: Facts, rng: Rng) -> Question | None:
    """Objects in one quarter."""
    kind = facts.choose_class(rng)
    part = in_quarter(facts, kind, rng)
    if part is None:
        return None
    return question(f"all {kind.many} {part[0]}", kind.rows[part[1]])


def ask_edge(facts: Facts, rng: Rng) -> Question | None:
    """Objects cut off by an edge of the scene."""
    kind = facts.choose_class(rng)
    word, place = [("left", 0), ("top", 1), ("right", 2), ("bottom", 3)][
        rng.integers(4)
    ]
    box = facts.box[kind.rows]
    gap = SIDE - box[:, place] if place > 1 else box[:, place]
    if ((gap > 0.5) & (gap < 10)).any() or not (gap <= 0.5).any():
        return None
    text = f"{kind.many} cut off by the {word} edge of the scene"
    return question(text, kind.rows[gap <= 0.5])


def ask_nested(facts: Facts, rng: Rng) -> Question | None:
    """The largest object of one half."""
    kind = facts.choose_class(rng)
    part = in_half(facts, kind, rng)
    if part is None:
        return None
    inner = kind.rows[part[1]]
    chosen = select_ranked(facts, inner, -facts.area[inner], 0, 1, ratio=1.04)
    text = f"the largest {kind.one} {part[0]}"
    return None if chosen is None else question(text, chosen)


def ask_limit(facts: Facts, rng: Rng) -> Question | None:
    """Larger or smaller than a number of square metres."""
    kind = facts.choose_class(rng)
    areas = np.sort(facts.area[kind.rows])
    place = int(rng.integers(1, len(areas)))
    limit = round(float(areas[place - 1] + areas[place]) / 2)
    if not limit or (np.abs(areas / limit - 1) < 0.01).any():
        return None
    larger = bool(rng.integers(2))
    text = f"{kind.many} {'larger' if larger else 'smaller'} than {limit:g} m2"
    return question(text, kind.rows[(facts.area[kind.rows] > limit) == larger])


def ask_compared(facts: Facts, rng: Rng) -> Question | None:
    """Larger or smaller than the largest object of another class."""
    pair = facts.choose_pair(rng)
    largest = None if pair is None else facts.largest(pair[1])
    if pair is None or largest is None:
        return None
    kind, other = pair
    ratio = facts.area[kind.rows] / facts.area[largest]
    if (np.abs(np.log(ratio)) < 0.05).any():
        return None
    word = "larger" if (larger := bool(rng.integers(2))) else "smaller"
    text = f"{kind.many} {word} than the largest {other.one}"
    return question(text, kind.rows[(ratio > 1) == larger])


def ask_alike(facts: Facts, rng: Rng) -> Question | None:
    """As large as the largest object of another class."""
    pair = facts.choose_pair(rng)
    largest = None if pair is None else facts.largest(pair[1])
    if pair is None or largest is None:
        return None
    kind, other = pair
    off = np.abs(np.log(facts.area[kind.rows] / facts.area[largest]))
    if ((off > 0.18) & (off < 0.28)).any():
        return None
    text = f"{kind.many} as large as the largest {other.one}"
    return question_if_some(text, kind.rows, off <= 0.18)


def ask_length(facts: Facts, rng: Rng) -> Question | None:
    """Longer or shorter than a number of metres (minimum rotated rectangle)."""
    kind = facts.choose_class(rng)
    frames = shapely.minimum_rotated_rectangle(facts.shapes[kind.rows])
    corners = shapely.get_coordinates(frames).reshape(-1, 5, 2)
    sides = np.linalg.norm(np.diff(corners[:, :3], axis=1), axis=2)
    length = 0.5 * sides.max(axis=1)
    order = np.sort(length)
    place = int(rng.integers(1, len(order)))
    limit = round(float(order[place - 1] + order[place]) / 2)
    if not limit or (np.abs(length / limit - 1) < 0.01).any():
        return None
    longer = bool(rng.integers(2))
    text = f"{kind.many} {'longer' if longer else 'shorter'} than {limit:g} m"
    return question_if_some(text, kind.rows, (length > limit) == longer)


def ask_big(facts: Facts, rng: Rng) -> Question | None:
    """The big or the small ones, if there are two clear groups of sizes."""
    kind = facts.choose_class(rng)
    logs = np.log(facts.area[kind.rows])
    areas = np.sort(logs)
    steps = np.diff(areas)
    split = int(np.argmax(steps)) + 1
    tight = max(np.ptp(areas[:split]), np.ptp(areas[split:]))
    few = min(split, len(areas) - split) < 0.15 * len(areas)
    if few or steps[split - 1] < 0.5 or tight > steps[split - 1]:
        return None
    big = bool(rng.integers(2))
    words = ("big", "large") if big else ("small", "little")
    text = f"{rng.choice(['', 'the ', 'all '])}{rng.choice(words)} {kind.many}"
    limit = (areas[split - 1] + areas[split]) / 2
    hold = (logs > limit) == big
    if rng.integers(2):
        part = in_half(facts, kind, rng)
        if part is None:
            return None
        text, hold = f"{text} {part[0]}", hold & part[1]
    return question_if_some(text, kind.rows, hold)


def ask_except(facts: Facts, rng: Rng) -> Question | None:
    """All but the largest or the northernmost object."""
    kind = facts.choose_class(rng)
    rows = kind.rows
    if rng.integers(2):
        word, chosen = (
            "largest",
            select_ranked(facts, rows, -facts.area[rows], 0, 1, ratio=1.04),
        )
    else:
        word, chosen = (
            "northernmost",
            select_ranked(facts, rows, facts.share[rows, 1], 0, 1),
        )
    if chosen is None:
        return None
    text = f"all {kind.many} except the {word} one"
    return question(text, rows[rows != chosen[0]])


def ask_both(facts: Facts, rng: Rng) -> Question | None:
    """The largest objects of two classes."""
    pair = facts.choose_pair(rng)
    if pair is None:
        return None
    first, second = (facts.largest(kind) for kind in pair)
    if first is None or second is None:
        return None
    text = f"the largest {pair[0].one} and the largest {pair[1].one}"
    return question(text, np.array([first, second]))
