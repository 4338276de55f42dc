"""Colours of objects measured from pixels: clear ones, doubtful ones, and none."""

from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import box

from rrsis_geo.chips.object_colours import with_colours
from rrsis_geo.colour.colour_names import NAMES
from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.expressions.attributes import may_be
from rrsis_geo.expressions.categories import find_all
from rrsis_geo.expressions.measurements import measure
from rrsis_geo.expressions.verification import resolve
from rrsis_geo.language.nodes import With

PAINT = {
    "white": (240, 240, 238),
    "grey": (120, 121, 119),
    "black": (20, 22, 21),
    "red": (190, 40, 35),
    "orange": (230, 130, 30),
    "yellow": (230, 205, 40),
    "green": (60, 130, 60),
    "blue": (50, 90, 170),
    "brown": (120, 75, 45),
}


def painted(*colours, ground=(90, 200, 90), attributes=None, size=12):
    """Ships side by side, one of each colour, on a ground of another."""
    pixels = np.empty((3, 40, 30 * len(colours)), np.uint8)
    pixels[:] = np.array(ground, np.uint8)[:, None, None]
    things = []
    for place, colour in enumerate(colours):
        left = 30 * place + 5
        pixels[:, 10 : 10 + size, left : left + size] = np.array(colour)[:, None, None]
        things.append(
            LabelledObject(
                category="ship",
                polygon=box(left, 10, left + size, 10 + size),
                attributes=attributes or {},
            )
        )
    layout = Layout(
        width=pixels.shape[2],
        height=40,
        objects=tuple(things),
        complete=frozenset({"ship"}),
    )
    return pixels, layout


@pytest.mark.parametrize("name", NAMES)
def test_plain_colours_are_named(name):
    (ship,) = with_colours(*painted(PAINT[name])).objects

    assert ship.attributes["colour"] == name
    assert name in ship.attributes["colours"].split()


def test_noise_does_not_change_a_name():
    rng = np.random.default_rng(0)
    pixels, layout = painted(PAINT["blue"])
    noisy = np.clip(pixels + rng.normal(0, 12, pixels.shape), 0, 255).astype(np.uint8)

    assert with_colours(noisy, layout).objects[0].attributes["colour"] == "blue"


def test_a_worn_green_has_no_plain_name_but_may_be_called_green_or_grey():
    (ship,) = with_colours(*painted((105, 122, 104))).objects

    assert "colour" not in ship.attributes
    assert may_be(ship.attributes, "colour", "green")
    assert may_be(ship.attributes, "colour", "grey")
    assert not may_be(ship.attributes, "colour", "red")


def test_what_is_labelled_stays_and_what_is_too_small_has_no_colour():
    pixels, layout = painted(PAINT["red"], attributes={"colour": "pink"})
    assert with_colours(pixels, layout).objects[0].attributes == {"colour": "pink"}

    pixels, layout = painted(PAINT["red"], size=4)
    assert with_colours(pixels, layout).objects[0].attributes == {}


def test_an_object_beyond_the_image_is_left_alone():
    pixels, layout = painted(PAINT["red"])
    away = LabelledObject(category="ship", polygon=box(200, 200, 230, 230))
    beyond = Layout(
        width=layout.width, height=40, objects=(away,), complete=layout.complete
    )
    assert with_colours(pixels, beyond).objects[0].attributes == {}


def test_a_colour_is_doubtful_where_another_may_be_called_so():
    def blue(*colours):
        measured = measure(with_colours(*painted(*colours)))
        found = resolve(measured, With(find_all("ship"), "colour", "blue"))
        return None if found is None else found.tolist()

    assert blue(PAINT["blue"], PAINT["red"], PAINT["white"]) == [0]
    assert blue(PAINT["red"], PAINT["white"]) == []
    assert blue(PAINT["blue"], (95, 105, 125)) is None
