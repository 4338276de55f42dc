"""Outlines that are traced row by row equal rasterio's of the whole mask."""

from functools import reduce

import numpy as np
import pytest
import rasterio.features
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from rrsis_geo.vector import boundary_tracing
from rrsis_geo.vector.boundary_tracing import BoundaryTracer, components

LEVELS = np.array([0, 126, 127, 128, 200, 254, 255], np.uint8)


def traced(levels, cuts=(), threshold=0.5):
    """(first, polygon, total, count, highest, at_edge) of every object."""
    tracer = BoundaryTracer(levels.shape[1], levels.shape[0], threshold=threshold)
    found = []
    for piece in np.split(levels, sorted(cuts)):
        for outlines in tracer.add(piece):
            polygons = shapely.from_ragged_array(
                shapely.GeometryType.POLYGON,
                outlines.vertices.astype(float),
                (outlines.rings, outlines.polygons),
            )
            values = vars(outlines)
            columns = [
                values[name] for name in ("total", "count", "highest", "at_edge")
            ]
            found += zip(outlines.first, polygons, *columns, strict=True)
    return sorted(found, key=lambda entry: entry[0])


def mask_of(levels, threshold=0.5):
    return (levels > 254 * threshold) & (levels != 255)


def whole(mask):
    """rasterio's polygons of the whole mask at once."""
    shapes = rasterio.features.shapes(mask.astype(np.uint8), mask=mask, connectivity=4)
    return [shapely.geometry.shape(shape) for shape, _ in shapes]


def normal(polygons):
    return sorted(shapely.to_wkt(shapely.normalize(list(polygons))))


def assert_as_whole(levels, cuts=(), threshold=0.5):
    found = traced(levels, cuts, threshold)
    polygons = [entry[1] for entry in found]
    assert shapely.is_valid(polygons).all()
    assert normal(polygons) == normal(whole(mask_of(levels, threshold)))
    return found


@st.composite
def rasters(draw):
    height, width = draw(st.integers(1, 14)), draw(st.integers(1, 14))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shares = rng.dirichlet(np.full(len(LEVELS), 0.5))
    levels = rng.choice(LEVELS, size=(height, width), p=shares)
    cuts = draw(st.sets(st.integers(0, height)))
    return levels, cuts


@settings(deadline=None, max_examples=400)
@given(rasters(), st.sampled_from([0.001, 0.25, 0.5, 0.7, 0.999]))
def test_random_masks_cut_anywhere(raster, threshold):
    levels, cuts = raster
    assert_as_whole(levels, cuts, threshold)


@settings(deadline=None, max_examples=200)
@given(rasters())
def test_totals_against_the_pixels_of_each_polygon(raster):
    levels, cuts = raster
    height, width = levels.shape
    framed = np.pad(levels, 1, constant_values=255)
    sides = [framed[:-2, 1:-1], framed[2:, 1:-1], framed[1:-1, :-2], framed[1:-1, 2:]]
    by_edge = reduce(np.logical_or, [side == 255 for side in sides])
    owned = np.zeros((height, width), int)
    for first, polygon, total, count, highest, at_edge in traced(levels, cuts):
        inside = rasterio.features.geometry_mask(
            [polygon], (height, width), rasterio.Affine.identity(), invert=True
        )
        owned += inside
        assert first == np.flatnonzero(inside)[0]
        assert total == levels[inside].sum(dtype=int)
        assert count == inside.sum() == polygon.area
        assert highest == levels[inside].max()
        assert at_edge == by_edge[inside].any()
    np.testing.assert_array_equal(owned, mask_of(levels))


@settings(deadline=None)
@given(rasters())
def test_order_and_vertices_do_not_depend_on_the_cuts(raster):
    levels, cuts = raster
    one, other = traced(levels, cuts), traced(levels, range(levels.shape[0]))
    assert [e[0] for e in one] == [e[0] for e in other]
    assert [e[1].wkt for e in one] == [e[1].wkt for e in other]
    assert [e[2:] for e in one] == [e[2:] for e in other]


def spiral(size):
    """One arm, a pixel wide, that winds to the middle."""
    mask = np.zeros((size, size), bool)
    row, col, d_row, d_col = 0, -1, 0, 1
    lengths = [size, *(n for k in range(size - 1, 0, -2) for n in (k, k))]
    for length in lengths:
        for _ in range(length):
            row, col = row + d_row, col + d_col
            mask[row, col] = True
        d_row, d_col = d_col, -d_row
    return mask


def rings(size):
    row, col = np.indices((size, size))
    distance = np.maximum(abs(row - size // 2), abs(col - size // 2))
    return distance % 2 == 0


def comb(size):
    mask = np.zeros((size, size), bool)
    mask[:, ::2] = True
    mask[-1] = True
    return mask


def checkerboard(size):
    return np.indices((size, size)).sum(axis=0) % 2 == 0


def diagonal_necklace(size):
    """Pieces that touch at points around pieces of ground that do so too."""
    mask = np.ones((size, size), bool)
    index = np.arange(1, size - 1)
    mask[index, index] = False
    mask[index, size - 1 - index] = False
    return mask


SHAPES = [spiral, rings, comb, checkerboard, diagonal_necklace]


@pytest.mark.parametrize("height", [1, 2, 7, 41])
@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("shape", SHAPES)
def test_hard_shapes(shape, turns, height):
    mask = np.rot90(shape(41), turns)
    levels = np.where(mask, 200, 3).astype(np.uint8)
    assert_as_whole(levels, range(0, 41, height))
    assert_as_whole(np.where(mask, 3, 200).astype(np.uint8), range(0, 41, height))


def test_spiral_is_one_object():
    assert len(traced(np.where(spiral(41), 200, 0).astype(np.uint8), range(41))) == 1


def test_whole_frame_is_one_rectangle():
    ((first, polygon, total, count, _, at_edge),) = traced(
        np.full((9, 5), 200, np.uint8), [4]
    )
    assert (first, total, count, at_edge) == (0, 9000, 45, True)
    assert normal([polygon]) == normal([shapely.box(0, 0, 5, 9)])


def test_nodata_yields_nothing():
    assert traced(np.full((9, 5), 255, np.uint8), [4]) == []
    assert traced(np.zeros((9, 5), np.uint8), [4]) == []


def test_objects_are_given_once_no_later_row_can_reach_them():
    levels = np.zeros((12, 6), np.uint8)
    levels[1:4, 1:3] = 200
    levels[2:9, 4] = 200
    tracer = BoundaryTracer(6, 12, threshold=0.5)
    given_at = {}
    for row in range(12):
        for outlines in tracer.add(levels[row : row + 1]):
            given_at |= dict.fromkeys(outlines.count.tolist(), row)
    assert given_at == {6: 4, 7: 9}  # by their pixels: the row after the last


def test_passes_of_any_size_give_the_same(monkeypatch):
    rng = np.random.default_rng(3)
    levels = rng.choice(LEVELS, size=(60, 50))
    expected = [(e[0], e[1].wkt) for e in traced(levels)]
    monkeypatch.setattr(boundary_tracing, "PIXELS_PER_PASS", 130)
    assert [(e[0], e[1].wkt) for e in traced(levels)] == expected


@settings(deadline=None)
@given(
    st.integers(1, 40).flatmap(
        lambda n: st.tuples(
            st.just(n),
            st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))),
        )
    )
)
def test_components_against_a_walk(graph):
    count, edges = graph
    one, other = np.array(edges, np.int64).reshape(-1, 2).T
    labels, found = components(count, one, other)
    neighbours = {node: {node} for node in range(count)}
    for left, right in edges:
        concatenate = neighbours[left] | neighbours[right]
        for node in concatenate:
            neighbours[node] = concatenate
    for node in range(count):
        assert set(np.flatnonzero(labels == labels[node])) == neighbours[node]
    assert sorted(set(labels)) == list(range(found))
