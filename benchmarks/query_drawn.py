"""Drawn scenes with exact labels, and questions that are true by their geometry.

The answers are worked out here, plainly and without any room of the query: with all
pairs of outlines, on a north-up grid in metres. A question is only asked where its
answer would be the same after everything moved by a tenth.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas
import numpy as np
import rasterio
import shapely
from query_scenes import Asked, LabelledScene

from rrsis_geo.grid import Grid
from rrsis_geo.synthetic import write_scene

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
}
"""Classes that are asked about, with their words."""

MOST = 1500
"""Things of a class; more of them leave nothing clear."""

EACH = 14
"""Questions of one kind, at most."""

ORDINALS = ("", "second ", "third ", "fourth ")
NUMBERS = {2: "two", 3: "three", 5: "five"}
Rng = np.random.Generator
Made = tuple[str, list[int]] | None


def drawn_scene(seed: int, theme: str) -> LabelledScene:
    """A scene of 3 km; drawn once and kept."""
    folder = Path(tempfile.gettempdir()) / "rrsis-queries-drawn"
    folder.mkdir(exist_ok=True)
    path, labels = folder / f"{theme}{seed}.tif", folder / f"{theme}{seed}.gpkg"
    if not labels.exists():
        write_scene(path, labels, seed, width=SIDE, height=SIDE, gsd=0.5, theme=theme)
    with rasterio.open(path) as dataset:
        grid = Grid(dataset.transform, dataset.crs, dataset.width, dataset.height)
    table = geopandas.read_file(labels)
    table = table[table["class"].isin(NOUNS)]
    back = Grid(~grid.transform, None, 1, 1)
    shapes = shapely.transform(
        table.geometry.to_numpy(), lambda xy: np.column_stack(back.place(*xy.T))
    )
    whole = [max(shapely.get_parts(shape), key=lambda p: p.area) for shape in shapes]
    kinds = tuple(table["class"])
    return LabelledScene(
        path=path,
        grid=grid,
        category=" ".join(sorted(set(kinds))),
        shapes=np.array(whole, object),
        kinds=kinds,
        asked=(),
    )


def drawn_questions(scene: LabelledScene, *, count: int, seed: int) -> list[Asked]:
    """So many questions, the kinds of them in turn."""
    rng = np.random.default_rng(seed)
    asker = _Asker(scene, rng)
    asked: dict[str, Asked] = {}
    for name, make in _turns(asker):
        if len(asked) >= count:
            break
        made = make()
        many = sum(one.type == name for one in asked.values())
        if made is not None and made[0] not in asked and many < EACH:
            asked[made[0]] = Asked(
                expression=made[0], type=name, targets=frozenset(made[1])
            )
    return list(asked.values())


def _turns(asker: _Asker) -> Iterator[tuple[str, Callable[[], Made]]]:
    kinds = [
        (name.removeprefix("ask_"), getattr(asker, name))
        for name in dir(asker)
        if name.startswith("ask_")
    ]
    for _ in range(400):
        yield from kinds


class _Asker:
    """Makes one question of each kind, or none where nothing is clear."""

    def __init__(self, scene: LabelledScene, rng: Rng) -> None:
        self.rng = rng
        kinds = np.array(scene.kinds)
        self.members = {
            category: np.flatnonzero(kinds == category)
            for category in NOUNS
            if 4 <= (kinds == category).sum() <= MOST
        }
        self.shapes = scene.shapes
        middle = shapely.get_coordinates(shapely.centroid(scene.shapes))
        self.share = middle / SIDE
        self.area = shapely.area(scene.shapes) * 0.25
        box = shapely.bounds(scene.shapes)
        self.cut = (box[:, :2] <= 1).any(axis=1) | (box[:, 2:] >= SIDE - 1).any(axis=1)

    def some(self) -> tuple[str, str, np.ndarray]:
        names = sorted(self.members)
        odds = np.array([len(self.members[name]) ** -0.5 for name in names])
        category = self.rng.choice(names, p=odds / odds.sum())
        one, many = NOUNS[category]
        return one, many, self.members[category]

    def ask_size(self) -> Made:
        one, many, rows = self.some()
        largest = bool(self.rng.integers(2))
        word = "largest" if largest else "smallest"
        key = -self.area[rows] if largest else self.area[rows]
        rank, number = int(self.rng.integers(4)), int(self.rng.choice([1, 1, 2, 3]))
        if number > 1:
            text = f"the {NUMBERS[number]} {word} {many}"
            return self._run(text, rows, key, 0, number, ratio=1.04)
        text = f"the {ORDINALS[rank]}{word} {one}"
        return self._run(text, rows, key, rank, 1, ratio=1.04)

    def ask_extreme(self) -> Made:
        one, many, rows = self.some()
        word, axis, sign = [
            ("leftmost", 0, 1), ("rightmost", 0, -1), ("uppermost", 1, 1),
            ("northernmost", 1, 1), ("southernmost", 1, -1), ("easternmost", 0, -1),
            ("westernmost", 0, 1), ("lowest", 1, -1),
        ][self.rng.integers(8)]  # fmt: skip
        number = int(self.rng.choice([1, 1, 3]))
        text = f"the {word} {one}" if number == 1 else f"the three {word} {many}"
        return self._run(text, rows, sign * self.share[rows, axis], 0, number)

    def ask_order(self) -> Made:
        one, _, rows = self.some()
        sides = [
            *(("left", 0, 1), ("right", 0, -1), ("top", 1, 1)),
            *(("north", 1, 1), ("east", 0, -1)),
        ]
        word, axis, sign = sides[self.rng.integers(5)]
        rank = int(self.rng.integers(1, 4))
        text = f"the {ORDINALS[rank]}{one} from the {word}"
        return self._run(text, rows, sign * self.share[rows, axis], rank, 1)

    def ask_place(self) -> Made:
        _, many, rows = self.some()
        word, axis, low = [
            ("left half", 0, True), ("right half", 0, False), ("upper half", 1, True),
            ("northern half", 1, True), ("southern half", 1, False),
            ("eastern half", 0, False),
        ][self.rng.integers(6)]  # fmt: skip
        share = self.share[rows, axis]
        if (np.abs(share - 0.5) < 0.004).any():
            return None
        return f"{many} in the {word} of the scene", rows[(share < 0.5) == low].tolist()

    def ask_quadrant(self) -> Made:
        _, many, rows = self.some()
        word, west, north = [
            ("north-west", True, True), ("north-east", False, True),
            ("south-west", True, False), ("south-east", False, False),
        ][self.rng.integers(4)]  # fmt: skip
        share = self.share[rows]
        if (np.abs(share - 0.5) < 0.004).any():
            return None
        inside = ((share[:, 0] < 0.5) == west) & ((share[:, 1] < 0.5) == north)
        return f"all {many} in the {word} quarter", rows[inside].tolist()

    def ask_limit(self) -> Made:
        _, many, rows = self.some()
        areas = np.sort(self.area[rows])
        place = int(self.rng.integers(1, len(rows)))
        limit = round(float(areas[place - 1] + areas[place]) / 2)
        if not limit or (np.abs(areas / limit - 1) < 0.01).any():
            return None
        larger = bool(self.rng.integers(2))
        text = f"{many} {'larger' if larger else 'smaller'} than {limit:g} m2"
        return text, rows[(self.area[rows] > limit) == larger].tolist()

    def ask_within(self) -> Made:
        _, many, rows = self.some()
        _, others, anchors = self.some()
        if others == many:
            return None
        limit = int(self.rng.choice([20, 50, 100, 200]))
        away = self._away(rows, anchors)
        if (np.abs(away - limit) < 0.1 * limit).any():
            return None
        far = self.rng.integers(3) == 0
        text = f"{many} {'more than' if far else 'within'} {limit} m "
        text += f"{'away from' if far else 'of'} the {others}"
        return text, rows[(away > limit) == far].tolist()

    def ask_near(self) -> Made:
        _, many, rows = self.some()
        _, others, anchors = self.some()
        if others == many:
            return None
        away, size = self._away(rows, anchors), np.sqrt(self.area[rows])
        if ((away > size) & (away < 3 * size)).any():
            return None
        negated = self.rng.integers(2) == 0
        text = f"{many} {'not ' if negated else ''}near the {others}"
        return text, rows[(away <= size) != negated].tolist()

    def ask_closest(self) -> Made:
        one, _, rows = self.some()
        other, _, anchors = self.some()
        if one == other:
            return None
        largest = self._run("", anchors, -self.area[anchors], 0, 1, ratio=1.04)
        if largest is None:
            return None
        away = self._away(rows, np.array(largest[1]))
        closest = bool(self.rng.integers(2))
        text = f"the {one} {'closest to' if closest else 'farthest from'} "
        text += f"the largest {other}"
        return self._run(text, rows, away if closest else -away, 0, 1, gap=5.0)

    def ask_neighbour(self) -> Made:
        one, _, rows = self.some()
        largest = self._run("", rows, -self.area[rows], 0, 1, ratio=1.04)
        if largest is None:
            return None
        rest = rows[rows != largest[1][0]]
        away = self._away(rest, np.array(largest[1]))
        text = f"the {one} nearest to the largest {one}"
        return self._run(text, rest, away, 0, 1, gap=5.0)

    def ask_beside(self) -> Made:
        against = self._many_and_largest()
        if against is None:
            return None
        many, rows, other, largest = against
        word, axis, sign = [("north of", 1, -1), ("left of", 0, -1), ("below", 1, 1),
                            ("east of", 0, 1)][self.rng.integers(4)]  # fmt: skip
        step = self.share[rows] - self.share[largest]
        ahead, aside = sign * step[:, axis], np.abs(step[:, 1 - axis])
        angle = np.degrees(np.arctan2(aside, ahead))
        near = np.hypot(*step.T) < 0.01
        if (np.abs(angle - 45) < 3).any() or near.any():
            return None
        return f"{many} {word} the largest {other}", rows[angle < 45].tolist()

    def ask_except(self) -> Made:
        _, many, rows = self.some()
        kind = self.rng.integers(2)
        made = (
            self._run("", rows, -self.area[rows], 0, 1, ratio=1.04)
            if kind
            else (self._run("", rows, self.share[rows, 1], 0, 1))
        )
        if made is None:
            return None
        word = "largest" if kind else "northernmost"
        rest = rows[rows != made[1][0]]
        return f"all {many} except the {word} one", rest.tolist()

    def ask_nested(self) -> Made:
        one, _, rows = self.some()
        word, axis, low = [("left half", 0, True), ("eastern half", 0, False),
                           ("upper half", 1, True)][self.rng.integers(3)]  # fmt: skip
        share = self.share[rows, axis]
        if (np.abs(share - 0.5) < 0.004).any():
            return None
        inner = rows[(share < 0.5) == low]
        text = f"the largest {one} in the {word} of the scene"
        return self._run(text, inner, -self.area[inner], 0, 1, ratio=1.04)

    def ask_inside(self) -> Made:
        if "parking_lot" not in self.members:
            return None
        _, many, rows = self.some()
        lots = self.members["parking_lot"]
        if many == "parking lots":
            return None
        ground = shapely.union_all(self.shapes[lots])
        part = shapely.area(shapely.intersection(self.shapes[rows], ground))
        part = part / shapely.area(self.shapes[rows])
        if ((part > 0.05) & (part < 0.95)).any() or not (part > 0.5).any():
            return None
        return f"{many} inside the parking lots", rows[part > 0.5].tolist()

    def ask_both(self) -> Made:
        """Two kinds at once."""
        one, _, rows = self.some()
        other, _, more = self.some()
        if one == other:
            return None
        first = self._run("", rows, -self.area[rows], 0, 1, ratio=1.04)
        second = self._run("", more, -self.area[more], 0, 1, ratio=1.04)
        if first is None or second is None:
            return None
        text = f"the largest {one} and the largest {other}"
        return text, [*first[1], *second[1]]

    def ask_edge(self) -> Made:
        _, many, rows = self.some()
        word, place = [("left", 0), ("top", 1), ("right", 2), ("bottom", 3)][
            self.rng.integers(4)
        ]
        box = shapely.bounds(self.shapes[rows])
        gap = SIDE - box[:, place] if place > 1 else box[:, place]
        if ((gap > 0.5) & (gap < 10)).any() or not (gap <= 0.5).any():
            return None
        text = f"{many} cut off by the {word} edge of the scene"
        return text, rows[gap <= 0.5].tolist()

    def ask_compared(self) -> Made:
        against = self._many_and_largest()
        if against is None:
            return None
        many, rows, other, largest = against
        ratio = self.area[rows] / self.area[largest]
        if (np.abs(np.log(ratio)) < 0.05).any():
            return None
        larger = bool(self.rng.integers(2))
        text = f"{many} {'larger' if larger else 'smaller'} than the largest {other}"
        return text, rows[(ratio > 1) == larger].tolist()

    def ask_counted(self) -> Made:
        _, many, rows = self.some()
        word, axis, low = [("left", 0, True), ("right", 0, False), ("top", 1, True),
                           ("bottom", 1, False)][self.rng.integers(4)]  # fmt: skip
        share = self.share[rows, axis]
        share = share if low else 1 - share
        quarter = rows[share < 0.25]
        if len(quarter) not in NUMBERS or (np.abs(share - 0.25) < 0.02).any():
            return None
        text = f"the {NUMBERS[len(quarter)]} {many} in the {word} quarter of the scene"
        return text, quarter.tolist()

    def ask_isolated(self) -> Made:
        one, _, rows = self.some()
        if len(rows) > 300:
            return None
        away = np.array([self._away(rows[[i]], np.delete(rows, i))[0]
                         for i in range(len(rows))])  # fmt: skip
        usual = max(np.median(away), np.median(np.sqrt(self.area[rows])))
        order = np.argsort(-away)
        if away[order[0]] < 9 * usual or away[order[1]] > 1.2 * usual:
            return None
        return f"the isolated {one}", [int(rows[order[0]])]

    def ask_holding(self) -> Made:
        one, many, rows = self.some()
        other, _, anchors = self.some()
        if one == other or len(rows) > 300:
            return None
        part = shapely.area(
            shapely.intersection(self.shapes[rows][:, None], self.shapes[anchors])
        ) / shapely.area(self.shapes[anchors])
        if ((part > 0.05) & (part < 0.95)).any() or not (part > 0.5).any():
            return None
        return f"{many} with a {other} on it", rows[(part > 0.5).any(axis=1)].tolist()

    def ask_between(self) -> Made:
        """Between the two largest of another kind, where nothing stands askew."""
        _, many, rows = self.some()
        other, others, anchors = self.some()
        two = self._run("", anchors, -self.area[anchors], 0, 2, ratio=1.04)
        if other in many or two is None:
            return None
        middle = shapely.points(self.share[rows] * SIDE)
        lines = shapely.shortest_line(middle[:, None], self.shapes[np.array(two[1])])
        ends = shapely.get_coordinates(lines).reshape(len(rows), 2, 2, 2)
        way = ends[:, :, 1] - ends[:, :, 0]
        length = np.maximum(np.hypot(way[..., 0], way[..., 1]), 1e-9)
        cosine = (way[:, 0] * way[:, 1]).sum(axis=1) / length.prod(axis=1)
        if (length < 3).any() or (np.abs(cosine + 0.5) < 0.1).any():
            return None
        return f"{many} between the two largest {others}", rows[cosine < -0.5].tolist()

    def ask_big(self) -> Made:
        """The big ones of two plain sizes."""
        _, many, rows = self.some()
        areas = np.sort(np.log(self.area[rows]))
        steps = np.diff(areas)
        split = int(np.argmax(steps)) + 1
        tight = max(np.ptp(areas[:split]), np.ptp(areas[split:]))
        few = min(split, len(rows) - split) < 0.15 * len(rows)
        if few or steps[split - 1] < 0.5 or tight > steps[split - 1]:
            return None
        big = bool(self.rng.integers(2))
        limit = (areas[split - 1] + areas[split]) / 2
        chosen = rows[(np.log(self.area[rows]) > limit) == big]
        return f"the {'big' if big else 'small'} {many}", chosen.tolist()

    def ask_cluster(self) -> Made:
        """The cluster of most ground, where gaps are plainly small or wide."""
        _, many, rows = self.some()
        if len(rows) > 300:
            return None
        each = self.shapes[rows]
        gap = 0.5 * shapely.distance(each[:, None], each[None])
        usual = np.median(np.sqrt(self.area[rows]))
        if ((gap > 1.0 * usual) & (gap < 1.5 * usual)).any():
            return None
        joined = gap <= 1.2 * usual
        while (more := joined @ joined)[~joined].any():
            joined = more
        first = joined.argmax(axis=1)
        groups = [rows[first == one] for one in np.unique(first)]
        groups = [group for group in groups if len(group) > 1]
        if len(groups) < 2:
            return None
        area = np.sort([self.area[group].sum() for group in groups])
        if area[-1] < 1.1 * area[-2]:
            return None
        best = max(groups, key=lambda group: self.area[group].sum())
        return f"the largest cluster of {many}", best.tolist()

    def _many_and_largest(self) -> tuple[str, np.ndarray, str, int] | None:
        """Things of one class and their rows; another class and its largest one."""
        _, many, rows = self.some()
        other, _, anchors = self.some()
        if other in many:
            return None
        largest = self._run("", anchors, -self.area[anchors], 0, 1, ratio=1.04)
        return None if largest is None else (many, rows, other, largest[1][0])

    def _run(
        self,
        text: str,
        rows: np.ndarray,
        key: np.ndarray,
        rank: int,
        number: int,
        *,
        ratio: float | None = None,
        gap: float = 0.002,
    ) -> Made:
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
        if self.cut[rows[chosen]].any():
            return None
        return text, rows[chosen].tolist()

    def _away(self, rows: np.ndarray, anchors: np.ndarray) -> np.ndarray:
        """Metres to the nearest anchor; all pairs."""
        each = self.shapes[rows][:, None]
        return 0.5 * shapely.distance(each, self.shapes[anchors][None]).min(axis=1)
