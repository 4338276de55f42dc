"""Reads what is mentioned only to be left out: "there is a dry one too, skip that"."""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.tokenizer.token_kinds import Token

_DENYING = v.words("skip ignore not exclude omit leave forget")
_DENIED = v.words("that those it them these this")
_REST = v.words("one ones out alone aside please")
_SILENT = v.DETERMINERS | v.words("also too as well more other another nearby")
_NAMELESS = v.words("one ones <n> ,")


def without_mentions(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens with an exception in place of things that are mentioned and denied."""
    for start in range(1, len(tokens) - 3):
        there = tokens[start].text == "," and tokens[start + 1].text == "there"
        if not (there and tokens[start + 2].text in ("is", "are")):
            continue
        end = _comma(tokens, start + 1)
        stop = _comma(tokens, end + 1)
        if end < len(tokens) and _denies(tokens[end + 1 : stop]):
            said = [t for t in tokens[start + 3 : end] if t.text not in _SILENT]
            return (
                *tokens[:start],
                *_exception(tokens[start + 1], said),
                *tokens[stop:],
            )
    return tuple(tokens)


def _comma(tokens: Sequence[Token], start: int) -> int:
    """The position of the next comma; the end where there is none."""
    places = range(start, len(tokens))
    return next((k for k in places if tokens[k].text == ","), len(tokens))


def _denies(segment: Sequence[Token]) -> bool:
    """Whether "skip that", "not those" or "leave that one out" is said."""
    texts = [token.text for token in segment]
    opens = texts[:1] and texts[0] in _DENYING and texts[1:2] and texts[1] in _DENIED
    return bool(opens) and _REST.issuperset(texts[2:])


def _exception(there: Token, said: Sequence[Token]) -> tuple[Token, ...]:
    """ "except the dry one"; nothing for "another one", which names no difference."""
    if _NAMELESS.issuperset(token.text for token in said):
        return ()
    words = (there._replace(text=w, surface=w) for w in ("except", "the"))
    return (*words, *said)
