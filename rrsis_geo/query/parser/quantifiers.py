"""Reads words of quantity before a noun: determiners, numbers, ranks, "one"."""

from __future__ import annotations

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.parser.noun_phrase import NounPhrase
from rrsis_geo.query.parser.phrase_reader import PhraseReader

_PRONOUNS = v.words("those these that any all each both some")
"""Determiners that may stand without a noun."""


def read_determiner(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "the", "a", "all of"; "those" and "both" without a noun are pronouns."""
    matcher, text = parser.matcher, parser.matcher.text(i)
    follows = matcher.text(i + 1)
    if text == "every" and (follows == "other" or follows == "<ord>"):
        phrase.determiner = "all"  # which ones, depends on where one begins
        phrase.silent_words.extend(matcher.at(i, i + 2))
        matcher.ignored.append(f"every {matcher.tokens[i + 1].surface}")
        return i + 2
    phrase.silent_words.extend(matcher.tokens[i].at)
    if text in _PRONOUNS and _stands_alone(parser, i, phrase):
        phrase.pronoun = "one" if text == "that" else "ones"
        return i + 1
    if text == "both" and not phrase.number:
        phrase.number, phrase.number_at = 2, matcher.tokens[i].at
    if text not in ("some", "any"):
        kind = "all" if text in v.UNIVERSAL else "a" if text in v.INDEFINITE else "the"
        phrase.determiner = phrase.determiner or kind
    if follows == "of" and (text in v.UNIVERSAL or text in ("any", "some")):
        phrase.silent_words.extend(matcher.tokens[i + 1].at)
        return i + 2
    return i + 1


def _stands_alone(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether no noun follows a determiner."""
    follows = parser.matcher.text(i + 1)
    if phrase.has_premodifier() or phrase.determiner or follows in ("the", "of"):
        return False
    if not follows or follows == "," or follows in v.COORDINATORS | v.COPULAS:
        return True
    return parser.matcher.match(i + 1) is not None


def after_minimum(parser: PhraseReader, i: int) -> int:
    """The position after "at least" or "more than"; the same where there are none."""
    pair = parser.matcher.text(i), parser.matcher.text(i + 1)
    return i + 2 if pair in (("at", "least"), ("more", "than")) else i


def starts_minimum(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether "at least five" or "more than five" begins here."""
    after = after_minimum(parser, i)
    if after == i or parser.matcher.text(after) != "<n>":
        return False
    return not phrase.has_noun() and phrase.number is None


def read_minimum(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "at least five", "more than five"."""
    after = after_minimum(parser, i)
    token = parser.matcher.tokens[after]
    more = parser.matcher.text(i) == "more"
    phrase.number = int(token.value) + more  # type: ignore[arg-type]
    phrase.number_at, phrase.at_least = parser.matcher.at(i, after + 1), True
    return after + 1


def read_number(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "three", "three or more", "two of"."""
    matcher, token = parser.matcher, parser.matcher.tokens[i]
    if phrase.number is not None or phrase.adjectives:
        phrase.adjectives.append(token)
        return i + 1
    phrase.number, phrase.number_at = int(token.value), token.at  # type: ignore[arg-type]
    follows = matcher.text(i + 1)
    if follows == "of":
        phrase.determiner = phrase.determiner or "a"  # "two of the tanks": any two
    if (follows, matcher.text(i + 2)) == ("or", "more"):
        phrase.number_at, phrase.at_least = matcher.at(i, i + 3), True
        return i + 3
    return i + 1


def read_last(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "last", "second last"."""
    at = parser.matcher.tokens[i].at
    phrase.rank, phrase.rank_at = phrase.rank or 1, (*phrase.rank_at, *at)
    phrase.from_end = True
    return i + 1


def read_one(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "one" and "ones", as pronouns or as a number."""
    matcher, token = parser.matcher, parser.matcher.tokens[i]
    if token.text == "ones":
        phrase.pronoun = "ones"
        if phrase.number == 1:  # "only large ones"
            phrase.silent_words.extend(phrase.number_at)
            phrase.number, phrase.number_at = None, ()
        phrase.silent_words.extend(token.at)
        return i + 1
    modified = phrase.adjectives or phrase.has_premodifier()
    partitive = matcher.text(i + 1) == "of" and not modified
    if not partitive and (modified or phrase.determiner or matcher.may_end(i + 1)):
        phrase.pronoun = "one"
        phrase.silent_words.extend(token.at)
        return i + 1
    phrase.number, phrase.number_at = 1, token.at
    if partitive:
        phrase.determiner = "a"
    return i + 1


def is_rank_of_noun_before(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether an ordinal follows its noun: "the tank second from the left"."""
    match = parser.matcher.match(i + 1, bare=True)
    counts = match is not None and match.handler in ("from", "nearest", "most")
    return phrase.rank is None and counts


def is_degree(parser: PhraseReader, i: int) -> bool:
    """Whether a word only says how large: "quite" in "quite large"."""
    text = parser.matcher.text(i)
    while text in v.DEGREES or (text.endswith("ly") and len(text) > 4):
        i += 1
        text = parser.matcher.text(i)
        if text in ("<size>", "<cmp>", "<sup>"):
            return True
    return False


def is_part_of(phrase: NounPhrase) -> bool:
    """Whether only a part is named so far: "the part of ...", "the far end of ..."."""
    if not phrase.adjectives or phrase.noun_filters:
        return False
    last = phrase.adjectives[-1].text
    if phrase.role == "anchor":  # what is near a part, is near the whole
        return last in v.PARTS_OF_ANCHORS
    return last in v.PARTS_OF_WHOLE and len(phrase.adjectives) == 1
