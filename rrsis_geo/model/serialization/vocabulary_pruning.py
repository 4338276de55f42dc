"""From a trained network to a small file: fewer words, shorter texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import torch

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.encoders.wordpiece import prune

WORDS = "text.embeddings.word_embeddings.weight"
POSITIONS = "text.embeddings.position_embeddings.weight"


def slim(
    net: BTDNet,
    vocabulary: Sequence[str],
    *,
    size: int = 18_000,
    positions: int = 256,
    texts: Iterable[str] = (),
) -> tuple[BTDNet, tuple[str, ...]]:
    """The same network with about `size` words and at most `positions` tokens a text.

    Args:
        net: with a word table of `vocabulary`.
        vocabulary: tokens in the order of their ids.
        size: tokens to keep.
        positions: longest text to keep, in tokens.
        texts: whose tokens stay in any case: give all expressions of the training.

    Returns:
        A new network whose answers to texts of kept tokens are the same, and its
        vocabulary.
    """
    used = {vocabulary[index] for index in _tokens_of(vocabulary, texts)}
    rows = prune(vocabulary, size=size, keep=used)
    positions = min(positions, net.config.text_positions)
    config = replace(net.config, text_vocabulary=len(rows), text_positions=positions)
    state = net.state_dict()
    state[WORDS] = state[WORDS][torch.tensor(rows, device=state[WORDS].device)]
    state[POSITIONS] = state[POSITIONS][:positions]
    small = BTDNet(config)
    small.load_state_dict(state)
    small.train(net.training)
    return small, tuple(vocabulary[row] for row in rows)


def _tokens_of(vocabulary: Sequence[str], texts: Iterable[str]) -> set[int]:
    tokens = Tokenizer(vocabulary)(tuple(texts), longest=512)
    return set(tokens.ids[tokens.mask].tolist())
