"""What has been read of a noun phrase, and the plan node that it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Literal, cast

from rrsis_geo.language import nodes as n
from rrsis_geo.language.directions import COMPASS, SCREEN, Place
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.phrases import add_words, head_noun
from rrsis_geo.query.lexicon.nouns import INVARIANT, Sense, is_plural, sense, singular
from rrsis_geo.query.lexicon.vocabulary import GROUP_COUNT, NON_PLACES
from rrsis_geo.query.phrases.selectors import (
    At,
    Filter,
    Selector,
    apply_selector,
    doubted,
    named_side,
    side_of_first,
    sided_part,
    without_ranking,
    without_side,
)
from rrsis_geo.query.tokenizer.token_kinds import Token

Role = Literal["head", "anchor", "inner"]
"""head: what is asked for; anchor: what it is related to; inner: what a group or a
partitive ("the largest of ...") is made of."""

Form = Literal["line", "row", "column", "cluster"]

MAX_DEPTH = 6
"""Noun phrases nested in each other; deeper ones are left to the network."""
_SIDES = (*SCREEN, *COMPASS)
OPPOSITE = {"left": "right", "top": "bottom", "west": "east", "north": "south"}
OPPOSITE |= {other: one for one, other in OPPOSITE.items()}


@dataclass
class NounPhrase:
    """What has been read of a noun phrase; `build` makes its node."""

    role: Role
    antecedent: Node | None
    """What "one" stands for, and a phrase without a noun."""

    depth: int = 0
    """How many noun phrases it is nested in."""

    determiner: str = ""
    """"the", "a", "all" or none."""
    silent_words: list[int] = field(default_factory=list)
    """Indices of words, such as articles, that belong to the phrase but are not passed
    to the network."""
    adjectives: list[Token] = field(default_factory=list)
    """Words about appearance, then the noun."""
    unparsed: list[Token] = field(default_factory=list)
    """Words after the noun that the network gets as they are."""
    pronoun: Literal["", "one", "ones"] = ""
    base: Node | None = None
    """What stands in place of a noun, as in "the largest of the tanks"."""

    number: int | None = None
    number_at: At = ()
    at_least: bool = False
    """Whether `number` is a minimum: "at least five", "five or more"."""
    rank: int | None = None
    rank_at: At = ()
    more_ranks: list[int] = field(default_factory=list)
    """Further ranks: of "first and third"."""
    rank_token: Token | None = None
    from_end: bool = False
    """Whether the rank is counted from the end: "last"."""
    rank_side: str | None = None
    """Side from which the rank is counted."""

    directions: list[Selector] = field(default_factory=list)
    """Directions before the noun: "northern"; with rank 0 for "far left"."""
    noun_filters: list[Filter] = field(default_factory=list)
    """Filters before the noun, applied first: size classes and isolation."""
    comparative: Token | None = None
    """A comparative before the noun: "the larger plane"."""
    group: str = ""
    """Form of a group that the noun itself names: "tank row"."""
    group_at: At = ()
    of_members: bool = False
    """Whether it chooses in a group: "row of cars, the second from the left"."""
    filters: list[Filter] = field(default_factory=list)
    """Places and relations, in the order in which they were read."""
    last_handler: str = ""
    """Handler of the last rule that was applied."""
    last_anchor: Node | None = None
    """What it was related to last, which "it" stands for."""
    selectors: list[Selector] = field(default_factory=list)

    def without_count(self) -> NounPhrase:
        """The same things without their number."""
        return replace(self, number=None, number_at=(), determiner="all")

    def clear(self) -> None:
        """Forget all but what it is for."""
        for item in fields(self):
            if item.name in ("role", "antecedent", "depth"):
                continue
            fresh = item.default_factory() if callable(item.default_factory) else None
            setattr(self, item.name, item.default if fresh is None else fresh)

    def doubt_filters(self, start: int) -> None:
        """Mark the filters from an index on as one of two possible readings."""
        for index, keep in enumerate(self.filters[start:], start=start):
            self.filters[index] = doubted(keep)

    def has_noun(self) -> bool:
        """Whether it says what the things are."""
        return bool(self.adjectives or self.pronoun or self.base is not None)

    def has_premodifier(self) -> bool:
        """Whether a word before the noun counts, selects or filters."""
        return bool(
            self.number
            or self.rank
            or self.selectors
            or self.directions
            or self.noun_filters
            or self.comparative
        )

    def is_empty(self) -> bool:
        """Whether nothing was read that could stand for things."""
        return not (self.has_noun() or self.has_premodifier() or self.group)

    def set_rank(self, token: Token) -> None:
        """Take the rank from an ordinal: "second"."""
        self.rank, self.rank_at = int(token.value), token.at  # type: ignore[arg-type]
        self.rank_token = token

    def add_apposition(self, addition: NounPhrase) -> None:
        """Take what another phrase says of the same things: "the red ones"."""
        if addition.pronoun and self.adjectives:  # "courts, the blue ones": blue courts
            self.adjectives = [*addition.adjectives, *self.adjectives]
        else:
            self.unparsed.extend(addition.adjectives)
        if addition.group and not self.group:  # "courts, the upper pair"
            if not isinstance(self.base, n.Grouped):
                self.group, self.group_at = addition.group, addition.group_at
            self.selectors.extend(addition.directions)
        elif (addition.number and addition.determiner == "the") or (
            addition.pronoun == "one" and self.is_plural()
        ):  # "the lower two", "ships, the left one"
            self.selectors.extend(addition.directions)
        else:
            self.directions.extend(addition.directions)
        self.noun_filters.extend(addition.noun_filters)
        self.selectors.extend(addition.selectors)
        self.filters.extend(addition.filters)
        if addition.comparative is not None and not addition.is_plural():
            value = cast(tuple[str, str], addition.comparative.value)
            self.selectors.append(Selector("size", value, addition.comparative.at))
        self.of_members = addition.chooses_one() and self.is_one_group()
        if self.rank is None and addition.rank is not None:
            self.rank, self.rank_at = addition.rank, addition.rank_at
            self.rank_token, self.from_end = addition.rank_token, addition.from_end
            self.rank_side = self.rank_side or addition.rank_side
        chosen = addition.chooses_one() and not self.of_members
        one = addition.pronoun == "one" and (addition.adjectives or chosen)
        if one and self.number:
            self.number = 1  # "the three tanks, the white one"
        elif self.number is None and addition.number is not None:
            self.number, self.number_at = addition.number, addition.number_at
            if addition.determiner == "the":
                self.determiner = "the"

    def chooses_one(self) -> bool:
        """Whether one thing is chosen by its order: "the middle one", "the second"."""
        ordered = self.selectors or self.directions or self.rank or self.comparative
        return bool(ordered) and not (self.group or self.number or self.is_plural())

    def names_rows(self) -> bool:
        """Whether it stands for groups of things."""
        return bool(self.group) or isinstance(self.base, n.Grouped)

    def is_one_group(self) -> bool:
        """Whether things in one group are named: "row of cars", "boats in a row"."""
        if isinstance(self.base, n.Grouped):
            return self.pronoun == "one"
        return any(isinstance(keep(Find("")), n.Grouped) for keep in self.filters)

    def resolve_noun(self) -> tuple[tuple[str, ...], int, Sense | None]:
        """Words of the noun phrase, singular; how many make the noun; its sense."""
        words = tuple(w for token in self.adjectives for w in token.surface.split())
        if not words:
            return (), 0, None
        plural_first = len(words) > 2 and words[-2] == "of"  # "blocks of flats"
        if plural_first:
            words = (*words[:-3], singular(words[-3]), *words[-2:])
        else:
            words = (*words[:-1], singular(words[-1]))
        length, known = sense(words)
        return words, length, known

    def noun(self) -> Find | None:
        """The noun alone, as an antecedent of "one"; None where there is none."""
        words, _, known = self.resolve_noun()
        if self.base is not None:
            return head_noun(self.base)
        if not words or self.pronoun:
            return None
        name = known.name if known else words[-1]
        return Find(name, noun=name, categories=known.categories if known else ())

    def noun_or_antecedent(self) -> Find | None:
        """The noun, or the antecedent where that is a plain noun."""
        if (noun := self.noun()) is not None:
            return noun
        return self.antecedent if isinstance(self.antecedent, Find) else None

    def is_adjective_only(self) -> bool:
        """Whether it leaves its noun to another one: "one red and two white cars"."""
        last = self.adjectives[-1].text if self.adjectives else ""
        return last in NON_PLACES and self.resolve_noun()[2] is None

    def is_plural(self) -> bool:
        """Whether it stands for several things."""
        if self.pronoun:
            return self.pronoun == "ones"
        if self.number is not None and self.number > 1:
            return True
        return bool(self.adjectives) and is_plural(self.adjectives[-1].surface)

    def is_singular(self) -> bool:
        """Whether it clearly stands for one thing; "aircraft" may be either."""
        if self.pronoun:
            return self.pronoun == "one"
        if not self.adjectives:
            return not self.number or self.number == 1
        return not self.is_plural() and self.adjectives[-1].surface not in INVARIANT

    def count_from_place(self) -> None:
        """ "The first plane on the left", "the two on the left": farthest to that side.

        Only where nothing else says what is counted, or from where.
        """
        counted = (self.number or 0) > 1 and self.determiner in ("the", "all")
        chosen = self.rank_side or self.selectors or self.comparative
        if chosen or self.more_ranks or self.names_rows():
            return
        if self.rank == 1 or (counted and not (self.rank or self.at_least)):
            side_of = named_side if self.rank else sided_part
            self.filters, side, at = without_side(self.filters, side_of)
            self.rank_side, self.rank_at = side or None, (*self.rank_at, *at)
            self.from_end = self.from_end and not side

    def build(self) -> Node | None:
        """The node; None where neither a noun nor an antecedent says what is meant."""
        if self.more_ranks:
            ranks = [self.rank, *self.more_ranks]
            side = None if self.selectors or self.group else "left"
            each = [
                replace(
                    self,
                    rank=rank,
                    rank_side=self.rank_side or side,
                    more_ranks=[],
                    selectors=list(self.selectors),
                ).build()
                for rank in ranks
            ]
            return n.Union(tuple(one for one in each if one is not None))
        self.count_from_place()
        self._set_rank_side_of_rows()
        node = self._build_base()
        if node is None:
            return None
        for apply in self.noun_filters:
            node = apply(node)
        if self.comparative is not None and self.is_plural():
            order = cast(tuple[str, str], self.comparative.value)[0]
            kind: Literal["big", "small"] = "big" if order == "largest" else "small"
            node = n.SizeClass(node, kind, at=self.comparative.at)
        node = self._apply_directions(node)
        if self.group:
            count = GROUP_COUNT.get(self.group)
            form = "cluster" if count else self.group
            node = n.Grouped(node, form, count, at=self.group_at)  # type: ignore[arg-type]
        if isinstance(node, n.Grouped) and not self.of_members:
            node = replace(node, form=self._orient(node.form))
        for apply in self.filters:
            node = apply(node)
        if self.of_members:
            node = n.Members(node)
        return self._apply_count(self._apply_selectors(node))

    def _set_rank_side_of_rows(self) -> None:
        """Count "the second row" from the top, "the first two" from the left."""
        chosen = isinstance(self.antecedent, n.Members) and not self.adjectives
        of = self.base or (self.antecedent if chosen else None)
        if self.rank and not self.selectors:
            self.rank_side = self.rank_side or side_of_first(of, self.group) or None
            self.rank_side = self.rank_side or ("left" if self.number_at else None)

    def _build_base(self) -> Node | None:
        """What the noun, the antecedent or `base` stands for."""
        tokens = (*self.adjectives, *self.unparsed)
        at = tuple(sorted((*self.silent_words, *(i for t in tokens for i in t.at))))
        rest = [token.surface for token in self.unparsed]
        if self.base is not None:
            return add_words(self.base, rest, at) if rest else self.base
        words, length, known = self.resolve_noun()
        order: tuple[str, ...] = ()
        if self.rank_token is not None and not (self.rank_side or self.selectors):
            order = (self.rank_token.surface,)  # "third court by the road"
            at = tuple(sorted((*at, *self.rank_token.at)))
        if self.pronoun or not words:
            if self.antecedent is None or not (tokens or order):
                return self.antecedent
            adjectives = [*order, *(token.surface for token in self.adjectives)]
            return add_words(self.antecedent, rest, at, adjectives)
        name = known.name if known else words[-1]
        before = (*order, *words[: len(words) - length])
        return Find(
            " ".join((*before, name, *rest)),
            noun=name,
            categories=known.categories if known else (),
            plural=self.is_plural(),
            at=at,
        )

    def _orient(self, form: Form) -> Form:
        """A line runs any way, but "the top row" is a row, "the left row" a column."""
        orders = [one.value for one in (*self.selectors, *self.directions)]
        for side in (self.rank_side, *orders):
            if form == "line" and side in ("top", "bottom", "north", "south"):
                return "row"
            if form == "line" and side in ("left", "right", "west", "east"):
                return "column"
        return form

    def _apply_directions(self, node: Node) -> Node:
        """ "the northern tanks" are a part; "the northern tank" is the northernmost."""
        for direction in without_ranking(self.directions, self.selectors):
            place = cast(Place, direction.value)
            if place == "centre" and self.names_rows():  # "the central row"
                self.selectors.append(direction._replace(kind="middle"))
            elif self._selects_one(direction):
                self.selectors.append(direction)
            else:
                extent: Literal["far", "part"] = "part" if direction.rank else "far"
                node = n.InPlace(node, place, extent, compares=True, at=direction.at)
        return node

    def _selects_one(self, side: Selector) -> bool:
        """Whether a direction before the noun selects one thing by its order."""
        ordered = self.selectors or self.rank or self.at_least
        alone = not ordered and side.value in _SIDES
        if self.number not in (None, 1):  # "the two lower courts", "lower two courts"
            return alone and (self.determiner == "the" or side.at < self.number_at)
        return alone and self.is_singular()

    def _apply_selectors(self, node: Node) -> Node:
        selectors = list(self.selectors)
        number, rank, at = self.number, self.rank, self.rank_at
        if self.comparative is not None and not self.is_plural():
            value = cast(tuple[str, str], self.comparative.value)
            selectors.append(Selector("size", value, self.comparative.at))
        if rank is not None and self.rank_side is None:
            # "the second largest": the rank belongs to the first selector.
            if selectors:
                selectors[0] = selectors[0]._replace(rank=rank, at=at + selectors[0].at)
            rank = None
        if rank is not None or (self.rank_side is not None and number):
            side = self.rank_side or ""
            side = OPPOSITE.get(side, "left") if self.from_end else side or "left"
            selectors.insert(0, Selector("most", side, at, rank=rank or 1))
        if selectors and number and number > 1:
            selectors[0] = selectors[0]._replace(
                number=number, at=self.number_at + selectors[0].at
            )
        for selector in reversed(selectors):
            node = apply_selector(selector, node)
        return node

    def _apply_count(self, node: Node) -> Node:
        selected = bool(self.selectors or self.rank_side) or (
            self.comparative is not None and not self.is_plural()
        )
        if self.at_least:
            return node
        if self.number is not None and (not selected or self.number == 1):
            if selected or (self.role != "head" and self.number == 1):
                return node
            definite = self.determiner != "a"
            return n.Counted(node, self.number, definite, at=self.number_at)
        if self.role != "head" or selected or not self.is_singular():
            return node
        if isinstance(node, n.Union) or (self.base is not None and not self.pronoun):
            return node
        one = n.Counted(node, 1, self.determiner == "the")
        return one if self.determiner in ("the", "a") else node
