"""Blocks and pixels of outlines, against a plain twin that looks at all of them."""

import numpy as np
import pytest
import shapely
from affine import Affine
from rasterio.crs import CRS
from rasterio.windows import Window
from rectangle_layouts import boxes

from rrsis_geo.matching.outline_pixels import (
    BLOCK,
    blocks_with,
    outlines_in_pixels,
    pixels_by_outline,
)
from rrsis_geo.scene.grid import Grid, window_box
from rrsis_geo.types import Patch

UTM = CRS.from_epsg(32631)
WIDTH, HEIGHT = 5 * BLOCK + 100, 3 * BLOCK - 7
GRID = Grid(Affine(0.5, 0, 500_000, 0, -0.5, 1_000_000), UTM, WIDTH, HEIGHT)


def all_blocks():
    for top in range(0, HEIGHT, BLOCK):
        for left in range(0, WIDTH, BLOCK):
            yield Window(left, top, BLOCK, BLOCK)


@pytest.mark.parametrize("seed", range(4))
def test_blocks_are_those_that_an_outline_meets(seed):
    rng = np.random.default_rng(seed)
    shapes = boxes(rng, 6, width=WIDTH, height=HEIGHT)
    long_road = shapely.LineString([(10, 10), (WIDTH + 900, HEIGHT)]).buffer(3)
    outlines = np.array([*shapes, long_road], np.object_)
    wanted = [
        one
        for one in all_blocks()
        if any(shape.intersects(window_box(one)) for shape in outlines)
    ]
    assert blocks_with(outlines, GRID) == wanted
    assert len(wanted) < len(list(all_blocks()))


def test_outside_and_of_nothing_there_are_no_blocks():
    assert blocks_with(np.zeros(0, np.object_), GRID) == []
    for x, y in ((-500, 20), (20, -500), (WIDTH + BLOCK, 20), (20, HEIGHT + BLOCK)):
        outside = np.array([shapely.box(x, y, x + 50, y + 50)], np.object_)
        assert blocks_with(outside, GRID) == []
    empty = np.array([shapely.Polygon()], np.object_)
    assert blocks_with(empty, GRID) == []


def test_each_pixel_belongs_to_the_smallest_outline_around_its_centre():
    rng = np.random.default_rng(7)
    outlines = np.array(boxes(rng, 25, width=160, height=120), np.object_)
    pixels = rng.integers(0, 256, (3, 120, 160), np.uint8)
    valid = rng.random((120, 160)) < 0.9
    patches = [
        Patch(
            pixels=pixels[:, :, left : left + 80],
            valid=valid[:, left : left + 80],
            window=Window(left, 0, 80, 120),
        )
        for left in (0, 80)
    ]
    found = [np.zeros((0, 3))] * len(outlines)
    for values, owner in pixels_by_outline(outlines, patches):
        for row in range(len(outlines)):
            found[row] = np.concatenate([found[row], values.T[owner == row]])
    smallest = np.argsort(shapely.area(outlines))
    wanted = [[] for _ in outlines]
    for y, x in np.argwhere(valid):
        centre = shapely.Point(x + 0.5, y + 0.5)
        inside = [row for row in smallest if outlines[row].contains(centre)]
        if inside:
            wanted[inside[0]].append(pixels[:, y, x])
    for row in range(len(outlines)):
        got = sorted(map(tuple, found[row].astype(int)))
        assert got == sorted(tuple(map(int, one)) for one in wanted[row])


def test_outlines_are_moved_to_pixels():
    outline = np.array([shapely.box(500_010, 999_980, 500_020, 999_990)], np.object_)
    (moved,) = outlines_in_pixels(outline, GRID)
    assert moved.bounds == pytest.approx((20, 20, 40, 40))
