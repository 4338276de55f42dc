"""Reads a noun phrase with all that follows it, from left to right, once.

Every word is looked at a bounded number of times: nothing is tried twice, so that
the time grows with the length of the text only.
"""

from __future__ import annotations

from rrsis_geo.query import nodes as n
from rrsis_geo.query import vocabulary as v
from rrsis_geo.query.draft import DEEPEST, Choice, Draft, Role, Step
from rrsis_geo.query.lexicon import is_plural, sense, singular
from rrsis_geo.query.nodes import Find, Node
from rrsis_geo.query.reader import Match, Reader
from rrsis_geo.query.relations import apply, bare, negated
from rrsis_geo.query.text import Token
from rrsis_geo.query.vocabulary import GROUP_COUNT

_THE = frozenset("the this these those that its their said".split())
_A = frozenset("a an some any".split())
_ALL = frozenset("all every each both".split())
_ONLY = frozenset("single sole only".split())
_SKIPPED = frozenset(
    "other remaining various different individual complete whole".split()
)
_AND = frozenset(("and", "or", "/", "plus"))
_NOT_WHERE = frozenset(("inside", "around", "along", "surrounded", "group"))
"""Rules whose words belong to a description: "with grass around the sides"."""

_TURNING = frozenset(
    "to toward towards the straight directly up down away from due just side".split()
)


class Parser:
    """One text."""

    def __init__(self, reader: Reader) -> None:
        self.r = reader

    def phrase(
        self, i: int, *, hint: Node | None, role: Role, depth: int, alone: bool = False
    ) -> tuple[Node | None, int]:
        """A noun phrase, or several joined by "and"; the node and the next index.

        Args:
            i: Where it starts.
            hint: What "one" stands for, and a phrase without a noun.
            role: What the phrase is for.
            depth: How many phrases it lies within.
            alone: Whether "and" ends it, as in "between X and Y".
        """
        if depth > DEEPEST:
            return None, i
        first = Draft(role, hint, depth)
        if role == "head" and self.r.text(i) in ("of", "among", "from"):
            i = self._of_these(i, first)
        i = self.lead(i, first)
        heads = [first]
        while not alone and self.r.text(i) in _AND | {","}:
            j = i + 1
            while self.r.text(j) in ("and", "or", "also", "as", "well"):
                j += 1
            second = Draft(role, hint, depth)
            k = self.lead(j, second)
            if not self._joins(heads[-1], second):
                break
            heads.append(second)
            i = k
        if len(heads) == 1:
            i = self.trail(i, first)
            return first.build(), i
        return self._joined(heads, i)

    def _of_these(self, i: int, d: Draft) -> int:
        """ "of the four courts, the leftmost": the set comes first."""
        base, j = self.phrase(i + 1, hint=None, role="inner", depth=d.depth + 1)
        if base is None or self.r.text(j) != ",":
            return i
        d.hint = base
        return j + 1

    def _joins(self, one: Draft, other: Draft) -> bool:
        """Whether two phrases name things side by side."""
        if one.is_empty() or one.filters or other.filters:
            return False
        noun = other.noun()
        if other.base is not None:
            return bool(not one.looks and one.choices and other.choices)
        if noun is None or other.pronoun:
            return False
        clear = bool(noun.categories) or other.is_plural() or other.article != ""
        if not one.looks:
            return bool(one.has_lead()) and clear
        mine = one.noun()
        if one.role == "anchor" and mine is not None and mine.categories:
            return False
        return clear or other.number is not None

    def _joined(self, heads: list[Draft], i: int) -> tuple[Node | None, int]:
        last = heads[-1]
        separate = any(head.article or head.choices for head in heads[1:])
        if separate:
            i = self.trail(i, last)
        noun = next((h for h in map(_whole, reversed(heads)) if h is not None), None)
        if heads[0].number == 2 and self.r.words[heads[0].number_at[0]] == "both":
            heads[0].number, heads[0].article = None, "the"
        for head in heads:
            head.hint = noun or head.hint
        parts = [head.build() for head in heads]
        kept = tuple(part for part in parts if part is not None)
        if not kept:
            return None, i
        union: Node = n.Union(kept) if len(kept) > 1 else kept[0]
        if separate:
            return union, i
        around = Draft(last.role, last.hint, base=union, article=heads[0].article)
        i = self.trail(i, around)
        return around.build(), i

    def lead(self, i: int, d: Draft) -> int:
        """Reads what stands before a noun, and the noun."""
        while i < self.r.stop:
            after = self._lead_word(i, d)
            if after is None:
                break
            i = after
        return i

    def _lead_word(self, i: int, d: Draft) -> int | None:
        """The next index, or None where the noun phrase proper has ended."""
        r, token = self.r, self.r.tokens[i]
        text = token.text
        if count := r.compound(i):
            d.looks.extend(r.tokens[i : i + count])
            return i + count
        if text in _THE | _A | _ALL and not d.looks:
            return self._determiner(i, d)
        if text.startswith("<") or text in ("one", "ones", "last", "far", "middle"):
            return self._special(i, d)
        if text == "of":
            return self._partitive(i, d)
        if text == ",":
            more = not d.looks and d.has_lead() and r.text(i + 1) not in _THE
            return i + 1 if more and r.match(i + 1) is None else None
        if text in _AND:
            return self._and(i, d)
        if text == "'s":
            return self._owner(i, d)
        if r.exception(i) > i or text in ("not", "that", "which", "who"):
            return None
        match = r.match(i, bare=d.has_noun())
        if match is not None:
            return self._rule_in_lead(match, d)
        ends = v.COPULAS | v.OPAQUE | v.PREPOSITIONS
        if d.looks and (text in ends or self._turned(i)):
            return None
        if not d.looks:
            if text in v.APART:
                d.traits.append(lambda node, at=token.at: n.Isolated(node, at=at))
                return i + 1
            if text in _ONLY and r.text(i + 1) in _THE | _A | _ALL:
                d.said.extend(token.at)
                return i + 1
            if text in _ONLY and not d.number:
                d.number, d.number_at, d.article = 1, token.at, d.article or "the"
                return i + 1
            if text in _SKIPPED and r.text(i + 1):
                d.said.extend(token.at)
                return i + 1
        if text in _THE | _A | _ALL or self._is_state(token, d):
            return None
        d.looks.append(token)
        return i + 1

    def _owner(self, i: int, d: Draft) -> int | None:
        """ "the depot's tanks" are the tanks in the depot."""
        r = self.r
        side = r.text(i + 1) == "<d>" and (
            r.may_end(i + 2) or r.text(i + 2) in ("side", "end", "edge", "part", "half")
        )
        if side or not d.looks or i + 1 >= r.stop:
            return None
        owner = Draft("anchor", d.hint, d.depth, looks=d.looks, choices=d.choices)
        owner.sides, owner.said, d.sides, d.choices = d.sides, d.said, [], []
        anchor = owner.build()
        if anchor is None:
            return None
        at = r.tokens[i].at
        d.looks, d.said, d.article = [], [], "the"
        d.filters.append(lambda node: n.Inside(node, anchor, at=at))
        return i + 1

    def _is_state(self, token: Token, d: Draft) -> bool:
        """Whether a word says what the things of a noun before it do: "jets docked"."""
        if not token.shown.endswith(("ed", "ing")):
            return False
        noun = d.noun()
        if noun is None or not noun.categories:
            return False
        return sense((noun.noun, singular(token.shown)))[1] is None

    def _determiner(self, i: int, d: Draft) -> int | None:
        r, text = self.r, self.r.text(i)
        follows = r.text(i + 1)
        if text in ("those", "these", "that", "any", "all", "each", "both", "some"):
            ends = not follows or follows in (",", *_AND) or r.match(i + 1) is not None
            if (ends or follows in v.COPULAS) and follows not in ("the", "of"):
                if not d.has_lead() and not d.article:
                    d.pronoun = "one" if text == "that" else "ones"
                    d.said.extend(r.tokens[i].at)
                    return i + 1
        d.said.extend(r.tokens[i].at)
        if text == "both" and not d.number:
            d.number, d.number_at = 2, r.tokens[i].at
        kind = "all" if text in _ALL else "a" if text in _A else "the"
        if text in ("some", "any"):
            kind = ""
        d.article = d.article or kind
        if follows == "of" and (text in _ALL or text in ("any", "some")):
            d.said.extend(r.tokens[i + 1].at)
            return i + 2
        return i + 1

    def _special(self, i: int, d: Draft) -> int | None:
        r, token = self.r, self.r.tokens[i]
        text, follows = token.text, self.r.text(i + 1)
        if d.has_noun() or self._opens(text, follows):
            match = r.match(i, bare=d.has_noun())
            if match is not None:
                return None
        if text in ("one", "ones"):
            return self._one(i, d)
        if text == "<n>":
            if d.number is None and not d.looks:
                d.number, d.number_at = int(token.value), token.at  # type: ignore[arg-type]
            else:
                d.looks.append(token)
            return i + 1
        if text == "<ord>" and not d.looks:
            d.rank, d.rank_at = int(token.value), token.at  # type: ignore[arg-type]
            return i + 1
        if text == "last" and not d.looks:
            d.rank, d.rank_at, d.last = d.rank or 1, (*d.rank_at, *token.at), True
            return i + 1
        if text == "<most>":
            d.choices.append(Choice("most", str(token.value), token.at))
            return i + 1
        if text == "<sup>":
            d.choices.append(Choice("size", token.value, token.at))  # type: ignore[arg-type]
            return i + 1
        if text == "<cmp>" and not d.looks:
            d.compared = token
            return i + 1
        if text == "<size>" and (follows or d.has_lead()):
            kind = str(token.value)
            d.traits.append(lambda node, at=token.at: n.SizeClass(node, kind, at=at))  # type: ignore[arg-type]
            return i + 1
        if text == "<nearest>" and not d.looks:
            d.choices.append(Choice("nearest", str(token.value), token.at))
            return i + 1
        if text == "far" and follows == "<d>":
            return self._direction(i + 1, d, (*token.at,))
        if text == "<d>":
            return self._direction(i, d, ())
        if text == "<group>":
            return self._group(i, d)
        if d.looks and r.match(i) is not None:
            return None
        d.looks.append(token)
        return i + 1

    def _opens(self, text: str, follows: str) -> bool:
        """Whether words of order begin what follows a noun that was left out."""
        if text == "<nearest>":
            return follows in ("to", "from", "by", "away") or follows in _THE | _A
        return text in ("<cmp>", "<len>", "<area>") and follows in (
            "than",
            "of",
            "from",
        )

    def _one(self, i: int, d: Draft) -> int | None:
        r, token = self.r, self.r.tokens[i]
        follows = r.text(i + 1)
        if token.text == "ones":
            d.pronoun = "ones"
        elif follows == "of" and not d.looks and not d.has_lead():
            d.number, d.number_at, d.article = 1, token.at, "a"
            return i + 1
        elif d.article or d.has_lead() or d.looks or r.may_end(i + 1):
            d.pronoun = "one"
        else:
            d.number, d.number_at = 1, token.at
            return i + 1
        d.said.extend(token.at)
        return i + 1

    def _direction(self, i: int, d: Draft, far: tuple[int, ...]) -> int | None:
        """A direction before the noun."""
        r, token = self.r, self.r.tokens[i]
        at, place = (*far, *token.at), str(token.value)
        j = i + 1
        if r.text(j) == "hand":
            at, j = (*at, *r.tokens[j].at), j + 1
        follows = r.text(j)
        word = r.words[token.at[0]]
        if follows in ("one", "ones") and r.text(j + 1) == "of":
            at, j, follows = (*at, *r.tokens[j].at), j + 1, "of"
        if follows == "of" and not d.looks:
            kind = "middle" if place == "centre" else "most"
            d.choices.append(Choice(kind, place, at))  # type: ignore[arg-type]
        elif place == "centre" and word != "central":
            d.choices.append(Choice("middle", "", at))
        else:
            d.sides.append(Choice("most", place, at, rank=0 if far else 1))
        return j

    def _group(self, i: int, d: Draft) -> int | None:
        """ "row of four tanks", "tank row", and a row of what was spoken of."""
        r, token = self.r, self.r.tokens[i]
        form, at = str(token.value), token.at
        word = r.words[token.at[0]]
        if r.text(i + 1) == "of":
            form = self._straightened(d, form)
            inner = Draft("inner", d.hint, d.depth + 1)
            j = self.lead(i + 2, inner)
            count = inner.number or GROUP_COUNT.get(form)
            inner.number = None
            d.base = self._grouped(inner, form, count, (*at, *r.at(i + 1, i + 2)))
            if d.base is None:
                return None
            d.said.extend(at)
            d.pronoun = "ones" if is_plural(word) else "one"
            return j
        known = d.noun()
        ends = r.may_end(i + 1)
        if word in v.BARE_GROUPS and ends and (not d.looks or known is not None):
            if d.looks and not known.categories:  # type: ignore[union-attr]
                d.looks.append(token)
                return i + 1
            d.group, d.group_at = self._straightened(d, form), at
            if not d.looks:
                d.pronoun = "one"
            return i + 1
        d.looks.append(token)
        return i + 1

    def _grouped(
        self, inner: Draft, form: str, count: int | None, at: tuple[int, ...]
    ) -> Node | None:
        node = inner.build()
        if node is None:
            return None
        shape = "cluster" if form in GROUP_COUNT else form
        return n.Grouped(node, shape, count, at=at)  # type: ignore[arg-type]

    def _straightened(self, d: Draft, form: str) -> str:
        """ "horizontal row", "vertical line": the word before says the direction."""
        for token in list(d.looks):
            if token.text in v.STRAIGHT:
                d.looks.remove(token)
                d.said.extend(token.at)
                form = v.STRAIGHT[token.text]
        return form

    def _partitive(self, i: int, d: Draft) -> int | None:
        """ "the largest of the tanks"."""
        if d.looks or d.base is not None or d.is_empty():
            return None
        node, j = self.phrase(i + 1, hint=d.hint, role="inner", depth=d.depth + 1)
        if node is None:
            return None
        d.base = node
        d.said.extend(self.r.tokens[i].at)
        return j

    def _and(self, i: int, d: Draft) -> int | None:
        """Adjectives joined by "and" are one description, and so are two ranks."""
        after = self.r.tokens[i + 1] if i + 1 < self.r.stop else None
        if d.rank is not None and after is not None and after.text == "<ord>":
            if not d.looks and after.value == d.rank + (d.number or 1):
                d.number = (d.number or 1) + 1
                d.rank_at = (*d.rank_at, *self.r.at(i, i + 2))
                return i + 2
        if not d.looks or d.pronoun:
            return None
        noun = d.noun()
        if noun is None or noun.categories or is_plural(d.looks[-1].shown):
            return None
        if self.r.text(i + 1) in _THE | _A | _ALL or self.r.match(i + 1) is not None:
            return None
        d.looks.append(self.r.tokens[i])
        return i + 1

    def _rule_in_lead(self, m: Match, d: Draft) -> int | None:
        """A rule ends the noun phrase, or opens the text: "in the north: tanks"."""
        if not d.is_empty() or d.article:
            return None
        start = self.r.text(m.start)
        if m.handler not in ("place", "edge") and start not in v.RELATING:
            d.looks.append(self.r.tokens[m.start])
            return m.start + 1
        j = self._apply(m, d, ())
        while self.r.text(j) == ",":
            j += 1
        return j

    def _turned(self, i: int) -> bool:
        """Whether words about how a thing is turned begin here."""
        if self.r.text(i) not in v.TURNED:
            return False
        return self.r.text(i + 1) in _TURNING | {"<d>", "<most>"} or bool(
            self.r.text(i + 1)
        )

    def trail(self, i: int, d: Draft) -> int:
        """Reads what follows a noun."""
        while i < self.r.stop:
            after = self._trail_word(i, d)
            if after is None:
                break
            i = after
        return i

    def _trail_word(self, i: int, d: Draft) -> int | None:
        r, text = self.r, self.r.text(i)
        if text == ",":
            return self._comma(i, d)
        j = i
        while r.text(j) in v.COPULAS | v.STATIVE | {"there", "it", "they", "also"}:
            j += 1
        negate: tuple[int, ...] = ()
        if r.text(j) == "not":
            negate, j = r.at(j, j + 1), j + 1
            while r.text(j) in v.STATIVE:
                j += 1
        if text in ("to", "from", "of", "by") and self._pending(d):
            return self._anchored(i, d)
        match = r.match(i, bare=True) or r.match(j, bare=True)
        if match is not None and (match.start == i or not negate or match.start == j):
            if d.role != "head" and (negate or not self._attaches(match, d)):
                return None
            if match.start == i:
                negate = ()
            return self._apply(match, d, negate)
        if negate:
            return self._negated(i, j, d)
        if r.exception(i) > i:
            return None
        if text in _AND:
            return self._conjunction(i, d)
        if d.role != "head" and text in _THE | _A | {"nearby"}:
            return None
        if text == "'s":
            return None if d.role != "head" else i + 1
        if j > i and text in v.COPULAS:
            return j
        if text in v.OPAQUE | v.PREPOSITIONS:
            return self.opaque(i, d)
        if self._turned(i):
            return self._turning(i, d)
        d.after.append(r.tokens[i])
        return i + 1

    def _comma(self, i: int, d: Draft) -> int | None:
        if d.role != "head":
            return None
        r, j = self.r, i + 1
        while r.text(j) in _AND | {"but"}:
            j += 1
        if (
            r.match(j, bare=True) is not None
            or r.text(j) == "not"
            or r.text(j) in v.OPAQUE
        ):
            return j
        if r.exception(j) > j or r.text(j) in v.COPULAS:
            return j
        again = Draft(d.role, d.hint, d.depth)
        k = self.lead(j, again)
        if again.pronoun and (again.looks or again.has_lead() or self.r.match(k)):
            d.after.extend(again.looks)
            d.sides.extend(again.sides)
            d.traits.extend(again.traits)
            d.choices.extend(again.choices)
            d.filters.extend(again.filters)
            return k
        if again.noun() is not None and not again.pronoun and again.article:
            return None
        return j

    def _negated(self, i: int, j: int, d: Draft) -> int | None:
        """ "not red", "not the big ones"."""
        r = self.r
        if r.text(j) in _THE | _A or d.role != "head":
            return None
        words = []
        k = j
        while k < r.stop and r.text(k) not in (",", *_AND) and r.match(k) is None:
            words.append(r.tokens[k])
            k += 1
        if not words:
            return None
        looks = [token.shown for token in words]
        d.filters.append(negated(_looking(looks, r.at(j, k)), r.at(i, j)))
        return k

    def _conjunction(self, i: int, d: Draft) -> int | None:
        """ "in the north and near the road" holds both; two places are either."""
        r, j = self.r, i + 1
        while r.text(j) in ("also", "but", "is", "are"):
            j += 1
        match = r.match(j, bare=True)
        if match is None or d.role != "head" or not (d.filters or d.sides):
            return None
        count = len(d.filters)
        after = self._apply(match, d, ())
        if r.text(i) == "or" or match.handler in ("place", "edge"):
            if len(d.filters) == count + 1 and count:
                either = d.filters[count - 1 :]
                d.filters[count - 1 :] = [_either(either[0], either[1])]
        return after

    def _pending(self, d: Draft) -> bool:
        return any(c.kind == "nearest" and c.anchor is None for c in d.choices)

    def _anchored(self, i: int, d: Draft) -> int | None:
        """The anchor of "the nearest tank to ..."."""
        node, j = self.phrase(i + 1, hint=d.noun(), role="anchor", depth=d.depth + 1)
        if node is None:
            d.after.append(self.r.tokens[i])
            return i + 1
        at = self.r.at(i, i + 1)
        if d.looks and singular(d.looks[-1].shown) in ("neighbour", "neighbor"):
            d.said.extend(place for token in d.looks for place in token.at)
            d.looks, d.base = [], bare(node)
        d.choices = [
            c._replace(anchor=node, at=c.at + at)
            if c.kind == "nearest" and c.anchor is None
            else c
            for c in d.choices
        ]
        return j

    def opaque(self, i: int, d: Draft) -> int:
        """A description of looks, up to words that surely say where."""
        r = self.r
        d.after.append(r.tokens[i])
        i += 1
        while i < r.stop and r.text(i) != ",":
            match = r.match(i)
            if match is not None and match.handler not in _NOT_WHERE:
                break
            if r.exception(i) > i and r.text(i) != "but":
                break
            d.after.append(r.tokens[i])
            i += 1
        return i

    def _turning(self, i: int, d: Draft) -> int:
        r = self.r
        d.after.append(r.tokens[i])
        i += 1
        while r.text(i) in _TURNING or r.text(i) in ("<d>", "<most>"):
            d.after.append(r.tokens[i])
            i += 1
        return i

    def _attaches(self, m: Match, d: Draft) -> bool:
        """Whether words after an anchor say something about the anchor."""
        noun = d.noun()
        if m.handler in ("place", "edge", "scene", "from", "most"):
            if noun is None:
                return True
            wide = m.handler != "most" and _is_wide(noun)
            return bool(noun.categories) and not wide
        return m.handler not in ("measured", "isolated", "group")

    def _apply(self, m: Match, d: Draft, negate: tuple[int, ...]) -> int:
        return apply(self, m, d, negate)


def _whole(draft: Draft) -> Node | None:
    """The noun phrase of a draft without what chooses from it."""
    if draft.base is not None:
        return draft.base
    return Draft("inner", None, looks=draft.looks).build() if draft.noun() else None


def _is_wide(noun: Find) -> bool:
    from rrsis_geo.query.lexicon import WIDE

    return bool(WIDE.intersection(noun.categories))


def _looking(looks: list[str], at: tuple[int, ...]) -> Step:
    from rrsis_geo.query.draft import said

    return lambda node: said(node, [], at, looks)


def _either(one: Step, other: Step) -> Step:
    return lambda node: n.Union((one(node), other(node)))
