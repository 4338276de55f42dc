"""Reads partitives and possessives: "the largest of the tanks", "the depot's tanks"."""

from __future__ import annotations

from collections.abc import Iterable

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.phrases import add_words
from rrsis_geo.language.traversal import spine
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import singular
from rrsis_geo.query.patterns.pattern_matcher import PRONOUN_ANCHORS
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
    elif not (_names_side(phrase) if phrase.adjectives else _may_choose(phrase)):
        return None
    if parser.matcher.text(i + 1) in ("them", "these", "those"):
        return None
    node, j = parser.read_phrase(
        i + 1, antecedent=phrase.antecedent, role="inner", depth=phrase.depth + 1
    )
    if node is None:
        return None
    if _is_part_of_one(parser, i, phrase, node):
        _ignore_part(parser, parser.matcher.tokens[i - 1], phrase)
    elif phrase.adjectives:
        return None  # "the left edge of the courts"
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


def _may_choose(phrase: NounPhrase) -> bool:
    """Whether words that choose were read and no noun: "the second largest of"."""
    return phrase.base is None and not phrase.is_empty()


def _names_side(phrase: NounPhrase) -> bool:
    """Whether a side or an end is named so far: "the southern end of ..."."""
    words = [token.text for token in phrase.adjectives]
    named = len(words) == 1 and words[0] in v.PARTS and words[0] not in v.EXTENTS
    return named and phrase.base is None and bool(phrase.directions)


def _is_part_of_one(
    parser: PhraseReader, i: int, phrase: NounPhrase, whole: Node
) -> bool:
    """Whether what is chosen is a part of one thing, not one of several things.

    "The top of the hill", "the widest part of the river"; but "the top of the tanks",
    "the largest stretch of water".
    """
    if phrase.rank or phrase.number or phrase.noun_filters:
        return False
    kinds = {chosen.kind for chosen in (*phrase.directions, *phrase.selectors)}
    part, follows = parser.matcher.text(i - 1), parser.matcher.text(i + 1)
    divides = part in v.PARTS_OF_WHOLE
    if (divides and follows not in v.DEFINITE) or follows in _NO_WHOLE:
        return False
    steps = spine(whole)
    grouped = any(isinstance(step, n.Grouped | n.Members) for step in steps)
    several = any(isinstance(step, n.Counted) and step.number > 1 for step in steps)
    thing = steps[-1]
    one = isinstance(thing, Find) and not (thing.plural or grouped or several)
    chooses = kinds and (divides or kinds <= {"most", "middle"})
    return bool(chooses and one and part not in ("one", "ones", "<most>"))


_NO_WHOLE = PRONOUN_ANCHORS | v.UNIVERSAL
"""Words after "of" that name no single thing: "the furthest east of all"."""


def _ignore_part(parser: PhraseReader, part: Token, phrase: NounPhrase) -> None:
    """Give the whole thing, and say so, since no part of it can be cut out."""
    named = [one.at for one in phrase.directions + phrase.selectors]
    named += [token.at for token in (*phrase.adjectives, part)]
    phrase.silent_words.extend(place for at in named for place in at)
    ignore_words(parser, {place for at in named for place in at})
    phrase.directions, phrase.selectors, phrase.adjectives = [], [], []


def ignore_words(parser: PhraseReader, at: Iterable[int]) -> None:
    """Say of words of the text, once, that nothing is made of them."""
    words = " ".join(parser.matcher.words[place] for place in sorted(at))
    if words not in parser.matcher.ignored:
        parser.matcher.ignored.append(words)


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
