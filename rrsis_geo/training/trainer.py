"""A training run: steps, validation, checkpoints and the best weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rrsis_geo.errors import DataError, OutputError
from rrsis_geo.folder_lock import FolderLock
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.training.builders import (
    PHRASES,
    build_loop,
    build_objective,
    build_optimizer,
    uses_bfloat16,
)
from rrsis_geo.training.checkpoint import (
    Progress,
    check_inputs,
    load_checkpoint,
    load_tensors,
    save_checkpoint,
    save_tensors,
)
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.batch import Sample, SampleStream
from rrsis_geo.training.data.loader import PlanStream, Render, load_batches
from rrsis_geo.training.data.run_inputs import RunInputs
from rrsis_geo.training.distributed.process_group import ProcessGroup
from rrsis_geo.training.loop import Step, train
from rrsis_geo.training.monitoring.run_log import RunLog
from rrsis_geo.training.schedule import Average
from rrsis_geo.training.text_features import TextFeatures, Tokenize
from rrsis_geo.training.validation import Report, validate

REPORT_STEPS = 50
"""Steps after which a line of progress is due."""

REPORT_SECONDS = 30.0
"""Seconds after which a line of progress is due, even after fewer steps."""

CHECKPOINT = "checkpoint.safetensors"
BEST = "best.safetensors"

ValidationSets = Mapping[str, Callable[[], Iterable[Sample]]]
"""Name -> function that returns the samples of a validation set anew."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RunSamples:
    """What a run trains on and validates on."""

    stream: SampleStream | PlanStream
    validation: ValidationSets
    """Without any, the last weights are the result and not the best."""
    phrases: tuple[str, ...] = PHRASES
    """Names of things that D-MOLS masks."""
    render: Render | None = None
    """Draws the plans of `stream`; None: `stream` yields samples."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RunEnvironment:
    """Where a run works and reports."""

    folder: Path
    """For checkpoint, best weights, log and curves."""
    processes: ProcessGroup
    workers: int
    """Processes that prepare samples."""
    log: Callable[[str], None]
    """Called with lines of progress for people."""
    inputs: RunInputs = field(default_factory=dict)
    """What a run found in the folder must have begun with, too."""


def run_training(
    config: TrainConfig,
    network: BTDNet,
    tokenize: Tokenize,
    samples: RunSamples,
    environment: RunEnvironment,
) -> BTDNet:
    """Train, resuming from the checkpoint in the run's folder if there is one.

    Args:
        config: of the run; `steps` is used, `epochs` is not.
        network: with pretrained parts loaded, on its device; trained in place.
        tokenize: of the network's vocabulary.
        samples: to train on and to validate on.
        environment: folder, processes and progress output.

    Returns:
        The network with the averaged weights of the best validation, in inference
        mode.

    Raises:
        OutputError: the folder cannot be written, or another run is writing it;
            earlier checkpoints stay.
        DataError, OptionError: the folder holds another run.
    """
    torch.manual_seed(config.seed)
    processes = environment.processes
    processes.images_per_process(config.images // config.accumulate)
    _make_folder(environment.folder)
    with FolderLock(environment.folder) if processes.is_main else nullcontext():
        return Trainer(config, network, tokenize, samples, environment).run()


class Trainer:
    """The state of a run; see `run_training`."""

    def __init__(
        self,
        config: TrainConfig,
        network: BTDNet,
        tokenize: Tokenize,
        samples: RunSamples,
        environment: RunEnvironment,
    ) -> None:
        processes = environment.processes
        self._config = config
        self._network = network
        self._samples = samples
        self._environment = environment
        objective = build_objective(
            config,
            network,
            tokenize,
            phrases=samples.phrases,
            all_reduce_mean=processes.all_reduce_mean,
        )
        self._objective = processes.wrap(objective)
        self._optimizer = build_optimizer(config, network)
        self._average = Average(network, decay=config.ema)
        self._progress = Progress(step=0)
        self._resume()
        first = self._progress.step
        self._run_log = (
            RunLog(environment.folder, first=first) if processes.is_main else None
        )
        self._text_features = TextFeatures(tokenize, network.text)

    def run(self) -> BTDNet:
        """Do the remaining steps and return the network with its final weights."""
        config, processes = self._config, self._environment.processes
        first = self._progress.step
        if self._samples.validation and first == 0:
            self._validate(0)  # fine-tuning must improve on the initial weights
        batches = load_batches(
            self._samples.stream,
            config,
            first_step=first,
            workers=self._environment.workers,
            pin_memory=processes.device.type == "cuda",
            render=self._samples.render,
            rank=processes.rank,
            world_size=processes.world_size,
        )
        train(
            self._objective,
            self._network,
            batches,
            self._optimizer,
            self._average,
            build_loop(config, first_step=first, rank=processes.rank),
            all_reduce_mean=processes.all_reduce_mean,
            on_step=self._on_step,
        )
        processes.barrier()
        best = self._environment.folder / BEST
        if config.keep_best and best.exists():
            self._average.state = _load_best(best, self._network)
        self._average.copy_to(self._network)
        return self._network.eval()

    def _resume(self) -> None:
        """Load the checkpoint of the run's folder if there is one."""
        environment = self._environment
        checkpoint = environment.folder / CHECKPOINT
        if checkpoint.exists():
            if not check_inputs(checkpoint, environment.inputs):
                environment.log(
                    f"{checkpoint}: of an earlier version, which kept no digests; its "
                    "data and start weights are taken for the same"
                )
            self._progress = load_checkpoint(
                checkpoint,
                network=self._network,
                optimizer=self._optimizer,
                average=self._average,
                config=self._config,
            )
            if environment.processes.is_main:
                environment.log(f"going on at step {self._progress.step}")
        elif environment.processes.is_main:
            # Without their checkpoint, best weights are of another run.
            (environment.folder / BEST).unlink(missing_ok=True)

    def _on_step(self, step: Step) -> None:
        """Log, validate and save when they are due."""
        config, done = self._config, step.number + 1
        last = done == config.steps
        save = last or done % config.keep_every == 0
        check = bool(self._samples.validation) and (
            last or done % config.validate_every == 0
        )
        if self._run_log is not None:
            self._run_log.record_step(step)
            due = self._run_log.due(steps=REPORT_STEPS, seconds=REPORT_SECONDS)
            if due or save or check:
                self._log_progress(done, self._run_log.flush())
        if check:
            self._validate(done)
        if save and self._run_log is not None:
            self._progress = Progress(step=done, best=self._progress.best)
            save_checkpoint(
                self._environment.folder / CHECKPOINT,
                network=self._network,
                optimizer=self._optimizer,
                average=self._average,
                progress=self._progress,
                config=config,
                inputs=self._environment.inputs,
            )
            self._run_log.write_plots()
            self._environment.log(f"kept step {done}")

    def _validate(self, done: int) -> None:
        """Validate after `done` steps in the main process; the others wait."""
        if self._run_log is not None:
            reports = validate_average(
                self._network,
                self._average,
                self._text_features,
                self._samples.validation,
                self._config,
            )
            self._record_validation(reports, self._run_log, done)
            self._objective.train()
        self._environment.processes.barrier()

    def _record_validation(
        self, reports: Mapping[str, Report], run_log: RunLog, done: int
    ) -> None:
        """Log the reports; save the averaged weights if they are the best so far."""
        log, folder = self._environment.log, self._environment.folder
        for name, report in reports.items():
            run_log.record_validation(done, name, report)
            log(f"{name}:")
            for line in report.lines():
                log(f"  {line}")
        score = sum(reports.values(), Report()).score
        if self._progress.best is not None and score <= self._progress.best:
            return
        metadata = {"best": {"score": score, "step": done}}
        save_tensors(folder / BEST, self._average.state, metadata)
        log(f"best so far: score {100 * score:.1f} at step {done}")
        self._progress = Progress(step=self._progress.step, best=score)

    def _log_progress(self, done: int, means: Mapping[str, float]) -> None:
        """Log a line with the means over the steps since the line before."""
        if not means:
            return
        share = 100 * means["waited"] / max(means["seconds"], 1e-9)
        parts = [
            f"{name} {value:.3f}"
            for name, value in means.items()
            if name not in ("rate", "seconds", "waited") and value
        ]
        self._environment.log(
            f"{done}/{self._config.steps}  {means['seconds']:.2f} s  "
            f"waiting {share:.0f} %  " + "  ".join(parts)
        )


def validate_average(
    network: BTDNet,
    average: Average,
    text_features: TextFeatures,
    validation: ValidationSets,
    config: TrainConfig,
) -> dict[str, Report]:
    """Score the averaged weights; the network keeps its own, in inference mode."""
    current = Average(network, decay=0.0)
    average.copy_to(network)
    network.eval()
    device = next(network.parameters()).device
    bfloat16 = uses_bfloat16(config, device)

    @torch.inference_mode()
    def predict(pixels: NDArray[np.uint8], texts: Sequence[str]) -> NDArray[np.float32]:
        features, mask = text_features([texts])
        image = torch.from_numpy(pixels[None]).to(device).float()
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
            output = network(image, features, mask)
        logits = output.logits(size=(pixels.shape[1], pixels.shape[2])).float()
        probability: NDArray[np.float32] = logits.sigmoid()[0].cpu().numpy()
        return probability

    limit = config.validate_most or None
    reports = {
        name: validate(islice(samples(), limit), predict)
        for name, samples in validation.items()
    }
    current.copy_to(network)
    return reports


def _load_best(path: Path, network: BTDNet) -> dict[str, Tensor]:
    """Load the averaged weights of the best validation."""
    tensors, metadata = load_tensors(path)
    if "best" not in metadata:
        raise DataError(f"{path}: not the best weights of a run")
    device = next(network.parameters()).device
    return {name: value.to(device) for name, value in tensors.items()}


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{folder}: cannot be made: {reason}") from error
