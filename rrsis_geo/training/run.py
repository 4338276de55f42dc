"""The whole of a training run: data, network, steps, checkpoints, weights."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from rrsis_geo.datasets.samples import LabelledImage
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.synthetic import draw_scene
from rrsis_geo.training.assemble import (
    build_objective,
    build_optimizer,
    loss_weights,
    rate_of,
)
from rrsis_geo.training.batch import Batch, Sample, collate
from rrsis_geo.training.checkpoint import load_checkpoint, save_checkpoint
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.loop import Step, train
from rrsis_geo.training.mix import Mix, Source
from rrsis_geo.training.schedule import Average
from rrsis_geo.training.validate import Report, made_samples, validate, written_samples
from rrsis_geo.training.words import Tokenize, Words

DRAWN_SIDE = 768
"""Pixels of a drawn scene's side in the mix."""

REPORT = 50
"""Steps between two lines of progress."""

DRAWN_GSD = (0.2, 1.4)
"""Metres per pixel of drawn scenes, smallest and largest."""


@dataclass(frozen=True)
class _Items(Dataset[Sample]):
    """The mix as torch wants it, from one item on."""

    mix: Mix
    first: int
    count: int

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Sample:
        return self.mix[self.first + index]


def draw_scenes(
    count: int, *, seed: int, workers: int, theme: str | None = None
) -> list[LabelledImage]:
    """Drawn scenes of many kinds and scales, kept in memory.

    Args:
        count: how many.
        seed: other seeds give other scenes.
        workers: processes that draw.
        theme: what every second of them shows.
    """
    seeds = range(seed * 100_000, seed * 100_000 + count)
    themes = [theme if number % 2 else None for number in seeds]
    context = get_context("fork")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        return list(pool.map(_draw, seeds, themes))


def _draw(seed: int, theme: str | None) -> LabelledImage:
    low, high = np.log(DRAWN_GSD)
    gsd = float(np.exp(np.random.default_rng(seed).uniform(low, high)))
    side = DRAWN_SIDE
    scene = draw_scene(seed, width=side, height=side, gsd=gsd, theme=theme)
    image = LabelledImage(
        name=f"drawn-{seed}",
        path=Path(f"drawn-{seed}"),
        place=f"drawn-{seed}",
        layout=scene.layout,
    )
    image.__dict__["pixels"] = scene.pixels  # already at hand; there is no file
    return image


def run_training(
    config: TrainConfig,
    *,
    network: BTDNet,
    tokenize: Tokenize,
    sources: Sequence[Source],
    kept: Sequence[Source],
    folder: Path,
    workers: int,
    say: Callable[[str], None],
) -> BTDNet:
    """Train, from the last checkpoint in the folder where there is one.

    Args:
        network: with its pretrained parts in place; trained in place.
        sources: what to train on.
        kept: what to validate on.
        folder: for `checkpoint.safetensors` and `log.jsonl`.
        workers: processes that prepare samples.
        say: told what a person wants to read.

    Returns:
        The network with its averaged weights.
    """
    torch.manual_seed(config.seed)
    folder.mkdir(parents=True, exist_ok=True)
    objective = build_objective(config, network, tokenize)
    words = Words(tokenize, network.text)
    optimizer = build_optimizer(config, network)
    average = Average(network, decay=config.ema)
    checkpoint = folder / "checkpoint.safetensors"
    first = 0
    if checkpoint.exists():
        first = load_checkpoint(
            checkpoint, network=network, optimizer=optimizer, average=average
        )
        say(f"going on at step {first}")
    mix = Mix(
        sources=tuple(
            replace(source, weight=config.sources.get(source.name, source.weight))
            for source in sources
        ),
        size=config.size,
        expressions=config.expressions,
        written=config.written,
        no_target=config.no_target,
        shares=config.shares,
        seed=config.seed,
    )
    samples = _kept_samples(kept)
    started = time.monotonic()

    def on_step(step: Step) -> None:
        nonlocal started
        done, numbers = step.number + 1, step.numbers()
        with (folder / "log.jsonl").open("a") as log:
            log.write(json.dumps({"step": step.number, **numbers}) + "\n")
        if done % REPORT == 0:
            pace = (time.monotonic() - started) / REPORT
            parts = "  ".join(f"{name} {value:.3f}" for name, value in numbers.items())
            say(f"{done}/{config.steps}  {pace:.2f} s  {parts}")
            started = time.monotonic()
        if done % config.keep_every == 0:
            save_checkpoint(
                checkpoint,
                network=network,
                optimizer=optimizer,
                average=average,
                step=done,
            )
            say(f"kept step {done}")
        if done % config.validate_every == 0 or done == config.steps:
            report = validate_average(network, average, words, samples)
            for name, result in report.items():
                say(f"{name}:")
                for line in result.lines():
                    say(f"  {line}")
            started = time.monotonic()

    items = _Items(mix, first * config.images, (config.steps - first) * config.images)
    loader = DataLoader(
        items,
        batch_size=config.images // config.accumulate,
        collate_fn=collate,
        num_workers=workers,
        pin_memory=next(network.parameters()).is_cuda,
        persistent_workers=workers > 0,
        prefetch_factor=4 if workers else None,
    )
    train(
        objective,
        network,
        _typed(loader),
        optimizer,
        average,
        first=first,
        steps=config.steps,
        accumulate=config.accumulate,
        rate=rate_of(config),
        max_norm=config.max_norm,
        weights=loss_weights(config),
        seed=config.seed,
        on_step=on_step,
    )
    average.copy_to(network)
    (folder / "config.json").write_text(json.dumps(asdict(config), indent=1) + "\n")
    return network.eval()


def validate_average(
    network: BTDNet,
    average: Average,
    words: Words,
    samples: dict[str, list[Sample]],
) -> dict[str, Report]:
    """Score the averaged weights, then put the current ones back."""
    current = Average(network, decay=0.0)
    average.copy_to(network)
    network.eval()
    place = next(network.parameters()).device

    @torch.inference_mode()
    def predict(pixels: NDArray[np.uint8], texts: Sequence[str]) -> NDArray[np.float32]:
        features, mask = words([texts])
        image = torch.from_numpy(pixels[None]).to(place).float()
        with torch.autocast(place.type, torch.bfloat16):
            output = network(image, features, mask)
        logits = output.logits(size=pixels.shape[1:]).float()
        found: NDArray[np.float32] = logits.sigmoid()[0].cpu().numpy()
        return found

    reports = {name: validate(part, predict) for name, part in samples.items()}
    current.copy_to(network)
    network.train()
    return reports


def _kept_samples(kept: Sequence[Source]) -> dict[str, list[Sample]]:
    """Small fixed samples of everything that is kept back."""
    found = {
        f"{source.name}, made": list(made_samples(source, count=16, seed=7))
        for source in kept
    }
    found["written"] = list(
        islice(
            written_samples([image for source in kept for image in source.images[::2]]),
            40,
        )
    )
    return found


def _typed(loader: DataLoader[Sample]) -> Iterator[Batch]:
    yield from loader
