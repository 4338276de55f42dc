"""Reads descriptions, and tells them from words that say where a thing is."""

from __future__ import annotations

from rrsis_geo.language.nodes import Find
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import CRAFT
from rrsis_geo.query.patterns.pattern_matcher import Match, PatternMatcher
from rrsis_geo.query.phrases.noun_phrase import MAX_DEPTH, NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader


def is_description(parser: PhraseReader, match: Match, noun: Find | None) -> bool:
    """Whether the words of a relation say what a thing is, not where it is.

    Args:
        parser: The parser of the text.
        match: The rule of the relation.
        noun: What is related; None where nothing names it.
    """
    if _is_bare_number(parser, match):
        return True
    plain = match.handler == "inside" and not match.argument
    if plain or match.handler in ("surrounded", "around"):  # "in white"
        text, follows = (parser.matcher.text(match.stop + k) for k in (0, 1))
        if (
            text in v.NON_PLACES
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
    last = made_of.adjectives[-1].text if made_of.adjectives else ""
    made = made_of.is_plural() or last in v.MATERIALS
    return not noun.categories or (bare and made)


def _is_bare_number(parser: PhraseReader, match: Match) -> bool:
    """Whether a number follows that counts nothing: "larger than 10", "3 by 3"."""
    matcher, i = parser.matcher, match.stop
    word = matcher.text(i - 1)
    if word == "at" and matcher.text(i) in ("least", "most"):
        return True
    measures = match.handler in ("compared", "inside") or word == "by"
    number = matcher.text(i) in _NUMBERS and matcher.text(i + 1) != "<group>"
    if not (number and measures) or word == "of":
        return False
    if word == "within" and matcher.text(i + 1) == "of":
        return True  # "within 50 of the pier"
    trial, _ = try_premodifiers(parser, i)
    named = [token for token in trial.adjectives if token.text not in _NUMBERS]
    return not (named or trial.pronoun or trial.base is not None)


_NUMBERS = ("<n>", "<amount>")


_UNDER = ("under", "beneath", "underneath")
_OVERHEAD = frozenset({"bridge", "tree", "crane"})
"""Classes that other things may be under, not below them in the picture."""
_BURYING = v.words("water floodwater floodwaters snow ice sand mud rubble debris")
"""What a thing is under that is flooded or buried."""


def _is_covered(parser: PhraseReader, match: Match) -> bool:
    """Whether a thing is under something, not below it in the picture."""
    above = try_premodifiers(parser, match.stop)[0]
    if above.adjectives and above.adjectives[-1].text in v.COVERS | _BURYING:
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


def names_number(parser: PhraseReader, match: Match, phrase: NounPhrase) -> bool:
    """Whether "of" says from how many is chosen: "the longer grandstand of the two"."""
    chooses = phrase.comparative or phrase.selectors or phrase.directions
    if match.argument != "of" or not chooses:
        return False
    some = try_premodifiers(parser, match.stop)[0]
    return bool(some.number and not some.has_noun())


def lists_class(parser: PhraseReader, i: int) -> bool:
    """Whether a class is named, or follows: "a garden or a pool"."""
    trial, after = try_premodifiers(parser, i)
    noun = trial.noun()
    known = noun is not None and bool(noun.categories)
    joined = parser.matcher.text(after) in ("or", "and")
    return known or (joined and names_class(parser, after + 1))


def names_one_thing(phrase: NounPhrase) -> bool:
    """Whether a phrase is nothing but a noun of the classes, for one thing."""
    noun = None if phrase.pronoun or phrase.has_premodifier() else phrase.noun()
    known = noun is not None and bool(noun.categories)
    return known and len(phrase.adjectives) == 1 and phrase.is_singular()


def parting_word(parser: PhraseReader, match: Match) -> int:
    """Position of the word between two things that are parted; 0 without one.

    "From" in "dividing the garden from the road", "and" in "between sand and meadow".
    """
    matcher = parser.matcher
    if match.argument == "parting":
        for i in range(match.stop + 1, min(match.stop + _MAX_PARTED, matcher.stop)):
            if matcher.text(i) in ("from", "with", "to"):
                return i
            if matcher.text(i) in ("and", ","):
                break
    return _and_of_two(parser, match)


_MAX_PARTED = 6
"""Tokens of the first of two things that something parts."""


def _and_of_two(parser: PhraseReader, match: Match) -> int:
    """Position of "and" in "between sandbar and meadow"; 0 where adjectives are joined.

    "Between red and white houses" is between houses of both kinds.
    """
    matcher, i = parser.matcher, match.stop + 1
    if matcher.text(i) != "and" or matcher.text(i + 1) in v.DETERMINERS:
        return 0
    first = matcher.tokens[i - 1]
    after = try_premodifiers(parser, i + 1)[0]
    plain = first.text.isalpha() and first.text not in v.NON_PLACES
    return i if plain and len(after.adjectives) == 1 and not after.pronoun else 0


def is_agent(parser: PhraseReader, match: Match, phrase: NounPhrase) -> bool:
    """Whether "by" names who does something: "hidden by trees"."""
    if parser.matcher.text(match.start) != "by":
        return False
    if [token.text for token in phrase.unparsed[-2:]] == ["cut", "off"]:
        return True  # "cut off by the flood"
    if phrase.unparsed:
        return phrase.unparsed[-1].text.endswith(("ed", "den", "ken"))
    before = parser.matcher.tokens[max(match.start - _MAX_JOINED, 0) : match.start]
    joined = phrase.role == "anchor" and any(one.text in v.JOINED for one in before)
    return joined or parser.matcher.text(match.start - 1) in v.COVERED


def completes_adverb(parser: PhraseReader, match: Match, phrase: NounPhrase) -> bool:
    """Whether "of" belongs to an adverb after the noun: "houses upstream of a dam"."""
    if match.argument != "of" or not phrase.adjectives or match.start < 2:
        return False
    noun, adverb = parser.matcher.tokens[match.start - 2 : match.start]
    after_noun = phrase.adjectives[-1] == noun and phrase.unparsed == [adverb]
    return after_noun and adverb.text not in _CHOOSING


_CHOOSING = v.GROUP_NOUNS | {"out"}
"""Words before a number that is chosen from: "two courts out of the four"."""


_MAX_JOINED = 6
"""Tokens between "joined to" and "by", which says how."""


def leave_unparsed(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """Leave a token to the network; return the next position."""
    matcher, token = parser.matcher, parser.matcher.tokens[i]
    if not _is_colour_of_noun(parser, i, phrase):
        phrase.unparsed.append(token)
        return i + 1
    stop = i + 1
    while matcher.text(stop) in v.NON_PLACES:
        stop += 1  # "light grey"
    looks = v.COLOURS | v.FORMS
    while matcher.text(stop) in ("and", "or") and matcher.text(stop + 1) in looks:
        stop += 2  # "that are white or grey", "grey and long"
    phrase.adjectives[:0] = matcher.tokens[i:stop]
    return stop


def _is_colour_of_noun(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether a colour after a verb or comma belongs before the noun: "..., beige"."""
    matcher = parser.matcher
    colour = matcher.text(i) in v.NON_PLACES and bool(phrase.adjectives)
    said = i and (matcher.text(i - 1) == "," or matcher.text(i - 1) in v.COPULAS)
    while matcher.text(i + 1) in v.NON_PLACES:
        i += 1  # "light grey"
    last = matcher.text(i + 1) in ("", ",", "and", "or", "but") or (
        matcher.match(i + 1) is not None
    )
    return bool(colour and said and last and not (phrase.pronoun or phrase.unparsed))


def read_description(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """Leave a description to the network, up to words that surely say where."""
    matcher = parser.matcher
    # "whose nose points left" and "on its west side" are about the thing itself.
    start, own = i, matcher.text(i) == "whose"
    part = matcher.text(i + 1) in ("its", "their")  # "with its tail on the right"
    i = leave_unparsed(parser, i, phrase)
    while i < matcher.stop and matcher.text(i) != ",":
        match = None if own else matcher.match(i)
        if match is not None and _is_of_whole(matcher, match):
            break
        if match is not None and not _continues(matcher, match, start, part=part):
            break
        excepts = matcher.text(i) != "but" or (
            matcher.text(i + 1) == "not" and matcher.text(i + 2) in v.DEFINITE
        )
        if matcher.adds_condition(i) or (matcher.after_exception(i) > i and excepts):
            break
        i = leave_unparsed(parser, i, phrase)
    return i


def _continues(
    matcher: PatternMatcher, match: Match, start: int, *, part: bool
) -> bool:
    """Whether a rule that matches in a description belongs to it.

    Args:
        matcher: The tokens.
        match: The rule.
        start: Where the description starts.
        part: Whether it describes a part of the thing: "with its tail ...".
    """
    if match.handler == "place" and (part or _is_within(matcher, match)):
        return True
    before = [token.text for token in matcher.tokens[start : match.start]]
    if match.handler == "from" and "<ord>" in before:
        return True
    if before[0] == "for" and matcher.text(match.start) in ("in", "on"):
        return False  # "a climbing frame for children in the park"
    return _is_about_thing(matcher, match)


def _is_within(matcher: PatternMatcher, match: Match) -> bool:
    """Whether a place in a description is one in the thing, or how it is turned.

    "With a dark hole in the centre", "with its nose to the right".
    """
    last = matcher.text(match.start - 1)
    token = matcher.first("<d>", match)
    central = token is not None and token.value == "centre"
    of_scene = matcher.text(match.stop - 1) in v.SCENE
    return (central and not of_scene and last not in v.PARTS_OF_THINGS) or (
        last in v.TURNED_PARTS
    )


def _is_of_whole(matcher: PatternMatcher, match: Match) -> bool:
    """Whether a rule is not about the part named before: "with a red roof along"."""
    last = matcher.text(match.start - 1)
    where = match.handler in ("along", "around", "inside", "group")
    own = matcher.text(match.stop) in ("its", "their")  # "over its whole length"
    made = last in v.MATERIALS and "of" in (
        matcher.text(match.start - 2),
        matcher.text(match.start - 3),
    )
    shaped = last in ("shape", "shapes") and match.argument != "of"
    return where and (made or shaped or last in v.PARTS_OF_THINGS) and not own


def _is_about_thing(matcher: PatternMatcher, match: Match) -> bool:
    """Whether a rule within a description describes the thing, not its place."""
    if match.handler in v.DESCRIPTIVE_RULES:
        return True
    if match.stop == match.start + 2 and matcher.text(match.start) == "on":
        return matcher.tokens[match.start + 1].value == "top"  # "with panels on top"
    # "with a stand on the west side"
    sided = matcher.text(match.stop - 1) in ("side", "end")
    roofed = matcher.text(match.start - 1) in v.COVERS  # "with a red roof on the ..."
    if match.handler == "place" and sided and not roofed:
        return True
    # "with a stripe behind its wing"
    own = matcher.text(match.stop) in ("its", "their")
    return own or matcher.first("its", match) is not None
