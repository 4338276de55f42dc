"""The whole of a training run: steps, validation, checkpoints, the best weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rrsis_geo.errors import DataError, OutputError
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.training.builders import (
    PHRASES,
    autocasts,
    build_objective,
    build_optimizer,
    loss_weights,
    rate_of,
)
from rrsis_geo.training.checkpoint import (
    Progress,
    load_checkpoint,
    load_tensors,
    save_checkpoint,
    save_tensors,
)
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.batch import Sample, Stream
from rrsis_geo.training.data.loader import Planned, Render, feed
from rrsis_geo.training.distributed.process_group import ProcessGroup
from rrsis_geo.training.loop import Step, train
from rrsis_geo.training.monitoring.run_log import RunLog
from rrsis_geo.training.schedule import Average
from rrsis_geo.training.text_features import Tokenize, Words
from rrsis_geo.training.validation import Report, validate

REPORT = 50
"""Most steps between two lines of progress."""

PATIENCE = 30.0
"""Seconds after which there is a line anyway."""

CHECKPOINT = "checkpoint.safetensors"
BEST = "best.safetensors"

Checks = Mapping[str, Callable[[], Iterable[Sample]]]
"""Name -> samples to validate on, made anew each time."""


def run_training(
    config: TrainConfig,
    *,
    network: BTDNet,
    tokenize: Tokenize,
    stream: Stream | Planned,
    checks: Checks,
    folder: Path,
    workers: int,
    team: ProcessGroup,
    say: Callable[[str], None],
    phrases: Iterable[str] = PHRASES,
    render: Render | None = None,
) -> BTDNet:
    """Train, from the last checkpoint in the folder where there is one.

    Args:
        config: of the run; `steps` counts, not `epochs`.
        network: with its pretrained parts in place, on its device; trained in place.
        tokenize: of the network's vocabulary.
        stream: what to train on.
        checks: what to validate on; without any the last weights are kept.
        folder: for checkpoint, best weights, log, curves.
        workers: processes that prepare samples.
        team: the processes that share the steps.
        say: told what a person wants to read.
        phrases: names of things that D-MOLS hides.
        render: draws what `stream` plans; None: `stream` gives samples.

    Returns:
        The network with the averaged weights of the best validation, ready for
        inference.

    Raises:
        OutputError: the folder cannot be written; what was kept before stays.
        DataError, OptionError: the folder holds another run.
    """
    torch.manual_seed(config.seed)
    team.share(config.images // config.accumulate)
    _make(folder)
    objective = build_objective(
        config, network, tokenize, phrases=phrases, joined=team.joined
    )
    wrapped = team.wrap(objective)
    optimizer = build_optimizer(config, network)
    average = Average(network, decay=config.ema)
    progress = Progress(step=0)
    checkpoint = folder / CHECKPOINT
    if checkpoint.exists():
        progress = load_checkpoint(
            checkpoint,
            network=network,
            optimizer=optimizer,
            average=average,
            config=config,
        )
        if team.leads:
            say(f"going on at step {progress.step}")
    elif team.leads:
        (folder / BEST).unlink(missing_ok=True)  # of a run whose checkpoint is gone
    first = progress.step
    diary = RunLog(folder, first=first) if team.leads else None
    words = Words(tokenize, network.text)

    def check(done: int) -> None:
        nonlocal progress
        if diary is not None:
            reports = validate_average(network, average, words, checks, config)
            progress = _judge(reports, progress, average, diary, done, folder, say)
            wrapped.train()
        team.wait()

    def on_step(step: Step) -> None:
        nonlocal progress
        done = step.number + 1
        last = done == config.steps
        kept = last or done % config.keep_every == 0
        checked = bool(checks) and (last or done % config.validate_every == 0)
        if diary is not None:
            diary.step(step)
            if diary.unsaid(REPORT, PATIENCE) or kept or checked:
                _speak(say, done, config.steps, diary.flush())
        if checked:
            check(done)
        if kept and diary is not None:
            progress = Progress(step=done, best=progress.best)
            save_checkpoint(
                checkpoint,
                network=network,
                optimizer=optimizer,
                average=average,
                progress=progress,
                config=config,
            )
            diary.draw()
            say(f"kept step {done}")

    if checks and first == 0:
        check(0)  # what is taught must get better than it was
    train(
        wrapped,
        network,
        feed(
            stream,
            config,
            first=first,
            workers=workers,
            pinned=team.device.type == "cuda",
            render=render,
            rank=team.rank,
            world=team.world,
        ),
        optimizer,
        average,
        first=first,
        steps=config.steps,
        accumulate=config.accumulate,
        rate=rate_of(config),
        max_norm=config.max_norm,
        weights=loss_weights(config),
        seed=config.seed + team.rank,
        joined=team.joined,
        on_step=on_step,
    )
    team.wait()
    if config.keep_best and (folder / BEST).exists():
        average.state = _best(folder / BEST, network)
    average.copy_to(network)
    return network.eval()


def validate_average(
    network: BTDNet,
    average: Average,
    words: Words,
    checks: Checks,
    config: TrainConfig,
) -> dict[str, Report]:
    """Score the averaged weights, then put the current ones back, in inference mode."""
    current = Average(network, decay=0.0)
    average.copy_to(network)
    network.eval()
    place = next(network.parameters()).device
    half = autocasts(config, place)

    @torch.inference_mode()
    def predict(pixels: NDArray[np.uint8], texts: Sequence[str]) -> NDArray[np.float32]:
        features, mask = words([texts])
        image = torch.from_numpy(pixels[None]).to(place).float()
        with torch.autocast(place.type, torch.bfloat16, enabled=half):
            output = network(image, features, mask)
        logits = output.logits(size=(pixels.shape[1], pixels.shape[2])).float()
        found: NDArray[np.float32] = logits.sigmoid()[0].cpu().numpy()
        return found

    most = config.validate_most or None
    reports = {
        name: validate(islice(samples(), most), predict)
        for name, samples in checks.items()
    }
    current.copy_to(network)
    return reports


def _judge(
    reports: Mapping[str, Report],
    progress: Progress,
    average: Average,
    diary: RunLog,
    done: int,
    folder: Path,
    say: Callable[[str], None],
) -> Progress:
    """Write down what was found; keep the averaged weights if there were no better."""
    for name, report in reports.items():
        diary.check(done, name, report)
        say(f"{name}:")
        for line in report.lines():
            say(f"  {line}")
    score = sum(reports.values(), Report()).score
    if progress.best is not None and score <= progress.best:
        return progress
    notes = {"best": {"score": score, "step": done}}
    save_tensors(folder / BEST, average.state, notes)
    say(f"best so far: score {100 * score:.1f} at step {done}")
    return Progress(step=progress.step, best=score)


def _best(path: Path, network: BTDNet) -> dict[str, Tensor]:
    tensors, notes = load_tensors(path)
    if "best" not in notes:
        raise DataError(f"{path}: not the best weights of a run")
    place = next(network.parameters()).device
    return {name: value.to(place) for name, value in tensors.items()}


def _speak(
    say: Callable[[str], None], done: int, steps: int, means: Mapping[str, float]
) -> None:
    """One line of progress, from means over the steps since the last."""
    if not means:
        return
    share = 100 * means["waited"] / max(means["seconds"], 1e-9)
    parts = [
        f"{name} {value:.3f}"
        for name, value in means.items()
        if name not in ("rate", "seconds", "waited") and value
    ]
    say(
        f"{done}/{steps}  {means['seconds']:.2f} s  waiting {share:.0f} %  "
        + "  ".join(parts)
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{folder}: cannot be made: {reason}") from error
