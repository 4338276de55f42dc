"""Puts a place that is named first after the things: "at the top there is a tank"."""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.tokenizer.token_kinds import Token

_OPENINGS = v.RELATING | v.words("to towards just directly <d> <most> <len>")
_VERBS = v.COPULAS | v.words("stands stand lies lie sits sit exists exist")
_COUNTS = v.DETERMINERS | v.words("<n> one several many")


def without_fronting(tokens: Sequence[Token], start: int, stop: int) -> list[Token]:
    """Tokens from `start` to `stop`, with a place that opens them at the end."""
    some = list(tokens[start:stop])
    if not some or some[0].text not in _OPENINGS:
        return some
    texts = [token.text for token in some] + ["", ""]
    for index in range(1, len(some) - 2):
        if texts[index] == "there" and texts[index + 1] in _VERBS:
            return _moved(some, index, index + 2)
    for index in range(2, len(some) - 2):
        if texts[index] in _VERBS and texts[index + 1] in _COUNTS:
            # "on the left are three planes", not "in the row which is the longest"
            if texts[index - 1] in v.COPULAS:
                break
            return _moved(some, index, index + 1)
    if (
        texts[0] in ("to", "<len>") and "," in texts
    ):  # "to the left of the road, a house"
        index = texts.index(",")
        return _moved(some, index, index + 1)
    return some


def _moved(tokens: list[Token], end: int, start: int) -> list[Token]:
    front = tokens[:end]
    if front[-1].text == ",":
        front = front[:-1]
    return [*tokens[start:], *front] if tokens[start:] else tokens
