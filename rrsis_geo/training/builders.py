"""From a config to what trains: network, objective, optimizer; and `fit`, for all of it
on batches at hand. Needs torch, but no reader of images."""

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
from rrsis_geo.training.loop import Step, train
from rrsis_geo.training.objective import Objective
from rrsis_geo.training.schedule import Average, learning_rate
from rrsis_geo.training.text_features import Tokenize
from rrsis_geo.training.unused_parameters import freeze_unused

Value = TypeVar("Value", ModelConfig, LossWeights, Augmentation)

PHRASES = tuple(sorted({noun.singular for nouns in LEXICON.values() for noun in nouns}))
"""Names of things that D-MOLS hides: every noun of the lexicon."""


def model_config(config: TrainConfig, **changes: object) -> ModelConfig:
    """The preset of a run with the run's own changes, and then these.

    Raises:
        OptionError: the run names something that no network has.
        WeightsError: there is no such preset, or a value that none has.
    """
    return changed(preset(config.preset), {**config.model, **changes}, "model")


def loss_weights(config: TrainConfig) -> LossWeights:
    """What each part of the loss counts in a run; errors as above."""
    return changed(LossWeights(), config.losses, "losses")


def augmentation(config: TrainConfig) -> Augmentation:
    """How listed images change in a run; errors as above."""
    return changed(Augmentation(), config.augment, "augment")


def changed(value: Value, changes: Mapping[str, Any], table: str) -> Value:
    """A frozen value with some fields of a config's table.

    Raises:
        OptionError: a field that the value has not.
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
    joined: ProcessMean = single_process,
) -> Objective:
    """A network with its losses, as a run wants them; unused parameters are frozen."""
    objective = Objective(
        network,
        tokenize,
        phrases=tuple(phrases),
        train_text=config.train_text,
        freeze_norms=config.freeze_norms,
        bfloat16=autocasts(config, next(network.parameters()).device),
        joined=joined,
    )
    freeze_unused(objective)
    return objective


def autocasts(config: TrainConfig, device: torch.device) -> bool:
    """Whether a run computes in bfloat16: it wants to, and the device is fast at it."""
    return config.bfloat16 and choose_precision("auto", device) == torch.bfloat16


def build_optimizer(config: TrainConfig, network: BTDNet) -> AdamW:
    """AdamW over all that learns, in its groups."""
    groups = network.parameter_groups(
        weight_decay=config.weight_decay, encoder_scale=config.encoder_rate
    )
    return AdamW(groups, lr=config.learning_rate)


def rate_of(config: TrainConfig) -> Callable[[int], float]:
    """The learning rate of every step."""
    return lambda step: learning_rate(
        step,
        peak=config.learning_rate,
        steps=config.steps,
        warmup=config.warmup,
        power=config.power,
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
    """Train a network on batches at hand for `config.steps` steps.

    Args:
        config: of the run; `steps`, `accumulate`, rates, losses and seed count here,
            what concerns the data does not.
        network: with its pretrained parts in place, on its device; trained in place.
        tokenize: of the network's vocabulary.
        batches: at least `steps * accumulate`.
        phrases: names of things that D-MOLS hides.
        on_step: told each step.

    Returns:
        The network with its averaged weights, ready for inference.
    """
    torch.manual_seed(config.seed)
    objective = build_objective(config, network, tokenize, phrases=phrases)
    average = Average(network, decay=config.ema)
    train(
        objective,
        network,
        iter(batches),
        build_optimizer(config, network),
        average,
        first=0,
        steps=config.steps,
        accumulate=config.accumulate,
        rate=rate_of(config),
        max_norm=config.max_norm,
        weights=loss_weights(config),
        seed=config.seed,
        joined=single_process,
        on_step=on_step,
    )
    average.copy_to(network)
    return network.eval()
