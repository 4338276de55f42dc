"""Applies a matching rule to a noun phrase; reads the anchors of relations."""

from __future__ import annotations

from typing import cast

from rrsis_geo.language import nodes as n
from rrsis_geo.language.directions import Side
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.phrases import head_noun
from rrsis_geo.language.traversal import spine
from rrsis_geo.query.lexicon.vocabulary import DETERMINERS
from rrsis_geo.query.parser.companions import name_neighbour
from rrsis_geo.query.parser.descriptions import (
    is_description,
    lists_class,
    names_number,
    names_one_thing,
    parting_word,
    try_premodifiers,
)
from rrsis_geo.query.parser.filters import UNANCHORED, side_of_scene
from rrsis_geo.query.parser.negations import read_lack
from rrsis_geo.query.parser.relation_operators import (
    RELATIONS,
    Relation,
    are_several,
    beside,
    between,
    compared_distance,
    compares,
    possessive_side,
    relation,
    select_nearest,
)
from rrsis_geo.query.patterns.pattern_matcher import (
    PRONOUN_ANCHORS,
    RELATED_TO_IT,
    Match,
    PatternMatcher,
)
from rrsis_geo.query.phrases.elliptical_pairs import read_elliptical_pair
from rrsis_geo.query.phrases.group_phrases import (
    chooses_from_anchor,
    members_of_rows,
)
from rrsis_geo.query.phrases.noun_phrase import NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader, ThingList
from rrsis_geo.query.phrases.selectors import At, Filter, doubted, negated
from rrsis_geo.query.phrases.thing_lists import (
    FILLED,
    is_in_either,
    is_like_anchor,
    joins_kinds,
)


def apply_match(
    parser: PhraseReader, match: Match, phrase: NounPhrase, negation: At
) -> int:
    """Add what a match states to a noun phrase; return the position after it.

    Args:
        parser: The parser of the text.
        match: A rule that matches.
        phrase: The noun phrase that the match is about.
        negation: Indices of the words that negate it; () where there are none.
    """
    at = parser.matcher.at(match.start, match.stop)
    phrase.last_handler = match.handler
    whole = match.handler == "opaque" and match.argument in ("motion", "end")
    if whole:  # "under way", and more may follow
        phrase.unparsed.extend(parser.matcher.tokens[match.start : match.stop])
        return match.stop
    if match.handler == "opaque":
        return parser.read_description(match.start, phrase)
    if (other := _contrasted(parser, match)) is not None:
        return _read_contrast(parser, match, other, phrase, at)
    unanchored = UNANCHORED.get(match.handler)
    if unanchored is not None:
        keep = unanchored(parser, match, phrase, at)
        among_all = match.handler == "isolated" and not (
            negation or phrase.names_rows() or phrase.is_one_group()
        )
        if keep is not None and among_all:
            phrase.noun_filters.append(keep)  # of all of them, wherever it lies
        elif keep is not None:
            _add_filter(phrase, keep, negation)
        return match.stop
    if match.handler == "lacking":
        return read_lack(parser, match.start, match.stop, phrase)
    if match.handler == "between":
        return _read_between(parser, match, phrase, at, negation)
    return _read_relation(parser, match, phrase, at, negation)


def _read_ends(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At, negation: At
) -> int:
    """ "at the ends of the row": its first and its last; of other things a part."""
    noun = phrase.noun_or_antecedent()
    group, stop = _read_anchor(parser, match.stop, phrase, noun)
    rows = [one for one in spine(group) if isinstance(one, n.Grouped)] if group else []
    if group is None or not rows or head_noun(group) != noun or negation:
        part = next(
            i
            for i in range(match.start, match.stop)
            if parser.matcher.text(i) in ("at", "on")
        )
        how = parser.matcher.text(part)
        whole = match._replace(argument=how, start=part, stop=part + 1)
        return _read_relation(parser, whole, phrase, at, negation)
    down = rows[-1].form == "column"
    sides: tuple[Side, Side] = ("top", "bottom") if down else ("left", "right")
    members = n.Members(group, at=at)

    def keep(node: Node) -> Node:
        return n.Union(tuple(n.Extreme(members, side) for side in sides))

    phrase.filters.append(keep)
    return stop


def _contrasted(parser: PhraseReader, match: Match) -> Match | None:
    """The relation after "but not", as in "next to but not touching the building"."""
    matcher = parser.matcher
    if matcher.text(match.stop) not in ("but", "and"):
        return None
    denied = matcher.text(match.stop + 1) == "not"
    other = matcher.match(match.stop + 2 if denied else match.stop + 1)
    related = match.handler in (*RELATIONS, "nearest")
    return other if related and other and other.handler in RELATIONS else None


def _read_contrast(
    parser: PhraseReader, match: Match, other: Match, phrase: NounPhrase, at: At
) -> int:
    """Read the anchor of both relations, the second of which may be denied."""
    noun = phrase.noun_or_antecedent()
    anchor, stop = _read_anchor(parser, other.stop, phrase, noun)
    if anchor is None:
        return _leave_unparsed(parser, match, phrase, stop)
    second = _related(relation(parser, other, anchor), anchor, at)
    denied = parser.matcher.text(match.stop + 1) == "not"
    if denied or other.handler in _DENYING:
        second = negated(second, parser.matcher.at(match.stop, other.stop))
    if match.handler == "nearest":
        select_nearest(parser, match, phrase, anchor, at, (), stop)
    else:
        phrase.filters.append(_related(relation(parser, match, anchor), anchor, at))
    phrase.filters.append(second)
    return stop


def _add_filter(phrase: NounPhrase, keep: Filter, negation: At) -> None:
    phrase.filters.append(negated(keep, negation) if negation else keep)


def _read_relation(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At, negation: At
) -> int:
    """Read the anchor of a relation and add the operator."""
    noun = phrase.noun_or_antecedent()
    if not names_number(parser, match, phrase) and is_description(parser, match, noun):
        said_not = negation and parser.matcher.text(match.start - 1) == "not"
        start = match.start - 1 if said_not else match.start  # "not under a roof"
        return parser.read_description(start, phrase)
    if match.handler == "without" and not lists_class(parser, match.stop):
        return _leave_unparsed(parser, match, phrase, match.stop)
    if match.argument == "ends":
        return _read_ends(parser, match, phrase, at, negation)
    anchor: Node | None
    pronoun = parser.matcher.text(match.stop) in PRONOUN_ANCHORS
    refers = phrase.role == "head" or phrase.pronoun  # "not the ones touching it"
    named = phrase.last_anchor or (parser.it if refers else None)
    if pronoun and named is None:
        return _leave_unparsed(parser, match, phrase, match.stop + 1)
    if pronoun:
        anchor, stop = named, match.stop + 1
    else:
        things = ThingList(noun, bool(negation) or match.handler in _DENYING)
        anchor, stop = _read_anchor(parser, match.stop, phrase, noun, things=things)
    if anchor is None:
        return _leave_unparsed(parser, match, phrase, stop)
    if (than := compared_distance(parser, match, stop)) is not None:
        relate, end = than
        at = (*at, *parser.matcher.at(stop, end))
        _add_filter(phrase, _related(relate, anchor, at), negation)
        return end
    if match.handler == "nearest" and compares(parser, match, stop):
        if parser.matcher.text(stop) == "than":
            start = stop + 1 + (parser.matcher.text(stop + 1) in ("to", "from"))
            stop = _read_anchor(parser, start, phrase, noun)[1]
        return _leave_unparsed(parser, match, phrase, stop)
    phrase.last_anchor = anchor
    name_neighbour(phrase, anchor)
    parser.matcher.allow_pronoun_anchors()
    if noun is None and _names_set(parser, match, phrase, anchor):
        phrase.antecedent = noun = head_noun(anchor)
    conjunction = parser.matcher.text(stop)
    second, stop = _read_second_anchor(parser, match, phrase, noun, stop)
    if match.handler == "nearest":
        if second is not None:  # "both" counts nothing here
            first = anchor.of if isinstance(anchor, n.Counted) else anchor
            anchor = n.Union((first, second))
        return select_nearest(parser, match, phrase, anchor, at, negation, stop)
    relate = relation(parser, match, anchor)
    said = parser.matcher.text(match.stop) == "both"
    last = spine(second)[-1] if second is not None else None
    mixed = match.handler in FILLED and isinstance(last, Find) and last.plural
    mixed = mixed or match.handler == "surrounded"
    either = mixed or is_in_either(match, phrase)
    both = said or (conjunction == "and" and not (either or negation))
    if second is not None and not both:
        anchor = n.Union((anchor, second))
    if (side := possessive_side(parser, match, stop)) is not None:
        end, relate = side
        at, stop = (*at, *parser.matcher.at(stop, end)), end
    denied = negation or match.handler in _DENYING
    if not denied and chooses_from_anchor(parser, match, phrase, anchor, at, noun):
        return stop
    outside = match.handler == ("inside" if negation else "outside")
    rows = members_of_rows(anchor, noun, at) if outside else None
    if rows is not None:
        phrase.filters.append(lambda node: n.Except(node, rows, at=negation))
        return stop
    if second is not None and both:
        keep = _related_to_both(relate, anchor, second, at)
        keep = keep if said else doubted(keep)
    else:
        keep = _related(relate, anchor, at)
        if joins_kinds(parser.matcher, match.stop, stop, anchor):
            keep = doubted(keep)  # of "near lakes and rivers" these may be asked for
    if match.handler == "without" and (end := _after_nearby(parser, stop)) > stop:
        keep, stop = _related(_near, anchor, at), end
    on_it = parser.matcher.text(stop + 1) in PRONOUN_ANCHORS
    if on_it and match.handler == "without":
        stop += 2  # "without cars on it"
    if match.handler in _DENYING:
        keep = negated(keep, ())
    if parser.matcher.text(match.stop - 1) == "under":  # below it, or beneath it
        keep = doubted(keep)
    _add_filter(phrase, keep, negation)
    return stop


_DENYING = ("without", "not", "outside")
"""Handlers of rules that say where things are not."""


def _read_anchor(
    parser: PhraseReader,
    i: int,
    phrase: NounPhrase,
    noun: Find | None,
    *,
    alone: bool = False,
    things: ThingList | None = None,
) -> tuple[Node | None, int]:
    depth = phrase.depth + 1
    return parser.read_phrase(
        i, antecedent=noun, role="anchor", depth=depth, alone=alone, things=things
    )


def _read_second_anchor(
    parser: PhraseReader, match: Match, phrase: NounPhrase, noun: Find | None, stop: int
) -> tuple[Node | None, int]:
    """The second anchor of "the river or the road", "both the river and the road"."""
    matcher = parser.matcher
    both = matcher.text(match.stop) == "both"
    if matcher.text(stop) not in (("and",) if both else ("and", "or")):
        return None, stop
    if matcher.match(stop + 1) is not None:
        return None, stop  # "left of the pier and below the bridge"
    trial, after = try_premodifiers(parser, stop + 1)
    if not both and matcher.text(stop) == "and":
        another = phrase.role == "head" and matcher.text(stop + 1) == "another"
        again = another and trial.noun() == noun  # "near the lake and another house"
        first, _ = try_premodifiers(parser, match.stop)
        like = phrase.role == "head" and is_like_anchor(match, first, trial, noun)
        like = like and matcher.tokens[stop].surface != ","  # "the pier, boat included"
        if not again and not like:
            return None, stop
    elif not (matcher.text(stop + 1) in ("the", "a", "an") or names_one_thing(trial)):
        return None, stop  # but "on the school roof or court"
    ends = matcher.text(after) in ("", ",", "and", "or", "but")
    more = matcher.match(after)
    filled = match.handler in FILLED and more is not None
    goes_on = filled or (more is not None and more.handler == "place")
    if not trial.adjectives or not (ends or goes_on):
        return None, stop
    return _read_anchor(parser, stop + 1, phrase, noun, alone=True)


def _leave_unparsed(
    parser: PhraseReader, match: Match, phrase: NounPhrase, stop: int
) -> int:
    """Leave the words of a match to the network."""
    stop = max(stop, match.stop)
    tokens = parser.matcher.tokens[match.start : stop]
    phrase.unparsed.extend(token for token in tokens if token.text != ",")
    return stop


def _names_set(
    parser: PhraseReader, match: Match, phrase: NounPhrase, anchor: Node
) -> bool:
    """Whether "of" names the set that is chosen from: "the one ... of the tanks"."""
    of = parser.matcher.text(match.stop - 1) == "of"
    counted = isinstance(anchor, n.Counted) and anchor.number > 1
    several = counted or (isinstance(anchor, Find) and anchor.plural)
    return of and several and phrase.role == "head" and phrase.base is None


def _related(relate: Relation, anchor: Node, at: At) -> Filter:
    return lambda node: relate(node, anchor, at)


def _related_to_both(relate: Relation, one: Node, other: Node, at: At) -> Filter:
    first = one.of if isinstance(one, n.Counted) else one  # "both" counts nothing here
    return lambda node: relate(relate(node, first, at), other, at)


def _near(of: Node, anchor: Node, at: At) -> Node:
    return n.Near(of, anchor, at=at)


def _after_nearby(parser: PhraseReader, i: int) -> int:
    """The position after "nearby" or "near it", as in "without a road near them"."""
    if parser.matcher.text(i) not in ("nearby", *RELATED_TO_IT):
        return i
    return i + 2 if parser.matcher.text(i + 1) in ("it", "them", "by") else i + 1


def _lists(matcher: PatternMatcher, i: int) -> bool:
    """Whether a comma parts two things: "between the road, the river"."""
    return matcher.text(i) == "," and matcher.text(i + 1) in DETERMINERS


def _read_between(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At, negation: At
) -> int:
    noun = phrase.noun_or_antecedent()
    matcher = parser.matcher
    pair = read_elliptical_pair(parser, match.stop, phrase)
    if pair is not None:
        _add_filter(phrase, between(*pair[:2], at), negation)
        return pair[2]
    parted = parting_word(parser, match)
    with matcher.limited(parted or matcher.stop):
        first, stop = _read_anchor(parser, match.stop, phrase, noun, alone=True)
    if first is None:
        return _leave_unparsed(parser, match, phrase, stop)
    second: Node | None = None
    if matcher.text(stop) == "and" or stop == parted or _lists(matcher, stop):
        side, after = side_of_scene(parser, stop + 1)
        if side:  # "between the road and the left edge"
            on = beside(cast(Side, side), "beyond")
            _add_filter(phrase, doubted(_related(on, first, at)), negation)
            return after
        like = head_noun(first) or noun  # "the round building and the tall one"
        second, after = _read_anchor(parser, stop + 1, phrase, like, alone=True)
        if second is not None:
            at = (*at, *matcher.at(stop, stop + 1))
            stop = after
    if match.argument == "parting" and second is None and not are_several(first):
        # "a lane joining the motorway"
        touching = match._replace(handler="near", argument="touching")
        keep = _related(relation(parser, touching, first), first, at)
        _add_filter(phrase, keep, negation)
        return stop
    _add_filter(phrase, between(first, second, at), negation)
    return stop
