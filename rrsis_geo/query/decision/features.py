"""Names of the kinds of evidence, and how much of a scene the network sees.

Every signal counts differently in different contexts: what the network predicted for
the whole sentence says much about an attribute, and little about what is largest. So
each signal has a coefficient for all expressions, and one more for each context.
"""

from __future__ import annotations

from enum import StrEnum

CONTEXTS = (
    "all",
    "plain",
    "attribute",
    "place",
    "order",
    "measured",
    "relation",
    "group",
    "plural",
    "surface",
    "large scene",
    "many windows",
    "unknown anchor",
)
"""Kinds of expressions and scenes; one may be of several."""


class SceneView(StrEnum):
    """How much of a scene the network sees at once."""

    WHOLE = "whole"
    WINDOWS = "windows"
    MANY_WINDOWS = "many windows"
    """A window then seldom shows both things that are related."""


MANY = 3
"""A scene has many windows if its longer side is more than so many."""


def view_of(width: int, height: int, window_size: int) -> SceneView:
    """How much the network sees of a scene of so many pixels."""
    longer = max(width, height)
    if longer <= window_size:
        return SceneView.WHOLE
    many = longer > MANY * window_size
    return SceneView.MANY_WINDOWS if many else SceneView.WINDOWS


SIGNALS = (
    "one",
    "object",
    "fit",
    "fits",
    "whole",
    "whole of best",
    "share",
    "phrase of best",
    "match",
    "matches",
)
"""Of a candidate, in every context."""

OTHER_SIGNALS = (
    "faint",
    "not of the noun",
    "edge",
    "size",
    "shape",
    "prior",
    "unmet, whole of best",
)
"""Of a candidate, the same in all contexts."""

FEATURES = (
    *(f"{signal}, {context}" for signal in SIGNALS for context in CONTEXTS),
    *OTHER_SIGNALS,
)
"""Of a candidate."""

SENTENCE_CONTEXTS = CONTEXTS

SENTENCE_SIGNALS = ("one", "best", "object", "whole", "strain", "match", "matches")
"""Of an expression, in every context."""

OTHER_SENTENCE_SIGNALS = ("any", "no phrase", "unknown", "definite", "crowd")

SENTENCE_FEATURES = (
    *(
        f"{name}, {context}"
        for name in SENTENCE_SIGNALS
        for context in SENTENCE_CONTEXTS
    ),
    *OTHER_SENTENCE_SIGNALS,
)
"""Of an expression."""
