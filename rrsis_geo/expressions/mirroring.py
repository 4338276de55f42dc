"""Exchange of words of direction for a mirrored image."""

from __future__ import annotations

import re
from typing import Literal

_ENDINGS = ("", "ern", "erly", "ernmost", "most", "ward", "wards", "bound", "erner")


def _both_ways(pairs: dict[str, str]) -> dict[str, str]:
    return {**pairs, **{other: one for one, other in pairs.items()}}


def _compass(one: str, other: str) -> dict[str, str]:
    return {f"{one}{ending}": f"{other}{ending}" for ending in _ENDINGS}


_SENSE = {
    "clockwise": "counterclockwise",
    "anticlockwise": "clockwise",
    "anti-clockwise": "clockwise",
    "counter-clockwise": "clockwise",
}

_HORIZONTAL = _both_ways(
    {
        "left": "right",
        "leftmost": "rightmost",
        "left-most": "right-most",
        "leftward": "rightward",
        "leftwards": "rightwards",
        "lefthand": "righthand",
        "lhs": "rhs",
        **_compass("west", "east"),
        **{
            f"{pole}west{ending}": f"{pole}east{ending}"
            for pole in ("north", "south")
            for ending in _ENDINGS
        },
        "nw": "ne",
        "sw": "se",
        "clockwise": "counterclockwise",
    }
)

_VERTICAL = _both_ways(
    {
        "top": "bottom",
        "topmost": "bottommost",
        "top-most": "bottom-most",
        "upper": "lower",
        "uppermost": "lowermost",
        "above": "below",
        "up": "down",
        "upward": "downward",
        "upwards": "downwards",
        **_compass("north", "south"),
        **{
            f"north{side}{ending}": f"south{side}{ending}"
            for side in ("west", "east")
            for ending in _ENDINGS
        },
        "nw": "sw",
        "ne": "se",
        "clockwise": "counterclockwise",
    }
)

_TABLE = {
    "horizontal": {**_SENSE, **_HORIZONTAL},
    "vertical": {**_SENSE, **_VERTICAL, "beneath": "above", "underneath": "above"},
}

_AMBIGUOUS = {
    "horizontal": re.compile(
        r"o'?clock|\bnn[ew]\b|\bss[ew]\b|\b[ew][ns][ew]\b|\bfirst\b(?! .*from the)"
        r"|\blast\b|\bright (?:next|beside|by|at|in|on|under|above|below|near)\b"
        r"|\bright[- ]angled?|\bleft (?:over|behind)|\bmirror",
        re.IGNORECASE,
    ),
    "vertical": re.compile(
        r"o'?clock|\bnn[ew]\b|\bss[ew]\b|\b[ew][ns][ew]\b|\bfirst\b(?! .*from the)"
        r"|\blast\b|\bhigh\b|\bhigher\b|\bhighest\b|\blow\b|\blowest\b|\bunder\b"
        r"|\bon top\b(?= of)|\batop\b|\bupside\b|\bmirror",
        re.IGNORECASE,
    ),
}

_WORD = re.compile(
    r"(?:anti|counter)-clockwise|(?:left|right|top|bottom)-most|[A-Za-z]+",
    re.IGNORECASE,
)


def flip_words(text: str, axis: Literal["horizontal", "vertical"]) -> str | None:
    """Rewrite a request for the mirrored image.

    Args:
        text: An expression, in any case.
        axis: "horizontal" exchanges left and right, "vertical" top and bottom.

    Returns:
        The text with its words of direction exchanged; the same text if it has none;
        None if a word that is not in the table may mean a direction, so that the image
        must not be mirrored.
    """
    if _AMBIGUOUS[axis].search(text) or _has_typo(text):
        return None
    table = _TABLE[axis]

    def exchanged(match: re.Match[str]) -> str:
        word = match.group()
        other = table.get(word.lower())
        if other is None:
            return word
        if word.isupper() and len(word) > 1:
            return other.upper()
        return other.capitalize() if word[0].isupper() else other

    return _WORD.sub(exchanged, text)


def _has_typo(text: str) -> bool:
    """Whether a word is a direction with two letters swapped or one missing."""
    return any(word in _TYPOS for word in re.findall(r"[a-z]+", text.lower()))


def _typos(word: str) -> set[str]:
    swapped = {
        word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        for at in range(len(word) - 1)
    }
    lost = {word[:at] + word[at + 1 :] for at in range(len(word))}
    return swapped | (lost if len(word) > 4 else set())


_DIRECTIONS = {word for table in _TABLE.values() for word in table if "-" not in word}

_TYPOS = (
    {typo for word in _DIRECTIONS if len(word) > 3 for typo in _typos(word)}
    - _DIRECTIONS
    - {"felt"}
)
