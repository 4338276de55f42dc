"""Reads what is said of members of a set in turn: "two ships, one red, one white".

Tells them, and several things, from adjectives that a comma parts.
"""

from __future__ import annotations

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import sense, singular
from rrsis_geo.query.parser.noun_phrase import NounPhrase
from rrsis_geo.query.parser.phrase_reader import PhraseReader
from rrsis_geo.query.tokenizer.tokens import Token

_SEPARATORS = v.COORDINATORS | {",", "but", "with"}
_MEMBERS = v.words("one another a an <n>")


def read_enumeration(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """Read members from a comma or "with" on: "one red and the other white".

    Args:
        parser: The parser of the text.
        i: Position of the comma.
        phrase: The set, with a noun; its members take its place.

    Returns:
        The position after the last member; None where no two members are named.
    """
    matcher = parser.matcher
    noun = phrase.noun()
    if noun is None or phrase.number is None or phrase.number < 2:
        return None
    whole = phrase.without_count().build()
    starts = [
        place
        for place in range(i, matcher.stop)
        if matcher.text(place) in _SEPARATORS and _after_member(parser, place + 1)
    ]
    if len(starts) < 2 or starts[0] != i or whole is None:
        return None
    parts: list[Node] = []
    end = matcher.stop
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        with matcher.limited(stop):
            part = _member(parser, _after_member(parser, start + 1), whole)
        if part is None:
            return None
        parts.append(n.Counted(part, _number(parser, start + 1), definite=True))
    phrase.clear()
    phrase.base = n.Union(tuple(parts))
    return end


def leads_to_known_noun(parser: PhraseReader, i: int) -> bool:
    """Whether words of appearance, at least one, and a noun of the vocabulary follow.

    So "tents, cars" stays two things, although tents are not in the vocabulary.
    """
    matcher = parser.matcher
    for j in range(i, matcher.stop):
        token = matcher.tokens[j]
        if j > i and token.text in (",", *v.COORDINATORS) and j + 1 < matcher.stop:
            continue
        if token.text in v.DETERMINERS or matcher.match(j) is not None:
            return False
        after = matcher.tokens[j + 1].surface if j + 1 < matcher.stop else ""
        if sense((token.surface, singular(after)))[0] > 1 or _is_noun(token):
            return j > i
    return False


def _is_noun(token: Token) -> bool:
    """Whether a word names a class by itself."""
    return sense((singular(token.surface),))[1] is not None


def _after_member(parser: PhraseReader, i: int) -> int:
    """The position after "one", "two" or "the other"; 0 where there is none."""
    text = parser.matcher.text
    if text(i) in _MEMBERS:
        return i + 1
    if text(i) == "the" and text(i + 1) in ("other", "third", "last"):
        return i + 2
    return 0


def _number(parser: PhraseReader, i: int) -> int:
    token = parser.matcher.tokens[i]
    return int(token.value) if token.text == "<n>" else 1  # type: ignore[arg-type]


def _member(parser: PhraseReader, i: int, whole: Node) -> Node | None:
    """The set with what is said of one member; None where words are left over."""
    matcher = parser.matcher
    while matcher.text(i) in v.COPULAS | {"of", "them"}:
        i += 1
    part = NounPhrase("head", whole)
    i = parser.read_premodifiers(i, part)
    part.pronoun = "one"
    i = parser.read_postmodifiers(i, part)
    said = part.adjectives or part.filters or part.has_premodifier()
    return part.build() if said and i >= matcher.stop else None
