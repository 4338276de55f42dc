"""Questions to drawn scenes: rows, clusters, those that stand alone, and number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from query_asks_places import NUMBERS, in_half, in_quarter
from query_facts import (
    LONG,
    Facts,
    Kind,
    Made,
    Rng,
    Rows,
    question,
    some_of,
)

FEWEST, MOST = 5, 300
"""Things of a class that may stand in groups."""

ALONE = (
    *("the isolated {}", "the lone {}", "the {} away from the others"),
    *("the {} standing alone", "the {} far from the others"),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """Things in a straight row or column, one after the other."""

    rows: Rows
    """From left to right, or from the top down."""
    across: bool


def ask_isolated(facts: Facts, rng: Rng) -> Made:
    """The one that is far from all others, which stand close together."""
    kind = facts.some(rng, but=LONG)
    rows = kind.rows
    if not FEWEST <= len(rows) <= MOST:
        return None
    away = facts.away(rows, rows)
    usual = max(np.median(away), np.median(facts.size[rows]))
    order = np.argsort(-away)
    if away[order[0]] < 9 * usual or away[order[1]] > 1.2 * usual:
        return None
    text = ALONE[rng.integers(len(ALONE))].format(kind.one)
    return question(text, rows[order[:1]])


def ask_cluster(facts: Facts, rng: Rng) -> Made:
    """The cluster of most ground, or of least, where gaps are plainly small or wide."""
    kind = facts.some(rng, but=LONG)
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


def ask_middle(facts: Facts, rng: Rng) -> Made:
    """The one in the middle of an odd number in a line."""
    kind = facts.some(rng, but=LONG)
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


def ask_row(facts: Facts, rng: Rng) -> Made:
    """A row that lies farthest to a side, or one of its members."""
    kind = facts.some(rng, but=LONG)
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


def ask_row_of(facts: Facts, rng: Rng) -> Made:
    """The only row of so many."""
    kind = facts.some(rng, but=LONG)
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


def ask_counted(facts: Facts, rng: Rng) -> Made:
    """ "Both", "the three": all of them, and just so many."""
    found = _few(facts, rng)
    if found is None:
        return None
    kind, place, rows = found
    number = len(rows)
    if number not in NUMBERS:
        return None
    words = [f"the {NUMBERS[number]}", NUMBERS[number], f"all {NUMBERS[number]}"]
    if number == 2:
        words += ["both", "both"]
    return question(f"{rng.choice(words)} {kind.many} {place}", rows)


def ask_some(facts: Facts, rng: Rng) -> Made:
    """ "One of the", "two of the": so many of them will do."""
    found = _few(facts, rng)
    if found is None:
        return None
    kind, place, rows = found
    enough = int(rng.integers(1, 3))
    if len(rows) <= enough:
        return None
    word = ("one", "two")[enough - 1]
    return question(f"{word} of the {kind.many} {place}", rows, enough=enough)


def _few(facts: Facts, rng: Rng) -> tuple[Kind, str, Rows] | None:
    """A class, words that choose some of it, and those."""
    kind, other = facts.some(rng, but=LONG), facts.some(rng)
    way = int(rng.integers(4))
    if way < 2:
        part = (in_half, in_quarter)[way](facts, kind, rng)
        if part is None or not part[1].any():
            return None
        return kind, part[0], kind.rows[part[1]]
    if other.category == kind.category:
        return None
    if way == 2:
        close = facts.close(kind.rows, other.rows, near=0.8, far=3.5)
        text = f"near the {other.called}"
    else:
        within = facts.inside(kind.rows, other.rows)
        close = None if within is None else within.any(axis=1)
        text = f"inside the {other.called}"
    made = some_of(text, kind.rows, close)
    return None if made is None or close is None else (kind, text, kind.rows[close])


@cache
def _groups(facts: Facts, kind: Kind) -> list[Rows] | None:
    """Single linkage; None where a gap is neither small nor wide."""
    rows = kind.rows
    if not FEWEST <= len(rows) <= MOST:
        return None
    each = facts.shapes[rows]
    gap = 0.5 * shapely.distance(each[:, None], each[None])
    usual = np.median(facts.size[rows])
    if ((gap > 1.0 * usual) & (gap < 1.5 * usual)).any():
        return None
    joined = gap <= 1.2 * usual
    while (more := joined @ joined)[~joined].any():
        joined = more
    first = joined.argmax(axis=1)
    return [rows[first == one] for one in np.unique(first)]


def _line(facts: Facts, rows: Rows) -> Line | None:
    """Three or more in a straight line with even steps; None: it isn't one."""
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
