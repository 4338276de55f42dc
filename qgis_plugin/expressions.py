"""Texts that are asked, from a box that holds one a line."""

from __future__ import annotations

from typing import Tuple


def expressions_in(text: str) -> Tuple[str, ...]:
    """Each line once, in order; empty lines and lines with # in front are skipped."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    wanted = (line for line in lines if line and not line.startswith("#"))
    return tuple(dict.fromkeys(wanted))
