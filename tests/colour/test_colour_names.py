"""Colour names of single pixels."""

import numpy as np
import pytest

from rrsis_geo.colour.colour_names import NAMES, colour_masks, may_have


def test_the_narrow_range_is_part_of_the_wide_range():
    steps = np.arange(0, 256, 15, dtype=np.uint8)
    rgb = np.stack(np.meshgrid(steps, steps, steps))
    for narrow, wide in zip(*colour_masks(rgb), strict=True):
        assert narrow.any()
        assert (wide | ~narrow).all()


@pytest.mark.parametrize(
    ("rgb", "names"),
    [
        ((250, 250, 250), {"white"}),
        ((10, 10, 10), {"black"}),
        ((120, 120, 120), {"grey"}),
        ((200, 30, 30), {"red"}),
        ((40, 80, 200), {"blue"}),
        ((105, 122, 104), {"green", "grey"}),
    ],
)
def test_names_that_a_pixel_may_have(rgb, names):
    pixels = np.array(rgb, np.uint8).reshape(3, 1, 1)
    found = {name for name in NAMES if may_have(pixels, [name]).all()}
    assert found == names
    assert may_have(pixels, sorted(names)).tolist() == [[True]]
