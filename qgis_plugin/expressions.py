"""Expressions from a text with one on each line."""

from __future__ import annotations

from typing import Tuple


def parse_expressions(text: str) -> Tuple[str, ...]:
    """Return each line once, in order; empty lines and lines with # are skipped."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    expressions = (line for line in lines if line and not line.startswith("#"))
    return tuple(dict.fromkeys(expressions))
