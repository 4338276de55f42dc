"""What the matching network says of the candidates of an expression."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.matching.matcher import MOST, Matcher
from rrsis_geo.matching.mean_colours import ColoursOf
from rrsis_geo.matching.object_layout import ObjectLayout
from rrsis_geo.matching.rectangle_sides import rectangle_sides
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.decision.feature_values import log_odds

Values = NDArray[np.float64]


def match(
    matcher: Matcher,
    sentence: str,
    candidates: Candidates,
    count: int,
    *,
    colours_of: ColoursOf | None = None,
) -> Values | None:
    """Log odds that each candidate is meant.

    Args:
        matcher: Scores them.
        sentence: As typed.
        candidates: Those that may be meant first, then what they are measured against,
            of which it is told nothing: it made no use of that.
        count: Number of those that may be meant.
        colours_of: Measures their colours; None: no colour is known.

    Returns:
        (count,); None where there are none, or too many to compare.
    """
    if not 0 < count <= MOST:
        return None
    return matcher(
        sentence, layout_of(candidates, np.arange(count), colours_of=colours_of)
    )


def layout_of(
    candidates: Candidates,
    rows: NDArray[np.intp],
    *,
    colours_of: ColoursOf | None = None,
) -> ObjectLayout:
    """Where some candidates lie, in pixels.

    Args:
        candidates: Of an expression.
        rows: (N,) of candidates that may be meant.
        colours_of: Measures their colours; None: no colour is known.
    """
    colours = np.full((len(rows), 3), np.nan)
    if colours_of is not None:
        colours = colours_of(candidates.polygons.geometry[rows])
    frame = candidates.image_frame
    sides = rectangle_sides(candidates.outlines[rows]) @ candidates.metres_to_pixels.T
    return ObjectLayout(
        boxes=frame.box[rows],
        centres=frame.centre[rows],
        areas=candidates.area[rows] / candidates.pixel_area,
        sides=sides,
        extent=frame.extent,
        log_odds=log_odds(candidates.confidence[rows]),
        is_anchor=np.zeros(len(rows), np.bool_),
        colours=colours,
    )
