"""Geometry of a synthetic scene, computed by brute force and without `rrsis_geo.query`.

Measures all pairs of outlines on a north-up grid in metres. An expression is generated
only if it is unambiguous: distances and sizes keep a margin from every limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from query_scenes import LabelledScene

SIDE = 6000
"""Width and height of a scene, in pixels of half a metre."""

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
"""Singular and plural of each class."""

LONG = ("road", "river")
"""Classes of linear objects."""

MOST = 1500
"""Maximum number of objects of a class; more are ambiguous."""

Rows = NDArray[np.intp]
Values = NDArray[np.float64]
Shapes = NDArray[np.object_]
Rng = np.random.Generator


@dataclass(frozen=True, kw_only=True)
class Question:
    """An expression and the objects it refers to."""

    text: str
    targets: frozenset[int]
    enough: int | None = None
    """Number of targets to return, in any choice; None for all."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind:
    """All objects of one class."""

    category: str
    one: str
    many: str
    rows: Rows

    @property
    def definite(self) -> str:
        """The noun after "the": singular if there is one object."""
        return self.one if len(self.rows) == 1 else self.many


class Facts:
    """Sizes, positions and distances of all objects in a scene."""

    def __init__(
        self, scene: LabelledScene, *, min_objects: int, count_power: float
    ) -> None:
        """Measure a scene.

        Args:
            scene: Pixels of half a metre, north up.
            min_objects: Of a class that is the subject of an expression.
            count_power: A class is chosen with a probability of its number of objects
                to this power.
        """
        self._count_power = count_power
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
        self.classes = {k: v for k, v in self.all.items() if len(v.rows) >= min_objects}
        self.shapes: Shapes = scene.shapes
        middle = shapely.get_coordinates(shapely.centroid(scene.shapes))
        self.middle: Values = middle * 0.5
        """(N, 2) metres, y down."""
        self.share: Values = middle / SIDE
        """(N, 2) centroids as shares of the scene's width and height."""
        self.area: Values = shapely.area(scene.shapes) * 0.25
        """(N,) square metres."""
        self.size: Values = np.sqrt(self.area)
        """(N,) metres."""
        box = shapely.bounds(scene.shapes)
        self.box: Values = box
        """(N, 4) left, top, right, bottom in pixels."""
        self.cut = (box[:, :2] <= 1).any(axis=1) | (box[:, 2:] >= SIDE - 1).any(axis=1)

    def choose_class(self, rng: Rng, *, exclude: Iterable[str] = ()) -> Kind:
        """Choose a class with at least `min_objects` objects."""
        names = sorted(set(self.classes) - set(exclude))
        odds = np.array(
            [len(self.classes[name].rows) ** self._count_power for name in names]
        )
        return self.classes[str(rng.choice(names, p=odds / odds.sum()))]

    def choose_pair(
        self, rng: Rng, *, exclude: Iterable[str] = ()
    ) -> tuple[Kind, Kind] | None:
        """Choose a class and a reference class; None if both are the same."""
        first = self.choose_class(rng, exclude=exclude)
        second = self.choose_class(rng, exclude=exclude)
        return None if first.category == second.category else (first, second)

    def largest(self, kind: Kind) -> int | None:
        """Return the largest object of a class if it is clearly the largest."""
        chosen = select_ranked(self, kind.rows, -self.area[kind.rows], 0, 1, ratio=1.04)
        return None if chosen is None else int(chosen[0])

    def distances(self, rows: Rows, anchors: Rows) -> Values:
        """Compute (R,) metres to the nearest anchor other than the object itself."""
        key = rows.tobytes(), anchors.tobytes(), "distances"
        if key not in self._known:
            each = self.shapes[rows][:, None]
            gap = 0.5 * shapely.distance(each, self.shapes[anchors][None])
            gap[rows[:, None] == anchors[None]] = np.inf
            self._known[key] = gap.min(axis=1)
        return self._known[key]

    def near(
        self, rows: Rows, anchors: Rows, *, near: float, far: float
    ) -> NDArray[np.bool_] | None:
        """Tell which objects are near an anchor, relative to their own size.

        Args:
            rows: Objects.
            anchors: Reference objects.
            near: Largest distance that is clearly near, in sizes of the object.
            far: Smallest distance that is clearly not near, in sizes of the object.

        Returns:
            (R,) near or not; None if a distance lies between the limits.
        """
        distance, size = self.distances(rows, anchors), self.size[rows]
        if ((distance > near * size) & (distance < far * size)).any():
            return None
        return distance <= near * size

    def inside(self, rows: Rows, anchors: Rows) -> NDArray[np.bool_] | None:
        """Tell (R, A) which objects lie in which anchor; None if partly inside."""
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
    """Return an expression with these targets."""
    return Question(text=text, targets=frozenset(targets.tolist()), enough=enough)


def question_if_some(
    text: str, rows: Rows, hold: NDArray[np.bool_] | None
) -> Question | None:
    """Return an expression for the rows that hold; None if none or all do."""
    if hold is None or not hold.any() or hold.all():
        return None
    return question(text, rows[hold])


def select_ranked(
    facts: Facts,
    rows: Rows,
    key: Values,
    rank: int,
    number: int,
    *,
    ratio: float | None = None,
    gap: float = 0.002,
) -> Rows | None:
    """Select rows by rank in ascending order of a key.

    Args:
        facts: Of the scene.
        rows: Objects.
        key: (R,) values to sort by.
        rank: First rank to select, from 0.
        number: Number of rows to select.
        ratio: Least ratio of keys between selected and other rows.
        gap: Least difference of keys instead, if there is no ratio.

    Returns:
        Selected rows; None if the selection is ambiguous or an object is cut off.
    """
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
