"""Train weights: from a config and data to a weights file."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from rrsis_geo.atomic_write import check_writable
from rrsis_geo.errors import OptionError
from rrsis_geo.job import SCORE_MARGIN
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.serialization.class_scores import unmeasured
from rrsis_geo.model.serialization.header import Card
from rrsis_geo.model.serialization.probability_calibration import Calibration
from rrsis_geo.model.serialization.weights import save_weights
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.gpu_rendering import Renderer
from rrsis_geo.training.data.mixture import Mixture
from rrsis_geo.training.data.run_inputs import (
    DATA,
    WEIGHTS,
    RunInput,
    weights_input,
)
from rrsis_geo.training.data.sample_plans import MixturePlans
from rrsis_geo.training.distributed.process_group import open_process_group
from rrsis_geo.training.initial_weights.initial_weights import (
    IMAGE_START,
    init_from_config,
    init_from_public,
    init_from_weights,
    init_with_text_of,
)
from rrsis_geo.training.trainer import RunEnvironment, RunSamples, run_training
from rrsis_geo.training.training_data import (
    DataFiles,
    ReadSources,
    TrainingData,
    listed_data,
    mixed_data,
)


@dataclass(frozen=True, kw_only=True)
class TrainingJob:
    """The files and the machine of a training; the numbers are in `TrainConfig`."""

    data: DataFiles
    output: Path
    """Weights file to write, .safetensors."""
    folder: Path
    """For checkpoints, log and curves; a run found there is resumed."""
    weights: str | None = None
    """Name or file of weights to start from."""
    text_weights: str | None = None
    """Name or file of weights whose text encoder and vocabulary to use."""
    device: str = "auto"
    """auto, cpu, cuda, ..."""
    licence: str = ""
    """Of the new weights; "": derived from what they are made of."""
    command: str = ""
    """Command line, for the model card."""
    overwrite: bool = False
    """Replace a file at `output`."""


def train_weights(
    config: TrainConfig,
    job: TrainingJob,
    *,
    log: Callable[[str], None],
    read_sources: ReadSources | None = None,
) -> None:
    """Train as the config says and write a weights file.

    Args:
        config: of the run.
        job: files to read and write, and the device.
        log: called with lines of progress for people.
        read_sources: reader of the sources of a mix; None: a mix is a pack.

    Raises:
        RRSISError: of many kinds; no partial file is left at the output.
    """
    if job.output.suffix != ".safetensors":
        raise OptionError(
            f"{job.output}: the name of a weights file must end in .safetensors"
        )
    check_writable(job.output, job.overwrite)
    if job.text_weights is not None and (job.weights is not None or config.text_start):
        raise OptionError(
            "--words, --from and --text-start each bring a text encoder; give one"
        )
    with open_process_group(job.device) as processes:
        main_log = log if processes.is_main else _discard
        data = (
            mixed_data(config, job.data, read_sources)
            if config.dataset == "mix"
            else listed_data(config, job.data)
        )
        main_log(data.description)
        if not data.validation:
            main_log("no validation split: the last weights are kept, not the best")
        config = resolve_epochs(config, data.items_per_epoch)
        torch.manual_seed(config.seed)
        network, card = _initial_network(config, job, data)
        device = processes.device
        main_log(f"{config.steps} steps of {config.images} images on {device}")
        network = run_training(
            config,
            network.to(device),
            Tokenizer(card.vocabulary),
            samples_for(device, data, config),
            RunEnvironment(
                folder=job.folder,
                processes=processes,
                workers=job.data.workers,
                log=main_log,
                inputs={
                    DATA: RunInput(data.description, data.digest),
                    WEIGHTS: weights_input(job.weights or job.text_weights),
                },
            ),
        )
        if processes.is_main:
            card = _model_card(card, config, data, job)
            save_weights(network.cpu(), job.output, card=card)
            main_log(f"wrote {job.output}")


def samples_for(
    device: torch.device, data: TrainingData, config: TrainConfig
) -> RunSamples:
    """Return the samples of a run; on a GPU, those of a mix are drawn there."""
    samples = RunSamples(
        stream=data.stream, validation=data.validation, phrases=data.phrases
    )
    if device.type != "cuda" or not isinstance(data.stream, Mixture):
        return samples
    plans = MixturePlans(data.stream)
    renderer = Renderer(plans.images, size=config.size, device=device)
    return replace(samples, stream=plans, render=renderer)


def resolve_epochs(config: TrainConfig, items_per_epoch: int) -> TrainConfig:
    """Return the config with `steps` computed from its epochs, if it has any."""
    if not config.epochs:
        return config
    items = config.epochs * items_per_epoch
    return replace(config, steps=math.ceil(items / config.images))


def _initial_network(
    config: TrainConfig, job: TrainingJob, data: TrainingData
) -> tuple[BTDNet, Card]:
    if job.weights is not None:
        return init_from_weights(config, job.weights)
    mixed = config.dataset == "mix"
    if job.text_weights is not None:
        image = job.data.path / IMAGE_START if mixed else None
        return init_with_text_of(job.text_weights, config, image=image)
    if mixed:
        if not config.text_start:
            raise OptionError(
                "a mix starts from --text-start, --words or --from; give one"
            )
        return init_from_public(
            config.preset, data=job.data.path, text=config.text_start
        )
    return init_from_config(config, data.texts)


def _model_card(
    card: Card, config: TrainConfig, data: TrainingData, job: TrainingJob
) -> Card:
    """Return the card of the new weights, given that of the initial ones."""
    continued = job.weights is not None
    before = f"{card.trained_on}; then " if continued else ""
    gsd_range = card.gsd_range
    if data.gsd_range is not None:
        low, high = data.gsd_range
        if continued:
            low, high = min(low, gsd_range[0]), max(high, gsd_range[1])
        gsd_range = (round(low, 4), round(high, 4))
    licence = job.licence
    if not licence:
        licence = "that of its training data"
        if continued:
            licence = f"{card.licence}; and {licence}"
    # The score margin was measured on the initial weights, not on these.
    calibration = replace(card.calibration, score_margin=SCORE_MARGIN)
    if not continued:
        calibration = Calibration(presence_gate=config.presence_gate)
    return replace(
        card,
        name=job.output.stem,
        gsd_range=gsd_range,
        categories=tuple(dict.fromkeys((*card.categories, *data.categories))),
        class_scores=unmeasured(card.class_scores, data.categories),
        calibration=calibration,
        trained_on=before + data.description,
        licence=licence,
        created=job.command,
    )


def _discard(line: str) -> None:
    """Log nothing: only the main process reports progress."""
