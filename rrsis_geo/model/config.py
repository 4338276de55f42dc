"""The configuration of a network, as plain data. No torch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from rrsis_geo.errors import WeightsError
from rrsis_geo.files.json_text import parse_json

Four = tuple[int, int, int, int]
Three = tuple[float, float, float]

IMAGENET_MEAN: Three = (123.675, 116.28, 103.53)
IMAGENET_STD: Three = (58.395, 57.12, 57.375)


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Every size and switch of a network; stored in its weights file.

    The defaults are the paper's sizes (Swin-B, BERT-base), so far as they were
    published. Tuples of four are per level, at strides 4, 8, 16, 32.
    """

    preset: str = "custom"
    image_encoder: str = "swin"
    """swin or mobilenet."""
    image_dims: Four = (128, 256, 512, 1024)
    """Channels of the image encoder."""
    image_depths: Four = (2, 2, 18, 2)
    """Blocks of a Swin; fixed in MobileNetV2."""
    image_heads: Four = (4, 8, 16, 32)
    """Attention heads of a Swin."""
    image_window: int = 12
    """Window of a Swin, in tokens along each side."""
    drop_path: float = 0.0
    """Stochastic depth of a Swin in training: the rate at its last block."""
    mean: Three = IMAGENET_MEAN
    """Of raw RGB in 0 to 255, per channel."""
    std: Three = IMAGENET_STD
    """Likewise."""

    text_vocabulary: int = 30522
    """Tokens of the vocabulary, which are the rows of the token embeddings."""
    text_dim: int = 768
    text_layers: int = 12
    text_heads: int = 12
    text_hidden: int = 3072
    """Hidden width of the feed-forward part of a layer."""
    text_positions: int = 512
    """Longest text, in tokens."""

    fusion: str = "stages"
    """stages: inside the image encoder, as in the paper. neck: after it, so that one
    image encoding serves all expressions; not in the paper."""
    alignment: str = "bsc"
    """bsc, or pwam for the baseline LAVT."""
    words_learn: bool = True
    """Both directions of BSC; off: only pixels attend to words."""
    align_heads: Four = (1, 1, 1, 1)
    """Heads of the alignment; they do not change the number of parameters."""
    neck_dims: Four = (128, 256, 512, 1024)
    """Channels to which a neck reduces the levels."""
    neck_mixers: Four = (0, 0, 0, 0)
    """Transformer layers of a neck, with cross-attention from positions to words."""
    word_dim: int = 0
    """Width of a trained text adapter before the neck; 0: no adapter."""
    coordinates: bool = False
    """Append x and y in [-1, 1] to the levels of a neck, as two channels."""

    decoder: str = "twin"
    """twin, or single for the baseline LAVT."""
    decoder_dims: Four = (256, 256, 256, 256)
    """Channels of each stream of the twin decoder."""
    decoder_join: int = 3
    """Kernel size of the convolution that joins a level with the coarser one."""
    exchange: bool = True
    """Exchange between the streams of the twin decoder after each level."""
    presence: bool = True
    """A head that predicts whether the target is present; not in the paper."""
    dmols: bool = False
    """The heads of D-MOLS, for training only."""
    dmols_branches: tuple[str, ...] = ("text", "visual")
    """Branches of D-MOLS to build."""

    def __post_init__(self) -> None:
        for item in fields(self):  # JSON has lists only
            value = getattr(self, item.name)
            if isinstance(value, list):
                object.__setattr__(self, item.name, tuple(value))
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise WeightsError(
                    f"{name} must be one of {allowed}, got {getattr(self, name)!r}"
                )
        branches = self.dmols_branches
        if not branches or not set(branches) <= {"text", "visual"}:
            raise WeightsError(
                f"dmols_branches must be of text and visual, got {branches!r}; "
                "dmols = false switches both off"
            )

    @property
    def level_dims(self) -> Four:
        """Channels of the levels after fusion, which the decoder reads."""
        return self.neck_dims if self.fusion == "neck" else self.image_dims

    @property
    def fused_words(self) -> int:
        """Width D of the text features that are aligned with the image."""
        neck = self.fusion == "neck" and self.word_dim
        return self.word_dim if neck else self.text_dim

    def to_json(self) -> str:
        """The config as one line of ASCII JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> ModelConfig:
        """Read what `to_json` wrote.

        Raises:
            WeightsError: it is not a JSON object, has unknown entries, or a value is
                not allowed.
        """
        try:
            values = parse_json(text)
        except ValueError as error:
            raise WeightsError(f"not a model config: {text[:80]!r}") from error
        if not isinstance(values, Mapping):
            raise WeightsError(f"not a model config: {text[:80]!r}")
        known = {item.name for item in fields(cls)}
        if unknown := sorted(set(values) - known):
            raise WeightsError(f"the model config has unknown entries {unknown}")
        return cls(**values)


_CHOICES: dict[str, tuple[str, ...]] = {
    "image_encoder": ("swin", "mobilenet"),
    "fusion": ("stages", "neck"),
    "alignment": ("bsc", "pwam"),
    "decoder": ("twin", "single"),
}

_PRESETS: dict[str, dict[str, Any]] = {
    "btd-base": {"presence": True},
    "btd-mobile": {
        "image_encoder": "mobilenet",
        "image_dims": (24, 32, 96, 320),
        "mean": (127.5, 127.5, 127.5),
        "std": (127.5, 127.5, 127.5),
        "text_dim": 384,
        "text_layers": 6,
        "text_hidden": 1536,
        "fusion": "neck",
        "align_heads": (2, 4, 4, 4),
        "neck_dims": (40, 64, 96, 96),
        "neck_mixers": (0, 0, 1, 2),
        "word_dim": 192,
        "coordinates": True,
        "decoder_dims": (40, 64, 96, 96),
        "decoder_join": 1,
    },
    "btd-tiny": {
        "image_dims": (8, 16, 32, 64),
        "image_depths": (1, 1, 2, 1),
        "image_heads": (1, 2, 2, 4),
        "image_window": 4,
        "text_vocabulary": 256,
        "text_dim": 16,
        "text_layers": 1,
        "text_heads": 2,
        "text_hidden": 32,
        "text_positions": 64,
        "decoder_dims": (8, 8, 8, 8),
    },
}

PRESETS = tuple(_PRESETS)


def preset(name: str) -> ModelConfig:
    """The config of a preset.

    Raises:
        WeightsError: there is no preset of that name.
    """
    if name not in _PRESETS:
        raise WeightsError(f"no preset {name!r}; there are {list(PRESETS)}")
    return ModelConfig(preset=name, **_PRESETS[name])
