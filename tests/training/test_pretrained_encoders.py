"""Pretrained encoders give the same features as in transformers."""

from dataclasses import replace

import pytest
import torch
from coloured_boxes import tiny
from safetensors.torch import load_file, save_file
from transformers import MobileNetV2Config, MobileNetV2Model, SwinConfig, SwinModel

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import preset
from rrsis_geo.training.initial_weights.pretrained_encoders import (
    find_pretrained,
    load_pretrained_image_encoder,
)

TEXT = {
    "text_vocabulary": 64,
    "text_dim": 16,
    "text_layers": 1,
    "text_heads": 2,
    "text_hidden": 32,
}


def levels(encoder, image):
    """Return four feature maps, each before the next downsampling."""
    found = [encoder.refine(0, encoder.embed(image))]
    for level in range(1, 4):
        found.append(encoder.refine(level, encoder.downsample(level - 1, found[-1])))
    return found


@pytest.fixture(scope="module")
def mobilenet(tmp_path_factory):
    """A random MobileNetV2 with non-trivial batch norms, and its folder."""
    torch.manual_seed(0)
    model = MobileNetV2Model(MobileNetV2Config()).eval()
    with torch.no_grad():
        for name, value in model.named_buffers():
            if "running_mean" in name:
                value.normal_(0, 0.1)
            if "running_var" in name:
                value.uniform_(0.5, 1.5)
        for name, value in model.named_parameters():
            if "normalization" in name:
                value.add_(torch.randn_like(value) * 0.1)
    folder = tmp_path_factory.mktemp("mobilenet")
    model.save_pretrained(folder)
    return model, folder


@pytest.fixture(scope="module")
def swin(tmp_path_factory):
    torch.manual_seed(0)
    sizes = {"embed_dim": 8, "depths": [1, 1, 2, 1], "num_heads": [1, 2, 2, 4]}
    model = SwinModel(SwinConfig(**sizes, window_size=4)).eval()
    folder = tmp_path_factory.mktemp("swin")
    model.save_pretrained(folder)
    return model, folder


@torch.no_grad()
def test_a_mobilenet_with_its_norms_folded_in_gives_the_same_features(mobilenet):
    model, folder = mobilenet
    network = BTDNet(replace(preset("btd-mobile"), **TEXT)).eval()
    load_pretrained_image_encoder(network, str(folder))
    image = torch.rand(1, 3, 65, 96) * 2 - 1
    theirs = {
        hidden.shape: hidden
        for hidden in model(image, output_hidden_states=True).hidden_states
    }
    for found in levels(network.visual.encoder, image):
        torch.testing.assert_close(found, theirs[found.shape], rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_a_swin_gives_the_same_features(swin):
    model, folder = swin
    network = tiny().eval()
    load_pretrained_image_encoder(network, str(folder))
    image = torch.rand(1, 3, 128, 128)
    encoder = network.visual.encoder
    theirs = model(image, output_hidden_states=True).reshaped_hidden_states
    x = encoder.embed(image)
    torch.testing.assert_close(x, theirs[0])
    for level in range(3):
        x = encoder.downsample(level, encoder.refine(level, x))
        torch.testing.assert_close(x, theirs[level + 1])


def test_weights_of_another_size_are_refused(swin):
    _, folder = swin
    network = BTDNet(replace(preset("btd-tiny"), image_dims=(16, 32, 64, 128)))
    with pytest.raises(WeightsError, match="other weights than expected"):
        load_pretrained_image_encoder(network, str(folder))


def test_weights_of_another_network_are_refused(swin, mobilenet, tmp_path):
    with pytest.raises(WeightsError, match="no Swin"):
        load_pretrained_image_encoder(tiny(), str(mobilenet[1]))
    mobile = BTDNet(replace(preset("btd-mobile"), **TEXT))
    with pytest.raises(WeightsError, match="not a MobileNetV2"):
        load_pretrained_image_encoder(mobile, str(swin[1]))
    part = load_file(mobilenet[1] / "model.safetensors")
    part.pop(next(name for name in part if "layer.3" in name and name.endswith("ht")))
    save_file(part, tmp_path / "model.safetensors")
    with pytest.raises(WeightsError, match=r"not a MobileNetV2: it has no .*layer\.3"):
        load_pretrained_image_encoder(mobile, str(tmp_path))


def test_missing_pretrained_weights_are_explained(tmp_path, monkeypatch):
    import huggingface_hub.constants

    with pytest.raises(WeightsError, match=r"holds no model\.safetensors"):
        find_pretrained(str(tmp_path), "model.safetensors")
    with pytest.raises(WeightsError, match="no such folder"):
        find_pretrained(str(tmp_path / "absent"), "model.safetensors")
    with pytest.raises(WeightsError, match="no such folder"):
        find_pretrained("absent", "model.safetensors")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(WeightsError, match="download the model where there is a net"):
        find_pretrained("nobody/no-such-model", "model.safetensors")
