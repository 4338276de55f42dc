"""Polygons moved to other coordinates keep rings, holes, parts and edges."""

import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon

from rrsis_geo.geodata.bent_edges import move_polygons

HOLE = Polygon(
    shapely.box(0, 0, 10, 10).exterior, [shapely.box(2, 2, 4, 4).exterior.coords]
)
SHAPES = np.array(
    [
        shapely.box(0, 0, 1, 1),
        HOLE,
        MultiPolygon([HOLE, shapely.box(20, 0, 30, 1)]),
        Polygon(),
        MultiPolygon([shapely.box(5, 5, 6, 6)]),
    ]
)


def test_a_linear_move_keeps_every_corner():
    moved = move_polygons(SHAPES, lambda xy: 2 * xy + 1, tolerance=1e-9, shortest=0)
    wanted = shapely.transform(SHAPES, lambda xy: 2 * xy + 1)
    assert shapely.equals(moved, wanted).all()
    assert (
        shapely.get_num_coordinates(moved) == shapely.get_num_coordinates(wanted)
    ).all()


@pytest.mark.parametrize("tolerance", [1e-2, 1e-4])
def test_edges_lie_within_the_tolerance_of_their_curve(tolerance):
    def move(xy):
        return np.column_stack((xy[:, 0], xy[:, 1] + (xy[:, 0] - 3) ** 3 / 10))

    moved = move_polygons(SHAPES, move, tolerance=tolerance, shortest=0)
    fine = shapely.transform(shapely.segmentize(SHAPES, 0.01), move)
    apart = shapely.hausdorff_distance(moved, fine)
    assert np.nanmax(apart) < 2 * tolerance + 1e-3
    assert shapely.get_num_coordinates(moved).sum() < 0.2 * (
        shapely.get_num_coordinates(fine).sum()
    )


def test_corners_outside_the_domain_are_left_out():
    def move(xy):
        with np.errstate(invalid="ignore"):
            return np.column_stack((xy[:, 0], np.sqrt(25 - xy[:, 1] ** 2)))

    moved = move_polygons(
        np.array([shapely.box(0, 0, 1, 10), shapely.box(0, 6, 1, 7)]),
        move,
        tolerance=1e-3,
        shortest=0,
    )
    assert moved[0].bounds == pytest.approx((0, 0, 1, 5), abs=0.8)
    assert moved[1].is_empty


def test_a_jump_of_a_turn_is_no_bend():
    def move(xy):
        return np.column_stack(((xy[:, 0] + 180) % 360 - 180, xy[:, 1]))

    (moved,) = move_polygons(
        np.array([shapely.box(170, 0, 190, 10)]),
        move,
        tolerance=1e-6,
        shortest=0,
        period=360,
    )
    assert shapely.get_num_coordinates(moved) == 5
