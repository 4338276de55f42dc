"""Scores of classes in the header of weights."""

import pytest

from rrsis_geo.model.serialization.class_scores import (
    ClassScore,
    format_class_scores,
    parse_class_scores,
    unmeasured,
)

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
