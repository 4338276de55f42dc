"""A trained network as the one file that users get."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.vocabulary import prune
from rrsis_geo.model.weights import save_weights
from rrsis_geo.model.weights_file import Card, WeightsInfo

WORDS = 20_000
"""Rows of the word table that an exported file keeps."""


def export(
    network: BTDNet, path: Path, *, card: Card, keep: Iterable[str] = ()
) -> WeightsInfo:
    """Write a network with a smaller word table, and list it beside the file.

    Args:
        network: trained; its text encoder knows `card.vocabulary`.
        path: where to write; `index.json` in the same folder gets an entry.
        card: what the file says of itself, with the whole vocabulary.
        keep: tokens that must stay.
    """
    ids = prune(card.vocabulary, size=WORDS, keep=keep)
    info = save_weights(
        shrunk(network, ids),
        path,
        card=replace(card, vocabulary=tuple(card.vocabulary[index] for index in ids)),
    )
    index = path.with_name("index.json")
    listed = json.loads(index.read_text()) if index.exists() else {}
    listed[card.name] = {"file": path.name, "sha256": info.sha256}
    index.write_text(json.dumps(listed, indent=1) + "\n")
    return info


def shrunk(network: BTDNet, ids: Sequence[int]) -> BTDNet:
    """The same network with some rows of its word table only."""
    small = BTDNet(replace(network.config, text_vocabulary=len(ids)))
    state = dict(network.state_dict())
    table = "text.embeddings.word_embeddings.weight"
    state[table] = state[table][torch.tensor(ids)]
    small.load_state_dict(state)
    return small.eval()
