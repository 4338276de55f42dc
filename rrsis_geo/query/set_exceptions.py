"""Sets without some of their members: "all but", "except", "not A or B"."""

from __future__ import annotations

from dataclasses import replace

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.phrases import add_words, head_noun
from rrsis_geo.language.traversal import spine, walk
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.parser.anchored_relations import apply_match
from rrsis_geo.query.parser.descriptions import try_premodifiers
from rrsis_geo.query.parser.negations import related_alike, repeats_size
from rrsis_geo.query.parser.parser import Parser
from rrsis_geo.query.phrases.noun_phrase import NounPhrase
from rrsis_geo.query.phrases.phrase_reader import ThingList
from rrsis_geo.query.phrases.thing_lists import may_be_among


def parse_all_but(parser: Parser, i: int) -> tuple[Node | None, int]:
    """ "all but the leftmost tank": the exception names what is meant."""
    after = max(i + 1, parser.matcher.after_exception(i))
    things = ThingList(None, excepted=True)
    without, j = parser.read_phrase(
        after, antecedent=None, role="anchor", depth=1, things=things
    )
    if without is None:
        return None, i
    find = next((one for one in walk(without) if isinstance(one, Find)), None)
    if find is None:
        return None, i
    named, _ = try_premodifiers(parser, after)
    kinds = named.is_plural() and named.base is None and not named.has_premodifier()
    if kinds and find.categories and parser.matcher.text(i) != "not":
        every = Find("everything", noun="everything", at=parser.matcher.at(0, i))
        whole = n.Except(every, without, at=parser.matcher.at(i, after))
        return except_more(parser, every, whole, j)
    return all_except(parser, find, without, i, after), j


def except_more(
    parser: Parser, antecedent: Node, whole: Node, i: int
) -> tuple[Node, int]:
    """Leave out the second of "except the largest and the smallest", "not A or B"."""
    while parser.matcher.text(i) in ("and", "or", ",") and i < parser.matcher.stop:
        trial = NounPhrase("anchor", antecedent, 1)
        parser.read_premodifiers(i + 1, trial)
        same = trial.pronoun or (trial.noun() is None and trial.has_premodifier())
        noun, joined = trial.noun(), parser.matcher.text(i)
        goes_on = noun is not None and joined == "or"
        if noun is not None and joined == "and":  # "except the cars and the vans"
            among = may_be_among(noun, head_noun(antecedent))
            goes_on = among or not noun.categories
        if not ((same or goes_on) and trial.determiner):
            break
        without, j = parser.read_phrase(
            i + 1, antecedent=antecedent, role="anchor", depth=1
        )
        if without is None:
            break
        without, j = placed(parser, without, j)
        if isinstance(whole, n.Except) and not isinstance(
            whole.without, Find | n.Union
        ):
            left, of = whole.without, whole.without.of
            without = related_alike(parser.matcher, left, of, without)
        whole, i = all_except(parser, whole, without, i, i + 1), j
    return whole, i


def all_except(parser: Parser, node: Node, without: Node, i: int, after: int) -> Node:
    """A set without some of it; all of it where the exception says nothing new."""
    chosen = without.of if isinstance(without, n.Counted) else without
    alike = chosen == node and isinstance(node, Find)  # "all but one of the tanks"
    if alike or _is_of_unknown_order(chosen, head_noun(node)):
        stop = after + 1 + (parser.matcher.text(after) == "the")
        words = (token.surface for token in parser.matcher.tokens[i:stop])
        parser.matcher.ignored.append(" ".join(words))
        return node
    if repeats_size(node, without):
        return node
    noun = head_noun(node)
    colour = isinstance(chosen, Find) and chosen.noun in v.NON_PLACES
    if colour and noun is not None and isinstance(chosen, Find):
        without = add_words(noun, [], chosen.at, [chosen.phrase])
    at = parser.matcher.at(i, after)
    if isinstance(node, n.Counted) and node.number == 1:
        return replace(node, of=n.Except(node.of, without, at=at))
    return n.Except(node, without, at=at)


def placed(parser: Parser, without: Node, i: int) -> tuple[Node, int]:
    """What is left out, with its place: "but not the car park on the right"."""
    match = parser.matcher.match(i, bare=True)
    if match is None or match.handler not in ("place", "edge"):
        return without, i
    phrase = NounPhrase("head", None, base=without)
    stop = apply_match(parser, match, phrase, ())
    return phrase.build() or without, stop


def _is_of_unknown_order(node: Node, noun: Find | None) -> bool:
    """Whether nothing says from where "the first one" of some things is counted."""
    found = spine(node)[-1]
    if not isinstance(found, Find) or head_noun(node) != noun:
        return False
    return not {*v.ORDINALS, "last"}.isdisjoint(found.phrase.split()[:1])
