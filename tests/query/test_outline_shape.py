"""Shapes that expressions ask for, measured on outlines."""

import numpy as np
import pytest
import shapely
from random_candidates import GRIDS, polygons_of
from shapely.affinity import rotate

from rrsis_geo.query import make_plan
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.decision.answer import decide
from rrsis_geo.query.decision.evidence_weights import EvidenceWeights
from rrsis_geo.query.decision.features import FEATURES, SENTENCE_FEATURES, SceneView
from rrsis_geo.query.decision.maps import PredictedMaps
from rrsis_geo.query.decision.outline_shape import (
    SHAPE_WORDS,
    asked_shapes,
    asks_only_shape,
    shape_evidence,
)

GRID = GRIDS["projected"]

SQUARE_PIXELS = [name for name in GRIDS if name != "geographic"]
"""Grids on which shapes in pixels are those on the ground."""

DISC = shapely.Point(60, 60).buffer(30)
SQUARE = shapely.box(30, 30, 80, 80)
SHED = shapely.box(20, 40, 120, 60)
ANGLE = shapely.union(shapely.box(20, 20, 100, 50), shapely.box(20, 20, 50, 110))
SHAPES = {
    "disc": DISC,
    "square": SQUARE,
    "shed": SHED,
    "tall": rotate(SHED, 90),
    "slanting": rotate(SHED, 45),
    "angle": ANGLE,
}
HAS = {
    "long": {"shed", "tall", "slanting"},
    "round": {"disc"},
    "square": {"square"},
    "horizontal": {"shed"},
    "vertical": {"tall"},
    "diagonal": {"slanting"},
    "l-shaped": {"angle"},
}


@pytest.mark.parametrize("name", SQUARE_PIXELS)
@pytest.mark.parametrize("word", HAS)
def test_that_outlines_have_the_shape_that_a_word_names(word, name):
    grid = GRIDS[name]
    phrase = f"{word} building"
    polygons = polygons_of(grid, [phrase] * len(SHAPES), list(SHAPES.values()))
    candidates = Candidates(polygons, grid, (phrase,))
    fit = shape_evidence(candidates, len(SHAPES))
    found = {shape for shape, one in zip(SHAPES, fit, strict=True) if one > 0.5}
    assert found == HAS[word]


def test_that_every_word_of_shape_is_in_one_of_the_tested_groups():
    tested = {SHAPE_WORDS[word] for word in HAS}
    assert set(SHAPE_WORDS.values()) == tested


def test_that_no_shape_is_measured_where_none_is_asked_for():
    polygons = polygons_of(GRID, ["red building"], [SHED])
    assert asked_shapes("red building") == ()
    assert shape_evidence(Candidates(polygons, GRID, ("red building",)), 1) is None


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("the building shaped like an L", "angled"),
        ("roads running north to south", "vertical"),
        ("the runway oriented east-west", "horizontal"),
        ("a long, narrow shed", "elongated"),
    ],
)
def test_that_shapes_are_read_from_expressions(text, shape):
    assert asked_shapes(make_plan(text).finds[0].phrase) == (shape,)


def test_that_a_phrase_of_shape_alone_is_told_from_one_with_other_words():
    assert asks_only_shape("long narrow building", "building")
    assert asks_only_shape("road running north-south", "road")
    assert not asks_only_shape("long red building", "building")
    assert not asks_only_shape("building", "building")


def test_that_the_long_one_is_meant_where_the_network_sees_no_difference():
    shapes = [shapely.box(20, 20, 70, 70), shapely.box(100, 100, 200, 120)]
    texts = ["building", "building", "long building", "long building"]
    clear = polygons_of(GRID, texts, shapes * 2, [0.9] * 4)
    clear.columns["score_max"] = clear.columns["score"].copy()
    candidate = np.zeros(len(FEATURES))
    candidate[FEATURES.index("shape")] = 4.0
    sentence = np.zeros(len(SENTENCE_FEATURES))
    found = decide(
        make_plan("the long building"),
        PredictedMaps(clear=clear, faint=clear),
        GRID,
        area=None,
        view=SceneView.WHOLE,
        weights=EvidenceWeights(candidate=candidate, sentence=sentence),
        caution=0.1,
    )
    meant = found.polygons.geometry[found.rows]
    assert len(meant) == 1
    assert shapely.area(meant[0]) == pytest.approx(shapely.area(clear.geometry[1]))
