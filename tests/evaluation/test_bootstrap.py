"""Intervals: seeded, over images, and equal to a straightforward computation."""

import numpy as np
import pytest
from evaluation_fakes import outcome

from rrsis_geo.errors import DataError
from rrsis_geo.evaluation.bootstrap import MEASURES, differences, intervals
from rrsis_geo.evaluation.comparison import compare_outcomes
from rrsis_geo.evaluation.metrics import PRECISIONS, Scores
from rrsis_geo.evaluation.summary import summarise


def some(seed=0, images=12, each=4):
    rng = np.random.default_rng(seed)
    return [
        outcome(round(float(rng.random()), 2), image=f"image{k}", like=k % 6)
        for k in range(images)
        for _ in range(each)
    ]


def test_values_are_those_of_the_metrics():
    outcomes = some()
    scores = Scores()
    for item in outcomes:
        pixels = item.pixels["reference"]
        scores.intersection += pixels.intersection
        scores.union += pixels.union
        scores.ious.append(pixels.iou)
    found = intervals(outcomes, rule="reference", rounds=50)
    assert found["miou"].value == pytest.approx(scores.miou)
    assert found["oiou"].value == pytest.approx(scores.oiou)
    for name, x in zip(MEASURES[2:7], PRECISIONS, strict=True):
        assert found[name].value == pytest.approx(scores.precision_at(x))


def test_resamples_are_those_of_drawing_whole_images_one_by_one():
    outcomes = some(images=5, each=3)
    found = intervals(outcomes, rule="reference", rounds=4000, seed=1)
    rng = np.random.default_rng(99)
    groups = {}
    for item in outcomes:
        groups.setdefault(item.image, []).append(item.pixels["reference"].iou)
    names = list(groups)
    plain = [
        np.mean(np.concatenate([groups[names[k]] for k in rng.integers(0, 5, 5)]))
        for _ in range(4000)
    ]
    low, high = np.percentile(plain, [2.5, 97.5])
    assert found["miou"].low == pytest.approx(low, abs=0.015)
    assert found["miou"].high == pytest.approx(high, abs=0.015)


def test_the_seed_decides():
    outcomes = some()
    one = intervals(outcomes, rule="reference", seed=3)
    assert intervals(outcomes, rule="reference", seed=3) == one
    assert intervals(outcomes, rule="reference", seed=4) != one
    assert all(score.low <= score.value <= score.high for score in one.values())


def test_pairs_of_one_image_are_resampled_together():
    # each image has one result: its copies add no knowledge
    rng = np.random.default_rng(5)
    single = [outcome(round(float(rng.random()), 2), image=f"i{k}") for k in range(20)]
    copied = [item for item in single for _ in range(10)]
    one, other = (
        intervals(items, rule="reference")["miou"] for items in (single, copied)
    )
    assert (one.low, one.high) == pytest.approx((other.low, other.high))


def test_weights_compared_with_themselves_do_not_differ():
    outcomes = some()
    for difference in differences(outcomes, outcomes, rule="native").values():
        assert (difference.value, difference.low, difference.high) == (0, 0, 0)
        assert difference.p == 1


def test_a_paired_comparison_is_more_sensitive_than_two_intervals():
    before = some(images=30)
    after = [
        outcome(min(item.pixels["reference"].iou + 0.02, 1.0), image=item.image)
        for item in before
    ]
    alone = [intervals(items, rule="reference")["miou"] for items in (before, after)]
    assert alone[0].high > alone[1].low  # they overlap
    change = differences(before, after, rule="reference")["miou"]
    assert change.value == pytest.approx(0.02, abs=0.002)
    assert change.low > 0
    assert change.p == pytest.approx(2 / 2001)


def test_only_the_same_samples_are_compared():
    outcomes = some()
    found = compare_outcomes(outcomes, outcomes, rounds=20)
    assert (found.samples, found.no_target) == (48, 0)
    with pytest.raises(DataError, match=r"cannot be compared: .* 48 and 47 samples"):
        compare_outcomes(outcomes, outcomes[1:])


def test_halves_of_an_evaluation_join_to_the_whole():
    outcomes = some() + [outcome(0.0, target=False, image=f"n{k}") for k in range(4)]
    halves = [*outcomes[:20], *outcomes[20:]]
    assert summarise(halves, rounds=30) == summarise(outcomes, rounds=30)


def test_groups_add_up_and_no_target_stands_apart():
    outcomes = [
        outcome(0.5, kind="size", like=1),
        outcome(0.7, kind="size", like=2, image="b"),
        outcome(0.9, kind="category", like=9, image="c"),
        outcome(0.3, kind="category", like=None, image="d"),
        outcome(0.0, target=False, kind="no-target"),
        outcome(0.4, target=False, kind="no-target"),
    ]
    found = summarise(outcomes, rounds=20)
    counts = {(row.group, row.name, row.rule): row.samples for row in found.with_target}
    assert counts["all", "all", "reference"] == counts["all", "all", "product"] == 4
    assert counts["type", "size", "reference"] == 2
    assert counts["same-class objects", "1", "reference"] == 1
    assert counts["same-class objects", "2 to 3", "reference"] == 1
    assert counts["same-class objects", "4 and more", "reference"] == 1
    assert [row.samples for row in found.without_target] == [2, 2, 2]
    assert found.without_target[0].scores["quiet"].value == 0.5
