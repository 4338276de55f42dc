"""Which graphs the package has. Neither torch nor ONNX Runtime."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from rrsis_geo.model.config import ModelConfig

FOLDER = Path(__file__).resolve().parent / "graphs"
"""Graphs shipped with the package, without their weights."""

_FUSION = ("fusion", "alignment", "words_learn", "neck_dims")
PART_FIELDS = {
    "text": (
        "fusion",
        "text_dim",
        "text_layers",
        "text_heads",
        "text_hidden",
        "word_dim",
    ),
    "look": ("image_encoder", "image_dims", *_FUSION, "coordinates"),
    "answer": (
        *_FUSION,
        "align_heads",
        "neck_mixers",
        "word_dim",
        "decoder",
        "decoder_dims",
        "decoder_join",
        "exchange",
        "presence",
    ),
}
"""Parts of the network, and the fields of `ModelConfig` that shape their graphs."""


def graph_path(part: str, config: ModelConfig) -> Path:
    """Where the graph of a part is, or would be."""
    shape = {name: getattr(config, name) for name in PART_FIELDS[part]}
    text = json.dumps(shape, sort_keys=True)
    return FOLDER / f"{part}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.onnx"


def has_graphs(config: ModelConfig) -> bool:
    """Whether the package has the graphs of a network."""
    return all(graph_path(part, config).is_file() for part in PART_FIELDS)
