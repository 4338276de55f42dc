"""Polygons projected once for several sets of candidates, against each set alone."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from random_candidates import GRIDS, polygons_of, random_shapes

from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.projected_outlines import ProjectedOutlines


def taken(polygons, rows):
    columns = {name: column[rows] for name, column in polygons.columns.items()}
    return replace(polygons, geometry=polygons.geometry[rows], columns=columns)


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_sets_of_candidates_are_as_each_alone(grid):
    rng = np.random.default_rng(4)
    shapes = random_shapes(4)
    shapes[3] = shapely.difference(shapes[3], shapes[3].centroid.buffer(1.0))
    polygons = polygons_of(grid, ["tank"] * len(shapes), shapes)
    projected = ProjectedOutlines(polygons.geometry, grid)
    for count in (1, 5, 0, len(shapes), 7):
        some = taken(polygons, rng.permutation(len(shapes))[:count])
        shared = Candidates(some, grid, ["tank"], projected=projected)
        alone = Candidates(some, grid, ["tank"])
        assert (shapely.to_wkb(shared.outlines) == shapely.to_wkb(alone.outlines)).all()
        for frame in ("image_frame", "map_frame"):
            mine, other = getattr(shared, frame), getattr(alone, frame)
            np.testing.assert_array_equal(mine.box, other.box)
            np.testing.assert_array_equal(mine.centre, other.centre)
            np.testing.assert_array_equal(mine.extent, other.extent)
        np.testing.assert_array_equal(shared.centroids, alone.centroids)


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_boxes_in_pixels_are_those_of_the_corners(grid):
    shapes = random_shapes(3)
    polygons = polygons_of(grid, ["tank"] * len(shapes), shapes)
    boxes = ProjectedOutlines(polygons.geometry, grid).image_boxes(np.arange(14))
    t = ~grid.transform
    for box, shape in zip(boxes, polygons.geometry, strict=True):
        x, y = shapely.get_coordinates(shape).T
        corners = np.stack([t.a * x + t.b * y + t.c, t.d * x + t.e * y + t.f])
        np.testing.assert_array_equal(box, [*corners.min(axis=1), *corners.max(axis=1)])


def test_a_polygon_is_projected_once():
    polygons = polygons_of(GRIDS["rotated"], ["tank"] * 14, random_shapes(2))
    projected = ProjectedOutlines(polygons.geometry, GRIDS["rotated"])
    first = projected.outlines(np.arange(9))
    again = projected.outlines(np.arange(14))
    assert all(one is other for one, other in zip(first, again, strict=False))


def test_equal_polygons_are_told_apart():
    same = np.array([shapely.box(0, 0, 4, 4), shapely.box(0, 0, 4, 4)])
    projected = ProjectedOutlines(same, GRIDS["pixels"])
    np.testing.assert_array_equal(projected.rows_of(same[[1, 0, 1]]), [1, 0, 1])
