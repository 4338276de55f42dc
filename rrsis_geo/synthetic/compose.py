"""Draw the pixels and labels of a seed: a whole scene, or any window of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree, box
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.synthetic.canvas import RAISED, Canvas, DrawnObject, View
from rrsis_geo.synthetic.palette import colour_name
from rrsis_geo.synthetic.sensor import BLOCK, Sensor, displayed, expose, make_sensor
from rrsis_geo.synthetic.shapes import Points
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

Shapes = NDArray[np.object_]

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
    things = _near(world.things(view), view)
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
    things: Iterable[DrawnObject], *, frame: Polygon, sensor: Sensor
) -> list[LabelledObject]:
    """Labels of the visible parts: clipped to the frame, less what is hidden."""
    things = list(things)
    rings = [thing.outline for thing in things]
    owners = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    points = np.concatenate(rings) if rings else np.zeros((0, 2))
    outlines = shapely.linearrings(points, indices=owners)
    shapes: Shapes = np.asarray(shapely.polygons(outlines), object)
    kept: Shapes = shapely.make_valid(shapes, method="structure")
    kept = shapely.intersection(kept, frame)
    for row, hider in _hidden(things, shapes, kept):
        kept[row] = kept[row].difference(shapes[hider])
    areas = shapely.area(kept)
    return [
        LabelledObject(
            category=str(things[row].category),
            polygon=_areal(kept[row]),
            attributes=_displayed(things[row], sensor),
        )
        for row in np.nonzero(areas >= SLIVER)[0]
    ]


def _hidden(
    things: Sequence[DrawnObject], shapes: Shapes, kept: Shapes
) -> Iterator[tuple[int, int]]:
    """Pairs of an object and what hides it: later trees, bridges over rivers."""
    for hiding, over in (("tree", None), ("bridge", "river")):
        rows = np.array([n for n, t in enumerate(things) if t.category == hiding], int)
        below, above = STRtree(shapes[rows]).query(kept, predicate="intersects")
        for row, hider in zip(below.tolist(), rows[above].tolist(), strict=True):
            if hider > row and over in (None, things[row].category):
                yield row, hider


def _displayed(thing: DrawnObject, sensor: Sensor) -> dict[str, str]:
    if thing.colour is None:
        return dict(thing.attributes)
    return {"colour": colour_name(displayed(thing.colour, sensor)), **thing.attributes}


def _areal(shape: BaseGeometry) -> Polygon | MultiPolygon:
    """The shape without the lines and points that cutting may leave."""
    if isinstance(shape, Polygon | MultiPolygon):
        return shape
    parts = getattr(shape, "geoms", ())
    return MultiPolygon([part for part in parts if isinstance(part, Polygon)])


def _draw(canvas: Canvas, thing: DrawnObject) -> None:
    for part in (*thing.around, *thing.parts):
        canvas.draw(part)


def _extent(thing: DrawnObject) -> Points:
    rings = [ring for part in thing.around for ring in part.rings]
    return np.concatenate([thing.outline, *rings]) if rings else thing.outline


def _near(things: Sequence[DrawnObject], view: View) -> list[DrawnObject]:
    """Those that reach into a window with themselves or their shadow."""
    rings = [_extent(thing) for thing in things]
    starts = np.cumsum([0, *(len(ring) for ring in rings[:-1])])
    points = np.concatenate(rings)
    reach = np.array([[thing.shadow + 2] for thing in things])
    low = np.minimum.reduceat(points, starts, axis=0) - reach
    high = np.maximum.reduceat(points, starts, axis=0) + reach
    first = np.array([view.left, view.top])
    last = np.array([view.left + view.width, view.top + view.height])
    inside = (low < last) & (high > first)
    return [things[row] for row in np.nonzero(inside.all(axis=1))[0].tolist()]
