from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from layouts import LAYOUTS, mirrored, random_layout
from oracle import READINGS, Oracle

from rrsis_geo.expressions import flip_words, generate_expressions
from rrsis_geo.language import nodes as n
from rrsis_geo.language.traversal import walk

EXCHANGED = {
    "horizontal": {"left": "right", "right": "left"},
    "vertical": {"top": "bottom", "bottom": "top"},
}
DIRECTION = re.compile(
    r"(?:\b|(?<=north)|(?<=south))(left|right|west|east|top|upper|north|above|bottom"
    r"|lower|south|below|beneath|up\b|down\b)(?!ping|ped)"
)
MIDDLE_ONE = re.compile(
    r"(middle|centre) (one of|of the three|(?!left|right|of )[a-z]+)"
)
SIDE_OF = {
    **dict.fromkeys(("left", "west"), "left"),
    **dict.fromkeys(("right", "east"), "right"),
    **dict.fromkeys(("top", "upper", "north", "above", "up"), "top"),
    **dict.fromkeys(("bottom", "lower", "south", "below", "beneath"), "bottom"),
    "down": "bottom",
}


def sides_named(text: str) -> set[str]:
    """Every side that some word of the text names."""
    # "halfway down" is the middle, and so is "halfway up".
    plain = re.sub("halfway (down|up)", "", text.lower())
    return {SIDE_OF[word] for word in DIRECTION.findall(plain)}


def sides_meant(node) -> set[str]:
    """Every side that a node, or any node below it, names."""
    places = [
        one.place if isinstance(one, n.InPlace) else getattr(one, "side", "")
        for one in walk(node)
    ]
    return set(" ".join(places).split()) & {"left", "right", "top", "bottom"}


def mirrored_node(node, axis: str):
    """The same node for the mirrored layout."""
    changed = {}
    for name, value in vars(node).items():
        if isinstance(value, n.NODES):
            changed[name] = mirrored_node(value, axis)
        elif name in ("side", "place"):
            words = [EXCHANGED[axis].get(word, word) for word in value.split()]
            changed[name] = " ".join(words)
    return replace(node, **changed)


def generated(seed: int):
    layout = random_layout(seed)
    return layout, generate_expressions(
        layout, rng=np.random.default_rng(seed), count=10
    )


def test_the_words_name_the_sides_that_are_meant():
    wrong = [
        one
        for seed in range(150)
        for one in generated(seed)[1]
        if sides_named(one.text) != sides_meant(one.meaning)
        # These name the middle one of three in a line, and no side.
        and "between the other two" not in one.text.lower()
        and not MIDDLE_ONE.search(one.text.lower())
    ]
    assert wrong == []


@pytest.mark.parametrize("axis", ["horizontal", "vertical"])
def test_flipped_words_are_true_of_the_flipped_layout(axis):
    for seed in range(LAYOUTS // 3):
        layout, expressions = generated(seed)
        oracle = Oracle(mirrored(layout, axis))
        for one in expressions:
            text = flip_words(one.text, axis)
            node = mirrored_node(one.meaning, axis)
            if text is not None:
                assert sides_named(text) == {
                    EXCHANGED[axis].get(side, side) for side in sides_named(one.text)
                }, (one.text, text)
            for reading in READINGS:
                assert oracle.targets(node, reading) == set(one.targets), one


@pytest.mark.parametrize("axis", ["horizontal", "vertical"])
def test_generated_texts_can_be_flipped(axis):
    texts = [one.text for seed in range(100) for one in generated(seed)[1]]
    refused = [text for text in texts if flip_words(text, axis) is None]
    assert len(refused) < 0.02 * len(texts), refused


@pytest.mark.parametrize("axis", ["horizontal", "vertical"])
def test_flipping_twice_gives_the_same_sides(axis):
    for seed in range(100):
        for one in generated(seed)[1]:
            there = flip_words(one.text, axis)
            if there is not None:
                back = flip_words(there, axis)
                # "left at the top" gives "right at the top": an adverb?
                assert back is None or sides_named(back) == sides_named(one.text)


@pytest.mark.parametrize(
    ("text", "horizontal", "vertical"),
    [
        ("tennis court", "tennis court", "tennis court"),
        ("the plane on the left", "the plane on the right", "the plane on the left"),
        ("Upper-right tank", "Upper-left tank", "Lower-right tank"),
        ("northwesternmost ship", "northeasternmost ship", "southwesternmost ship"),
        ("north-west corner", "north-east corner", "south-west corner"),
        ("left-most of the two", "right-most of the two", "left-most of the two"),
        ("tanks in the SE", "tanks in the SW", "tanks in the NE"),
        ("ship above the pier", "ship above the pier", "ship below the pier"),
        ("second car from the left", "second car from the right",
         "second car from the left"),
        ("turning clockwise", "turning counterclockwise",
         "turning counterclockwise"),
        ("plane on the tarmac", "plane on the tarmac", "plane on the tarmac"),
        ("bright light vehicle", "bright light vehicle", "bright light vehicle"),
        ("jet at 3 o'clock", None, None),
        ("the first tank", None, None),
        ("the lfet one", None, None),
        ("the topmsot plane", None, None),
        ("boat right next to the pier", None, "boat right next to the pier"),
        ("plane on top of the building", "plane on top of the building", None),
        ("the tank in the NNE", None, None),
    ],
)  # fmt: skip
def test_flipped_words(text, horizontal, vertical):
    assert flip_words(text, "horizontal") == horizontal
    assert flip_words(text, "vertical") == vertical


def test_hand_written_requests_are_flipped_or_refused(shared_data):
    lines = (shared_data / "expressions" / "nwpu.jsonl").read_text().splitlines()
    texts = [json.loads(line)["expression"] for line in lines]
    for axis in ("horizontal", "vertical"):
        flipped = [flip_words(text, axis) for text in texts]
        done = [
            (one, other)
            for one, other in zip(texts, flipped, strict=True)
            if other is not None
        ]
        assert len(done) > 0.9 * len(texts)
        for one, other in done:
            expected = {EXCHANGED[axis].get(side, side) for side in sides_named(one)}
            assert sides_named(other) == expected, (one, other)
