"""Learning rate and averaged weights."""

import pytest
import torch
from torch import nn

from rrsis_geo.training.schedule import Average, learning_rate


def test_the_rate_rises_then_falls_to_zero():
    rates = [learning_rate(s, peak=2.0, steps=100, warmup=10) for s in range(101)]
    assert rates[0] == pytest.approx(0.2)
    assert max(rates) == rates[9] == pytest.approx(2.0 * 0.91**0.9)
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert rates[100] == 0


def test_polynomial_decay_without_warm_up():
    assert learning_rate(50, peak=1.0, steps=100, warmup=0) == pytest.approx(0.5**0.9)


def test_the_average_stays_between_old_and_new():
    network = nn.Linear(2, 1)
    with torch.no_grad():
        network.weight.fill_(0.0)
    average = Average(network, decay=0.9)
    with torch.no_grad():
        network.weight.fill_(1.0)
    average.update(network, step=10_000)
    average.copy_to(network)
    torch.testing.assert_close(network.weight, torch.full((1, 2), 0.1))


def test_frozen_parameters_are_not_averaged():
    network = nn.Linear(2, 1)
    network.weight.requires_grad_(False)
    assert set(Average(network, decay=0.9).state) == {"bias"}
