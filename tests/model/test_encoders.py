"""Encoders against those of transformers, and the folded ImageNet weights."""

import pytest
import torch
from safetensors.torch import load_file
from transformers.models.bert.configuration_bert import BertConfig
from transformers.models.bert.modeling_bert import BertModel
from transformers.models.swin.configuration_swin import SwinConfig
from transformers.models.swin.modeling_swin import SwinModel

from rrsis_geo.model.encoders.mobilenet import MobileNet, SameConv
from rrsis_geo.model.encoders.swin import Swin
from rrsis_geo.model.encoders.text_encoder import TextEncoder


def encode_levels(encoder, image):
    """All four levels."""
    x = encoder.refine(0, encoder.embed(image))
    levels = [x]
    for level in range(1, 4):
        x = encoder.refine(level, encoder.downsample(level - 1, x))
        levels.append(x)
    return levels


def test_the_text_encoder_is_bert():
    torch.manual_seed(0)
    oracle = BertModel(
        BertConfig(
            vocab_size=50,
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=24,
            max_position_embeddings=12,
        ),
        add_pooling_layer=False,
    ).eval()
    ours = TextEncoder(
        vocabulary=50, dim=16, layers=2, heads=4, hidden=24, positions=12
    )
    ours.load_state_dict(oracle.state_dict())
    ids = torch.randint(1, 50, (3, 9))
    mask = torch.arange(9) < torch.tensor([[9], [4], [6]])

    with torch.no_grad():
        words = ours(ids, mask)
        wanted = oracle(input_ids=ids, attention_mask=mask.long()).last_hidden_state

    torch.testing.assert_close(words[mask], wanted[mask], atol=2e-6, rtol=1e-5)


@pytest.mark.parametrize("size", [(64, 64), (72, 40), (65, 51)])
def test_swin_in_parts_is_swin(size):
    torch.manual_seed(0)
    ours = Swin(
        dims=(8, 16, 32, 64),
        depths=(1, 1, 2, 1),
        heads=(1, 2, 2, 4),
        window=2,
        drop_path=0.0,
    ).eval()
    oracle = SwinModel(
        SwinConfig(
            embed_dim=8, depths=[1, 1, 2, 1], num_heads=[1, 2, 2, 4], window_size=2
        ),
        add_pooling_layer=False,
    ).eval()
    oracle.embeddings.load_state_dict(ours.embeddings.state_dict())
    oracle.encoder.layers.load_state_dict(ours.layers.state_dict())
    image = torch.randn(1, 3, *size)

    with torch.no_grad():
        deepest = encode_levels(ours, image)[3]
        wanted = oracle(image).last_hidden_state  # (1, P, C), normed
        wanted_norm = torch.nn.functional.layer_norm(
            deepest.flatten(2).transpose(1, 2), (64,)
        )

    torch.testing.assert_close(wanted_norm, wanted, atol=1e-5, rtol=1e-4)


def test_a_small_map_leaves_the_windows_of_swin_as_they_were():
    torch.manual_seed(0)
    swin = Swin(
        dims=(8, 16, 32, 64),
        depths=(1, 1, 2, 1),
        heads=(1, 2, 2, 4),
        window=4,
        drop_path=0.0,
    ).eval()
    image = torch.randn(1, 3, 160, 160)
    with torch.no_grad():
        before = encode_levels(swin, image)
        encode_levels(swin, image[..., :32, :32])
        after = encode_levels(swin, image)

    assert all(map(torch.equal, before, after))


@pytest.mark.parametrize("size", [(64, 96), (63, 50), (33, 32)])
def test_mobilenet_levels_are_halved_and_rounded_up(size):
    levels = encode_levels(MobileNet(), torch.randn(1, 3, *size))

    assert [level.shape[1] for level in levels] == [24, 32, 96, 320]
    for stride, level in zip((4, 8, 16, 32), levels, strict=True):
        assert level.shape[2:] == tuple(-(-side // stride) for side in size)


@pytest.mark.parametrize("length", [8, 9])
def test_padding_is_that_of_tensorflow(length):
    """SAME pads the odd pixel after the end; the kernel here copies one pixel."""
    conv = SameConv(1, 1, kernel=3, stride=2)
    conv.weight.data.zero_()
    conv.weight.data[..., 0, 0] = 1  # copies the upper left pixel of each patch
    conv.bias.data.zero_()
    line = torch.arange(1.0, length + 1)
    image = line.expand(1, 1, length, length)

    row = conv(image)[0, 0, -1]

    # even: patches start at 0, 2, 4, 6; odd: at -1 (padding), 1, 3, 5, 7
    wanted = [1, 3, 5, 7] if length == 8 else [0, 2, 4, 6, 8]
    assert row.tolist() == wanted


def test_the_folded_weights_fill_the_encoder(shared_data):
    file = shared_data / "weights" / "mobilenet_v2_imagenet_bn_folded.safetensors"
    tensors = load_file(file)
    body = {name: t.float() for name, t in tensors.items() if name[:4] != "head"}

    net = MobileNet()
    net.load_state_dict(body, strict=True)
    with torch.no_grad():
        levels = encode_levels(net, torch.rand(1, 3, 64, 64) * 2 - 1)

    assert all(torch.isfinite(level).all() for level in levels)
    assert all(
        0.1 < level.std() < 10 for level in levels
    )  # neither vanishing nor exploding
