"""History of queries, kept in QGIS's settings, and example queries."""

from __future__ import annotations

from typing import List

from qgis.core import QgsSettings

from ...settings import GROUP, stored_texts
from ...translate import tr

KEY = f"{GROUP}/history"

MAX_QUERIES = 30
"""Queries that are kept."""


def recent() -> List[str]:
    """Return the queries, the latest first; a query may have several lines."""
    return stored_texts(KEY)


def add(query: str) -> None:
    """Add a query as the latest; the oldest is dropped."""
    query = query.strip()
    if query:
        others = [text for text in recent() if text != query]
        QgsSettings().setValue(KEY, [query, *others][:MAX_QUERIES])


def clear() -> None:
    """Delete the history."""
    QgsSettings().remove(KEY)


def examples() -> List[str]:
    """Return example queries, in English as the network expects them."""
    return [
        "storage tank",
        "the storage tank near the road",
        "the largest building",
        "white airplane",
        "the tennis courts on the left",
        "vehicles within 30 m of a building",
        "the second largest storage tank",
    ]


def shorten(query: str, length: int = 60) -> str:
    """Return a query as one line for a menu."""
    lines = [line.strip() for line in query.splitlines() if line.strip()]
    text = "; ".join(lines)
    return text if len(text) <= length else text[: length - 1].rstrip() + tr("…")
