"""When and how the candidates of an expression are matched with its sentence."""

from __future__ import annotations

import numpy as np

from rrsis_geo.language.directions import is_compass
from rrsis_geo.matching.matcher import MOST
from rrsis_geo.matching.mean_colours import ColoursOf
from rrsis_geo.matching.object_layout import ObjectLayout
from rrsis_geo.matching.rectangle_sides import rectangle_sides
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.decision.feature_values import log_odds
from rrsis_geo.query.tokenizer.tokens import tokenize

MANY = 40
"""Of more candidates any number that may be meant is not matched with the sentence: the
network has hardly seen that dozens are meant, and gives each next to no chance."""


def is_matched(contexts: dict[str, float], count: int, *, number: int | None) -> bool:
    """Whether the matching network is asked about an expression.

    Args:
        contexts: Of the expression; see `features.CONTEXTS`. A class alone chooses
            nothing.
        count: Number of candidates that may be meant.
        number: How many are asked for; None: any number.
    """
    any_of_many = contexts["plural"] and number is None and count > MANY
    return 0 < count <= MOST and not contexts["plain"] and not any_of_many


def names_compass(sentence: str) -> bool:
    """Whether a sentence has a word of the compass, which means the map."""
    values = [token.value for token in tokenize(sentence).tokens]
    return any(isinstance(value, str) and is_compass(value) for value in values)


def layout_of(
    candidates: Candidates,
    count: int,
    *,
    north_up: bool = False,
    colours_of: ColoursOf | None = None,
) -> ObjectLayout:
    """Where the candidates of an expression lie, in pixels.

    Args:
        candidates: Those that may be meant first, then what they are measured against,
            of which the network is told nothing: it made no use of that.
        count: Number of those that may be meant.
        north_up: As on a map with the same pixels, not as displayed: the network learnt
            from images whose north was up.
        colours_of: Measures their colours; None: no colour is known.
    """
    rows = slice(count)
    colours = np.full((count, 3), np.nan)
    if colours_of is not None:
        colours = colours_of(candidates.polygons.geometry[rows])
    frame, pixel = candidates.image_frame, 1.0
    sides = rectangle_sides(candidates.outlines[rows])  # in metres, north up
    if north_up:
        frame, pixel = candidates.map_frame, np.sqrt(candidates.pixel_area)
    else:
        sides = sides @ candidates.metres_to_pixels.T
    return ObjectLayout(
        boxes=frame.box[rows] / pixel,
        centres=frame.centre[rows] / pixel,
        areas=candidates.area[rows] / candidates.pixel_area,
        sides=sides / pixel,
        extent=frame.extent / pixel,
        log_odds=log_odds(candidates.confidence[rows]),
        is_anchor=np.zeros(count, np.bool_),
        colours=colours,
    )
