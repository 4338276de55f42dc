"""Golden vectors of the reference rule and an independent brute-force computation."""

import numpy as np
import pytest

from rrsis_geo.evaluation.metrics import PRECISIONS, NoTargetScores, Scores


def box(rows, cols):
    mask = np.zeros((10, 10), bool)
    mask[:rows, :cols] = True
    return mask


PAIRS = {
    "A": (box(4, 5), box(4, 10)),
    "B": (box(10, 10), box(10, 9)),
    "C": (box(0, 0), box(0, 0)),
    "D": (box(2, 2), box(0, 0)),
    "E": (box(0, 0), box(3, 3)),
    "F": (box(3, 10), box(5, 10)),
}


def scored(names):
    scores = Scores()
    for name in names:
        scores.add(*PAIRS[name])
    return scores


def test_single_pairs():
    assert scored("ABCDEF").ious == [0.5, 0.9, 0.0, 0.0, 0.0, 0.6]


@pytest.mark.parametrize(
    ("names", "miou", "oiou", "precisions"),
    [
        ("ABF", 66.6667, 73.6842, [100, 66.6667, 33.3333, 33.3333, 33.3333]),
        ("ABCDEF", 33.3333, 68.9655, [50, 33.3333, 16.6667, 16.6667, 16.6667]),
    ],
)
def test_golden_vectors(names, miou, oiou, precisions):
    scores = scored(names)
    assert 100 * scores.miou == pytest.approx(miou, abs=5e-5)
    assert 100 * scores.oiou == pytest.approx(oiou, abs=5e-5)
    found = [100 * scores.precision_at(x) for x in PRECISIONS]
    assert found == pytest.approx(precisions, abs=5e-5)


def brute_force(pairs):
    """The same scores, pixel by pixel and without numpy."""
    ious, all_in, all_un = [], 0, 0
    for predicted, target in pairs:
        inside = union = 0
        for p, t in zip(
            predicted.ravel().tolist(), target.ravel().tolist(), strict=True
        ):
            inside += p and t
            union += p or t
        ious.append(inside / union if union else 0.0)
        all_in, all_un = all_in + inside, all_un + union
    return ious, (all_in / all_un if all_un else 0.0)


def random_pairs(seed, count=20):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        shape = tuple(rng.integers(1, 12, 2))
        yield rng.random(shape) < rng.random(), rng.random(shape) < rng.random()


@pytest.mark.parametrize("seed", range(5))
def test_a_brute_force_computation_agrees(seed):
    pairs = list(random_pairs(seed))
    scores = Scores()
    for pair in pairs:
        scores.add(*pair)
    ious, oiou = brute_force(pairs)
    assert scores.ious == ious
    assert scores.oiou == oiou


@pytest.mark.parametrize("cut", [0, 1, 7, 20])
def test_merging_is_scoring_all_at_once(cut):
    pairs = list(random_pairs(3))
    once, left, right = Scores(), Scores(), Scores()
    for index, pair in enumerate(pairs):
        once.add(*pair)
        (left if index < cut else right).add(*pair)
    assert left + right == once


def test_masks_of_different_shape_are_refused():
    with pytest.raises(ValueError, match=r"\(2, 2\) and \(2, 3\)"):
        Scores().add(np.ones((2, 2), bool), np.ones((2, 3), bool))


def test_no_target_is_quiet_below_a_thousandth():
    scores = NoTargetScores()
    loud = np.zeros((100, 100), bool)
    loud[0, :10] = True
    quiet = loud.copy()
    quiet[0, 0] = False
    scores.add(loud)
    scores.add(quiet)
    assert (scores.quiet, scores.pairs, scores.accuracy) == (1, 2, 0.5)
    assert scores + NoTargetScores(3, 4) == NoTargetScores(4, 6)
