"""Which share of the scene a place word stands for, for both sides of the language.

Place words are fuzzy, and the two sides need them for different ends:

- The planner must answer whatever is typed. Its operators let the fit of an object fall
  steadily with the distance from the named side, through one half at the `limit`, where
  people stop to use the word.
- The builder of training expressions may skip an expression, but a wrong target does
  harm. An object is surely there with its centre within the `core`, where everybody
  would use the word, and surely not there with its centre beyond the `zone`, where
  nobody would. An object in between makes the expression doubtful, and it is dropped.

So a core ends before the limit, and a zone ends after it.
"""

from __future__ import annotations

from typing import NamedTuple

from rrsis_geo.language.nodes import Extent


class Share(NamedTuple):
    """How far a word reaches, as a share of the scene's width or height."""

    limit: float
    """Planner: where the fit is one half."""

    core: float | None = None
    """Builder: up to here everybody would use the word. None: it never uses it."""

    zone: float | None = None
    """Builder: from here on nobody would. None: it never uses the word."""


SHARES: dict[Extent, Share] = {
    "part": Share(0.42, core=0.34, zone=0.50),
    "half": Share(0.5, core=0.44, zone=0.56),
    "third": Share(1 / 3),
    "quarter": Share(0.25),
    "corner": Share(0.33, core=0.26, zone=0.40),
    "far": Share(0.2),
}
"""Extent -> reach from the named side: "left", "left half", "top left corner".

A part is a side ("left") as well as one of the nine fields ("top left"), which reaches
as far in both directions."""

MIDDLE = Share(0.17, core=0.10, zone=0.21)
"""Reach from the middle to either side: "centre", "middle left", "top centre"."""

EDGE_LIMIT = 0.05
"""Planner: share of the scene along an edge where an object lies "at the edge"."""

EDGE_CLEAR = 0.03
"""Builder, which says of an object only that the edge cuts it: farther away than this
share, surely none does."""
