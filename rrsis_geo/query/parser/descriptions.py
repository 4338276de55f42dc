"""Tells words of a relation that describe a thing from those that say where it is."""

from __future__ import annotations

from rrsis_geo.language.nodes import Find
from rrsis_geo.query.lexicon.nouns import CRAFT
from rrsis_geo.query.lexicon.vocabulary import COVERS, NON_PLACES
from rrsis_geo.query.patterns.pattern_matcher import Match
from rrsis_geo.query.phrases.noun_phrase import MAX_DEPTH, NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader


def is_description(parser: PhraseReader, match: Match, noun: Find | None) -> bool:
    """Whether the words of a relation say what a thing is, not where it is.

    Args:
        parser: The parser of the text.
        match: The rule of the relation.
        noun: What is related; None where nothing names it.
    """
    plain = match.handler == "inside" and not match.argument
    if plain or match.handler in ("surrounded", "around"):  # "in white"
        text, follows = (parser.matcher.text(match.stop + k) for k in (0, 1))
        if (
            text in NON_PLACES
            and follows not in ("one", "ones")
            and not names_class(parser, match.stop)
        ):
            return True
    if parser.matcher.text(match.stop - 1) in _UNDER:  # "passing under the bridge"
        return _is_covered(parser, match)
    if match.argument == "over" and noun is None:
        return True
    if parser.matcher.text(match.start) == "over" and noun is not None:
        return match.argument == "over" and "bridge" in noun.categories
    if match.argument == "order" and not names_class(parser, match.stop):
        return True  # "where crowds gather before a game"
    if match.argument == "facing":
        return _is_turned(parser, match, noun)
    if noun is None:
        return False
    if match.handler == "opposite":
        return "bridge" in noun.categories
    if match.handler != "inside" or match.argument != "of":
        return False
    # "the roof of the house", "the end of the runway", "a grove of trees"
    made_of = try_premodifiers(parser, match.stop)[0]
    bare = not (made_of.determiner or made_of.has_premodifier())
    return not noun.categories or (bare and made_of.is_plural())


_UNDER = ("under", "beneath", "underneath")
_OVERHEAD = frozenset({"bridge", "tree", "crane"})
"""Classes that other things may be under, not below them in the picture."""


def _is_covered(parser: PhraseReader, match: Match) -> bool:
    """Whether a thing is under something, not below it in the picture."""
    above = try_premodifiers(parser, match.stop)[0]
    if above.adjectives and above.adjectives[-1].text in COVERS:
        return True
    if parser.matcher.text(match.stop - 1) != "under":
        return False
    noun = above.noun()
    known = noun is not None and noun.categories
    return not known or not _OVERHEAD.isdisjoint(known or ())


def _is_turned(parser: PhraseReader, match: Match, noun: Find | None) -> bool:
    """Whether "facing" says how a thing is turned, not what it lies at."""
    if noun is None or not CRAFT.isdisjoint(noun.categories):
        return True
    faced = try_premodifiers(parser, match.stop)[0]
    return not faced.adjectives or bool(faced.directions and not faced.noun())


def try_premodifiers(parser: PhraseReader, i: int) -> tuple[NounPhrase, int]:
    """A noun phrase up to its noun, read ahead, and the position after it."""
    trial = NounPhrase("anchor", None, MAX_DEPTH)
    return trial, parser.read_premodifiers(i, trial)


def names_class(parser: PhraseReader, i: int) -> bool:
    """Whether the next noun phrase names a class of the lexicon."""
    noun = try_premodifiers(parser, i)[0].noun()
    return noun is not None and bool(noun.categories)
