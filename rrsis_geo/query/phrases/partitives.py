"""Reads partitives and possessives: "the largest of the tanks", "the depot's tanks"."""

from __future__ import annotations

from rrsis_geo.language import nodes as n
from rrsis_geo.language.phrases import add_words
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import singular
from rrsis_geo.query.phrases.group_phrases import is_mass
from rrsis_geo.query.phrases.noun_phrase import NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader
from rrsis_geo.query.phrases.quantifiers import is_part_of
from rrsis_geo.query.tokenizer.token_kinds import Token


def read_of(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """A partitive: "the largest of the tanks", "the part of the river"."""
    before: list[Token] = []
    if _names(phrase, v.SPECKS) and parser.matcher.text(i + 1) not in v.NON_PLACES:
        return _read_speck_of(parser, i, phrase)
    if _names(phrase, v.AMOUNTS) and is_mass(parser, i + 1):
        *before, amount = phrase.adjectives  # "a narrow strip of beach"
        phrase.silent_words.extend(amount.at)
        phrase.adjectives = []
    elif _is_superlative(phrase):
        before, phrase.adjectives = phrase.adjectives, []  # "highest of the towers"
    elif is_part_of(phrase) or _is_end_of_anchor(parser, i, phrase):
        phrase.silent_words.extend(p for token in phrase.adjectives for p in token.at)
        phrase.adjectives = []
    elif phrase.adjectives or phrase.base is not None or phrase.is_empty():
        return None
    if parser.matcher.text(i + 1) in ("them", "these", "those"):
        return None
    node, j = parser.read_phrase(
        i + 1, antecedent=phrase.antecedent, role="inner", depth=phrase.depth + 1
    )
    if node is None:
        return None
    if parser.matcher.text(i + 1) in ("each", "every") and isinstance(node, n.Grouped):
        node = n.Members(node, each=True)  # "the largest of each row of tanks"
    at = tuple(place for token in before for place in token.at)
    adjectives = [token.surface for token in before]
    phrase.base = add_words(node, [], at, adjectives) if before else node
    phrase.silent_words.extend(parser.matcher.tokens[i].at)
    return j


def _is_end_of_anchor(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether what is near an end is near the whole: "close to the end of a shed"."""
    words = [token.text for token in phrase.adjectives]
    before = parser.matcher.text(i - 3 if phrase.determiner else i - 2)
    plain = len(words) == 1 and not phrase.has_premodifier()
    near = phrase.role == "anchor" and before not in ("at", "on", "in")
    return plain and near and words[0] in v.ENDS_OF_ANCHORS


def _is_superlative(phrase: NounPhrase) -> bool:
    """Whether one adjective such as "highest" stands in place of a noun."""
    words = [token.text for token in phrase.adjectives]
    return len(words) == 1 and words[0].endswith("est") and len(words[0]) > 5


def _names(phrase: NounPhrase, nouns: frozenset[str]) -> bool:
    """Whether the noun that was read is one of some."""
    last = phrase.adjectives[-1].surface if phrase.adjectives else ""
    return singular(last) in nouns


def _read_speck_of(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "the tiny speck of a boat" is a small boat; the boat is read next."""
    token = phrase.adjectives.pop()
    article = parser.matcher.text(i + 1) in v.INDEFINITE
    stop = i + 2 if article else i + 1
    phrase.silent_words.extend((*token.at, *parser.matcher.at(i, stop)))
    if not phrase.noun_filters:
        phrase.noun_filters.append(lambda node: n.SizeClass(node, "small", at=token.at))
    return stop


def read_possessive(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """ "the depot's tanks" are the tanks in the depot."""
    matcher = parser.matcher
    side = matcher.text(i + 1) == "<d>" and (
        matcher.may_end(i + 2) or matcher.text(i + 2) in v.PARTS
    )
    if side or not phrase.adjectives or i + 1 >= matcher.stop:
        return None
    if phrase.role == "anchor" and matcher.text(i + 1) in v.RIMS:
        phrase.silent_words.extend(matcher.at(i, i + 2))  # "at the water's edge"
        return i + 2
    owner = NounPhrase(
        "anchor",
        phrase.antecedent,
        phrase.depth,
        silent_words=phrase.silent_words,
        adjectives=phrase.adjectives,
        directions=phrase.directions,
        selectors=phrase.selectors,
    )
    phrase.directions, phrase.selectors = [], []
    anchor = owner.build()
    if anchor is None:
        return None
    at = matcher.tokens[i].at
    phrase.adjectives, phrase.silent_words, phrase.determiner = [], [], "the"
    phrase.filters.append(lambda node: n.Inside(node, anchor, at=at))
    return i + 1
