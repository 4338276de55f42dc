"""A network that finds things by their paint, and scenes painted for it."""

import numpy as np
import rasterio
from affine import Affine

PAINT = {"storage tank": 0, "road": 1, "building": 2}
"""Phrase -> channel of the picture that shows it."""


class Paint:
    """Probability = how strong the phrase's colour is; each pixel on its own."""

    device, batch_size = "cpu", 1

    def __init__(self, phrases):
        self.channels = [PAINT[phrase] for phrase in phrases]

    def __call__(self, pixels):
        return (pixels[:, self.channels] / np.float32(255)).astype(np.float32)


def paint(path, *, width=300, height=220, crs="EPSG:32631", transform=None):
    """Three tanks (small, large, middling from the left), a road, a building.

    The road runs down the picture beside the small tank; nodata on the right.
    """
    pixels = np.full((3, height, width), 20, np.uint8)
    pixels[0, 100:112, 40:52] = 250  # small
    pixels[0, 40:80, 110:150] = 240  # large
    pixels[0, 150:176, 200:226] = 230  # middling
    pixels[0, 20:75, 205:260] = 135  # large, but hardly believed
    pixels[1, :, 20:28] = 245
    pixels[2, 90:130, 100:160] = 235
    pixels[:, :, 280:] = 0
    profile = {"driver": "GTiff", "count": 3, "dtype": "uint8", "nodata": 0}
    with rasterio.open(
        path,
        "w",
        width=width,
        height=height,
        crs=crs,
        transform=transform or Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000),
        **profile,
    ) as dataset:
        dataset.write(pixels)
    return str(path)
