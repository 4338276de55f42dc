"""Reads a noun phrase up to its noun: "the two largest white tanks"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, cast

from rrsis_geo.language import nodes as n
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import is_plural, sense, singular
from rrsis_geo.query.parser.anchored_relations import apply_match
from rrsis_geo.query.parser.coordination import (
    read_comma_of_adjectives,
    read_conjunction_of_adjectives,
)
from rrsis_geo.query.parser.filters import of_size
from rrsis_geo.query.parser.negations import is_main_verb, lacking_adjective
from rrsis_geo.query.patterns.pattern_matcher import (
    PRONOUN_ANCHORS,
    RELATED_TO_IT,
    Match,
)
from rrsis_geo.query.phrases.group_phrases import read_group, read_share
from rrsis_geo.query.phrases.noun_phrase import NounPhrase
from rrsis_geo.query.phrases.partitives import read_of, read_possessive
from rrsis_geo.query.phrases.phrase_reader import PhraseReader
from rrsis_geo.query.phrases.quantifiers import (
    acts_on,
    is_degree,
    is_rank_of_noun_before,
    read_determiner,
    read_last,
    read_limit,
    read_number,
    read_one,
    read_others,
    read_premodifying_measure,
    read_range,
    starts_limit,
    starts_measure,
)
from rrsis_geo.query.phrases.selectors import At, Selector
from rrsis_geo.query.tokenizer.token_kinds import Token

Read = Callable[[PhraseReader, int, NounPhrase], int | None]
"""Reads from a position on; the next position, or None where the noun phrase ended."""


def read_premodifiers(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """Read what stands before a noun, and the noun; return the next position."""
    while i < parser.matcher.stop:
        parser.count_step()
        after = _read_token(parser, i, phrase)
        if after is None:
            break
        i = after
    return i


def _read_token(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    matcher = parser.matcher
    text = matcher.text(i)
    if count := matcher.compound(i):
        phrase.adjectives.extend(matcher.tokens[i : i + count])
        return i + count
    if text in v.DETERMINERS and not phrase.has_noun():
        return read_determiner(parser, i, phrase)
    if starts_limit(parser, i, phrase):
        return read_limit(parser, i, phrase)
    if starts_measure(parser, i, phrase):
        after = read_premodifying_measure(parser, i, phrase)
        return _read_word(parser, i, phrase) if after is None else after
    if (after := read_share(parser, i, phrase)) is not None:
        return after
    if text in _SELECTING:
        return _read_selecting(parser, i, phrase)
    read = _FUNCTION_WORDS.get(text, _read_word)
    return read(parser, i, phrase)


def _read_selecting(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """A token that selects among things, unless a rule after the noun begins here."""
    matcher, text = parser.matcher, parser.matcher.text(i)
    follows = matcher.text(i + 1)
    relative = phrase.number and phrase.antecedent is not None
    if text == "<d>" and follows == "of" and relative:
        return None  # "the row of four north of the road"
    if phrase.has_noun() or _starts_rule(text, follows):
        match = matcher.match(i, bare=phrase.has_noun())
        if match is not None and match.handler == "measured" and not phrase.has_noun():
            return apply_match(parser, match, phrase, ())  # "larger than 500 m2 roofs"
        if match is not None:
            return None
    return _SELECTING[text](parser, i, phrase)


def _starts_rule(text: str, follows: str) -> bool:
    """Whether a rule, not a premodifier, begins where the noun was left out."""
    if text == "<nearest>":
        return follows in _AFTER_NEAREST
    return text in ("<cmp>", "<len>", "<area>") and follows in ("than", "of", "from")


_AFTER_NEAREST = v.DEFINITE | v.INDEFINITE | {"to", "from", "by", "away"}


def _read_adjective(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    if phrase.adjectives and parser.matcher.match(i) is not None:
        return None
    phrase.adjectives.append(parser.matcher.tokens[i])
    return i + 1


def _read_measure(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """ "30 m tanks", "a 50 m wide river"."""
    if phrase.adjectives or phrase.has_noun():
        return _read_adjective(parser, i, phrase)
    after = read_premodifying_measure(parser, i, phrase)
    return _read_adjective(parser, i, phrase) if after is None else after


def _read_ordinal(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    if phrase.adjectives and not is_rank_of_noun_before(parser, i, phrase):
        return _read_adjective(parser, i, phrase)
    phrase.set_rank(parser.matcher.tokens[i])
    return i + 1


def _read_last(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    if phrase.adjectives:
        return _read_adjective(parser, i, phrase)
    return read_last(parser, i, phrase)


def _read_farthest_side(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "leftmost"."""
    token = parser.matcher.tokens[i]
    phrase.selectors.append(Selector("most", str(token.value), token.at))
    return i + 1


def _read_superlative(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "largest"."""
    token = parser.matcher.tokens[i]
    value = cast(tuple[str, str], token.value)
    phrase.selectors.append(Selector("size", value, token.at))
    return i + 1


def _read_comparative(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """ "larger"."""
    if phrase.adjectives:
        return _read_adjective(parser, i, phrase)
    phrase.comparative = parser.matcher.tokens[i]
    return i + 1


def _read_size(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """ "large"."""
    named = phrase.noun()
    if named is not None and named.categories:  # "tank white large"
        phrase.noun_filters.append(of_size(parser.matcher.tokens[i]))
        return i + 1
    alone = not (phrase.has_premodifier() or phrase.pronoun)
    if not parser.matcher.text(i + 1) and alone:
        return _read_adjective(parser, i, phrase)
    phrase.noun_filters.append(of_size(parser.matcher.tokens[i]))
    return i + 1


def _read_nearest(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """ "nearest"; its anchor follows the noun."""
    if phrase.resolve_noun()[2] is not None:
        return None  # "ships furthest out"
    if phrase.adjectives:
        return _read_adjective(parser, i, phrase)
    token = parser.matcher.tokens[i]
    phrase.selectors.append(Selector("nearest", str(token.value), token.at))
    return i + 1


def _read_far(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """ "far left"."""
    if parser.matcher.text(i + 1) != "<d>":
        if phrase.resolve_noun()[2] is not None:
            return None  # "tugs far out in the bay"
        return _read_adjective(parser, i, phrase)
    return _read_direction(parser, i + 1, phrase, far=parser.matcher.tokens[i].at)


def _read_direction(
    parser: PhraseReader, i: int, phrase: NounPhrase, far: At = ()
) -> int:
    """ "northern", "left-hand", "middle"."""
    matcher, token = parser.matcher, parser.matcher.tokens[i]
    at, place = (*far, *token.at), str(token.value)
    kind: Literal["middle", "most", "ranking"]
    j = i + 1
    while matcher.text(j) in _SIDE_WORDS and matcher.text(j + 1):
        at, j = (*at, *matcher.tokens[j].at), j + 1
    if matcher.text(j) in ("one", "ones") and matcher.text(j + 1) == "of":
        at, j = (*at, *matcher.tokens[j].at), j + 1
    if matcher.text(j) == "of" and not phrase.adjectives:
        kind = "middle" if place == "centre" else "most"
        phrase.selectors.append(Selector(kind, place, at))
    elif place == "centre" and matcher.words[token.at[0]] != "central":
        phrase.selectors.append(Selector("middle", "", at))
    else:
        ranks = token.surface == "top" and matcher.text(j) == "<n>"
        kind = "ranking" if ranks else "most"  # "the top 5 largest buildings"
        phrase.directions.append(Selector(kind, place, at, rank=0 if far else 1))
    return j


_SIDE_WORDS = ("hand", "side", "quadrant", "quarter", "corner")

_SELECTING: dict[str, Read] = {
    "one": read_one,
    "ones": read_one,
    "last": _read_last,
    "others": read_others,
    "far": _read_far,
    "<n>": read_number,
    "<ord>": _read_ordinal,
    "<most>": _read_farthest_side,
    "<sup>": _read_superlative,
    "<cmp>": _read_comparative,
    "<size>": _read_size,
    "<nearest>": _read_nearest,
    "<d>": _read_direction,
    "<group>": read_group,
    "<len>": _read_measure,
    "<area>": _read_measure,
    "<amount>": _read_adjective,
}
"""Tokens that select among things or count them."""


_FUNCTION_WORDS: dict[str, Read] = {
    "of": read_of,
    ",": read_comma_of_adjectives,
    "to": read_range,
    "through": read_range,
    "till": read_range,
    **dict.fromkeys(v.COORDINATORS, read_conjunction_of_adjectives),
    "'s": read_possessive,
}


def _read_word(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """A word without a meaning of its own to the grammar."""
    matcher, token = parser.matcher, parser.matcher.tokens[i]
    if matcher.after_exception(i) > i or token.text in _NEVER_IN_NOUN_PHRASE:
        return None
    placed = token.text in v.STATIVE and matcher.match(i + 1, bare=True) is not None
    if placed and phrase.adjectives and token.text.endswith(("ing", "ed")):
        return None  # "the black thing lying in the grass"
    if is_main_verb(parser, i, phrase):
        return None  # "which of the two is larger"
    beside = token.text in v.RELATING | RELATED_TO_IT
    on_it = beside and matcher.text(i + 1) in PRONOUN_ANCHORS
    if phrase.adjectives and (on_it or _adds_to_noun(parser, i)):
        return None
    if phrase.adjectives and _is_known_noun(phrase.adjectives[-1], token):
        phrase.adjectives.append(
            token
        )  # "pedestrian crossing" is no "crossing the ..."
        return i + 1
    if is_degree(parser, i):
        phrase.silent_words.extend(token.at)
        return i + 1
    if token.text.startswith("non-") and not phrase.adjectives:
        phrase.noun_filters.append(lacking_adjective(token))
        return i + 1
    match = matcher.match(i, bare=phrase.has_noun())
    named = phrase.determiner and not phrase.has_noun() and token.text == "crossing"
    if match is not None and not named:  # "the crossing of the two roads"
        return _read_rule(parser, match, phrase)
    if token.text in v.ISOLATED and phrase.noun() and not _names_class(phrase):
        phrase.noun_filters.append(lambda node: n.Isolated(node, at=token.at))
        return i + 1  # "the white lonely house"
    if phrase.pronoun and acts_on(parser, i):
        return None  # "those casting a shadow"
    counts = phrase.number and token.text in v.DESCRIPTIVE  # "not the two with ..."
    if phrase.adjectives or phrase.pronoun or counts:
        if token.text in _AFTER_NOUN or parser.is_orientation(i):
            return None
    elif _take_leading_word(parser, i, phrase):
        return i + 1
    if _is_colour_after_noun(parser, i, phrase):
        phrase.adjectives.insert(0, token)
        return i + 1
    if token.text in v.DETERMINERS or _follows_noun(parser, i, phrase):
        return None
    phrase.adjectives.append(token)
    return i + 1


_NEVER_IN_NOUN_PHRASE = ("not", "that", "which", "who", "where", "than")
_AFTER_NOUN = v.COPULAS | v.DESCRIPTIVE | v.PREPOSITIONS


def _adds_to_noun(parser: PhraseReader, i: int) -> bool:
    """Whether "only" or "but" begins a further condition."""
    matcher = parser.matcher
    return matcher.after_narrowing(i) > i or matcher.adds_condition(i)


def _read_rule(parser: PhraseReader, match: Match, phrase: NounPhrase) -> int | None:
    """A rule ends the noun phrase, or opens the text: "in the north: tanks"."""
    matcher = parser.matcher
    if not phrase.is_empty() or phrase.determiner:
        return None
    first = matcher.text(match.start)
    opens = match.handler in ("place", "edge", "within")
    if not opens and first not in v.RELATING:
        phrase.adjectives.append(matcher.tokens[match.start])
        return match.start + 1
    j = apply_match(parser, match, phrase, ())
    while matcher.text(j) == ",":
        j += 1
    return j


def _take_leading_word(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Take "isolated", "only" or a word without effect; return whether it is one."""
    token, follows = parser.matcher.tokens[i], parser.matcher.text(i + 1)
    if token.text in v.ISOLATED:
        phrase.noun_filters.append(lambda node: n.Isolated(node, at=token.at))
        return True
    if token.text in v.EXCLUSIVE | {"either"} and follows in v.DETERMINERS:
        phrase.silent_words.extend(token.at)
        return True
    if token.text == "only" and not phrase.determiner:
        phrase.silent_words.extend(token.at)  # "only planes"
        return True
    if token.text in v.EXCLUSIVE and not phrase.number:
        phrase.number, phrase.number_at = 1, token.at
        phrase.determiner = phrase.determiner or "the"
        return True
    if token.text in v.SILENT_ADJECTIVES and follows:
        phrase.silent_words.extend(token.at)
        return True
    return False


def _names_class(phrase: NounPhrase) -> bool:
    """Whether the words so far name a class."""
    noun = phrase.noun()
    return noun is not None and bool(noun.categories)


def _is_known_noun(one: Token, other: Token) -> bool:
    """Whether two words together name a class."""
    return sense((one.surface, singular(other.surface)))[0] > 1


def _is_colour_after_noun(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether a colour is named after its noun, as in notes: "tank white"."""
    matcher, noun = parser.matcher, phrase.noun()
    if matcher.text(i) not in v.COLOURS or noun is None or not noun.categories:
        return False
    follows = matcher.text(i + 1)
    return follows in v.COLOURS | {"<size>"} or matcher.may_end(i + 1)


def _follows_noun(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether a word says more of a noun that ended before it: "jets docked".

    A word after a noun mostly makes a new one with it ("tank farm"). Not so participles
    and adverbs, nor words after a plural.
    """
    matcher, token = parser.matcher, parser.matcher.tokens[i]
    if phrase.pronoun:
        return False
    plural = bool(phrase.adjectives) and is_plural(phrase.adjectives[-1].surface)
    if token.text in v.STRANDED and matcher.text(i + 1) in ("", ","):
        return bool(phrase.adjectives)
    if phrase.resolve_noun()[2] is None:
        return plural and token.text in v.AFTER_NOUN | {"<height>"}
    if i + 1 < matcher.stop and _is_known_noun(token, matcher.tokens[i + 1]):
        return False  # "waterfront running track"
    if token.surface.endswith(("ed", "ing", "ly")):
        return sense((singular(token.surface),))[1] is None
    return plural or token.text in v.AFTER_NOUN
