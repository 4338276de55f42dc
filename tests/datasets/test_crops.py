"""Pixels and labels of a crop stay aligned, however it is cut, scaled or rotated."""

import numpy as np
import pytest
import shapely
from shapely.geometry import box

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.transforms.crops import (
    Crop,
    crop_layout,
    crop_pixels,
    draw_mask,
)

WIDTH, HEIGHT = 60, 40


def painted(*boxes):
    """A layout and an image whose first channel is bright on its objects."""
    objects = tuple(
        LabelledObject(category="building", polygon=box(*corners)) for corners in boxes
    )
    layout = Layout(
        width=WIDTH, height=HEIGHT, objects=objects, complete=frozenset({"building"})
    )
    pixels = np.zeros((3, HEIGHT, WIDTH), np.uint8)
    pixels[0] = draw_mask(layout, tuple(range(len(objects)))) * 255
    pixels[1] = 100
    return layout, pixels


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize(
    "frame", [(0, 0, 60, 40), (7, 5, 40, 30), (-10, -4, 80, 50), (30, 20, 60, 60)]
)
@pytest.mark.parametrize("zoom", [1, 3])
def test_masks_follow_the_pixels(mirror, turns, frame, zoom):
    layout, pixels = painted((5, 6, 20, 12), (31, 22, 50, 37), (24, 2, 30, 9))
    left, top, width, height = frame
    crop = Crop(
        left=left,
        top=top,
        width=width,
        height=height,
        size=(width * zoom, height * zoom),
        mirror=mirror,
        turns=turns,
    )

    shown = crop_pixels(pixels, crop)
    cut, kept = crop_layout(layout, crop)

    assert shown.shape == (3, cut.height, cut.width)
    mask = draw_mask(cut, tuple(range(len(kept))))
    # Bilinear enlarging blurs one pixel at the outlines; everything else is exact.
    assert np.count_nonzero((shown[0] > 127) != mask) <= 0.01 * mask.size * (zoom > 1)


def test_black_outside_the_image():
    _, pixels = painted()
    shown = crop_pixels(
        pixels, Crop(left=-10, top=0, width=60, height=40, size=(60, 40))
    )
    assert (shown[:, :, :10] == 0).all()
    assert (shown[1, :, 10:] == 100).all()


def test_objects_reach_over_the_edge():
    layout, _ = painted((0, 10, 20, 20), (30, 10, 40, 20), (0, 30, 16.05, 34))
    crop = Crop(left=16, top=0, width=40, height=40, size=(40, 40))
    cut, kept = crop_layout(layout, crop)
    assert kept == (0, 1)  # of the third nothing can be seen
    assert shapely.equals(cut.objects[0].polygon, box(-16, 10, 4, 20))
    assert draw_mask(cut, (0,)).sum() == 40


def test_kept_indices_lead_back():
    layout, _ = painted((0, 0, 8, 8), (30, 10, 40, 20))
    crop = Crop(left=25, top=0, width=20, height=40, size=(20, 40))
    cut, kept = crop_layout(layout, crop)
    assert kept == (1,)
    assert cut.complete == frozenset({"building"})
    assert shapely.equals(cut.objects[0].polygon, box(5, 10, 15, 20))


def test_gsd_follows_the_scale():
    layout = Layout(width=10, height=10, objects=(), complete=frozenset(), gsd=0.5)
    crop = Crop(left=0, top=0, width=10, height=10, size=(5, 5))
    assert crop_layout(layout, crop)[0].gsd == pytest.approx(1.0)
