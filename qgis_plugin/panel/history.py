"""Queries asked before, kept in QGIS's settings."""

from __future__ import annotations

from typing import List

from qgis.core import QgsSettings

from ..translate import tr

KEY = "rrsis_geo/history"
LENGTH = 30


def recent() -> List[str]:
    """Queries, the latest first; several lines are one query of several lines."""
    kept = QgsSettings().value(KEY, [])
    if isinstance(kept, str):  # a list of one comes back as a text
        kept = [kept]
    return [str(text) for text in kept or []]


def remember(query: str) -> None:
    """Put a query on top; the oldest falls off."""
    query = query.strip()
    if query:
        others = [text for text in recent() if text != query]
        QgsSettings().setValue(KEY, [query, *others][:LENGTH])


def forget() -> None:
    """Empty the history."""
    QgsSettings().remove(KEY)


def examples() -> List[str]:
    """Queries that show what can be asked; they stay English, as the network reads."""
    return [
        "storage tank",
        "the storage tank near the road",
        "the largest building",
        "white airplane",
        "the tennis courts on the left",
        "vehicles within 30 m of a building",
        "the second largest storage tank",
    ]


def short(query: str, length: int = 60) -> str:
    """One line of a query, for a menu."""
    lines = [line.strip() for line in query.splitlines() if line.strip()]
    text = "; ".join(lines)
    return text if len(text) <= length else text[: length - 1].rstrip() + tr("…")
