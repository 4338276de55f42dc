"""Build network config, objective, optimizer and loop from a training config.

`fit` runs them on batches in memory. Nothing here reads images.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

import torch
from torch.optim import AdamW

from rrsis_geo.errors import OptionError
from rrsis_geo.expressions.wording.noun_choice import LEXICON
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import ModelConfig, preset
from rrsis_geo.model.device import choose_precision
from rrsis_geo.model.distributed_mean import ProcessMean, single_process
from rrsis_geo.model.losses import LossWeights
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.augmentation import Augmentation
from rrsis_geo.training.data.batch import Batch
from rrsis_geo.training.loop import LoopConfig, Step, train
from rrsis_geo.training.objective import Objective
from rrsis_geo.training.schedule import Average, learning_rate
from rrsis_geo.training.text_features import Tokenize
from rrsis_geo.training.unused_parameters import freeze_unused

Value = TypeVar("Value", ModelConfig, LossWeights, Augmentation)

PHRASES = tuple(sorted({noun.singular for nouns in LEXICON.values() for noun in nouns}))
"""Names of things that D-MOLS masks: every noun of the lexicon."""


def model_config(config: TrainConfig, **changes: object) -> ModelConfig:
    """Return the preset of a run with the changes of its [model], then `changes`.

    Raises:
        OptionError: [model] names an unknown field.
        WeightsError: there is no such preset, or a value is not allowed.
    """
    return with_changes(preset(config.preset), {**config.model, **changes}, "model")


def loss_weights(config: TrainConfig) -> LossWeights:
    """Return the weights of the parts of the loss; raises as `model_config`."""
    return with_changes(LossWeights(), config.losses, "losses")


def augmentation(config: TrainConfig) -> Augmentation:
    """Return the augmentation of listed images; raises as `model_config`."""
    return with_changes(Augmentation(), config.augment, "augment")


def with_changes(value: Value, changes: Mapping[str, Any], table: str) -> Value:
    """Return a frozen value with the fields of a config's table replaced.

    Raises:
        OptionError: the table names an unknown field.
    """
    known = [item.name for item in fields(value)]
    if unknown := sorted(set(changes) - set(known)):
        raise OptionError(f"unknown {unknown} in [{table}]; known are {known}")
    return replace(value, **changes)


def build_objective(
    config: TrainConfig,
    network: BTDNet,
    tokenize: Tokenize,
    *,
    phrases: Iterable[str] = PHRASES,
    all_reduce_mean: ProcessMean = single_process,
) -> Objective:
    """Build the objective of a run and freeze the parameters that it does not use."""
    objective = Objective(
        network,
        tokenize,
        phrases=tuple(phrases),
        train_text=config.train_text,
        head_only=config.head_only,
        freeze_norms=config.freeze_norms,
        bfloat16=uses_bfloat16(config, next(network.parameters()).device),
        all_reduce_mean=all_reduce_mean,
    )
    freeze_unused(objective)
    return objective


def uses_bfloat16(config: TrainConfig, device: torch.device) -> bool:
    """Whether a run computes in bfloat16: it may, and the device is fast at it."""
    return config.bfloat16 and choose_precision("auto", device) == torch.bfloat16


def build_optimizer(config: TrainConfig, network: BTDNet) -> AdamW:
    """Build AdamW over the network's parameter groups."""
    groups = network.parameter_groups(
        weight_decay=config.weight_decay, encoder_scale=config.encoder_rate
    )
    return AdamW(groups, lr=config.learning_rate)


def build_schedule(config: TrainConfig) -> Callable[[int], float]:
    """Return the function step -> learning rate."""
    return lambda step: learning_rate(
        step,
        peak=config.learning_rate,
        steps=config.steps,
        warmup=config.warmup,
        power=config.power,
    )


def build_loop(
    config: TrainConfig, *, first_step: int = 0, rank: int = 0
) -> LoopConfig:
    """Return the settings of the loop for the process with the given rank."""
    return LoopConfig(
        first_step=first_step,
        steps=config.steps,
        accumulate=config.accumulate,
        learning_rate=build_schedule(config),
        max_norm=config.max_norm,
        loss_weights=loss_weights(config),
        seed=config.seed + rank,
    )


def fit(
    config: TrainConfig,
    network: BTDNet,
    tokenize: Tokenize,
    batches: Iterable[Batch],
    *,
    phrases: Iterable[str] = PHRASES,
    on_step: Callable[[Step], None] = lambda step: None,
) -> BTDNet:
    """Train a network on batches in memory for `config.steps` steps.

    Args:
        config: of the run; its settings about data are not used.
        network: with pretrained parts loaded, on its device; trained in place.
        tokenize: of the network's vocabulary.
        batches: at least `steps * accumulate`.
        phrases: names of things that D-MOLS masks.
        on_step: called after every step.

    Returns:
        The network with its averaged weights, in inference mode.
    """
    torch.manual_seed(config.seed)
    objective = build_objective(config, network, tokenize, phrases=phrases)
    average = Average(network, decay=config.ema)
    optimizer = build_optimizer(config, network)
    loop = build_loop(config)
    train(objective, network, iter(batches), optimizer, average, loop, on_step=on_step)
    average.copy_to(network)
    return network.eval()
