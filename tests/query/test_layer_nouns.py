"""Words of the user's own layers are nouns of plans."""

import pytest

from rrsis_geo.language.nodes import Except, Find, Holding
from rrsis_geo.language.traversal import walk
from rrsis_geo.query import make_plan
from rrsis_geo.query.own_layers.attribute_names import output_names
from rrsis_geo.query.own_layers.layer_nouns import LayerNouns, canonical_noun
from rrsis_geo.query.plan.plan import Plan

WORDS = ("road", "parcel", "cadastral plots", "building", "right of way", "Ward")
LAYERS = LayerNouns(WORDS)


def answered(text, layers=LAYERS):
    """(phrase, layer) of every phrase that a layer answers."""
    return {one.phrase: one.layer for one in layers.plan(text).finds if one.layer}


@pytest.mark.parametrize(
    ("text", "layers"),
    [
        ("tanks near the road", {"road": "road"}),
        ("tanks within 50 m of the roads", {"road": "road"}),
        ("tanks near the street", {"street": "road"}),
        ("tanks near a roadway", {"road": "road"}),
        ("the largest parcel", {"parcel": "parcel"}),
        ("parcels bigger than 500 m2", {"parcel": "parcel"}),
        ("the biggest cadastral plot", {"cadastral plot": "cadastral plots"}),
        ("red cadastral plots", {"red cadastral plot": "cadastral plots"}),
        ("houses by the right of way", {"house": "building", "right of way": WORDS[4]}),
        ("the northernmost ward", {"ward": "Ward"}),
        ("warehouses near the lake", {"warehouse": "building"}),
        ("the plots", {}),
        ("ships near the pier", {}),
    ],
)
def test_a_layer_answers_its_word_and_words_of_its_class(text, layers):
    assert answered(text) == layers


def test_a_layer_of_a_kind_does_not_answer_for_the_class():
    layers = LayerNouns(("warehouse",))
    assert answered("the warehouses", layers) == {"warehouse": "warehouse"}
    assert answered("all buildings", layers) == {}


def test_a_word_of_several_classes_is_left_to_the_network():
    assert answered("the courts", LayerNouns(("tennis court",))) == {}


def test_the_word_itself_wins_over_its_class():
    layers = LayerNouns(("building", "warehouse"))
    assert answered("warehouses", layers) == {"warehouse": "warehouse"}


def test_words_of_layers_are_not_corrected_and_are_no_grammar():
    layers = LayerNouns(("blok", "top"))
    plan = layers.plan("tanks near the bloks")
    assert plan.notes == ()
    assert answered("tanks near the bloks", layers) == {"blok": "blok"}
    assert answered("tanks near the top", layers) == {"top": "top"}
    assert make_plan("tanks near the blok").notes != ()


def test_without_layers_plans_are_as_ever():
    for text in ("the largest parcel with a pool", "tanks near the road"):
        assert LayerNouns().plan(text) == make_plan(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("the largest parcel with a pool", Holding),
        ("parcels that have a swimming pool", Holding),
        ("parcels with no pool", Except),
        ("parcels without a pool", Except),
        ("parcels with buildings", Holding),
    ],
)
def test_what_a_thing_of_a_layer_has_in_it_is_worked_out_on_the_map(text, kind):
    plan = LAYERS.plan(text)
    assert any(isinstance(node, kind) for node in walk(plan.root))
    assert "parcel" in plan.phrases
    assert all(not find.layer or not find.narrows for find in plan.finds)


def test_two_things_in_it_are_both_asked_for():
    plan = LAYERS.plan("parcels with a pool and a tree")
    held = [node for node in walk(plan.root) if isinstance(node, Holding)]
    assert [node.anchor for node in held] != []
    assert len(held) == 2


@pytest.mark.parametrize(
    "text",
    [
        "buildings with a red roof",  # a part of it
        "wards with more than 2 tanks",  # a number cannot be said
        "parcels with a fountain",  # of no known class
    ],
)
def test_other_things_with_something_stay_with_the_network(text):
    plan = LAYERS.plan(text)
    assert isinstance(plan.root, Find)
    assert plan.root.narrows


def test_a_plan_with_layers_survives_json():
    plan = LAYERS.plan("red buildings near the road")
    again = Plan.from_mapping(plan.to_mapping())
    assert again == plan
    assert [one.layer for one in again.finds] == ["building", "road"]
    assert "layer" not in str(make_plan("red buildings").to_mapping())


def test_plans_name_the_layer():
    plan = LAYERS.plan("tanks near the street")
    assert plan.describe() == (
        'find "storage tank"; keep those near "street" (layer road)'
    )


def test_a_kind_of_a_class_brings_a_note():
    (note,) = LAYERS.plan("warehouses").notes
    assert "warehouse" in note
    assert "layer building" in note


def test_nouns_of_layers_are_compared_without_number_and_synonyms():
    assert canonical_noun("Roads") == canonical_noun("roadway") == "road"
    assert canonical_noun("cadastral_plots") == "cadastral plot"


def test_fields_with_names_of_results_get_the_layers_word_in_front():
    fields = ("ID", "name", "score", "fid", "road_id")
    assert output_names("road", fields) == {
        "road_ID": "ID",
        "name": "name",
        "road_score": "score",
        "road_fid": "fid",
        "road_road_id": "road_id",
    }
