"""Boundaries lie exactly where two objects come near, and nowhere else."""

import numpy as np
import shapely

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.transforms.boundaries import (
    BOUNDARY_REACH,
    MIN_AREA,
    draw_boundaries,
)
from rrsis_geo.datasets.transforms.crops import draw_mask


def layout_of(*boxes, side=64):
    return Layout(
        width=side,
        height=side,
        objects=tuple(
            LabelledObject(category="building", polygon=shapely.box(*box))
            for box in boxes
        ),
        complete=frozenset({"building"}),
        gsd=0.5,
    )


def boundaries_by_hand(layout, targets):
    """Every pixel of an object with another object's pixel within reach."""
    masks = [draw_mask(layout, (index,)) for index in targets]
    boundary = np.zeros((layout.height, layout.width), bool)
    for number, one in enumerate(masks):
        for other in masks[:number] + masks[number + 1 :]:
            for row, col in np.argwhere(one):
                rows = slice(max(row - BOUNDARY_REACH, 0), row + BOUNDARY_REACH + 1)
                cols = slice(max(col - BOUNDARY_REACH, 0), col + BOUNDARY_REACH + 1)
                boundary[row, col] |= other[rows, cols].any()
    return boundary


def test_touching_objects_are_separated_as_by_hand():
    rng = np.random.default_rng(0)
    for _ in range(20):
        split, low, high = rng.integers(20, 44, 3)
        layout = layout_of(
            (2, 2, split, 60), (split, 4, 62, low), (split + 1, low + 1, 62, high + 18)
        )
        targets = [
            index
            for index, item in enumerate(layout.objects)
            if item.polygon.area >= MIN_AREA
        ]
        boundary = draw_boundaries(layout, (0, 1, 2))
        np.testing.assert_array_equal(boundary, boundaries_by_hand(layout, targets))
        assert boundary.any()


def test_one_object_and_far_ones_have_no_boundary():
    layout = layout_of((2, 2, 30, 30), (34, 2, 62, 30), (2, 34, 30, 62))
    assert not draw_boundaries(layout, (0,)).any()
    assert not draw_boundaries(layout, (0, 1, 2)).any()
    assert not draw_boundaries(layout, ()).any()


def test_small_objects_keep_all_their_pixels():
    layout = layout_of((2, 2, 12, 12), (12, 2, 22, 12), (22, 2, 60, 60))
    assert not draw_boundaries(layout, (0, 1)).any()
    assert not draw_boundaries(layout, (0, 1, 2)).any()
