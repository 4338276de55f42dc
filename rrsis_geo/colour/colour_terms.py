"""Colours that an expression asks of the thing it means.

"Red running track", "small blue car", "ship with a red hull" ask for one; "the plane
next to the blue hangar" asks for none of the plane. `evidence` holds them against the
pixels (decision 0132).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rrsis_geo.query import make_plan

ALIKE: dict[str, tuple[str, ...]] = {
    "white": ("white",),
    "grey": ("grey",),
    "gray": ("grey",),
    "silver": ("grey", "white"),
    "black": ("black",),
    "red": ("red",),
    "orange": ("orange", "red"),
    "yellow": ("yellow", "green"),  # in false colours, yellow things shine green
    "green": ("green",),
    "blue": ("blue",),
    "brown": ("brown", "red", "orange"),
}
"""Colour word -> colours by which a thing that is called so may be seen. What is
"reddish" or "greenish" may be so dull that it is seen by neither."""

COVERED = frozenset(
    ("roofed", "topped", "surfaced", "hulled", "decked", "painted", "coloured")
)
"""Second halves of words like "red-roofed": all that is seen of a thing has the colour.
A "red-lined" one shows next to nothing of it."""

COVERS = frozenset(
    ("roof", "top", "surface", "hull", "deck", "lane", "fuselage", "paint")
)
"""What is seen of a thing from above, singular: with a red roof, a house is red."""

SHADES = frozenset(
    ("dark", "light", "bright", "pale", "deep", "dull", "vivid", "brick", "and", "or")
)
"""Words that may stand among colours."""

LINKS = frozenset(
    ("with", "having", "has", "in", "of", "a", "an", "the", "its", "painted")
)
"""Words that lead from a thing to its cover."""

RIMMED = frozenset({"ground_track_field"})
"""Classes that are called by the colour of their rim: the lanes of a running track, and
not the field within."""


@dataclass(frozen=True)
class ColourTerm:
    """What an expression says of the colour of its thing."""

    colours: tuple[str, ...] = ()
    """Names it may be seen by, any of them; () for any colour."""

    rim: bool = False
    """Only what runs along its outline is called so."""


ANY = ColourTerm()
"""No colour was asked for."""

ColourTerms = tuple[ColourTerm, ...]
"""One for each expression."""


def colour_term(expression: str) -> ColourTerm:
    """What a text says of the colour of the thing that it means.

    Only words straight before the name of a known thing count ("small blue car",
    "red-roofed house"), and those of its cover straight behind it ("house with a red
    roof", "tank painted white").
    """
    find = make_plan(expression).finds[0]
    if not find.categories:
        return ANY
    words = re.findall(r"[a-z-]+", find.phrase.lower())
    names = re.findall(r"[a-z-]+", find.noun.lower())
    ends = [
        place
        for place in range(len(words) - len(names) + 1)
        if words[place : place + len(names)] == names
    ]
    if not ends:
        return ANY
    before, behind = words[: ends[0]], words[ends[0] + len(names) :]
    found = [colour for word in before for colour in _colours(word)]
    found += _cover(behind)
    if not found:
        return ANY
    rim = RIMMED.issuperset(find.categories)
    return ColourTerm(tuple(dict.fromkeys(found)), rim=rim)


def colour_terms(expressions: Iterable[str]) -> ColourTerms:
    """`colour_term` each."""
    return tuple(colour_term(text) for text in expressions)


def _colours(word: str) -> tuple[str, ...]:
    """Of "red", "reddish-brown" and "red-roofed"; () of "red-lined"."""
    parts = word.replace("colored", "coloured").split("-")
    if parts[-1] not in COVERED and parts[-1] not in ALIKE:
        return ()
    return tuple(colour for part in parts for colour in ALIKE.get(part, ()))


def _cover(behind: Sequence[str]) -> list[str]:
    """Colours of "with a dark red roof" and "painted red", the words behind a name."""
    painted = behind[:1] == ["painted"]
    found: list[str] = []
    for word in behind:
        colours = _colours(word)
        if word.removesuffix("s") in COVERS:
            return found
        if painted and found and not colours:
            return found
        if word not in SHADES and word not in LINKS and not colours:
            return []
        found += colours
    return found if painted else []
