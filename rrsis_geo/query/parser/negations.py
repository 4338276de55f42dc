"""Reads what is denied of things: "not red", "not ships", "which have no roof"."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.phrases import add_words, head_noun
from rrsis_geo.language.traversal import spine
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.patterns.pattern_matcher import PatternMatcher
from rrsis_geo.query.phrases.noun_phrase import NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader, ThingList
from rrsis_geo.query.phrases.selectors import At, Filter, leaving_out_both, negated
from rrsis_geo.query.phrases.thing_lists import further_things, may_be_among
from rrsis_geo.query.tokenizer.token_kinds import Token

_VERBS = v.COPULAS | v.STATIVE | {"there", "it", "they", "also"}


def skip_verbs(matcher: PatternMatcher, i: int) -> tuple[int, At]:
    """The position after "that are not located", and the words of the negation."""
    while matcher.text(i) in _VERBS or _is_auxiliary(matcher, i) or _acts(matcher, i):
        i += 1
    if matcher.text(i) != "not":
        return i, ()
    negation, i = matcher.at(i, i + 1), i + 1
    while matcher.text(i) in v.STATIVE:
        i += 1
    return i, negation


def _acts(matcher: PatternMatcher, i: int) -> bool:
    """Whether things move or rest: "cars which drive", "boats that float"."""
    if i == 0 or matcher.text(i) not in _ACTING:
        return False
    return matcher.text(i - 1) in ("that", "which", "who")


_ACTING = v.words(
    "drive drives park parks fly flies float floats sail sails wait waits"
)


def _is_auxiliary(matcher: PatternMatcher, i: int) -> bool:
    """Whether "do" belongs to "do not touch"; "do not have" is a rule."""
    denied = matcher.text(i) in _AUXILIARIES and matcher.text(i + 1) == "not"
    return denied and matcher.text(i + 2) not in ("have", "show")


_AUXILIARIES = ("do", "does", "did")


def is_main_verb(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether a verb ends a noun phrase: "the two are ...", "the shed stands by"."""
    text, noun = parser.matcher.text, phrase.noun()
    if text(i) not in v.FINITE_VERBS or text(i - 1) in v.COPULAS or phrase.is_empty():
        return False
    known = phrase.antecedent if noun is None else noun.categories
    relates = parser.matcher.match(i + 1, bare=True) is not None
    return text(i) in ("is", "are") or bool(known and relates)


def is_negation(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether something is denied from a position on."""
    excepts = parser.matcher.after_exception(i) > i  # "not counting ..."
    return not excepts and bool(skip_verbs(parser.matcher, i)[1])


def read_negation(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """ "not red", "that are not ships"; ", not the big ones" is an exception."""
    matcher = parser.matcher
    start, _ = skip_verbs(matcher, i)
    if phrase.role != "head":
        return None
    definite = matcher.text(start) in v.DEFINITE | v.INDEFINITE | {"one", "ones"}
    if definite and matcher.text(i) == "not":
        return None
    acts = matcher.text(start - 2) in _AUXILIARIES
    if not acts and (after := _read_things(parser, i, start, phrase)) is not None:
        return after
    if definite:
        return None
    stop = start
    while (
        stop < matcher.stop
        and matcher.text(stop) != ","
        and matcher.text(stop) not in v.COORDINATORS | {"like"}
        and matcher.match(stop) is None
    ):
        stop += 1
    if stop == start:
        return None
    words = [token.surface for token in matcher.tokens[start:stop]]
    after = _after_comparison(matcher, stop)
    if after > stop and words[-1].endswith(("ed", "ing")):
        phrase.unparsed.extend(matcher.tokens[i:after])
        return after  # "not parked like the others" is parked as well
    at = matcher.at(start, stop)
    described = _acting(words, at) if acts else _described(words, at)
    keep = negated(described, matcher.at(i, start))
    while after == stop and (stop := _after_adjective(matcher, after)) > after:
        word = matcher.tokens[stop - 1]  # "not white or black"
        keep = leaving_out_both(
            keep, _described([word.surface], word.at), matcher.at(i, start)
        )
        after = stop
    phrase.filters.append(keep)
    return after


def _after_adjective(matcher: PatternMatcher, i: int) -> int:
    """The position after "or black" or ", black", of what is denied as well."""
    joined, start = matcher.text(i) in v.COORDINATORS | {","}, i + 1
    listed = matcher.text(i) == "," and matcher.text(start) in v.COORDINATORS
    start += listed
    word, follows = matcher.text(start), matcher.text(start + 1)
    looks = word in v.COLOURS | v.FORMS or word.endswith(("ed", "ing"))
    if matcher.text(i) == "," and not listed:
        joined = follows in (",", "or", "and")
    return start + 1 if joined and looks and matcher.may_end(start + 1) else i


def _after_comparison(matcher: PatternMatcher, i: int) -> int:
    """The position after "like the others", of things that are not so."""
    if matcher.text(i) != "like":
        return i
    j = i + 2 if matcher.text(i + 1) in ("the", "all", "most") else i + 1
    others = matcher.text(j) in ("others", "other", "rest")
    return j + (2 if matcher.text(j + 1) in ("one", "ones") else 1) if others else i


def _read_things(
    parser: PhraseReader, i: int, start: int, phrase: NounPhrase
) -> int | None:
    """The position after things of another kind: "not cars", "not the largest"."""
    matcher = parser.matcher
    things = NounPhrase("anchor", phrase.noun_or_antecedent(), phrase.depth + 1)
    stop = parser.read_premodifiers(start, things)
    kind = ThingList(phrase.noun_or_antecedent(), excepted=True)
    more, stop = further_things(parser, stop, things, kind)
    noun = things.noun()
    same = things.pronoun or (noun is None and things.has_premodifier())
    if not (same or (noun is not None and noun.categories)):
        return None
    at = matcher.at(i, start)

    def keep(node: Node) -> Node:
        told = things.pronoun and things.adjectives  # "moving cars, not parked ones"
        noun = head_noun(node) if told else None
        without = replace(things, antecedent=noun or node).build()
        if without is not None and more:
            others = (other.build() for other in more)
            without = n.Union((without, *(one for one in others if one is not None)))
        if without is None or repeats_size(node, without):
            return node
        return n.Except(node, without, at=at)

    phrase.filters.append(keep)
    return stop


def repeats_size(node: Node, without: Node) -> bool:
    """Whether an exception is only of another size: "large ships, not the tiny boats".

    What is left of a set that has a size is the same without such an exception, and so
    it is with one of the same size.
    """
    named, denied = head_noun(node), head_noun(without)
    if named is None or denied is None:
        return False
    same = named == denied or not set(named.categories).isdisjoint(denied.categories)
    sizes = {one.kind for one in spine(node) if isinstance(one, n.SizeClass)}
    whole = node.of if isinstance(node, n.Counted) else node
    said = [*takewhile(lambda one: one not in (node, whole), spine(without))]
    denied_sizes = {one.kind for one in said if isinstance(one, n.SizeClass)}
    if not (same and sizes and denied_sizes):
        return False
    more = [one for one in said if not isinstance(one, n.SizeClass | n.Counted)]
    plain = all(isinstance(one, Find) and not one.narrows for one in more)
    return plain or sizes.isdisjoint(denied_sizes)


def related_alike(
    matcher: PatternMatcher, of: Node, whole: Node, without: Node
) -> Node:
    """ "near the road but not the river": what is near the river, is left out.

    Things that may be some of those related, as trucks among vehicles, stay.

    Args:
        matcher: The tokens of the text.
        of: The relation that is repeated.
        whole: What it is repeated of.
        without: What "but not" names.
    """
    if not isinstance(of, _RELATED) or not isinstance(without, Find):
        return without
    head, anchor = head_noun(of), spine(of.anchor)[-1]
    known = head is not None and bool(head.categories and without.categories)
    if not known or may_be_among(without, head) or not isinstance(anchor, Find):
        return without
    the, other_the = (_is_definite(matcher, one) for one in (anchor, without))
    return replace(of, of=whole, anchor=without) if the == other_the else without


_RELATED = n.Near | n.Within | n.Inside | n.Along | n.Around | n.Beside | n.Opposite


def _is_definite(matcher: PatternMatcher, find: Find) -> bool:
    return any(matcher.words[place] == "the" for place in find.at)


def is_exception_of_some(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether "without the largest" leaves out some of the things themselves."""
    matcher = parser.matcher
    if matcher.text(i) != "without" or matcher.text(i + 1) not in v.DEFINITE:
        return False
    some = NounPhrase("anchor", phrase.noun_or_antecedent(), phrase.depth + 1)
    parser.read_premodifiers(i + 1, some)
    noun, other = phrase.noun_or_antecedent(), some.noun()
    if some.pronoun or other is None:
        return bool(some.pronoun) or some.has_premodifier()
    if noun is None or not some.has_premodifier():
        return other == noun
    return other == noun or not set(noun.categories).isdisjoint(other.categories)


def read_lack(parser: PhraseReader, start: int, stop: int, phrase: NounPhrase) -> int:
    """ "which do not have a red roof": what such a description fits, is left out.

    Args:
        parser: The parser of the text.
        start: Position of "do not have".
        stop: Position after it.
        phrase: The noun phrase that lacks something.
    """
    matcher = parser.matcher
    lacked = NounPhrase(phrase.role, None)
    end = parser.read_description(stop, lacked) if stop < matcher.stop else stop
    words = [token.surface for token in lacked.unparsed]
    at = matcher.at(start, end)

    def keep(node: Node) -> Node:
        return n.Except(node, add_words(node, ["with", *words], at), at=at)

    phrase.filters.append(keep)
    return end


def lacking_adjective(token: Token) -> Filter:
    """ "non-white"."""
    return negated(_described([token.text.removeprefix("non-")], token.at), token.at)


def _acting(words: list[str], at: At) -> Filter:
    return lambda node: add_words(node, words, at)


def _described(adjectives: list[str], at: At) -> Filter:
    return lambda node: add_words(node, [], at, adjectives)
