"""What each part of the network is worth, at the same small budget for every variant.

    python benchmarks/ablations.py DATA_FOLDER --keep FOLDER [--seeds 0 1] [--steps 240]

DATA_FOLDER holds the public data sets of the model card. Every variant is a config of
`rrsis_geo/training/configs/ablations`, from 1 to 9; all start from the same ImageNet
encoder and the same text encoder, and a seed trains all of them on the same samples in
the same order. Scored by the reference rule on images kept out of training; differences
by a bootstrap over images that takes the seeds of an image together.

A run whose result lies in the folder is not repeated, so this can be interrupted, and
once more prints the tables again.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from rrsis_geo.evaluation.bootstrap import differences
from rrsis_geo.evaluation.rules import Pixels, compare
from rrsis_geo.evaluation.run import Outcome
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.tokenizer import Tokenizer
from rrsis_geo.training.assemble import autocasts, fit
from rrsis_geo.training.batch import Batch, Sample, collate
from rrsis_geo.training.config import FOLDER, TrainConfig, read_config
from rrsis_geo.training.mix import Mix
from rrsis_geo.training.sources import default_sources
from rrsis_geo.training.start import IMAGE_START, fresh_start
from rrsis_geo.training.validate import made_samples, written_samples
from rrsis_geo.training.words import Words

LADDER = {
    path.stem: read_config(path) for path in sorted(FOLDER.glob("ablations/?-*.toml"))
}
"""What the paper adds, one thing a rung, without the shipped network's own."""

SHARES = {"nwpu": 0.65, "tanks": 0.15, "banepa": 0.2}
"""How often each source is drawn from; those with exact masks only."""

RUNGS = (
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
"""Number of the rung before, of the one after, and what was added."""


def main() -> None:
    """Run what is missing, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--keep", type=Path, required=True, help="folder of results")
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1])
    parser.add_argument("--steps", type=int, default=240)
    parser.add_argument("--images", type=int, default=6)
    parser.add_argument("--expressions", type=int, default=3)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--words", default="default", help="weights with the encoder")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    todo = [
        (seed, name)
        for seed in options.seeds
        for name in LADDER
        if not _file(options.keep, name, seed).is_file()
    ]
    if todo:
        training, kept = default_sources(options.data, [])
        samples = list(_kept(kept))
    for seed in dict.fromkeys(seed for seed, _ in todo):
        batches = list(_batches(_mix(training, options, seed), options))
        for name in (name for number, name in todo if number == seed):
            _run(name, LADDER[name], seed, batches, samples, options)
    print()
    names = list(LADDER)
    found = _variants(options.keep, names, options.seeds)
    pairs = [(names[a - 1], names[b - 1], what) for a, b, what in RUNGS]
    _changes(found, pairs)


def _mix(sources: Iterable[Any], options: argparse.Namespace, seed: int) -> Mix:
    return Mix(
        sources=tuple(
            replace(source, weight=SHARES[source.name])
            for source in sources
            if source.name in SHARES
        ),
        size=options.size,
        expressions=options.expressions,
        seed=1000 + seed,
    )


def _batches(mix: Mix, options: argparse.Namespace) -> Iterator[Batch]:
    """Every step's samples, in memory: each variant sees the very same."""
    for step in range(options.steps):
        first = step * options.images
        yield collate([mix[first + i] for i in range(options.images)])


def _kept(sources: Iterable[Any]) -> Iterator[Sample]:
    """The words people wrote for NWPU, and made ones for what has exact masks."""
    for source in sources:
        if source.name in SHARES:
            if source.name == "nwpu":
                yield from written_samples(source.images)
            yield from made_samples(source, count=24, seed=7)


def _run(
    name: str,
    config: TrainConfig,
    seed: int,
    batches: Sequence[Batch],
    kept: Sequence[Sample],
    options: argparse.Namespace,
) -> None:
    """Train one variant and keep what it says about the kept samples."""
    config = replace(
        config,
        seed=seed,
        steps=options.steps,
        images=options.images,
        expressions=options.expressions,
        size=options.size,
        warmup=max(options.steps // 10, 1),
        ema=0.98,
    )
    torch.manual_seed(seed)
    image = options.data / IMAGE_START
    network, card = fresh_start(config, words=options.words, image=image)
    tokenizer = Tokenizer(card.vocabulary)
    learned = sum(
        value.numel()
        for name, value in network.named_parameters()
        if not name.startswith(("text.", "dmols."))
    )
    began = time.perf_counter()
    network = fit(config, network, tokenizer, batches)
    seconds = time.perf_counter() - began
    fast = autocasts(config, torch.device("cpu"))
    rows = list(_scores(network, Words(tokenizer, network.text), kept, fast=fast))
    result = {
        "variant": name,
        "seed": seed,
        "config": asdict(config),
        "parameters": learned,
        "seconds": seconds,
        "rows": rows,
    }
    _file(options.keep, name, seed).write_text(json.dumps(result))
    print(f"{name} seed {seed}: {seconds:.0f} s, {_line(rows)}", flush=True)


@torch.inference_mode()
def _scores(
    network: BTDNet, words: Words, kept: Sequence[Sample], *, fast: bool
) -> Iterator[dict[str, Any]]:
    """Counts of every kept expression, by the reference rule."""
    for number, sample in enumerate(kept):
        features, mask = words([sample.texts])
        with torch.autocast("cpu", torch.bfloat16, enabled=fast):
            output = network(torch.from_numpy(sample.pixels)[None], features, mask)
        size = sample.pixels.shape[-2:]
        found: NDArray[np.bool_] = (output.logits(size)[0].float() > 0).numpy()
        for painted, wanted, kind in zip(
            found, sample.masks, sample.types, strict=True
        ):
            yield {
                "image": number,
                "type": kind,
                "target": bool(wanted.any()),
                **asdict(compare(painted, wanted)),
            }


def _variants(
    folder: Path, names: Sequence[str], seeds: Sequence[int]
) -> dict[str, list[Outcome]]:
    """Print every variant's figures; what each said, all seeds together."""
    found: dict[str, list[Outcome]] = {}
    print("| variant | parameters | mIoU by seed | mIoU | oIoU | no target quiet |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in names:
        results = [json.loads(_file(folder, name, seed).read_text()) for seed in seeds]
        each = [_outcomes(result["rows"]) for result in results]
        found[name] = both = list(chain.from_iterable(each))
        by_seed = " / ".join(f"{100 * _miou(part):.1f}" for part in each)
        shared = [o.pixels["reference"] for o in both if o.target]
        pooled = sum(p.intersection for p in shared) / sum(p.union for p in shared)
        quiet = fmean(o.pixels["reference"].quiet for o in both if not o.target)
        print(
            f"| {name} | {results[0]['parameters'] / 1e6:.2f} M | {by_seed} "
            f"| {100 * _miou(both):.1f} | {100 * pooled:.1f} | {100 * quiet:.1f} % |"
        )
    return found


def _changes(
    found: dict[str, list[Outcome]], pairs: Iterable[tuple[str, str, str]]
) -> None:
    """Print what each step changed, with intervals."""
    print("\n| change | mIoU | 95 % | p | oIoU | 95 % |")
    print("| --- | --- | --- | --- | --- | --- |")
    for before, after, what in pairs:
        sides = [[o for o in found[name] if o.target] for name in (before, after)]
        change = differences(sides[0], sides[1], rule="reference")
        cells = [
            f"{100 * item.value:+.1f} | {100 * item.low:+.1f} to {100 * item.high:+.1f}"
            for item in (change["miou"], change["oiou"])
        ]
        print(f"| {what} | {cells[0]} | {change['miou'].p:.3f} | {cells[1]} |")


def _outcomes(rows: Iterable[dict[str, Any]]) -> list[Outcome]:
    """As the bootstrap takes them; an image is the same one for every seed."""
    counts = ("intersection", "union", "predicted", "total")
    return [
        Outcome(
            image=str(row["image"]),
            expression="",
            type=row["type"],
            category="",
            same_class=None,
            target=row["target"],
            pixels={"reference": Pixels(**{name: row[name] for name in counts})},
            presence=None,
            seconds=0.0,
        )
        for row in rows
    ]


def _miou(outcomes: Iterable[Outcome]) -> float:
    return fmean(o.pixels["reference"].iou for o in outcomes if o.target)


def _line(rows: Sequence[dict[str, Any]]) -> str:
    outcomes = _outcomes(rows)
    count = sum(outcome.target for outcome in outcomes)
    return f"mIoU {100 * _miou(outcomes):.1f} on {count} with a target"


def _file(folder: Path, variant: str, seed: int) -> Path:
    return folder / f"{variant.replace(' ', '-')}-{seed}.json"


if __name__ == "__main__":
    main()
