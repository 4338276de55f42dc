"""Kinds of wordings, each with siblings that must be read alike."""

import pytest

from rrsis_geo.language import nodes as n
from rrsis_geo.language.traversal import walk
from rrsis_geo.query import Plan, make_plan
from rrsis_geo.query.lexicon import vocabulary as v


def notation(text):
    return make_plan(text).notation()


ADVERBS = v.words(
    """quite very rather fairly really relatively somewhat unusually extremely
exceptionally comparatively"""
)


@pytest.mark.parametrize("adverb", ADVERBS)
def test_adverbs_before_words_of_size_change_nothing(adverb):
    for text in (
        "{}large sheds",
        "all {}small white tanks near the road",
        "the house near the {}big tank",
    ):
        assert notation(text.format(f"{adverb} ")) == notation(text.format("")), text


def test_adverbs_before_other_words_stay_with_the_network():
    assert notation("very dark tanks") == "very dark storage tank"
    assert notation("slightly rusty tanks") == "slightly rusty storage tank"


LEFT_OUT = [
    "all tanks except the largest",
    "all tanks, the largest left out",
    "all tanks with the largest left out",
    "all tanks, the largest being excluded",
    "all tanks but with the largest omitted",
    "all tanks, the largest not included",
    "all tanks, the largest is not counted",
    "all tanks, not counting the largest",
    "all tanks without counting the largest",
    "all tanks, not including the largest, please",
    "show me all tanks, leaving the largest aside",
]


@pytest.mark.parametrize("text", LEFT_OUT)
def test_what_is_left_out_may_be_named_before_or_after_its_verb(text):
    assert notation(text) == "storage tank | except (storage tank | largest)"


def test_other_sets_are_left_out_too():
    assert notation("ships, the ones at the pier left out") == (
        "ship | except (ship | at (pier))"
    )
    assert notation("buildings with the sheds left out") == "building | except (shed)"
    # a plain direction is no exception
    assert notation("tanks on the left") == "storage tank | in left"
    assert notation("ships out at sea").startswith("ship out")


BOTH = [
    ("houses near the river and the road", "house | near (river) | near (road)"),
    ("the ship near the pier and the bridge", "ship | near (pier) | near (bridge) | 1"),
    (
        "courts south of the road and the lake",
        "court | south of (road) | south of (lake)",
    ),
    (
        "a tank next to a gray building and white building",
        "storage tank | next to (gray building) | next to (white building) | any 1",
    ),
    (
        "tanks within 50 m of the road and a building",
        "storage tank | <= 50 m from (road) | <= 50 m from (building)",
    ),
]


@pytest.mark.parametrize(("text", "plan"), BOTH)
def test_a_relation_to_two_things_holds_for_both_but_is_unsure(text, plan):
    read = make_plan(text)
    assert read.notation() == plan
    unsure = [node for node in walk(read.root) if node.certainty < 1]
    assert len(unsure) == 1
    said = make_plan(text.replace("near the", "near both the", 1))
    if "both" in said.expression:
        assert said.notation() == plan
        assert all(node.certainty == 1 for node in walk(said.root))


TWO_KINDS = [
    ("tanks near the road and ships", "(storage tank | near (road)) or (ship)"),
    (
        "tanks near the road and ships in the south",
        "(storage tank | near (road)) or (ship | in south)",
    ),
    (
        "the court near the road and the court near the lake",
        "(court | near (road) | 1) or (court | near (lake) | 1)",
    ),
    ("ships left of the pier and below the bridge", None),
]


@pytest.mark.parametrize(("text", "plan"), TWO_KINDS)
def test_two_things_that_are_asked_for_stay_two(text, plan):
    wanted = plan or "ship | left of (pier) | bottom of (bridge)"
    assert notation(text) == wanted


MEMBERS = [
    ("two ships, one red and one white", "(red ship | 1) or (white ship | 1)"),
    ("two ships - one red, the other white", "(red ship | 1) or (white ship | 1)"),
    ("two courts: a blue one and a green one", "(blue court | 1) or (green court | 1)"),
    (
        "three tanks, two white and one rusty",
        "(white storage tank | 2) or (rusty storage tank | 1)",
    ),
    (
        "two planes, one on the left and one on the right",
        "(airplane | in left | 1) or (airplane | in right | 1)",
    ),
    (
        "three ships, one at the pier, one near the bridge and one in the north",
        "(ship | at (pier) | 1) or (ship | near (bridge) | 1) or (ship | in north | 1)",
    ),
]


@pytest.mark.parametrize(("text", "plan"), MEMBERS)
def test_members_are_described_in_turn(text, plan):
    assert notation(text) == plan


BORDERED = ["bordered by", "flanked by", "lined with", "fringed with", "edged by"]


@pytest.mark.parametrize("words", [*BORDERED, "flanked on both sides by"])
def test_what_borders_a_thing_is_next_to_it(words):
    assert notation(f"fields {words} trees") == "field | next to (tree)"
    assert notation(f"the road {words} houses") == "road | next to (house) | 1"


@pytest.mark.parametrize("words", ["every third", "every second", "every other"])
def test_sampling_is_told_and_left_out(words):
    plan = make_plan(f"{words} tank in the north")
    assert plan.notation() == "storage tank | in north"
    assert plan.notes == (f'"{words}" cannot be worked out, so all are given',)


EITHER = [
    ("left or right of", "left of", "right of"),
    ("to the north or south of", "north of", "south of"),
    ("on the left or right side of", "left of", "right of"),
    ("above or below", "top of", "bottom of"),
    ("east or west of", "east of", "west of"),
]


@pytest.mark.parametrize(("words", "one", "other"), EITHER)
def test_either_of_two_sides(words, one, other):
    assert notation(f"planes {words} the road") == (
        f"(airplane | {one} (road)) or (airplane | {other} (road))"
    )


APART = [
    ("at least 500 m apart", ">= 500 m"),
    ("more than 500 metres from each other", ">= 500 m"),
    ("less than 20 m apart", "<= 20 m"),
    ("at a distance of at most 20 m from one another", "<= 20 m"),
    ("between 20 and 30 m apart", "20..30 m"),
]


@pytest.mark.parametrize(("words", "limit"), APART)
def test_a_distance_to_each_other(words, limit):
    plan = make_plan(f"houses {words}")
    assert plan.notation() == f"house | {limit} from (house)"
    within = plan.root
    assert isinstance(within, n.Within)
    assert within.anchor == within.of


NOT_IT = [
    ("near the pier but not touching it", "near (pier)", "touching (pier)"),
    ("near the pier, not touching it", "near (pier)", "touching (pier)"),
    ("south of the road but not next to it", "south of (road)", "next to (road)"),
    ("along the roads but not on them", "along (road)", "on (road)"),
]


@pytest.mark.parametrize(("words", "first", "second"), NOT_IT)
def test_it_stands_for_the_last_anchor(words, first, second):
    assert notation(f"ships {words}") == (
        f"ship | {first} | except (ship | {first} | {second})"
    )


CLAUSES = [
    "a court in the north and it is near the road",
    "a court in the north and it is located near the road",
    "a court in the north and located near the road",
    "a court in the north and which is near the road",
    "search a court in the north and it is near the road",
]


@pytest.mark.parametrize("text", CLAUSES)
def test_clauses_about_the_same_things_add_conditions(text):
    assert notation(text) == "court | in north | near (road) | any 1"


PLACES = [
    ("on the center of the left", "in middle left"),
    ("in the middle of the right side", "in middle right"),
    ("at the centre of the top", "in top centre"),
    ("on the center of the far left", "in middle left"),
    ("on the top of the left", "in top left"),
]


@pytest.mark.parametrize(("words", "place"), PLACES)
def test_a_place_within_a_place(words, place):
    assert notation(f"tanks {words}") == f"storage tank | {place}"


def test_ranks_within_a_set_that_is_named_after_them():
    assert notation(
        "the first court from the left of some courts that are in the north"
    ) == ("court | in north | leftmost")


AFTER_NOUN = [
    ("ships out at sea", "ship"),
    ("car partly hidden by a tree", "car"),
    ("planes nose-in at the gates", "airplane"),
    ("the basketball court painted blue", "basketball court"),
    ("tank much larger than the building", "storage tank"),
    ("car directly behind the van", "car"),
    ("waterfront running track", "running track"),
    ("pedestrian crossing over the stream", "pedestrian crossing"),
    ("the part of the river north of the bridge", "river"),
    ("track and field ground", "running track"),
]


@pytest.mark.parametrize(("text", "noun"), AFTER_NOUN)
def test_words_after_a_noun_do_not_become_the_noun(text, noun):
    assert make_plan(text).finds[0].noun == noun


def test_colours_after_a_comma_or_verb_stand_before_the_noun():
    assert notation("running track, beige") == "beige running track"
    assert notation("tanks that are white and near the road") == (
        "white storage tank | near (road)"
    )


SLIPS = [
    ("the brige", "bridge"),
    ("brige over the river", "bridge"),
    ("a yelow brige", "bridge"),
    ("the bown field", "field"),
    ("gren tanks", "storage tank"),
]


@pytest.mark.parametrize(("text", "noun"), SLIPS)
def test_slips_in_names_of_classes_do_not_become_colours(text, noun):
    assert make_plan(text).finds[0].noun == noun


def test_slips_in_colours_become_colours():
    assert notation("a yelow brige") == "yellow bridge | any 1"
    assert notation("gren tanks") == "green storage tank"


def test_certainty_survives_json_and_is_left_out_where_there_is_no_doubt():
    plan = make_plan("houses near the river and the road")
    again = Plan.from_mapping(plan.to_mapping())
    assert again == plan
    assert again.root.certainty == plan.root.certainty < 1
    values = make_plan("houses near the river").to_mapping()
    assert "certainty" not in str(values)


PLACE_AFTER_ANCHOR = [
    ("the court below the court on the left", n.InPlace),
    ("the tank near the road in the north", n.InPlace),
    ("the ship under the long pier", n.Beside),
]


@pytest.mark.parametrize(("text", "kind"), PLACE_AFTER_ANCHOR)
def test_words_that_may_belong_to_either_are_unsure(text, kind):
    unsure = [node for node in walk(make_plan(text).root) if node.certainty < 1]
    assert [type(node) for node in unsure] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "tanks in the north",
        "the tank near the road, in the north",
        "houses by the lake",
    ],
)
def test_clear_words_are_sure(text):
    assert all(node.certainty == 1 for node in walk(make_plan(text).root))


ADJECTIVE_LISTS = {
    "the long, thin building": "long thin building | 1",
    "white, round storage tanks": "white round storage tank",
    "the narrow, dark green field": "narrow dark green field | 1",
    "a large, flat, grey roof": "flat grey roof | big | any 1",
    "cars near the old, rusty tank": "car | near (old rusty storage tank)",
    "the red, white and blue ships": "red white and blue ship",
}


@pytest.mark.parametrize("text", ADJECTIVE_LISTS)
def test_that_a_comma_between_adjectives_is_read_over(text):
    assert notation(text) == ADJECTIVE_LISTS[text]


SEVERAL_THINGS = {
    "planes, ships and cars": "(airplane) or (ship) or (car)",
    "tents, cars": "(tent) or (car)",
    "tents, white cars and ships": "(tent) or (white car) or (ship)",
    "a helipad, white tanks": "(helipad | any 1) or (white storage tank)",
    "the yurt, a tank": "(yurt | 1) or (storage tank | any 1)",
}


@pytest.mark.parametrize("text", SEVERAL_THINGS)
def test_that_a_comma_between_things_still_joins_them(text):
    assert notation(text) == SEVERAL_THINGS[text]


REQUESTS = {
    "can you find me the white plane": "white airplane | 1",
    "could you spot for us the tanks": "storage tank",
    "anything that looks like a boat on the left": "boat | in left",
    "everything that is a tank": "storage tank",
    "whatever could be a ship": "ship",
}


@pytest.mark.parametrize("text", REQUESTS)
def test_that_a_request_for_whatever_is_a_thing_asks_for_the_thing(text):
    assert notation(text) == REQUESTS[text]


def test_that_everything_of_a_colour_is_still_asked_for():
    assert notation("everything that is red") == "red everything"


OTHER_WORDINGS = {
    "the most northern of the white tanks": "white storage tank | northmost",
    "the most left plane": "airplane | leftmost",
    "the plane that is the only one facing right": "airplane | facing right | 1",
    "two courts painted in different colours": "court painted in different colours | 2",
    "roofs in the same colour as the road": "roof in the same colour as the road",
    "tanks in the square": "storage tank | in (square)",
}


@pytest.mark.parametrize("text", OTHER_WORDINGS)
def test_that_these_are_read_as_they_are_meant(text):
    assert notation(text) == OTHER_WORDINGS[text]
