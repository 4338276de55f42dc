"""IoU of what the network alone predicts on the kept images of the added data sets.

    python benchmarks/kept_pixels.py DATA --weights NAME|FILE... [--half report]

The classes and texts of `added_bars`, cut at 0.5, in windows of 480 pixels at the
images' own size; at most eight images of a set. Choices are made on every second image,
--half report measures the others. Much quicker than `bars.py --only added`, which
answers the same images as the product does.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from added_bars import BARS, WINDOW, burnt, known_pixels, outlines_of, whole_images
from public_data import added_sources

from rrsis_geo.evaluation.weights_network import WeightsNetwork
from rrsis_geo.training.data.mixture import Source

MOST = 8
"""Images of a set."""


def main() -> None:
    """Print a row for every bar of every file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", nargs="+", default=["default"])
    parser.add_argument("--half", choices=("choose", "report"), default="choose")
    options = parser.parse_args()
    sources = added_sources(options.data, kept=True)
    for weights in options.weights:
        network = WeightsNetwork(weights, device="cpu")
        print(weights)
        for source in sources:
            if source.name not in {bar.source for bar in BARS}:
                continue
            measure(network, source, first=int(options.half == "report"))


def measure(network: WeightsNetwork, source: Source, *, first: int) -> None:
    """Print the IoU of every bar of a data set, on every second image from `first`."""
    bars = [bar for bar in BARS if bar.source == source.name]
    shared, joint = np.zeros(len(bars)), np.zeros(len(bars))
    for image in whole_images(source)[first::2][:MOST]:
        height, width = image.layout.height, image.layout.width
        known = known_pixels(image)
        truth = [
            burnt(outlines_of(image, bar.category), (height, width)) for bar in bars
        ]
        rows, columns = min(height, WINDOW), min(width, WINDOW)
        for top in range(0, height - rows + 1, rows):
            for left in range(0, width - columns + 1, columns):
                at = np.s_[top : top + rows, left : left + columns]
                pixels = np.ascontiguousarray(image.pixels[:, *at])
                texts = [bar.text for bar in bars]
                said = network.predict(pixels, texts, [(rows, columns)]).probabilities
                for row, mask in enumerate(truth):
                    found, meant = said[row] > 0.5, mask[at]
                    shared[row] += (found & meant & known[at]).sum()
                    joint[row] += ((found | meant) & known[at]).sum()
    for row, bar in enumerate(bars):
        iou = shared[row] / max(joint[row], 1)
        print(f"  {source.name}\t{bar.text}\t{iou:.3f}", flush=True)


if __name__ == "__main__":
    main()
