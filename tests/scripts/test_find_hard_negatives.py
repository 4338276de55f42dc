"""Mined mistakes: false positives and missed objects, nothing else."""

import numpy as np
import pytest
from recipe.find_hard_negatives import find_mistakes
from shapely.geometry import Point

from rrsis_geo.datasets.annotations import LabelledObject, Layout

WIDTH, HEIGHT = 900, 700
FOUND, MISSED, WRONG = (100, 80), (430, 300), (820, 640)


def layout(complete=("storage_tank",)):
    tanks = [Point(place).buffer(20) for place in (FOUND, MISSED)]
    return Layout(
        width=WIDTH,
        height=HEIGHT,
        objects=tuple(
            LabelledObject(category="storage_tank", polygon=tank) for tank in tanks
        ),
        complete=frozenset(complete),
    )


def predict_bright(pixels):
    """Predict by brightness: (3, 480, 480) to (1, 480, 480)."""
    return (pixels[:1] > 128).astype(np.float32)


def picture(*places):
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    pixels = np.zeros((3, HEIGHT, WIDTH), np.uint8)
    for x, y in places:
        pixels[:, (columns - x) ** 2 + (rows - y) ** 2 < 400] = 255
    return pixels


@pytest.mark.parametrize("scale", [0.6, 1.0, 1.4])
def test_false_positives_and_missed_objects_are_found(scale):
    found = list(
        find_mistakes(
            picture(FOUND, WRONG),
            layout(),
            ["storage_tank"],
            predict_bright,
            scale=scale,
        )
    )
    assert {category for category, _, _ in found} == {"storage_tank"}
    places = sorted((x, y) for _, x, y in found)
    np.testing.assert_allclose(places, [MISSED, WRONG], atol=3)


def test_a_class_that_is_not_completely_labelled_is_skipped():
    found = find_mistakes(
        picture(WRONG), layout(()), ["storage_tank"], predict_bright, scale=1.0
    )
    assert not list(found)


def test_tiny_regions_are_ignored():
    pixels = picture(FOUND, MISSED)
    pixels[:, 600:603, 600:603] = 255
    found = find_mistakes(pixels, layout(), ["storage_tank"], predict_bright, scale=1.0)
    assert not list(found)
