"""The details of the evaluation rules."""

import numpy as np
import pytest
import torch
from evaluation_fakes import Brightness
from PIL import Image

from rrsis_geo.evaluation.metrics import Scores
from rrsis_geo.evaluation.protocols import (
    NetworkPrediction,
    PixelCounts,
    count_pixels,
    resize_image_to_square,
    resize_mask_to_square,
    score_image,
)
from rrsis_geo.model.decoders.twin_stream import upsample


def test_a_mask_is_resized_by_pillows_nearest():
    mask = np.zeros((4, 8), bool)
    mask[0, 0] = mask[2, 4:6] = True
    # a column pair becomes one; Pillow takes the pixel at the cell's centre
    expected = np.zeros((4, 4), bool)
    expected[2, 2] = True
    np.testing.assert_array_equal(resize_mask_to_square(mask, 4), expected)


def test_an_image_is_resized_by_pillows_bilinear_with_its_wide_filter():
    row = np.array([[0, 0, 80, 80, 160, 160, 240, 240]], np.uint8)
    pixels = np.broadcast_to(row, (3, 4, 8)).copy()
    small = resize_image_to_square(pixels, 4)
    assert small.shape == (3, 4, 4)
    # the triangle of two output pixels' width reaches half into the neighbours
    np.testing.assert_array_equal(small[0, 0], [11, 80, 160, 229])


def test_resizing_does_not_keep_the_aspect():
    mask = np.zeros((30, 90), bool)
    mask[:, :45] = True
    small = resize_mask_to_square(mask)
    assert small.shape == (480, 480)
    assert small[:, :240].all()
    assert not small[:, 240:].any()


def test_logits_are_upsampled_with_aligned_corners():
    coarse = torch.tensor([[[[0.0, 3.0], [6.0, 9.0]]]])
    fine = upsample(coarse, (4, 4))[0, 0].numpy()
    np.testing.assert_allclose(
        fine, [[0, 1, 2, 3], [2, 3, 4, 5], [4, 5, 6, 7], [6, 7, 8, 9]], atol=1e-5
    )


class Fixed:
    """Predicts the same map for every text."""

    def __init__(self, margin, chance):
        self.margin, self.chance = margin, chance

    def predict(self, pixels, texts, sizes):
        return NetworkPrediction(
            logits=tuple(
                np.full((1, *size), self.margin, np.float32) for size in sizes
            ),
            probabilities=np.full((1, *sizes[0]), self.chance, np.float32),
            presence=(None,),
        )


@pytest.mark.parametrize(("margin", "painted"), [(0.0, 0.0), (1e-6, 1.0), (-1.0, 0.0)])
def test_a_tie_is_background(margin, painted):
    pixels, mask = np.zeros((3, 10, 12), np.uint8), np.ones((10, 12), bool)
    ((counts,), _) = score_image(
        Fixed(margin, 0.5), pixels, ["x"], [mask], threshold=0.5
    )
    for rule in ("reference", "native"):
        assert counts[rule].predicted == painted * counts[rule].total
    assert counts["product"].predicted == 0  # 0.5 is not above 0.5


def test_each_rule_counts_at_its_size():
    pixels = np.full((3, 40, 60), 40, np.uint8)
    mask = np.zeros((40, 60), bool)
    mask[10:20, 15:45] = True
    pixels[:, mask] = 200
    network = Brightness()
    ((counts,), _) = score_image(network, pixels, ["over 100"], [mask], threshold=0.5)
    assert counts["reference"].total == counts["product"].total == 480 * 480
    assert counts["native"].total == mask.size
    (pixels, _, sizes) = network.calls[0]
    assert pixels.shape == (3, 480, 480)
    assert sizes == ((480, 480), (40, 60))
    assert all(counts[rule].iou > 0.85 for rule in counts)


def test_counts_are_those_of_the_metrics():
    rng = np.random.default_rng(0)
    for _ in range(50):
        one, other = rng.random((2, 9, 11)) < rng.random((2, 1, 1))
        pixels, scores = count_pixels(one, other), Scores()
        scores.add(one, other)
        assert (pixels.intersection, pixels.union) == (
            scores.intersection,
            scores.union,
        )
        assert pixels.iou == scores.ious[0]
    with pytest.raises(ValueError, match="masks of"):
        count_pixels(np.zeros((2, 2), bool), np.zeros((2, 3), bool))


@pytest.mark.parametrize(("predicted", "quiet"), [(0, True), (9, True), (10, False)])
def test_quiet_means_under_a_thousandth(predicted, quiet):
    pixels = PixelCounts(intersection=0, union=0, predicted=predicted, total=10_000)
    assert pixels.quiet is quiet


def test_pillow_is_what_the_published_scripts_used():
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (3, 33, 71), dtype=np.uint8)
    by_hand = Image.fromarray(pixels.transpose(1, 2, 0)).resize((480, 480), 2)
    np.testing.assert_array_equal(
        resize_image_to_square(pixels), np.asarray(by_hand).transpose(2, 0, 1)
    )
