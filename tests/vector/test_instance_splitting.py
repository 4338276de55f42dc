"""Instance splitting: independent of how rows are cut, loses nothing, keeps scores."""

from itertools import pairwise

import numpy as np
import pytest
import rasterio.features
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.crs import CRS
from same_polygons import assert_same

from rrsis_geo.query import make_plan
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Strip
from rrsis_geo.vector import instance_splitting as splitting
from rrsis_geo.vector.instance_splitting import split_by_class
from rrsis_geo.vector.polygonize import vectorize

TRANSFORM = Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000)
PLAIN = {"threshold": 0.4, "min_area": 0.0, "fill_holes": 0.0, "simplify": 0.0}


def found(levels, cuts=(), split=(True,), **options):
    levels = levels.reshape(-1, *levels.shape[-2:])
    grid = Grid(TRANSFORM, CRS.from_epsg(32631), levels.shape[2], levels.shape[1])
    edges = [0, *sorted(cuts), levels.shape[1]]
    strips = (
        Strip(top=top, levels=levels[:, top:bottom]) for top, bottom in pairwise(edges)
    )
    names = [f"thing {n}" for n in range(len(levels))]
    return vectorize(strips, grid, names, split=split, **{**PLAIN, **options})


def bumps(seed=0, size=72, holes=True):
    """Many round hills, most of them touching, some nodata."""
    rng = np.random.default_rng(seed)
    rows, cols = np.mgrid[:size, :size]
    levels = np.zeros((size, size))
    for row, col in rng.integers(0, size, (26, 2)):
        width, height = rng.uniform(2.5, 5), rng.uniform(120, 254)
        hill = height * np.exp(-((rows - row) ** 2 + (cols - col) ** 2) / 2 / width**2)
        levels = np.maximum(levels, hill)
    levels = levels.astype(np.uint8)
    if holes:
        levels[20:24, 30:60] = 255
    return levels


def burnt(polygons, shape):
    return rasterio.features.rasterize(
        zip(polygons.geometry, polygons.columns["id"], strict=True),
        out_shape=shape,
        transform=TRANSFORM,
    )


@pytest.mark.parametrize("seed", range(6))
def test_instances_cover_exactly_the_objects(seed):
    levels = bumps(seed)
    instances, whole = found(levels), found(levels, split=())

    assert len(instances) > len(whole)
    assert shapely.is_valid(instances.geometry).all()
    ids = burnt(instances, levels.shape)
    np.testing.assert_array_equal(ids > 0, burnt(whole, levels.shape) > 0)
    assert set(np.unique(ids)) - {0} == set(instances.columns["id"])  # none covered
    pixels = shapely.area(instances.geometry).sum() / 0.25
    assert pixels == pytest.approx(np.count_nonzero(ids))


@pytest.mark.parametrize("seed", range(4))
def test_scores_edges_and_order_are_those_of_each_instance(seed):
    levels = bumps(seed)
    instances = found(levels)
    ids = burnt(instances, levels.shape)
    framed = np.pad(levels, 1, constant_values=255)
    nodata = framed == 255
    beside = nodata[:-2, 1:-1] | nodata[2:, 1:-1] | nodata[1:-1, :-2] | nodata[1:-1, 2:]
    firsts = []
    for row, number in enumerate(instances.columns["id"]):
        here = ids == number
        assert instances.columns["score"][row] == pytest.approx(
            levels[here].mean() / 254, abs=1e-6
        )
        assert instances.columns["score_max"][row] == pytest.approx(
            levels[here].max() / 254, abs=1e-6
        )
        assert instances.columns["touches_edge"][row] == beside[here].any()
        firsts.append(np.flatnonzero(here.ravel())[0])
    assert firsts == sorted(firsts)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 5), cuts=st.sets(st.integers(1, 71), max_size=12))
def test_rows_may_be_cut_anywhere(seed, cuts):
    levels = bumps(seed)
    assert_same(found(levels, cuts), found(levels))


def test_objects_over_many_strips_are_split_alike(monkeypatch):
    monkeypatch.setattr(splitting, "MAX_HEIGHT", 30)
    levels = bumps(3)
    single = [[*range(1, 72)], [10, 20, 21, 22, 60], [71]]
    whole = found(levels)
    for cuts in single:
        assert_same(found(levels, cuts), whole)


def test_objects_that_are_too_high_are_not_split(monkeypatch):
    tall = np.zeros((60, 30), np.uint8)
    for row in (15, 30, 45):
        rows, cols = np.mgrid[:60, :30]
        hill = 250 * np.exp(-((rows - row) ** 2 + (cols - 15) ** 2) / 50)
        tall = np.maximum(tall, hill.astype(np.uint8))
    options = {"threshold": 0.2}
    assert len(found(tall, **options)) == 3
    height = np.count_nonzero((tall > 51).any(axis=1))
    monkeypatch.setattr(splitting, "MAX_HEIGHT", height)
    assert len(found(tall, range(1, 60), **options)) == 3
    monkeypatch.setattr(splitting, "MAX_HEIGHT", height - 1)
    assert len(found(tall, **options)) == 1
    assert len(found(tall, range(1, 60), **options)) == 1


def test_only_the_chosen_expressions_are_split():
    levels = np.stack([bumps(1), bumps(1)])
    both = found(levels, split=(False, True))
    names = both.columns["expression"]
    alone = found(levels[:1], split=())
    assert (names == "thing 0").sum() == len(alone)
    assert (names == "thing 1").sum() == len(found(levels[:1]))


def test_holes_stay_holes():
    rows, cols = np.mgrid[:40, :60]
    ring = np.hypot(rows - 20, cols - 20)
    levels = np.where((ring > 8) & (ring < 16), 200, 0).astype(np.uint8)
    levels[14:26, 35:55] = 240
    levels[14:26, 34:37] = 180
    instances = found(levels)
    assert len(instances) == 2
    assert sorted(len(shape.interiors) for shape in instances.geometry) == [0, 1]


def test_a_rasterized_outline_is_the_object():
    levels = bumps(2, holes=False)
    splitter = splitting.InstanceSplitter(72, 72, threshold=0.4)
    tracer = splitting.BoundaryTracer(72, 72, threshold=0.4)
    outlines = splitting.concatenate(tracer.add(levels))
    for index in range(len(outlines)):
        taken = outlines.take(np.array([index]))
        left, top = taken.vertices.min(axis=0)
        right, bottom = taken.vertices.max(axis=0)
        mask = splitting._rasterize(outlines, index, (left, top, right, bottom))
        assert mask.sum() == outlines.count[index]
    splitter.add_rows(0, levels)
    pieces = splitting.concatenate(splitter.split([outlines]))
    assert pieces.total.sum() == outlines.total.sum()
    assert pieces.count.sum() == outlines.count.sum()


@pytest.mark.parametrize(
    ("phrase", "wanted", "expected"),
    [
        ("buildings", None, True),
        ("the white oil tanks", None, True),
        ("houses near the road", None, True),
        ("tennis courts", None, True),
        ("parked cars", None, True),
        ("airplane", None, False),
        ("the jets beside the building", None, False),
        ("something unheard of", None, False),
        ("airplane", True, True),
        ("building", False, False),
    ],
)
def test_classes_that_touch_are_parted_unless_told_otherwise(phrase, wanted, expected):
    categories = make_plan(phrase).finds[0].categories
    assert split_by_class([categories], wanted) == (expected,)
