"""A config, data and a place to write to: trained weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from rrsis_geo.atomic_write import check_writable
from rrsis_geo.errors import OptionError
from rrsis_geo.job import SCORE_MARGIN
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.serialization.header import Calibration, Card
from rrsis_geo.model.serialization.weights import save_weights
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.batch import Stream
from rrsis_geo.training.data.gpu_rendering import Renderer
from rrsis_geo.training.data.loader import Planned, Render
from rrsis_geo.training.data.mixture import Mix
from rrsis_geo.training.data.sample_plans import Plans
from rrsis_geo.training.distributed.process_group import open_team
from rrsis_geo.training.initial_weights.initial_weights import (
    IMAGE_START,
    fresh_start,
    new_start,
    public_start,
    trained_start,
)
from rrsis_geo.training.trainer import run_training
from rrsis_geo.training.training_data import (
    TrainingData,
    listed_material,
    mixed_material,
)


def train_weights(
    config: TrainConfig,
    *,
    data: Path,
    output: Path,
    folder: Path,
    say: Callable[[str], None],
    weights: str | None = None,
    words: str | None = None,
    device: str = "auto",
    workers: int = 1,
    part: bool = False,
    outlines: Path | None = None,
    mistakes: Path | None = None,
    licence: str = "",
    command: str = "",
    overwrite: bool = False,
) -> None:
    """Train as the config says and write a weights file.

    Args:
        config: of the run.
        data: manifest, data set's folder, or folder of public data for a mix.
        output: weights file to write, .safetensors.
        folder: for checkpoints, log and curves; a run found there goes on.
        say: told what a person wants to read.
        weights: name or file of weights to start from.
        words: name or file of weights whose text encoder and vocabulary to take.
        device: auto, cpu, cuda, ...
        workers: processes that prepare samples.
        part: take what is there of a published data set.
        outlines: of aircraft, for a mix; see `scripts/outline_aircraft.py`.
        mistakes: of a network, for a mix; see `scripts/mine_mistakes.py`.
        licence: of the new weights.
        command: that made them.
        overwrite: replace a file at `output`.

    Raises:
        RRSISError: of many kinds; nothing is half-written.
    """
    if output.suffix != ".safetensors":
        raise OptionError(f"{output}: weights end in .safetensors")
    check_writable(output, overwrite)
    if words is not None and (weights is not None or config.text_start):
        raise OptionError(
            "--words, --from and --text-start each bring a text encoder; give one"
        )
    with open_team(device) as team:
        speak = say if team.leads else _silent
        material = (
            mixed_material(
                config, data, outlines=outlines, workers=workers, mistakes=mistakes
            )
            if config.dataset == "mix"
            else listed_material(config, data, part=part)
        )
        speak(material.about)
        if not material.checks:
            speak("no validation split: the last weights are kept, not the best")
        config = with_steps(config, material.round)
        torch.manual_seed(config.seed)
        network, card = _begin(config, material, data, weights, words)
        speak(f"{config.steps} steps of {config.images} images on {team.device}")
        stream, render = drawn_on(team.device, material.stream, config)
        network = run_training(
            config,
            network=network.to(team.device),
            tokenize=Tokenizer(card.vocabulary),
            stream=stream,
            checks=material.checks,
            folder=folder,
            workers=workers,
            team=team,
            say=speak,
            phrases=material.phrases,
            render=render,
        )
        if team.leads:
            card = _signed(
                card,
                config,
                material,
                output,
                weights,
                licence=licence,
                command=command,
            )
            save_weights(network.cpu(), output, card=card)
            speak(f"wrote {output}")


def drawn_on(
    device: torch.device, stream: Stream, config: TrainConfig
) -> tuple[Stream | Planned, Render | None]:
    """The stream, drawn by the processes that plan it, or on the GPU."""
    if device.type != "cuda" or not isinstance(stream, Mix):
        return stream, None
    plans = Plans(stream)
    return plans, Renderer(plans.images, size=config.size, device=device)


def with_steps(config: TrainConfig, items: int) -> TrainConfig:
    """The config with its epochs as steps.

    Args:
        config: of the run.
        items: of one round; 0: there is no end.
    """
    if not config.epochs:
        return config
    return replace(config, steps=math.ceil(config.epochs * items / config.images))


def _begin(
    config: TrainConfig,
    material: TrainingData,
    data: Path,
    weights: str | None,
    words: str | None,
) -> tuple[BTDNet, Card]:
    if weights is not None:
        return trained_start(config, weights)
    mixed = config.dataset == "mix"
    if words is not None:
        image = data / IMAGE_START if mixed else None
        return fresh_start(config, words=words, image=image)
    if mixed:
        if not config.text_start:
            raise OptionError(
                "a mix starts from --text-start, --words or --from; give one"
            )
        return public_start(config.preset, data=data, text=config.text_start)
    return new_start(config, material.texts)


def _signed(
    card: Card,
    config: TrainConfig,
    material: TrainingData,
    output: Path,
    weights: str | None,
    *,
    licence: str,
    command: str,
) -> Card:
    """What is known of the new weights."""
    before = f"{card.trained_on}; then " if weights is not None else ""
    gsd_range = card.gsd_range
    if material.gsd_range is not None:
        low, high = material.gsd_range
        if weights is not None:
            low, high = min(low, gsd_range[0]), max(high, gsd_range[1])
        gsd_range = (round(low, 4), round(high, 4))
    if not licence:
        licence = "that of its training data"
        if weights is not None:
            licence = f"{card.licence}; and {licence}"
    # How sure an object has to be was found out for the other weights, not for these.
    calibration = replace(card.calibration, score_margin=SCORE_MARGIN)
    if weights is None:
        calibration = Calibration(presence_gate=config.presence_gate)
    return replace(
        card,
        name=output.stem,
        gsd_range=gsd_range,
        categories=tuple(dict.fromkeys((*card.categories, *material.categories))),
        calibration=calibration,
        trained_on=before + material.about,
        licence=licence,
        created=command,
    )


def _silent(line: str) -> None:
    """Only one process speaks."""
