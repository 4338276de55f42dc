"""A predictor that reads probabilities from colour channels, and a scene for it."""

import numpy as np
import rasterio
from affine import Affine

CHANNELS = {"storage tank": 0, "road": 1, "building": 2}
"""Phrase -> channel of the image."""


class ChannelPredictor:
    """Probability = value of the phrase's channel, pixel by pixel."""

    device, batch_size = "cpu", 1

    def __init__(self, phrases):
        self.channels = [CHANNELS[phrase] for phrase in phrases]

    def __call__(self, pixels):
        return (pixels[:, self.channels] / np.float32(255)).astype(np.float32)


def paint_scene(path, *, width=300, height=220, crs="EPSG:32631", transform=None):
    """Three tanks (small, large, medium from the left), a road, a building.

    The road runs vertically beside the small tank; nodata on the right.
    """
    pixels = np.full((3, height, width), 20, np.uint8)
    pixels[0, 100:112, 40:52] = 250  # small
    pixels[0, 40:80, 110:150] = 240  # large
    pixels[0, 150:176, 200:226] = 230  # medium
    pixels[0, 20:75, 205:260] = 135  # large, but of low probability
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
