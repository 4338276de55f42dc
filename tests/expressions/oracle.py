"""An independent resolver of nodes on rasterised masks, without margins.

Fuzzy words have several honest readings ("on the left" is the left third to one
person, the left half to another). `targets` takes the reading as an argument; an
unambiguous expression means the same objects in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from affine import Affine
from rasterio.features import rasterize
from shapely.geometry import box

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.language import nodes as n

READINGS = ("narrow", "wide")
SCALE = 3
BEYOND = 60


@dataclass(frozen=True, eq=False)
class RasterObject:
    """One object as pixels of the frame, in layout coordinates."""

    number: int
    category: str
    attributes: dict[str, str]
    points: np.ndarray
    whole: int
    """Sub-pixels of the whole object, those beyond the frame included."""

    @cached_property
    def centre(self) -> np.ndarray:
        return self.points.mean(axis=0)

    @cached_property
    def low(self) -> np.ndarray:
        return self.points.min(axis=0)

    @cached_property
    def high(self) -> np.ndarray:
        return self.points.max(axis=0)

    @cached_property
    def side(self) -> float:
        return float(np.sqrt(len(self.points)) / SCALE)


class Oracle:
    """Resolves nodes over one layout by the masks of its objects."""

    def __init__(self, layout: Layout) -> None:
        self.width, self.height = layout.width, layout.height
        self.objects: list[RasterObject] = []
        self._gaps: dict[tuple[int, int], float] = {}
        shape = (
            (self.height + 2 * BEYOND) * SCALE,
            (self.width + 2 * BEYOND) * SCALE,
        )
        frame = box(0, 0, self.width, self.height)
        for number, thing in enumerate(layout.objects):
            mask = _raster(thing.polygon, shape, all_touched=False)
            points = _points(mask)
            inside = points[self._in_frame(points)]
            if not len(inside):
                # A sliver may lie between the centres of the pixels.
                inside = _points(_raster(thing.polygon, shape, all_touched=True))
                inside = inside[self._in_frame(inside)]
            if len(inside) and thing.polygon.intersection(frame).area:
                self.objects.append(
                    RasterObject(
                        number,
                        thing.category,
                        dict(thing.attributes),
                        inside,
                        len(points),
                    )
                )

    def _in_frame(self, points: np.ndarray) -> np.ndarray:
        return ((points >= 0) & (points < (self.width, self.height))).all(axis=1)

    def targets(self, node: n.Node, reading: str) -> set[int]:
        return {one.number for one in self._find(node, reading)}

    def _find(self, node: n.Node, reading: str) -> list[RasterObject]:
        wide = reading == "wide"
        if isinstance(node, n.Find):
            (category,) = node.categories
            return [one for one in self.objects if one.category == category]
        among = self._find(node.of, reading)
        match node:
            case n.InPlace(place=place, extent=extent):
                return [one for one in among if self._is_in(one, place, extent, wide)]
            case n.AtEdge(side=side):
                return [one for one in among if self._touches(one, side, wide)]
            case n.With(key=key, value=value):
                return [one for one in among if one.attributes.get(key) == value]
            case n.Shaped(shape=shape):
                return [one for one in among if _is_shaped(one, shape, wide)]
            case n.Extreme(side=side, rank=rank, count=count):
                return _run(among, lambda one: _order(one, side, wide), rank, count)
            case n.Sized(order=order, rank=rank, count=count):
                sign = 1 if order == "smallest" else -1
                return _run(
                    among,
                    lambda one: sign * (one.whole if wide else len(one.points)),
                    rank,
                    count,
                )
            case n.SizeClass(kind=kind):
                sizes = np.array([len(one.points) for one in among])
                split = np.sqrt(sizes.min() * sizes.max()) if wide else _break(sizes)
                return [
                    one
                    for one, size in zip(among, sizes, strict=True)
                    if (size > split) == (kind == "big")
                ]
            case n.Grouped(form=form, count=count):
                return self._group(among, form, count, wide)
            case n.Isolated():
                return [max(among, key=lambda one: self._nearest(one, among))]
            case n.Except(without=without):
                excluded = self._find(without, reading)
                return [one for one in among if one not in excluded]
        return self._related(node, among, reading)

    def _related(
        self, node: n.Node, among: list[RasterObject], reading: str
    ) -> list[RasterObject]:
        wide = reading == "wide"
        if isinstance(node, n.Between):
            (first,) = self._find(node.first, reading)
            (second,) = self._find(node.second, reading)
            return [
                one
                for one in among
                if one not in (first, second)
                and _detour(one, first, second) < (1.18 if wide else 1.07)
            ]
        anchors = self._find(node.anchor, reading)
        among = [one for one in among if one not in anchors]
        if isinstance(node, n.Near):
            return [
                one for one in among if any(self._near(one, a, wide) for a in anchors)
            ]
        if isinstance(node, n.Beside):
            if not anchors:
                return []
            (anchor,) = anchors
            return [one for one in among if _is_beside(one, anchor, node.side, wide)]
        assert isinstance(node, n.Distant)
        sign = 1 if node.order == "closest" else -1
        if wide:
            far = [min(_apart(one, a) for a in anchors) for one in among]
        else:
            far = [min(self._gap(one, a) for a in anchors) for one in among]
        return [among[int(np.argmin(sign * np.array(far)))]]

    def _is_in(self, one: RasterObject, place: str, extent: str, wide: bool) -> bool:
        x, y = one.centre / (self.width, self.height)
        words = place.split()
        if extent == "half":
            reach = 0.5
        elif extent == "corner":
            reach = 0.38 if wide else 0.28
        else:
            reach = 0.48 if wide else 0.345
        middle = 0.28 if wide else 0.105
        named = {
            "left": x < reach,
            "right": x > 1 - reach,
            "top": y < reach,
            "bottom": y > 1 - reach,
        }
        fits = all(named[word] for word in words if word in named)
        if place == "centre":
            return abs(x - 0.5) < 0.2 and abs(y - 0.5) < 0.2
        if "middle" in words:
            return fits and abs(y - 0.5) < (0.2 if wide else middle)
        if "centre" in words:
            return fits and abs(x - 0.5) < (0.2 if wide else middle)
        return fits

    def _touches(self, one: RasterObject, side: str, wide: bool) -> bool:
        near = 2.0 if wide else 1.0
        return {
            "left": one.low[0] < near,
            "top": one.low[1] < near,
            "right": one.high[0] > self.width - near,
            "bottom": one.high[1] > self.height - near,
        }[side]

    def _gap(self, one: RasterObject, other: RasterObject) -> float:
        key = (min(one.number, other.number), max(one.number, other.number))
        if key not in self._gaps:
            edge, facing = _outline(one.points), _outline(other.points)
            apart = edge[:, None] - facing[None]
            self._gaps[key] = float(np.sqrt((apart**2).sum(axis=2).min()))
        return self._gaps[key]

    def _near(self, one: RasterObject, anchor: RasterObject, wide: bool) -> bool:
        reach = min(one.side, 0.06 * max(self.width, self.height))
        return self._gap(one, anchor) < (2.5 * reach if wide else 1.3 * reach + 1)

    def _nearest(self, one: RasterObject, among: list[RasterObject]) -> float:
        return min(self._gap(one, other) for other in among if other is not one)

    def _group(
        self, among: list[RasterObject], form: str, count: int, wide: bool
    ) -> list[RasterObject]:
        """The only connected component of `count` objects."""
        usual = float(np.median([one.side for one in among]))
        reach = 2.3 * usual if wide else 1.3 * usual + 1
        rest, components = list(among), []
        while rest:
            group, stack = [], [rest.pop()]
            while stack:
                one = stack.pop()
                group.append(one)
                near = [other for other in rest if self._gap(one, other) < reach]
                rest = [other for other in rest if other not in near]
                stack += near
            components.append(group)
        fitting = [group for group in components if len(group) == count]
        assert len(fitting) == 1, f"{len(fitting)} groups of {count}"
        spread = np.ptp([one.centre for one in fitting[0]], axis=0)
        if form == "row":
            assert spread[0] > 2 * spread[1]
        if form == "column":
            assert spread[1] > 2 * spread[0]
        return fitting[0]


def _raster(polygon, shape: tuple[int, int], *, all_touched: bool) -> np.ndarray:
    to_layout = Affine(1 / SCALE, 0, -BEYOND, 0, 1 / SCALE, -BEYOND)
    return rasterize(
        [polygon], out_shape=shape, transform=to_layout, all_touched=all_touched
    )


def _points(mask: np.ndarray) -> np.ndarray:
    rows, cols = np.nonzero(mask)
    return np.stack([cols + 0.5, rows + 0.5], axis=1) / SCALE - BEYOND


def _run(among, key, rank, count):
    return sorted(among, key=key)[rank - 1 : rank - 1 + count]


def _order(one: RasterObject, side: str, wide: bool) -> float:
    axis = 0 if side in ("left", "right") else 1
    if side in ("left", "top"):
        return one.centre[axis] if wide else one.low[axis]
    return -(one.centre[axis] if wide else one.high[axis])


def _break(sizes: np.ndarray) -> float:
    """The split of two classes with the least variance of log size inside them."""
    logs = np.sort(np.log(sizes))
    costs = [
        logs[:cut].var() * cut + logs[cut:].var() * (len(logs) - cut)
        for cut in range(1, len(logs))
    ]
    cut = int(np.argmin(costs)) + 1
    return float(np.exp((logs[cut - 1] + logs[cut]) / 2))


def _is_shaped(one: RasterObject, shape: str, wide: bool) -> bool:
    long, short, angle, fill = _tight_box(one.points)
    ratio = long / short
    if shape == "elongated":
        return ratio > (2.2 if wide else 2.7)
    if shape == "round":
        offset = np.hypot(*(one.points - one.centre).T)
        radius = one.side / np.sqrt(np.pi)
        inside = float((offset <= radius).mean())
        overlap = inside / (2 - inside)
        return overlap > (0.855 if wide else 0.89)
    if shape == "square":
        return ratio < (1.28 if wide else 1.17) and fill > (0.8 if wide else 0.88)
    turn = min(angle, 180 - angle)
    if shape == "vertical":
        turn = 90 - turn
    return ratio > 1.5 and turn < (32 if wide else 18)


def _tight_box(points: np.ndarray) -> tuple[float, float, float, float]:
    """Length, width, direction in degrees and fill of the tightest turned box."""
    best = None
    edge = _outline(points)
    for angle in range(0, 180, 2):
        turn = np.radians(angle)
        axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        # The mask extends half a sub-pixel beyond each outermost point.
        long, short = np.ptp(edge @ axes.T, axis=0) + 1 / SCALE
        if long >= short and (best is None or long * short < best[0] * best[1]):
            best = (long, short, float(angle))
    long, short, angle = best
    return long, short, angle, len(points) / SCALE**2 / (long * short)


def _outline(points: np.ndarray) -> np.ndarray:
    """First and last point of every row and column of pixels."""
    kept = []
    for axis in (0, 1):
        order = np.lexsort((points[:, 1 - axis], points[:, axis]))
        line = points[order, axis]
        new = np.flatnonzero(np.diff(line) > 1e-9)
        kept += [points[order[[0]]], points[order[new + 1]]]
        kept += [points[order[new]], points[order[[-1]]]]
    return np.concatenate(kept)


def _apart(one: RasterObject, other: RasterObject) -> float:
    return float(np.hypot(*(one.centre - other.centre)))


def _detour(one: RasterObject, first: RasterObject, second: RasterObject) -> float:
    return (_apart(one, first) + _apart(one, second)) / _apart(first, second)


def _is_beside(one: RasterObject, anchor: RasterObject, side: str, wide: bool) -> bool:
    if " " in side:
        return all(_is_beside(one, anchor, part, wide=True) for part in side.split())
    axis = 0 if side in ("left", "right") else 1
    sign = -1 if side in ("left", "top") else 1
    along = sign * (one.centre - anchor.centre)[axis]
    if wide:
        return along > 0
    # Its near side must lie beyond the anchor's centre.
    nearer = one.low[axis] if sign > 0 else -one.high[axis]
    centre = sign * anchor.centre[axis]
    return along > 0 and nearer > centre - 0.5
