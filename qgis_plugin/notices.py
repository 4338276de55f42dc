"""Sentences for people, put together late so that they can be translated.

Standard library only, so that all that uses them is tested without QGIS.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Dict


def tr(text: str) -> str:
    """Mark a text for translation; it is translated when it is shown."""
    return text


def _as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True)
class Notice:
    """What is the case, and what to do about it."""

    kind: str
    """One word for programs."""
    sentence: str
    """What is the case; names in braces are filled from `values`."""
    advice: str = ""
    """What to do; likewise."""
    values: Dict[str, str] = field(default_factory=dict)
    detail: str = ""
    """What another program said about it, as it said it."""

    def said(self, translate: Callable[[str], str] = _as_it_is) -> str:
        """The sentence alone."""
        return translate(self.sentence).format(**self.values)

    def words(self, translate: Callable[[str], str] = _as_it_is) -> str:
        """Sentence, advice and, on a line of its own, the detail."""
        text = self.said(translate)
        if self.advice:
            text += " " + translate(self.advice).format(**self.values)
        return f"{text}\n{self.detail}" if self.detail else text
