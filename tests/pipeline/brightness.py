"""Simple predictors in place of a network, and scenes and jobs for them.

Importable by name, so that worker processes can use them too.
"""

import time
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine

from rrsis_geo.job import SegmentJob, SegmentOptions

SIZE, OVERLAP = 64, 16


class Bright:
    """Predict brightness; a second expression gets the inverse."""

    device, batch_size = "cpu", 1

    def __init__(self, expressions=1):
        self.expressions = expressions

    def __call__(self, pixels):
        bright = pixels.mean(axis=1, dtype=np.float32) / np.float32(255)
        return np.stack([bright, 1 - bright][: self.expressions], axis=1)


class Context(Bright):
    """Predict pixels that depend on the whole window and on their place in it.

    So a missing, additional or different window changes the result. A pause (in seconds
    per window) leaves time to interrupt a run.
    """

    def __init__(self, expressions=1, pause=0.0):
        super().__init__(expressions)
        self.pause = pause

    def __call__(self, pixels):
        time.sleep(self.pause * len(pixels))
        answer = super().__call__(pixels)
        whole = answer.mean(axis=(2, 3), keepdims=True, dtype=np.float64)
        ramp = np.linspace(0.25, 1, answer.shape[-1])[:, None]
        mixed = (0.7 * answer + 0.3 * whole) * ramp * ramp.T
        return mixed.astype(np.float32)


class Faulty(Context):
    """Return NaN for windows with a pixel of 13."""

    def __call__(self, pixels):
        answer = super().__call__(pixels)
        answer[(pixels == 13).any(axis=(1, 2, 3))] = np.nan
        return answer


class Failing(Context):
    """Raise an error for windows with a pixel of 13."""

    def __call__(self, pixels):
        if (pixels == 13).any():
            raise RuntimeError("the network broke down")
        return super().__call__(pixels)


def write_scene(
    path,
    *,
    width=300,
    height=260,
    seed=0,
    crs="EPSG:32631",
    left=500_000.0,
    gsd=0.5,
    pixels=None,
):
    """Write a GeoTIFF of bright boxes on noise, with a corner and rows of nodata."""
    if pixels is None:
        rng = np.random.default_rng(seed)
        pixels = rng.integers(60, 110, (3, height, width), np.uint8)
        for _ in range(width * height // 3000):
            top, start = rng.integers(0, height - 8), rng.integers(0, width - 8)
            tall, wide = rng.integers(4, 60, 2)
            pixels[:, top : top + tall, start : start + wide] = rng.integers(170, 250)
        pixels[:, : height // 5, : width // 4] = 0
        pixels[:, height // 2 : height // 2 + 5] = 0
    profile = {"driver": "GTiff", "count": 3, "dtype": "uint8", "nodata": 0}
    place = Affine(gsd, 0, left, 0, -gsd, 5_000_000)
    with rasterio.open(
        path,
        "w",
        width=pixels.shape[2],
        height=pixels.shape[1],
        crs=crs,
        transform=place,
        tiled=True,
        blockxsize=64,
        blockysize=64,
        **profile,
    ) as dataset:
        dataset.write(pixels)
    return str(path)


def make_job(scene, folder, *, name="found", expressions=("bright",), **values):
    """Return a job that writes polygons and probabilities to a folder."""
    places = {
        "output": str(folder / f"{name}.gpkg"),
        "probability": str(folder / f"{name}.tif"),
    }
    places |= {
        key: values.pop(key)
        for key in ("output", "probability", "preview")
        if key in values
    }
    overwrite = values.pop("overwrite", False)
    # keep polygons with a score just above the threshold
    options = {"window_size": SIZE, "overlap": OVERLAP, "min_score": 0.0} | values
    return SegmentJob(
        scene=str(scene),
        expressions=expressions,
        overwrite=overwrite,
        options=SegmentOptions(**options),
        **places,
    )


def result_bytes(job):
    """Read the outputs of a run; the manifest is left out because it holds timings."""
    paths = [job.output, job.probability]
    return [Path(path).read_bytes() for path in paths if path is not None]
