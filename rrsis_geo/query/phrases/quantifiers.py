"""Reads words of quantity before a noun: determiners, numbers, ranks, "one"."""

from __future__ import annotations

from typing import Literal

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import sense
from rrsis_geo.query.patterns.pattern_matcher import Match
from rrsis_geo.query.phrases.noun_phrase import MAX_DEPTH, NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader
from rrsis_geo.query.phrases.quantity_ranges import around_value
from rrsis_geo.query.phrases.selectors import UNSURE

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
        if text == "both" and phrase.role == "anchor":
            phrase.number, phrase.number_at = 2, matcher.tokens[i].at
        return i + 1
    if text == "both" and not phrase.number:
        phrase.number, phrase.number_at = 2, matcher.tokens[i].at
    if text == "either" and not phrase.number:
        phrase.number, phrase.number_at = 1, matcher.tokens[i].at
    if text not in ("some", "any"):
        kind = "all" if text in v.UNIVERSAL else "a" if text in v.INDEFINITE else "the"
        phrase.determiner = phrase.determiner or kind
    if follows == "of" and (text in v.UNIVERSAL or text in ("any", "some", "either")):
        phrase.silent_words.extend(matcher.tokens[i + 1].at)
        return i + 2
    return i + 1


_AFTER_PRONOUN = v.COORDINATORS | v.COPULAS | v.DESCRIPTIVE


def _stands_alone(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether no noun follows a determiner."""
    follows = parser.matcher.text(i + 1)
    if phrase.has_premodifier() or phrase.determiner or follows in ("the", "of"):
        return False
    if follows in v.DEFINITE and _names_more(parser, i + 2):
        return False  # "all that sand"
    if not follows or follows == "," or follows in _AFTER_PRONOUN:
        return True
    if follows == "<height>":  # not "those 20 m high towers"
        return parser.matcher.may_end(i + 2)
    trial = NounPhrase("anchor", None, MAX_DEPTH)
    if starts_measure(parser, i + 1, trial):  # "all over 50 m long ships"
        return read_premodifying_measure(parser, i + 1, trial) is None
    return acts_on(parser, i + 1) or parser.matcher.match(i + 1) is not None


def acts_on(parser: PhraseReader, i: int) -> bool:
    """Whether a participle with its object follows: "those casting a shadow"."""
    text, follows = parser.matcher.text(i), parser.matcher.text(i + 1)
    acts = text.endswith("ing") and sense((text,))[1] is None
    return acts and follows in v.DETERMINERS | v.PREPOSITIONS


def _names_more(parser: PhraseReader, i: int) -> bool:
    """Whether no verb or relation follows a demonstrative: "that sand"."""
    text = parser.matcher.text(i)
    verb = text in v.FINITE_VERBS | v.COPULAS | {"", ",", "have", "has", "do", "not"}
    return not verb and parser.matcher.match(i, bare=True) is None


def _texts_are(parser: PhraseReader, i: int, *choices: tuple[str, ...]) -> bool:
    """Whether each token from a position on is one of its choices."""
    return all(parser.matcher.text(i + k) in words for k, words in enumerate(choices))


_MINIMUMS = (("at", "least"), ("more", "than"))
_MAXIMUMS = (
    ("up", "to"),
    ("at", "most"),
    ("no", "more", "than"),
    ("not", "more", "than"),
    ("less", "than"),
    ("fewer", "than"),
)
_APPROXIMATE = v.words("about around approximately roughly circa nearly almost over")


def after_minimum(parser: PhraseReader, i: int) -> int:
    """The position after "at least" or "more than"; the same where there are none."""
    return _after_any(parser, i, _MINIMUMS)


def _after_any(
    parser: PhraseReader, i: int, choices: tuple[tuple[str, ...], ...]
) -> int:
    text = parser.matcher.text
    for words in choices:
        if words == tuple(text(i + k) for k in range(len(words))):
            return i + len(words)
    return i


def _after_limit(parser: PhraseReader, i: int) -> int:
    """The position after "at least", "up to" or "about"; the same for other words."""
    after = _after_any(parser, i, _MINIMUMS + _MAXIMUMS)
    return i + 1 if parser.matcher.text(i) in _APPROXIMATE else after


def starts_limit(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether "at least five", "up to five" or "about five" begins here."""
    after = _after_limit(parser, i)
    if after == i or parser.matcher.text(after) != "<n>":
        return False
    return not phrase.has_noun() and phrase.number is None


def read_limit(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "at least five", "more than five"; "about five" is as good as no number."""
    after = _after_limit(parser, i)
    token = parser.matcher.tokens[after]
    text = parser.matcher.text(i)
    number = int(token.value)  # type: ignore[arg-type]
    phrase.number_at = parser.matcher.at(i, after + 1)
    if _after_any(parser, i, _MAXIMUMS) > i:
        phrase.number = max(1, number - (text in ("less", "fewer")))
        phrase.determiner = phrase.determiner or "a"
        return after + 1
    phrase.number, phrase.at_least = number + (text == "more"), True
    return after + 1


def read_range(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """ "second to fourth"."""
    matcher = parser.matcher
    after = matcher.tokens[i + 1] if i + 1 < matcher.stop else None
    if after is not None and after.text == "<n>" and _is_counting(phrase):
        phrase.number_at = (*phrase.number_at, *matcher.at(i, i + 2))
        phrase.at_least = True  # "3 to 5"
        return i + 2
    if after is None or after.text != "<ord>" or phrase.adjectives:
        return None
    last = int(str(after.value))
    if phrase.rank is None or phrase.number is not None or last <= phrase.rank:
        return None
    phrase.number = last - phrase.rank + 1
    phrase.rank_at = (*phrase.rank_at, *matcher.at(i, i + 2))
    return i + 2


def _is_counting(phrase: NounPhrase) -> bool:
    """Whether a number was read last."""
    return bool(phrase.number and not (phrase.rank or phrase.has_noun()))


_MEASURES: dict[str, Literal["length", "width"]] = {
    "wide": "width",
    "broad": "width",
    "long": "length",
    "diameter": "length",
}


_OVER = (*_MINIMUMS, ("over",), ("above",))
_UNDER = (*_MAXIMUMS, ("under",), ("below",))


def starts_measure(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether "at least 30 m" or "over 500 m2" begins here, before a noun."""
    after = _after_any(parser, i, _OVER + _UNDER)
    measures = after > i and parser.matcher.text(after) in ("<len>", "<area>")
    return measures and not phrase.has_noun()


def read_premodifying_measure(
    parser: PhraseReader, i: int, phrase: NounPhrase
) -> int | None:
    """ "30 m tanks", "over 50 m wide rivers"; None where no noun follows."""
    matcher = parser.matcher
    start = _after_any(parser, i, _OVER + _UNDER)
    token = matcher.tokens[start]
    measure = _MEASURES.get(matcher.text(start + 1))
    stop = start + 1 if measure is None else start + 2
    relates = matcher.text(stop) in v.RELATING | v.PREPOSITIONS | {"off"}
    more = matcher.text(stop) == "<len>" and matcher.text(stop + 1) in _MEASURES
    ends = matcher.may_end(stop) or matcher.match(stop) is not None
    if not more and (relates or ends):
        return None
    named: Literal["area", "length", "width"] = measure or "length"
    if token.text == "<area>":
        named = "area"
    value, at = float(str(token.value)), matcher.at(i, stop)
    low: float | None
    high: float | None
    low, high = around_value(value, token.surface)
    if start > i:
        over = _after_any(parser, i, _OVER) > i
        low, high = (value, None) if over else (None, value)
    sure = 1.0 if measure or named == "area" or start > i else UNSURE
    phrase.noun_filters.append(
        lambda node: n.Measured(node, named, low, high, at=at, certainty=sure)
    )
    return stop


def read_others(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "the others", of what was named before."""
    token = parser.matcher.tokens[i]
    if phrase.has_noun() or phrase.antecedent is None:
        phrase.adjectives.append(token)
    else:
        phrase.pronoun = "ones"
        phrase.silent_words.extend(token.at)
    return i + 1


def read_number(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "three", "three or more", "two of"."""
    matcher, token = parser.matcher, parser.matcher.tokens[i]
    if phrase.number is not None or phrase.adjectives:
        counts = matcher.match(i + 1)
        if phrase.rank is None and counts is not None and counts.handler == "from":
            phrase.set_rank(token)  # "tank 2 from the left"
        else:
            phrase.adjectives.append(token)
        return i + 1
    phrase.number, phrase.number_at = int(token.value), token.at  # type: ignore[arg-type]
    follows = matcher.text(i + 1)
    if follows == "of":
        phrase.determiner = phrase.determiner or "a"  # "two of the tanks": any two
    if follows == "or" and matcher.text(i + 2) in ("more", "so", "<n>"):
        phrase.number_at, phrase.at_least = matcher.at(i, i + 3), True
        return i + 3
    return i + 1


def read_last(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "last", "second last"."""
    at = parser.matcher.tokens[i].at
    phrase.rank, phrase.rank_at = phrase.rank or 1, (*phrase.rank_at, *at)
    phrase.from_end = True
    phrase.rank_token = phrase.rank_token or parser.matcher.tokens[i]
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
    if not modified and _texts_are(parser, i + 1, ("or",), ("more", "<n>", "several")):
        phrase.number, phrase.number_at = 1, matcher.at(i, i + 3)
        phrase.at_least = True  # "one or two"
        return i + 3
    partitive = matcher.text(i + 1) == "of" and not modified
    if not modified and _is_described(parser, i + 1):
        phrase.number, phrase.number_at = 1, token.at  # "the one red car"
        return i + 1
    if not partitive and (modified or phrase.determiner or matcher.may_end(i + 1)):
        phrase.pronoun = "one"
        phrase.silent_words.extend(token.at)
        return i + 1
    phrase.number, phrase.number_at = 1, token.at
    if partitive:
        phrase.determiner = "a"
    return i + 1


def _is_described(parser: PhraseReader, i: int) -> bool:
    """Whether the noun of "one" begins here: "red car", "tank"."""
    text = parser.matcher.text(i)
    if text in v.COLOURS | {"<size>"}:
        return True
    return bool(text) and sense((parser.matcher.tokens[i].surface,))[1] is not None


def is_rank_of_noun_before(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether an ordinal follows its noun: "the tank second from the left"."""
    match = parser.matcher.match(i + 1, bare=True)
    counts = match is not None and match.handler in ("from", "nearest", "most")
    return phrase.rank is None and counts


def is_degree(parser: PhraseReader, i: int) -> bool:
    """Whether a word only says how large: "quite" in "quite large"."""
    text = parser.matcher.text(i)
    isolated = parser.matcher.text(i + 1) in v.ISOLATED
    if isolated and text in v.DEGREES | {"most", "more"}:
        return True
    while text in v.DEGREES or (text.endswith("ly") and len(text) > 4):
        i += 1
        text = parser.matcher.text(i)
        if text in ("<size>", "<cmp>", "<sup>", "<ord>", "last"):
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


def is_rank(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether an ordinal after the noun counts: "the tank second from the left"."""
    if parser.matcher.text(i) != "<ord>":
        return False
    return is_rank_of_noun_before(parser, i, phrase)


def read_rank(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "second" after the noun."""
    phrase.set_rank(parser.matcher.tokens[i])
    return i + 1


def is_rank_direction(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """ "the third tank down on the west side"."""
    matcher = parser.matcher
    if matcher.text(i) not in v.RANK_DIRECTIONS:
        return False
    if phrase.rank is None or phrase.rank_side is not None:
        return False
    return i + 1 >= matcher.stop or matcher.match(i + 1, bare=True) is not None


def read_rank_direction(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "down"."""
    phrase.rank_side = v.RANK_DIRECTIONS[parser.matcher.text(i)]
    phrase.rank_at = (*phrase.rank_at, *parser.matcher.at(i, i + 1))
    return i + 1


def skips_some(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether "but one" counts on from an end: "the last tank but one"."""
    matcher = parser.matcher
    ordered = phrase.from_end or phrase.selectors
    skips = matcher.text(i) == "but" and matcher.text(i + 1) in ("one", "<n>")
    return bool(ordered and skips and (phrase.rank or 1) == 1)


def read_skipped(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "but one" after the noun."""
    token = parser.matcher.tokens[i + 1]
    phrase.rank = 1 + (int(str(token.value)) if token.text == "<n>" else 1)
    phrase.rank_at = (*phrase.rank_at, *parser.matcher.at(i, i + 2))
    return i + 2


def is_side_of_set(
    parser: PhraseReader, match: Match, anchor: Node, number: int
) -> bool:
    """Whether one of a set is chosen by its side: "the car on the left of the two"."""
    trial = NounPhrase("anchor", None, MAX_DEPTH)
    parser.read_premodifiers(match.stop, trial)
    within = parser.matcher.text(match.start) in ("at", "on", "in")
    if match.handler != "beside" or match.argument or len(trial.adjectives) > within:
        return False  # but "at the top of the three planes"
    return isinstance(anchor, n.Counted) and trial.number == anchor.number > number
