"""Rules without an anchor: places, edges, order, measures, groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, cast

from rrsis_geo.language import nodes as n
from rrsis_geo.language.directions import Place, Side
from rrsis_geo.language.nodes import Node
from rrsis_geo.language.region_shares import SHARES
from rrsis_geo.language.traversal import anchors, spine
from rrsis_geo.query.lexicon.vocabulary import COMBINED_DIRECTIONS, EXTENTS, words
from rrsis_geo.query.patterns.pattern_matcher import Match, PatternMatcher
from rrsis_geo.query.phrases.noun_phrase import OPPOSITE, NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader
from rrsis_geo.query.phrases.quantity_ranges import limits, match_words
from rrsis_geo.query.phrases.selectors import At, Filter, Selector, doubted, negated
from rrsis_geo.query.tokenizer.token_kinds import Token

_MEASURES = {
    "wide": "width",
    "broad": "width",
    "thick": "width",
    "width": "width",
    "in width": "width",
    "perimeter": "perimeter",
    "in perimeter": "perimeter",
    "circumference": "perimeter",
}
"""Words of measure; all others mean the length."""


def _place(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At
) -> Filter | None:
    token = parser.matcher.first("<d>", match)
    if "its" in match_words(parser, match) and token and token.value != "centre":
        anchor = _owner(parser, phrase)
        if anchor is not None:  # "close to the track, to its left"
            side = cast(Side, token.value)
            how: Any = "at" if parser.matcher.text(match.start) == "in" else "beyond"
            return lambda node: n.Beside(node, side, anchor, how, at=at)
        # "larger than the one to its left"; "the two on its right" are the last two
        if phrase.role != "head" and not phrase.number:
            phrase.unparsed.extend(parser.matcher.tokens[match.start : match.stop])
            return None
    if match.argument == "combined":
        return _combined_place(parser, match, at)
    if match.argument == "corner":
        return _any_corner(parser, match, phrase, at)
    if match.argument in ("over", "under"):  # "the court below"
        place = "top" if match.argument == "over" else "bottom"
    elif match.argument.startswith("middle_"):
        place = match.argument.replace("_", " ")
    else:
        place = str(token.value) if token else "centre"
    if match.argument == "updown":
        row = "top" if match.groups["v"].split()[0] in ("up", "high") else "bottom"
        place = COMBINED_DIRECTIONS.get((row, place), place)
    if match.argument == "percent":
        return _percent_of_scene(parser, match, phrase, at)
    if match.argument == "thirds":
        return _without_rest(place, match.groups["part"].endswith("quarters"), at)
    if match.argument == "beyond" and match.groups.get("v"):
        place = "top" if match.groups["v"] == "above" else "bottom"
    whole = phrase.antecedent
    counted = isinstance(whole, n.Counted) and whole.number > 2
    if counted and phrase.pronoun == "one" and place == "centre":
        return _middle(parser, match, phrase, at)  # of three the one in the middle
    one = phrase.determiner == "the" and phrase.pronoun != "ones"
    if place == "centre" and phrase.names_rows() and one:
        return _middle(parser, match, phrase, at)  # "the row in the middle"
    extent: Any = EXTENTS.get(match.groups.get("ext", ""), "part")
    if match.groups.get("far") and extent == "part":
        extent = "far"
    if match.argument == "beyond":
        extent = "half"
    if extent == "corner" and " " not in place:
        extent = "part"
    if match.groups.get("ext") == "bank":  # of a river that nothing names
        return doubted(lambda node: n.InPlace(node, cast(Place, place), at=at))
    return lambda node: n.InPlace(node, cast(Place, place), extent, at=at)


def _owner(parser: PhraseReader, phrase: NounPhrase) -> Node | None:
    """What "its" stands for: what the things, or the set they are of, lie at."""
    if phrase.role == "head":
        return phrase.last_anchor or parser.it
    steps = spine(phrase.antecedent) if phrase.antecedent is not None else []
    return next((anchor for step in steps for anchor in anchors(step)), None)


def _any_corner(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At
) -> Filter:
    """ "in the corner", "in all four corners", "one in each corner"."""
    sides: tuple[Place, ...] = ("top left", "top right", "bottom left", "bottom right")
    each = not {"each", "every"}.isdisjoint(match_words(parser, match))
    number = phrase.number if each else None
    if number:
        phrase.number = None

    def keep(node: Node) -> Node:
        placed = (n.InPlace(node, side, "corner", at=at) for side in sides)
        if number:
            return n.Union(tuple(n.Counted(one, number) for one in placed))
        return n.Union(tuple(placed))

    return keep


def _percent_of_scene(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At
) -> Filter | None:
    """ "in the top 20 percent": a part that reaches about as far, if there is one."""
    number, side = (parser.matcher.first(kind, match) for kind in ("<n>", "<d>"))
    wanted = float(str(number.value if number else 0)) / 100
    extent = min(_DEPTHS, key=lambda one: abs(SHARES[one].limit - wanted))
    miss = abs(SHARES[extent].limit - wanted)
    if side is None or miss > _MAX_MISS:
        phrase.unparsed.extend(parser.matcher.tokens[match.start : match.stop])
        return None
    place = cast(Place, side.value)
    return lambda node: n.InPlace(node, place, extent, at=at)


_DEPTHS: tuple[n.Extent, ...] = ("far", "quarter", "third", "half")
"""Parts of the scene that reach from a side to a given depth."""

_MAX_MISS = 0.05
"""Share of the scene by which a part may be deeper, or less deep, than is said."""


def _without_rest(place: str, quarters: bool, at: At) -> Filter | None:
    """ "in the right two thirds": all but those in the left third."""
    rest = cast(Place, OPPOSITE.get(place, place))
    extent: Any = "quarter" if quarters else "third"
    if rest == place:
        return lambda node: n.InPlace(node, rest, at=at)
    return lambda node: n.Except(node, n.InPlace(node, rest, extent, at=at), at=at)


def _edge(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At
) -> Filter | None:
    token = parser.matcher.first("<d>", match)
    side = cast(Side, token.value) if token and token.value != "centre" else None
    cut = match.argument == "cut"
    return lambda node: n.AtEdge(node, side, cut, at=at)


def _scene(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At
) -> Filter | None:
    phrase.silent_words.extend(at)
    return None


def _most(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At
) -> Filter | None:
    matcher = parser.matcher
    if match.argument == "size":
        token = matcher.first("<cmp>", match)
        value = cast(tuple[str, str], token.value) if token else ("largest", "area")
        phrase.selectors.append(Selector("size", value, at))
        return None
    if match.argument == "measure":
        phrase.selectors.append(Selector("size", _superlative(matcher, match), at))
        return None
    if match.argument == "by":
        _order_by(parser, match, phrase, at)
        return None
    if match.argument == "clearly":
        phrase.silent_words.extend(at)  # "the largest by far"
        return None
    token = matcher.first("<most>", match) or matcher.first("<d>", match)
    place = _HEIGHTS.get(match.argument) or (
        str(token.value) if token else match.argument
    )
    if match.argument == "away":
        place = _OPPOSITE_CORNERS.get(place, place)
    if place == "centre" and match.argument == "away":
        return negated(lambda node: n.InPlace(node, "centre", at=at), ())
    chooses = (phrase.is_singular() or phrase.number) and not phrase.rank
    of_scene = place == "centre" and matcher.text(match.stop) != "of"
    if of_scene and chooses:
        phrase.selectors.append(Selector("central", "", at))
        return None
    if place == "centre" or place.startswith("middle") or place.endswith("centre"):
        return lambda node: n.InPlace(node, cast(Place, place), at=at)
    several = match.argument in ("more", *_HEIGHTS)
    if several and phrase.is_plural() and phrase.number is None:
        return lambda node: n.InPlace(node, cast(Place, place), at=at)
    if any((one.kind, one.value) == ("most", place) for one in phrase.selectors):
        phrase.silent_words.extend(at)  # "farther from the bottom, closer to the top"
        return None
    add_side(phrase, place, at)
    return None


def add_side(phrase: NounPhrase, place: str, at: At) -> None:
    """Choose the one farthest to a side; "more to the left and lower" is a corner."""
    last = phrase.selectors[-1] if phrase.selectors else None
    if last is not None and last.kind == "most":
        pair = str(last.value), place
        corner = COMBINED_DIRECTIONS.get(pair) or COMBINED_DIRECTIONS.get(pair[::-1])
        if corner is not None and "centre" not in pair:
            whole = last._replace(value=corner, at=(*last.at, *at))
            phrase.selectors[-1] = whole
            return
    phrase.selectors.append(Selector("most", place, at))


_OPPOSITE_CORNERS = OPPOSITE | {
    f"{row} {side}": f"{OPPOSITE[row]} {OPPOSITE[side]}"
    for rows, sides in (("top bottom", "left right"), ("north south", "west east"))
    for row in rows.split()
    for side in sides.split()
}
"""Sides and corners with those farthest from them."""

_HEIGHTS = {"higher": "top", "lower": "bottom"}
"""Arguments of rules of comparison, with the side that they name."""


def _order_by(parser: PhraseReader, match: Match, phrase: NounPhrase, at: At) -> None:
    """ "largest by width", "the top three in size": what orders the things."""
    measure = _superlative(parser.matcher, match)[1]
    sized = [k for k, one in enumerate(phrase.selectors) if one.kind == "size"]
    if sized:
        last = phrase.selectors[sized[-1]]
        value = last.value[0], measure
        phrase.selectors[sized[-1]] = last._replace(value=value, at=(*last.at, *at))
    elif phrase.number and any(one.kind == "ranking" for one in phrase.directions):
        phrase.selectors.append(Selector("size", ("largest", measure), at))
    elif phrase.comparative is not None:
        order = cast(tuple[str, str], phrase.comparative.value)[0]
        phrase.comparative = phrase.comparative._replace(value=(order, measure))
    else:
        phrase.unparsed.extend(parser.matcher.tokens[match.start : match.stop])


def _superlative(matcher: PatternMatcher, match: Match) -> tuple[str, str]:
    """ "with the largest diameter": order and measure."""
    named = matcher.text(match.stop - 1)
    measure = "area"
    if named in ("length", "diameter", "span", "wingspan"):
        measure = "length"
    elif named == "width":
        measure = "width"
    token = matcher.first("<sup>", match)
    order = cast(tuple[str, str], token.value)[0] if token else "largest"
    return order, measure


def _from(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At
) -> Filter | None:
    token = parser.matcher.first("<d>", match)
    number = parser.matcher.first("<n>", match)
    place = str(token.value) if token else "left"
    if match.argument == "way" and phrase.rank is None:
        phrase.silent_words.extend(at)  # "the middle one, left to right"
        return None
    if match.argument == "number":
        phrase.rank = int(cast(int, number.value)) if number else 1
    sides = match_words(parser, match).count("<d>")
    if sides > 1 and match_words(parser, match)[0] in _ORDERING:
        phrase.rank_side = place  # "numbered from left to right, the third"
        phrase.rank_at = (*phrase.rank_at, *at)
        return None
    if sides > 1 and phrase.rank is None and not phrase.number:
        phrase.unparsed.extend(parser.matcher.tokens[match.start : match.stop])
        return None  # "a road going from north to south"
    if phrase.rank is None and phrase.number is None:
        return lambda node: n.InPlace(node, cast(Place, place), at=at)
    phrase.rank_side = place
    phrase.rank_at = (*phrase.rank_at, *at)
    return None


_ORDERING = words("ordered sorted numbered counted counting")


def _measured(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At
) -> Filter | None:
    kind = "<area>" if parser.matcher.first("<area>", match) else "<len>"
    low, high = limits(parser, match, kind)
    measure: Any = "area"
    if kind == "<len>":
        measure = _MEASURES.get(match.groups.get("measure", ""), "length")
    comparative = parser.matcher.first("<cmp>", match)
    if comparative is not None:
        order, named = cast(tuple[str, str], comparative.value)
        if kind == "<len>" and named == "width":
            measure = "width"
        if low is not None and high is not None:  # else "no larger than" said it
            over = (order == "largest") != (match.argument == "not")
            low, high = (low, None) if over else (None, high)
    return lambda node: n.Measured(node, measure, low, high, at=at)


def _combined_place(parser: PhraseReader, match: Match, at: At) -> Filter | None:
    """ "in the centre of the left": where the two directions meet."""
    tokens = parser.matcher.tokens[match.start : match.stop]
    one, other = (str(token.value) for token in tokens if token.text == "<d>")
    place = COMBINED_DIRECTIONS.get((one, other), COMBINED_DIRECTIONS.get((other, one)))
    wanted = cast(Place, place or (other if one == "centre" else one))
    return lambda node: n.InPlace(node, wanted, at=at)


def _apart(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At
) -> Filter | None:
    """ "at least 500 m apart": a distance to the others of the same set."""
    low, high = limits(parser, match, "<len>")
    return lambda node: n.Within(node, node, low, high, at=at)


def side_of_scene(parser: PhraseReader, i: int) -> tuple[str, int]:
    """The side or corner of the scene that "the left edge" names, and what follows it.

    "" and the same position where something else is named.
    """
    matcher = parser.matcher
    match = matcher.match(i + 1, bare=True) if matcher.text(i) == "the" else None
    if match is None or match.handler not in ("place", "edge"):
        return "", i
    token = matcher.first("<d>", match)
    named = token is not None and token.value != "centre"
    return (str(token.value), match.stop) if token and named else ("", i)


def _isolated(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At
) -> Filter | None:
    said = (*phrase.filters, *phrase.noun_filters)
    if any(isinstance(keep(n.Find("")), n.Isolated) for keep in said):
        phrase.silent_words.extend(at)  # "on its own, away from the others"
        return None
    return lambda node: n.Isolated(node, at=at)


def _group(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At
) -> Filter | None:
    number, number_at = phrase.number, phrase.number_at
    if number and phrase.selectors and parser.matcher.text(match.start - 1) == ",":
        phrase.silent_words.extend(at)  # "the two largest, side by side"
        return None
    more, phrase.number, phrase.at_least = phrase.at_least, None, False
    form: Any = match.argument
    count = number if number and number > 1 else None
    more = more and count is not None
    return lambda node: n.Grouped(node, form, count, more, at=(*number_at, *at))


def _middle(
    parser: PhraseReader, match: Match, phrase: NounPhrase, at: At
) -> Filter | None:
    phrase.selectors.append(Selector("middle", "", at))
    return None


UNANCHORED: dict[
    str, Callable[[PhraseReader, Match, NounPhrase, At], Filter | None]
] = {
    "place": _place,
    "edge": _edge,
    "scene": _scene,
    "most": _most,
    "from": _from,
    "measured": _measured,
    "apart": _apart,
    "isolated": _isolated,
    "group": _group,
    "middle": _middle,
}
"""Handlers of rules: each changes the noun phrase or returns a filter for it."""


def of_size(token: Token) -> Filter:
    """ "large"."""
    kind = cast(Literal["big", "medium", "small"], token.value)
    return lambda node: n.SizeClass(node, kind, at=token.at)
