import pytest
import torch
from torch.nn import functional

from rrsis_geo.model.losses import (
    LossWeights,
    dice_loss,
    joint_loss,
    presence_loss,
    stream_loss,
    weighted_cross_entropy,
)


@pytest.fixture
def maps():
    torch.manual_seed(0)
    target, background = torch.randn(2, 3, 12, 10)
    mask = (torch.rand(3, 12, 10) > 0.7).float()
    return target, background, mask


def test_cross_entropy_is_that_of_two_classes(maps):
    target, background, mask = maps
    weight = 0.9 + 0.2 * mask

    ours = weighted_cross_entropy(target - background, mask, weight)

    both = torch.stack([background, target], dim=1)
    oracle = functional.cross_entropy(both, mask.long(), torch.tensor([0.9, 1.1]))
    torch.testing.assert_close(ours, oracle)


def test_swapping_streams_and_negating_the_mask_leaves_the_stream_loss(maps):
    target, background, mask = maps
    mask[0] = 0  # empty, and full once negated

    straight = stream_loss(target, background, mask)
    swapped = stream_loss(background, target, 1 - mask)

    torch.testing.assert_close(straight, swapped)


def test_dice_by_hand():
    logits = torch.tensor([[[50.0, 50.0, -50.0, -50.0]]])  # probabilities 1 1 0 0
    mask = torch.tensor([[[1.0, 0.0, 1.0, 0.0]]])

    # 2 * 1 overlap, sizes 2 + 2, smoothed by one
    assert dice_loss(logits, mask).item() == pytest.approx(1 - 3 / 5)


def test_dice_leaves_out_maps_without_target(maps):
    target, _, mask = maps
    empty = mask.clone()
    empty[1:] = 0

    both = dice_loss(target, empty)

    torch.testing.assert_close(both, dice_loss(target[:1], mask[:1]))
    assert dice_loss(target, torch.zeros_like(mask)) == 0


def test_dice_is_a_mean_and_does_not_grow_with_the_batch(maps):
    target, _, mask = maps

    doubled = dice_loss(target.repeat(2, 1, 1), mask.repeat(2, 1, 1))

    torch.testing.assert_close(dice_loss(target, mask), doubled)


def test_presence_loss_takes_an_empty_mask_as_absent():
    mask = torch.zeros(2, 4, 4)
    mask[1, 2, 2] = 1

    right = presence_loss(torch.tensor([[-9.0, 9.0]]), mask)
    wrong = presence_loss(torch.tensor([[9.0, -9.0]]), mask)

    assert right < 0.001 < 8 < wrong


def test_terms_have_the_papers_names_and_add_up(
    build, make_image, make_tokens, predict
):
    out = predict(build(), make_image(), *make_tokens(2))
    losses = joint_loss(
        out, torch.zeros(1, 2, 64, 64), text=torch.tensor(2.0), visual=torch.tensor(3.0)
    )
    only = dict.fromkeys(losses._fields, 0.0)

    assert losses._fields == (
        "ce", "dice", "stream", "cons", "text", "visual", "presence",
    )  # fmt: skip
    assert losses.total(LossWeights(**{**only, "text": 0.5})).item() == 1.0
    by_hand = (
        0.9 * losses.ce + losses.dice + 0.5 * losses.stream + 0.05 * losses.cons
        + 0.2 + 0.3 + 0.2 * losses.presence
    )  # fmt: skip
    torch.testing.assert_close(losses.total(), by_hand)


@pytest.mark.parametrize("fill", [0.0, 1.0])
def test_a_mask_of_one_value_gives_finite_gradients(
    build, make_image, make_tokens, predict, fill
):
    net = build().train()
    out = predict(net, make_image(count=2), *make_tokens(2))

    joint_loss(out, torch.full((2, 2, 64, 64), fill)).total().backward()

    gradients = [p.grad for p in net.parameters() if p.grad is not None]
    assert gradients
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


def test_perfect_logits_have_almost_no_stream_loss(maps):
    mask = maps[2]
    logits = 40 * (2 * mask - 1)

    assert stream_loss(logits, -logits, mask) < 0.01
