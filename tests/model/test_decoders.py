import pytest
import torch

from rrsis_geo.model.decoders.single_stream import SingleDecoder
from rrsis_geo.model.decoders.twin_stream import TwinDecoder

DIMS = (4, 6, 8, 10)


@pytest.fixture
def levels():
    torch.manual_seed(0)
    sizes = (13, 17), (7, 9), (4, 5), (2, 3)
    return [torch.randn(2, dim, *size) for dim, size in zip(DIMS, sizes, strict=True)]


def build(*, exchange):
    torch.manual_seed(1)
    return TwinDecoder(
        level_dims=DIMS, dims=(5, 5, 6, 7), join_kernel=3, exchange=exchange
    ).eval()


def test_two_maps_at_the_finest_size(levels):
    target, background = build(exchange=True)(levels)

    assert target.shape == background.shape == (2, 13, 17)
    assert not torch.allclose(target, background)


def test_a_zero_exchange_makes_the_streams_independent(levels):
    decoder = build(exchange=True)
    before = decoder(levels)[0]
    for parameter in decoder.background.parameters():
        parameter.data.normal_()

    after = decoder(levels)[0]

    assert torch.equal(before, after)


def test_a_zero_exchange_equals_none(levels):
    with_exchange, without = build(exchange=True), build(exchange=False)
    without.load_state_dict(with_exchange.state_dict(), strict=False)

    assert all(map(torch.equal, with_exchange(levels), without(levels)))


def test_a_nonzero_exchange_couples_the_streams(levels):
    decoder = build(exchange=True)
    for exchange in decoder.exchange:
        exchange.to_target.norm.weight.data.fill_(1.0)
    before = decoder(levels)[0]
    for parameter in decoder.background.parameters():
        parameter.data.normal_()

    assert not torch.allclose(before, decoder(levels)[0])


def test_the_baseline_decoder_gives_two_maps(levels):
    torch.manual_seed(1)
    target, background = SingleDecoder(level_dims=DIMS).eval()(levels)

    assert target.shape == background.shape == (2, 13, 17)
