"""Wind turbines and chimneys, drawn into real pictures that show none.

No data set at hand outlines them. What makes them out from above is their height: a
tower leans one way, and its shadow, which lies on the ground, is often clearer than the
thing itself. Both are projected from three dimensions: a point z metres above the
ground appears shifted by z times the tangent of the view's angle, its shadow by z times
the cotangent of the sun's elevation. All towers of a picture lean alike; its metres per
pixel are drawn as well. The label is the tower with its blades, without the shadow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.formats.coco import polygons_of
from rrsis_geo.datasets.labelled_image import LabelledImage

SIDE = 512
"""Pixels of a side of the pictures."""

FINER = 3
"""Shapes are drawn so many times finer, for smooth edges."""

CLASSES = frozenset({"wind_turbine", "chimney"})

Vector = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Light:
    """How a picture is seen and lit, in metres on the ground for a metre of height."""

    lean: Vector
    """(2,) x, y that a point appears shifted."""
    shadow: Vector
    """(2,) x, y that its shadow is shifted."""
    gsd: float
    """Metres per pixel."""

    def seen(self, points: Vector) -> Vector:
        """(N, 2) pixels of (N, 3) x, y, z in metres."""
        return (points[:, :2] + points[:, 2:] * self.lean) / self.gsd

    def cast(self, points: Vector) -> Vector:
        """(N, 2) pixels of their shadows."""
        return (points[:, :2] + points[:, 2:] * self.shadow) / self.gsd


@dataclass(frozen=True, kw_only=True, eq=False)
class Tower:
    """What is drawn of one tower, all in pixels."""

    category: str
    shadow: BaseGeometry
    body: tuple[tuple[BaseGeometry, float], ...]
    """Shapes and their brightness in [0, 1], in the order they are drawn."""

    @property
    def outline(self) -> BaseGeometry:
        """All that is drawn but the shadow."""
        return shapely.union_all([shape for shape, _ in self.body])


def pictures_with_towers(
    backgrounds: Sequence[LabelledImage], count: int, *, seed: int
) -> list[LabelledImage]:
    """Return so many pictures with a few turbines or chimneys each.

    Args:
        backgrounds: pictures that show neither, at most a metre per pixel or so.
        count: of the pictures.
        seed: of what is drawn where.
    """
    found: list[LabelledImage] = []
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        image = backgrounds[int(rng.integers(len(backgrounds)))]
        found.append(_picture(image, f"towers-{number}", number % 2 == 0, rng))
    return found


def _picture(
    image: LabelledImage, name: str, turbines: bool, rng: np.random.Generator
) -> LabelledImage:
    pixels = _crop(image.pixels, rng)
    sun, far = rng.uniform(0, 2 * math.pi), math.tan(rng.uniform(0.0, 0.45))
    away = rng.uniform(0, 2 * math.pi)
    light = Light(
        lean=far * np.array([math.cos(away), math.sin(away)]),
        shadow=np.array([math.cos(sun), math.sin(sun)]) * rng.uniform(0.4, 1.6),
        gsd=float(np.exp(rng.uniform(math.log(0.35), math.log(1.6)))),
    )
    build = turbine if turbines else chimney
    wind = rng.uniform(0, 2 * math.pi)
    towers = []
    for _ in range(int(rng.integers(1, 5))):
        place = rng.uniform(0.08, 0.92, 2) * SIDE * light.gsd
        one = build(place, light, wind, rng)
        if not any(one.outline.distance(other.outline) < 8 for other in towers):
            towers.append(one)
    frame = shapely.box(0, 0, SIDE, SIDE)
    objects = tuple(
        LabelledObject(
            category=one.category,
            polygon=polygons_of(shapely.make_valid(one.outline & frame)),
        )
        for one in towers
        if (one.outline & frame).area >= 12
    )
    drawn = LabelledImage(
        name=name,
        path=image.path,
        place=image.place,
        layout=Layout(
            width=SIDE, height=SIDE, objects=objects, complete=CLASSES, gsd=light.gsd
        ),
    )
    drawn.__dict__["pixels"] = draw(pixels, towers, rng)  # cached, there is no file
    return drawn


def turbine(
    place: Vector, light: Light, wind: float, rng: np.random.Generator
) -> Tower:
    """A wind turbine: a tapered tower and three blades, across the wind."""
    height = rng.uniform(50, 110)
    reach = height * rng.uniform(0.4, 0.6)
    across = np.array([math.cos(wind), math.sin(wind), 0.0])
    base = np.array([*place, 0.0])
    hub = base + np.array([0.0, 0.0, height])
    turn = rng.uniform(0, 2 * math.pi)
    tips = [
        hub + reach * (math.cos(a) * across + math.sin(a) * np.array([0.0, 0.0, 1.0]))
        for a in turn + np.arange(3) * 2 * math.pi / 3
    ]
    wide = rng.uniform(3.0, 5.0)
    bright = rng.uniform(0.8, 1.0)

    def shape(project: Callable[[Vector], Vector]) -> list[BaseGeometry]:
        (low, high), ends = project(np.array([base, hub])), project(np.array(tips))
        pixel = 1 / light.gsd
        tower = _tapered(low, high, wide * pixel, 0.6 * wide * pixel)
        blades = [_tapered(high, end, 0.8 * wide * pixel, 0.9) for end in ends]
        return [tower, *blades, Point(high).buffer(0.6 * wide * pixel)]

    return Tower(
        category="wind_turbine",
        shadow=shapely.union_all(shape(light.cast)),
        body=tuple((one, bright) for one in shape(light.seen)),
    )


def chimney(place: Vector, light: Light, _: float, rng: np.random.Generator) -> Tower:
    """A chimney or a cooling tower: a leaning hull with a dark mouth."""
    cools = rng.random() < 0.4
    radius = rng.uniform(25, 50) if cools else rng.uniform(3.0, 9.0)
    height = radius * rng.uniform(2.0, 2.8) if cools else rng.uniform(40, 160)
    top = radius * (rng.uniform(0.6, 0.8) if cools else rng.uniform(0.55, 0.95))
    low = np.column_stack([_circle(place, radius), np.zeros(48)])
    high = np.column_stack([_circle(place, top), np.full(48, height)])
    wall = rng.uniform(0.45, 0.95)
    rim = Polygon(light.seen(high))
    mouth = rim.buffer(-max(0.18 * top / light.gsd, 0.7))
    hull = MultiPoint([*light.seen(low), *light.seen(high)]).convex_hull
    return Tower(
        category="chimney",
        shadow=MultiPoint([*light.cast(low), *light.cast(high)]).convex_hull,
        body=(
            (hull, wall),
            (rim, min(1.12 * wall, 1.0)),
            (mouth, rng.uniform(0.08, 0.35)),
        ),
    )


def draw(
    pixels: NDArray[np.uint8], towers: Sequence[Tower], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return (3, H, W) with the shadows and the towers drawn into it."""
    values = pixels.astype(np.float32)
    depth = rng.uniform(0.35, 0.65)
    tint = rng.uniform(0.94, 1.0, 3)[:, None, None]
    for one in towers:
        values *= 1 - (1 - depth) * _share(one.shadow)
    for one in towers:
        for shape, bright in one.body:
            share = _share(shape)
            grain = rng.normal(0, 4, share.shape)
            values += share * (255 * bright * tint + grain - values)
    return np.clip(values, 0, 255).astype(np.uint8)


def _share(shape: BaseGeometry) -> NDArray[np.float32]:
    """(H, W) share of each pixel that a shape covers."""
    canvas = Image.new("L", (SIDE * FINER, SIDE * FINER))
    brush = ImageDraw.Draw(canvas)
    for part in getattr(shape, "geoms", [shape]):
        if isinstance(part, Polygon) and not part.is_empty:
            ring = [(x * FINER, y * FINER) for x, y in part.exterior.coords]
            brush.polygon(ring, 255)
    small = canvas.resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(small, np.float32) / 255


def _tapered(start: Vector, end: Vector, wide: float, narrow: float) -> BaseGeometry:
    """A strip from one width to another, in pixels; at least 1 and 0.8."""
    wide, narrow = max(wide, 1.0), max(narrow, 0.8)
    if np.hypot(*(end - start)) < 1e-6:
        return Point(start).buffer(wide / 2)
    first = LineString([start, start + 0.02 * (end - start)]).buffer(wide / 2)
    last = LineString([end - 0.02 * (end - start), end]).buffer(narrow / 2)
    return shapely.union_all([first, last]).convex_hull


def _circle(middle: Vector, radius: float) -> Vector:
    angle = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    return middle + radius * np.column_stack([np.cos(angle), np.sin(angle)])


def _crop(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """(3, SIDE, SIDE): a part of a picture, enlarged where it is smaller."""
    _, height, width = pixels.shape
    side = min(height, width, SIDE)
    top, left = rng.integers(height - side + 1), rng.integers(width - side + 1)
    part = pixels[:, top : top + side, left : left + side].transpose(1, 2, 0)
    turned = np.rot90(part, int(rng.integers(4)))
    image = Image.fromarray(np.ascontiguousarray(turned)).resize((SIDE, SIDE))
    return np.asarray(image).transpose(2, 0, 1).copy()
