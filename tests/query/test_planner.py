"""Every text has a plan, made in few steps, that survives folding and JSON."""

import json
import subprocess
import sys
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_written_plans import WRITTEN

from rrsis_geo.errors import DataError
from rrsis_geo.language.traversal import walk
from rrsis_geo.query import Plan, make_plan
from rrsis_geo.query.lexicon import grammar, vocabulary
from rrsis_geo.query.lexicon.nouns import senses
from rrsis_geo.query.lexicon.vocabulary import words
from rrsis_geo.query.parser.filters import UNANCHORED
from rrsis_geo.query.parser.parser import MAX_STEPS, Parser
from rrsis_geo.query.parser.relation_operators import RELATIONS
from rrsis_geo.query.patterns.pattern_compiler import RULES_BY_FIRST_TOKEN
from rrsis_geo.query.tokenizer.spelling import correct_spelling

WORDS = sorted(
    {word for noun in senses() for word in noun}
    | {word for words in vocabulary.DIRECTIONS.values() for word in words.split()}
    | {word for words in vocabulary.SUPERLATIVES.values() for word in words.split()}
    | words("the a of and or not in on at near next to between except with one ones")
    | words("but neither nor last others among there is are have no do most least for")
    | words("o'clock corner non-white penultimate several about white thirds it them")
    | words(", . 's 3 50 m2 km second within from all both row pair closest than")
)
SOME_WORDS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=40)
TEXT = st.one_of(
    st.text(max_size=200),
    SOME_WORDS.map(" ".join),
    # The same few words over and over make the parser read tokens again most often.
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(
        lambda words: " ".join(words * 60)[:1000]
    ),
)


@given(TEXT)
@settings(max_examples=150, deadline=None)
def test_any_text_has_a_plan(text):
    plan = make_plan(text)
    assert plan.expression == text
    assert len(plan.phrases) == len(set(plan.phrases)) >= 1
    assert isinstance(plan.describe(), str)
    assert isinstance(plan.notation(), str)
    restored = json.loads(json.dumps(plan.to_mapping()))
    assert Plan.from_mapping(restored) == plan
    for node in walk(plan.root):
        assert set(node.at) <= set(range(len(plan.words)))
    with counted_steps() as steps:
        assert make_plan(text) == plan
    assert len(steps) <= MAX_STEPS + 1


@contextmanager
def counted_steps():
    """The list that gets an entry for each token that is parsed."""
    steps = []
    count_step = Parser.count_step

    def counted(parser):
        steps.append(1)
        count_step(parser)

    Parser.count_step = counted
    try:
        yield steps
    finally:
        Parser.count_step = count_step


def test_a_text_that_takes_too_many_steps_goes_to_the_network(monkeypatch):
    text = "the largest tank near the road on the left"
    assert not make_plan(text).is_plain
    monkeypatch.setattr("rrsis_geo.query.parser.parser.MAX_STEPS", 3)
    plan = make_plan(text)
    assert plan.is_plain
    assert plan.phrases == (text,)


def test_limits_with_a_negated_comparative():
    for text, notation in (
        ("buildings no larger than 2 ha", "building | area <= 20000 m2"),
        ("buildings no smaller than 50 m in size", "building | length >= 50 m"),
    ):
        plan = make_plan(text)
        assert plan.notation() == notation
        assert plan.describe()


def test_two_ranks_may_open_a_list():
    plan = make_plan("first and second golf green, and tarmac")
    assert plan.phrases == ("first golf green", "tarmac")


def test_very_long_texts_go_to_the_network():
    text = "tank near road " * 60
    assert make_plan(text).is_plain


@pytest.mark.parametrize("text", ["", " ", "?!", "...", "\u3042"])
def test_texts_without_words(text):
    assert make_plan(text).phrases == (" ".join(text.split()),)


PLANS = [make_plan(text) for _, text, _ in WRITTEN]


TANKS = frozenset({"storage_tank"})


@pytest.mark.parametrize(
    ("text", "notation"),
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
        ("tanks north of the depot", "storage tank | north of (depot)"),
        ("tanks at the south end of the pier", "storage tank | at south of (pier)"),
    ],
)
def test_a_place_in_an_unknown_container_is_a_place_among_the_things(text, notation):
    assert make_plan(text).placed_among_objects(TANKS).notation() == notation


def test_a_place_in_a_known_container_stays_there():
    plan = make_plan("tanks in the north of the airport")
    assert plan.notation() == "storage tank | at north of (airport)"
    assert plan.placed_among_objects(TANKS | {"airport"}) == plan
    among = plan.placed_among_objects(TANKS)
    assert among.notation() == "storage tank | in north among them"


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


def test_corrections_are_noted():
    plan = make_plan("the bigest tnak nera the road")
    assert plan.notation() == "storage tank | near (road) | largest"
    assert plan.notes == (
        'read "bigest" as "biggest"',
        'read "tnak" as "tank"',
        'read "nera" as "near"',
    )


def misspellings(word):
    """The word with neighbours swapped or a letter left out, except at the ends."""
    for place in range(1, len(word) - 1):
        yield word[:place] + word[place + 1 :]
        if place < len(word) - 2:
            yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def test_one_error_in_a_long_word_is_corrected():
    pairs = [
        (word, typed)
        for word in WORDS
        if len(word) >= 7 and word.isalpha()
        for typed in misspellings(word)
        if typed != word
    ]
    right = sum(correct_spelling(typed) == word for word, typed in pairs)
    assert len(pairs) > 1000
    assert right >= 0.97 * len(pairs)


def test_english_words_are_not_corrected():
    for word in words("loft lent bright beat port shop boar sheep lest glass coal"):
        assert correct_spelling(word) == word


def test_values_of_no_plan_are_refused():
    for values in ({}, {"root": 3}, {"expression": "", "words": [], "root": {}}):
        with pytest.raises(DataError, match="not a "):
            Plan.from_mapping(values)
    with pytest.raises(DataError, match="part of a plan"):
        Plan.from_mapping(
            {"expression": "", "words": [], "root": {"op": "no"}, "notes": []}
        )


@pytest.mark.parametrize(
    ("name", "value"), [("measure", "aree"), ("order", 3), ("rank", "1"), ("of", [])]
)
def test_a_field_of_another_value_is_no_part_of_a_plan(name, value):
    values = make_plan("the largest ship").to_mapping()
    assert name in values["root"]
    Plan.from_mapping(values)
    values["root"][name] = value
    with pytest.raises(DataError, match=f"part of a plan, by its {name}"):
        Plan.from_mapping(values)


def test_every_pattern_has_a_handler():
    rules = {rule for some in RULES_BY_FIRST_TOKEN.values() for rule in some}
    special = {"between", "nearest", "opaque", "lacking"}
    assert {
        rule.handler for rule in rules
    } == special | UNANCHORED.keys() | RELATIONS.keys()
    assert all(line.isascii() for line in grammar.RULES.splitlines())


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


def test_far_left_is_the_first_from_the_left():
    for text in ("far left boat dock", "the far right tank"):
        assert make_plan(text).root.rank == 1
