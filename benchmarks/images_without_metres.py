"""How images of unknown sizes are read best: with overviews or without.

    python benchmarks/images_without_metres.py DATA_FOLDER [--images 24]

Written expressions of validation images of NWPU VHR-10, of the half on which choices
are made, are answered by a run as a user starts it, on the images as they are and
enlarged to twice their size: in full alone, and with one and two overviews. Prints mIoU
of expressions that mean something, the share of them without an answer, and how many of
those that mean nothing are answered with nothing.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from PIL import Image
from public_data import nwpu, split
from query_validation import SIDE, expressions_of
from rasterio.features import rasterize

from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.pipeline.runner import run
from rrsis_geo.runtime.cached_predictor import CachedPredictor

ENLARGED = (1, 2)
OVERVIEWS = (0, 1, 2)

Mask = NDArray[np.bool_]


def main() -> None:
    """Print a row for each size and way of reading."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--images", type=int, default=24)
    options = parser.parse_args()
    _, kept = split(nwpu(options.data), every=7)
    chosen = [image for image in kept if image.written and _is_for_choices(image.name)]
    cached = CachedPredictor()
    found: dict[tuple[int, int], list[tuple[Mask, Mask]]] = defaultdict(list)
    for image in chosen[:: max(1, len(chosen) // options.images)][: options.images]:
        texts, _, masks = expressions_of(image, 0)
        truth = dict(zip(texts, masks, strict=True))
        for factor in ENLARGED:
            pixels = _enlarged(image.pixels, factor)
            for count in OVERVIEWS:
                predicted = _answers(pixels, tuple(truth), count, cached)
                found[factor, count] += zip(predicted, truth.values(), strict=True)
    print("| enlarged | overviews | mIoU | no answer | nothing meant, none given |")
    print("| --- | --- | --- | --- | --- |")
    for (factor, count), pairs in found.items():
        meant = [(a, b) for a, b in pairs if b.any()]
        none = [not a.any() for a, b in pairs if not b.any()]
        ious = [(a & b).sum() / (a | b).sum() for a, b in meant]
        empty = np.mean([not a.any() for a, _ in meant])
        print(
            f"| {factor} | {count} | {100 * np.mean(ious):.1f} of {len(meant)} "
            f"| {100 * empty:.1f} % | {sum(none)} of {len(none)} |"
        )


def _is_for_choices(name: str) -> bool:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 == 0


def _enlarged(pixels: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """Enlarge (3, H, W) as software that shows images does."""
    _, height, width = pixels.shape
    image = Image.fromarray(np.moveaxis(pixels, 0, 2))
    larger = image.resize((width * factor, height * factor), Image.Resampling.BICUBIC)
    return np.moveaxis(np.asarray(larger), 2, 0)


def _answers(
    pixels: NDArray[np.uint8],
    texts: tuple[str, ...],
    overviews: int,
    cached: CachedPredictor,
) -> list[Mask]:
    """Masks (S, S) of what a run finds for each text, over the whole image."""
    _, height, width = pixels.shape
    with TemporaryDirectory() as folder:
        path = f"{folder}/image.png"
        with rasterio.open(
            path, "w", "PNG", width=width, height=height, count=3, dtype="uint8"
        ) as file:
            file.write(pixels)
        options = SegmentOptions(pixel_coordinates=True, overviews=overviews)
        job = SegmentJob(scene=path, expressions=texts, options=options)
        frame = run(job, network=cached.bind).to_geodataframe()
    scale = np.array([SIDE / width, SIDE / height])
    masks = []
    for text in texts:
        shapes = frame.geometry[frame["expression"] == text].to_numpy()
        placed = list(shapely.transform(shapes, lambda xy: xy * scale))
        shape = (SIDE, SIDE)
        masks.append(
            rasterize(placed, out_shape=shape, dtype="uint8") > 0
            if placed
            else np.zeros(shape, bool)
        )
    return masks


if __name__ == "__main__":
    main()
