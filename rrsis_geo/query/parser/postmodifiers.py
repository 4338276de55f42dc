"""Reads what follows a noun: places, relations, what is left out, looks."""

from __future__ import annotations

from rrsis_geo.language import nodes as n
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import WIDE, singular
from rrsis_geo.query.parser.anchored_relations import apply, negated
from rrsis_geo.query.parser.noun_phrase import Filter, NounPhrase, bare, said
from rrsis_geo.query.parser.pattern_matcher import Match, Reader
from rrsis_geo.query.parser.phrase_reader import PhraseReader
from rrsis_geo.query.parser.premodifiers import counted_behind


def read_trail(p: PhraseReader, i: int, d: NounPhrase) -> int:
    """Reads what follows a noun."""
    while i < p.r.stop:
        p.spend()
        after = _trail_word(p, i, d)
        if after is None:
            break
        i = after
    return i


def _trail_word(p: PhraseReader, i: int, d: NounPhrase) -> int | None:
    r, text = p.r, p.r.text(i)
    if text == "," or r.only(i) > i:
        return _comma(p, i, d)
    if text == "<ord>" and counted_behind(p, i, d):
        d.take_rank(r.tokens[i])
        return i + 1
    ends = i + 1 >= r.stop or r.match(i + 1, bare=True) is not None
    if text in v.COUNTING and ends and d.rank is not None and d.side is None:
        d.side = v.COUNTING[text]  # "the third tank down on the west side"
        d.rank_at = (*d.rank_at, *r.at(i, i + 1))
        return i + 1
    j = i
    while r.text(j) in v.COPULAS | v.STATIVE | {"there", "it", "they", "also"}:
        j += 1
    negate: tuple[int, ...] = ()
    if r.text(j) == "not":
        negate, j = r.at(j, j + 1), j + 1
        while r.text(j) in v.STATIVE:
            j += 1
    if text in ("to", "from", "of", "by") and _pending(p, d):
        return _anchored(p, i, d)
    match = r.match(i, bare=True) or r.match(j, bare=True)
    if match is not None and (match.start == i or not negate or match.start == j):
        if d.role != "head" and (negate or not _attaches(p, match, d)):
            return None
        if match.start == i:
            negate = ()
        return apply(p, match, d, negate)
    if negate:
        return _negated(p, i, j, d)
    if r.exception(i) > i:
        return None
    if d.role != "head" and text in ("is", "are") and r.text(i - 1) not in v.COPULAS:
        return None  # "which of the tanks near the road is the largest"
    if text in v.AND or r.but_where(i):
        return _conjunction(p, i, d)
    if d.role != "head" and text in (v.THE | v.A | {"nearby"}) - {"that"}:
        return None
    if text == "'s":
        return None if d.role != "head" else i + 1
    if j > i and text in v.COPULAS:
        again = NounPhrase(d.role, d.hint, d.depth)
        k = p.lead(j, again)
        if (again.article or again.choices) and _adds(p, again, k):
            _merge(d, again)
            return k
        return j
    if text in v.OPAQUE | v.PREPOSITIONS:
        return opaque(p, i, d)
    if p.turned(i):
        return _turning(p, i, d)
    d.after.append(r.tokens[i])
    return i + 1


def _comma(p: PhraseReader, i: int, d: NounPhrase) -> int | None:
    if d.role != "head":
        return None
    r, j = p.r, i + 1
    while r.text(j) in v.AND | {"but"}:
        j += 1
    j = max(r.only(i), r.only(j))
    listed = r.text(j) == "<d>" and _handler(r.match(j, bare=True)) == "place"
    if d.handled == "place" and listed and d.filters:
        return _conjunction(p, i, d)  # "on the left, right and at the top"
    if r.match(j, bare=True) is not None or r.text(j) == "not" or r.text(j) in v.OPAQUE:
        return j
    if r.exception(j) > j or r.text(j) in v.COPULAS:
        return j
    again = NounPhrase(d.role, d.hint, d.depth)
    k = p.lead(j, again)
    if again.pronoun and d.handled == "place" == _handler(r.match(k, bare=True)):
        return None  # "small ones in the north, large ones in the south"
    if _adds(p, again, k):
        _merge(d, again)
        return k
    if again.noun() is not None and not again.pronoun and again.article:
        return None
    return j


def _handler(match: Match | None) -> str:
    return match.handler if match is not None else ""


def _adds(p: PhraseReader, again: NounPhrase, stop: int) -> bool:
    """Whether words say more of the same things: "the largest", "the red one"."""
    if again.pronoun:
        return bool(again.adjectives or again.has_lead() or p.r.match(stop))
    return not again.adjectives and again.base is None and again.has_lead()


def _merge(d: NounPhrase, again: NounPhrase) -> None:
    if again.pronoun and d.adjectives:  # "courts, the blue ones" are blue courts
        d.adjectives = [*again.adjectives, *d.adjectives]
    else:
        d.after.extend(again.adjectives)
    d.sides.extend(again.sides)
    d.noun_filters.extend(again.noun_filters)
    d.choices.extend(again.choices)
    d.filters.extend(again.filters)
    if d.rank is None and again.rank is not None:
        d.rank, d.rank_at, d.last = again.rank, again.rank_at, again.last
        d.ranked, d.side = again.ranked, d.side or again.side
    if d.number is None and again.number is not None:
        d.number, d.number_at = again.number, again.number_at


def _negated(p: PhraseReader, i: int, j: int, d: NounPhrase) -> int | None:
    """ "not red", "not the big ones"."""
    r = p.r
    if r.text(j) in v.THE | v.A or d.role != "head":
        return None
    words = []
    k = j
    while k < r.stop and r.text(k) not in (",", *v.AND) and r.match(k) is None:
        words.append(r.tokens[k])
        k += 1
    if not words:
        return None
    adjectives = [token.shown for token in words]
    d.filters.append(negated(_looking(adjectives, r.at(j, k)), r.at(i, j)))
    return k


def _conjunction(p: PhraseReader, i: int, d: NounPhrase) -> int | None:
    """ "in the north and near the road" holds both; two places are either."""
    r, j = p.r, i + 1
    while r.text(j) in ("also", "but", "is", "are"):
        j += 1
    match = r.match(j, bare=True)
    if match is None or d.role != "head" or not (d.filters or d.sides):
        return None
    count, before = len(d.filters), d.handled
    after = apply(p, match, d, ())
    places = {before, match.handler} <= {"place", "edge"}
    if (places or r.text(i) in ("or", ",")) and count and len(d.filters) == count + 1:
        one, other = d.filters[count - 1 :]
        d.filters[count - 1 :] = [_either(one, other)]
    return after


def _pending(p: PhraseReader, d: NounPhrase) -> bool:
    return any(c.kind == "nearest" and c.anchor is None for c in d.choices)


def _anchored(p: PhraseReader, i: int, d: NounPhrase) -> int | None:
    """The anchor of "the nearest tank to ..."."""
    node, j = p.phrase(i + 1, hint=d.noun(), role="anchor", depth=d.depth + 1)
    if node is None:
        d.after.append(p.r.tokens[i])
        return i + 1
    at = p.r.at(i, i + 1)
    if d.adjectives and singular(d.adjectives[-1].shown) in ("neighbour", "neighbor"):
        d.said.extend(place for token in d.adjectives for place in token.at)
        d.adjectives, d.base = [], bare(node)
    d.choices = [
        c._replace(anchor=node, at=c.at + at)
        if c.kind == "nearest" and c.anchor is None
        else c
        for c in d.choices
    ]
    return j


def opaque(p: PhraseReader, i: int, d: NounPhrase) -> int:
    """A description of looks, up to words that surely say where."""
    r = p.r
    # "whose nose points left" and "on its west side" are about the thing itself.
    own = r.text(i) == "whose"
    d.after.append(r.tokens[i])
    i += 1
    while i < r.stop and r.text(i) != ",":
        match = None if own else r.match(i)
        if (
            match is not None
            and match.handler not in v.NOT_WHERE
            and not _its(r, match)
            and not (match.handler == "place" and r.text(match.stop - 1) in _OWN)
        ):
            break
        if r.exception(i) > i and r.text(i) != "but":
            break
        d.after.append(r.tokens[i])
        i += 1
    return i


_OWN = ("side", "end")
"""Last words of a place in the thing itself: "with a stand on the west side"."""


def _its(r: Reader, match: Match) -> bool:
    return any(token.text == "its" for token in r.tokens[match.start : match.stop])


def _turning(p: PhraseReader, i: int, d: NounPhrase) -> int:
    r = p.r
    d.after.append(r.tokens[i])
    i += 1
    while r.text(i) in v.TURNING or r.text(i) in ("<d>", "<most>"):
        d.after.append(r.tokens[i])
        i += 1
    return i


def _attaches(p: PhraseReader, m: Match, d: NounPhrase) -> bool:
    """Whether words after an anchor say something about the anchor."""
    noun = d.noun()
    if d.role == "inner":
        return True
    if m.handler == "from" and d.rank is not None:
        return True
    if m.handler in ("place", "edge", "scene", "from", "most"):
        if noun is None:
            return True
        wide = m.handler != "most" and WIDE.intersection(noun.categories)
        return bool(noun.categories) and not wide
    return m.handler not in ("measured", "isolated", "group", "not", "outside")


def _looking(adjectives: list[str], at: tuple[int, ...]) -> Filter:
    return lambda node: said(node, [], at, adjectives)


def _either(one: Filter, other: Filter) -> Filter:
    return lambda node: n.Union((one(node), other(node)))
