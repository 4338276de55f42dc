"""Small networks, inputs and a vocabulary for the tests of the model package."""

from dataclasses import replace

import pytest
import torch

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import preset
from rrsis_geo.model.encoders.wordpiece import CHARACTERS, CONTINUES, LETTERS, SPECIAL

WORDS = ("the", "storage", "tank", "near", "road", "ship", "tree", "street", "left")

SMALL_TEXT = {
    "text_dim": 16,
    "text_layers": 1,
    "text_heads": 2,
    "text_hidden": 32,
    "text_positions": 32,
}


@pytest.fixture(scope="session")
def vocabulary():
    """Every character, every letter as a continuation, and a few words."""
    letters = sorted(CHARACTERS)
    pieces = [CONTINUES + letter for letter in sorted(LETTERS)]
    return (*SPECIAL, *letters, *pieces, *WORDS)


@pytest.fixture
def build(vocabulary):
    """A factory of untrained networks, equal for equal arguments."""

    def make(name="btd-tiny", *, seed=0, perturb=True, **changes):
        if name == "btd-mobile":
            changes = {**SMALL_TEXT, "word_dim": 12, **changes}
        changes = {"text_vocabulary": len(vocabulary), **changes}
        torch.manual_seed(seed)
        net = BTDNet(replace(preset(name), **changes)).eval()
        if perturb:  # gates and exchanges are 0 at the start, which would hide them
            with torch.no_grad():
                for parameter in net.parameters():
                    parameter.add_(torch.randn_like(parameter) * 0.05)
        return net

    return make


@pytest.fixture
def make_tokens(vocabulary):
    """A factory of (E, T) token ids and mask, of texts of different length."""

    def make(count=2, *, length=7, seed=0):
        generator = torch.Generator().manual_seed(seed)
        shape = (count, length)
        ids = torch.randint(5, len(vocabulary), shape, generator=generator)
        lengths = torch.arange(count) % 3 + length - 3
        mask = torch.arange(length) < lengths[:, None]
        return ids * mask, mask

    return make


@pytest.fixture
def make_image():
    """A factory of (B, 3, H, W) raw RGB."""

    def make(height=64, width=64, *, count=1, seed=0):
        generator = torch.Generator().manual_seed(seed)
        return torch.rand(count, 3, height, width, generator=generator) * 255

    return make


@pytest.fixture
def predict():
    """Run a network on images, token ids and mask; every image gets all texts."""

    def run(net, image, ids, mask):
        words = net.text(ids, mask)
        count = len(image)
        return net(
            image,
            words[None].expand(count, -1, -1, -1),
            mask[None].expand(count, -1, -1),
        )

    return run
