"""The colours of one scene, its sun, and what people call a colour."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rrsis_geo.synthetic.canvas import Colour

# Display colours of things that are painted; the name is what a label says.
ROOFS: Mapping[str, Sequence[Colour]] = {
    "red": ((158, 62, 50), (176, 84, 64), (140, 52, 46)),
    "brown": ((118, 84, 62), (104, 78, 60), (134, 98, 74)),
    "gray": ((132, 132, 134), (110, 110, 114), (152, 150, 148)),
    "white": ((226, 226, 224), (238, 238, 240)),
    "blue": ((66, 106, 168), (82, 132, 190)),
    "beige": ((196, 180, 150), (208, 192, 164)),
    "green": ((84, 124, 92), (96, 140, 110)),
    "black": ((56, 56, 60), (48, 50, 54)),
}
CARS: Mapping[str, Sequence[Colour]] = {
    "white": ((238, 238, 238), (228, 230, 232)),
    "black": ((34, 34, 38), (44, 44, 48)),
    "gray": ((140, 142, 146), (118, 120, 124)),
    "red": ((176, 40, 40), (150, 34, 38)),
    "blue": ((48, 78, 150), (66, 104, 170)),
    "yellow": ((224, 188, 50),),
    "green": ((54, 104, 70),),
    "beige": ((200, 186, 156),),
}
TANKS: Mapping[str, Sequence[Colour]] = {
    "white": ((240, 240, 238), (230, 230, 226)),
    "gray": ((150, 152, 152), (128, 130, 132)),
    "beige": ((206, 188, 154), (194, 176, 140)),
    "brown": ((138, 84, 62), (150, 98, 72)),
    "green": ((104, 138, 112),),
}


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a whole scene looks."""

    toward: tuple[float, float]
    """Unit vector in the image along which shadows fall."""
    reach: float
    """Length of a shadow per height."""
    grass: Colour
    dry: Colour
    soil: Colour
    crops: tuple[Colour, ...]
    tree: tuple[Colour, ...]
    asphalt: Colour
    concrete: Colour
    gravel: Colour
    sand: Colour
    water: Colour
    roofs: tuple[str, ...]
    """Names of the roof colours of the place, most frequent first."""

    def light(self, angle: float, tilt: float = 0.35) -> float:
        """Brightness of a plane that slopes down along `angle` (radians, image)."""
        facing = -(math.cos(angle) * self.toward[0] + math.sin(angle) * self.toward[1])
        return 1 + tilt * facing


def make_style(rng: np.random.Generator, *, false_colour: bool) -> Style:
    """Draw the colours of a place and a time of the year."""
    azimuth = rng.uniform(0, 2 * math.pi)
    lush = rng.uniform(0, 1)
    grass = _mix((126, 122, 82), (84, 112, 58), lush)
    trees: list[Colour] = [
        _mix(_mix((84, 84, 52), (44, 72, 38), lush), (70, 96, 50), rng.uniform(0, 0.6))
        for _ in range(4)
    ]
    crops: list[Colour] = [
        _mix(a, b, rng.uniform(0, 1))
        for a, b in (
            ((96, 128, 62), (70, 106, 52)),
            ((168, 150, 98), (190, 172, 116)),
            ((128, 98, 72), (104, 80, 60)),
            ((134, 140, 84), (112, 128, 70)),
        )
    ]
    if false_colour:
        # Colour infrared: leaves shine; shown as bright green or as red.
        leaf = (60, 190, 60) if rng.uniform() < 0.6 else (196, 60, 66)
        grass = _mix(grass, leaf, rng.uniform(0.4, 0.8))
        trees = [_mix(colour, leaf, rng.uniform(0.4, 0.7)) for colour in trees]
        crops = [
            _mix(colour, leaf, rng.uniform(0.3, 0.7)) if number in (0, 3) else colour
            for number, colour in enumerate(crops)
        ]
    names = list(ROOFS)
    weights = np.array([4, 3, 4, 2, 1, 2, 0.6, 1.5]) * rng.uniform(0.1, 1, len(names))
    order = rng.choice(len(names), 5, replace=False, p=weights / weights.sum())
    dark = rng.uniform(0, 1)
    water = ((40, 58, 62), (58, 84, 72), (36, 62, 88), (84, 92, 72), (52, 96, 108))
    return Style(
        toward=(math.cos(azimuth), math.sin(azimuth)),
        reach=rng.uniform(0.45, 1.3),
        grass=_vary(grass, rng),
        dry=_vary((150, 138, 104), rng),
        soil=_vary(_mix((150, 122, 92), (118, 100, 80), rng.uniform()), rng),
        crops=tuple(_vary(colour, rng) for colour in crops),
        tree=tuple(_vary(colour, rng) for colour in trees),
        asphalt=_vary(_mix((82, 82, 84), (136, 134, 130), dark), rng, 0.04),
        concrete=_vary((178, 174, 164), rng, 0.06),
        gravel=_vary((158, 150, 136), rng, 0.06),
        sand=_vary((206, 190, 154), rng),
        water=_vary(water[int(rng.integers(len(water)))], rng),
        roofs=tuple(names[number] for number in order),
    )


def pick(
    table: Mapping[str, Sequence[Colour]], rng: np.random.Generator, name: str
) -> Colour:
    """A shade of a named colour, slightly varied."""
    shades = table[name]
    return _vary(shades[int(rng.integers(len(shades)))], rng, 0.04)


def scaled(colour: Colour, factor: float) -> Colour:
    """A brighter or darker colour."""
    return (colour[0] * factor, colour[1] * factor, colour[2] * factor)


def colour_name(colour: Colour) -> str:
    """What people call a displayed colour."""
    red, green, blue = (min(max(value / 255, 0.0), 1.0) for value in colour)
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    degrees = hue * 360
    if value < 0.26:
        return "black"
    if saturation < 0.16:
        return "white" if value > 0.8 else "gray"
    if degrees < 14 or degrees >= 335:
        return "red" if saturation > 0.38 else "brown"
    if degrees < 52:
        if value > 0.72 and saturation < 0.4:
            return "beige"
        return "yellow" if value > 0.75 and saturation > 0.6 else "brown"
    if degrees < 70:
        return "yellow" if value > 0.7 and saturation > 0.5 else "green"
    return "green" if degrees < 172 else "blue" if degrees < 265 else "purple"


def _mix(first: Colour, second: Colour, share: float) -> Colour:
    a, b = np.asarray(first, float), np.asarray(second, float)
    red, green, blue = a + (b - a) * share
    return (float(red), float(green), float(blue))


def _vary(colour: Colour, rng: np.random.Generator, by: float = 0.08) -> Colour:
    light = rng.uniform(1 - by, 1 + by)
    tint = rng.uniform(1 - by / 2, 1 + by / 2, 3)
    red, green, blue = np.clip(np.asarray(colour) * light * tint, 8, 246)
    return (float(red), float(green), float(blue))
