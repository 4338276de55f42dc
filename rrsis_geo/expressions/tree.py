"""What an expression means, as a tree a program can work out again.

Every node stands for a set of labelled objects. `of` is the set a node chooses
from, so that "the largest plane on the left" is
`Sized(InPlace(All("airplane"), "left"), "largest")`: the inner words hold first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Side = Literal["left", "right", "top", "bottom"]
Corner = Literal["top left", "top right", "bottom left", "bottom right"]
Shape = Literal["elongated", "round", "square", "horizontal", "vertical"]
Form = Literal["row", "column", "cluster"]


@dataclass(frozen=True)
class All:
    """Every object of a category."""

    category: str


@dataclass(frozen=True)
class InPlace:
    """Those in a part of the image; `place` is a key of `places.PLACES`."""

    of: Meaning
    place: str


@dataclass(frozen=True)
class AtEdge:
    """Those that an edge of the image cuts."""

    of: Meaning
    side: Side


@dataclass(frozen=True)
class Extreme:
    """`count` objects in a run, the first of them the `rank`-th from a side."""

    of: Meaning
    side: Side
    rank: int = 1
    count: int = 1


@dataclass(frozen=True)
class Sized:
    """`count` objects, the first of them the `rank`-th largest or smallest."""

    of: Meaning
    order: Literal["largest", "smallest"]
    rank: int = 1
    count: int = 1


@dataclass(frozen=True)
class SizeClass:
    """The big or the small ones of a set that falls into two sizes."""

    of: Meaning
    kind: Literal["big", "small"]


@dataclass(frozen=True)
class With:
    """Those with a value of a labelled attribute, such as colour: red."""

    of: Meaning
    key: str
    value: str


@dataclass(frozen=True)
class Shaped:
    """Those of a form or direction measured from the outline."""

    of: Meaning
    shape: Shape


@dataclass(frozen=True)
class Near:
    """Those close to any of the anchors, for their size."""

    of: Meaning
    anchor: Meaning


@dataclass(frozen=True)
class Beside:
    """Those on one side of the only anchor (top: above it), or off one corner."""

    of: Meaning
    side: Side | Corner
    anchor: Meaning


@dataclass(frozen=True)
class Between:
    """Those on the way from one single anchor to another."""

    of: Meaning
    first: Meaning
    second: Meaning


@dataclass(frozen=True)
class Distant:
    """The one closest to, or farthest from, the nearest of the anchors."""

    of: Meaning
    order: Literal["closest", "farthest"]
    anchor: Meaning


@dataclass(frozen=True)
class Grouped:
    """The only row, column or cluster of `count` objects, apart from the rest."""

    of: Meaning
    form: Form
    count: int


@dataclass(frozen=True)
class Isolated:
    """The one far from all others of its set."""

    of: Meaning


@dataclass(frozen=True)
class Without:
    """All of a set but some."""

    of: Meaning
    without: Meaning


Meaning: TypeAlias = (
    All
    | InPlace
    | AtEdge
    | Extreme
    | Sized
    | SizeClass
    | With
    | Shaped
    | Near
    | Beside
    | Between
    | Distant
    | Grouped
    | Isolated
    | Without
)


def category_of(meaning: Meaning) -> str:
    """The category whose objects a meaning chooses from."""
    while not isinstance(meaning, All):
        meaning = meaning.of
    return meaning.category
