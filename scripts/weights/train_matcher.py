"""Train the network that matches objects with sentences, on a CPU in minutes.

    python scripts/weights/train_matcher.py DATA OUT [--text FILE] [--steps N]
        [--seed N]

DATA is the folder of public data. Of the pixels only mean colours are used. The
validation images of the other weights are left out; what is printed at the end is the
mIoU on the labelled objects of those of NWPU VHR-10, choosing those with a chance above
one half.
"""

from __future__ import annotations

import argparse
import copy
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import numpy as np
import torch
from recipe.matching.examples import Example, with_sentences, written_examples
from recipe.matching.network import TrainedNetwork
from recipe.matching.noise import disturbed
from recipe.matching.other_scenes import other_scenes
from recipe.public_datasets import nwpu, split
from safetensors.torch import save_file
from torch import Tensor, nn

from rrsis_geo.matching.matcher import FORMAT, MOST, VERSION, Matcher
from rrsis_geo.matching.object_layout import object_features, pair_features
from rrsis_geo.model.serialization.header import FOLDER
from rrsis_geo.model.serialization.numpy_tensors import SCALE
from rrsis_geo.model.serialization.quantization import quantise
from rrsis_geo.model.serialization.safetensors_header import digest
from rrsis_geo.model.serialization.text_encoder_file import TextEncoderLink

BATCH = 48
MADE = 0.25
"""Share of made sentences."""
RATE, DECAY = 1e-3, 0.02
AVERAGE = 0.998
"""Of the moving average of the weights, which is what is kept."""
LICENCE = (
    "research, non-commercial (NWPU VHR-10, ships-obb, Jonkoping: research only; "
    "Airbus: CC BY-NC-SA 4.0)"
)


def main() -> None:
    """Train, write the file and print how well it chooses."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--text", type=Path, default=FOLDER / "minilm-18k.safetensors")
    parser.add_argument("--steps", type=int, default=12000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    rng = np.random.default_rng(options.seed)
    training, kept = split(nwpu(options.data), every=7)
    images = [*with_sentences(training), *other_scenes(options.data)]
    examples = list(written_examples(images, made=24, rng=rng))
    examples = [one for one in examples if len(one.layout) <= MOST // 2]
    print(f"{len(examples)} sentences", flush=True)
    link = TextEncoderLink(
        weights=options.out, path=options.text, sha256=digest(options.text)
    )
    words = Words(Matcher(path=options.out, link=link))
    net = train(examples, words, steps=options.steps, rng=rng)
    write(net, options.out, link, steps=options.steps)
    kept_examples = list(written_examples(kept, rng=rng))
    print_table(kept_examples, Matcher(path=options.out, link=link))


class Words:
    """Rows of the word table for each text, computed once."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._known: dict[str, Tensor] = {}

    def __call__(self, text: str) -> Tensor:
        """(T, D)"""
        if text not in self._known:
            self._known[text] = torch.from_numpy(self._matcher.words(text)).half()
        return self._known[text].float()


def train(
    examples: Sequence[Example],
    words: Words,
    *,
    steps: int,
    rng: np.random.Generator,
) -> TrainedNetwork:
    """A trained network; prints its loss."""
    net = TrainedNetwork(word_width=words(examples[0].text).shape[1])
    kept = copy.deepcopy(net)
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, total_steps=steps, pct_start=0.05
    )
    began, total = time.monotonic(), 0.0
    batches: list[list[Example]] = []
    for step in range(1, steps + 1):
        if not batches:
            batches = drawn(examples, rng)
        batch = [disturbed(one, rng) for one in batches.pop()]
        net.train()
        value = loss(net, batch, words)
        optimizer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        share = min(AVERAGE, (1 + step) / (10 + step))
        for mean, now in zip(kept.parameters(), net.parameters(), strict=True):
            mean.data.lerp_(now.data, 1 - share)
        total += value.item()
        if step % 500 == 0 or step == steps:
            minutes = (time.monotonic() - began) / 60
            print(f"step {step}: {total / 500:.3f}, {minutes:.1f} min", flush=True)
            total = 0.0
    return kept


def drawn(examples: Sequence[Example], rng: np.random.Generator) -> list[list[Example]]:
    """Ten batches of examples of about the same number of objects each."""
    written = [one for one in examples if one.type != "made"]
    made = [one for one in examples if one.type == "made"]
    chosen: list[Example] = []
    while len(chosen) < 10 * BATCH:
        example = random.choice(made if made and rng.random() < MADE else written)
        flipped = example.flipped[int(rng.integers(4))]
        chosen.append(example if flipped is None else flipped)
    chosen.sort(key=lambda one: len(one.layout) + 3 * rng.random())
    batches = [chosen[at : at + BATCH] for at in range(0, len(chosen), BATCH)]
    random.shuffle(batches)
    return batches


def loss(net: TrainedNetwork, batch: Sequence[Example], words: Words) -> Tensor:
    """Mean over sentences of the cross entropy of their objects."""
    texts = [words(one.text) for one in batch]
    most = max(len(one.layout) for one in batch)
    longest = max(len(text) for text in texts)
    word = torch.zeros(len(batch), longest, texts[0].shape[1])
    is_word = torch.zeros(len(batch), longest, dtype=torch.bool)
    features = [torch.from_numpy(object_features(one.layout)) for one in batch]
    objects = torch.zeros(len(batch), most, features[0].shape[1])
    is_object = torch.zeros(len(batch), most, dtype=torch.bool)
    pairs: Tensor | None = None
    meant, weight = torch.zeros(len(batch), most), torch.zeros(len(batch), most)
    for row, (one, text) in enumerate(zip(batch, texts, strict=True)):
        count = len(one.layout)
        word[row, : len(text)], is_word[row, : len(text)] = text, True
        objects[row, :count], is_object[row, :count] = features[row], True
        pair = torch.from_numpy(pair_features(one.layout))
        if pairs is None:
            pairs = torch.zeros(len(batch), most, most, pair.shape[2])
        pairs[row, :count, :count] = pair
        meant[row, :count] = torch.from_numpy(one.is_meant)
        may_be = torch.from_numpy(~one.layout.is_anchor).float()
        weight[row, :count] = may_be / may_be.sum().clamp(min=1) ** 0.5
    objects += 0.01 * torch.randn_like(objects)
    odds = net(word, is_word, objects, pairs, is_object)
    each = nn.functional.binary_cross_entropy_with_logits(odds, meant, reduction="none")
    return (each * weight).sum() / len(batch)


def write(
    net: TrainedNetwork, path: Path, link: TextEncoderLink, *, steps: int
) -> None:
    """Write the file: matrices as int8 with a scale for each row."""
    tensors: dict[str, Tensor] = {}
    for name, value in net.state_dict().items():
        if value.ndim == 2:
            tensors[name], tensors[name + SCALE] = quantise(value.float())
        else:
            tensors[name] = value.float()
    save_file(
        {name: value.contiguous() for name, value in tensors.items()},
        path,
        {
            "format": FORMAT,
            "format_version": VERSION,
            "text_file": link.path.name,
            "text_sha256": link.sha256,
            "licence": LICENCE,
            "trained_on": "sentences about objects of 440 images of NWPU VHR-10 and of "
            "264 parts of images of six other sets",
            "created": f"scripts/weights/train_matcher.py --steps {steps}",
        },
    )


def print_table(examples: Sequence[Example], matcher: Matcher) -> None:
    """Print the mIoU of what is chosen among labelled objects, by type."""
    rows = defaultdict(list)
    for one in examples:
        chosen = (matcher(one.text, one.layout) > 0) & ~one.layout.is_anchor
        if not one.is_meant.any():
            rows["nothing meant: chosen none"].append(float(not chosen.any()))
            continue
        areas = one.layout.areas
        both = areas[chosen & one.is_meant].sum()
        iou = float(both / areas[chosen | one.is_meant].sum())
        rows[one.type].append(iou)
        rows["all"].append(iou)
    print("| expressions | mIoU | of |", "| --- | --- | --- |", sep="\n")
    for name, values in sorted(rows.items()):
        print(f"| {name} | {100 * fmean(values):.1f} | {len(values)} |")


if __name__ == "__main__":
    main()
