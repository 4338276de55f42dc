"""Drawn scenes: the same whatever the window, and labels that say what is drawn."""

import itertools

import numpy as np
import pytest
from affine import Affine
from rasterio.features import rasterize
from shapely import box

from rrsis_geo.errors import OptionError
from rrsis_geo.synthetic import CLASSES, THEMES, draw_scene
from rrsis_geo.synthetic.canvas import (
    SAMPLES,
    Canvas,
    DrawnObject,
    Paint,
    Part,
    View,
    fill,
)
from rrsis_geo.synthetic.compose import SLIVER, label, render
from rrsis_geo.synthetic.sensor import make_sensor
from rrsis_geo.synthetic.world import World

COLOURS = {
    "red", "white", "blue", "gray", "brown", "green", "beige", "black", "yellow",
    "purple",
}  # fmt: skip


def make_world(theme, seed=4, *, size=220, gsd=0.6):
    return World(seed, width=size, height=size, gsd=gsd, theme=theme)


def camera(seed=4):
    return make_sensor(np.random.default_rng([seed, 3]))


def test_a_seed_is_a_scene():
    first = draw_scene(11, width=90, height=70)
    again = draw_scene(11, width=90, height=70)
    other = draw_scene(12, width=90, height=70)
    assert first.pixels.shape == (3, 70, 90)
    assert first.pixels.dtype == np.uint8
    assert (first.pixels == again.pixels).all()
    assert (first.pixels != other.pixels).mean() > 0.5
    pairs = zip(first.layout.objects, again.layout.objects, strict=True)
    assert all(
        a.polygon == b.polygon and a.attributes == b.attributes for a, b in pairs
    )


@pytest.mark.parametrize("theme", THEMES)
def test_any_window_shows_the_same_pixels(theme):
    seed = 21
    world, sensor = make_world(theme, seed), camera(seed)
    whole = render(world, sensor, View(left=0, top=0, width=220, height=220))
    fresh = make_world(theme, seed)  # plots come in another order, none are remembered
    for left, top, width, height in ((101, 53, 119, 60), (0, 0, 33, 220), (7, 3, 1, 1)):
        view = View(left=left, top=top, width=width, height=height)
        part = render(fresh, sensor, view)
        assert (part == whole[:, top : top + height, left : left + width]).all()


def test_windows_agree_under_a_lossy_camera():
    """A seed whose camera writes JPEG."""
    seed = next(n for n in itertools.count() if camera(n).quality < 80)
    world, sensor = make_world("mixed", seed), camera(seed)
    whole = render(world, sensor, View(left=0, top=0, width=220, height=220))
    part = render(world, sensor, View(left=37, top=90, width=60, height=77))
    assert (part == whole[:, 90:167, 37:97]).all()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("gsd", [0.3, 1.0])
def test_parts_fill_their_outline_and_nothing_else(theme, gsd):
    """What is painted for an object is what its outline says, pixel for pixel."""
    world = make_world(theme, gsd=gsd)
    view = View(left=0, top=0, width=220, height=220)
    seen = 0
    for thing in world.things(view):
        # A harbour is labelled as piers and berths together, water between them.
        if thing.category is None or thing.category == "harbor":
            continue
        painted, inside = drawn(thing.parts, view), drawn([outline(thing)], view)
        beyond = (painted & ~inside).sum()
        assert beyond <= max(0.004 * inside.sum(), 2), thing.category
        assert (inside & ~painted).sum() == 0, thing.category
        seen += 1
    assert seen > 0


def drawn(parts, view):
    mask = np.zeros((view.height * SAMPLES, view.width * SAMPLES), bool)
    for part in parts:
        hit = fill(part.rings, view)
        if hit is not None:
            mask[hit[0]] |= hit[1]
    return mask


def outline(thing):
    return Part(rings=(thing.outline,), paint=Paint(colour=(0.0, 0.0, 0.0)))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("seed", [1, 2])
def test_labels_are_what_can_be_seen(theme, seed):
    """Rasterised by GDAL, the labels of a class are its pixels in an id image."""
    world = make_world(theme, seed)
    layout = label(world, camera(seed))
    view = View(left=0, top=0, width=220, height=220)
    things = [thing for thing in world.things(view) if thing.category]
    for category in {thing.category for thing in things}:
        hiding = {"tree", "bridge"} if category == "river" else {"tree"}
        expected = id_image(world, things, view, category, hiding)
        shapes = [o.polygon for o in layout.objects if o.category == category]
        burned = raster(shapes, view)
        # A label that was dropped has an area below SLIVER, give or take its edge.
        touched = [
            t
            for t in things
            if t.category == category and drawn([outline(t)], view).any()
        ]
        slivers = 1.5 * SLIVER * SAMPLES**2 * (len(touched) - len(shapes))
        wrong = int((burned != expected).sum())
        assert wrong <= 0.001 * expected.sum() + slivers, category


def id_image(world, things, view, category, hiding):
    """Where the topmost of a class and of those that hide it is of the class."""
    canvas = Canvas(view, seed=0, gsd=world.gsd, base=(0.0, 0.0, 0.0))
    for thing in things:
        if thing.category == category or thing.category in hiding:
            value = 200.0 if thing.category == category else 100.0
            flat = Paint(colour=(value, value, value), fine=0, mid=0)
            canvas.draw(Part(rings=(thing.outline,), paint=flat))
    return canvas.rgb[..., 0] == 200


def raster(shapes, view):
    size = (view.height * SAMPLES, view.width * SAMPLES)
    if not shapes:
        return np.zeros(size, bool)
    scale = (1 / SAMPLES, 0, 0, 0, 1 / SAMPLES, 0)
    return rasterize(shapes, out_shape=size, transform=Affine(*scale)).astype(bool)


@pytest.mark.parametrize("theme", THEMES)
def test_labels_are_valid_and_inside_the_frame(theme):
    scene = draw_scene(5, width=300, height=200, gsd=0.7, theme=theme)
    layout = scene.layout
    assert (layout.width, layout.height, layout.gsd) == (300, 200, 0.7)
    assert layout.complete == CLASSES
    assert scene.theme == theme
    frame = box(0, 0, 300, 200).buffer(1e-6)
    for item in layout.objects:
        assert item.category in CLASSES
        assert item.polygon.is_valid
        assert item.polygon.within(frame)
        assert item.attributes.get("colour", "red") in COLOURS


def test_every_class_is_drawn_somewhere():
    found = set()
    for seed, theme in itertools.product(range(3), THEMES):
        if found >= CLASSES:
            break
        world = World(seed, width=500, height=500, gsd=1.0, theme=theme)
        view = View(left=0, top=0, width=500, height=500)
        found |= {thing.category for thing in world.things(view)}
    assert found >= CLASSES


def test_what_would_be_too_small_is_left_out():
    """A lorry of 16 m is shorter than four pixels of 5 m, a hall is not."""
    layout = draw_scene(3, width=200, height=200, gsd=5.0, theme="industrial").layout
    assert not any(item.category == "vehicle" for item in layout.objects)
    assert any(item.category == "building" for item in layout.objects)


@pytest.mark.parametrize(
    "wrong",
    [{"width": 0}, {"gsd": 0.0}, {"gsd": float("nan")}, {"theme": "moon"}],
)
def test_impossible_scenes_are_refused(wrong):
    with pytest.raises(OptionError):
        draw_scene(1, **wrong)


def test_shadows_fall_to_one_side():
    world = make_world("industrial")
    view = View(left=0, top=0, width=60, height=60)
    canvas = Canvas(view, seed=1, gsd=1.0, base=(200.0, 200.0, 200.0))
    ring = np.array([[25.0, 25.0], [35, 25], [35, 35], [25, 35]])
    block = DrawnObject(layer=7, parts=(), outline=ring, shadow=10.0)
    canvas.shade([block, block], toward=(1.0, 0.0))
    dark = canvas.rgb[..., 0] < 150
    rows, columns = np.nonzero(dark)
    assert (rows.min(), rows.max()) == (50, 69)
    assert (columns.min(), columns.max()) == (50, 89)
    assert len(np.unique(canvas.rgb[dark][:, 0])) == 1  # twice covered, once darkened
    assert world.style.toward[0] ** 2 + world.style.toward[1] ** 2 == pytest.approx(1)
