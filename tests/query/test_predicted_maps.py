"""What was painted inside candidates, against every pair of polygons on its own."""

import numpy as np
import pytest
import shapely
from random_candidates import GRIDS, polygons_of

from rrsis_geo.query.candidates.rows_by_identity import RowsByIdentity
from rrsis_geo.query.decision.maps import FAINT_MEAN, SAME, PredictedMaps, joined, taken
from rrsis_geo.query.geometry.known_areas import KnownAreas

TEXTS = ("ship", "red ship", "the red ship")


def apart(rng):
    """Polygons that share no area with each other, in pixels."""
    places = shapely.multipoints(rng.uniform(50, 250, (30, 2)))
    cells = shapely.buffer(
        shapely.get_parts(shapely.voronoi_polygons(places)), -1, join_style="mitre"
    )
    whole = shapely.within(cells, shapely.box(20, 20, 280, 280))
    some = cells[whole & (rng.uniform(size=len(cells)) < 0.7)]
    return shapely.buffer(some, -rng.uniform(0.5, 8, len(some)))


def random_maps(seed):
    """Of three texts: some show the same objects, some faint ones hold no clear one."""
    rng = np.random.default_rng(seed)
    layers = []
    for faint in (False, True):
        texts, shapes = [], []
        for number, text in enumerate(TEXTS):
            again = np.random.default_rng(100 * seed + min(number, 1))
            found = apart(again)
            if faint:
                found = shapely.buffer(found, rng.uniform(0, 0.4, len(found)))
            else:
                found = found[rng.uniform(size=len(found)) < 0.8]
                found = shapely.buffer(found, rng.uniform(-0.3, 0, len(found)))
            found = found[~shapely.is_empty(found)]
            texts += [text] * len(found)
            shapes += list(found)
        score = list(rng.uniform(0.5, 1, len(shapes)))
        layers.append(polygons_of(GRIDS["projected"], texts, shapes, score))
    return PredictedMaps(clear=layers[0], faint=layers[1])


def common(shapes, others):
    """(N, M) area that each shares with each of the others."""
    return shapely.area(shapely.intersection(shapes[:, None], others[None]))


def once(maps):
    """Rows of the polygons without those that show one before again, pair by pair."""
    pairs = [maps.of(text) for text in TEXTS]
    every = joined([clear for clear, _ in pairs] + [faint for _, faint in pairs])
    shapes = every.geometry
    area, both = shapely.area(shapes), common(shapes, shapes)
    part = np.concatenate(
        [
            np.full(len(pair[level]), 2 * number + level)
            for level in (0, 1)
            for number, pair in enumerate(pairs)
        ]
    )
    kept = np.ones(len(shapes), bool)
    for row in range(len(shapes)):
        before = np.flatnonzero(kept[:row] & (part[:row] != part[row]))
        smaller = np.minimum(area[row], area[before])
        kept[row] = not (both[row, before] > SAME * smaller).any()
    return taken(every, np.flatnonzero(kept))


@pytest.mark.parametrize("seed", range(6))
def test_objects_are_those_that_share_little_with_any_before(seed):
    maps = random_maps(seed)
    found, wanted = maps.objects(TEXTS), once(maps)
    assert list(found.geometry) == list(wanted.geometry)
    # what is found for one text first changes nothing
    maps = random_maps(seed)
    for text in TEXTS[::-1]:
        maps.objects((text,))
    assert list(maps.objects(TEXTS).geometry) == list(wanted.geometry)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("first", [True, False], ids=["objects first", "alone"])
def test_what_is_painted_inside_is_the_sum_of_every_pair(seed, first):
    maps = random_maps(seed)
    shapes = maps.objects(TEXTS).geometry if first else once(maps).geometry
    area = shapely.area(shapes)
    for text in TEXTS:
        clear, faint = maps.of(text)
        both = common(shapes, clear.geometry)
        inside, around = both.sum(axis=1), common(shapes, faint.geometry).sum(axis=1)
        rest = np.maximum(around - inside, 0)
        mean = (both @ clear.columns["score"] + FAINT_MEAN * rest) / area
        assert maps.coverage(shapes, text) == pytest.approx(mean, abs=1e-6)
        share = inside / shapely.area(clear.geometry).sum()
        assert maps.share(shapes, text) == pytest.approx(share, abs=1e-6)


def test_the_share_of_what_is_only_faint():
    maps = random_maps(1)
    only = PredictedMaps(
        clear=taken(maps.clear, np.zeros(0, np.intp)), faint=maps.faint
    )
    shapes = only.objects(TEXTS).geometry
    faint = only.of("ship")[1].geometry
    share = common(shapes, faint).sum(axis=1) / shapely.area(faint).sum()
    assert share.any()
    assert only.share(shapes, "ship") == pytest.approx(share, abs=1e-6)


def test_known_areas_are_those_kept_either_way_round():
    shapes = shapely.box(0, 0, np.arange(1, 9), 1)
    known = KnownAreas(shapes)
    one, other = np.array([3, 0, 5]), np.array([1, 0, 7])
    known.keep(one, other, np.array([0.3, 0.1, 0.5]))
    known.keep(np.array([2]), np.array([6]), np.array([0.0]))
    asked = np.array([1, 3, 0, 6, 7, 1, -1, 3]), np.array([3, 1, 0, 2, 5, 1, 3, -1])
    found, areas = known.read(*asked)
    assert found.tolist() == [True] * 5 + [False] * 3
    assert areas.tolist() == [0.3, 0.3, 0.1, 0.0, 0.5]


def test_rows_are_found_by_identity():
    shapes = shapely.box([0, 0, 1], 0, [2, 2, 2], 2)
    others = shapely.box([0, 0], 0, [2, 2], 2)
    rows = RowsByIdentity(shapes)
    taken_from_both = np.array([shapes[1], others[0], shapes[0], shapes[2]])
    assert rows.find(taken_from_both).tolist() == [1, -1, 0, 2]
    assert not len(rows.find(shapes[:0]))
    assert RowsByIdentity(shapes[:0]).find(others).tolist() == [-1, -1]


def test_a_faint_object_is_not_left_out_for_a_clear_one_that_was():
    shapes = [shapely.box(0, 0, 10, 10), shapely.box(7, 0, 11, 10)]
    wider = [shapes[0], shapely.box(7, 0, 30, 10)]
    clear, faint = (
        polygons_of(GRIDS["projected"], TEXTS[:2], layer) for layer in (shapes, wider)
    )
    found = PredictedMaps(clear=clear, faint=faint).objects(TEXTS[:2])
    assert list(found.geometry) == [clear.geometry[0], faint.geometry[1]]
