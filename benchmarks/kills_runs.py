"""The runs that `kills.py` kills, and the scene and rasters that they read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import torch
from affine import Affine
from numpy.typing import NDArray

from rrsis_geo.job import SegmentJob, SegmentOptions, VectorizeJob
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import preset
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.pipeline.revectorize import revectorize
from rrsis_geo.pipeline.runner import run
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.augmentation import Augmentation
from rrsis_geo.training.data.listed_samples import ListedStream, group_by_image
from rrsis_geo.training.distributed.process_group import ProcessGroup
from rrsis_geo.training.initial_weights.initial_weights import spelling_vocabulary
from rrsis_geo.training.trainer import RunEnvironment, RunSamples, run_training

FORMATS = (".gpkg", ".geojson", ".fgb", ".parquet")
SIDE = 240
"""Pixels along a side of the scene."""

STEPS = 4
"""Steps of a training."""

WORDS = spelling_vocabulary(["the red box"])


def bright(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Brightness in the place of a network."""
    return pixels.mean(axis=1, keepdims=True, dtype=np.float32) / np.float32(255)


def write_inputs(folder: Path) -> None:
    """A scene, and two rasters of probabilities with different objects."""
    place = Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000)
    profile = {"driver": "GTiff", "width": SIDE, "height": SIDE, "crs": "EPSG:32631"}
    for name, bands, step in (("scene", 3, 12), ("few", 1, 40), ("many", 1, 8)):
        values = np.full((bands, SIDE, SIDE), 20, np.uint8)
        for row, col in np.ndindex(SIDE // step, SIDE // step):
            top, left = row * step + 1, col * step + 1
            values[:, top : top + step // 2, left : left + step // 2] = 240
        with rasterio.open(
            folder / f"{name}.tif",
            "w",
            count=bands,
            dtype="uint8",
            transform=place,
            **profile,
        ) as dataset:
            dataset.write(values)


def vectorize(folder: Path, number: int) -> None:
    """Replace the files of every format, in turn by few and many polygons."""
    source = ("few", "many")[number // len(FORMATS) % 2]
    revectorize(
        VectorizeJob(
            probability=str(folder / f"{source}.tif"),
            output=str(folder / f"found{FORMATS[number % len(FORMATS)]}"),
            expressions=("box",),
            min_score=0.0,
            overwrite=True,
        )
    )


def append(folder: Path, number: int) -> None:
    """Add few or many polygons to the own layer of a shared GeoPackage."""
    revectorize(
        VectorizeJob(
            probability=str(folder / f"{('few', 'many')[number % 2]}.tif"),
            output=str(folder / "shared.gpkg"),
            expressions=("box",),
            layer="tanks",
            append=True,
            min_score=0.0,
        )
    )


def segment(folder: Path, number: int) -> None:
    """Replace polygons and probabilities, at one of two thresholds."""
    options = SegmentOptions(
        window_size=64, overlap=16, threshold=(0.5, 0.93)[number % 2], min_score=0.0
    )
    job = SegmentJob(
        scene=str(folder / "scene.tif"),
        expressions=("box",),
        output=str(folder / "found.gpkg"),
        probability=str(folder / "found.tif"),
        overwrite=True,
        options=options,
    )
    run(job, predictor=bright)


@dataclass(frozen=True)
class Line:
    """A training sample in memory: a red box on dark ground."""

    image: Path
    expression: str = "the red box"
    type: str = "category"

    def read_pixels(self) -> NDArray[np.uint8]:
        """(3, 64, 64)."""
        pixels = np.full((3, 64, 64), 40, np.uint8)
        pixels[0, 10:30, 10:30] = 220
        return pixels

    def read_mask(self, shape: tuple[int, int]) -> NDArray[np.bool_]:
        """(64, 64)."""
        mask = np.zeros(shape, bool)
        mask[10:30, 10:30] = True
        return mask


def train(folder: Path, number: int) -> None:
    """Train a tiny network for a step more, with a checkpoint after every step."""
    torch.set_num_threads(1)
    lines: Any = [Line(Path(f"{n}.png")) for n in range(4)]
    stream = ListedStream(
        groups=group_by_image(lines, 1),
        size=64,
        expressions=1,
        augmentation=Augmentation(crop=0),
    )
    config = TrainConfig(
        preset="btd-tiny",
        steps=STEPS,
        size=64,
        images=1,
        expressions=1,
        warmup=1,
        bfloat16=False,
        keep_every=1,
        validate_every=100,
    )
    torch.manual_seed(0)
    network = BTDNet(replace(preset("btd-tiny"), text_vocabulary=len(WORDS)))
    environment = RunEnvironment(
        folder=folder / "train",
        processes=ProcessGroup(device=torch.device("cpu")),
        workers=0,
        log=lambda line: None,
    )
    run_training(
        config,
        network,
        Tokenizer(WORDS),
        RunSamples(stream=stream, validation={}),
        environment,
    )
