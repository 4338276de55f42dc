"""Processor time of the steps that make a training sample of a crowded scene.

    python benchmarks/pieces.py --scenes 8 --pieces 100

Crops synthetic scenes and generates eight expressions for each crop, with masks and
boundaries, as training does. Masks of `rasterio.features.rasterize` are measured for
comparison and must be equal. Times are processor time of one core, in milliseconds per
crop.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from rasterio.features import rasterize

from rrsis_geo.datasets.transforms.boundaries import draw_boundaries
from rrsis_geo.datasets.transforms.crops import (
    Crop,
    crop_layout,
    crop_pixels,
    draw_mask,
)
from rrsis_geo.expressions import generate_expressions
from rrsis_geo.synthetic import draw_scene

Result = TypeVar("Result")

SIDE = 480
EXPRESSIONS = 8


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scenes", type=int, default=8)
    parser.add_argument("--pieces", type=int, default=100)
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args()
    seconds_by_step: dict[str, float] = defaultdict(float)

    def timed(name: str, work: Callable[[], Result]) -> Result:
        start = time.process_time()
        result = work()
        seconds_by_step[name] += time.process_time() - start
        return result

    rng = np.random.default_rng(0)
    drawn = [
        draw_scene(seed, width=768, height=768, gsd=0.4, theme=None)
        for seed in range(options.scenes)
    ]
    objects = 0
    for number in range(options.pieces):
        scene = drawn[number % len(drawn)]
        crop = Crop(
            left=float(rng.uniform(0, 768 - 600)),
            top=float(rng.uniform(0, 768 - 600)),
            width=600,
            height=600,
            size=(SIDE, SIDE),
            turns=number % 4,
        )
        timed("pixels", lambda s=scene, p=crop: crop_pixels(s.pixels, p))
        cut, _ = timed("labels", lambda s=scene, p=crop: crop_layout(s.layout, p))
        objects += len(cut.objects)
        seed = np.random.default_rng(number)
        made = timed(
            "words",
            lambda c=cut, r=seed: generate_expressions(c, rng=r, count=EXPRESSIONS),
        )
        chosen = [item.targets for item in made if item.targets]
        for targets in chosen:
            mask = timed("masks", lambda c=cut, t=targets: draw_mask(c, t))
            timed("seams", lambda c=cut, t=targets: draw_boundaries(c, t))
            polygons = [cut.objects[at].polygon for at in targets]
            rasterized = timed(
                "masks by rasterio",
                lambda p=polygons: rasterize(p, out_shape=(SIDE, SIDE), dtype="uint8"),
            )
            if not np.array_equal(mask, rasterized > 0):
                raise SystemExit(f"piece {number}: masks differ")
    print(f"{options.pieces} pieces, {objects / options.pieces:.0f} objects each")
    for name, seconds in seconds_by_step.items():
        print(f"{name:<20} {1000 * seconds / options.pieces:8.2f} ms")
    if options.json:
        options.json.write_text(
            json.dumps({"objects": objects, "seconds": seconds_by_step})
        )


if __name__ == "__main__":
    main()
