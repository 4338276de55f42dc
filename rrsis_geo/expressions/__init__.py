"""Labelled polygons to referring expressions with known targets."""

from rrsis_geo.expressions.generate import Expression, generate_expressions
from rrsis_geo.expressions.mirroring import flip_words

__all__ = ["Expression", "flip_words", "generate_expressions"]
