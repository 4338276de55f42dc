"""Shared areas of many pairs, against every pair on its own."""

import numpy as np
import pytest
import shapely

from rrsis_geo.query.geometry.overlaps import Shapes, overlaps, pairs_sharing


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


def common(shapes, others):
    """(N, M) area that each shares with each of the others."""
    return shapely.area(shapely.intersection(shapes[:, None], others[None]))


@pytest.mark.parametrize("seed", range(6))
def test_pairs_and_areas_are_those_of_every_pair(seed):
    rng = np.random.default_rng(seed)
    shapes, others = blobs(rng, 40), blobs(rng, 30)
    found = overlaps(Shapes(shapes), Shapes(others))
    got = np.zeros((len(shapes), len(others)))
    got[found.one, found.other] = found.area
    np.testing.assert_allclose(got, common(shapes, others), rtol=1e-9, atol=1e-6)
    assert (np.lexsort((found.other, found.one)) == np.arange(len(found.one))).all()


def tiles(rng):
    """Polygons of a map, none of which shares area with another."""
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(rng.uniform(0, 60, (25, 2))))
    )
    holes = shapely.points(rng.uniform(0, 60, (6, 2)))
    return shapely.difference(cells, shapely.union_all(shapely.buffer(holes, 2.0)))


def towns(rng):
    """Polygons of a map, and what may be painted for another text on it."""
    others = tiles(rng)
    inside = shapely.buffer(others, -1.0)
    inside = inside[~shapely.is_empty(inside)]
    return np.concatenate([blobs(rng, 20), others[:5], inside]), others


@pytest.mark.parametrize("seed", range(6))
def test_others_that_lie_apart_give_the_same_pairs(seed):
    shapes, others = towns(np.random.default_rng(seed))
    every = overlaps(Shapes(shapes), Shapes(others))
    found = overlaps(Shapes(shapes), Shapes(others), apart=True)
    kept = every.area > 1e-9 * shapely.area(shapes)[every.one]  # not two that touch
    np.testing.assert_array_equal(found.one, every.one[kept])
    np.testing.assert_array_equal(found.other, every.other[kept])
    np.testing.assert_allclose(found.area, every.area[kept], rtol=1e-9)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_pairs_that_share_more_than_a_part_are_those_of_every_pair(seed, share):
    shapes, others = towns(np.random.default_rng(seed))
    for some, more in ((shapes, others), (shapes[:9], others), (shapes, others[:9])):
        smaller = np.minimum(shapely.area(some)[:, None], shapely.area(more)[None])
        wanted = common(some, more) > share * smaller
        got = np.zeros_like(wanted)
        got[pairs_sharing(share, Shapes(some), Shapes(more))] = True
        np.testing.assert_array_equal(got, wanted)


def test_exactly_the_share_is_not_more():
    shapes = shapely.box([0, 0, 0], 0, [2, 2, 2], 4)
    others = shapely.box([1, 0, 1], [0, 2, 0], [3, 2, 2.001], [4, 6, 4])
    for number, more in enumerate([False, False, True]):
        rows = slice(number, number + 1)
        one, _ = pairs_sharing(0.5, Shapes(shapes[rows]), Shapes(others[rows]))
        assert len(one) == more


def test_nothing_overlaps_nothing():
    none, some = np.zeros(0, object), blobs(np.random.default_rng(1), 5)
    for one, other in ((none, some), (some, none), (none, none)):
        assert not len(overlaps(Shapes(one), Shapes(other)).area)
        assert not len(pairs_sharing(0.5, Shapes(one), Shapes(other))[0])
