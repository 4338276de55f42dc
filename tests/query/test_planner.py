"""Any text has a plan, made with little work, that survives folding and JSON."""

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_written_plans import WRITTEN

from rrsis_geo.errors import DataError
from rrsis_geo.query import Plan, make_plan
from rrsis_geo.query.lexicon import grammar as rules
from rrsis_geo.query.lexicon import vocabulary
from rrsis_geo.query.lexicon.nouns import senses
from rrsis_geo.query.lexicon.vocabulary import words
from rrsis_geo.query.parser.parser import MOST_WORK, Parser
from rrsis_geo.query.plan import nodes
from rrsis_geo.query.tokenizer.spelling import correct_spelling

WORDS = sorted(
    {word for noun in senses() for word in noun}
    | {word for words in vocabulary.DIRECTIONS.values() for word in words.split()}
    | {word for words in vocabulary.SUPERLATIVES.values() for word in words.split()}
    | words("the a of and or not in on at near next to between except with one ones")
    | words(", . 's 3 50 m2 km second within from all both row pair closest than")
)
TEXT = st.one_of(
    st.text(max_size=1000),
    st.lists(st.sampled_from(WORDS), max_size=200).map(" ".join),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(
        lambda some: " ".join(some * 60)
    ),
).map(lambda text: text[:1000])


@given(TEXT)
@settings(max_examples=150, deadline=None)
def test_any_text_has_a_plan(text):
    plan = make_plan(text)
    assert plan.expression == text
    assert len(plan.phrases) == len(set(plan.phrases)) >= 1
    assert isinstance(plan.describe(), str)
    assert isinstance(plan.notation(), str)
    assert make_plan(text) == plan
    there = json.loads(json.dumps(plan.to_mapping()))
    assert Plan.from_mapping(there) == plan
    for node in nodes.walk(plan.root):
        assert set(node.at) <= set(range(len(plan.words)))


@given(TEXT)
@settings(max_examples=150, deadline=None)
def test_little_is_read_twice(text):
    work = []
    spend = Parser.spend

    def counted(parser):
        work.append(1)
        spend(parser)

    Parser.spend = counted
    try:
        make_plan(text)
    finally:
        Parser.spend = spend
    assert len(work) <= MOST_WORK + 1


def test_a_text_that_would_take_too_long_goes_to_the_network(monkeypatch):
    text = "the largest tank near the road on the left"
    assert not make_plan(text).is_plain
    monkeypatch.setattr("rrsis_geo.query.parser.parser.MOST_WORK", 3)
    plan = make_plan(text)
    assert plan.is_plain
    assert plan.phrases == (text,)


def test_very_long_texts_go_to_the_network():
    text = "tank near road " * 60
    assert make_plan(text).is_plain


@pytest.mark.parametrize("text", ["", " ", "?!", "...", "\u3042"])
def test_texts_without_words(text):
    assert make_plan(text).phrases == (" ".join(text.split()),)


PLANS = [make_plan(text) for _, text, _ in WRITTEN]


def test_nothing_kept_leaves_one_phrase_with_all_words():
    for plan in PLANS:
        folded = plan.folded(lambda node: False)
        said = {place for find in folded.finds for place in find.at}
        meant = {place for node in nodes.walk(plan.root) for place in node.at}
        assert said == meant, plan.expression
        for node in nodes.walk(folded.root):
            assert isinstance(node, nodes.Find | nodes.Union), plan.expression


def test_everything_kept_changes_nothing():
    for plan in PLANS:
        assert plan.folded(lambda node: True) == plan


def test_unknown_anchors_go_back_into_the_phrase_in_the_typed_order():
    plan = make_plan("the largest white tank next to the car park on the left")
    assert plan.notation() == (
        "white storage tank | next to (parking lot) | in left | largest"
    )
    told = plan.without_unknown(frozenset({"storage_tank"}))
    assert told.notation() == (
        "the white tank next to the car park | in left | largest"
    )
    assert plan.without_unknown(frozenset({"storage_tank", "parking_lot"})) == plan


TANKS = frozenset({"storage_tank"})


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tanks in the north of the tank farm", "storage tank | in north among them"),
        (
            "the tank at the south end of the oil depot",
            "storage tank | in south among them | 1",
        ),
        (
            "the largest tank in the north-east corner of the depot",
            "storage tank | in north east corner among them | largest",
        ),
        (
            "tanks in the middle of the port basin",
            "storage tank | in centre among them",
        ),
        ("tanks north of the depot", "tanks north of the depot"),
        (
            "tanks in the north of the left depot",
            "tanks in the north of the left depot",
        ),
        ("tanks at the south end of the pier", "tanks at the south end of the pier"),
    ],
)
def test_a_place_in_an_unknown_whole_is_one_among_the_things(text, meant):
    assert make_plan(text).without_unknown(TANKS).notation() == meant


def test_a_place_in_a_known_whole_stays_there():
    plan = make_plan("tanks in the north of the airport")
    assert plan.notation() == "storage tank | at north of (airport)"
    assert plan.without_unknown(TANKS | {"airport"}) == plan
    told = plan.without_unknown(TANKS).notation()
    assert told == "storage tank | in north among them"


def test_an_order_among_what_only_the_network_can_bound_is_its_own():
    bounded = make_plan("the leftmost tank at the jetty")
    assert bounded.without_unknown(TANKS).notation() == (
        "the tank at the jetty | leftmost"
    )
    seen_whole = bounded.without_unknown(TANKS, whole=True)
    assert seen_whole.notation() == "the leftmost tank at the jetty"
    for text in ("the leftmost tank in the north", "the leftmost tank"):
        plan = make_plan(text)
        assert plan.without_unknown(TANKS, whole=True) == plan


def test_several_expressions_share_their_phrases():
    texts = ["the largest tank", "tanks near the road", "all oil tanks on the left"]
    phrases = [phrase for text in texts for phrase in make_plan(text).phrases]
    assert sorted(set(phrases)) == ["road", "storage tank"]


def test_plans_are_described():
    plan = make_plan(
        "the two largest tanks within 50 m of the road, except the left one"
    )
    assert plan.describe() == (
        'find "storage tank"; keep those at most 50 m from "road"; keep the largest 2; '
        "leave out the one farthest to the left"
    )


def test_slips_are_said():
    plan = make_plan("the bigest tnak nera the road")
    assert plan.notation() == "storage tank | near (road) | largest"
    assert plan.notes == (
        'read "bigest" as "biggest"',
        'read "tnak" as "tank"',
        'read "nera" as "near"',
    )


def slips_of(word):
    """Every swap of neighbours and every letter left out, but for the ends."""
    for place in range(1, len(word) - 1):
        yield word[:place] + word[place + 1 :]
        if place < len(word) - 2:
            yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def test_one_slip_in_a_long_word_is_seen_through():
    pairs = [
        (word, slip)
        for word in WORDS
        if len(word) >= 7 and word.isalpha()
        for slip in slips_of(word)
        if slip != word
    ]
    right = sum(correct_spelling(slip) == word for word, slip in pairs)
    assert len(pairs) > 1000
    assert right >= 0.97 * len(pairs)


def test_real_words_are_no_slips():
    for word in words("loft lent bright beat port shop boar sheep lest glass coal"):
        assert correct_spelling(word) == word


def test_what_is_no_plan_is_refused():
    for values in ({}, {"root": 3}, {"expression": "", "words": [], "root": {}}):
        with pytest.raises(DataError, match="not a "):
            Plan.from_mapping(values)
    with pytest.raises(DataError, match="part of a plan"):
        Plan.from_mapping(
            {"expression": "", "words": [], "root": {"op": "no"}, "notes": []}
        )


def test_every_pattern_has_a_handler():
    from rrsis_geo.query.parser.filters import PLAIN
    from rrsis_geo.query.parser.pattern_compiler import BY_FIRST

    relations = words(
        "between within beside compared nearest near not outside along around without"
        " surrounded opposite holding inside opaque"
    )
    handlers = {rule.handler for some in BY_FIRST.values() for rule in some}
    assert handlers == relations | PLAIN.keys()
    assert all(line.isascii() for line in rules.RULES.splitlines())


def test_planning_needs_the_standard_library_only():
    code = (
        "import sys; from rrsis_geo.query import make_plan; make_plan('a tank');"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert loaded & {"numpy", "torch", "rasterio", "shapely", "geopandas"} == set()
