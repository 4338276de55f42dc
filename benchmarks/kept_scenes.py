"""What the network alone predicts of what was outlined by eye, on kept images.

    python benchmarks/kept_scenes.py DATA --weights NAME|FILE... [--half report]
        [--side 384]

For captioned scenes, the surroundings of the objects of NWPU VHR-10, airports and
harbours: the mean IoU of the pixels of every class over the images that show it, and
the share of the images surely without it in which more than a hundredth is predicted.
Images are resized to --side. Choices are made on every second place, --half report
measures the others.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from PIL import Image
from public_data import (
    OUTLINED_SCENES,
    SURROUNDINGS,
    added_sources,
    kept_airports,
    nwpu,
    split,
)
from rasterio.features import rasterize

from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.evaluation.weights_network import WeightsNetwork
from rrsis_geo.language.related_classes import class_name

SHIPS = "ships-obb"

PREDICTED = 0.01
"""Share of a scene from which on something counts as predicted."""


def main() -> None:
    """Print a row for every class of every file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", nargs="+", default=["default"])
    parser.add_argument("--half", choices=("choose", "report"), default="choose")
    parser.add_argument("--side", type=int, default=384)
    options = parser.parse_args()
    sources = {one.name: one for one in added_sources(options.data, kept=True)}
    around = [SURROUNDINGS.add_to(one) for one in split(nwpu(options.data), every=7)[1]]
    sets = {
        OUTLINED_SCENES: list(sources[OUTLINED_SCENES].images),
        "NWPU VHR-10": [one for one in around if one.name in SURROUNDINGS.drawn],
        "Aerial Airport": kept_airports(options.data),
        SHIPS: list(sources[SHIPS].images),
    }
    for weights in options.weights:
        network = WeightsNetwork(weights, device="cpu")
        for name, kept in sets.items():
            places = sorted({image.place for image in kept})
            half = {*places[int(options.half == "report") :: 2]}
            images = [image for image in kept if image.place in half]
            print(f"{weights}: {name}, {options.half}, {len(images)} images")
            measure(network, images, options.side)


def measure(
    network: WeightsNetwork, images: Sequence[LabelledImage], side: int
) -> None:
    """Print the rows of one file."""
    ious = defaultdict(list)
    predicted: dict[str, dict[tuple[Path, str], bool]] = defaultdict(dict)
    for image in images:
        seen = image.path, image.place  # some scenes are read twice, for other names
        classes = sorted(image.layout.complete)
        pixels = resized(image.pixels, side)
        texts = [class_name(one) for one in classes]
        said = network.predict(pixels, texts, [(side, side)]).probabilities > 0.5
        known = resized(image.pixels.max(axis=0, keepdims=True), side)[0] > 0
        for name, found in zip(classes, said, strict=True):
            shapes = [
                one.polygon for one in image.layout.objects if one.category == name
            ]
            if not shapes:
                predicted[name][seen] = bool((found & known).mean() > PREDICTED)
                continue
            factors = image.layout.width / side, image.layout.height / side
            mask = rasterize(shapes, (side, side), transform=Affine.scale(*factors))
            meant = mask.astype(bool) & known
            joint = ((found & known) | meant).sum()
            ious[name].append(float((found & meant).sum() / max(joint, 1)))
    for name in sorted({*ious, *predicted}):
        shown = f"{np.mean(ious[name]):.3f} of {len(ious[name])}" if ious[name] else "-"
        without = list(predicted[name].values())
        share = f"{np.mean(without):.2f} of {len(without)}" if without else "-"
        print(f"  {name}\t{shown}\t{share}", flush=True)


def resized(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return (C, side, side) of (C, H, W)."""
    bands = [Image.fromarray(band).resize((side, side)) for band in pixels]
    return np.stack([np.asarray(band) for band in bands])


if __name__ == "__main__":
    main()
