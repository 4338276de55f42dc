"""A noun phrase in the making, and the node it becomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, cast

from rrsis_geo.language import nodes as n
from rrsis_geo.language.directions import COMPASS, SCREEN, Place, Side
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.traversal import spine
from rrsis_geo.query.lexicon.nouns import INVARIANT, Sense, is_plural, sense, singular
from rrsis_geo.query.lexicon.vocabulary import GROUP_COUNT
from rrsis_geo.query.tokenizer.tokens import Token

Filter = Callable[[Node], Node]
"""Puts an operator on a node."""

Role = Literal["head", "anchor", "inner"]
"""head: what is asked for; anchor: what it is measured against; inner: of what a group
or a choice is made."""

Form = Literal["line", "row", "column", "cluster"]

At = tuple[int, ...]

DEEPEST = 6
"""Phrases within phrases; what lies deeper stays with the network."""

OPPOSITE = {"left": "right", "top": "bottom", "west": "east", "north": "south"}
OPPOSITE |= {other: one for one, other in OPPOSITE.items()}


class Selector(NamedTuple):
    """A word that chooses some by order: "largest", "leftmost", "closest"."""

    kind: Literal["most", "size", "nearest", "middle"]
    value: str | tuple[str, str]
    at: At
    rank: int = 1
    number: int = 1
    anchor: Node | None = None


@dataclass
class NounPhrase:
    """What has been read of a noun phrase."""

    role: Role
    hint: Node | None
    """What "one" stands for, and a phrase without a noun."""

    depth: int = 0
    """How many phrases it lies within."""

    article: str = ""
    """"the", "a", "all", or none."""

    said: list[int] = field(default_factory=list)
    """Words that name nothing, such as articles."""

    adjectives: list[Token] = field(default_factory=list)
    """Words of appearance, then the noun."""

    after: list[Token] = field(default_factory=list)
    """Words behind the noun that are left to the network."""

    pronoun: Literal["", "one", "ones"] = ""
    base: Node | None = None
    """What "of the ..." gave, in place of a noun."""

    number: int | None = None
    number_at: At = ()
    rank: int | None = None
    rank_at: At = ()
    ranked: Token | None = None
    """The word of the rank."""

    last: bool = False
    """Whether the rank is counted from the end."""

    side: str | None = None
    """Where an order is counted from."""

    sides: list[Selector] = field(default_factory=list)
    """Directions before the noun: "northern"; of rank 0 for "far left"."""

    noun_filters: list[Filter] = field(default_factory=list)
    """Size classes and isolation: said of the things themselves."""

    compared: Token | None = None
    """A comparative before the noun: "the larger plane"."""

    group: str = ""
    """Form of a group that the noun itself names: "tank row"."""

    group_at: At = ()
    at_least: bool = False
    """Whether the number is the least: "at least five", "five or more"."""

    filters: list[Filter] = field(default_factory=list)
    handled: str = ""
    """Handler of the last rule that has been applied."""

    choices: list[Selector] = field(default_factory=list)

    def has_noun(self) -> bool:
        """Whether it is said what the things are."""
        return bool(self.adjectives or self.pronoun or self.base is not None)

    def take_rank(self, token: Token) -> None:
        """The word says which in an order: "second"."""
        self.rank, self.rank_at = int(token.value), token.at  # type: ignore[arg-type]
        self.ranked = token

    def is_empty(self) -> bool:
        """Whether nothing has been said that could stand for things."""
        return not (self.has_noun() or self.has_lead() or self.group)

    def has_lead(self) -> bool:
        """Whether something stands before the noun that chooses among things."""
        return bool(
            self.number
            or self.rank
            or self.choices
            or self.sides
            or self.noun_filters
            or self.compared
        )

    def meaning(self) -> tuple[tuple[str, ...], int, Sense | None]:
        """Words of the noun phrase, singular; how many make the noun; its sense."""
        words = tuple(w for token in self.adjectives for w in token.shown.split())
        if not words:
            return (), 0, None
        words = (*words[:-1], singular(words[-1]))
        length, known = sense(words)
        return words, length, known

    def noun(self) -> Find | None:
        """The noun alone, for "the one on the left"; None where none was said."""
        words, _, known = self.meaning()
        if self.base is not None:
            return bare(self.base)
        if not words or self.pronoun:
            return None
        name = known.name if known else words[-1]
        return Find(name, noun=name, categories=known.categories if known else ())

    def is_plural(self) -> bool:
        """Whether several things are spoken of."""
        if self.pronoun:
            return self.pronoun == "ones"
        if self.number is not None and self.number > 1:
            return True
        return bool(self.adjectives) and is_plural(self.adjectives[-1].shown)

    def is_singular(self) -> bool:
        """Whether the noun says that it is one, which "aircraft" does not."""
        if self.pronoun:
            return self.pronoun == "one"
        if not self.adjectives:
            return not self.number or self.number == 1
        return not self.is_plural() and self.adjectives[-1].shown not in INVARIANT

    def build(self) -> Node | None:
        """The node; None where neither a noun nor a hint says what is meant."""
        self._count_rows()
        node = self._found()
        if node is None:
            return None
        for step in self.noun_filters:
            node = step(node)
        if self.compared is not None and self.is_plural():
            order = cast(tuple[str, str], self.compared.value)[0]
            kind: Literal["big", "small"] = "big" if order == "largest" else "small"
            node = n.SizeClass(node, kind, at=self.compared.at)
        node = self._on_sides(node)
        if self.group:
            count = GROUP_COUNT.get(self.group)
            form = "cluster" if count else self.group
            node = n.Grouped(node, form, count, at=self.group_at)  # type: ignore[arg-type]
        if isinstance(node, n.Grouped):
            node = replace(node, form=self._lying(node.form))
        for step in self.filters:
            node = step(node)
        return self._counted(self._chosen(node))

    def _count_rows(self) -> None:
        """ "The second row" is counted from the top, a column from the left."""
        form = self.base.form if isinstance(self.base, n.Grouped) else self.group
        if form in ("line", "row", "column") and self.rank and not self.choices:
            self.side = self.side or ("left" if form == "column" else "top")

    def _found(self) -> Node | None:
        at = tuple(
            sorted(
                (
                    *self.said,
                    *(i for t in (*self.adjectives, *self.after) for i in t.at),
                )
            )
        )
        rest = [token.shown for token in self.after]
        if self.base is not None:
            return said(self.base, rest, at) if rest else self.base
        words, length, known = self.meaning()
        if self.pronoun or not words:
            if self.hint is None:
                return None
            adjectives = [token.shown for token in self.adjectives]
            return (
                said(self.hint, rest, at, adjectives)
                if adjectives or rest
                else self.hint
            )
        name = known.name if known else words[-1]
        before = words[: len(words) - length]
        if self.ranked is not None and not (self.side or self.choices):
            before = (self.ranked.shown, *before)  # "third court by the road"
            at = tuple(sorted((*at, *self.ranked.at)))
        return Find(
            " ".join((*before, name, *rest)),
            noun=name,
            categories=known.categories if known else (),
            plural=self.is_plural(),
            at=at,
        )

    def _lying(self, form: Form) -> Form:
        """Rows lie any way, but "the top row" lies across and "the left row" down."""
        orders = [choice.value for choice in (*self.choices, *self.sides)]
        for side in (self.side, *orders):
            if form == "line" and side in ("top", "bottom", "north", "south"):
                return "row"
            if form == "line" and side in ("left", "right", "west", "east"):
                return "column"
        return form

    def _on_sides(self, node: Node) -> Node:
        """ "the northern tanks" are a part; "the northern tank" is the northernmost."""
        for side in self.sides:
            place = cast(Place, side.value)
            if self._picks_one(place):
                self.choices.append(side)
            else:
                extent: Literal["far", "part"] = "part" if side.rank else "far"
                node = n.InPlace(node, place, extent, compares=True, at=side.at)
        return node

    def _picks_one(self, place: str) -> bool:
        """Whether a direction before the noun chooses one thing by its order."""
        alone = self.number in (None, 1) and not self.choices and self.rank is None
        return place in (*SCREEN, *COMPASS) and alone and self.is_singular()

    def _chosen(self, node: Node) -> Node:
        choices = list(self.choices)
        number, rank, at = self.number, self.rank, self.rank_at
        if self.compared is not None and not self.is_plural():
            value = cast(tuple[str, str], self.compared.value)
            choices.append(Selector("size", value, self.compared.at))
        if rank is not None and self.side is None:
            # "the second largest": the rank belongs to the first word of order.
            if choices:
                choices[0] = choices[0]._replace(rank=rank, at=at + choices[0].at)
            rank = None
        if rank is not None or (self.side is not None and number):
            side = OPPOSITE.get(self.side or "", "left") if self.last else self.side
            choices.insert(0, Selector("most", side or "left", at, rank=rank or 1))
        if choices and number and number > 1:
            choices[0] = choices[0]._replace(
                number=number, at=self.number_at + choices[0].at
            )
        for choice in reversed(choices):
            node = apply_choice(choice, node)
        return node

    def _counted(self, node: Node) -> Node:
        chosen = bool(self.choices or self.side) or (
            self.compared is not None and not self.is_plural()
        )
        if self.at_least:
            return node
        if self.number is not None and (not chosen or self.number == 1):
            if chosen or (self.role != "head" and self.number == 1):
                return node
            return n.Counted(node, self.number, self.article != "a", at=self.number_at)
        if self.role != "head" or chosen or not self.is_singular():
            return node
        if isinstance(node, n.Union) or (self.base is not None and not self.pronoun):
            return node
        if self.article in ("the", "a"):
            return n.Counted(node, 1, self.article == "the")
        return node


def apply_choice(choice: Selector, node: Node) -> Node:
    """The operator of a word of order."""
    if choice.kind == "middle":
        return n.Middle(node, choice.number, at=choice.at)
    if choice.kind == "size":
        order, measure = cast(tuple[str, str], choice.value)
        return n.Sized(
            node,
            order,  # type: ignore[arg-type]
            measure,  # type: ignore[arg-type]
            choice.rank,
            choice.number,
            at=choice.at,
        )
    if choice.kind == "nearest":
        if choice.anchor is None:
            return node
        return n.Distant(
            node,
            cast(Literal["closest", "farthest"], choice.value),
            choice.anchor,
            choice.rank,
            choice.number,
            at=choice.at,
        )
    side = cast(Side, choice.value)
    return n.Extreme(node, side, choice.rank, choice.number, at=choice.at)


def isolated(at: At) -> Filter:
    """Keeps what stands alone."""
    return lambda node: n.Isolated(node, at=at)


def of_size(token: Token) -> Filter:
    """Keeps the big ones, or the small ones."""
    kind = cast(Literal["big", "medium", "small"], token.value)
    return lambda node: n.SizeClass(node, kind, at=token.at)


def bare(anchor: Node) -> Find | None:
    """The noun at the bottom of a node, alone."""
    for one in spine(anchor):
        if isinstance(one, Find):
            return Find(one.noun, noun=one.noun, categories=one.categories)
    return None


def said(node: Node, after: list[str], at: At, before: list[str] | None = None) -> Node:
    """A node with more words in the phrases it rests on."""
    if isinstance(node, Find):
        phrase = " ".join((*(before or ()), node.phrase, *after))
        return replace(node, phrase=phrase, at=tuple(sorted({*node.at, *at})))
    if isinstance(node, n.Union):
        return replace(
            node, parts=tuple(said(part, after, at, before) for part in node.parts)
        )
    return replace(node, of=said(node.of, after, at, before))
