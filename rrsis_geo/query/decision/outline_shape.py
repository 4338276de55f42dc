"""How well outlines have the shape that an expression asks for.

A network sees that a shed is long less surely than its outline says. The words of shape
are those of the noun phrases; they go to the network as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.language.nodes import Shape
from rrsis_geo.matching.rectangle_sides import rectangle_sides
from rrsis_geo.query.candidates.candidates import Candidates

Values = NDArray[np.float64]

OutlineShape: TypeAlias = Literal[Shape, "angled", "diagonal"]
"""Shapes of `Shape`, outlines with a notch (L, U, T), and a slanting longer side."""

_WORDS: dict[OutlineShape, str] = {
    "elongated": "long, elongated, narrow, thin, slim, oblong, lengthy",
    "round": "round, circular, roundish",
    "square": "square, squarish",
    "horizontal": "horizontal, horizontally, east-west, east to west, west to east",
    "vertical": "vertical, vertically, north-south, north to south, south to north",
    "diagonal": "diagonal, diagonally",
    "angled": "l-shaped, u-shaped, t-shaped, l-shape, u-shape, angled, "
    "shaped like an l, shaped like a u, shaped like a t",
}

SHAPE_WORDS: dict[str, OutlineShape] = {
    words: shape
    for shape, alternatives in _WORDS.items()
    for words in alternatives.split(", ")
}
"""Words of an expression -> shape."""

TURNED = frozenset(("running", "oriented", "lying", "pointing", "aligned"))
"""Words that may stand before those of a direction and say no more."""

UNKNOWN_SHAPE = 0.5
"""Fit to a shape of objects of which none is asked for."""

LONG, LONG_STEP = 2.2, 0.25
"""Ratio of the sides at which an outline is as likely called long as not, and the
logarithm of the ratio over which that changes."""


def asked_shapes(phrase: str) -> tuple[OutlineShape, ...]:
    """The shapes that the words of a noun phrase ask for, each once."""
    text = f" {phrase.lower()} "
    asked = (shape for words, shape in SHAPE_WORDS.items() if f" {words} " in text)
    return tuple(dict.fromkeys(asked))


def asks_only_shape(phrase: str, noun: str) -> bool:
    """Whether a noun phrase adds nothing but words of shape to its noun."""
    rest = f" {phrase.lower()} "
    for words in SHAPE_WORDS:
        rest = rest.replace(f" {words} ", " ")
    return bool(asked_shapes(phrase)) and set(rest.split()) <= {
        *noun.lower().split(),
        *TURNED,
    }


def shape_evidence(candidates: Candidates, count: int) -> Values | None:
    """(count,) how well outlines have the shapes that their phrases ask for.

    `UNKNOWN_SHAPE` for objects of phrases without such words; None: no phrase has any.

    Args:
        candidates: Of any phrases.
        count: How many of them, from the first on.
    """
    asked = [asked_shapes(phrase) for phrase in candidates.phrases]
    phrase = candidates.phrase[:count]
    named = np.bincount(phrase, minlength=len(asked)) > 0
    if not any(shapes for shapes, any_of in zip(asked, named, strict=True) if any_of):
        return None
    fit = np.full(count, UNKNOWN_SHAPE)
    for number, shapes in enumerate(asked):
        rows = np.flatnonzero(phrase == number)
        if shapes and len(rows):
            fit[rows] = shape_fit(
                shapes, candidates.outlines[rows], candidates.metres_to_pixels
            )
    return fit


def shape_fit(
    shapes: Sequence[OutlineShape],
    outlines: NDArray[np.object_],
    to_pixels: Values,
) -> Values:
    """(N,) how well outlines have all of some shapes, from 0 to 1.

    Args:
        shapes: At least one.
        outlines: (N,) polygons in metres.
        to_pixels: (2, 2) matrix from offsets in metres to pixels, in which horizontal
            and vertical are meant.
    """
    sides = rectangle_sides(outlines)
    length = np.hypot(sides[..., 0], sides[..., 1])
    longer = np.argmax(length, axis=1)
    long, short = length.max(axis=1), np.maximum(length.min(axis=1), 1e-9)
    log_ratio = np.log(np.maximum(long, 1e-9) / short)
    area = shapely.area(outlines)
    fill = area / np.maximum(long * short, 1e-9)
    hulls = shapely.convex_hull(outlines)  # its perimeter does not follow pixels
    hull_area, perimeter = shapely.area(hulls), shapely.length(hulls)
    roundness = 4 * np.pi * hull_area / np.maximum(perimeter, 1e-9) ** 2
    solid = area / np.maximum(hull_area, 1e-9)
    direction = sides[np.arange(len(sides)), longer] @ to_pixels.T
    # degrees from the horizontal: 0 to 90
    steep = np.degrees(np.arctan2(np.abs(direction[:, 1]), np.abs(direction[:, 0])))
    lengthwise = _rising(log_ratio, np.log(1.3), 0.15)
    fits: dict[OutlineShape, Values] = {
        "elongated": _rising(log_ratio, np.log(LONG), LONG_STEP),
        "round": _rising(roundness, 0.88, 0.02) * _rising(-log_ratio, -0.25, 0.06),
        "square": _rising(-log_ratio, -0.25, 0.06) * _rising(fill, 0.8, 0.04),
        "horizontal": lengthwise * _rising(-steep, -30, 6),
        "vertical": lengthwise * _rising(steep, 60, 6),
        "diagonal": lengthwise * _rising(-np.abs(steep - 45), -25, 5),
        "angled": _rising(-solid, -0.88, 0.03),
    }
    return np.asarray(np.prod([fits[shape] for shape in shapes], axis=0))


def _rising(values: Values, middle: float, step: float) -> Values:
    """Logistic function that is 0.5 at a value."""
    return np.asarray(1 / (1 + np.exp(-np.clip((values - middle) / step, -30, 30))))
