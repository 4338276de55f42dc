import pytest
import torch
from torch.nn import functional

from rrsis_geo.model.fusion.bsc import BSC, correlate
from rrsis_geo.model.fusion.pwam import PWAM
from rrsis_geo.model.layers import instance_norm


@pytest.fixture
def case():
    torch.manual_seed(0)
    image = torch.randn(2, 8, 5, 6)
    words = torch.randn(2, 7, 12)
    mask = torch.arange(7) < torch.tensor([[4], [7]])
    return image, words, mask


def build(kind, heads=2):
    torch.manual_seed(1)
    part = kind(image_dim=8, word_dim=12, heads=heads)
    if kind is BSC:
        part.back_gate.data.fill_(0.7)
    return part


def test_rows_of_the_correlation_sum_to_one_and_padding_gets_zero(case):
    mask = case[2]
    scores = correlate(torch.randn(2, 2, 30, 4), torch.randn(2, 2, 7, 4), mask)

    over_words, over_pixels = scores.softmax(dim=3), scores.softmax(dim=2)

    assert torch.isfinite(scores).all()
    torch.testing.assert_close(over_words.sum(dim=3), torch.ones(2, 2, 30))
    torch.testing.assert_close(over_pixels.sum(dim=2), torch.ones(2, 2, 7))
    assert over_words[0, :, :, 4:].max() == 0


def test_the_correlation_is_float32_under_autocast(case):
    _, _, mask = case
    with torch.autocast("cpu", torch.bfloat16):
        scores = correlate(
            torch.randn(2, 2, 30, 4).bfloat16(), torch.randn(2, 2, 7, 4), mask
        )

    assert scores.dtype == torch.float32


@pytest.mark.parametrize("kind", [BSC, PWAM])
def test_permuting_padding_changes_nothing(kind, case):
    image, words, mask = case
    part = build(kind)
    order = torch.tensor([0, 1, 2, 3, 6, 4, 5])
    shuffled = words.clone()
    shuffled[0] = words[0, order] * 3  # other values too, since padding has no effect
    shuffled[0, :4] = words[0, :4]

    fused, aligned = part(image, words, mask)
    fused_again, aligned_again = part(image, shuffled, mask)

    torch.testing.assert_close(fused, fused_again)
    torch.testing.assert_close(aligned[mask], aligned_again[mask])


def test_a_closed_gate_leaves_the_words_unchanged(case):
    part = build(BSC)
    part.back_gate.data.zero_()

    _, aligned = part(*case)

    assert torch.equal(aligned, case[1])


def test_an_open_gate_changes_tokens_but_not_padding(case):
    image, words, mask = case
    _, aligned = build(BSC)(image, words, mask)

    assert not torch.allclose(aligned[mask], words[mask])
    assert torch.equal(aligned[~mask], words[~mask])


def test_summed_kernels_equal_separate_convolutions(case):
    image = case[0]
    part = build(BSC)

    apart = image + sum(conv(image) for conv in part.scales)

    torch.testing.assert_close(part._sum_scales(image), apart)


@pytest.mark.parametrize("kind", [BSC, PWAM])
def test_image_projections_serve_several_texts(kind, case):
    image, words, mask = case
    part = build(kind)
    once = part.project_image(image[:1])
    twice = type(once)(*(field.expand(2, -1, -1) for field in once))

    shared, _ = part.align(twice, words, mask)
    apart = [part(image[:1], words[i : i + 1], mask[i : i + 1])[0] for i in range(2)]

    torch.testing.assert_close(shared, torch.cat(apart).flatten(2).transpose(1, 2))


def test_instance_norm_is_that_of_torch():
    x = torch.randn(3, 20, 4)

    normed = instance_norm(x)

    oracle = functional.instance_norm(x.transpose(1, 2)).transpose(1, 2)
    torch.testing.assert_close(normed, oracle)


def test_a_single_position_is_not_normalised():
    x = torch.randn(3, 1, 4)

    assert torch.equal(instance_norm(x), x)


@pytest.mark.parametrize("kind", [BSC, PWAM])
def test_heads_must_divide_the_channels(kind):
    with pytest.raises(ValueError, match="3 heads"):
        kind(image_dim=8, word_dim=4, heads=3)
