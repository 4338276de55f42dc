"""The choice among candidates: expected IoU, evidence, what cannot be checked."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from random_candidates import GRIDS, polygons_of

from rrsis_geo.query import make_plan
from rrsis_geo.query.batch_tags import batch_of_tags, batch_tags
from rrsis_geo.query.decision.answer import decide
from rrsis_geo.query.decision.evidence import asked_number, gather, texts_of
from rrsis_geo.query.decision.evidence_table import MOST
from rrsis_geo.query.decision.evidence_weights import DEFAULT_WEIGHTS, EvidenceWeights
from rrsis_geo.query.decision.expected_iou import best_set, choose, given_something
from rrsis_geo.query.decision.features import SceneView, view_of
from rrsis_geo.query.decision.maps import PredictedMaps, joined, taken
from rrsis_geo.query.query_batch import make_batch

GRID = GRIDS["projected"]
NOTHING = np.zeros(0, np.intp)


def square(left, top, side=30):
    return shapely.box(left, top, left + side, top + side)


def painted(*objects, faint=()):
    """Maps of (text, shape, mean probability)."""

    def layer(given):
        texts = [text for text, _, _ in given]
        shapes = [shape for _, shape, _ in given]
        found = polygons_of(GRID, texts, shapes, [mean for _, _, mean in given])
        found.columns["score_max"] = found.columns["score"].copy()
        return found

    clear = layer(objects or [("nothing", square(0, 0), 0.9)])
    clear = clear if objects else taken(clear, NOTHING)
    low = layer([*objects, *faint]) if objects or faint else clear
    return PredictedMaps(clear=clear, faint=low)


def answer(text, maps, *, view=SceneView.WHOLE, caution=0.5, weights=DEFAULT_WEIGHTS):
    return decide(
        make_plan(text),
        maps,
        GRID,
        area=None,
        view=view,
        weights=weights,
        caution=caution,
    )


def lefts(decision):
    """Left columns of what is meant."""
    shapes = decision.polygons.geometry[decision.rows]
    columns = [
        (shape.bounds[0] - GRID.transform.c) / GRID.transform.a for shape in shapes
    ]
    return sorted(round(column) for column in columns)


chances = st.lists(st.floats(0.001, 0.999), min_size=1, max_size=7)


@given(chances, st.data())
def test_no_other_set_has_a_greater_expected_iou(chance, data):
    """A brute-force twin over all sets, with the ratio of expectations."""
    size = len(chance)
    area = data.draw(st.lists(st.floats(1, 50), min_size=size, max_size=size))
    p, a = np.array(chance), np.array(area)
    _, value = best_set(p, np.ones(size), None)
    rows, weighted = best_set(p, a, None)
    for count in range(1, size + 1):
        for chosen in itertools.combinations(range(size), count):
            inside = p[list(chosen)].sum()
            union = count + p.sum() - inside
            assert inside / union <= value + 1e-9
    inside = (p * a)[rows].sum()
    assert weighted == pytest.approx(inside / (a[rows].sum() + (p * a).sum() - inside))


def test_as_many_as_are_asked_for():
    chance = np.array([0.9, 0.8, 0.7, 0.6])
    for number in (1, 2, 3):
        rows, _ = best_set(chance, np.ones(4), number)
        assert sorted(rows) == list(range(number))


def several(*means):
    """Maps of storage tanks in a row, with their mean probabilities."""
    return painted(
        *(
            ("storage tank", square(50 * place, 100), mean)
            for place, mean in enumerate(means)
        )
    )


def test_what_is_less_likely_meant_than_not_is_left_out_where_any_number_is():
    maps = several(*[0.9] * 3, *[0.66] * 4)
    evidence = gather(make_plan("tanks"), maps, GRID, area=None, view=SceneView.WINDOWS)
    chance = given_something(evidence, DEFAULT_WEIGHTS.of(False))
    likely = np.flatnonzero(chance >= 0.5)
    assert 0 < len(likely) < evidence.count

    def chosen(**values):
        return choose(evidence, DEFAULT_WEIGHTS, caution=0.5, **values).rows.tolist()

    assert chosen() == likely.tolist()
    assert chosen(min_score=0.0) == list(range(7))
    assert chosen(min_score=0.999) == []


def test_in_many_windows_every_wrong_polygon_counts():
    # the large ones would add to the expected IoU, though less likely meant than not
    tanks = [square(60, 60, 30), square(300, 300, 60), square(400, 300, 60)]
    maps = painted(
        *[("storage tank", tank, 0.95) for tank in tanks],
        ("road", square(60, 95, 40), 0.9),
    )
    found = answer("tanks near the road", maps, view=SceneView.MANY_WINDOWS)
    given = given_something(found.evidence, DEFAULT_WEIGHTS)
    assert (given[1:] > 0.1).all()  # not ruled out
    assert lefts(found) == [60]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tanks within 100 m of the ship", [100]),
        ("tanks more than 100 m from the ship", [400]),
        ("tanks smaller than 500 m2", [100]),
        ("tanks larger than 500 m2", [400]),
    ],
)
def test_measured_numbers_rule_out_what_the_network_takes_for_it(text, meant):
    near, far = square(100, 100), square(400, 400, 60)
    maps = painted(
        ("storage tank", near, 0.9),
        ("storage tank", far, 0.9),
        ("ship", square(100, 160), 0.9),
        (text, near, 0.95),
        (text, far, 0.95),
    )
    found = answer(text, maps)
    assert lefts(found) == meant
    assert found.choice.chance.min() == 0


@pytest.mark.parametrize("text", ["tanks larger than 1 m2", "roads", "water"])
def test_words_that_narrow_and_surfaces_are_no_reason_to_leave_out_more(text):
    noun = make_plan(text).finds[0].noun
    maps = painted(
        *(
            (noun, square(50 * place, 100), mean)
            for place, mean in enumerate([*[0.9] * 3, *[0.6] * 4])
        )
    )
    evidence = gather(make_plan(text), maps, GRID, area=None, view=SceneView.WINDOWS)
    for caution in (0.0, 0.8):
        chosen = [
            choose(evidence, DEFAULT_WEIGHTS, caution=caution, min_score=least)
            for least in (None, 0.0)
        ]
        assert chosen[0].rows.tolist() == chosen[1].rows.tolist() != []


def test_the_likeliest_is_given_though_less_likely_than_not():
    evidence = gather(
        make_plan("tanks"),
        several(0.8, 0.9, 0.7),
        GRID,
        area=None,
        view=SceneView.WINDOWS,
    )
    values = DEFAULT_WEIGHTS.to_mapping()
    values["unmatched"]["candidate"]["one, all"] -= 5
    weights = EvidenceWeights.from_mapping(values["unmatched"])
    assert given_something(evidence, weights).max() < 0.5
    assert choose(evidence, weights, caution=0.0).rows.tolist() == [1]


@pytest.mark.parametrize(
    ("width", "height", "view"),
    [
        (480, 100, SceneView.WHOLE),
        (100, 481, SceneView.WINDOWS),
        (1440, 1440, SceneView.WINDOWS),
        (1441, 10, SceneView.MANY_WINDOWS),
    ],
)
def test_how_much_of_a_scene_is_seen_at_once(width, height, view):
    assert view_of(width, height, 480) == view


@pytest.mark.parametrize("view", SceneView)
def test_the_view_of_a_raster_is_kept(view):
    batch = replace(make_batch(["the largest tank"], "auto"), view=view)
    again = batch_of_tags(batch_tags(batch), batch.bands, "p.tif")
    assert again.view is view
    assert again.texts == batch.texts


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("the largest tank", 1),
        ("the three largest tanks", 3),
        ("tanks", None),
        ("tank", None),
        ("the two red ships", 2),
        ("the red ship near the pier", 1),
        ("aircraft in the left half", None),
        ("the second row of tanks", None),
        ("tanks south of the largest tank", None),
        ("the tank south of the largest tanks", 1),
    ],
)
def test_how_many_are_asked_for(text, number):
    assert asked_number(make_plan(text)) == number


def test_the_network_is_given_nouns_phrases_and_the_whole_expression():
    plan = make_plan("the red ship near the long pier")
    texts = ("ship", "red ship", "pier", "long pier", plan.expression)
    assert texts_of(plan, view=SceneView.WHOLE) == texts
    assert texts_of(plan, view=SceneView.WINDOWS) == texts
    # of two things that are related hardly one window shows both
    assert texts_of(plan, view=SceneView.MANY_WINDOWS) == texts[:-1]
    placed = make_plan("the largest tank in the north")
    assert texts_of(placed, view=SceneView.WHOLE) == ("storage tank", placed.expression)
    # a window does not see what is largest, or north, in a scene
    assert texts_of(placed, view=SceneView.WINDOWS) == ("storage tank",)


def test_an_object_of_which_the_network_is_not_sure_is_a_candidate():
    sure = painted(("storage tank", square(100, 100), 0.95))
    unsure = painted(faint=[("storage tank", square(100, 100), 0.35)])
    for maps in (sure, unsure):
        assert (
            gather(make_plan("tank"), maps, GRID, area=None, view=SceneView.WHOLE).count
            == 1
        )
    whole = ("the tank", square(100, 100), 0.9)
    seen = painted(("storage tank", square(100, 100), 0.95), whole)
    assert lefts(answer("the tank", seen)) == [100]


@pytest.mark.parametrize("probability", [1.0, 1 - 1e-12, 1e-12])
def test_what_the_network_is_certain_of_is_weighed_too(probability):
    maps = painted(("storage tank", square(100, 100), probability))
    found = gather(make_plan("tank"), maps, GRID, area=None, view=SceneView.WHOLE)
    assert np.isfinite(found.features).all()
    assert np.isfinite(found.sentence).all()


def test_a_faint_outline_around_clear_objects_is_no_further_candidate():
    both = shapely.box(100, 100, 170, 130)
    maps = painted(
        ("storage tank", square(100, 100), 0.95),
        ("storage tank", square(140, 100), 0.95),
        faint=[("storage tank", both, 0.5)],
    )
    assert len(maps.objects(["storage tank"])) == 2


def test_coverage_is_the_mean_probability_inside():
    maps = painted(("ship", square(0, 0, 40), 0.8))
    inside = maps.clear.geometry
    assert maps.coverage(inside, "ship") == pytest.approx([0.8], abs=0.01)
    assert maps.coverage(inside, "tank") == pytest.approx([0.0])
    twice = painted(("ship", square(0, 0, 40), 0.8), ("tank", square(20, 0, 40), 0.9))
    tank = taken(twice.clear, np.array([1])).geometry
    assert twice.coverage(tank, "ship") == pytest.approx([0.4], abs=0.01)
    assert twice.share(tank, "ship") == pytest.approx([0.5], abs=0.01)


def test_what_is_measured_against_and_not_found_is_unknown_and_said():
    text = "the tank near the road"
    tank = square(100, 100)
    maps = painted(("storage tank", tank, 0.95), (text, tank, 0.7))
    decision = answer(text, maps)
    assert lefts(decision) == [100]
    assert any("could not be checked" in line for line in decision.advice)


def test_measured_numbers_can_contradict():
    maps = painted(("storage tank", square(100, 100), 0.95))
    for metres, expected in ((100, []), (10, [100])):
        decision = answer(
            f"tanks more than {metres} m long", maps, view=SceneView.WINDOWS
        )
        assert lefts(decision) == expected


def test_the_network_decides_among_objects_that_words_do_not_part():
    ships = [("ship", square(left, 100), 0.95) for left in (100, 200, 300)]
    text = "the ship with the helipad on it"
    maps = painted(*ships, (text, square(200, 100), 0.9))
    assert lefts(answer(text, maps)) == [200]


def test_more_caution_never_answers_more():
    shapes = [("ship", square(left, 100), 0.6) for left in (100, 200)]
    maps = painted(*shapes, faint=[("ship", square(400, 100), 0.3)])
    for text in ("the ship", "ships", "the red ship", "the ship near the road"):
        counts = [len(answer(text, maps, caution=c).rows) for c in (0, 0.5, 1, 5, 1e9)]
        assert counts == sorted(counts, reverse=True), text
        assert counts[-1] == 0


def test_nothing_painted_is_nothing_meant():
    for text in ("the tank", "tanks near the road", "the two largest ships"):
        assert len(answer(text, painted()).rows) == 0


def test_scores_are_chances_and_reasons_are_given():
    place = square(100, 100)
    maps = painted(("storage tank", place, 0.95), ("the largest tank", place, 0.8))
    decision = answer("the largest tank", maps)
    assert ((decision.chance > 0) & (decision.chance <= 1)).all()
    (why,) = decision.why
    assert "largest" in why
    (row,) = decision.table
    assert row["meant"] is True
    assert row["chance"] == pytest.approx(decision.chance[0], abs=1e-4)


def test_the_table_names_the_likeliest_candidates_first():
    sides = [20 + 3 * number for number in range(12)]
    tanks = [
        ("storage tank", square(30 + 60 * number, 100, side), 0.8 + number / 100)
        for number, side in enumerate(sides)
    ]
    decision = answer("the largest tank", painted(*tanks), view=SceneView.WINDOWS)
    chances = [row["chance"] for row in decision.table]
    assert len(chances) == MOST
    assert chances == sorted(chances, reverse=True)
    assert [row["meant"] for row in decision.table] == [True] + 9 * [False]
    for row in decision.table:
        assert all(0 <= row[name] <= 1 for name in ("object", "fits", "chance"))
        assert row["phrase"] is None  # nothing was painted for it
    largest = decision.polygons.columns["area_m2"][decision.rows]
    assert decision.table[0]["area_m2"] == pytest.approx(largest[0], abs=0.1)


def test_the_same_objects_in_a_window_and_in_a_larger_scene():
    tanks = [(100, 30, 0.95), (200, 40, 0.97), (300, 25, 0.93)]
    objects = [("storage tank", square(x, 100, side), mean) for x, side, mean in tanks]
    meant = {
        "the largest tank": [200],
        "tanks": [100, 200, 300],
        "the leftmost tank": [100],
        "all tanks": [100, 200, 300],
    }
    for text, left in meant.items():
        seen = [(text, square(x, 100, side), 0.7) for x, side, _ in tanks if x in left]
        window = answer(text, painted(*objects, *seen), view=SceneView.WHOLE)
        scene = answer(text, painted(*objects), view=SceneView.WINDOWS)
        assert lefts(window) == lefts(scene) == left, text


def test_unknown_evidence_in_a_file_is_refused():
    values = DEFAULT_WEIGHTS.to_mapping()
    again = EvidenceWeights.from_mapping(values)
    assert np.allclose(again.candidate, DEFAULT_WEIGHTS.candidate, atol=1e-3)
    values["candidate"]["horoscope"] = 1.0
    with pytest.raises(ValueError, match="horoscope"):
        EvidenceWeights.from_mapping(values)


def test_a_batch_is_restored_from_the_raster_with_its_evidence():
    batch = make_batch(["the red ship near the pier"], "auto", caution=0.7)
    again = batch_of_tags(batch_tags(batch), batch.texts, "p.tif")
    assert again == batch
    assert again.weighs
    assert again.texts == batch.texts
    assert batch.thresholds(0.5) == (0.5, 0.25)
    assert make_batch(["ship"], "scene").thresholds(0.5) == (0.5,)


def test_objects_of_one_noun_are_no_candidates_of_another():
    ship, tank = square(100, 100), square(200, 100)
    maps = painted(
        *(("ship", ship, 0.95), ("storage tank", tank, 0.9)),
        *(("ships and tanks", ship, 0.8), ("ships and tanks", tank, 0.8)),
    )
    decision = answer("ships and tanks", maps)
    assert lefts(decision) == [100, 200]
    assert len(joined([decision.polygons])) == 2


def test_ships_of_two_colours_are_candidates_of_both_phrases():
    places = [square(100, 100), square(200, 100)]
    maps = painted(
        *(("ship", place, 0.95) for place in places),
        *(("red ship", places[0], 0.9), ("white ship", places[1], 0.9)),
    )
    decision = answer("red ships and white ships", maps, view=SceneView.WINDOWS)
    assert decision.evidence.count == 4
    assert lefts(decision) == [100, 200]


def test_what_is_painted_for_the_whole_expression_is_one_object_with_that_of_a_noun():
    ship, tank = square(100, 100), square(200, 100)
    maps = painted(
        *(("ship", ship, 0.95), ("storage tank", tank, 0.9)),
        *(("ships and tanks", square(98, 98, 34), 0.8), ("ships and tanks", tank, 0.8)),
    )
    evidence = answer("ships and tanks", maps).evidence
    assert evidence.count == 2
    assert sorted(evidence.candidates.polygons.columns["expression"]) == [
        *("ship", "storage tank")
    ]
