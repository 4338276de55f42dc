"""Names of the kinds of evidence."""

from __future__ import annotations

FEATURES = (
    "one",
    "object",
    "faint",
    "fit",
    "fit of relations",
    "fit of order",
    "fit of groups",
    "fits",
    "whole",
    "whole of best",
    "whole of relations",
    "whole of order",
    "whole beyond a window",
    "share",
    "phrase",
    "phrase of best",
    "attribute unknown",
    "prior",
    "size",
    "edge",
    "unmet, whole of best",
)

SENTENCE_FEATURES = (
    "one",
    "best",
    "any",
    "object",
    "whole",
    "phrase",
    "strain",
    "unknown",
    "definite",
    "crowd",
)
