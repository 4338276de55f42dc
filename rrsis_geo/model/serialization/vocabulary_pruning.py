"""Reduction of a trained network to fewer tokens and shorter texts.

Not in the paper: it makes the default weights small enough to ship.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import torch

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.encoders.wordpiece import select_tokens

WORD_TABLE = "text.embeddings.word_embeddings.weight"
POSITION_TABLE = "text.embeddings.position_embeddings.weight"


def prune_vocabulary(
    net: BTDNet,
    vocabulary: Sequence[str],
    *,
    size: int = 18_000,
    positions: int = 256,
    texts: Iterable[str] = (),
) -> tuple[BTDNet, tuple[str, ...]]:
    """Keep about `size` tokens, and at most `positions` tokens per text.

    Args:
        net: with one row of token embeddings per token of `vocabulary`.
        vocabulary: tokens in the order of their ids.
        size: number of tokens to keep.
        positions: length of the longest text, in tokens.
        texts: their tokens are always kept; give all expressions of the training.

    Returns:
        A new network, whose outputs for texts of kept tokens are the same, and its
        vocabulary.
    """
    used = {vocabulary[index] for index in _token_ids(vocabulary, texts)}
    rows = select_tokens(vocabulary, size=size, keep=used)
    positions = min(positions, net.config.text_positions)
    config = replace(net.config, text_vocabulary=len(rows), text_positions=positions)
    state = net.state_dict()
    tokens = state[WORD_TABLE]
    state[WORD_TABLE] = tokens[torch.tensor(rows, device=tokens.device)]
    state[POSITION_TABLE] = state[POSITION_TABLE][:positions]
    small = BTDNet(config)
    small.load_state_dict(state)
    small.train(net.training)
    return small, tuple(vocabulary[row] for row in rows)


def _token_ids(vocabulary: Sequence[str], texts: Iterable[str]) -> set[int]:
    tokens = Tokenizer(vocabulary)(tuple(texts), longest=512)
    return set(tokens.ids[tokens.mask].tolist())
