"""Mean colours of outlines: against a plain twin, in any parts, without nodata."""

import numpy as np
import pytest
import shapely
from rasterio.windows import Window
from rectangle_layouts import boxes

from rrsis_geo.matching.mean_colours import mean_colours
from rrsis_geo.types import Patch


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (3, 300, 400), np.uint8)


def patch(pixels, left=0, top=0, width=400, height=300, valid=None):
    part = pixels[:, top : top + height, left : left + width]
    inside = np.ones(part.shape[1:], np.bool_) if valid is None else valid
    return Patch(
        window=Window(left, top, part.shape[2], part.shape[1]),
        pixels=part,
        valid=inside,
    )


def twin(pixels, shape):
    """Of every pixel whose centre lies inside."""
    rows, columns = np.mgrid[0 : pixels.shape[1], 0 : pixels.shape[2]]
    inside = shapely.contains_xy(shape, columns + 0.5, rows + 0.5)
    return pixels[:, inside].mean(axis=1) / 255


def test_they_are_the_means_of_the_pixels_inside(pixels):
    shapes = boxes(np.random.default_rng(1), 1)
    found = mean_colours(np.array(shapes, np.object_), [patch(pixels)])
    np.testing.assert_allclose(found[0], twin(pixels, shapes[0]), atol=2e-3)


def test_an_image_in_parts_has_the_same_colours(pixels):
    shapes = np.array(boxes(np.random.default_rng(2), 9), np.object_)
    parts = [
        patch(pixels, left, top, 130, 110)
        for top in range(0, 300, 110)
        for left in range(0, 400, 130)
    ]
    np.testing.assert_allclose(
        mean_colours(shapes, parts), mean_colours(shapes, [patch(pixels)])
    )


def test_a_pixel_belongs_to_the_smallest_outline(pixels):
    large, small = shapely.box(10, 10, 60, 60), shapely.box(20, 20, 30, 40)
    found = mean_colours(np.array([small, large], np.object_), [patch(pixels)])
    np.testing.assert_allclose(found[0], twin(pixels, small))
    np.testing.assert_allclose(found[1], twin(pixels, large - small))


def test_pixels_without_data_do_not_count(pixels):
    valid = np.ones((300, 400), np.bool_)
    valid[:, :50] = False
    shapes = np.array([shapely.box(40, 10, 60, 20), shapely.box(5, 5, 9, 9)])
    found = mean_colours(shapes, [patch(pixels, valid=valid)])
    np.testing.assert_allclose(found[0], twin(pixels, shapely.box(50, 10, 60, 20)))
    assert np.isnan(found[1]).all()


def test_outlines_outside_and_no_outlines_have_none(pixels):
    far = np.array([shapely.box(900, 900, 950, 950)])
    assert np.isnan(mean_colours(far, [patch(pixels)])).all()
    assert mean_colours(far[:0], [patch(pixels)]).shape == (0, 3)
