"""Ablation study of the network, with the same small training budget per variant.

    python benchmarks/ablations.py DATA_FOLDER --keep FOLDER [--family decisions]
        [--seeds 0 1] [--steps 240]

DATA_FOLDER holds the public data sets of the model card. The variants are those of
`ablation_families.py`: the ladder, configs 1 to 9 of
`rrsis_geo/training/configs/ablations`; or the decisions, the default preset with one
change each. All start from the same ImageNet encoder and the same text encoder, and all
runs of a seed use the same samples in the same order. They are scored by the reference
rule on images kept out of training; the confidence intervals of differences come from a
bootstrap over images, with all seeds of an image together.

A run whose result is in the folder is not repeated. So the benchmark can be interrupted
and continued, and run again to print the tables.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ablation_families import FAMILIES
from ablation_tables import print_tables, result_file, summary
from numpy.typing import NDArray
from public_data import default_sources

from rrsis_geo.evaluation.protocols import count_pixels
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.device import choose_device
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.training.builders import fit, uses_bfloat16
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.batch import Batch, Sample, collate
from rrsis_geo.training.data.mixture import Mixture
from rrsis_geo.training.initial_weights.initial_weights import (
    IMAGE_START,
    init_with_text_of,
)
from rrsis_geo.training.text_features import TextFeatures
from rrsis_geo.training.validation import made_samples, written_samples

SHARES = {"nwpu": 0.65, "tanks": 0.15, "banepa": 0.2}
"""Sampling probability of each source; only sources with exact masks."""


def main() -> None:
    """Run the missing variants and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--keep", type=Path, required=True, help="folder of results")
    parser.add_argument("--family", choices=FAMILIES, default="ladder")
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1])
    parser.add_argument("--steps", type=int, default=240)
    parser.add_argument("--images", type=int, default=6)
    parser.add_argument("--expressions", type=int, default=3)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--words", default="default", help="weights with the encoder")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    family = FAMILIES[options.family]()
    todo = [
        (seed, name)
        for seed in options.seeds
        for name in family.variants
        if not result_file(options.keep, name, seed).is_file()
    ]
    if todo:
        training, kept = default_sources(options.data, [])
        samples = list(_kept(kept))
    for seed in dict.fromkeys(seed for seed, _ in todo):
        batches = list(_batches(_make_mixture(training, options, seed), options))
        for name in (name for number, name in todo if number == seed):
            _run(name, family.variants[name], seed, batches, samples, options)
    print()
    print_tables(options.keep, family.variants, family.changes, options.seeds)


def _make_mixture(
    sources: Iterable[Any], options: argparse.Namespace, seed: int
) -> Mixture:
    return Mixture(
        sources=tuple(
            replace(source, weight=SHARES[source.name])
            for source in sources
            if source.name in SHARES
        ),
        size=options.size,
        expressions=options.expressions,
        seed=1000 + seed,
    )


def _batches(mixture: Mixture, options: argparse.Namespace) -> Iterator[Batch]:
    """Yield the batches, which are kept in memory for all variants."""
    for step in range(options.steps):
        first = step * options.images
        yield collate([mixture[first + i] for i in range(options.images)])


def _kept(sources: Iterable[Any]) -> Iterator[Sample]:
    """Yield validation samples: written expressions of NWPU, and generated ones."""
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
    """Train one variant and write its scores on the validation samples."""
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
    network, card = init_with_text_of(options.words, config, image=image)
    tokenizer = Tokenizer(card.vocabulary)
    device = choose_device(options.device)
    parameters = sum(
        value.numel()
        for name, value in network.named_parameters()
        if not name.startswith(("text.", "dmols."))
    )
    start = time.perf_counter()
    network = fit(config, network.to(device), tokenizer, batches)
    seconds = time.perf_counter() - start
    fast = uses_bfloat16(config, device)
    rows = list(
        _scores(network, TextFeatures(tokenizer, network.text), kept, fast=fast)
    )
    result = {
        "variant": name,
        "seed": seed,
        "config": asdict(config),
        "parameters": parameters,
        "seconds": seconds,
        "rows": rows,
    }
    result_file(options.keep, name, seed).write_text(json.dumps(result))
    print(f"{name} seed {seed}: {seconds:.0f} s, {summary(rows)}", flush=True)


@torch.inference_mode()
def _scores(
    network: BTDNet, words: TextFeatures, kept: Sequence[Sample], *, fast: bool
) -> Iterator[dict[str, Any]]:
    """Count pixels of every validation expression by the reference rule."""
    device = next(network.parameters()).device
    for number, sample in enumerate(kept):
        features, mask = words([sample.texts])
        pixels = torch.from_numpy(sample.pixels)[None].to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=fast):
            output = network(pixels, features, mask)
        size = sample.pixels.shape[-2:]
        found: NDArray[np.bool_] = (output.logits(size)[0].float() > 0).cpu().numpy()
        for predicted, target, kind in zip(
            found, sample.masks, sample.types, strict=True
        ):
            yield {
                "image": number,
                "type": kind,
                "target": bool(target.any()),
                **asdict(count_pixels(predicted, target)),
            }


if __name__ == "__main__":
    main()
