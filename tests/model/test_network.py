from dataclasses import replace

import pytest
import torch

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.losses import joint_loss

VARIANTS = {
    "paper": {},
    "baseline": {"alignment": "pwam", "decoder": "single", "presence": False},
    "neck": {"name": "btd-mobile"},
    "neck of a swin": {"fusion": "neck", "neck_dims": (8, 8, 8, 8)},
    "stages of a mobilenet": {
        "image_encoder": "mobilenet",
        "image_dims": (24, 32, 96, 320),
    },
    "neck with pwam": {"name": "btd-mobile", "alignment": "pwam"},
    "neck without mixers": {"name": "btd-mobile", "neck_mixers": (0, 0, 0, 0)},
    "plain neck": {"name": "btd-mobile", "word_dim": 0, "coordinates": False},
}


@pytest.fixture(params=VARIANTS, ids=str)
def net(request, build):
    return build(**VARIANTS[request.param])


@torch.no_grad()
@pytest.mark.parametrize("size", [(480, 480), (512, 384), (800, 801)])
@pytest.mark.parametrize("name", ["btd-tiny", "btd-mobile"])
def test_any_size_works(build, make_image, make_tokens, predict, size, name):
    out = predict(build(name), make_image(*size), *make_tokens(1))

    assert out.target.shape == (1, 1, -(-size[0] // 4), -(-size[1] // 4))
    assert out.logits(size).shape == (1, 1, *size)
    assert torch.isfinite(out.logits(size)).all()


@torch.no_grad()
def test_a_batch_equals_its_images_and_expressions_apart(
    net, make_image, make_tokens, predict
):
    image, (ids, mask) = make_image(count=2), make_tokens(3)

    together = predict(net, image, ids, mask)

    for row in range(2):
        for column in range(3):
            one = slice(column, column + 1)
            apart = predict(net, image[row : row + 1], ids[one], mask[one])
            for name in ("target", "background", "presence"):
                whole, part = getattr(together, name), getattr(apart, name)
                if whole is not None:
                    torch.testing.assert_close(
                        whole[row, column], part[0, 0], atol=1e-4, rtol=1e-4
                    )


@torch.no_grad()
def test_more_padding_changes_nothing(net, make_image, make_tokens, predict):
    image, (ids, mask) = make_image(), make_tokens(2)
    longer = torch.cat([ids, torch.full((2, 4), 9)], dim=1)
    longer_mask = torch.cat([mask, torch.zeros(2, 4, dtype=torch.bool)], dim=1)

    short, long = (
        predict(net, image, ids, mask),
        predict(net, image, longer, longer_mask),
    )

    torch.testing.assert_close(short.target, long.target, atol=1e-4, rtol=1e-4)
    if short.presence is not None:
        torch.testing.assert_close(short.presence, long.presence, atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_the_expression_changes_the_logits(net, make_image, make_tokens, predict):
    out = predict(net, make_image(), *make_tokens(2))

    assert not torch.allclose(out.target[0, 0], out.target[0, 1], atol=1e-4)


@torch.no_grad()
def test_an_empty_text_gives_finite_logits(net, make_image, make_tokens, predict):
    ids, mask = make_tokens(2)
    mask = mask.clone()
    mask[1] = False

    out = predict(net, make_image(), ids, mask)

    assert torch.isfinite(out.target).all()


@torch.no_grad()
@pytest.mark.parametrize("name", ["btd-tiny", "btd-mobile"])
def test_bfloat16_stays_near_float32(build, make_image, make_tokens, predict, name):
    net = build(name, perturb=False)
    image, (ids, mask) = make_image(96, 96), make_tokens(2)
    exact = predict(net, image, ids, mask).logits((96, 96)).sigmoid()

    with torch.autocast("cpu", torch.bfloat16):
        rough = predict(net, image, ids, mask).logits((96, 96)).sigmoid()

    assert rough.dtype == torch.float32
    assert (exact - rough).abs().max() < 0.03


@torch.no_grad()
def test_closed_gates_leave_the_text_features_unchanged(
    build, make_image, make_tokens, predict
):
    net = build("btd-tiny")
    for stage in net.visual.stages:
        stage["bsc"].back_gate.zero_()
    ids, mask = make_tokens(2)

    out = predict(net, make_image(), ids, mask)

    torch.testing.assert_close(out.words, net.text(ids, mask))


def test_every_parameter_gets_a_gradient(net, make_image, make_tokens, predict):
    """Except those that lead only to a part that is switched off."""
    net.train()
    out = predict(net, make_image(count=2), *make_tokens(2))
    mask = torch.zeros(2, 2, 64, 64)
    mask[0, :, :20, :20] = 1
    joint_loss(out, mask).total().backward()

    missing = {name for name, p in net.named_parameters() if p.grad is None}

    # The last gate leads only to the presence head.
    if net.presence is None:
        gate = "visual.stages.3.gate."
        missing = {name for name in missing if not name.startswith(gate)}
    assert missing == set()


def test_a_step_lowers_the_loss(build, make_image, make_tokens, predict):
    net = build("btd-tiny", perturb=False).train()
    image, (ids, mask) = make_image(count=2), make_tokens(2)
    wanted = torch.zeros(2, 2, 64, 64)
    wanted[..., :32, :32] = 1
    optimizer = torch.optim.AdamW(net.parameter_groups(), lr=3e-3)
    losses = []
    for _ in range(8):
        loss = joint_loss(predict(net, image, ids, mask), wanted).total()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())

    assert losses[-1] < 0.8 * losses[0]


def test_every_parameter_is_in_one_group_and_vectors_do_not_decay(net):
    net.text.requires_grad_(False)
    groups = net.parameter_groups(weight_decay=0.5, encoder_scale=0.1)

    grouped = [p for group in groups for p in group["params"]]
    assert len({id(p) for p in grouped}) == len(grouped)
    assert {id(p) for p in grouped} == {
        id(p) for p in net.parameters() if p.requires_grad
    }
    for group in groups:
        if group["weight_decay"]:
            assert all(p.ndim > 1 for p in group["params"])
    encoder = {id(p) for p in net.visual.encoder.parameters()}
    for group in groups:
        inside = {id(p) in encoder for p in group["params"]}
        assert inside == {group["scale"] == 0.1}


def test_position_tables_do_not_decay(build):
    net = build("btd-tiny")
    decaying = [g for g in net.parameter_groups() if g["weight_decay"]]
    ids = {id(p) for group in decaying for p in group["params"]}

    tables = [
        net.text.embeddings.position_embeddings.weight,
        net.visual.encoder.layers[0]
        .blocks[0]
        .attention.relative_position_bias.relative_position_bias_table,
    ]
    assert not ids & {id(table) for table in tables}
    assert id(net.text.embeddings.word_embeddings.weight) in ids


def test_pixels_are_normalised_inside(build):
    net = build("btd-mobile")
    black_and_white = torch.tensor([0.0, 255.0]).view(2, 1, 1, 1).expand(2, 3, 4, 4)

    scaled = net.normalise(black_and_white)

    assert scaled[0].unique().tolist() == [-1]
    assert scaled[1].unique().tolist() == [1]


def test_a_neck_uses_coordinates(build, make_image, make_tokens, predict):
    """With a blank image, only coordinates can make left and right differ."""
    blank = torch.full((1, 3, 64, 64), 127.5)
    placed = predict(build("btd-mobile"), blank, *make_tokens(1)).levels[0]

    middle = placed[0, :, 8, 4:12]  # away from the padding of the convolutions
    assert (middle[:, 0] - middle[:, -1]).abs().max() > 1e-3


def test_the_same_seed_gives_the_same_network(build):
    first, second = build(seed=3), build(seed=3)

    assert all(map(torch.equal, first.parameters(), second.parameters()))


def test_one_image_encoding_serves_several_expressions(build, make_image, make_tokens):
    net = build("btd-mobile")
    image, (ids, mask) = make_image(), make_tokens(2)
    words = net.text(ids, mask)[None]
    with torch.no_grad():
        encoded = net.encode_image(image)
        first = net.decode(encoded, words[:, :1], mask[None, :1])
        second = net.decode(encoded, words[:, 1:], mask[None, 1:])
        both = net(image, words, mask[None])

    parts = torch.cat([first.target, second.target], dim=1)
    torch.testing.assert_close(parts, both.target, atol=1e-4, rtol=1e-4)


def test_a_config_switches_parts_off(build):
    net = build("btd-tiny", exchange=False, presence=False)

    assert net.presence is None
    assert len(net.decoder.exchange) == 0
    assert isinstance(BTDNet(replace(net.config)), BTDNet)
