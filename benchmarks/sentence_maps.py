"""Probabilities that the network gives for sentences, kept in a folder between runs."""

from __future__ import annotations

import hashlib
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS

from rrsis_geo.model.serialization.header import read_header
from rrsis_geo.pipeline.runner import segment
from rrsis_geo.scene.grid import Grid
from rrsis_geo.tiling.probability_raster import ProbabilityRaster


class KeptMaps:
    """Levels of probability by image and text, as a run stitches them."""

    def __init__(self, folder: Path, weights: str = "default") -> None:
        self._weights = weights
        header = read_header(weights)
        self.categories = header.categories
        self._folder = folder / header.sha256[:12]
        self._folder.mkdir(parents=True, exist_ok=True)

    def levels(
        self, pixels: NDArray[np.uint8], gsd: float, texts: Sequence[str]
    ) -> tuple[dict[str, NDArray[np.uint8]], Grid]:
        """Return (H, W) levels of 254 by text, and their grid.

        Args:
            pixels: (3, H, W).
            gsd: Metres per pixel.
            texts: What the network is given.
        """
        digest = hashlib.sha256(pixels.tobytes() + str(gsd).encode()).hexdigest()[:16]
        folder = self._folder / digest
        folder.mkdir(exist_ok=True)
        paths = {text: folder / f"{_digest(text)}.npz" for text in texts}
        missing = [text for text, path in paths.items() if not path.exists()]
        grid_file = folder / "grid.npy"
        if missing:
            grid = self._predict(pixels, gsd, missing, paths)
            np.save(grid_file, np.array([*grid.transform[:6], grid.width, grid.height]))
        *numbers, width, height = np.load(grid_file).tolist()
        grid = Grid(Affine(*numbers), CRS.from_epsg(32631), int(width), int(height))
        return {text: np.load(path)["level"] for text, path in paths.items()}, grid

    def _predict(
        self,
        pixels: NDArray[np.uint8],
        gsd: float,
        texts: list[str],
        paths: dict[str, Path],
    ) -> Grid:
        with tempfile.TemporaryDirectory() as temporary:
            scene = Path(temporary) / "scene.tif"
            raster = Path(temporary) / "p.tif"
            _, height, width = pixels.shape
            with rasterio.open(
                scene,
                "w",
                driver="GTiff",
                width=width,
                height=height,
                count=3,
                dtype="uint8",
                crs="EPSG:32631",
                transform=Affine(gsd, 0, 500_000, 0, -gsd, 1_000_000),
            ) as file:
                file.write(pixels)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                segment(
                    scene,
                    texts,
                    probability=raster,
                    weights=self._weights,
                    resolve="network",
                    threshold=0.99,
                )
            with ProbabilityRaster.open(raster) as file:
                strips = list(file.strips())
                grid = file.grid
                bands = file.expressions
            levels = np.concatenate([one.levels for one in strips], axis=1)
            for text, level in zip(bands, levels, strict=True):
                np.savez_compressed(paths[text], level=level)
        return grid


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
