"""Outline the boxes of both public data sets of aircraft by a trained network.

    python scripts/weights/outline_aircraft.py DATA_FOLDER outlines.jsonl \
        [--weights default] [--open-only] [--most N]

Writes JSON lines {"image": name, "box": index, "outline": [[x, y], ...] or null}, one
per box, for `rrsis-geo train --outlines`.
"""

from __future__ import annotations

import argparse
import json
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from recipe.aircraft_boxes import airbus_boxes, airport_boxes
from recipe.boxes_to_outlines import outline_boxes

from rrsis_geo.atomic_write import staged
from rrsis_geo.datasets.labelled_image import read_rgb
from rrsis_geo.model.predictor import make_predictor

SETS = ((airbus_boxes, (0.7, 1.2)), (airport_boxes, (0.8, 1.6)))
"""Reader of the boxes of a data set, and scales at which its images are predicted."""


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--open-only", action="store_true", help="Aerial Airport alone")
    parser.add_argument("--most", type=int, help="images per data set, for a rehearsal")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    network = make_predictor(options.weights, ["airplane"], device=options.device)

    def predict(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        return network(pixels[None])[0, 0]

    count = outlined = 0
    with staged(options.output) as part, part.open("w") as stream:
        for boxes_of, scales in SETS[1:] if options.open_only else SETS:
            for path, boxes in islice(boxes_of(options.data).items(), options.most):
                outlines = outline_boxes(read_rgb(path), boxes, predict, scales=scales)
                for row, outline in enumerate(outlines):
                    points = None
                    if outline is not None:
                        corners = outline.simplify(0.5).exterior.coords
                        points = [[round(x, 1), round(y, 1)] for x, y in corners]
                    line = {"image": path.name, "box": row, "outline": points}
                    stream.write(json.dumps(line) + "\n")
                count += len(outlines)
                outlined += sum(outline is not None for outline in outlines)
                print(f"{path.name}: {outlined} of {count} boxes outlined", flush=True)


if __name__ == "__main__":
    main()
