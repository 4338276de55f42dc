"""Functions that read a whole scene, for the tests of scenes."""

import numpy as np
from rasterio.windows import Window

from rrsis_geo.scene.scene import Scene

RNG = np.random.default_rng(7)
NOISE = RNG.integers(1, 256, (3, 90, 130)).astype(np.uint8)


def whole(scene, grid=None, margin=0):
    """Read the scene in one window, optionally larger than the scene."""
    grid = grid or scene.grid()
    window = Window(0, 0, grid.width + margin, grid.height + margin)
    patches = list(scene.patches(grid, [window]))
    if not patches:
        blank = np.zeros((3, window.height, window.width), np.uint8)
        return blank, np.zeros(blank.shape[1:], bool)
    return patches[0].pixels, patches[0].valid


def tiles(grid, size, step):
    return [
        Window(col, row, size, size)
        for row in range(0, grid.height, step)
        for col in range(0, grid.width, step)
    ]


def shown(path, **options):
    with Scene.open(path, **options) as scene:
        return whole(scene)
