"""Expressions get the plans written for them by hand in plans.txt."""

from collections import Counter
from pathlib import Path

import pytest

from rrsis_geo.language.traversal import anchors, walk
from rrsis_geo.query import make_plan
from rrsis_geo.query.tokenizer.tokens import tokenize

FILE = Path(__file__).with_name("plans.txt")


def written():
    """(kind, expression, plan) of every line of plans.txt."""
    kind = ""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            expression, _, plan = line.partition(" => ")
            yield kind, expression, plan


WRITTEN = list(written())
KINDS = sorted({kind for kind, _, _ in WRITTEN})


@pytest.mark.parametrize("kind", KINDS)
def test_expressions_get_the_plans_that_people_mean(kind):
    expected = {text: plan for one, text, plan in WRITTEN if one == kind}
    assert {text: make_plan(text).notation() for text in expected} == expected


def test_there_are_enough_expressions_of_every_kind():
    count = Counter(kind for kind, _, _ in WRITTEN)
    assert sum(count.values()) >= 400
    assert count["casual"] >= 60
    assert count["network"] >= 40
    assert len({text for _, text, _ in WRITTEN}) == len(WRITTEN)


NETWORK = [text for kind, text, _ in WRITTEN if kind == "network"]


@pytest.mark.parametrize("text", NETWORK)
def test_descriptions_of_appearance_stay_with_the_network(text):
    node = make_plan(text).root
    while type(node).__name__ == "Counted" or _relates_to_no_class(node):
        node = node.of
    assert type(node).__name__ == "Find"


def _relates_to_no_class(node):
    """Whether it relates to something that no weights know: "in autumn colours"."""
    finds = [find for anchor in anchors(node) for find in walk(anchor)]
    return bool(finds) and not any(getattr(find, "categories", ()) for find in finds)


FRAMES = [
    "{}",
    "  {} ",
    "{}.",
    "{}?",
    "show me {}",
    "show me {} please",
    "please find {}",
    "Could you highlight {}, please?",
    "I'm looking for {}",
    "{} in this image",
    "hey, can u outline {} for me pls",
    "segment {}, thanks!",
]


@pytest.mark.parametrize("frame", FRAMES)
def test_polite_words_and_punctuation_change_nothing(frame):
    for kind, text, plan in WRITTEN:
        if kind in ("size", "extreme", "near", "distance", "between", "nearest"):
            assert make_plan(frame.format(text)).notation() == plan, text


@pytest.mark.parametrize("change", [str.upper, str.title, str.capitalize])
def test_case_changes_nothing(change):
    for _, text, _ in WRITTEN:
        assert tokenize(change(text)) == tokenize(text)


SAME = [
    ("tanks in the centre", "tanks in the center"),
    ("grey tanks near the harbour", "grey tanks near the harbour"),
    ("tanks within 50 metres of the road", "tanks within 50 meters of the road"),
    ("tanks within 1 km of the road", "tanks within 1000 m of the road"),
    ("tanks within 1,000 m of the road", "tanks within a kilometre of the road"),
    ("tanks within 3 ft of the road", "tanks within one yard of the road"),
    ("buildings over 1 ha", "buildings larger than 10,000 square metres"),
    ("buildings over 43560 sq ft", "buildings bigger than an acre"),
    ("the plane on the left", "the aeroplane on the left"),
    ("north-east tanks", "northeast tanks"),
    ("the left-most tank", "the leftmost tank"),
    ("the second tank from the left", "the 2nd tank from the left"),
    ("the two largest tanks", "the 2 biggest storage tanks"),
    ("the farthest tank from the road", "the tank furthest from the road"),
    ("oil tanks", "storage tank"),
    ("ballfields", "baseball diamond"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_units_and_synonyms_mean_the_same(one, other):
    assert make_plan(one).notation() == make_plan(other).notation()
