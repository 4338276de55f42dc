"""The network in numpy computes what the one in torch was trained to."""

import numpy as np
import pytest
import torch
from recipe.matching.network import TrainedNetwork

from rrsis_geo.matching.matching_network import MatchingNetwork
from rrsis_geo.matching.object_layout import FEATURES, PAIR_FEATURES


@pytest.fixture(scope="module")
def trained():
    torch.manual_seed(0)
    net = TrainedNetwork(word_width=48).eval()
    for value in net.parameters():
        torch.nn.init.normal_(value, std=0.3)
    return net


def in_numpy(net):
    return MatchingNetwork({k: v.numpy() for k, v in net.state_dict().items()})


@pytest.mark.parametrize(("count", "length"), [(1, 2), (5, 9), (40, 23)])
def test_numpy_computes_what_torch_does(trained, count, length):
    words = torch.randn(length, 48)
    objects, pairs = torch.randn(count, FEATURES), torch.randn(count, count, 8)
    with torch.no_grad():
        wanted = trained(
            words[None],
            torch.ones(1, length, dtype=torch.bool),
            objects[None],
            pairs[None],
            torch.ones(1, count, dtype=torch.bool),
        )[0]
    got = in_numpy(trained)(words.numpy(), objects.numpy(), pairs.numpy())
    np.testing.assert_allclose(got, wanted.numpy(), rtol=1e-3, atol=1e-4)


def test_padding_of_a_batch_changes_nothing(trained):
    """Sentences and scenes of other sizes beside it do not matter."""
    words, objects = torch.randn(2, 9, 48), torch.randn(2, 6, FEATURES)
    pairs = torch.randn(2, 6, 6, PAIR_FEATURES)
    is_word, is_object = torch.ones(2, 9, dtype=torch.bool), torch.ones(2, 6).bool()
    is_word[0, 4:] = False
    is_object[0, 3:] = False
    with torch.no_grad():
        both = trained(words, is_word, objects, pairs, is_object)[0, :3].numpy()
    alone = in_numpy(trained)(
        words[0, :4].numpy(), objects[0, :3].numpy(), pairs[0, :3, :3].numpy()
    )
    np.testing.assert_allclose(alone, both, rtol=1e-3, atol=1e-4)


def test_the_order_of_the_objects_does_not_matter(trained):
    rng = np.random.default_rng(1)
    words = rng.normal(size=(7, 48)).astype(np.float32)
    objects = rng.normal(size=(5, FEATURES)).astype(np.float32)
    pairs = rng.normal(size=(5, 5, PAIR_FEATURES)).astype(np.float32)
    order = [3, 0, 4, 2, 1]
    net = in_numpy(trained)
    np.testing.assert_allclose(
        net(words, objects[order], pairs[order][:, order]),
        net(words, objects, pairs)[order],
        rtol=1e-4,
        atol=1e-5,
    )
