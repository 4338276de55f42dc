"""Words that weights do not know are told, and answered only if a guess is wanted."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from random_candidates import GRIDS, polygons_of

from rrsis_geo.language.known_classes import KnownClasses
from rrsis_geo.language.object_classes import CLASSES
from rrsis_geo.language.related_classes import RELATED, nearest_class
from rrsis_geo.query import make_plan
from rrsis_geo.query.batch_tags import batch_of_tags, batch_tags
from rrsis_geo.query.decision.evidence import contexts_of
from rrsis_geo.query.decision.features import SceneView
from rrsis_geo.query.known_words import knowledge, with_knowledge
from rrsis_geo.query.lexicon.vocabulary import words
from rrsis_geo.query.query_batch import make_batch
from rrsis_geo.vector.writers import no_polygons

KNOWN = KnownClasses(
    keys=("airplane", "ship", "storage_tank", "building", "tree", "road", "river"),
    weak=frozenset({"road", "river"}),
)

OUTSIDE = words(
    """unicorn dragon camel sheep cow horse elephant penguin person pedestrian
crowd tent igloo yurt greenhouse glasshouse lighthouse windmill waterfall fountain
statue bench hedge vineyard orchard garden lawn cemetery graveyard volcano crater dune
glacier iceberg helicopter drone rocket submarine train locomotive tram bicycle
telescope antenna satellite pylon pyramid fence wall haystack scarecrow dumpster
billboard flag umbrella trampoline sandpit skatepark bunker helipad roundabout crane
chimney dam stadium island playground"""
)
"""Nouns for things outside the classes of `KNOWN`."""


def read(text, resolve="auto", guess=False, known=KNOWN):
    batch = make_batch([text], resolve, categories=known.keys)
    return with_knowledge(batch, known, guess=guess)


def kept(batch):
    """How many polygons an answer keeps of one sure polygon for every text."""
    grid = GRIDS["projected"]
    squares = [
        shapely.box(100, 40 * i, 130, 40 * i + 30) for i in range(len(batch.bands))
    ]
    found = polygons_of(grid, batch.bands, squares, [0.95] * len(squares))
    return len(batch.answer(found, grid, None).polygons)


def test_there_are_sixty_nouns():
    assert len(set(OUTSIDE)) >= 60


FRAMES = ["{}s", "the {} on the left", "all big red {}s near the road", "bigest {}"]


@pytest.mark.parametrize(
    ("resolve", "frame"),
    [*(("auto", frame) for frame in FRAMES), ("scene", "{}s"), ("network", "{}s")],
)
def test_unknown_heads_get_a_note_and_no_polygons(resolve, frame):
    for noun in OUTSIDE:
        batch = read(frame.format(noun), resolve)
        said = [note for note in batch.notes if f'do not know "{noun}"' in note]
        assert len(said) == 1, (noun, batch.notes)
        assert "They know: airplane, ship, storage tank" in said[0]
        assert set(batch.bands) & batch.unanswered, noun
        heads = make_plan(frame.format(noun)).finds[0].phrase
        assert {heads, batch.plans[0].network_text} & batch.unanswered


def test_nothing_is_answered_for_unknown_heads_unless_guessed():
    for text in ("helicopters", "greenhouses", "the unicorn"):
        assert kept(read(text)) == 0
        assert kept(read(text, guess=True)) == 1
        assert "is a guess" in read(text, guess=True).notes[0]
    assert kept(read("planes")) == 1
    assert read("planes").notes == ()


def test_nearest_classes_are_named():
    assert "nearest: airplane" in read("helicopters").notes[0]
    assert "nearest: building" in read("greenhouses").notes[0]
    assert "nearest" not in read("unicorns").notes[0]
    # through a class that the weights do not know either
    assert (
        nearest_class("heliport", ("helipad",), frozenset({"building"})) == "building"
    )
    assert nearest_class("stadium", ("stadium",), frozenset({"airplane"})) is None


def test_related_classes_exist():
    assert set(RELATED) <= set(CLASSES)
    assert {key for keys in RELATED.values() for key in keys} <= set(CLASSES)


def test_synonyms_and_kinds_are_known():
    for text in (
        "aeroplanes",
        "jets",
        "oil tanks",
        "silos",
        "barges",
        "villas",
        "shrubs",
    ):
        assert read(text).notes == (), text


@pytest.mark.parametrize(
    "text",
    ["police station", "bus station", "boat ramp", "ferry terminal", "oil terminal"],
)
def test_other_stations_ramps_and_terminals_are_not_what_sounds_alike(text):
    known = KnownClasses(keys=tuple(CLASSES), weak=frozenset())
    batch = read(f"the {text}", known=known)
    assert any("do not know" in note for note in batch.notes)
    assert kept(batch) == 0
    assert not read("the train station", known=known).notes
    assert not read("planes at the concourse", known=known).notes


def test_weak_classes_are_answered_with_a_note():
    batch = read("the roads")
    assert len(batch.notes) == 1
    assert "weakly" in batch.notes[0]
    assert kept(batch) == 1


def test_the_network_is_not_asked_for_what_nothing_answers():
    texts = ("helicopters near the road", "roads", "the ships and the unicorns")
    batch = make_batch(texts, "auto", categories=KNOWN.keys)
    asked = with_knowledge(batch, KNOWN)
    assert asked.texts == ("road", "ship")
    assert asked.bands[:2] == asked.texts
    assert set(asked.bands) == set(batch.texts)
    assert with_knowledge(batch, KNOWN, guess=True).texts == batch.texts
    assert read("helicopters near the road").texts == ()
    whole = replace(batch, view=SceneView.WHOLE)
    assert with_knowledge(whole, KNOWN).texts == (
        "road",
        "roads",
        "ship",
        "the ships and the unicorns",
    )


@pytest.mark.parametrize("resolve", ["auto", "scene", "network"])
@pytest.mark.parametrize("guess", [False, True])
def test_without_the_network_no_way_to_resolve_finds_anything(resolve, guess):
    batch = read("helicopters", resolve, guess=guess)
    assert len(batch.texts) == guess
    assert len(batch.bands) == 1
    assert kept(batch) == guess
    grid = GRIDS["projected"]
    nothing = no_polygons(None)
    assert len(batch.answer(nothing, grid, None).polygons) == 0


def test_unknown_anchors_are_told_and_marked():
    plan = make_plan("houses near the fountain")
    (word,) = knowledge(plan, KNOWN)
    assert (word.word, word.role, word.knowledge) == ("fountain", "anchor", "unknown")
    assert word.node is plan.root.anchor
    batch = read("houses near the fountain")
    assert 'do not know "fountain"' in batch.notes[0]
    assert "cannot be checked" in batch.notes[0]
    assert kept(batch) >= 1


def test_of_several_heads_only_the_unknown_one_is_left_out():
    batch = read("planes and helicopters")
    assert batch.unanswered == {"helicopter"}
    assert kept(batch) == 1
    assert 'do not know "helicopter"' in batch.notes[0]


def test_words_for_anything_are_left_to_the_network():
    for text in ("the thing on the left", "everything red", "the red one"):
        assert read(text).unanswered == frozenset(), text


def test_known_nouns_with_words_after_them_are_known():
    for text in (
        "ships out at sea",
        "the car partly hidden by a tree",
        "planes nose-in below the large building",
        "the ship directly behind the tank",
        "trees where the road ends",
    ):
        known = KnownClasses(keys=(*KNOWN.keys, "vehicle"))
        assert read(text, known=known).unanswered == frozenset(), text


def test_labels_of_a_user_are_known_by_their_names():
    known = KnownClasses(keys=("greenhouse", "solar_carport"))
    for text in ("greenhouses", "the largest solar carport", "greenhouse on the left"):
        assert read(text, known=known).notes == (), text
    assert read("carports", known=known).unanswered
    assert (
        "They know: greenhouse, solar carport" in read("houses", known=known).notes[0]
    )


def test_without_a_list_of_classes_nothing_is_unknown():
    batch = with_knowledge(make_batch(["unicorns"], "auto"), None)
    assert batch.notes == ()
    assert batch.unanswered == frozenset()


def test_unanswered_texts_are_kept_with_a_probability_raster():
    batch = read("unicorns and the planes")
    again = batch_of_tags(batch_tags(batch), batch.bands, "p.tif")
    assert again.unanswered == batch.unanswered == {"unicorn"}
    assert again.notes == batch.notes


@pytest.mark.parametrize("resolve", ["auto", "scene", "network"])
def test_corrected_spelling_is_told_and_reaches_the_network(resolve):
    batch = read("the Bigest tnak", resolve)
    assert 'read "tnak" as "tank"' in batch.notes
    assert "tnak" not in " ".join(batch.texts)
    assert batch.expressions == ("the Bigest tnak",)


def test_the_network_gets_the_words_as_typed_but_for_spelling():
    (text,) = read("The Bigest tnak, near the CAFÉ", "network").texts
    assert text == "The Biggest tank, near the CAFÉ"


def test_polygons_on_their_way_are_left_out_too():
    batch = read("unicorns")
    grid = GRIDS["projected"]
    found = polygons_of(grid, batch.bands, [shapely.box(0, 0, 50, 50)], [0.9])
    assert len(batch.candidates(found)) == 0
    assert np.all(found.columns["score"] > 0)


KINDS = {
    "building": "halls barns factories cottages farmhouses mansions garages skyscrapers"
    " high-rises shops supermarkets outbuildings townhouses",
    "vehicle": "lorries pick-ups jeeps minibuses taxis ambulances caravans motorcycles",
    "ship": "trawlers dinghies catamarans frigates ferryboats houseboats",
    "airplane": "biplanes gliders seaplanes",
    "road": "alleyways bypasses cul-de-sacs",
    "water": "bays basins inlets",
    "vegetation": "woods forests groves",
    "tree": "conifers oaks treetops",
    "harbor": "ports quaysides",
    "parking_lot": "parking_spaces parking_bays",
}


@pytest.mark.parametrize("key", KINDS)
def test_words_for_kinds_of_a_known_class_are_known(key):
    known = KnownClasses(keys=(key,))
    for word in KINDS[key].split():
        text = f"all {word.replace('_', ' ')} near the {key}"
        heads = [one for one in knowledge(make_plan(text), known) if one.role == "head"]
        assert heads == [], text


@pytest.mark.parametrize("word", ["church", "hangar", "hospital", "greenhouse"])
def test_buildings_of_a_special_kind_are_not_any_building(word):
    known = KnownClasses(keys=("building",))
    assert [one.word for one in knowledge(make_plan(f"{word}s"), known)]


def test_anchors_that_the_weights_do_not_know_are_marked():
    def unknown(expression):
        categories = ["vehicle", "road", "building"]
        (plan,) = make_batch([expression], "auto", categories=categories).plans
        return set(plan.unknown_anchors)

    assert unknown("both cars at the intersection") == {"intersection"}
    assert unknown("both cars at the road") == set()
    assert unknown("car near the house left of the gazebo") == {"gazebo"}
    assert unknown("unicorn near the house") == set()  # what is asked for is no anchor
    (plan,) = make_batch(["both cars at the intersection"], "auto").plans
    assert not plan.unknown_anchors  # nobody has said what is known


def test_what_is_said_of_unknown_anchors_is_a_context_of_its_own():
    categories = ["vehicle", "road"]
    texts = ["car near the gazebo", "car near the road"]
    batch = make_batch(texts, "auto", categories=categories)
    contexts = [contexts_of(plan)["unknown anchor"] for plan in batch.plans]
    assert contexts == [1, 0]
