"""Parameter counts, on the meta device, where parameters take no memory."""

from dataclasses import replace

import pytest
import torch

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import preset


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def build(**changes):
    with torch.device("meta"):
        return BTDNet(replace(preset("btd-base"), **changes))


@pytest.fixture(scope="module")
def base():
    return build(presence=False)


def test_the_baseline_has_the_size_of_lavt():
    lavt = build(alignment="pwam", decoder="single", presence=False)

    assert count(lavt) == 227_739_514


def test_the_stages_have_their_sizes(base):
    sizes = [count(stage) for stage in base.visual.stages]

    assert sizes == [440_321, 1_140_481, 3_327_233, 10_846_465]


def test_the_twin_decoder_has_its_size(base):
    assert count(base.decoder) == 12_681_730


def test_the_network_has_its_size(base):
    assert round(count(base) / 1e6, 2) == 224.21


def test_the_mobile_network_stays_small():
    with torch.device("meta"):
        mobile = BTDNet(preset("btd-mobile"))
    beside_text = count(mobile) - count(mobile.text)

    assert count(mobile.visual.encoder) < 1_900_000
    assert beside_text < 3_600_000


def test_names_are_those_of_the_description(base):
    names = [name for name, _ in base.named_parameters()]
    for prefix in (
        "visual.stages.0.bsc.",
        "visual.stages.3.gate.",
        "visual.out_norms.3.",
        "text.",
        "decoder.target.",
        "decoder.background.",
        "decoder.exchange.3.",
    ):
        assert any(name.startswith(prefix) for name in names), prefix
