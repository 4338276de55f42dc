"""Synthetic scenes as labelled images, held in memory."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.synthetic import draw_scene

SIDE = 768
"""Side of a drawn scene, in pixels."""

GSD = (0.2, 1.4)
"""Finest and coarsest metres per pixel."""


def draw_scenes(
    count: int, *, seed: int, workers: int, theme: str | None = None
) -> list[LabelledImage]:
    """Draw scenes of many kinds and scales.

    Args:
        count: number of scenes.
        seed: of the first scene; different seeds give different scenes.
        workers: number of processes.
        theme: of every second scene; None: random.
    """
    seeds = range(seed * 100_000, seed * 100_000 + count)
    themes = [theme if number % 2 else None for number in seeds]
    context = get_context("fork")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        return list(pool.map(_draw, seeds, themes))


def _draw(seed: int, theme: str | None) -> LabelledImage:
    low, high = np.log(GSD)
    gsd = float(np.exp(np.random.default_rng(seed).uniform(low, high)))
    scene = draw_scene(seed, width=SIDE, height=SIDE, gsd=gsd, theme=theme)
    image = LabelledImage(
        name=f"drawn-{seed}",
        path=Path(f"drawn-{seed}"),
        place=f"drawn-{seed}",
        layout=scene.layout,
    )
    image.__dict__["pixels"] = scene.pixels  # cached, as there is no file
    return image
