"""Scores of classes in the header of weights."""

import pytest

from rrsis_geo.model.serialization.class_scores import (
    ClassScore,
    format_class_scores,
    parse_class_scores,
    unmeasured,
)
from rrsis_geo.model.serialization.header import list_weights, read_header

SCORES = {
    "airplane": ClassScore(iou=0.8, images=12),
    "road": ClassScore(iou=None, drawn=True),
}


def test_scores_survive_writing():
    assert parse_class_scores(format_class_scores(SCORES)) == SCORES
    assert parse_class_scores("{}") == {}


@pytest.mark.parametrize(
    "text", ["[]", '{"airplane": {"iou": 2}}', '{"airplane": {"speed": 1}}', "{"]
)
def test_damaged_scores_are_refused(text):
    with pytest.raises((ValueError, TypeError)):
        parse_class_scores(text)


def test_further_training_keeps_only_what_came_from_drawings():
    after = unmeasured(SCORES, ["airplane"])
    assert after["airplane"] == ClassScore(iou=None)
    assert after["road"] == ClassScore(iou=None, drawn=True)
    assert not unmeasured(SCORES, ["road"])["road"].drawn


@pytest.mark.parametrize("name", list_weights())
def test_shipped_weights_say_what_they_learned_from_drawings(name):
    info = read_header(name)
    assert set(info.class_scores) == set(info.categories)
    drawn = {key for key, score in info.class_scores.items() if score.drawn}
    learned = {"default": {"wind_turbine", "chimney"}, "open": {"river", "lake"}}
    assert {"field"} | learned[name] <= drawn
    assert drawn.isdisjoint({"building", "airplane", "tree", "road", "water"})


@pytest.mark.parametrize(
    ("score", "is_weak"),
    [
        (ClassScore(iou=0.8, images=9), False),
        (ClassScore(iou=0.3, images=9), False),
        (ClassScore(iou=0.29, images=9), True),
        (ClassScore(iou=0.8, images=9, drawn=True), True),
        (ClassScore(iou=None), False),
    ],
)
def test_classes_that_are_hardly_found_are_weak(score, is_weak):
    assert score.is_weak is is_weak
