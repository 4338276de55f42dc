"""What an expression asks for, as a tree of frozen values.

The planner reads such trees from text, the builder of training expressions writes text
from them. Every node stands for a list of units; a unit is one object, or several that
form a group. `of` is what a node chooses from, so that "the largest tank near the road"
is `Sized(Near(Find("storage tank"), Find("road")), "largest")`: inner conditions apply
first. Operators on a `Grouped` choose among whole groups, until `Members` takes them
apart; the answer is all objects of the units that are left. No object is its own
anchor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from rrsis_geo.language.directions import Place, Side

Extent: TypeAlias = Literal["part", "far", "half", "third", "quarter", "corner"]
"""Which share of the scene a place takes up. part: one of nine fields, or a side; far:
close to that side; corner: a quadrant for a diagonal place; others: that share of the
span."""

Shape: TypeAlias = Literal["elongated", "round", "square", "horizontal", "vertical"]
"""A form, or a direction on the screen, measured from an outline."""


@dataclass(frozen=True)
class _Reading:
    """What every node has: where it was read, and how surely the words mean it."""

    certainty: float = field(default=1.0, compare=False, kw_only=True)
    """In (0, 1]; less than 1 where the planner had to choose between two readings."""

    at: tuple[int, ...] = field(default=(), compare=False, kw_only=True)
    """Indices into `Plan.words` of the words it was read from; empty in training
    expressions."""


@dataclass(frozen=True)
class Find(_Reading):
    """All objects that a phrase names."""

    phrase: str
    """What the network is asked, singular and without article: "white storage tank";
    words as typed where the planner left a part of the expression to the network. In
    training expressions: the key of the class."""

    noun: str = field(default="", compare=False)
    """The noun of the phrase, singular: "storage tank"."""

    categories: tuple[str, ...] = field(default=(), compare=False)
    """Classes that the noun names ("court" names two); empty for an unknown noun.
    Which classes a network knows, its weights file says."""

    plural: bool = field(default=False, compare=False)
    """Whether several are asked for; False as well for bare labels ("storage tank")."""

    layer: str = field(default="", compare=False)
    """Word of the user's own layer whose features it names; "": the network finds
    them. Then `noun` is the layer's noun, and a phrase that says more narrows its
    features."""

    @property
    def narrows(self) -> bool:
        """Whether it says more of its things than what they are."""
        return self.noun != self.phrase


@dataclass(frozen=True)
class InPlace(_Reading):
    """Those in a part of the scene."""

    of: Node
    place: Place
    extent: Extent = "part"
    compares: bool = field(default=False, compare=False)
    """Whether it distinguishes objects of one class: "the upper right court"."""
    among: bool = False
    """Whether it is a part of the objects' own extent rather than of the scene."""


@dataclass(frozen=True)
class AtEdge(_Reading):
    """Those at an edge of the scene."""

    of: Node
    side: Side | None
    """None: any edge."""
    cut: bool = False
    """Whether the edge must touch them: "cut off by the left edge"."""


@dataclass(frozen=True)
class Extreme(_Reading):
    """`count` units in a run, the first of them the `rank`-th from a side."""

    of: Node
    side: Side
    rank: int = 1
    count: int = 1
    share: float | None = None
    """Takes the place of `count`: this part of the units, "the northern half of"."""


@dataclass(frozen=True)
class Middle(_Reading):
    """The `count` in the middle of a line of units, whichever way it runs."""

    of: Node
    count: int = 1
    of_scene: bool = False
    """Whether those nearest the centre of the scene are meant."""


@dataclass(frozen=True)
class Sized(_Reading):
    """`count` units, the first of them the `rank`-th by size."""

    of: Node
    order: Literal["largest", "smallest"]
    measure: Literal["area", "length", "width", "number"] = "area"
    """length is the longer side, width the shorter side of the tightest rectangle;
    number is of a group's objects."""
    rank: int = 1
    count: int = 1


@dataclass(frozen=True)
class SizeClass(_Reading):
    """The big or the small ones: of two sizes, or for their kind."""

    of: Node
    kind: Literal["big", "medium", "small"]


@dataclass(frozen=True)
class With(_Reading):
    """Those with a value of a labelled attribute, such as colour: red.

    In training expressions only: the planner leaves such words to the network.
    """

    of: Node
    key: str
    value: str


@dataclass(frozen=True)
class Shaped(_Reading):
    """Those of a shape; in training expressions only, like `With`."""

    of: Node
    shape: Shape


@dataclass(frozen=True)
class Facing(_Reading):
    """Aircraft or ships whose front points to a side."""

    of: Node
    side: Side


@dataclass(frozen=True)
class Measured(_Reading):
    """Those whose measure lies in a range."""

    of: Node
    measure: Literal["area", "length", "width", "perimeter"]
    low: float | None
    """Square metres for areas, else metres; inclusive; None: no limit."""
    high: float | None


@dataclass(frozen=True)
class Compared(_Reading):
    """Those larger or smaller than every anchor, or of about its size."""

    of: Node
    order: Literal["larger", "smaller", "same"]
    anchor: Node
    measure: Literal["area", "length", "width"] = "area"
    factor: float = 1.0
    """The anchors' measure counts that many times: 2 for "twice as large as"."""


@dataclass(frozen=True)
class Near(_Reading):
    """Those close to any of the anchors, for their size."""

    of: Node
    anchor: Node
    how: Literal["near", "next", "touching"] = "near"
    """next: with nothing of its kind in between; touching: sharing an outline."""


@dataclass(frozen=True)
class Within(_Reading):
    """Those in a range of distance to the nearest anchor, outline to outline."""

    of: Node
    anchor: Node
    low: float | None
    """Metres on the ground; None: no limit."""
    high: float | None


@dataclass(frozen=True)
class Beside(_Reading):
    """Those on one side of an anchor (top: above it), or off one corner."""

    of: Node
    side: Side
    anchor: Node
    how: Literal["beyond", "just", "at"] = "beyond"
    """beyond: outside of it; just: outside and near; at: in or along that part of the
    anchor itself, as "at the northern end of the depot"."""


@dataclass(frozen=True)
class Between(_Reading):
    """Those between two anchors, or amid a single set of anchors."""

    of: Node
    first: Node
    second: Node | None
    """None: `first` stands for both, as "between the two roads"."""


@dataclass(frozen=True)
class Inside(_Reading):
    """Those in or on an anchor."""

    of: Node
    anchor: Node
    how: Literal["in", "on", "at"] = "in"
    """at: in, on or touching: "at the jetty"."""


@dataclass(frozen=True)
class Along(_Reading):
    """Those near a long anchor, on its sides rather than beyond its ends."""

    of: Node
    anchor: Node


@dataclass(frozen=True)
class Around(_Reading):
    """Those near an anchor on any side."""

    of: Node
    anchor: Node


@dataclass(frozen=True)
class Surrounded(_Reading):
    """Those with anchors, or one that encloses them, on most sides."""

    of: Node
    anchor: Node


@dataclass(frozen=True)
class Opposite(_Reading):
    """Those facing an anchor, or on its other side where `beyond`."""

    of: Node
    anchor: Node
    beyond: bool = False
    """True: "across the road", "on the other side of the river"."""


@dataclass(frozen=True)
class Holding(_Reading):
    """Those with an anchor in or on them: "the dock with ships in it"."""

    of: Node
    anchor: Node


@dataclass(frozen=True)
class Distant(_Reading):
    """`count` units, the first of them the `rank`-th by distance to the anchors."""

    of: Node
    order: Literal["closest", "farthest"]
    anchor: Node
    rank: int = 1
    count: int = 1


@dataclass(frozen=True)
class Grouped(_Reading):
    """Objects that stand together, each group a unit: rows, columns, clusters."""

    of: Node
    form: Literal["line", "row", "column", "cluster"]
    """line: straight, any direction; row: across the screen; column: down it; cluster:
    any form."""
    count: int | None = None
    """Objects in each; None: two or more."""
    or_more: bool = False
    """Whether `count` is the least: "clusters of at least five"."""


@dataclass(frozen=True)
class Members(_Reading):
    """The objects of groups, each a unit again: "the third tank in the row"."""

    of: Node
    each: bool = False
    """Whether what follows chooses in each group: "the third tank in every row"."""


@dataclass(frozen=True)
class Isolated(_Reading):
    """Those far from all others of their set."""

    of: Node


@dataclass(frozen=True)
class Counted(_Reading):
    """As many as are asked for; the best ones where more fit."""

    of: Node
    number: int
    definite: bool = True
    """Whether exactly that many should fit ("the tank", "both"), so that a surplus is
    worth a note; False: "a tank"."""


@dataclass(frozen=True)
class Union(_Reading):
    """All units of all parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Except(_Reading):
    """A set without some of it: "except the largest", "not near the road"."""

    of: Node
    without: Node
    """Often an operator on the same set as `of`."""


Operator: TypeAlias = (
    InPlace
    | AtEdge
    | Extreme
    | Middle
    | Sized
    | SizeClass
    | With
    | Shaped
    | Facing
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
"""Nodes that choose among the units of `of`."""

Node: TypeAlias = Find | Union | Operator


NODES: tuple[type, ...] = get_args(Node)
"""All classes of nodes."""
