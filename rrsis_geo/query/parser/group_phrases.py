"""Reads groups before or in place of a noun: "row of four tanks", "tank row"."""

from __future__ import annotations

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import is_plural
from rrsis_geo.query.lexicon.vocabulary import GROUP_COUNT
from rrsis_geo.query.parser.noun_phrase import At, NounPhrase, Selector
from rrsis_geo.query.parser.phrase_reader import PhraseReader
from rrsis_geo.query.parser.quantifiers import after_minimum


def read_group(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """ "row of four tanks", "tank row", or a row of what was named before."""
    members = _members(parser, i + 1)
    if members > i + 1:
        return _read_group_of(parser, i, members, phrase)
    matcher, token = parser.matcher, parser.matcher.tokens[i]
    if not _names_group(parser, i, phrase):
        phrase.adjectives.append(token)
        return i + 1
    phrase.group = _take_orientation(phrase, str(token.value))
    phrase.group_at = matcher.tokens[i].at
    if not phrase.adjectives:
        phrase.pronoun = "one"
    return i + 1


def _members(parser: PhraseReader, i: int) -> int:
    """Where the members of a group are named; the same position where they are not."""
    matcher = parser.matcher
    if (most := _after_most(parser, i)) > i:
        return most
    counted = matcher.text(after_minimum(parser, i + 1)) == "<n>"
    of = matcher.text(i) == "of" or (matcher.text(i) == "with" and counted)
    return i + 1 if of else i


def _after_most(parser: PhraseReader, i: int) -> int:
    """The position after "with the most"; the same where it does not follow."""
    text = parser.matcher.text
    if text(i) not in ("with", "containing", "of"):
        return i
    last = i + 2 if text(i + 1) == "the" else i + 1
    return last + 1 if text(last) in ("most", "fewest") else i


def _read_group_of(
    parser: PhraseReader, i: int, members: int, phrase: NounPhrase
) -> int | None:
    """ "row of four tanks", "the row with the most planes"."""
    matcher, token = parser.matcher, parser.matcher.tokens[i]
    form = _take_orientation(phrase, str(token.value))
    inner = NounPhrase("inner", phrase.antecedent, phrase.depth + 1)
    j = parser.read_premodifiers(members, inner)
    phrase.base = _grouped(inner, form, (*token.at, *matcher.at(i + 1, members)))
    if _after_most(parser, i + 1) == members:
        fewest = matcher.text(members - 1) == "fewest"
        value = ("smallest" if fewest else "largest", "number")
        at = matcher.at(i + 1, members)
        phrase.selectors.append(Selector("size", value, at))
    if phrase.base is None:
        return None
    phrase.silent_words.extend(token.at)
    phrase.pronoun = "ones" if is_plural(matcher.words[token.at[0]]) else "one"
    return j


def _grouped(inner: NounPhrase, form: str, at: At) -> Node | None:
    count = inner.number or GROUP_COUNT.get(form)
    or_more, inner.number = inner.at_least, None
    node = inner.build()
    if node is None:
        return None
    shape = "cluster" if form in GROUP_COUNT else form
    return n.Grouped(node, shape, count, or_more, at=at)  # type: ignore[arg-type]


def _names_group(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether a word such as "row" is a group, not a part of a description."""
    matcher = parser.matcher
    word = matcher.words[matcher.tokens[i].at[0]]
    # "The line" may be a row; a "railway line" is none.
    line = word == "line" and not phrase.adjectives and phrase.determiner == "the"
    if not (word in v.GROUP_NOUNS or line):
        return False
    if not matcher.may_end(i + 1) and matcher.match(i + 1) is None:
        return False
    if not phrase.adjectives:
        return True
    noun = phrase.noun()
    return noun is not None and bool(noun.categories)


def _take_orientation(phrase: NounPhrase, form: str) -> str:
    """The form of a "horizontal row" or "vertical line"; drops the adjective."""
    for token in list(phrase.adjectives):
        if token.text in v.GROUP_ORIENTATIONS:
            phrase.adjectives.remove(token)
            phrase.silent_words.extend(token.at)
            form = v.GROUP_ORIENTATIONS[token.text]
    return form
