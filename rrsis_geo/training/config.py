"""A training run as plain data, from TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from rrsis_geo.errors import OptionError


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """Every number a run depends on; the data folder and the output are arguments."""

    preset: str = "btd-mobile"
    model: Mapping[str, Any] = field(default_factory=dict)
    """Changes of the preset, by the names of `ModelConfig`."""
    seed: int = 0
    steps: int = 3000
    size: int = 384
    """Pixels of a training image's side."""
    images: int = 6
    """Images per step, over all processes."""
    accumulate: int = 1
    """Parts in which a step's images are worked on; their gradients are averaged."""
    expressions: int = 3
    """Expressions per image."""
    drawn: int = 300
    """Drawn scenes in the mix."""
    theme: str | None = None
    """What every second drawn scene shows; None: chance decides for all."""
    written: float = 0.5
    """Share of whole images with hand-written words, where an image has any."""
    no_target: float = 0.25
    """Share of made expressions that nothing in the image fits."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Times the usual share of a type of made expressions, by type."""
    sources: Mapping[str, float] = field(default_factory=dict)
    """How often to draw from a source, instead of the usual, by name."""
    learning_rate: float = 1e-3
    encoder_rate: float = 0.3
    """Times the learning rate, for the pretrained image encoder."""
    warmup: int = 100
    """Steps of linear rise."""
    power: float = 0.9
    """Of the polynomial decay to zero."""
    weight_decay: float = 1e-2
    max_norm: float = 1.0
    ema: float = 0.998
    """Decay of the averaged weights that are kept."""
    losses: Mapping[str, float] = field(default_factory=dict)
    """What parts of the loss count where not the usual, by names of `LossWeights`."""
    train_text: bool = False
    """Train the text encoder too, at the image encoder's rate."""
    presence_gate: float = 0.5
    """How much the presence head weighs a window's probabilities afterwards."""
    bfloat16: bool = True
    validate_every: int = 500
    keep_every: int = 200
    """Steps between checkpoints."""

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> TrainConfig:
        """From parsed TOML; unknown names are refused."""
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise OptionError(f"unknown settings {unknown}; known are {sorted(known)}")
        return cls(**values)


def read_config(path: Path) -> TrainConfig:
    """The run that a TOML file describes.

    Raises:
        OptionError: the file is missing, no TOML, or names unknown settings.
    """
    try:
        return TrainConfig.from_mapping(tomllib.loads(path.read_text()))
    except OSError as error:
        raise OptionError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise OptionError(f"{path}: {error}") from error
