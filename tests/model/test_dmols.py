from dataclasses import replace

import numpy as np
import pytest
import torch

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.distributed_mean import masked_mean
from rrsis_geo.model.dmols import object_region
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.encoders.wordpiece import MASK
from rrsis_geo.model.object_tokens import object_tokens

PHRASES = ("tank", "storage tank", "tree", "ship")


def chosen_words(vocabulary, text, phrases=PHRASES):
    """The words whose tokens are chosen, separated by spaces."""
    tokenizer = Tokenizer(vocabulary)
    offsets = tokenizer([text]).offsets[0]
    chosen = object_tokens(text, offsets, phrases, rng=np.random.default_rng(0))
    assert len(chosen) == len(offsets)
    return "".join(
        text[start:stop] + " "
        for (start, stop), hide in zip(offsets, chosen, strict=True)
        if hide
    ).strip()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("the storage tank near the road", "storage tank"),
        ("Storage  tank", ""),  # two spaces: not the phrase, only "tank"
        ("the ship near the storage tank", "ship"),
        ("the tree left", "tree"),
        ("the tanks", "tank s"),
    ],
)
def test_the_first_and_longest_name_is_chosen(vocabulary, text, wanted):
    assert chosen_words(vocabulary, text) == (wanted or "tank")


def test_a_tree_is_not_found_in_a_street(vocabulary):
    text = "the street near the road left"
    many = {
        tuple(
            object_tokens(
                text,
                Tokenizer(vocabulary)([text]).offsets[0],
                PHRASES,
                rng=np.random.default_rng(seed),
            )
        )
        for seed in range(20)
    }

    assert len(many) > 1  # ordinary tokens at random, not always the same word
    assert all(sum(chosen) == 1 for chosen in many)
    assert not any(chosen[0] or chosen[-1] for chosen in many)  # never [CLS], [SEP]


def test_a_text_without_tokens_has_no_object():
    chosen = object_tokens("", [(0, 0), (0, 0)], (), rng=np.random.default_rng(0))

    assert not chosen.any()


def test_one_pixel_marks_its_cell():
    mask = torch.zeros(1, 64, 64)
    mask[0, 40, 10] = 1

    region = object_region(mask, (2, 2))

    assert region.tolist() == [[[False, False], [True, False]]]


def test_a_crowded_map_keeps_about_half():
    region = object_region(
        torch.ones(2, 64, 64), (32, 32), generator=torch.Generator().manual_seed(0)
    )

    assert 0.4 < region.float().mean() < 0.6


def test_masked_mean_of_nothing_is_zero():
    assert masked_mean(torch.ones(3), torch.zeros(3, dtype=torch.bool)) == 0
    chosen = torch.tensor([True, False, True])
    assert masked_mean(torch.tensor([1.0, 5.0, 3.0]), chosen) == 2


@pytest.mark.parametrize("name", ["btd-tiny", "btd-mobile"])
def test_reconstruction_trains_both_branches_and_the_network(
    build, make_image, make_tokens, vocabulary, name
):
    net = build(name, dmols=True).train()
    image, (ids, mask) = make_image(count=2), make_tokens(2)
    chosen = torch.zeros_like(mask)
    chosen[:, 2] = True
    words = net.text(ids, mask)
    masked = net.text(ids.masked_fill(chosen, vocabulary.index(MASK)), mask)
    words, masked, mask, chosen = (
        x[None].expand(2, *x.shape) for x in (words, masked, mask, chosen)
    )
    target = torch.zeros(2, 2, 64, 64)
    target[..., :30, :30] = 1

    out = net(image, words, mask)
    losses = net.reconstruct(
        out, first_words=words, masked_words=masked, object_tokens=chosen, mask=target
    )
    (losses.text + losses.visual).backward()

    assert 0 < losses.text < 2
    assert losses.visual > 0
    assert all(p.grad is not None for p in net.dmols.parameters())
    assert (
        net.visual.encoder.get_parameter(
            next(name for name, _ in net.visual.encoder.named_parameters())
        )
        .grad.abs()
        .sum()
        > 0
    )


@torch.no_grad()
def test_dmols_changes_nothing_at_inference(build, make_image, make_tokens, predict):
    trained = build(dmols=True)
    exported = BTDNet(replace(trained.config, dmols=False)).eval()
    exported.load_state_dict(dict(trained.inference_state()), strict=False)
    image, (ids, mask) = make_image(), make_tokens(2)

    with_dmols = predict(trained, image, ids, mask)
    without = predict(exported, image, ids, mask)

    assert torch.equal(with_dmols.target, without.target)
    assert torch.equal(with_dmols.presence, without.presence)
    assert exported.dmols is None


def test_a_network_without_dmols_refuses_reconstruction(
    build, make_image, make_tokens, predict
):
    net = build()
    out = predict(net, make_image(), *make_tokens(1))
    with pytest.raises(ValueError, match="no D-MOLS"):
        net.reconstruct(
            out,
            first_words=out.words[None],
            masked_words=out.words[None],
            object_tokens=out.word_mask[None],
            mask=torch.zeros(1, 1, 64, 64),
        )
