"""Reads noun phrases, nested in each other or joined by conjunctions.

A token may be read again where an attempt failed. The number of tokens read is limited,
so that no text takes long.
"""

from __future__ import annotations

from dataclasses import replace

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import sense, singular
from rrsis_geo.query.parser.appositions import is_part, may_restate, points_again
from rrsis_geo.query.parser.coordination import read_enumeration
from rrsis_geo.query.parser.descriptions import read_description
from rrsis_geo.query.parser.fronted_sets import read_fronted_set, refer_to_set
from rrsis_geo.query.parser.postmodifiers import read_postmodifiers
from rrsis_geo.query.parser.premodifiers import read_premodifiers
from rrsis_geo.query.patterns.pattern_matcher import PatternMatcher
from rrsis_geo.query.phrases.noun_phrase import MAX_DEPTH, NounPhrase, Role
from rrsis_geo.query.phrases.phrase_reader import ThingList
from rrsis_geo.query.phrases.thing_lists import further_things

MAX_STEPS = 500
"""Tokens read in one text, counting each time; usual requests take up to 50."""


class TooManySteps(Exception):
    """Parsing a text would take too long; the network gets all of it."""


class Parser:
    """The parser of one text; methods are documented in `PhraseReader`."""

    def __init__(self, matcher: PatternMatcher) -> None:
        self.matcher = matcher
        self.it: Node | None = None
        self._steps = 0

    def count_step(self) -> None:
        """Count one token that is read.

        Raises:
            TooManySteps: Tokens were read again too often.
        """
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise TooManySteps

    def read_premodifiers(self, i: int, phrase: NounPhrase) -> int:
        """Read what stands before a noun, and the noun; return the next position."""
        return read_premodifiers(self, i, phrase)

    def read_postmodifiers(self, i: int, phrase: NounPhrase) -> int:
        """Read what follows a noun; return the next position."""
        return read_postmodifiers(self, i, phrase)

    def read_description(self, i: int, phrase: NounPhrase) -> int:
        """Leave a description to the network; return the next position."""
        return read_description(self, i, phrase)

    def read_phrase(
        self,
        i: int,
        *,
        antecedent: Node | None,
        role: Role,
        depth: int,
        alone: bool = False,
        things: ThingList | None = None,
    ) -> tuple[Node | None, int]:
        """Read a noun phrase, or several joined by "and".

        Args:
            i: Position where it starts.
            antecedent: What "one" stands for, and a phrase without a noun.
            role: What the phrase is for.
            depth: How many noun phrases it is nested in.
            alone: Whether "and" ends it, as in "between X and Y".
            things: What tells whether plain nouns after "and" or "or" go with it.

        Returns:
            Its node, None where it names nothing, and the next position.
        """
        if depth > MAX_DEPTH:
            return None, i
        first = NounPhrase(role, antecedent, depth)
        if role == "head":
            i = read_fronted_set(self, i, first)
        i = self.read_premodifiers(i, first)
        if role == "head" and antecedent is None:
            refer_to_set(first)
        if role == "head" and (end := read_enumeration(self, i, first)) is not None:
            return first.build(), end
        phrases = [first]
        if things is not None:
            more, i = further_things(self, i, first, things)
            phrases.extend(more)
        while not alone and self.matcher.text(i) in _JOINS:
            j = i + 1
            while self.matcher.text(j) in ("and", "or", "also", "as", "well"):
                j += 1
            if self.matcher.text(j) in ("without", "same", "only"):
                break  # "the car park, no cars in it", "..., same driveway"
            if self.matcher.text(i) == "," and self.matcher.after_choice(j) > j:
                break  # "the pier, only the boats at it"
            if role == "anchor" and self.matcher.text(j) in v.REQUESTING:
                break  # "larger than the red one, show the blue one"
            second = NounPhrase(role, antecedent, depth)
            if role == "head" and phrases[-1].noun() is not None:
                # "the ship and the tug next to it"
                self.matcher.allow_pronoun_anchors()
            k = self.read_premodifiers(j, second)
            comma = self.matcher.text(i) == "," == self.matcher.text(j - 1)
            if comma and _names_again(first, second) and len(phrases) == 1:
                second.add_apposition(first)
                first = second
                phrases, i = [second], k
                break
            if comma and _is_apposition(phrases[-1], second):
                break
            nouns = phrases[-1].noun(), second.noun()
            if comma and points_again(self.matcher, j, *nouns):
                break
            excepted = things is not None and things.excepted
            unnamed = phrases[-1].noun() is None and not second.has_premodifier()
            if excepted and unnamed:
                break  # "except the largest and the trucks"
            bare = phrases[-1].determiner and not second.determiner
            if comma and role == "anchor" and self.matcher.match(j) is not None:
                break  # "left of the big one, both sides of the road"
            if (
                comma
                and role == "anchor"
                and bare
                and self.matcher.text(k) not in _JOINS
            ):
                break  # "next to the school, red roof"
            either = self.matcher.text(i) == "or"  # "a digger or loader"
            said = either or self.matcher.text(j) in ("any", "some")
            if not _are_coordinated(phrases[-1], second, comma=comma, said=said):
                break
            if either and _are_alternatives(phrases[-1], second):
                phrases[-1].determiner = second.determiner = ""
            phrases.append(second)
            i = k
        if len(phrases) == 1:
            i = self.read_postmodifiers(i, first)
            return first.build(), i
        return self._join(phrases, i)

    def is_orientation(self, i: int) -> bool:
        """Whether words about the way a thing is turned begin here."""
        first, second = self.matcher.text(i), self.matcher.text(i + 1)
        if first not in v.ORIENTING or not second:
            return False
        length, _ = sense((first, singular(second)))
        return length < 2  # a "running track" is a thing

    def _join(self, phrases: list[NounPhrase], i: int) -> tuple[Node | None, int]:
        """The union of coordinated phrases, and what follows it."""
        first, last = phrases[0], phrases[-1]
        separate = any(
            one.determiner or one.selectors or one.rank for one in phrases[1:]
        )
        count = len(last.filters)
        if separate:
            named = phrases[-2]
            if named.noun() is not None:
                self.it = replace(named, selectors=list(named.selectors)).build()
            i = self.read_postmodifiers(i, last)
        nouns = (_noun_node(one) for one in reversed(phrases))
        antecedent = next((noun for noun in nouns if noun is not None), None)
        if first.number_at and self.matcher.words[first.number_at[0]] == "both":
            first.number, first.determiner = None, "the"
        noun = next((o for o in map(NounPhrase.noun, reversed(phrases)) if o), None)
        for one in phrases:
            if one is not last and not (one.has_noun() or one.filters):
                # "the largest and the smallest tank near the road"
                one.filters = last.filters[count:]
                one.rank_side = one.rank_side or last.rank_side
            if one is not last and one.is_adjective_only() and not one.pronoun:
                one.pronoun, one.antecedent = "one", noun
            else:
                one.antecedent = antecedent or one.antecedent
        parts = [one.build() for one in phrases]
        kept = tuple(part for part in parts if part is not None)
        if not kept:
            return None, i
        union: Node = n.Union(kept) if len(kept) > 1 else kept[0]
        if separate:
            return union, i
        whole = NounPhrase(
            last.role, last.antecedent, base=union, determiner=first.determiner
        )
        i = self.read_postmodifiers(i, whole)
        if whole.filters and isinstance(union, n.Union):
            # "the hut or shed by the road": one of those by the road
            whole.base = n.Union(tuple(map(_uncounted, union.parts)))
        return whole.build(), i


_JOINS = v.COORDINATORS | {","}


def _are_coordinated(
    one: NounPhrase, other: NounPhrase, *, comma: bool, said: bool
) -> bool:
    """Whether two noun phrases side by side name two things.

    Args:
        one: What stands before the conjunction.
        other: What stands after it.
        comma: Whether the conjunction is a comma alone.
        said: Whether "any", "some" or "or" says that a noun phrase begins.
    """
    if one.is_empty() or one.filters or other.filters:
        return False
    noun = other.noun()
    if other.base is not None:
        return bool(not one.adjectives and one.selectors and other.selectors)
    if noun is None or other.pronoun:
        return False
    clear = bool(noun.categories) or other.is_plural() or other.determiner != ""
    clear = clear or said
    if not one.adjectives:
        return bool(one.has_premodifier()) and clear
    first_noun = one.noun()
    if one.role == "anchor" and first_noun is not None and first_noun.categories:
        return False
    if one.role == "anchor" and comma and not noun.categories:
        return False
    return clear or other.number is not None


def _are_alternatives(one: NounPhrase, other: NounPhrase) -> bool:
    """Whether conditions are of both: "a ferry or a barge near the pier"."""
    plain = not (one.has_premodifier() or other.has_premodifier())
    return plain and one.determiner in ("a", "") and other.determiner == "a"


def _names_again(one: NounPhrase, other: NounPhrase) -> bool:
    """ "the biggest one, the plane with four engines"."""
    if one.has_noun() and not one.pronoun:
        return False
    plain = other.determiner == "the" and not other.has_premodifier()
    return (
        plain
        and one.has_premodifier()
        and other.is_singular()
        and bool(other.noun() and not other.pronoun)
    )


def _is_apposition(one: NounPhrase, other: NounPhrase) -> bool:
    """Whether what follows a comma is said of the same things."""
    if is_part(other) and one.has_noun():
        return True
    again = other.determiner == "the" and not other.pronoun
    noun, named = one.noun(), other.noun()
    if noun is not None and noun.noun in v.GENERIC and not one.is_plural():
        return named is not None  # "a strange thing: boarding tubes"
    return again and may_restate(noun, named)


def _uncounted(node: Node) -> Node:
    """A node without "one is meant", which holds only after further conditions."""
    return node.of if isinstance(node, n.Counted) and node.number == 1 else node


def _noun_node(phrase: NounPhrase) -> Node | None:
    """The node of a noun phrase without what selects from it."""
    if phrase.base is not None:
        return phrase.base
    if phrase.noun() is None:
        return None
    return NounPhrase("inner", None, adjectives=phrase.adjectives).build()
