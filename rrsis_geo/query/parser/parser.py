"""Reads noun phrases, one within another, and joins those that stand side by side.

A word may be read again where a guess was wrong; all reading together is limited, so
that no text takes long.
"""

from __future__ import annotations

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import sense, singular
from rrsis_geo.query.parser.noun_phrase import DEEPEST, NounPhrase, Role
from rrsis_geo.query.parser.pattern_matcher import Reader
from rrsis_geo.query.parser.postmodifiers import opaque, read_trail
from rrsis_geo.query.parser.premodifiers import read_lead

MOST_WORK = 500
"""Words read in one text, counting each time; what people write takes up to 50."""


class TooMuch(Exception):
    """A text would take too long; the network gets all of it."""


class Parser:
    """One text."""

    def __init__(self, reader: Reader) -> None:
        self.r = reader
        self._spent = 0

    def spend(self) -> None:
        """Counts a word that is read.

        Raises:
            TooMuch: Words are read again too often to go on.
        """
        self._spent += 1
        if self._spent > MOST_WORK:
            raise TooMuch

    def lead(self, i: int, d: NounPhrase) -> int:
        """Reads what stands before a noun, and the noun; the index after them."""
        return read_lead(self, i, d)

    def trail(self, i: int, d: NounPhrase) -> int:
        """Reads what follows a noun; the index after it."""
        return read_trail(self, i, d)

    def opaque(self, i: int, d: NounPhrase) -> int:
        """Leaves a description of looks to the network; the index after it."""
        return opaque(self, i, d)

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
        first = NounPhrase(role, hint, depth)
        if role == "head":
            i = self._of_these(i, first)
        i = self.lead(i, first)
        heads = [first]
        while not alone and self.r.text(i) in v.AND | {","}:
            j = i + 1
            while self.r.text(j) in ("and", "or", "also", "as", "well"):
                j += 1
            second = NounPhrase(role, hint, depth)
            k = self.lead(j, second)
            if not self._joins(heads[-1], second):
                break
            heads.append(second)
            i = k
        if len(heads) == 1:
            i = self.trail(i, first)
            return first.build(), i
        return self._joined(heads, i)

    def _of_these(self, i: int, d: NounPhrase) -> int:
        """ "of the four courts, the leftmost", "which of them is": the set first."""
        asks = self.r.text(i) in ("which", "what")
        if self.r.text(i + asks) not in ("of", "among", "from"):
            return i
        base, j = self.phrase(i + asks + 1, hint=None, role="inner", depth=d.depth + 1)
        ends = self.r.text(j) in (("is", "are") if asks else (",",))
        if base is None or not (asks or ends):
            return i
        d.hint = base
        return j + 1 if ends else j

    def _joins(self, one: NounPhrase, other: NounPhrase) -> bool:
        """Whether two phrases name things side by side."""
        if one.is_empty() or one.filters or other.filters:
            return False
        noun = other.noun()
        if other.base is not None:
            return bool(not one.adjectives and one.choices and other.choices)
        if noun is None or other.pronoun:
            return False
        clear = bool(noun.categories) or other.is_plural() or other.article != ""
        if not one.adjectives:
            return bool(one.has_lead()) and clear
        mine = one.noun()
        if one.role == "anchor" and mine is not None and mine.categories:
            return False
        return clear or other.number is not None

    def _joined(self, heads: list[NounPhrase], i: int) -> tuple[Node | None, int]:
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
        around = NounPhrase(last.role, last.hint, base=union, article=heads[0].article)
        i = self.trail(i, around)
        return around.build(), i

    def turned(self, i: int) -> bool:
        """Whether words about how a thing is turned begin here."""
        first, second = self.r.text(i), self.r.text(i + 1)
        if first not in v.TURNED or not second:
            return False
        length, _ = sense((first, singular(second)))
        return length < 2  # a "running track" is a thing


def _whole(draft: NounPhrase) -> Node | None:
    """The noun phrase of a draft without what chooses from it."""
    if draft.base is not None:
        return draft.base
    return (
        NounPhrase("inner", None, adjectives=draft.adjectives).build()
        if draft.noun()
        else None
    )
