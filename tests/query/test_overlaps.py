"""Shared areas of many pairs, against every pair on its own."""

import numpy as np
import pytest
import shapely

from rrsis_geo.query.geometry.overlaps import overlaps


def blobs(rng, count):
    """Polygons of many corners, some of them inside others, equal, or with a hole."""
    centres = rng.uniform(0, 60, (count, 2))
    shapes = shapely.buffer(shapely.points(centres), rng.uniform(1, 9, count))
    shapes = np.concatenate(
        [
            shapes,
            shapes[: count // 3],
            shapely.buffer(shapes[: count // 3], -0.5),
            shapely.difference(shapes[-4:], shapely.buffer(shapes[-4:], -0.7)),
            shapely.box(*np.split(np.sort(rng.integers(0, 60, (9, 4))), 4, 1)).ravel(),
        ]
    )
    return shapes[shapely.area(shapes) > 0]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_pairs_and_areas_are_those_of_every_pair(seed, share):
    rng = np.random.default_rng(seed)
    shapes, others = blobs(rng, 40), blobs(rng, 30)
    found = overlaps(shapes, others, share=share)
    matrix = shapely.area(shapely.intersection(shapes[:, None], others[None]))
    smaller = np.minimum(shapely.area(shapes)[:, None], shapely.area(others)[None])
    got = np.zeros_like(matrix)
    got[found.one, found.other] = found.area
    wanted = matrix >= max(share, 1e-9) * smaller
    np.testing.assert_allclose(got[wanted], matrix[wanted], rtol=1e-9)
    if not share:
        np.testing.assert_allclose(got, matrix, atol=1e-6)
    assert (np.lexsort((found.other, found.one)) == np.arange(len(found.one))).all()


def tiles(rng):
    """Polygons of a map, none of which shares area with another."""
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(rng.uniform(0, 60, (25, 2))))
    )
    holes = shapely.points(rng.uniform(0, 60, (6, 2)))
    return shapely.difference(cells, shapely.union_all(shapely.buffer(holes, 2.0)))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_others_that_lie_apart_give_the_same_pairs(seed, share):
    rng = np.random.default_rng(seed)
    others = tiles(rng)
    inside = shapely.buffer(others, -1.0)
    shapes = np.concatenate(
        [blobs(rng, 20), others[:5], inside[~shapely.is_empty(inside)]]
    )
    every = overlaps(shapes, others, share=share)
    found = overlaps(shapes, others, share=share, apart=True)
    kept = every.area > 1e-9 * shapely.area(shapes)[every.one]  # not two that touch
    np.testing.assert_array_equal(found.one, every.one[kept])
    np.testing.assert_array_equal(found.other, every.other[kept])
    np.testing.assert_allclose(found.area, every.area[kept], rtol=1e-9)


def test_nothing_overlaps_nothing():
    none, some = np.zeros(0, object), blobs(np.random.default_rng(1), 5)
    for one, other in ((none, some), (some, none), (none, none)):
        assert not len(overlaps(one, other).area)
