"""Time and memory of a training step, and how long it waits for its data.

    python benchmarks/train_step.py --preset btd-base --device cuda --images 8

Samples are made as in real training: worker processes read JPEG files of 800 x 800
pixels with masks as PNG, resize them to --size and augment them; a step is forward, all
losses, backward, clipping, AdamW and averaging. The first steps warm up and are not
counted. On a GPU, its utilization is measured too.

Weights are random; the cost is that of trained ones. Needs torch, numpy, Pillow and
shapely, but not rasterio or geopandas.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import PRESETS
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.encoders.wordpiece import CHARACTERS, CONTINUES, LETTERS, SPECIAL
from rrsis_geo.training.builders import fit, model_config
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.augmentation import Augmentation
from rrsis_geo.training.data.batch import Batch
from rrsis_geo.training.data.listed_samples import ListedStream
from rrsis_geo.training.data.loader import load_batches
from rrsis_geo.training.loop import Step

STORED = 800
"""Side of a stored image in pixels, as in RRSIS-D."""

TEXTS = (
    "the ship docked near the coast is located in the middle-left",
    "a vehicle is on the lower right of the red vehicle",
    "a huge gray storage tank",
    "the tennis court on the right",
)

VOCABULARY = (
    *SPECIAL,
    *sorted(CHARACTERS),
    *(CONTINUES + letter for letter in sorted(LETTERS)),
    *sorted({word for text in TEXTS for word in text.split() if len(word) > 1}),
)


@dataclass(frozen=True)
class GeneratedSample:
    """A sample with generated files."""

    image: Path
    expression: str
    type: str = ""

    def read_pixels(self) -> NDArray[np.uint8]:
        """Read the image, (3, H, W)."""
        with Image.open(self.image) as image:
            return np.asarray(image.convert("RGB")).transpose(2, 0, 1)

    def read_mask(self, shape: tuple[int, int]) -> NDArray[np.bool_]:
        """Read the mask, (H, W)."""
        with Image.open(self.image.with_suffix(".png")) as image:
            return np.asarray(image).reshape(shape) > 0


def draw_files(folder: Path, count: int) -> list[GeneratedSample]:
    """Write noisy JPEG images, each with the mask of a box."""
    rng = np.random.default_rng(0)
    samples = []
    for number in range(count):
        small = rng.integers(0, 255, (STORED // 8, STORED // 8, 3), np.uint8)
        picture = Image.fromarray(small).resize((STORED, STORED))
        path = folder / f"{number}.jpg"
        picture.save(path, quality=90)
        mask = np.zeros((STORED, STORED), np.uint8)
        left, top = rng.integers(0, STORED - 200, 2)
        mask[top : top + 160, left : left + 120] = 255
        Image.fromarray(mask).save(path.with_suffix(".png"))
        samples.append(GeneratedSample(path, TEXTS[number % len(TEXTS)]))
    return samples


class UtilizationSampler:
    """Samples the utilization of the GPU with nvidia-smi."""

    def __init__(self, device: str) -> None:
        self.shares: list[float] = []
        self._process = None
        if device.startswith("cuda"):
            command = ["nvidia-smi", "--query-gpu=utilization.gpu", "-lms", "200"]
            self._process = subprocess.Popen(
                [*command, "--format=csv,noheader,nounits"],
                stdout=subprocess.PIPE,
                text=True,
            )
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process is not None  # noqa: S101
        assert self._process.stdout is not None  # noqa: S101
        for line in self._process.stdout:
            if line.strip().isdigit():
                self.shares.append(int(line))

    def stop(self) -> None:
        """Stop sampling."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


def measure(
    options: argparse.Namespace, samples: list[GeneratedSample]
) -> dict[str, object]:
    """Train for some steps; return the measurements by name."""
    config = TrainConfig(
        preset=options.preset,
        steps=options.warm + options.steps,
        size=options.size,
        images=options.images,
        expressions=options.expressions,
        accumulate=options.accumulate,
        warmup=0,
        learning_rate=1e-5,
        bfloat16=options.precision == "bfloat16",
        train_text=options.train_text,
    )
    sizes = model_config(config, dmols=options.dmols, presence=options.presence)
    tokenizer = Tokenizer(VOCABULARY)
    network = BTDNet(sizes).to(options.device)
    items = ListedStream(
        groups=tuple((line,) * options.expressions for line in samples),
        size=options.size,
        expressions=options.expressions,
        augmentation=Augmentation(),
    )
    steps: list[Step] = []
    sampler = None

    def on_step(step: Step) -> None:
        nonlocal sampler
        step.metrics()  # waits for the GPU, as logging does
        if step.number >= options.warm:
            steps.append(step)
        elif step.number == options.warm - 1:
            sampler = UtilizationSampler(options.device)
            if options.device.startswith("cuda"):
                torch.cuda.reset_peak_memory_stats()

    batches: Iterator[Batch] = load_batches(
        items,
        config,
        first_step=0,
        workers=options.workers,
        pin_memory=options.device.startswith("cuda"),
    )
    fit(config, network, tokenizer, batches, on_step=on_step)
    assert sampler is not None  # noqa: S101 - there was a warm-up
    sampler.stop()
    seconds = [step.seconds for step in steps]
    total = sum(seconds)
    measurements: dict[str, object] = {
        "preset": options.preset,
        "device": options.device,
        "precision": options.precision,
        "size": options.size,
        "images": options.images,
        "expressions": options.expressions,
        "accumulate": options.accumulate,
        "dmols": options.dmols,
        "train_text": options.train_text,
        "workers": options.workers,
        "parameters_millions": round(
            sum(p.numel() for p in network.parameters()) / 1e6, 2
        ),
        "seconds_per_step_median": round(statistics.median(seconds), 4),
        "images_per_second": round(options.images * len(seconds) / total, 2),
        "waiting_for_data_percent": round(
            100 * sum(step.waited for step in steps) / total, 2
        ),
    }
    if options.device.startswith("cuda"):
        measurements["gpu"] = torch.cuda.get_device_name()
        measurements["peak_gib"] = round(torch.cuda.max_memory_allocated() / 2**30, 2)
        busy = sampler.shares
        measurements["gpu_busy_percent"] = (
            round(statistics.mean(busy), 1) if busy else None
        )
    else:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        measurements["peak_gib"] = round(peak / 2**20, 2)  # KiB on Linux
    return measurements


def main() -> None:
    """Print the measurements; optionally write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="btd-base", choices=PRESETS)
    parser.add_argument(
        "--device", default="cuda" if torch.cuda.is_available() else "cpu"
    )
    parser.add_argument("--size", type=int, default=480)
    parser.add_argument("--images", type=int, default=8, help="per step")
    parser.add_argument("--expressions", type=int, default=1, help="per image")
    parser.add_argument("--accumulate", type=int, default=1)
    parser.add_argument(
        "--precision", default="bfloat16", choices=("bfloat16", "float32")
    )
    parser.add_argument("--dmols", action="store_true")
    parser.add_argument("--presence", action="store_true")
    parser.add_argument("--train-text", action="store_true")
    parser.add_argument("--workers", type=int, default=min(8, os.cpu_count() or 1))
    parser.add_argument("--warm", type=int, default=5, help="steps not counted")
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--files", type=int, default=64)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.warm < 1:
        sys.exit("--warm must be 1 or more")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        samples = draw_files(Path(folder), options.files)
        print(f"{options.files} files drawn in {time.perf_counter() - start:.1f} s")
        measurements = measure(options, samples)
    for name, value in measurements.items():
        print(f"{name:26} {value}")
    if options.json:
        options.json.write_text(json.dumps(measurements, indent=1) + "\n")


if __name__ == "__main__":
    main()
