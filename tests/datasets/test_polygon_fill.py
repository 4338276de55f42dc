"""Rasterized polygons against those of GDAL, pixel by pixel."""

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rasterio.features import rasterize
from shapely.geometry import MultiPolygon, Polygon, box

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.transforms.polygon_fill import layout_runs, rasterize_polygons

WIDTH, HEIGHT = 13, 9

COLUMNS, ROWS = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
CENTRES = shapely.points(COLUMNS, ROWS)


def rasterized_by_gdal(polygons):
    """Masks by GDAL, one by one."""
    return [
        rasterize([polygon], out_shape=(HEIGHT, WIDTH), dtype="uint8") > 0
        for polygon in polygons
    ]


def filled(polygons):
    wanted = np.empty(len(polygons), object)
    wanted[:] = polygons
    return rasterize_polygons(wanted, width=WIDTH, height=HEIGHT)


def assert_equal(polygons, *, computed=False):
    """Compare pixel by pixel; centres on computed edges are on either side."""
    found = filled(polygons)
    for number, wanted in enumerate(rasterized_by_gdal(polygons)):
        tied = np.zeros((HEIGHT, WIDTH), bool)
        if computed:
            tied = shapely.distance(CENTRES, polygons[number].boundary) < 1e-9
        np.testing.assert_array_equal(found.mask([number]) | tied, wanted | tied)


def rings(coordinates):
    point = st.tuples(coordinates, coordinates)
    return st.lists(point, min_size=3, max_size=9)


# Halves meet the centres of pixels, where the rule for ties decides.
halves = rings(st.integers(-6, 32).map(lambda number: number / 2))
anywhere = rings(st.floats(-4, 16, allow_nan=False, width=32))


@settings(max_examples=300, deadline=None)
@given(st.lists(halves, min_size=1, max_size=3) | st.lists(anywhere, min_size=1))
def test_outlines(outlines):
    assert_equal([one for one in map(Polygon, outlines) if one.is_valid])


@settings(max_examples=100, deadline=None)
@given(st.lists(anywhere, min_size=1, max_size=3))
@example([[(0.0, 0.0), (1.0, 0.0), (0.0, 1.5), (1.0, 1.5)]])
def test_outlines_that_cross_themselves(outlines):
    # which side of an edge is the upper one is not said where rings change direction,
    # so that centres on edges may be on either side
    assert_equal([Polygon(outline) for outline in outlines], computed=True)


@settings(max_examples=100, deadline=None)
@given(halves, halves)
def test_holes_and_parts(outer, inner):
    one, other = (
        shapely.make_valid(Polygon(outline)).buffer(0) for outline in (outer, inner)
    )
    shapes = [one.difference(other), one.union(other), one.symmetric_difference(other)]
    assert_equal([shape for shape in shapes if not shape.is_empty], computed=True)


def test_far_outside_and_thin_as_a_hair():
    assert_equal(
        [
            box(-1e7, -1e7, 1e7, 1e7),
            box(40, 2, 50, 4),
            box(-9, 2, -4, 4),
            box(3, -9, 4, -2),
            box(3, 2, 3.2, 7),
            box(3.4, 2, 3.6, 7),
            Polygon([(1, 1), (12, 8), (1.0001, 1)]),
        ]
    )


def test_a_selection_of_objects_is_the_union():
    polygons = [box(1, 1, 5, 5), box(3, 3, 9, 8), box(11, 0, 13, 2), box(0, 0, 0.2, 9)]
    found = filled(polygons)
    masks = rasterized_by_gdal(polygons)
    for chosen in ([], [0], [2, 0], [0, 1, 2, 3]):
        wanted = np.zeros((HEIGHT, WIDTH), bool)
        for number in chosen:
            wanted |= masks[number]
        np.testing.assert_array_equal(found.mask(chosen), wanted)


@pytest.mark.parametrize("chosen", [[0, 1, 2], [2, 1, 0], [1], []])
def test_labels_in_the_order_asked_for(chosen):
    polygons = [box(1, 1, 6, 5), box(3, 3, 9, 8), box(4, 0, 5, 9)]
    wanted = np.zeros((HEIGHT, WIDTH), np.int32)
    for name, number in enumerate(chosen, start=1):
        wanted[rasterized_by_gdal(polygons)[number]] = name
    np.testing.assert_array_equal(filled(polygons).label_map(chosen), wanted)


def test_a_layout_is_rasterized_once():
    parts = MultiPolygon([box(1, 1, 3, 3), box(6, 2, 8, 4)])
    layout = Layout(
        width=WIDTH,
        height=HEIGHT,
        objects=(LabelledObject(category="ship", polygon=parts),),
        complete=frozenset(),
    )
    assert layout_runs(layout) is layout_runs(layout)
    np.testing.assert_array_equal(
        layout_runs(layout).mask([0]), rasterized_by_gdal([parts])[0]
    )


def test_nothing_to_fill():
    assert not filled([]).mask([]).any()
    assert filled([Polygon()]).mask([0]).sum() == 0
