"""Labelled polygons to referring expressions with their masks."""

from rrsis_geo.expressions.generate import Expression, describe
from rrsis_geo.expressions.mirroring import flip_words

__all__ = ["Expression", "describe", "flip_words"]
