"""Scores of weights on the validation images of the default weights.

    python benchmarks/validation.py DATA_FOLDER [--weights default]

DATA_FOLDER holds the public data sets of the model card. Scores whole images
with written expressions, and crops with generated ones, each at 480 x 480 by the
reference rule. Probabilities are those of `segment`, calibrated and with presence.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from public_data import default_sources

from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.predictor import TorchPredictor
from rrsis_geo.model.serialization.weights import load_weights
from rrsis_geo.training.validation import made_samples, validate, written_samples


def main() -> None:
    """Print a table for every validation source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--pieces", type=int, default=30, help="crops per source")
    options = parser.parse_args()
    net, info = load_weights(options.weights)
    tokenizer = Tokenizer(info.vocabulary)

    def predict(pixels: NDArray[np.uint8], texts: Sequence[str]) -> NDArray[np.float32]:
        predictor = TorchPredictor(
            net,
            tokenizer,
            texts,
            calibration=info.calibration,
            device=torch.device("cpu"),
            precision=torch.float32,
            batch_size=1,
        )
        return predictor(pixels[None])[0]

    _, kept = default_sources(options.data, [])
    for source in kept:
        if any(image.written for image in source.images):
            print(f"{source.name}, written")
            for line in validate(written_samples(source.images), predict).lines():
                print(f"  {line}")
        print(f"{source.name}, made")
        made = made_samples(source, count=options.pieces, seed=7)
        for line in validate(made, predict).lines():
            print(f"  {line}")


if __name__ == "__main__":
    main()
