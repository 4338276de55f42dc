"""Effects of atmosphere, lens, sensor and JPEG on a drawn scene."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rrsis_geo.synthetic.canvas import View
from rrsis_geo.synthetic.noise import bell_noise

BLOCK = 8
"""Side of a JPEG block in pixels; windows begin at multiples of it."""


@dataclass(frozen=True, kw_only=True)
class Sensor:
    """One camera on one day."""

    blur: float
    """Weight of the four neighbours against the pixel, 0 is sharp."""
    sharpen: float
    """Unsharp masking after the blur, as map services do."""
    haze: float
    """Share of the light that the air adds."""
    haze_colour: tuple[float, float, float]
    cast: tuple[float, float, float]
    """Gain per channel."""
    gamma: float
    contrast: float
    brightness: float
    saturation: float
    noise: float
    """Deviation in levels."""
    quality: int
    """Of the JPEG; 100 leaves it out."""


def make_sensor(rng: np.random.Generator) -> Sensor:
    """Draw a camera and a day."""
    haze = max(0.0, rng.normal(0.05, 0.09))
    cast = np.clip(rng.normal(1, 0.045, 3), 0.88, 1.12)
    return Sensor(
        blur=rng.uniform(0.0, 0.9),
        sharpen=rng.uniform(0.0, 0.8) if rng.uniform() < 0.5 else 0.0,
        haze=min(haze, 0.32),
        haze_colour=(188.0, 198.0, 210.0),
        cast=(float(cast[0]), float(cast[1]), float(cast[2])),
        gamma=rng.uniform(0.78, 1.25),
        contrast=rng.uniform(0.8, 1.25),
        brightness=rng.uniform(-16, 16),
        saturation=rng.uniform(0.45, 1.12),
        noise=rng.uniform(0.0, 4.0) if rng.uniform() < 0.88 else rng.uniform(4, 9),
        quality=int(rng.integers(55, 97)) if rng.uniform() < 0.7 else 100,
    )


def expose(
    light: NDArray[np.float32], view: View, *, sensor: Sensor, seed: int
) -> NDArray[np.uint8]:
    """(H, W, 3) drawn light of a window to (H, W, 3) uint8 levels.

    The window must begin at a multiple of BLOCK; its outermost pixel is only seen with
    half its neighbours, so callers draw a margin and cut it off.
    """
    pixels = light
    if sensor.blur > 0:
        pixels = _blur(pixels, sensor.blur)
    if sensor.sharpen > 0:
        pixels = pixels + np.float32(sensor.sharpen) * (pixels - _blur(pixels, 1.0))
    pixels = np.clip(pixels, 0, 255)
    if sensor.saturation != 1:
        grey = pixels[..., :1] * np.float32(0.3) + pixels[..., 1:2] * np.float32(0.59)
        grey += pixels[..., 2:] * np.float32(0.11)
        pixels = grey + (pixels - grey) * np.float32(sensor.saturation)
    noise = bell_noise(
        seed, left=view.left, top=view.top, width=view.width, height=view.height
    )
    levels = _tone(pixels, sensor)
    levels += noise[..., None] * np.float32(sensor.noise)
    image = np.clip(levels + np.float32(0.5), 0, 255).astype(np.uint8)
    return image if sensor.quality >= 100 else _jpeg(image, sensor.quality)


def displayed(
    colour: tuple[float, float, float], sensor: Sensor
) -> tuple[float, float, float]:
    """The colour that a camera displays for a painted one."""
    pixel = np.array([[colour]], np.float32)
    grey = pixel @ np.array([[0.3], [0.59], [0.11]], np.float32)
    red, green, blue = _tone(
        grey + (pixel - grey) * np.float32(sensor.saturation), sensor
    )[0, 0]
    return (float(red), float(green), float(blue))


def _tone(pixels: NDArray[np.float32], sensor: Sensor) -> NDArray[np.float32]:
    """Haze, cast, gamma, contrast: a curve per channel, looked up in a table."""
    out = np.empty_like(pixels)
    steps = np.clip(pixels * np.float32(4) + np.float32(0.5), 0, 1024).astype(np.int16)
    for band, curve in enumerate(_curves(sensor)):
        np.take(curve, steps[..., band], out=out[..., band])
    return out


@lru_cache(maxsize=64)
def _curves(sensor: Sensor) -> list[NDArray[np.float32]]:
    place = np.arange(0, 1025, dtype=np.float64) / 4
    curves = []
    for gain, haze in zip(sensor.cast, sensor.haze_colour, strict=True):
        value = place * (1 - sensor.haze) + haze * sensor.haze
        value = 255 * (np.clip(value * gain, 0, 255) / 255) ** sensor.gamma
        value = (value - 118) * sensor.contrast + 118 + sensor.brightness
        curves.append(value.astype(np.float32))
    return curves


def _blur(pixels: NDArray[np.float32], weight: float) -> NDArray[np.float32]:
    side = np.float32(weight / (2 + 2 * weight))
    middle = np.float32(1) - 2 * side
    tall = pixels * middle
    tall[1:] += pixels[:-1] * side
    tall[:-1] += pixels[1:] * side
    out = tall * middle
    out[:, 1:] += tall[:, :-1] * side
    out[:, :-1] += tall[:, 1:] * side
    return out


def _jpeg(image: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Compress and decompress; 4:4:4, so that blocks are independent."""
    packed = io.BytesIO()
    Image.fromarray(image).save(packed, "JPEG", quality=quality, subsampling=0)
    return np.asarray(Image.open(packed).convert("RGB"))
