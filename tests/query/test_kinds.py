"""Of a kind that weights were not taught, the class is asked for as well."""

import pytest

from rrsis_geo.query import make_plan
from rrsis_geo.query.decision.evidence import asked_number, texts_of
from rrsis_geo.query.decision.features import SceneView
from rrsis_geo.query.query_batch import make_batch

KNOWN = ("ship", "vehicle", "building", "tennis_court", "basketball_court")


def asked(text, known=KNOWN):
    plan = make_batch([text], "auto", categories=known).plans[0]
    return texts_of(plan, view=SceneView.MANY_WINDOWS)


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("cruise ships", ("ship", "cruise ship")),
        ("the white tanker on the left", ("ship", "white tanker")),
        ("lorries near the warehouse", ("vehicle", "lorry", "building", "warehouse")),
        ("ships", ("ship",)),
        ("red cars", ("car", "red car")),
    ],
)
def test_the_class_of_a_kind_is_asked_for(text, texts):
    assert asked(text) == texts


def test_what_may_be_of_two_classes_is_asked_for_as_typed():
    assert asked("hard courts") == ("hard court",)


def test_labels_of_weights_are_asked_for_as_typed():
    assert asked("tankers", known=("ship", "tanker")) == ("tanker",)


def test_a_bare_kind_is_a_label_still():
    plan = make_plan("cruise ship").asked_by_class(frozenset(KNOWN))
    assert plan.notation() == "cruise ship"
    assert plan.finds[0].noun == "ship"
    assert asked_number(plan) is None
