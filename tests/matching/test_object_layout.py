"""Numbers of a layout: in any order, at any scale, and against a plain twin."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from rectangle_layouts import boxes, layout_of

from rrsis_geo.matching.object_layout import (
    FEATURES,
    PAIR_FEATURES,
    object_features,
    pair_features,
)
from rrsis_geo.matching.rectangle_sides import rectangle_sides


@pytest.fixture
def layout():
    return layout_of(boxes(np.random.default_rng(3), 7), anchors=[5, 6])


def taken(layout, rows):
    names = ("boxes", "centres", "areas", "sides", "log_odds")
    columns = {
        name: getattr(layout, name)[rows] for name in (*names, "is_anchor", "colours")
    }
    return replace(layout, **columns)


def test_there_are_as_many_numbers_as_the_network_takes(layout):
    assert object_features(layout).shape == (7, FEATURES)
    assert pair_features(layout).shape == (7, 7, PAIR_FEATURES)
    assert np.isfinite(object_features(layout)).all()
    assert np.isfinite(pair_features(layout)).all()


def test_an_empty_layout_has_no_numbers(layout):
    nothing = taken(layout, np.zeros(0, np.intp))
    assert object_features(nothing).shape == (0, FEATURES)
    assert pair_features(nothing).shape == (0, 0, PAIR_FEATURES)


def test_the_order_of_the_objects_does_not_matter(layout):
    order = np.array([4, 6, 0, 2, 5, 1, 3])
    np.testing.assert_allclose(
        object_features(taken(layout, order)), object_features(layout)[order]
    )
    np.testing.assert_allclose(
        pair_features(taken(layout, order)), pair_features(layout)[order][:, order]
    )


def test_an_enlarged_image_gives_the_same_numbers():
    shapes = boxes(np.random.default_rng(4), 6)
    larger = [shapely.affinity.scale(one, 3, 3, origin=(0, 0)) for one in shapes]
    small = layout_of(shapes)
    large = layout_of(larger, extent=(0, 0, 1200, 900))
    np.testing.assert_allclose(
        object_features(large), object_features(small), atol=1e-4
    )
    np.testing.assert_allclose(pair_features(large), pair_features(small), atol=1e-4)


def test_the_origin_of_the_area_does_not_matter():
    shapes = boxes(np.random.default_rng(5), 6)
    moved = [shapely.affinity.translate(one, 70, 50) for one in shapes]
    here, there = layout_of(shapes), layout_of(moved, extent=(70, 50, 470, 350))
    np.testing.assert_allclose(object_features(there), object_features(here), atol=1e-5)


def test_objects_are_ranked_among_those_of_their_role():
    """The anchor lies left of all, and the leftmost object is still the first."""
    layout = layout_of(
        [
            shapely.box(50, 10, 60, 20),
            shapely.box(90, 10, 100, 20),
            shapely.box(5, 10, 9, 20),
        ],
        anchors=[2],
    )
    is_leftmost, is_rightmost = object_features(layout)[:, [9, 10]].T
    assert is_leftmost.tolist() == [1, 0, 1]
    assert is_rightmost.tolist() == [0, 1, 1]


def test_pairs_look_from_the_first_to_the_second():
    layout = layout_of([shapely.box(0, 0, 10, 10), shapely.box(100, 0, 110, 10)])
    step = pair_features(layout)[0, 1]
    assert step[0] == pytest.approx(100 / 300)
    assert step[2:4].tolist() == pytest.approx([1, 0], abs=1e-3)
    assert pair_features(layout)[1, 0, 2] == pytest.approx(-1, abs=1e-3)


def test_sides_of_rectangles_are_those_of_shapely():
    shapes = np.array([*boxes(np.random.default_rng(6), 20)], np.object_)
    area = np.prod(np.linalg.norm(rectangle_sides(shapes), axis=2), axis=1)
    wanted = shapely.area(shapely.minimum_rotated_rectangle(shapes))
    np.testing.assert_allclose(area, wanted)


def test_what_has_no_area_has_no_sides():
    shapes = np.array([shapely.Point(3, 3), shapely.LineString([(0, 0), (3, 3)])])
    assert not rectangle_sides(shapes).any()


def test_colours_are_compared_with_those_of_the_same_role():
    shapes = boxes(np.random.default_rng(4), 5)
    colours = [[0.9, 0.1, 0.1], [0.5, 0.5, 0.5], [0.5, 0.5, 0.5], [0, 0, 1], [1, 0, 0]]
    known = layout_of(shapes, anchors=[3, 4], colours=colours)
    found = object_features(known)[:, -7:]
    assert found[:, 0].tolist() == [1] * 5
    np.testing.assert_allclose(found[1, 1:4], 0, atol=1e-6)  # grey
    np.testing.assert_allclose(found[1, 4:], 0, atol=1e-6)  # the usual one
    assert found[0, 4] > 1 > -1 > found[0, 5]
    np.testing.assert_allclose(found[3, 4:], -found[4, 4:], atol=1e-6)


def test_colours_that_are_not_known_are_nothing():
    shapes = boxes(np.random.default_rng(4), 3)
    colours = [[0.9, 0.1, 0.1], [np.nan] * 3, [0.9, 0.1, 0.1]]
    found = object_features(layout_of(shapes, colours=colours))[:, -7:]
    assert not found[1].any()
    np.testing.assert_allclose(found[0, 4:], 0, atol=1e-6)
    assert not object_features(layout_of(shapes))[:, -7:].any()
