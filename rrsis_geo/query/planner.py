"""Turns an expression into a plan."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.phrases import add_words, head_noun
from rrsis_geo.language.traversal import anchors, spine
from rrsis_geo.query import notes
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import sense, singular
from rrsis_geo.query.parser.appositions import apposed, restates
from rrsis_geo.query.parser.negations import related_alike
from rrsis_geo.query.parser.parser import Parser, TooManySteps
from rrsis_geo.query.patterns.exclusions import find_exclusion
from rrsis_geo.query.patterns.pattern_matcher import PatternMatcher
from rrsis_geo.query.phrases.noun_phrase import NounPhrase
from rrsis_geo.query.phrases.phrase_reader import ThingList
from rrsis_geo.query.phrases.selectors import UNSURE
from rrsis_geo.query.plan.facing_words import with_headings
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.query.set_exceptions import (
    all_except,
    except_more,
    parse_all_but,
    placed,
)
from rrsis_geo.query.tokenizer.tokens import tokenize

MAX_TOKENS = 120
"""A longer text is not parsed; all of it goes to the network."""


def make_plan(expression: str, nouns: Collection[tuple[str, ...]] = ()) -> Plan:
    """The plan of an expression.

    Words about place, size, order, number, distance and relations become operators
    that are computed on the map. Words about appearance stay in the phrases for the
    network, and so does everything that is not understood. Every text has a plan.

    Args:
        expression: As a person typed it, in English. A sentence takes one or two
            milliseconds, 1,000 characters that repeat themselves up to a tenth of a
            second.
        nouns: Words of nouns, singular, that are read as nouns whatever else they may
            mean, and are not corrected.
    """
    text = tokenize(expression, nouns)
    said = tuple(notes.corrected(*pair) for pair in dict.fromkeys(text.corrections))
    matcher = PatternMatcher(text)
    root: Node | None = None
    if len(text.tokens) <= MAX_TOKENS:
        try:
            root = _parse(matcher)
        except TooManySteps:
            root = None
    if root is None:
        root = _leave_to_network(matcher, expression)
    root = with_headings(root)
    said += tuple(map(notes.ignored, matcher.ignored))
    return Plan(expression=expression, words=text.words, root=root, notes=said)


def _parse(matcher: PatternMatcher) -> Node | None:
    """The node of a whole text; None where it names nothing."""
    parser = Parser(matcher)
    excluded = find_exclusion(matcher)
    if excluded is not None and (read := _parse_excluded(parser, *excluded)):
        return read
    return _parse_from(parser, matcher.start)


def _parse_excluded(
    parser: Parser, end: int, start: int, stop: int, after: int
) -> Node | None:
    """ "all tanks, the largest left out"; None where that is not understood."""
    matcher = parser.matcher
    with matcher.limited(end):
        node = _parse_from(parser, matcher.start)
    if node is None:
        return None
    with matcher.limited(stop):
        without, i = parser.read_phrase(start, antecedent=node, role="anchor", depth=1)
    if without is None or i < stop:
        return None
    at = matcher.at(end, start) + matcher.at(stop, after)
    whole: Node = n.Except(node, without, at=at)
    while after < matcher.stop:
        whole, after = _parse_rest(parser, whole, after)
    return whole


def _parse_from(parser: Parser, start: int) -> Node | None:
    """The node of the text from a position on."""
    matcher = parser.matcher
    limits = matcher.match(start) is not None  # "no larger than 500 m2: houses"
    denies = matcher.text(start) in _DENIALS and not limits
    if denies and (node := _parse_contrast(parser, start)):
        return node
    node, i = parser.read_phrase(start, antecedent=None, role="head", depth=0)
    denies = matcher.text(i) == "not" and matcher.text(i + 1) in v.DEFINITE
    if node is None and (denies or matcher.after_exception(i) > i):
        node, i = parse_all_but(parser, i)
    if node is None:
        node, i = _parse_named_later(parser, start)
    while node is not None and i < matcher.stop:
        node, i = _parse_rest(parser, node, i)
    return node


def _parse_named_later(parser: Parser, start: int) -> tuple[Node | None, int]:
    """ "the one nearest the tower, the white plane": the noun comes with the second."""
    matcher = parser.matcher
    comma = next((k for k in range(start, matcher.stop) if matcher.text(k) == ","), 0)
    if not comma or matcher.text(comma + 1) not in v.DEFINITE:
        return None, start
    more, end = parser.read_phrase(comma + 1, antecedent=None, role="head", depth=0)
    found = spine(more)[-1] if more is not None else None
    if more is None or not (isinstance(found, Find) and found.categories):
        return None, start
    with matcher.limited(comma):
        node, i = parser.read_phrase(start, antecedent=found, role="head", depth=0)
    if node is None or i < comma:
        return None, start
    return apposed(node, more), end


_DENIALS = ("not", "no", "ignore", "forget", "skip")


def _parse_contrast(parser: Parser, start: int) -> Node | None:
    """ "not the ships but the boats", "ignore the trees and show the buildings"."""
    matcher = parser.matcher
    but = next((i for i in range(start, matcher.stop) if _contrasts(matcher, i)), 0)
    if but == 0:
        return None
    with matcher.limited(but):
        denied, _ = parser.read_phrase(start + 1, antecedent=None, role="head", depth=0)
    antecedent = None if denied is None else head_noun(denied)
    but += matcher.text(but) == "," and matcher.text(but + 1) == "but"
    after = matcher.after_request(but + 1)
    node, i = parser.read_phrase(after, antecedent=antecedent, role="head", depth=0)
    while node is not None and i < matcher.stop:
        node, i = _parse_rest(parser, node, i)
    return node


def _contrasts(matcher: PatternMatcher, i: int) -> bool:
    """Whether what is meant follows what is not: "but", a comma, "and show"."""
    asks = matcher.text(i) == "and" and matcher.after_request(i + 1) > i + 1
    return asks or matcher.text(i) in ("but", ",")


def _parse_rest(parser: Parser, node: Node, i: int) -> tuple[Node, int]:
    """Read an exception, another noun phrase, or a word for the network."""
    matcher, text = parser.matcher, parser.matcher.text(i)
    after = max(i + 1, matcher.after_exception(i))
    if matcher.after_exception(i) > i or text in ("not", "without"):
        of = node.of if isinstance(node, n.Counted) else node
        ordered = isinstance(of, n.Sized | n.Extreme | n.Distant) and of.count == 1
        if ordered and (kept := _choose_without(parser, of, i, after)):
            return kept
        if (end := _after_all_others(matcher, after)) > after:
            return node, end
        of = _without_looks(parser, of, after)
        named = spine(of)[-1]
        if (anchor := anchors(of)) and isinstance(named, Find) and named.plural:
            parser.it = anchor[0]  # "ships at the pier, not the ones touching it"
        things = ThingList(head_noun(of), excepted=True)
        without, j = parser.read_phrase(
            after, antecedent=of, role="anchor", depth=1, things=things
        )
        if without is not None:
            without, j = placed(parser, without, max(j, after))
            if matcher.text(after - 1) == "not":
                without = related_alike(matcher, of, of, without)
            whole = all_except(parser, node, without, i, after)
            return except_more(parser, node, whole, max(j, after))
    elif (stop := _after_predicate(parser, i)) > i:
        after = stop  # "that curls off and comes back"
    elif text in v.COORDINATORS or text == "," or matcher.after_narrowing(i) > i:
        after = max(after, matcher.after_narrowing(i))
        narrows = text == "," and matcher.match(after) is not None
        narrows = narrows or text in v.NARROWING
        antecedent = node if narrows else head_noun(node)
        parser.it = node
        matcher.allow_pronoun_anchors()
        part = matcher.after_choice(after) if text == "," else after
        if part > after and (chosen := _parse_part(parser, node, part)):
            return chosen
        if matcher.text(after) in v.REQUESTING:
            after = matcher.after_request(after)  # "show the ships, show the planes"
        more, j = parser.read_phrase(after, antecedent=antecedent, role="head", depth=0)
        if more is not None and j > after and narrows:
            return _count_last(
                node, more
            ), j  # "all tanks except the largest, near the road"
        if more is not None and j > after:
            if text == "," and restates(parser, after, node, more):
                return apposed(node, more), j
            parts = node.parts if isinstance(node, n.Union) else (node,)
            return n.Union((*parts, more)), j
    at = matcher.at(i, after)
    return add_words(node, [matcher.words[place] for place in at], at), after


def _parse_part(parser: Parser, node: Node, i: int) -> tuple[Node, int] | None:
    """ "the pier, only the boats moored there": the boats are meant, at the pier.

    None where the same things are named again, or nothing else is.
    """
    more, j = parser.read_phrase(i, antecedent=node, role="head", depth=0)
    found = spine(more)[-1] if more is not None else None
    if more is None or j < parser.matcher.stop or not isinstance(found, Find):
        return None
    whole = spine(node)[-1]
    if not isinstance(whole, Find) or found.noun in (whole.noun, *whole.noun.split()):
        return None
    repeated = found.noun in whole.phrase.split()
    if any(anchor == node for step in spine(more) for anchor in anchors(step)):
        return more, j
    if found.noun in v.NON_PLACES:
        return node, j  # "the car at the gate, give the colour"
    if repeated and found.noun in v.PARTS_OF_THINGS:
        return node, j  # "the house with the dark roof, outline that roof"
    alike = not set(whole.categories).isdisjoint(found.categories)
    if (alike and not repeated) or whole.noun in v.GENERIC:
        return None
    if isinstance(more, n.Counted):
        placed = n.Inside(more.of, node, "at", certainty=UNSURE)
        return replace(more, of=placed), j
    return n.Inside(more, node, "at", certainty=UNSURE), j


def _after_all_others(matcher: PatternMatcher, i: int) -> int:
    """The position after "the ones outside", which leaves out nothing more."""
    j = i + 1 if matcher.text(i) == "the" else i
    others = matcher.text(j) in ("those", "ones", "one")
    ends = matcher.text(j + 2) in ("", ",")
    return j + 2 if others and ends and matcher.text(j + 1) in _ELSEWHERE else i


_ELSEWHERE = v.words("outside elsewhere around beyond")


def _without_looks(parser: Parser, of: Node, i: int) -> Node:
    """What "the grey one" stands for, after "the two planes with a fin": a plane."""
    other = NounPhrase("anchor", None, 1)
    after = parser.read_premodifiers(i, other)
    counted = of.of if isinstance(of, n.Counted) else of
    noun = head_noun(of)
    found = spine(counted)[-1]
    described = isinstance(found, Find) and found.narrows
    said = other.adjectives or _describes(parser.matcher, after)
    told = other.pronoun and said and described
    return noun if told and noun is not None else of


def _describes(matcher: PatternMatcher, i: int) -> bool:
    """Whether looks follow, not a place: "with a crane", "that are sandy"."""
    relative = matcher.text(i) in ("that", "which")
    verb = matcher.text(i + 1) in ("is", "are")
    looks = relative and verb and matcher.match(i + 2, bare=True) is None
    return looks or matcher.text(i) in v.DESCRIPTIVE | {"for"}


def _count_last(node: Node, more: Node) -> Node:
    """ "a ship, long and narrow, at the pier": one of those at the pier."""
    if not isinstance(node, n.Counted) or isinstance(more, Find | n.Union):
        return more
    if node.number > 1 or more.of != node:
        return more
    return replace(node, of=replace(more, of=node.of))


def _choose_without(
    parser: Parser, chosen: Node, i: int, after: int
) -> tuple[Node, int] | None:
    """ "the largest tank, not counting the white one": the largest of the others.

    None where the exception is chosen by order itself, or is another kind of things.
    """
    trial = NounPhrase("anchor", None, 1)
    parser.read_premodifiers(after, trial)
    if isinstance(chosen, Find | n.Union):
        return None
    if not trial.pronoun or trial.selectors or trial.rank or trial.directions:
        return None
    without, j = parser.read_phrase(after, antecedent=chosen.of, role="anchor", depth=1)
    if without is None or without == chosen.of:
        return None
    at = parser.matcher.at(i, after)
    return replace(chosen, of=n.Except(chosen.of, without, at=at)), j


def _after_predicate(parser: Parser, i: int) -> int:
    """The position after "and comes" or "and slanting", which say more of a thing."""
    matcher = parser.matcher
    if matcher.text(i) != "and" or i + 1 >= matcher.stop:
        return i
    word, follows = matcher.text(i + 1), matcher.text(i + 2)
    before = matcher.text(i - 2)
    listed = before == "," or before in v.COPULAS
    unnamed = sense((singular(word),))[1] is None
    adjective = listed and unnamed and word not in v.DETERMINERS and word.isalpha()
    described = adjective or word.endswith(("ing", "ed"))  # ", long and narrow"
    ends = follows in ("", ",") or matcher.match(i + 2) is not None
    return i + 2 if word in v.GOING_ON or (described and ends) else i


def _leave_to_network(matcher: PatternMatcher, expression: str) -> Find:
    at = matcher.at(matcher.start, matcher.stop) or matcher.at(0, len(matcher.tokens))
    phrase = " ".join(matcher.words[place] for place in at)
    return Find(phrase or " ".join(expression.split()), at=at)
