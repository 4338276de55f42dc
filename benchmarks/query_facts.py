"""What is known of a drawn scene, worked out plainly and without any room of the query.

With all pairs of outlines, on a north-up grid in metres. A question is only asked where
its answer is plain: distances and sizes keep a margin around what people mean by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from query_scenes import LabelledScene

SIDE = 6000
"""Pixels of half a metre."""

NOUNS = {
    "storage_tank": ("storage tank", "storage tanks"),
    "airplane": ("airplane", "airplanes"),
    "building": ("building", "buildings"),
    "tennis_court": ("tennis court", "tennis courts"),
    "swimming_pool": ("swimming pool", "swimming pools"),
    "baseball_diamond": ("baseball diamond", "baseball diamonds"),
    "basketball_court": ("basketball court", "basketball courts"),
    "ground_track_field": ("running track", "running tracks"),
    "ship": ("ship", "ships"),
    "parking_lot": ("parking lot", "parking lots"),
    "tree": ("tree", "trees"),
    "vehicle": ("vehicle", "vehicles"),
    "field": ("field", "fields"),
    "lake": ("lake", "lakes"),
    "road": ("road", "roads"),
    "river": ("river", "rivers"),
}
"""Classes that are asked about, with their words."""

LONG = ("road", "river")
"""Things that others stand along and not around."""

MOST = 1500
"""Things of a class; more of them leave nothing clear."""

Rows = NDArray[np.intp]
Values = NDArray[np.float64]
Shapes = NDArray[np.object_]
Rng = np.random.Generator


@dataclass(frozen=True, kw_only=True)
class Question:
    """A text and the things that it means."""

    text: str
    targets: frozenset[int]
    enough: int | None = None
    """So many of the targets will do, none in particular; None: all are meant."""


Made = Question | None
"""None where nothing is clear."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind:
    """All things of one class."""

    category: str
    one: str
    many: str
    rows: Rows

    @property
    def called(self) -> str:
        """All of them behind "the"."""
        return self.one if len(self.rows) == 1 else self.many


class Facts:
    """Sizes, places and distances of everything in a scene."""

    def __init__(self, scene: LabelledScene, *, least: int, rather: float) -> None:
        """Measure a scene.

        Args:
            scene: Pixels of half a metre, north up.
            least: Things of a class, fewer of which are no subject of a question.
            rather: Power of a class's number with which it is chosen.
        """
        self._rather = rather
        self._known: dict[tuple[bytes, bytes, str], Values] = {}
        kinds = np.array(scene.kinds)
        counts = {name: int((kinds == name).sum()) for name in NOUNS}
        self.all = {
            name: Kind(
                category=name,
                one=NOUNS[name][0],
                many=NOUNS[name][1],
                rows=np.flatnonzero(kinds == name),
            )
            for name, count in counts.items()
            if 0 < count <= MOST
        }
        self.kinds = {k: v for k, v in self.all.items() if len(v.rows) >= least}
        self.shapes: Shapes = scene.shapes
        middle = shapely.get_coordinates(shapely.centroid(scene.shapes))
        self.middle: Values = middle * 0.5
        """(N, 2) metres, y down."""
        self.share: Values = middle / SIDE
        """(N, 2) of the scene's width and height."""
        self.area: Values = shapely.area(scene.shapes) * 0.25
        """(N,) square metres."""
        self.size: Values = np.sqrt(self.area)
        """(N,) metres."""
        box = shapely.bounds(scene.shapes)
        self.box: Values = box
        """(N, 4) left, top, right, bottom in pixels."""
        self.cut = (box[:, :2] <= 1).any(axis=1) | (box[:, 2:] >= SIDE - 1).any(axis=1)

    def some(self, rng: Rng, *, but: Iterable[str] = ()) -> Kind:
        """A class of which there are several."""
        names = sorted(set(self.kinds) - set(but))
        odds = np.array([len(self.kinds[name].rows) ** self._rather for name in names])
        return self.kinds[str(rng.choice(names, p=odds / odds.sum()))]

    def two(self, rng: Rng, *, but: Iterable[str] = ()) -> tuple[Kind, Kind] | None:
        """A class, and another to measure it against; None: the same one twice."""
        first, second = self.some(rng, but=but), self.some(rng, but=but)
        return None if first.category == second.category else (first, second)

    def largest(self, kind: Kind) -> int | None:
        """The largest of a class, where it plainly is."""
        chosen = run(self, kind.rows, -self.area[kind.rows], 0, 1, ratio=1.04)
        return None if chosen is None else int(chosen[0])

    def away(self, rows: Rows, anchors: Rows) -> Values:
        """(R,) metres to the nearest anchor; all pairs, itself left out."""
        key = rows.tobytes(), anchors.tobytes(), "away"
        if key not in self._known:
            each = self.shapes[rows][:, None]
            gap = 0.5 * shapely.distance(each, self.shapes[anchors][None])
            gap[rows[:, None] == anchors[None]] = np.inf
            self._known[key] = gap.min(axis=1)
        return self._known[key]

    def close(
        self, rows: Rows, anchors: Rows, *, near: float, far: float
    ) -> NDArray[np.bool_] | None:
        """(R,) whether an anchor is as near as the thing is large.

        Args:
            rows: Things.
            anchors: Others.
            near: Sizes of a thing up to which another is plainly near.
            far: Sizes from which on none is; None where one lies between.
        """
        away, size = self.away(rows, anchors), self.size[rows]
        if ((away > near * size) & (away < far * size)).any():
            return None
        return away <= near * size

    def inside(self, rows: Rows, anchors: Rows) -> NDArray[np.bool_] | None:
        """(R, A) whether a thing lies in an anchor; None where one is cut."""
        key = rows.tobytes(), anchors.tobytes(), "inside"
        if key not in self._known:
            ground = shapely.polygons(shapely.get_exterior_ring(self.shapes[anchors]))
            shared = shapely.intersection(self.shapes[rows][:, None], ground[None])
            part = shapely.area(shared) / shapely.area(self.shapes[rows])[:, None]
            part[rows[:, None] == anchors[None]] = 0
            self._known[key] = part
        part = self._known[key]
        if ((part > 0.05) & (part < 0.95)).any():
            return None
        return np.asarray(part > 0.5, np.bool_)


def question(text: str, targets: Rows, *, enough: int | None = None) -> Question:
    """A text that means these things."""
    return Question(text=text, targets=frozenset(targets.tolist()), enough=enough)


def some_of(text: str, rows: Rows, hold: NDArray[np.bool_] | None) -> Made:
    """The rows for which it holds; None where it holds for none or for all."""
    if hold is None or not hold.any() or hold.all():
        return None
    return question(text, rows[hold])


def run(
    facts: Facts,
    rows: Rows,
    key: Values,
    rank: int,
    number: int,
    *,
    ratio: float | None = None,
    gap: float = 0.002,
) -> Rows | None:
    """The first ones by a key, where each step to the others is clear."""
    order = np.argsort(key)
    if len(rows) < rank + number + 1:
        return None
    chosen = order[rank : rank + number]
    for before, after in ((rank - 1, rank), (rank + number - 1, rank + number)):
        if before < 0:
            continue
        low, high = key[order[before]], key[order[after]]
        if ratio is None and high - low < gap:
            return None
        if ratio is not None and max(abs(low), abs(high)) < ratio * min(
            abs(low), abs(high)
        ):
            return None
    return None if facts.cut[rows[chosen]].any() else rows[chosen]
