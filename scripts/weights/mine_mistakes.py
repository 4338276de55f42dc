"""Find places where weights are wrong on the training images of the default weights.

    python scripts/weights/mine_mistakes.py DATA_FOLDER mistakes.jsonl \
        --weights WEIGHTS [--outlines outlines.jsonl] [--open-only]

Writes JSON lines {"source": name, "image": name, "category": name, "x": x, "y": y} for
`rrsis-geo train --mistakes`, one per place. Validation images are not used.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from recipe.find_hard_negatives import find_mistakes
from recipe.public_datasets import default_sources

from rrsis_geo.atomic_write import staged
from rrsis_geo.expressions.wording.noun_choice import LEXICON
from rrsis_geo.model.predictor import make_predictor

CATEGORIES = {
    "nwpu": (
        "airplane",
        "ship",
        "storage_tank",
        "baseball_diamond",
        "tennis_court",
        "basketball_court",
        "ground_track_field",
        "bridge",
    ),
    "tanks": ("storage_tank", "airplane"),
    "airbus": ("airplane", "storage_tank"),
    "airports": ("airplane",),
    "banepa": ("building", "airplane", "storage_tank"),
}
"""Source -> classes that are completely labelled in it."""

SCALES = {"nwpu": 0.5, "banepa": 0.5}
"""Source -> result pixels per source pixel, if not 1."""


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--outlines", type=Path)
    parser.add_argument("--open-only", action="store_true")
    parser.add_argument("--most", type=int, help="images per source, for a rehearsal")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    training, _ = default_sources(
        options.data, [], outlines=options.outlines, open_only=options.open_only
    )
    count = 0
    with staged(options.output) as part, part.open("w") as stream:
        for source in training:
            categories = CATEGORIES.get(source.name, ())
            if not categories:
                continue
            texts = [LEXICON[name][0].singular for name in categories]
            network = make_predictor(options.weights, texts, device=options.device)

            def predict(
                pixels: NDArray[np.uint8], network=network
            ) -> NDArray[np.float32]:
                return network(pixels[None])[0]

            for image in source.images[: options.most]:
                for category, x, y in find_mistakes(
                    image.pixels,
                    image.layout,
                    categories,
                    predict,
                    scale=SCALES.get(source.name, 1.0),
                ):
                    line = {
                        "source": source.name,
                        "image": image.name,
                        "category": category,
                        "x": round(x, 1),
                        "y": round(y, 1),
                    }
                    stream.write(json.dumps(line) + "\n")
                    count += 1
                image.__dict__.pop("pixels", None)  # frees memory
            print(f"{source.name}: {count} places so far", flush=True)


if __name__ == "__main__":
    main()
