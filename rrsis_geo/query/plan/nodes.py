"""What an expression asks for, as a tree a program can work out.

A plan is a tree of frozen values. Every node stands for a list of units; a unit is
one object, or several that stand in a group. `of` is what a node chooses from, so that
"the largest tank near the road" is `Sized(Near(Find("storage tank"), Find("road")))`:
the inner words hold first. Operators on a `Grouped` choose among groups as wholes,
until `Members` takes them apart; the answer is all objects of the units that are left.
An object is never its own anchor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Literal, TypeAlias, cast, get_args

from rrsis_geo.query.plan.directions import Place, Side


@dataclass(frozen=True)
class Find:
    """Everything the network finds for a phrase."""

    phrase: str
    """What the network is asked, singular and without article: "white storage tank";
    words as typed where the planner left a part of the expression to the network."""

    noun: str = field(default="", compare=False)
    """The noun of it, singular: "storage tank"."""

    categories: tuple[str, ...] = field(default=(), compare=False)
    """Classes that the noun names ("court" names two); empty for an unknown noun.
    Whether weights know a class is said by the weights."""

    plural: bool = field(default=False, compare=False)
    """Whether several are asked for; False as well for bare labels ("storage tank")."""

    at: tuple[int, ...] = field(default=(), compare=False)
    """Its words: indices into `Plan.words`. The same in every node below."""


@dataclass(frozen=True)
class InPlace:
    """Those in a part of the scene."""

    of: Node
    place: Place
    extent: Literal["part", "far", "half", "third", "quarter", "corner"] = "part"
    """part: one of nine, or a side; far: close to that side; corner: a quadrant for a
    diagonal place; others: that share of the span."""
    compares: bool = field(default=False, compare=False)
    """Whether it tells things of one kind apart: "the upper right court"."""
    among: bool = False
    """Whether it is a part of what the things themselves take up, not of the scene."""
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class AtEdge:
    """Those at an edge of the scene."""

    of: Node
    side: Side | None
    """None: any edge."""
    cut: bool = False
    """Whether the edge must touch them: "cut off by the left edge"."""
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Extreme:
    """`count` units in a run, the first of them the `rank`-th from a side."""

    of: Node
    side: Side
    rank: int = 1
    count: int = 1
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Middle:
    """The `count` in the middle of a line of units, whichever way it runs."""

    of: Node
    count: int = 1
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Sized:
    """`count` units, the first of them the `rank`-th by size."""

    of: Node
    order: Literal["largest", "smallest"]
    measure: Literal["area", "length", "width", "number"] = "area"
    """length is the longer side, width the shorter side of the tightest rectangle;
    number is of a group's objects."""
    rank: int = 1
    count: int = 1
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class SizeClass:
    """The big or the small ones: of two sizes, or for their kind."""

    of: Node
    kind: Literal["big", "medium", "small"]
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Measured:
    """Those whose measure lies in a range."""

    of: Node
    measure: Literal["area", "length", "width", "perimeter"]
    low: float | None
    """Square metres for areas, else metres; inclusive; None: no limit."""
    high: float | None
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Compared:
    """Those larger or smaller than every anchor, or of about its size."""

    of: Node
    order: Literal["larger", "smaller", "same"]
    anchor: Node
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Near:
    """Those close to any of the anchors, for their size."""

    of: Node
    anchor: Node
    how: Literal["near", "next", "touching"] = "near"
    """next: with nothing of its kind in between; touching: sharing an outline."""
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Within:
    """Those in a range of distance to the nearest anchor, outline to outline."""

    of: Node
    anchor: Node
    low: float | None
    """Metres on the ground; None: no limit."""
    high: float | None
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Beside:
    """Those on one side of an anchor (top: above it), or off one corner."""

    of: Node
    side: Side
    anchor: Node
    how: Literal["beyond", "just", "at"] = "beyond"
    """beyond: outside of it; just: outside and near; at: in or along that part of the
    anchor itself, as "at the northern end of the depot"."""
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Between:
    """Those between two anchors, or amid one set of them."""

    of: Node
    first: Node
    second: Node | None
    """None: `first` stands for both, as "between the two roads"."""
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Inside:
    """Those in or on an anchor."""

    of: Node
    anchor: Node
    how: Literal["in", "on", "at"] = "in"
    """at: in, on or touching: "at the jetty"."""
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Along:
    """Those near a long anchor, on its sides rather than beyond its ends."""

    of: Node
    anchor: Node
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Around:
    """Those that stand about an anchor, near it on any side."""

    of: Node
    anchor: Node
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Surrounded:
    """Those with anchors, or one that encloses them, on most sides."""

    of: Node
    anchor: Node
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Opposite:
    """Those facing an anchor, or on its other side where `beyond`."""

    of: Node
    anchor: Node
    beyond: bool = False
    """True: "across the road", "on the other side of the river"."""
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Holding:
    """Those with an anchor in or on them: "the dock with ships in it"."""

    of: Node
    anchor: Node
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Distant:
    """`count` units, the first of them the `rank`-th by distance to the anchors."""

    of: Node
    order: Literal["closest", "farthest"]
    anchor: Node
    rank: int = 1
    count: int = 1
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Grouped:
    """Groups that stand together, each a unit: rows, columns, clusters."""

    of: Node
    form: Literal["line", "row", "column", "cluster"]
    """line: straight, any direction; row: across the screen; column: down it; cluster:
    any form."""
    count: int | None = None
    """Objects in each; None: two or more."""
    or_more: bool = False
    """Whether `count` is the least: "clusters of at least five"."""
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Members:
    """The objects of groups, each a unit again: "the third tank in the row"."""

    of: Node
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Isolated:
    """Those far from all others of their set."""

    of: Node
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Counted:
    """How many are asked for; the best ones where more fit."""

    of: Node
    number: int
    definite: bool = True
    """Whether exactly so many should fit ("the tank", "both"), so that more of them
    are worth a word; False: "a tank"."""
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Union:
    """Everything that any of the parts stands for."""

    parts: tuple[Node, ...]
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Except:
    """A set but some: "except the largest", "not near the road"."""

    of: Node
    without: Node
    """Often an operator on the same set as `of`."""
    at: tuple[int, ...] = field(default=(), compare=False)


Operator: TypeAlias = (
    InPlace
    | AtEdge
    | Extreme
    | Middle
    | Sized
    | SizeClass
    | Measured
    | Compared
    | Near
    | Within
    | Beside
    | Between
    | Inside
    | Along
    | Around
    | Surrounded
    | Opposite
    | Holding
    | Distant
    | Grouped
    | Members
    | Isolated
    | Counted
    | Except
)
"""What chooses among the units of `of`."""

Node: TypeAlias = Find | Union | Operator


def children(node: Node) -> tuple[Node, ...]:
    """The nodes a node rests on; `of` first, anchors after it."""
    if isinstance(node, Find):
        return ()
    if isinstance(node, Union):
        return node.parts
    values = (getattr(node, item.name) for item in fields(node))
    return tuple(cast(Node, value) for value in values if isinstance(value, NODES))


def anchors(node: Node) -> tuple[Node, ...]:
    """The nodes that an operator measures against; () for the others."""
    if isinstance(node, Find | Union | Except):
        return ()
    return children(node)[1:]


def spine(node: Node) -> list[Node]:
    """A node and what it chooses from, down to the noun or to parts."""
    found = [node]
    while not isinstance(node, Find | Union):
        node = node.of
        found.append(node)
    return found


def walk(node: Node) -> Iterator[Node]:
    """A node and everything below it, `of` before anchors."""
    yield node
    for child in children(node):
        yield from walk(child)


def words_of(node: Node) -> tuple[int, ...]:
    """Indices of all words of a node and of what lies below it."""
    return tuple(sorted({index for one in walk(node) for index in one.at}))


NODES: tuple[type, ...] = get_args(Node)
