"""Untrained weights of the networks that have graphs, and windows to look at."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import preset
from rrsis_geo.model.encoders.wordpiece import CHARACTERS, CONTINUES, LETTERS, SPECIAL
from rrsis_geo.model.serialization.header import Card
from rrsis_geo.model.serialization.probability_calibration import Calibration
from rrsis_geo.model.serialization.weights import save_weights


@pytest.fixture(scope="session")
def texts():
    """Expressions of 3 to 11 tokens."""
    return ("tree", "storage tank", "the ship on the left of the road")


@pytest.fixture(scope="session")
def save(tmp_path_factory):
    """A factory of weights files of untrained networks."""
    pieces = [CONTINUES + letter for letter in sorted(LETTERS)]
    words = ("storage", "tank", "ship", "road", "tree", "the", "left", "of", "on")
    vocabulary = (*SPECIAL, *sorted(CHARACTERS), *pieces, *words)

    def make(config=None, *, seed=0, **calibration):
        config = replace(
            config or preset("btd-mobile"),
            text_vocabulary=len(vocabulary),
            text_positions=32,
        )
        torch.manual_seed(seed)
        net = BTDNet(config)
        with torch.no_grad():
            for name, tensor in net.named_buffers():
                if name.endswith("running_var"):
                    tensor.uniform_(0.5, 2)
                elif name.endswith("running_mean"):
                    tensor.normal_(std=0.1)
            for parameter in net.parameters():  # gates and exchanges are 0 at first
                parameter.add_(torch.randn_like(parameter) * 0.05)
        path = tmp_path_factory.mktemp("weights") / "net.safetensors"
        card = Card(
            name="net",
            vocabulary=vocabulary,
            gsd_range=(0.3, 1.0),
            calibration=Calibration(**calibration),
        )
        save_weights(net, path, card=card)
        return path

    return make


@pytest.fixture(scope="session")
def weights(save):
    """Untrained weights of the preset."""
    return save(temperature=3.0, bias=0.5, presence_gate=0.5, presence_bias=0.2)


@pytest.fixture(scope="session")
def windows():
    """A factory of (B, 3, H, W) windows of coloured squares and noise."""

    def make(height=96, width=64, *, count=2, seed=0):
        generator = np.random.default_rng(seed)
        shape = (count, 3, height // 8 + 1, width // 8 + 1)
        squares = np.kron(generator.integers(0, 256, shape), np.ones((8, 8), np.int64))
        pixels = squares[:, :, :height, :width]
        pixels = pixels + generator.integers(-20, 21, pixels.shape)
        return np.clip(pixels, 0, 255).astype(np.uint8)

    return make
