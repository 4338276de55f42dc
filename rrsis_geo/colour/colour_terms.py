"""Colours that a noun phrase asks for.

"Red running track", "small blue car" and "ship with a red hull" ask for one; "the plane
next to the blue hangar" asks for none of the plane. `colour_filter` compares them with
the pixels (decision 0132).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rrsis_geo.language.nodes import Find
from rrsis_geo.query.lexicon.nouns import sense, singular

DISPLAYED_AS: dict[str, tuple[str, ...]] = {
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
"""Colour word -> colour names that pixels of such an object may have. "Reddish" and
"greenish" are missing, since their pixels may be too dull for any name."""

TINGED = {
    "whitish": "white",
    "greyish": "grey",
    "grayish": "grey",
    "blackish": "black",
    "reddish": "red",
    "yellowish": "yellow",
    "greenish": "green",
    "bluish": "blue",
    "brownish": "brown",
}
"""Words for a tinge -> the colour."""

COVERING = frozenset(
    ("roofed", "topped", "surfaced", "hulled", "decked", "painted", "coloured")
)
"""Second halves of words like "red-roofed": the whole visible surface has the colour.
Of a "red-lined" object next to nothing has it."""

COVERS = frozenset(
    ("roof", "top", "surface", "hull", "deck", "lane", "fuselage", "paint")
)
"""Parts that make up the view from above, singular: a house with a red roof is red."""

SHADES = frozenset(
    ("dark", "light", "bright", "pale", "deep", "dull", "vivid", "brick", "and", "or")
)
"""Words that may stand among colour words."""

LINKS = frozenset(
    ("with", "having", "has", "in", "of", "a", "an", "the", "its", "painted")
)
"""Words that may stand between an object and its cover."""

RIMMED = frozenset({"ground_track_field"})
"""Classes that are called by the colour of their rim: the lanes of a running track, not
the field inside it."""


@dataclass(frozen=True)
class ColourTerm:
    """What a noun phrase says of the colour of its object."""

    colours: tuple[str, ...] = ()
    """Colour names of pixels, any of which satisfies it; () for any colour."""

    rim: bool = False
    """Only the pixels along the outline count."""


ANY = ColourTerm()
"""No colour is asked for."""

ColourTerms = tuple[ColourTerm, ...]
"""One for each phrase."""


def colour_term(find: Find) -> ColourTerm:
    """The colour that a noun phrase of a plan asks for.

    Only words right before the name of a known class count ("small blue car",
    "red-roofed house"), and those of its cover right behind it ("house with a red
    roof", "tank painted white").
    """
    if not (find.categories or find.layer):
        return ANY
    words = _words(find)
    place = _noun_in(words, find)
    if place is None:
        return ANY
    colours = [colour for word in words[: place.start] for colour in _colours(word)]
    colours += _cover(words[place.stop :])
    if not colours:
        return ANY
    if find.layer and not any(word.startswith("green") for word in words):
        # a feature that shines green is told from a yellow one
        colours = [colour for colour in colours if colour != "green"]
    rim = bool(find.categories) and RIMMED.issuperset(find.categories)
    return ColourTerm(tuple(dict.fromkeys(colours)), rim=rim)


def says_colour_alone(find: Find) -> bool:
    """Whether a phrase says nothing but the colour of its things and what they are."""
    words = _words(find)
    place = _noun_in(words, find)
    if place is None or not colour_term(find).colours:
        return False
    before, after = words[: place.start], words[place.stop :]
    known = SHADES | COVERING  # "green roofed"
    said = all(_colours(word) or word in known for word in before)
    return said and (not after or bool(_cover(after)))


def _words(find: Find) -> list[str]:
    """Words of a phrase; of features, whose outlines are known, also "greenish"."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", find.phrase.lower())
    return [TINGED.get(word, word) for word in words] if find.layer else words


def _noun_in(words: Sequence[str], find: Find) -> range | None:
    """Where the noun of a phrase stands, as typed: "tanks" for "storage tank"."""
    for stop in range(1, len(words) + 1):
        length, found = sense((*words[: stop - 1], singular(words[stop - 1])))
        if found is not None and set(found.categories) == set(find.categories):
            return range(stop - length, stop)
    noun = find.noun.split()
    for start in range(len(words) - len(noun) + 1) if find.layer else ():
        if words[start : start + len(noun)] == noun:
            return range(start, start + len(noun))
    return None


def _colours(word: str) -> tuple[str, ...]:
    """Of "red", "reddish-brown" and "red-roofed"; () of "red-lined"."""
    parts = word.replace("colored", "coloured").split("-")
    if parts[-1] not in COVERING and parts[-1] not in DISPLAYED_AS:
        return ()
    return tuple(colour for part in parts for colour in DISPLAYED_AS.get(part, ()))


def _cover(words: Sequence[str]) -> list[str]:
    """Colours of "with a dark red roof" or "painted red", the words behind a noun."""
    painted = words[:1] == ["painted"]
    found: list[str] = []
    for word in words:
        colours = _colours(word)
        if word.removesuffix("s") in COVERS:
            return found
        if painted and found and not colours:
            return found
        if word not in SHADES and word not in LINKS and not colours:
            return []
        found += colours
    return found if painted else []
