"""A network that gets more attention layers predicts at first what it did before."""

import pytest
import torch
from coloured_boxes import WORDS, tiny

from rrsis_geo.errors import OptionError
from rrsis_geo.model.serialization.header import Card
from rrsis_geo.model.serialization.weights import save_weights
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.initial_weights.initial_weights import init_from_weights

NECK = {"fusion": "neck", "neck_dims": (8, 8, 16, 16), "neck_mixers": (0, 0, 1, 1)}


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "small.safetensors"
    card = Card(name="small", vocabulary=WORDS, gsd_range=(0.2, 1.0))
    save_weights(tiny(seed=3, **NECK).eval(), path, card=card)
    return str(path)


def grown(weights, layers):
    config = TrainConfig(model={"neck_mixers": layers})
    return init_from_weights(config, weights)[0].eval()


def test_new_layers_start_as_identities_and_can_learn(weights):
    before = init_from_weights(TrainConfig(), weights)[0].eval()
    after = grown(weights, [0, 0, 3, 2])
    assert after.config.neck_mixers == (0, 0, 3, 2)
    image = torch.rand(2, 3, 64, 64) * 255
    words = torch.randn(2, 3, 7, before.config.text_dim)
    mask = torch.ones(2, 3, 7, dtype=torch.bool)
    one, other = before(image, words, mask), after(image, words, mask)
    torch.testing.assert_close(one.target, other.target)
    torch.testing.assert_close(one.background, other.background)
    extra = set(dict(after.named_parameters())) - set(dict(before.named_parameters()))
    assert extra
    after.train()
    after(image, words, mask).target.square().sum().backward()
    outs = [
        parameter
        for name, parameter in after.named_parameters()
        if name in extra and name.endswith(".out.weight")
    ]
    assert len(outs) == 6
    assert all(parameter.grad.abs().sum() > 0 for parameter in outs)


@pytest.mark.parametrize("layers", [[0, 1, 1, 1], [0, 0, 0, 1], [0, 0, 1, 0]])
def test_layers_are_neither_removed_nor_added_to_levels_without(weights, layers):
    with pytest.raises(OptionError, match="neck_mixers"):
        grown(weights, layers)
