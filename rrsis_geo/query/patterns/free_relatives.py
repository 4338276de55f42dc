"""Reads clauses that stand for things: "except whatever is north of the road"."""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.tokenizer.token_kinds import Token

_ANYTHING = v.words("what whatever everything anything all")
_VERBS = v.words("is are lies lie stands stand sits sit")
_BEFORE = v.words(
    "except excepting but for from than not excluding minus without besides bar"
    " barring save ignoring omitting skip exclude ignore omit to of against mind"
)
"""Words that end what introduces an exception."""


def with_pronouns(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens with "those" in place of "whatever is" and, in exceptions, "what is"."""
    kept: list[Token] = []
    place = 0
    while place < len(tokens):
        stop = _after_clause_opening(tokens, place)
        hidden = _after_hidden(tokens, place)
        if hidden > place:
            while kept and kept[-1].text in _BEFORE | {"apart", "aside", "other", ","}:
                kept.pop()
            stop = hidden
        elif stop > place:
            kept.append(tokens[place]._replace(text="those", surface="those"))
        else:
            kept.append(tokens[place])
        place = max(stop, place + 1)
    return tuple(kept)


def _after_hidden(tokens: Sequence[Token], place: int) -> int:
    """The position after "except what the trees hide", which leaves out no thing."""
    before = tokens[place - 1].text if place > 1 else ""
    ends = [k for k in range(place, len(tokens)) if tokens[k].text == ","]
    stop = next(iter(ends), len(tokens))
    what = tokens[place].text in ("what", "whatever") and before in _BEFORE - {"for"}
    article = tokens[place + 1 : place + 2]
    clause = article and article[0].text in v.DEFINITE
    return stop if what and clause and stop > place + 3 else place


def _after_clause_opening(tokens: Sequence[Token], place: int) -> int:
    """The position after "whatever is"; the same where nothing like it begins."""
    word = tokens[place].text
    before = tokens[place - 1].text if place else ""
    if word not in _ANYTHING or not before:
        return place
    if before not in _BEFORE and not (word == "whatever" and before == ","):
        return place
    verb = place + 1
    if word != "what" and tokens[verb : verb + 1] and tokens[verb].text == "that":
        verb += 1
    follows = tokens[verb + 1 : verb + 2]
    is_verb = verb < len(tokens) and tokens[verb].text in _VERBS
    if word == "all" and verb == place + 1:
        return place  # "except all those"
    described = follows and follows[0].text not in v.DETERMINERS | {"not", ","}
    return verb + 1 if is_verb and described else place
