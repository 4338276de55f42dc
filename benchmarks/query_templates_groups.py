"""Expression templates: rows, clusters, isolated objects and counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from query_facts import (
    LONG,
    Facts,
    Kind,
    Question,
    Rng,
    Rows,
    question,
    question_if_some,
)
from query_templates_places import NUMBERS, in_half, in_quarter

MIN_OBJECTS, MAX_OBJECTS = 5, 300
"""Of a class that is grouped."""

ALONE = (
    *("the isolated {}", "the lone {}", "the {} away from the others"),
    *("the {} standing alone", "the {} far from the others"),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """Objects in a straight row or column."""

    rows: Rows
    """From left to right, or from top to bottom."""
    across: bool


def ask_isolated(facts: Facts, rng: Rng) -> Question | None:
    """The one object that is far from all others, which are near together."""
    kind = facts.choose_class(rng, exclude=LONG)
    rows = kind.rows
    if not MIN_OBJECTS <= len(rows) <= MAX_OBJECTS:
        return None
    distance = facts.distances(rows, rows)
    typical = max(np.median(distance), np.median(facts.size[rows]))
    order = np.argsort(-distance)
    if distance[order[0]] < 9 * typical or distance[order[1]] > 1.2 * typical:
        return None
    text = ALONE[rng.integers(len(ALONE))].format(kind.one)
    return question(text, rows[order[:1]])


def ask_cluster(facts: Facts, rng: Rng) -> Question | None:
    """The cluster with the largest or smallest total area."""
    kind = facts.choose_class(rng, exclude=LONG)
    groups = _groups(facts, kind)
    groups = [group for group in groups or [] if len(group) > 1]
    if len(groups) < 2:
        return None
    area = np.array([facts.area[group].sum() for group in groups])
    word = ("largest", "smallest")[rng.integers(2)]
    order = np.argsort(area if word == "smallest" else -area)
    if abs(np.log(area[order[0]] / area[order[1]])) < np.log(1.1):
        return None
    text = f"the {word} {rng.choice(['cluster', 'group'])} of {kind.many}"
    return question(text, groups[order[0]])


def ask_middle(facts: Facts, rng: Rng) -> Question | None:
    """The middle one of an odd number of objects in a line."""
    kind = facts.choose_class(rng, exclude=LONG)
    rows, place = kind.rows, ""
    if rng.integers(4):
        part = (in_half if rng.integers(2) else in_quarter)(facts, kind, rng)
        if part is None:
            return None
        place, rows = f" {part[0]}", rows[part[1]]
    line = _line(facts, rows)
    if line is None or not len(rows) % 2:
        return None
    texts = [f"the middle {kind.one}{place}"]
    if len(rows) in NUMBERS:
        texts.append(
            f"the middle one of the {NUMBERS[len(rows)]} {kind.many}{place}",
        )
    middle = line.rows[[len(rows) // 2]]
    return question(str(rng.choice(texts)), middle)


def ask_row(facts: Facts, rng: Rng) -> Question | None:
    """The northernmost or southernmost row, or a member of it."""
    kind = facts.choose_class(rng, exclude=LONG)
    groups = _groups(facts, kind)
    groups = [group for group in groups or [] if len(group) > 1]
    lines = [_line(facts, group) for group in groups]
    rows = [line for line in lines if line is not None and line.across]
    if len(rows) < 2 or len(rows) < len(groups) or min(map(len, groups)) < 3:
        return None
    word, sign = [("northernmost", 1), ("top", 1), ("southernmost", -1),
                  ("bottom", -1)][rng.integers(4)]  # fmt: skip
    level = [sign * facts.share[line.rows, 1].mean() for line in rows]
    order = np.argsort(level)
    if level[order[1]] - level[order[0]] < 0.01:
        return None
    chosen = rows[order[0]].rows
    number = int(rng.integers(4))
    if number == 3:
        return question(f"the {word} row of {kind.many}", chosen)
    if number == 2 and not len(chosen) % 2:
        return None
    which = ("leftmost", "second", "middle")[number]
    place = (0, 1, len(chosen) // 2)[number]
    text = f"the {which} {kind.one} in the {word} row"
    return question(text, chosen[[place]])


def ask_row_of(facts: Facts, rng: Rng) -> Question | None:
    """The only row of a given number of objects."""
    kind = facts.choose_class(rng, exclude=LONG)
    groups = _groups(facts, kind)
    if groups is None:
        return None
    lines = [_line(facts, group) for group in groups if len(group) > 2]
    if any(line is None for line in lines):
        return None
    number = int(rng.integers(3, 6))
    fit = [line for line in lines if line is not None and len(line.rows) == number]
    if len(fit) != 1:
        return None
    text = f"the row of {NUMBERS[number]} {kind.many}"
    return question(text, fit[0].rows)


def ask_counted(facts: Facts, rng: Rng) -> Question | None:
    """ "Both", "the three": all objects, with their number."""
    selection = _few(facts, rng)
    if selection is None:
        return None
    kind, place, rows = selection
    number = len(rows)
    if number not in NUMBERS:
        return None
    words = [f"the {NUMBERS[number]}", NUMBERS[number], f"all {NUMBERS[number]}"]
    if number == 2:
        words += ["both", "both"]
    return question(f"{rng.choice(words)} {kind.many} {place}", rows)


def ask_some(facts: Facts, rng: Rng) -> Question | None:
    """ "One of the", "two of the": any choice of that number."""
    selection = _few(facts, rng)
    if selection is None:
        return None
    kind, place, rows = selection
    enough = int(rng.integers(1, 3))
    if len(rows) <= enough:
        return None
    word = ("one", "two")[enough - 1]
    return question(f"{word} of the {kind.many} {place}", rows, enough=enough)


def _few(facts: Facts, rng: Rng) -> tuple[Kind, str, Rows] | None:
    """Return a class, words that select a few of it, and the selected rows."""
    kind, other = facts.choose_class(rng, exclude=LONG), facts.choose_class(rng)
    choice = int(rng.integers(4))
    if choice < 2:
        part = (in_half, in_quarter)[choice](facts, kind, rng)
        if part is None or not part[1].any():
            return None
        return kind, part[0], kind.rows[part[1]]
    if other.category == kind.category:
        return None
    if choice == 2:
        near = facts.near(kind.rows, other.rows, near=0.8, far=3.5)
        text = f"near the {other.definite}"
    else:
        within = facts.inside(kind.rows, other.rows)
        near = None if within is None else within.any(axis=1)
        text = f"inside the {other.definite}"
    made = question_if_some(text, kind.rows, near)
    return None if made is None or near is None else (kind, text, kind.rows[near])


@cache
def _groups(facts: Facts, kind: Kind) -> list[Rows] | None:
    """Cluster by single linkage; None if a gap is neither small nor wide."""
    rows = kind.rows
    if not MIN_OBJECTS <= len(rows) <= MAX_OBJECTS:
        return None
    each = facts.shapes[rows]
    gap = 0.5 * shapely.distance(each[:, None], each[None])
    typical = np.median(facts.size[rows])
    if ((gap > 1.0 * typical) & (gap < 1.5 * typical)).any():
        return None
    joined = gap <= 1.2 * typical
    while (more := joined @ joined)[~joined].any():
        joined = more
    first = joined.argmax(axis=1)
    return [rows[first == one] for one in np.unique(first)]


def _line(facts: Facts, rows: Rows) -> Line | None:
    """Return a straight line of three or more at even steps; None otherwise."""
    if len(rows) < 3 or facts.cut[rows].any():
        return None
    middle, size = facts.middle[rows], facts.size[rows]
    span = np.ptp(middle, axis=0)
    axis = int(np.argmax(span))
    if span[1 - axis] > 0.2 * size.min() or size.max() > 1.3 * size.min():
        return None
    order = np.argsort(middle[:, axis])
    steps = np.diff(middle[order, axis])
    if steps.max() > 1.25 * steps.min() or steps.max() > 3 * size.min():
        return None
    return Line(rows=rows[order], across=axis == 0)
