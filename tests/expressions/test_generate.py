from __future__ import annotations

import re

import numpy as np
import pytest
from layouts import CATEGORIES, LAYOUTS, random_layout
from oracle import READINGS, Oracle
from shapely.geometry import box

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.expressions import generate_expressions
from rrsis_geo.expressions.categories import category_of, find_all
from rrsis_geo.expressions.generate import NO_TARGET, SHARES
from rrsis_geo.expressions.wording import realizer
from rrsis_geo.expressions.wording.noun_choice import nouns_of
from rrsis_geo.language.nodes import Except, Find, Sized

SEEDS = range(100)


def generated(seed: int, *, count: int = 10, clipped: bool = False, no_target=0.25):
    layout = random_layout(seed, clipped=clipped)
    rng = np.random.default_rng(seed)
    return layout, generate_expressions(
        layout, rng=rng, count=count, no_target=no_target
    )


def expressions_of(layout: Layout, seeds: int, **options):
    """Expressions for a layout with each of so many seeds."""
    return [
        one
        for seed in range(seeds)
        for one in generate_expressions(
            layout, rng=np.random.default_rng(seed), **options
        )
    ]


def layout_of(*boxes, category="vehicle", complete=("vehicle", "ship"), **attributes):
    things = [
        LabelledObject(category=category, polygon=box(*one), attributes=attributes)
        for one in boxes
    ]
    return Layout(
        width=100, height=100, objects=tuple(things), complete=frozenset(complete)
    )


@pytest.mark.parametrize("clipped", [False, True])
@pytest.mark.parametrize("start", [0, 1])
def test_every_honest_reading_of_the_masks_gives_the_targets(start, clipped):
    wrong = []
    for seed in range(start, LAYOUTS, 2):
        layout, expressions = generated(seed, clipped=clipped)
        oracle = Oracle(layout)
        for one in expressions:
            for reading in READINGS:
                found = oracle.targets(one.meaning, reading)
                if found != set(one.targets):
                    wrong.append((seed, reading, one, found))

    assert wrong == []


def test_all_types_appear_in_balance():
    types = [one.type for seed in SEEDS for one in generated(seed)[1]]
    share = {name: types.count(name) / len(types) for name in {*SHARES, NO_TARGET}}

    assert 0.15 < share[NO_TARGET] < 0.3
    assert min(share.values()) > 0.02
    assert max(share[name] for name in SHARES) < 0.3


def test_no_target_means_no_targets_and_nothing_else_does():
    for seed in SEEDS:
        for one in generated(seed)[1]:
            assert (one.type == NO_TARGET) == (one.targets == ())


def test_the_share_without_target_is_what_was_asked_for():
    for share, expected in ((0.0, {False}), (1.0, {True})):
        made = [one for seed in SEEDS for one in generated(seed, no_target=share)[1]]
        layouts_with_objects = {one.type == NO_TARGET for one in made if one.targets}
        assert layouts_with_objects <= {False}
        if share == 1.0:
            assert {one.type == NO_TARGET for one in made} == expected


def test_texts_are_distinct_and_the_same_seed_gives_the_same():
    for seed in SEEDS:
        first, again = generated(seed)[1], generated(seed)[1]
        assert first == again
        texts = [one.text.casefold() for one in first]
        assert len(set(texts)) == len(texts)


def test_other_seeds_give_other_texts():
    layout = random_layout(3)
    texts = {one.text for one in expressions_of(layout, 30, count=3)}
    assert len(texts) > 30


def test_targets_are_ascending_indices_of_objects_of_one_complete_category():
    for seed in SEEDS:
        layout, expressions = generated(seed)
        for one in expressions:
            assert list(one.targets) == sorted(set(one.targets))
            names = {layout.objects[target].category for target in one.targets}
            assert names <= {category_of(one.meaning)}
            assert category_of(one.meaning) in layout.complete


def test_an_empty_layout_gives_requests_that_nothing_answers():
    made = generate_expressions(layout_of(), rng=np.random.default_rng(0), count=5)
    assert len(made) == 5
    assert all(one.targets == () for one in made)


def test_no_expressions_where_no_category_is_complete():
    layout = layout_of((10, 10, 20, 20), (50, 50, 60, 60), complete=())
    assert generate_expressions(layout, rng=np.random.default_rng(0), count=8) == []


def test_objects_outside_the_frame_are_not_there():
    layout = layout_of((-40, 10, -20, 20), (120, 10, 140, 20))
    assert all(one.targets == () for one in expressions_of(layout, 20, count=4))


def test_a_sliver_at_the_edge_is_counted_but_never_singled_out():
    sliver = 3
    layout = layout_of(
        (10, 10, 30, 30), (10, 60, 30, 80), (55, 35, 75, 55), (99, 60, 119, 80)
    )
    for one in expressions_of(layout, 150, count=4):
        if sliver in one.targets:
            assert isinstance(one.meaning, Find | Except), one


@pytest.mark.parametrize("clipped", [False, True])
def test_no_size_is_compared_with_what_the_frame_cuts_off(clipped):
    hidden = box(80, 40, 130, 90)
    cut = hidden.intersection(box(0, 0, 100, 100)) if clipped else hidden
    layout = Layout(
        width=100,
        height=100,
        objects=tuple(
            LabelledObject(category="ship", polygon=polygon)
            for polygon in (box(5, 5, 40, 45), box(50, 5, 60, 15), cut)
        ),
        complete=frozenset({"ship"}),
    )
    by_size = [
        one
        for one in expressions_of(layout, 200, count=4)
        if isinstance(one.meaning, Sized) and one.meaning.of == find_all("ship")
    ]
    # The small one is the smallest in any case; which one is larger is unknown.
    assert by_size
    assert all(
        (one.meaning.order, one.meaning.rank, one.targets) == ("smallest", 1, (1,))
        or (one.meaning.order, one.meaning.count) == ("largest", 2)
        for one in by_size
    )


def test_equal_sizes_and_level_positions_are_not_told_apart():
    layout = layout_of((10, 40, 20, 50), (60, 40.5, 70, 50.5), complete=("vehicle",))
    for one in expressions_of(layout, 150, count=5, no_target=0.0):
        words = set(re.findall(r"[a-z]+", one.text.lower()))
        assert not words & {"largest", "smallest", "bigger", "smaller"}
        assert not words & {"topmost", "bottommost", "upper", "above", "below"}


def test_singular_is_used_for_one_and_plural_for_several(monkeypatch):
    # A mistyped noun would not be found, and a later mention would count in its place.
    monkeypatch.setattr(realizer, "add_typo", lambda text, noun, *, rng: text)
    checked = labels = 0
    for seed in SEEDS:
        for one in generated(seed)[1]:
            forms = {
                (found.start(), -len(form), number)
                for noun in nouns_of(category_of(one.meaning))
                for number, form in (("one", noun.singular), ("several", noun.plural))
                if noun.singular != noun.plural
                for found in re.finditer(rf"\b{re.escape(form)}\b", one.text.lower())
            }
            if not forms or not one.targets or isinstance(one.meaning, Except):
                continue
            checked += 1
            number = min(forms)[2]
            if isinstance(one.meaning, Find) and len(one.text) == -min(forms)[1]:
                # A bare noun is a label: all of them, singular or plural.
                labels += number == "one" and len(one.targets) > 1
            elif (
                re.match(
                    r"\W*(\S+ ){0,6}?of (the )?(two|three|four|five|six|seven)\b",
                    one.text,
                )
                and re.search("of ", one.text).start() < min(forms)[0]
            ):
                assert number == "several"
            else:
                assert number == ("one" if len(one.targets) == 1 else "several"), one
    assert checked > 500
    assert labels > 5


def test_a_number_in_front_is_the_number_of_targets():
    numbers = "zero one two three four five six seven eight nine ten eleven twelve"
    counted = 0
    for seed in SEEDS:
        for one in generated(seed)[1]:
            found = re.match(
                r"(?:the |all |where are the )?([a-z]+) ", one.text.lower()
            )
            if found and found[1] in numbers.split() and one.targets:
                counted += 1
                assert numbers.split().index(found[1]) == len(one.targets), one
    assert counted > 20


def test_a_category_the_lexicon_lacks_is_read_as_words():
    layout = layout_of(
        (10, 10, 20, 20),
        (50, 50, 70, 70),
        category="greenhouse",
        complete=("greenhouse",),
    )
    texts = [one.text.lower() for one in expressions_of(layout, 40, count=3)]
    assert sum("greenhouse" in text for text in texts) > 0.9 * len(texts)
    assert any("greenhouses" in text for text in texts)


@pytest.mark.parametrize(
    ("category", "singular", "plural"),
    [
        ("greenhouse", "greenhouse", "greenhouses"),
        ("bare_soil", "bare soil", "bare soil areas"),
        ("Water", "water", "water areas"),
        ("bus-stop", "bus stop", "bus stops"),
        ("quarry", "quarry", "quarries"),
        ("bench", "bench", "benches"),
    ],
)
def test_plurals_of_nouns_that_the_lexicon_lacks(category, singular, plural):
    (one,) = nouns_of(category)
    assert (one.singular, one.plural) == (singular, plural)


def test_a_noun_of_two_categories_is_used_where_only_one_is_there():
    layout = layout_of((10, 10, 20, 20), category="tennis_court", complete=CATEGORIES)
    both = Layout(
        width=100,
        height=100,
        objects=(
            *layout.objects,
            LabelledObject(category="basketball_court", polygon=box(60, 60, 70, 75)),
        ),
        complete=layout.complete,
    )

    def bare_courts(what: Layout) -> int:
        return sum(
            re.search(
                r"(?<!tennis )(?<!basketball )(?<!hoops )(?<!bball )\bcourt",
                one.text.lower(),
            )
            is not None
            for one in expressions_of(what, 150, count=3, no_target=0)
        )

    assert bare_courts(layout) > 0
    # A typo may leave "tennsi court".
    assert bare_courts(both) <= 6


def test_colours_close_to_each_other_are_not_told_apart():
    things = [
        LabelledObject(
            category="ship",
            polygon=box(left, 10, left + 10, 25),
            attributes={"colour": colour},
        )
        for left, colour in ((5, "red"), (40, "orange"), (75, "blue"))
    ]
    layout = Layout(
        width=100, height=100, objects=tuple(things), complete=frozenset({"ship"})
    )
    texts = [one.text for one in expressions_of(layout, 150, count=4)]
    assert any("blue" in text for text in texts)
    assert not any("red ship" in text or "orange" in text for text in texts)


def test_a_bus_is_no_car_and_a_narrower_noun_stands_for_its_kind_only():
    things = [
        LabelledObject(
            category="vehicle", polygon=box(*corners), attributes={"kind": kind}
        )
        for corners, kind in (
            ((10, 10, 22, 15), "bus"),
            ((40, 40, 45, 43), "truck"),
            ((70, 70, 75, 73), "truck"),
        )
    ]
    layout = Layout(
        width=100, height=100, objects=tuple(things), complete=frozenset({"vehicle"})
    )
    made = expressions_of(layout, 150, count=4)
    texts = [one.text.lower() for one in made]
    assert not any(re.search(r"\b(auto|automobile)s?\b", text) for text in texts)
    assert all(
        one.targets == () for one in made if re.search(r"\bcars?\b", one.text.lower())
    )
    buses = [one for one in made if re.fullmatch("(the )?bus", one.text.lower())]
    trucks = [one for one in made if re.fullmatch("(the )?trucks", one.text.lower())]
    assert {one.targets for one in buses} == {(0,)}
    assert {one.targets for one in trucks} == {(1, 2)}


def surfaces() -> Layout:
    """Two parts of a road, which are not counted, and five buildings, which are."""
    roads = [box(0, 40, 60, 50), box(70, 0, 80, 100)]
    houses = [box(5 + 12 * k, 10 + 13 * (k % 3), 12 + 12 * k, 18) for k in range(5)]
    things = [LabelledObject(category="road", polygon=one) for one in roads]
    things += [LabelledObject(category="building", polygon=one) for one in houses]
    return Layout(
        width=100,
        height=100,
        objects=tuple(things),
        complete=frozenset({"road", "building", "ship"}),
        uncounted=frozenset({"road"}),
    )


def test_parts_of_a_surface_are_named_together_only():
    made = expressions_of(surfaces(), 60, count=8)
    roads = [one for one in made if one.targets and category_of(one.meaning) == "road"]
    assert {one.targets for one in roads} == {(0, 1)}
    assert {one.type for one in roads} == {"category", "synonym"}
    assert not any(re.search(r"\b(?:two|both|pair)\b", one.text) for one in roads)
    kinds = {one.type for one in made if one.targets and 2 in one.targets}
    assert {"extreme", "relation", "size"} <= kinds


def test_a_large_object_of_which_a_corner_is_visible_is_named():
    layout = layout_of((60, 60, 400, 400), category="building", complete=("building",))
    made = expressions_of(layout, 10, count=3, no_target=0.0)
    assert {one.type for one in made} == {"category", "synonym"}
    small = layout_of((90, 90, 400, 400), category="building", complete=("building",))
    assert not expressions_of(small, 10, count=3, no_target=0.0)


def test_a_surface_larger_than_the_window_is_named():
    water = box(-500, -500, 600, 60)
    layout = Layout(
        width=100,
        height=100,
        objects=(LabelledObject(category="water", polygon=water),),
        complete=frozenset({"water"}),
        uncounted=frozenset({"water"}),
    )
    made = expressions_of(layout, 10, count=3, no_target=0.0)
    assert made
    assert {one.targets for one in made} == {(0,)}
