"""Wind turbines and chimneys drawn into pictures."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from rasterio.features import rasterize
from recipe.pasted_towers import (
    CLASSES,
    SIDE,
    Light,
    chimney,
    draw,
    pictures_with_towers,
    turbine,
)

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.datasets.labelled_image import LabelledImage

LIGHT = Light(lean=np.array([0.2, 0.0]), shadow=np.array([0.0, 1.0]), gsd=0.5)


def background(side=600):
    image = LabelledImage(
        name="a.png",
        path=Path("a.png"),
        place="a",
        layout=Layout(width=side, height=side, objects=(), complete=frozenset()),
    )
    image.__dict__["pixels"] = np.full((3, side, side), 128, np.uint8)
    return image


def test_a_tower_leans_one_way_and_its_shadow_another():
    tower = chimney(np.array([100.0, 100.0]), LIGHT, 0.0, np.random.default_rng(1))
    left, top, right, bottom = tower.outline.bounds
    middle = shapely.Point(200, 200)  # the base, in pixels
    assert tower.outline.contains(middle)
    assert right - 200 > 200 - left  # leans to the right
    assert abs((bottom - 200) - (200 - top)) < 1
    assert tower.shadow.bounds[3] - 200 > 200 - tower.shadow.bounds[1]


def test_heights_are_projected():
    points = np.array([[10.0, 20.0, 0.0], [10.0, 20.0, 30.0]])
    assert LIGHT.seen(points).tolist() == [[20, 40], [32, 40]]
    assert LIGHT.cast(points).tolist() == [[20, 40], [20, 100]]


def test_a_turbine_has_three_blades_as_long_as_each_other_in_space():
    light = Light(lean=np.array([0.0, 1.0]), shadow=np.zeros(2), gsd=1.0)
    # across the wind is along x, and height is seen along y: the rotor is not squeezed
    rng = np.random.default_rng(4)
    tower = turbine(np.array([0.0, 0.0]), light, 0.0, rng)
    areas = [shape.area for shape, _ in tower.body[1:4]]
    assert len(areas) == 3
    assert np.ptp(areas) < 0.1 * min(areas)


def test_only_shadow_and_tower_change_the_picture():
    tower = chimney(np.array([100.0, 100.0]), LIGHT, 0.0, np.random.default_rng(2))
    before = np.full((3, SIDE, SIDE), 128, np.uint8)
    after = draw(before, [tower], np.random.default_rng(0))
    touched = rasterize(
        [tower.outline.buffer(1.5), tower.shadow.buffer(1.5)], (SIDE, SIDE)
    )
    assert (after[:, touched == 0] == 128).all()
    dark = rasterize([tower.shadow.difference(tower.outline).buffer(-1)], (SIDE, SIDE))
    assert after[:, dark > 0].max() < 100


def test_pictures_are_labelled_and_repeat():
    pictures = pictures_with_towers([background(), background(300)], 6, seed=3)
    again = pictures_with_towers([background(), background(300)], 6, seed=3)
    for one, other in zip(pictures, again, strict=True):
        assert one.pixels.shape == (3, SIDE, SIDE)
        assert np.array_equal(one.pixels, other.pixels)
        assert one.layout.complete == CLASSES
        for thing in one.layout.objects:
            assert thing.category in CLASSES
            assert thing.polygon.is_valid
            assert shapely.box(0, 0, SIDE, SIDE).covers(thing.polygon)
    kinds = {o.category for one in pictures for o in one.layout.objects}
    assert kinds == CLASSES


@pytest.mark.parametrize("build", [turbine, chimney])
def test_labels_hold_no_shadow(build):
    straight = Light(lean=np.zeros(2), shadow=np.array([3.0, 0.0]), gsd=0.5)
    tower = build(np.array([100.0, 100.0]), straight, 1.0, np.random.default_rng(5))
    assert tower.outline.bounds[2] < tower.shadow.bounds[2]
