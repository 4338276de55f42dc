"""Expression templates: distances and other spatial relations."""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from query_facts import (
    LONG,
    SIDE,
    Facts,
    Kind,
    Question,
    Rng,
    Values,
    question,
    question_if_some,
    select_ranked,
)

AROUND = 1.5, 5.0
"""Distances that are clearly near and clearly not, in sizes of the object."""

RING = 4.0, 6.6
"""Distances from the centre, in sizes of the object: nearer anchors may surround it,
farther ones do not; those between must not change the result."""

OPEN = 60.0, 200.0
"""Degrees of the widest gap: clearly surrounded up to the first, clearly not from the
second."""


def ask_within(facts: Facts, rng: Rng) -> Question | None:
    """Within or beyond a distance from another class."""
    pair = facts.choose_pair(rng)
    if pair is None:
        return None
    kind, other = pair
    limit = int(rng.choice([20, 50, 100, 200]))
    away = facts.distances(kind.rows, other.rows)
    if (np.abs(away - limit) < 0.1 * limit).any():
        return None
    far = rng.integers(3) == 0
    text = f"{kind.many} {'more than' if far else 'within'} {limit} m "
    text += f"{'away from' if far else 'of'} the {other.many}"
    return question(text, kind.rows[(away > limit) == far])


def ask_near(facts: Facts, rng: Rng) -> Question | None:
    """Near another class, or not."""
    pair = facts.choose_pair(rng)
    if pair is None:
        return None
    kind, other = pair
    close = facts.near(kind.rows, other.rows, near=1, far=3)
    if close is None:
        return None
    negated = rng.integers(2) == 0
    text = f"{kind.many} {'not ' if negated else ''}near the {other.many}"
    return question(text, kind.rows[close != negated])


def ask_closest(facts: Facts, rng: Rng) -> Question | None:
    """Closest to or farthest from the largest object of another class."""
    pair = facts.choose_pair(rng)
    largest = None if pair is None else facts.largest(pair[1])
    if pair is None or largest is None:
        return None
    kind, other = pair
    away = facts.distances(kind.rows, np.array([largest]))
    closest = bool(rng.integers(2))
    text = f"the {kind.one} {'closest to' if closest else 'farthest from'} "
    text += f"the largest {other.one}"
    chosen = select_ranked(facts, kind.rows, away if closest else -away, 0, 1, gap=5.0)
    return None if chosen is None else question(text, chosen)


def ask_neighbour(facts: Facts, rng: Rng) -> Question | None:
    """Nearest to the largest object of the same class."""
    kind = facts.choose_class(rng)
    largest = facts.largest(kind)
    if largest is None:
        return None
    rest = kind.rows[kind.rows != largest]
    away = facts.distances(rest, np.array([largest]))
    text = f"the {kind.one} nearest to the largest {kind.one}"
    chosen = select_ranked(facts, rest, away, 0, 1, gap=5.0)
    return None if chosen is None else question(text, chosen)


def ask_beside(facts: Facts, rng: Rng) -> Question | None:
    """In a direction from the largest object of another class."""
    pair = facts.choose_pair(rng, exclude=LONG)
    largest = None if pair is None else facts.largest(pair[1])
    if pair is None or largest is None:
        return None
    kind, other = pair
    word, axis, sign = [("north of", 1, -1), ("left of", 0, -1), ("below", 1, 1),
                        ("east of", 0, 1)][rng.integers(4)]  # fmt: skip
    step = facts.share[kind.rows] - facts.share[largest]
    ahead, aside = sign * step[:, axis], np.abs(step[:, 1 - axis])
    angle = np.degrees(np.arctan2(aside, ahead))
    near = np.hypot(*step.T) < 0.01
    if (np.abs(angle - 45) < 3).any() or near.any():
        return None
    return question(f"{kind.many} {word} the largest {other.one}",
                    kind.rows[angle < 45])  # fmt: skip


def ask_between(facts: Facts, rng: Rng) -> Question | None:
    """Between the two largest objects of another class."""
    pair = facts.choose_pair(rng, exclude=LONG)
    if pair is None:
        return None
    kind, other = pair
    two = select_ranked(facts, other.rows, -facts.area[other.rows], 0, 2, ratio=1.04)
    if two is None:
        return None
    middle = shapely.points(facts.share[kind.rows] * SIDE)
    lines = shapely.shortest_line(middle[:, None], facts.shapes[two])
    ends = shapely.get_coordinates(lines).reshape(len(kind.rows), 2, 2, 2)
    direction = ends[:, :, 1] - ends[:, :, 0]
    length = np.maximum(np.hypot(direction[..., 0], direction[..., 1]), 1e-9)
    cosine = (direction[:, 0] * direction[:, 1]).sum(axis=1) / length.prod(axis=1)
    if (length < 3).any() or (np.abs(cosine + 0.5) < 0.1).any():
        return None
    text = f"{kind.many} between the two largest {other.many}"
    return question(text, kind.rows[cosine < -0.5])


def ask_along(facts: Facts, rng: Rng) -> Question | None:
    """Along a road or a river."""
    long = [facts.all[name] for name in LONG if name in facts.all]
    if not long:
        return None
    kind, other = facts.choose_class(rng, exclude=LONG), long[rng.integers(len(long))]
    near, far = AROUND
    close = facts.near(kind.rows, other.rows, near=near, far=far)
    word = ("along", "lining", "not along")[rng.integers(3)]
    if close is not None and word.startswith("not"):
        close = ~close
    return question_if_some(
        f"{kind.many} {word} the {other.definite}", kind.rows, close
    )


def ask_around(facts: Facts, rng: Rng) -> Question | None:
    """Around another class."""
    pair = facts.choose_pair(rng, exclude=LONG)
    if pair is None:
        return None
    kind, other = pair
    near, far = AROUND
    text = f"{kind.many} around the {other.definite}"
    close = facts.near(kind.rows, other.rows, near=near, far=far)
    within = facts.inside(kind.rows, other.rows)
    if within is None or within.any():
        return None  # what lies on a field does not stand around it
    return question_if_some(text, kind.rows, close)


def ask_opposite(facts: Facts, rng: Rng) -> Question | None:
    """Opposite another class, across a road."""
    pair = facts.choose_pair(rng, exclude=LONG)
    if pair is None or "road" not in facts.all:
        return None
    kind, other = pair
    near, far = AROUND
    close = facts.near(kind.rows, other.rows, near=near, far=far)
    if close is None or not close.any():
        return None
    rows = kind.rows[close]
    each = shapely.shortest_line(
        facts.shapes[rows][:, None], facts.shapes[other.rows][None]
    )
    line = each[np.arange(len(rows)), shapely.length(each).argmin(axis=1)]
    roads = facts.shapes[facts.all["road"].rows]
    if not shapely.crosses(line[:, None], roads[None]).any(axis=1).all():
        return None
    if close.sum() == 1 and rng.integers(2):
        return question(f"the {kind.one} opposite the {other.definite}", rows)
    return question_if_some(
        f"{kind.many} opposite the {other.definite}", kind.rows, close
    )


def ask_inside(facts: Facts, rng: Rng) -> Question | None:
    """In, inside or on another class."""
    pair = facts.choose_pair(rng, exclude=LONG)
    if pair is None:
        return None
    kind, other = pair
    within = _within(facts, kind, other)
    if within is None:
        return None
    words = ["in", "inside", "within"]
    if other.category != "lake":
        words.append("on")
    hold = within.any(axis=1)
    word = str(rng.choice([*words, f"not {rng.choice(words)}"]))
    if word.startswith("not"):
        hold = ~hold
    return question_if_some(f"{kind.many} {word} the {other.definite}", kind.rows, hold)


def ask_end(facts: Facts, rng: Rng) -> Question | None:
    """At one end of the object that they lie in."""
    pair = facts.choose_pair(rng, exclude=LONG)
    if pair is None:
        return None
    kind, other = pair
    within = _within(facts, kind, other)
    if within is None:
        return None
    ends = [
        *(("north", 1, True), ("southern", 1, False), ("left", 0, True)),
        *(("west", 0, True), ("eastern", 0, False)),
    ]
    word, axis, low = ends[rng.integers(5)]
    inner = within.any(axis=1)
    ground = facts.box[other.rows[within[inner].argmax(axis=1)]] * 0.5
    share = facts.middle[kind.rows[inner], axis] - ground[:, axis]
    share = share / (ground[:, axis + 2] - ground[:, axis])
    share = share if low else 1 - share
    if ((share > 0.33) & (share < 0.52)).any() or not (share <= 0.33).any():
        return None
    text = f"{kind.many} at the {word} end of the {other.definite}"
    return question(text, kind.rows[inner][share <= 0.33])


def ask_holding(facts: Facts, rng: Rng) -> Question | None:
    """Containing an object of another class."""
    pair = facts.choose_pair(rng, exclude=LONG)
    if pair is None:
        return None
    kind, other = pair
    within = _within(facts, other, kind)
    if within is None:
        return None
    word = ("containing", "holding", "that contain")[rng.integers(3)]
    text = f"{kind.many} {word} {other.many}"
    return question_if_some(text, kind.rows, within.any(axis=0))


def ask_surrounded(facts: Facts, rng: Rng) -> Question | None:
    """Surrounded by another class on all sides."""
    pair = facts.choose_pair(rng, exclude=LONG)
    if pair is None:
        return None
    kind, other = pair
    within = facts.inside(kind.rows, other.rows)
    if within is None or within.any():
        return None
    gaps = [_widest_gap(facts, kind, other, reach) for reach in RING]
    hold = gaps[0] <= OPEN[0]
    word = ("surrounded by", "ringed by", "encircled by")[rng.integers(3)]
    if not (hold | (gaps[1] >= OPEN[1])).all():
        return None
    if hold.sum() == 1 and rng.integers(2):
        text = f"the {kind.one} {word} {other.many}"
    else:
        text = f"{kind.many} {word} {other.many}"
    return question_if_some(text, kind.rows, hold)


def _within(facts: Facts, kind: Kind, other: Kind) -> NDArray[np.bool_] | None:
    """Tell (R, A) which objects lie in which; None if another is just outside."""
    within = facts.inside(kind.rows, other.rows)
    if within is None or not within.any():
        return None
    rest = kind.rows[~within.any(axis=1)]
    if len(rest) and (facts.distances(rest, other.rows) < 1.5 * facts.size[rest]).any():
        return None
    return within


@cache
def _widest_gap(facts: Facts, kind: Kind, other: Kind, reach: float) -> Values:
    """Compute (R,) degrees of the widest sector around each without a near anchor.

    Args:
        facts: Of the scene.
        kind: Class of the surrounded objects.
        other: Class of the anchors.
        reach: Distance from the centre within which an anchor is near, in sizes of
            the object.
    """
    rows, anchors = kind.rows, other.rows
    middle = shapely.points(facts.middle[rows] * 2)
    away = 0.5 * shapely.distance(middle[:, None], facts.shapes[anchors][None])
    near = away <= reach * facts.size[rows][:, None]
    gaps = np.full(len(rows), 360.0)
    for place, row in enumerate(rows):
        close = facts.shapes[anchors[near[place]]]
        if not len(close):
            continue
        rims = shapely.segmentize(shapely.get_exterior_ring(close), 2)
        direction = shapely.get_coordinates(rims) * 0.5 - facts.middle[row]
        angle = np.sort(np.degrees(np.arctan2(direction[:, 1], direction[:, 0])))
        gaps[place] = np.diff(angle, append=angle[0] + 360).max()
    return gaps
