"""Labelled polygons to referring expressions with their masks."""

from rrsis_geo.expressions.describe import Expression, describe
from rrsis_geo.expressions.flips import flip_words

__all__ = ["Expression", "describe", "flip_words"]
