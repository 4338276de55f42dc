"""Operators of rules without an anchor: places, edges, order, measures, groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from rrsis_geo.language import nodes as n
from rrsis_geo.language.directions import Place, Side
from rrsis_geo.query.lexicon.vocabulary import EXTENTS
from rrsis_geo.query.parser.noun_phrase import At, Filter, NounPhrase, Selector
from rrsis_geo.query.parser.pattern_matcher import Match
from rrsis_geo.query.parser.phrase_reader import PhraseReader

ABOUT = 0.2
"""Share by which "about 50 m" may be missed."""

_LENGTH = {
    "wide": "width",
    "broad": "width",
    "thick": "width",
    "perimeter": "perimeter",
}
_LENGTH |= {"circumference": "perimeter", "in perimeter": "perimeter"}
_LENGTH |= {"in width": "width", "width": "width"}


def _place(parser: PhraseReader, m: Match, d: NounPhrase, at: At) -> Filter | None:
    token = parser.r.first("<d>", m.start, m.stop)
    if m.argument.startswith("middle_"):
        place = m.argument.replace("_", " ")
    else:
        place = str(token.value) if token else "centre"
    extent: Any = EXTENTS.get(m.groups.get("ext", ""), "part")
    if m.groups.get("far") and extent == "part":
        extent = "far"
    if m.argument == "beyond":
        extent = "half"
    if extent == "corner" and " " not in place:
        extent = "part"
    return lambda node: n.InPlace(node, cast(Place, place), extent, at=at)


def _edge(parser: PhraseReader, m: Match, d: NounPhrase, at: At) -> Filter | None:
    token = parser.r.first("<d>", m.start, m.stop)
    side = cast(Side, token.value) if token and token.value != "centre" else None
    cut = m.argument == "cut"
    return lambda node: n.AtEdge(node, side, cut, at=at)


def _nothing(parser: PhraseReader, m: Match, d: NounPhrase, at: At) -> Filter | None:
    d.said.extend(at)
    return None


def _most(parser: PhraseReader, m: Match, d: NounPhrase, at: At) -> Filter | None:
    if m.argument == "size":
        token = parser.r.first("<cmp>", m.start, m.stop)
        value = cast(tuple[str, str], token.value) if token else ("largest", "area")
        d.choices.append(Selector("size", value, at))
        return None
    token = parser.r.first("<most>", m.start, m.stop) or parser.r.first(
        "<d>", m.start, m.stop
    )
    place = str(token.value) if token else m.argument
    if place == "centre" or place.startswith("middle") or place.endswith("centre"):
        return lambda node: n.InPlace(node, cast(Place, place), at=at)
    d.choices.append(Selector("most", place, at))
    return None


def _from(parser: PhraseReader, m: Match, d: NounPhrase, at: At) -> Filter | None:
    token = parser.r.first("<d>", m.start, m.stop)
    number = parser.r.first("<n>", m.start, m.stop)
    place = str(token.value) if token else "left"
    if m.argument == "way" and d.rank is None:
        d.said.extend(at)  # "the middle one, left to right"
        return None
    if m.argument == "number":
        d.rank = int(cast(int, number.value)) if number else 1
    if d.rank is None and d.number is None:
        return lambda node: n.InPlace(node, cast(Place, place), at=at)
    d.side = place
    d.rank_at = (*d.rank_at, *at)
    return None


def _measured(parser: PhraseReader, m: Match, d: NounPhrase, at: At) -> Filter | None:
    kind = "<area>" if parser.r.first("<area>", m.start, m.stop) else "<len>"
    low, high = limits(parser, m, kind)
    measure: Any = "area"
    if kind == "<len>":
        measure = _LENGTH.get(m.groups.get("measure", ""), "length")
    compared = parser.r.first("<cmp>", m.start, m.stop)
    if compared is not None:
        order, named = cast(tuple[str, str], compared.value)
        if kind == "<len>" and named == "width":
            measure = "width"
        over = (order == "largest") != (m.argument == "not")
        low, high = (low, None) if over else (None, high)
    return lambda node: n.Measured(node, measure, low, high, at=at)


def _isolated(parser: PhraseReader, m: Match, d: NounPhrase, at: At) -> Filter | None:
    return lambda node: n.Isolated(node, at=at)


def _group(parser: PhraseReader, m: Match, d: NounPhrase, at: At) -> Filter | None:
    number, number_at = d.number, d.number_at
    d.number = None
    form: Any = m.argument
    count = number if number and number > 1 else None
    return lambda node: n.Grouped(node, form, count, at=(*number_at, *at))


def _middle(parser: PhraseReader, m: Match, d: NounPhrase, at: At) -> Filter | None:
    d.choices.append(Selector("middle", "", at))
    return None


PLAIN: dict[str, Callable[[PhraseReader, Match, NounPhrase, At], Filter | None]] = {
    "place": _place,
    "edge": _edge,
    "scene": _nothing,
    "most": _most,
    "from": _from,
    "measured": _measured,
    "isolated": _isolated,
    "group": _group,
    "middle": _middle,
}
"""Handlers of rules: what each puts on a draft, or the step that it adds."""


def said_by(parser: PhraseReader, m: Match) -> list[str]:
    """The tokens of a match."""
    return [token.text for token in parser.r.tokens[m.start : m.stop]]


def limits(
    parser: PhraseReader, m: Match, kind: str
) -> tuple[float | None, float | None]:
    """The range that a match gives for its last quantity."""
    tokens = parser.r.tokens[m.start : m.stop]
    values = [float(cast(float, token.value)) for token in tokens if token.text == kind]
    value = values[-1]
    if "low" in m.starts:
        first = parser.r.tokens[m.starts["low"]]
        low = float(cast(float, first.value))
        if first.text != kind:
            low *= _unit(parser, m, kind)
        return min(low, value), max(low, value)
    said = " ".join(said_by(parser, m))
    if m.groups.get("over") or " or more" in said or " or larger" in said:
        return value, None
    if m.groups.get("under"):
        return None, value
    if "within " in said:
        return None, value
    if m.handler == "measured" and parser.r.first("<cmp>", m.start, m.stop):
        return value, value
    return round((1 - ABOUT) * value, 9), round((1 + ABOUT) * value, 9)


def _unit(parser: PhraseReader, m: Match, kind: str) -> float:
    """Metres in the unit of the last quantity, for a number without one."""
    tokens = parser.r.tokens[m.start : m.stop]
    last = [token for token in tokens if token.text == kind][-1]
    number = parser.r.words[last.at[0]].replace(",", "")
    try:
        return float(cast(float, last.value)) / float(number)
    except (ValueError, ZeroDivisionError):
        return 1.0
