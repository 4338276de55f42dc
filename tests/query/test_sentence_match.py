"""What the matching network is asked about candidates, and when it is not."""

import numpy as np
import pytest
import shapely
from random_candidates import GRIDS, polygons_of

from rrsis_geo.matching.matcher import MOST, load_matcher
from rrsis_geo.query import make_plan
from rrsis_geo.query.batch_tags import batch_of_tags, batch_tags
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.decision.evidence import gather
from rrsis_geo.query.decision.evidence_weights import DEFAULT_WEIGHTS, EvidenceWeights
from rrsis_geo.query.decision.features import CONTEXTS, FEATURES, SceneView
from rrsis_geo.query.decision.maps import PredictedMaps, taken
from rrsis_geo.query.decision.sentence_match import (
    MANY,
    is_matched,
    layout_of,
    names_compass,
)
from rrsis_geo.query.query_batch import make_batch

GRID = GRIDS["projected"]
NAME = "sentence-matcher.safetensors"


@pytest.fixture(scope="module")
def matcher():
    return load_matcher(NAME)


def row_of_tanks(count, *, side=12, gap=20):
    return [
        shapely.box(10 + gap * n, 40, 10 + gap * n + side, 40 + side)
        for n in range(count)
    ]


def evidence(text, shapes, matcher, *, phrase="storage tank", grid=GRID):
    found = polygons_of(grid, [phrase] * len(shapes), shapes, [0.9] * len(shapes))
    found.columns["score_max"] = found.columns["score"].copy()
    maps = PredictedMaps(clear=found, faint=taken(found, np.zeros(0, np.intp)))
    return gather(
        make_plan(text),
        maps,
        grid,
        area=None,
        view=SceneView.WINDOWS,
        matcher=matcher,
    )


@pytest.mark.parametrize("name", sorted(GRIDS))
def test_layouts_are_in_pixels_as_displayed(name):
    """However the map is turned: the twin is shapely on the pixels themselves."""
    grid = GRIDS[name]
    shapes = [shapely.box(5, 9, 25, 14), shapely.box(40, 30, 46, 60)]
    found = polygons_of(grid, ["tank"] * 2, shapes, [0.9] * 2)
    layout = layout_of(Candidates(found, grid, ("tank",)), 2)
    np.testing.assert_allclose(layout.boxes, shapely.bounds(shapes), atol=1e-3)
    np.testing.assert_allclose(layout.centres, [[15, 11.5], [43, 45]], atol=1e-3)
    np.testing.assert_allclose(layout.extent, [0, 0, grid.width, grid.height])
    np.testing.assert_allclose(
        np.abs(layout.long_sides), [[20, 0], [0, 30]], rtol=0.02, atol=0.3
    )
    np.testing.assert_allclose(layout.short, [5, 6], rtol=0.02)
    np.testing.assert_allclose(layout.areas, shapely.area(shapes), rtol=0.02)


@pytest.mark.parametrize("name", sorted(GRIDS))
def test_layouts_with_north_up_are_of_the_map(name):
    """However the image is turned: the twin is the projection of its corners."""
    grid = GRIDS[name]
    shapes = [shapely.box(5, 9, 25, 14), shapely.box(40, 30, 46, 60)]
    found = polygons_of(grid, ["tank"] * 2, shapes, [0.9] * 2)
    candidates = Candidates(found, grid, ("tank",))
    layout = layout_of(candidates, 2, north_up=True)
    side = np.sqrt(np.prod(grid.pixel_size))
    moved = [
        shapely.transform(shape, lambda xy: candidates.projection.compass(xy) / side)
        for shape in shapes
    ]
    np.testing.assert_allclose(layout.boxes, shapely.bounds(moved), atol=0.01)
    centres = shapely.get_coordinates(shapely.centroid(moved))
    np.testing.assert_allclose(layout.centres, centres, atol=0.05)
    assert (layout.extent[:2] < layout.boxes[:, :2].min(axis=0)).all()
    assert (layout.extent[2:] > layout.boxes[:, 2:].max(axis=0)).all()
    turned = layout_of(candidates, 2)
    np.testing.assert_allclose(layout.areas, turned.areas)
    if name == "pixels":
        np.testing.assert_allclose(layout.boxes, turned.boxes, atol=1e-6)


@pytest.mark.parametrize(
    ("sentence", "compass"),
    [
        ("the northernmost tank", True),
        ("planes in the NW", True),
        ("tanks n of the road", True),
        ("ships heading east", True),
        ("the uppermost tank", False),
        ("tanks left of the road", False),
    ],
)
def test_words_of_the_compass_mean_the_map(sentence, compass):
    assert names_compass(sentence) == compass


@pytest.mark.parametrize("name", sorted(GRIDS))
def test_the_northernmost_of_a_turned_scene_is_matched(matcher, name):
    """Found wrong: a scene whose rows run to the north got the southernmost one."""
    grid = GRIDS[name]
    left, top = grid.width // 4, grid.height // 4
    step = np.array([grid.width, grid.height]) / 2 / 4
    shapes = [
        shapely.box(*(at := (left, top) + step * (n, m)), *(at + 6))
        for n, m in ((0, 0), (4, 0), (0, 4), (4, 4), (2, 2))
    ]
    found = evidence("the northernmost tank", shapes, matcher, grid=grid)
    y = found.candidates.map_frame.centre[: found.count, 1]
    best = y[found.match.argmax()]
    # corners of a scene turned by half a right angle lie level
    assert best <= y.min() + 0.2 * np.ptp(y)


def test_the_candidates_of_an_expression_are_matched_with_it(matcher):
    found = evidence("the leftmost tank", row_of_tanks(5), matcher)
    assert found.match.shape == (5,)
    left = found.candidates.image_boxes[:5, 0]
    assert int(found.match.argmax()) == int(left.argmin())
    column = found.features[:, FEATURES.index("match, all")]
    np.testing.assert_allclose(column, np.clip(found.match, -6, 6) / 3)


def test_a_class_alone_is_not_matched(matcher):
    assert evidence("tanks", row_of_tanks(5), matcher).match is None


def test_none_and_too_many_are_not_matched():
    contexts = dict.fromkeys(CONTEXTS, 0.0)
    found = [is_matched(contexts, n, number=1) for n in (0, 1, MOST, MOST + 1)]
    assert found == [False, True, True, False]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("tanks on the left", False),
        ("the leftmost tank", True),
        ("the two largest tanks", True),
    ],
)
def test_any_number_of_many_is_not_matched(matcher, text, wanted):
    """It has hardly seen that dozens are meant; a number or one it can find."""
    many = evidence(text, row_of_tanks(MANY + 1, side=1, gap=2), matcher)
    assert (many.match is not None) == wanted
    few = evidence(text, row_of_tanks(MANY, side=1, gap=2), matcher)
    assert few.match is not None


def test_evidence_without_a_matcher_has_no_trace_of_one():
    found = evidence("the leftmost tank", row_of_tanks(3), None)
    assert found.match is None
    columns = [name.startswith("match") for name in FEATURES]
    assert not found.features[:, columns].any()


def test_a_raster_remembers_what_its_batch_matched_with(matcher):
    batch = make_batch(["the tank"], "auto", matcher=matcher)
    again = batch_of_tags(batch_tags(batch), batch.bands, "a.tif")
    assert again.matcher.path == matcher.path
    plain = batch_of_tags(batch_tags(make_batch(["the tank"], "auto")), batch.bands, "")
    assert plain.matcher is None


def test_unmatched_evidence_has_coefficients_of_its_own():
    assert DEFAULT_WEIGHTS.of(True) is DEFAULT_WEIGHTS
    plain = DEFAULT_WEIGHTS.of(False)
    columns = [name.startswith("match") for name in FEATURES]
    assert not plain.candidate[columns].any()
    assert DEFAULT_WEIGHTS.candidate[columns].any()
    again = EvidenceWeights.from_mapping(DEFAULT_WEIGHTS.to_mapping())
    np.testing.assert_allclose(again.of(False).candidate, plain.candidate)
    assert plain.of(False) is plain


def test_what_objects_are_measured_against_is_not_matched(matcher):
    """It had made the tank by the road of the demo scene the least likely one."""
    tanks = row_of_tanks(4)
    shapes = [*tanks, shapely.box(0, 20, 100, 30)]
    found = polygons_of(GRID, ["tank"] * 4 + ["road"], shapes, [0.9] * 5)
    with_road = Candidates(found, GRID, ("tank", "road"))
    alone = Candidates(taken(found, np.arange(4)), GRID, ("tank",))
    text = "the tank closest to the road"
    np.testing.assert_array_equal(
        matcher(text, layout_of(with_road, 4)), matcher(text, layout_of(alone, 4))
    )


def test_colours_of_candidates_are_asked_for_by_their_outlines(matcher):
    tanks = row_of_tanks(3)
    found = polygons_of(GRID, ["tank"] * 3, tanks, [0.9] * 3)
    candidates = Candidates(found, GRID, ("tank",))
    red, grey = (0.75, 0.2, 0.15), (0.6, 0.6, 0.6)
    for row in range(3):

        def colours_of(outlines, row=row):
            np.testing.assert_array_equal(outlines, found.geometry)
            return np.array([red if other == row else grey for other in range(3)])

        layout = layout_of(candidates, 3, colours_of=colours_of)
        assert matcher("the red roof", layout).argmax() == row
