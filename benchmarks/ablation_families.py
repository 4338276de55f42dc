"""Families of variants: ablations of the paper, and design choices of the default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rrsis_geo.training.config import CONFIG_FOLDER, TrainConfig, read_config


@dataclass(frozen=True, kw_only=True)
class Family:
    """Variants that are trained in the same way, and the pairs to compare."""

    variants: Mapping[str, TrainConfig]
    """Configs by name; the benchmark sets budget, size and seed."""

    changes: tuple[tuple[str, str, str], ...]
    """(variant before, variant after, change)."""


def ladder() -> Family:
    """Return the ablations of the paper, which add one component at a time."""
    rungs = sorted(CONFIG_FOLDER.glob("ablations/?-*.toml"))
    names = [path.stem for path in rungs]
    return Family(
        variants={path.stem: read_config(path) for path in rungs},
        changes=tuple((names[a - 1], names[b - 1], what) for a, b, what in _RUNGS),
    )


def decisions() -> Family:
    """Return the default preset, and variants with one change each."""
    return Family(
        variants={
            SHIPPED: TrainConfig(),
            **{name: TrainConfig(model=change) for name, change in _MODELS.items()},
            "text encoder trained": TrainConfig(train_text=True),
        },
        changes=(
            *((SHIPPED, name, name) for name in (*_MODELS, "text encoder trained")),
            (BARE, STAGES, f"{STAGES}, against {BARE}"),
        ),
    )


FAMILIES = {"ladder": ladder, "decisions": decisions}

SHIPPED, STAGES, BARE = "as shipped", "fusion in the stages", "bare neck"

_RUNGS = (
    (1, 2, "BSC one way for PWAM"),
    (2, 3, "BSC both ways"),
    (3, 4, "two streams"),
    (4, 5, "each stream supervised"),
    (5, 6, "exchange between the streams"),
    (6, 7, "D-MOLS, text"),
    (6, 8, "D-MOLS, visual"),
    (6, 9, "D-MOLS, both"),
    (1, 6, "all but D-MOLS"),
    (1, 9, "everything"),
)
"""(number of the rung before, number of the rung after, what was added)."""

_MODELS: dict[str, dict[str, object]] = {
    "no coordinates": {"coordinates": False},
    "decoder half as wide": {"decoder_dims": (20, 32, 48, 48)},
    "decoder half wider": {"decoder_dims": (60, 96, 144, 144)},
    "no attention in the neck": {"neck_mixers": (0, 0, 0, 0)},
    "more attention in the neck": {"neck_mixers": (0, 0, 2, 3)},
    "8 channels seen at stride 4": {"neck_dims": (8, 64, 96, 96)},
    "8 channels decoded at stride 4": {"decoder_dims": (8, 64, 96, 96)},
    "no word layer": {"word_dim": 0},
    STAGES: {"fusion": "stages"},
    # without all that fusion in the stages excludes, so that only the place differs
    BARE: {"neck_mixers": (0, 0, 0, 0), "word_dim": 0, "coordinates": False},
}
"""Changes of the preset, as fields of `ModelConfig`."""
