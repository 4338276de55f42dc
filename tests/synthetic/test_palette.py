"""Colours get the names that people give them."""

import numpy as np
import pytest

from rrsis_geo.synthetic.palette import CARS, ROOFS, TANKS, colour_name, make_style
from rrsis_geo.synthetic.sensor import Sensor, displayed

PLAIN = Sensor(
    blur=0.0, sharpen=0.0, haze=0.0, haze_colour=(0.0, 0.0, 0.0), cast=(1.0, 1.0, 1.0),
    gamma=1.0, contrast=1.0, brightness=0.0, saturation=1.0, noise=0.0, quality=100,
)  # fmt: skip


@pytest.mark.parametrize("table", [ROOFS, CARS, TANKS])
def test_shades_are_called_what_the_tables_call_them(table):
    for name, shades in table.items():
        for shade in shades:
            assert colour_name(shade) == name, shade


def test_an_even_camera_shows_colours_as_they_are():
    for shade in ((0, 0, 0), (255, 255, 255), (17, 128, 200)):
        assert displayed(shade, PLAIN) == pytest.approx(shade, abs=0.3)


def test_slopes_toward_the_sun_are_brighter():
    style = make_style(np.random.default_rng(1), false_colour=False)
    away = np.arctan2(style.toward[1], style.toward[0])
    assert style.light(away + np.pi) > 1 > style.light(away)
