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
    mask[0] = 0  # nothing to find, and all to find once negated

    straight = stream_loss(target, background, mask)
    swapped = stream_loss(background, target, 1 - mask)

    torch.testing.assert_close(straight, swapped)


def test_dice_by_hand():
    logits = torch.tensor([[[50.0, 50.0, -50.0, -50.0]]])  # probabilities 1 1 0 0
    mask = torch.tensor([[[1.0, 0.0, 1.0, 0.0]]])

    # 2 * 1 overlap, sizes 2 + 2, smoothed by one
    assert dice_loss(logits, mask).item() == pytest.approx(1 - 3 / 5)


def test_a_mask_without_target_gives_dice_nothing_to_say(maps):
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


def test_presence_knows_which_maps_are_empty():
    mask = torch.zeros(2, 4, 4)
    mask[1, 2, 2] = 1

    right = presence_loss(torch.tensor([[-9.0, 9.0]]), mask)
    wrong = presence_loss(torch.tensor([[9.0, -9.0]]), mask)

    assert right < 0.001 < 8 < wrong


def test_parts_have_the_papers_names_and_add_up(build, picture, question, ask):
    out = ask(build(), picture(), *question(2))
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
    build, picture, question, ask, fill
):
    net = build().train()
    out = ask(net, picture(count=2), *question(2))

    joint_loss(out, torch.full((2, 2, 64, 64), fill)).total().backward()

    gradients = [p.grad for p in net.parameters() if p.grad is not None]
    assert gradients
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


def test_perfect_maps_cost_next_to_nothing(maps):
    mask = maps[2]
    sure = 40 * (2 * mask - 1)

    assert stream_loss(sure, -sure, mask) < 0.01
