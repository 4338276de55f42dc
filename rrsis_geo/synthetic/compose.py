"""A seed to pixels and labels: scenes at once, or any window of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import STRtree, box
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from rrsis_geo.labels import LabelledObject, Layout
from rrsis_geo.synthetic.canvas import RAISED, Canvas, Thing, View
from rrsis_geo.synthetic.palette import colour_name
from rrsis_geo.synthetic.sensor import BLOCK, Sensor, expose, make_sensor, seen
from rrsis_geo.synthetic.world import World

CLASSES = frozenset(
    (
        "airplane",
        "baseball_diamond",
        "basketball_court",
        "bridge",
        "building",
        "field",
        "ground_track_field",
        "harbor",
        "lake",
        "parking_lot",
        "river",
        "road",
        "ship",
        "storage_tank",
        "swimming_pool",
        "tennis_court",
        "tree",
        "vehicle",
    )
)
"""Every class that is drawn; all instances are labelled."""

SLIVER = 4.0
"""Square pixels: less than this of an object at the frame is not labelled."""


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawnScene:
    """A drawn image and what is in it."""

    pixels: NDArray[np.uint8]
    """(3, H, W) RGB."""
    layout: Layout
    theme: str


def draw_scene(
    seed: int,
    *,
    width: int = 512,
    height: int = 512,
    gsd: float = 0.5,
    theme: str | None = None,
) -> DrawnScene:
    """Draw a plausible overhead scene with exact labels.

    Args:
        seed: the same seed and options give the same scene, bit for bit.
        width: pixels.
        height: pixels.
        gsd: metres per pixel; objects shorter than 4 pixels are left out.
        theme: a key of `THEMES`; drawn by the seed where None.

    Raises:
        OptionError: a size or the theme is out of range.
    """
    world = World(seed, width=width, height=height, gsd=gsd, theme=theme)
    sensor = make_sensor(np.random.default_rng([seed, 3]))
    pixels = render(world, sensor, View(left=0, top=0, width=width, height=height))
    return DrawnScene(
        pixels=pixels, layout=label(world, sensor), theme=world.theme_name
    )


def render(world: World, sensor: Sensor, view: View) -> NDArray[np.uint8]:
    """(3, H, W) levels of one window; the same pixels whatever the window."""
    left, top = (view.left // BLOCK - 1) * BLOCK, (view.top // BLOCK - 1) * BLOCK
    right = -(-(view.left + view.width) // BLOCK) * BLOCK + BLOCK
    bottom = -(-(view.top + view.height) // BLOCK) * BLOCK + BLOCK
    wide = View(left=left, top=top, width=right - left, height=bottom - top)
    image = expose(paint(world, wide).image(), wide, sensor=sensor, seed=world.seed)
    rows = slice(view.top - top, view.top - top + view.height)
    columns = slice(view.left - left, view.left - left + view.width)
    return np.ascontiguousarray(image[rows, columns].transpose(2, 0, 1))


def paint(world: World, view: View) -> Canvas:
    """The drawn light of one window, before air and camera."""
    canvas = Canvas(view, seed=world.seed, gsd=world.gsd, base=world.style.grass)
    things = [thing for thing in world.things(view) if _near(thing, view)]
    for thing in things:
        if thing.layer < RAISED:
            if thing.shadow:
                canvas.shade([thing], toward=world.style.toward)
            _draw(canvas, thing)
    raised = [thing for thing in things if thing.layer >= RAISED]
    canvas.shade([t for t in raised if t.shadow], toward=world.style.toward)
    for thing in raised:
        _draw(canvas, thing)
    return canvas


def label(world: World, sensor: Sensor) -> Layout:
    """All labels of a scene, cut at its frame."""
    view = View(left=0, top=0, width=world.width, height=world.height)
    things = [thing for thing in world.things(view) if thing.category]
    return Layout(
        width=world.width,
        height=world.height,
        objects=tuple(
            visible(things, frame=box(0, 0, world.width, world.height), sensor=sensor)
        ),
        complete=CLASSES,
        gsd=world.gsd,
    )


def visible(
    things: Iterable[Thing], *, frame: Polygon, sensor: Sensor
) -> list[LabelledObject]:
    """Labels of what is seen: in the frame, without what trees and bridges hide."""
    things = list(things)
    shapes = [Polygon(thing.outline) for thing in things]
    rows = [row for row, thing in enumerate(things) if thing.category == "tree"]
    trees = [shapes[row] for row in rows]
    bridges = [
        shape
        for shape, thing in zip(shapes, things, strict=True)
        if thing.category == "bridge"
    ]
    over_ground, over_water = STRtree(trees), STRtree(bridges)
    labels = []
    for row, (thing, shape) in enumerate(zip(things, shapes, strict=True)):
        if not shape.intersects(frame):
            continue
        seen_part: BaseGeometry = shape if shape.is_valid else shape.buffer(0)
        seen_part = seen_part.intersection(frame)
        for number in over_ground.query(seen_part, predicate="intersects"):
            if rows[number] > row:
                seen_part = seen_part.difference(trees[number])
        if thing.category == "river":
            for number in over_water.query(seen_part, predicate="intersects"):
                seen_part = seen_part.difference(bridges[number])
        polygon = _areal(seen_part)
        if polygon is not None and polygon.area >= SLIVER:
            labels.append(
                LabelledObject(
                    category=str(thing.category),
                    polygon=polygon,
                    attributes=_displayed(thing, sensor),
                )
            )
    return labels


def _displayed(thing: Thing, sensor: Sensor) -> dict[str, str]:
    if thing.colour is None:
        return dict(thing.attributes)
    return {"colour": colour_name(seen(thing.colour, sensor)), **thing.attributes}


def _areal(shape: BaseGeometry) -> Polygon | MultiPolygon | None:
    if isinstance(shape, (Polygon, MultiPolygon)):
        return None if shape.is_empty else shape
    parts = [part for part in getattr(shape, "geoms", ()) if isinstance(part, Polygon)]
    return MultiPolygon(parts) if parts else None


def _draw(canvas: Canvas, thing: Thing) -> None:
    for part in (*thing.around, *thing.parts):
        canvas.draw(part)


def _near(thing: Thing, view: View) -> bool:
    low, high = thing.outline.min(axis=0), thing.outline.max(axis=0)
    reach = thing.shadow + 2
    return bool(
        low[0] - reach < view.left + view.width
        and high[0] + reach > view.left
        and low[1] - reach < view.top + view.height
        and high[1] + reach > view.top
    )
