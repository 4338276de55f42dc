"""Reads a noun phrase up to its noun: "the two largest white tanks"."""

from __future__ import annotations

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import is_plural, sense, singular
from rrsis_geo.query.lexicon.vocabulary import GROUP_COUNT
from rrsis_geo.query.parser.anchored_relations import apply
from rrsis_geo.query.parser.noun_phrase import NounPhrase, Selector, isolated, of_size
from rrsis_geo.query.parser.pattern_matcher import Match
from rrsis_geo.query.parser.phrase_reader import PhraseReader
from rrsis_geo.query.tokenizer.tokens import Token


def read_lead(p: PhraseReader, i: int, d: NounPhrase) -> int:
    """Reads what stands before a noun, and the noun."""
    while i < p.r.stop:
        p.spend()
        after = _lead_word(p, i, d)
        if after is None:
            break
        i = after
    return i


def _lead_word(p: PhraseReader, i: int, d: NounPhrase) -> int | None:
    """The next index, or None where the noun phrase proper has ended."""
    r, token = p.r, p.r.tokens[i]
    text = token.text
    if count := r.compound(i):
        d.adjectives.extend(r.tokens[i : i + count])
        return i + count
    if text in v.THE | v.A | v.ALL and not d.has_noun():
        return _determiner(p, i, d)
    number, leads = _least(p, i)
    if leads and number == "<n>" and not d.has_noun() and d.number is None:
        return _least_number(p, i, leads, d)
    if text.startswith("<") or text in ("one", "ones", "last", "far", "middle"):
        return _special(p, i, d)
    if text == "of":
        return _partitive(p, i, d)
    if text == ",":
        more = not d.adjectives and d.has_lead() and r.text(i + 1) not in v.THE
        return i + 1 if more and r.match(i + 1) is None else None
    if text in v.AND:
        return _and(p, i, d)
    if text == "'s":
        return _owner(p, i, d)
    if r.exception(i) > i or text in ("not", "that", "which", "who"):
        return None
    if d.adjectives and (r.only(i) > i or r.but_where(i)):
        return None
    match = r.match(i, bare=d.has_noun())
    if match is not None:
        return _rule_in_lead(p, match, d)
    ends = v.COPULAS | v.OPAQUE | v.PREPOSITIONS
    if d.adjectives and (text in ends or p.turned(i)):
        return None
    if not d.adjectives:
        if text in v.APART:
            d.noun_filters.append(isolated(token.at))
            return i + 1
        if text in v.ONLY and r.text(i + 1) in v.THE | v.A | v.ALL:
            d.said.extend(token.at)
            return i + 1
        if text in v.ONLY and not d.number:
            d.number, d.number_at, d.article = 1, token.at, d.article or "the"
            return i + 1
        if text in v.SKIPPED and r.text(i + 1):
            d.said.extend(token.at)
            return i + 1
    if text in v.THE | v.A | v.ALL or _is_state(p, token, d):
        return None
    d.adjectives.append(token)
    return i + 1


def _least_number(p: PhraseReader, i: int, leads: int, d: NounPhrase) -> int:
    """ "at least five", "more than five"."""
    token = p.r.tokens[i + leads]
    more = p.r.text(i) == "more"
    d.number, d.at_least = int(token.value) + more, True  # type: ignore[arg-type]
    d.number_at = p.r.at(i, i + leads + 1)
    return i + leads + 1


def _determiner(p: PhraseReader, i: int, d: NounPhrase) -> int | None:
    r, text = p.r, p.r.text(i)
    follows = r.text(i + 1)
    if text in ("those", "these", "that", "any", "all", "each", "both", "some"):
        ends = not follows or follows in (",", *v.AND) or r.match(i + 1) is not None
        ends = (ends or follows in v.COPULAS) and follows not in ("the", "of")
        if ends and not d.has_lead() and not d.article:
            d.pronoun = "one" if text == "that" else "ones"
            d.said.extend(r.tokens[i].at)
            return i + 1
    d.said.extend(r.tokens[i].at)
    if text == "both" and not d.number:
        d.number, d.number_at = 2, r.tokens[i].at
    kind = "all" if text in v.ALL else "a" if text in v.A else "the"
    if text in ("some", "any"):
        kind = ""
    d.article = d.article or kind
    if follows == "of" and (text in v.ALL or text in ("any", "some")):
        d.said.extend(r.tokens[i + 1].at)
        return i + 2
    return i + 1


def _special(p: PhraseReader, i: int, d: NounPhrase) -> int | None:
    r, token = p.r, p.r.tokens[i]
    text, follows = token.text, p.r.text(i + 1)
    if text == "<d>" and follows == "of" and d.number and d.hint is not None:
        return None  # "the row of four north of the road"
    if d.has_noun() or _opens(p, text, follows):
        match = r.match(i, bare=d.has_noun())
        if match is not None and match.handler == "measured" and not d.has_noun():
            return apply(p, match, d, ())  # "larger than 500 m2 buildings"
        if match is not None:
            return None
    if text in ("one", "ones"):
        return _one(p, i, d)
    if text == "<n>":
        if d.number is None and not d.adjectives:
            d.number, d.number_at = int(token.value), token.at  # type: ignore[arg-type]
            if follows == "of":
                d.article = d.article or "a"  # "two of the tanks": any two
            if (follows, r.text(i + 2)) == ("or", "more"):
                d.at_least, d.number_at = True, r.at(i, i + 3)
                return i + 3
        else:
            d.adjectives.append(token)
        return i + 1
    if text == "<ord>" and (not d.adjectives or counted_behind(p, i, d)):
        d.take_rank(token)
        return i + 1
    if text == "last" and not d.adjectives:
        d.rank, d.rank_at, d.last = d.rank or 1, (*d.rank_at, *token.at), True
        return i + 1
    if text == "<most>":
        d.choices.append(Selector("most", str(token.value), token.at))
        return i + 1
    if text == "<sup>":
        d.choices.append(Selector("size", token.value, token.at))  # type: ignore[arg-type]
        return i + 1
    if text == "<cmp>" and not d.adjectives:
        d.compared = token
        return i + 1
    if text == "<size>" and (follows or d.has_lead()):
        d.noun_filters.append(of_size(token))
        return i + 1
    if text == "<nearest>" and not d.adjectives:
        d.choices.append(Selector("nearest", str(token.value), token.at))
        return i + 1
    if text == "far" and follows == "<d>":
        return _direction(p, i + 1, d, (*token.at,))
    if text == "<d>":
        return _direction(p, i, d, ())
    if text == "<group>":
        return _group(p, i, d)
    if d.adjectives and r.match(i) is not None:
        return None
    d.adjectives.append(token)
    return i + 1


def counted_behind(p: PhraseReader, i: int, d: NounPhrase) -> bool:
    """Whether a rank follows its noun: "the tank second from the left"."""
    match = p.r.match(i + 1, bare=True)
    counts = match is not None and match.handler in ("from", "nearest", "most")
    return d.rank is None and counts


def _opens(p: PhraseReader, text: str, follows: str) -> bool:
    """Whether words of order begin what follows a noun that was left out."""
    if text == "<nearest>":
        return follows in ("to", "from", "by", "away") or follows in v.THE | v.A
    return text in ("<cmp>", "<len>", "<area>") and follows in (
        "than",
        "of",
        "from",
    )


def _one(p: PhraseReader, i: int, d: NounPhrase) -> int | None:
    r, token = p.r, p.r.tokens[i]
    follows = r.text(i + 1)
    if token.text == "ones":
        d.pronoun = "ones"
        if d.number == 1:  # "only large ones"
            d.said.extend(d.number_at)
            d.number, d.number_at = None, ()
    elif follows == "of" and not d.adjectives and not d.has_lead():
        d.number, d.number_at, d.article = 1, token.at, "a"
        return i + 1
    elif d.article or d.has_lead() or d.adjectives or r.may_end(i + 1):
        d.pronoun = "one"
    else:
        d.number, d.number_at = 1, token.at
        return i + 1
    d.said.extend(token.at)
    return i + 1


def _direction(
    p: PhraseReader, i: int, d: NounPhrase, far: tuple[int, ...]
) -> int | None:
    """A direction before the noun."""
    r, token = p.r, p.r.tokens[i]
    if r.text(i + 1) == "<n>" and r.text(i + 2) in ("<sup>", "<most>", "<nearest>"):
        d.said.extend(token.at)  # "the top 5 largest buildings"
        return i + 1
    at, place = (*far, *token.at), str(token.value)
    j = i + 1
    while r.text(j) in ("hand", "side", "quadrant", "quarter") and r.text(j + 1):
        at, j = (*at, *r.tokens[j].at), j + 1
    follows = r.text(j)
    word = r.words[token.at[0]]
    if follows in ("one", "ones") and r.text(j + 1) == "of":
        at, j, follows = (*at, *r.tokens[j].at), j + 1, "of"
    if follows == "of" and not d.adjectives:
        kind = "middle" if place == "centre" else "most"
        d.choices.append(Selector(kind, place, at))  # type: ignore[arg-type]
    elif place == "centre" and word != "central":
        d.choices.append(Selector("middle", "", at))
    else:
        d.sides.append(Selector("most", place, at, rank=0 if far else 1))
    return j


def _group(p: PhraseReader, i: int, d: NounPhrase) -> int | None:
    """ "row of four tanks", "tank row", and a row of what was spoken of."""
    r, token = p.r, p.r.tokens[i]
    form, at = str(token.value), token.at
    word = r.words[token.at[0]]
    most = _most_members(p, i + 1)
    if r.text(i + 1) == "of" or most or _counts_members(p, i + 1):
        form = _straightened(p, d, form)
        inner = NounPhrase("inner", d.hint, d.depth + 1)
        start = most or i + 2
        j = p.lead(start, inner)
        d.base = _grouped(inner, form, (*at, *r.at(i + 1, start)))
        if most:
            order = "smallest" if r.text(most - 1) == "fewest" else "largest"
            d.choices.append(Selector("size", (order, "number"), r.at(i + 1, most)))
        if d.base is None:
            return None
        d.said.extend(at)
        d.pronoun = "ones" if is_plural(word) else "one"
        return j
    known = d.noun()
    ends = r.may_end(i + 1) or r.match(i + 1) is not None
    lone_line = word == "line" and not d.adjectives and d.article == "the"
    bare = word in v.BARE_GROUPS or lone_line  # a railway line is none
    if bare and ends and (not d.adjectives or known is not None):
        if d.adjectives and not known.categories:  # type: ignore[union-attr]
            d.adjectives.append(token)
            return i + 1
        d.group, d.group_at = _straightened(p, d, form), at
        if not d.adjectives:
            d.pronoun = "one"
        return i + 1
    d.adjectives.append(token)
    return i + 1


def _most_members(p: PhraseReader, i: int) -> int:
    """Index after "with the most", which says of groups how many they hold; else 0."""
    if p.r.text(i) not in ("with", "containing", "of"):
        return 0
    i += 2 if p.r.text(i + 1) == "the" else 1
    return i + 1 if p.r.text(i) in ("most", "fewest") else 0


def _counts_members(p: PhraseReader, i: int) -> bool:
    """Whether a number of members follows: "the row with five planes"."""
    return p.r.text(i) == "with" and _least(p, i + 1)[0] == "<n>"


def _least(p: PhraseReader, i: int) -> tuple[str, int]:
    """The token after "at least" or "more than", and how many words lead to it."""
    pair = p.r.text(i), p.r.text(i + 1)
    leads = 2 if pair in (("at", "least"), ("more", "than")) else 0
    return p.r.text(i + leads), leads


def _grouped(inner: NounPhrase, form: str, at: tuple[int, ...]) -> Node | None:
    count = inner.number or GROUP_COUNT.get(form)
    or_more, inner.number = inner.at_least, None
    node = inner.build()
    if node is None:
        return None
    shape = "cluster" if form in GROUP_COUNT else form
    return n.Grouped(node, shape, count, or_more, at=at)  # type: ignore[arg-type]


def _straightened(p: PhraseReader, d: NounPhrase, form: str) -> str:
    """ "horizontal row", "vertical line": the word before says the direction."""
    for token in list(d.adjectives):
        if token.text in v.STRAIGHT:
            d.adjectives.remove(token)
            d.said.extend(token.at)
            form = v.STRAIGHT[token.text]
    return form


def _partitive(p: PhraseReader, i: int, d: NounPhrase) -> int | None:
    """ "the largest of the tanks"."""
    if d.adjectives or d.base is not None or d.is_empty():
        return None
    if p.r.text(i + 1) in ("them", "these", "those"):
        return None
    node, j = p.phrase(i + 1, hint=d.hint, role="inner", depth=d.depth + 1)
    if node is None:
        return None
    d.base = node
    d.said.extend(p.r.tokens[i].at)
    return j


def _and(p: PhraseReader, i: int, d: NounPhrase) -> int | None:
    """Adjectives joined by "and" are one description, and so are two ranks."""
    after = p.r.tokens[i + 1] if i + 1 < p.r.stop else None
    if d.rank is not None and after is not None and not d.adjectives:
        next_one = d.rank + (d.number or 1)
        if after.text == "<ord>" and after.value == next_one:
            d.number = (d.number or 1) + 1
            d.rank_at = (*d.rank_at, *p.r.at(i, i + 2))
            return i + 2
    if not d.adjectives or d.pronoun:
        return None
    noun = d.noun()
    if noun is None or noun.categories or is_plural(d.adjectives[-1].shown):
        return None
    if p.r.text(i + 1) in v.THE | v.A | v.ALL or p.r.match(i + 1) is not None:
        return None
    d.adjectives.append(p.r.tokens[i])
    return i + 1


def _rule_in_lead(p: PhraseReader, m: Match, d: NounPhrase) -> int | None:
    """A rule ends the noun phrase, or opens the text: "in the north: tanks"."""
    if not d.is_empty() or d.article:
        return None
    start = p.r.text(m.start)
    if m.handler not in ("place", "edge") and start not in v.RELATING:
        d.adjectives.append(p.r.tokens[m.start])
        return m.start + 1
    j = apply(p, m, d, ())
    while p.r.text(j) == ",":
        j += 1
    return j


def _owner(p: PhraseReader, i: int, d: NounPhrase) -> int | None:
    """ "the depot's tanks" are the tanks in the depot."""
    r = p.r
    side = r.text(i + 1) == "<d>" and (r.may_end(i + 2) or r.text(i + 2) in v.PARTS)
    if side or not d.adjectives or i + 1 >= r.stop:
        return None
    owner = NounPhrase(
        "anchor", d.hint, d.depth, adjectives=d.adjectives, choices=d.choices
    )
    owner.sides, owner.said, d.sides, d.choices = d.sides, d.said, [], []
    anchor = owner.build()
    if anchor is None:
        return None
    at = r.tokens[i].at
    d.adjectives, d.said, d.article = [], [], "the"
    d.filters.append(lambda node: n.Inside(node, anchor, at=at))
    return i + 1


def _is_state(p: PhraseReader, token: Token, d: NounPhrase) -> bool:
    """Whether a word says what the things of a noun before it do: "jets docked"."""
    if not token.shown.endswith(("ed", "ing")):
        return False
    noun = d.noun()
    if noun is None or not noun.categories:
        return False
    return sense((noun.noun, singular(token.shown)))[1] is None
