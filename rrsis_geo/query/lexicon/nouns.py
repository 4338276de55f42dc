"""Senses of nouns for objects seen from above, and their singular and plural forms.

The nouns themselves are in `language.object_classes` and `class_synonyms`. Plurals
follow the rules or are listed in `IRREGULAR`.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from rrsis_geo.language.object_classes import CLASSES
from rrsis_geo.query.lexicon.vocabulary import words

SINGULAR_S = words(
    "bus gas grass canvas apparatus campus pancreas glass class cross pass lens"
    " address business process access overpass underpass bypass tennis terminus"
    " isthmus circus crossroads woods gas us its this is has was always across"
)
"""Words that end in s but are singular."""

IRREGULAR = {
    "aircraft": "aircraft",
    "aircrafts": "aircraft",
    "watercraft": "watercraft",
    "wharves": "wharf",
    "wharfs": "wharf",
    "wide-bodies": "wide-body",
    "widebodies": "widebody",
    "narrow-bodies": "narrow-body",
    "bodies": "body",
    "buses": "bus",
    "busses": "bus",
    "minibuses": "minibus",
    "airbuses": "airbus",
    "taxis": "taxi",
    "lorries": "lorry",
    "tracks": "track",
    "quays": "quay",
    "halves": "half",
    "leaves": "leaf",
    "roofs": "roof",
    "rooves": "roof",
    "sheds": "shed",
    "houses": "house",
    "warehouses": "warehouse",
    "greenhouses": "greenhouse",
    "shophouses": "shophouse",
    "garages": "garage",
    "bridges": "bridge",
    "barges": "barge",
    "carriages": "carriage",
    "villages": "village",
    "cottages": "cottage",
    "lanes": "lane",
    "people": "person",
    "men": "man",
    "overpasses": "overpass",
    "crossroads": "crossroads",
    "woods": "woods",
}
"""Irregular forms to their singular, and forms that the rules would get wrong."""

INVARIANT = frozenset(("aircraft", "watercraft"))
"""Nouns with one form for singular and plural."""

WIDE = words(
    "road railway river lake sea coast field forest parking_lot football_field"
    " golf_course stadium airport runway taxiway apron playground island harbor beach"
    " construction_site"
)
"""Classes so large that a place in the scene is said of what is near them instead."""

CRAFT = words("airplane helicopter ship vehicle")
"""Classes of things that move, and so are turned some way."""


_OTHER_TERMINALS = words(
    "bus coach rail freight container ferry cruise ship oil gas lng coal grain ore"
)
_OTHER_CROSSINGS = words("pedestrian zebra level grade railway railroad")
OTHER_NOUNS = tuple(
    sorted(
        {f"{kind} terminal" for kind in _OTHER_TERMINALS}
        | {f"{kind} crossing" for kind in _OTHER_CROSSINGS}
    )
)
"""Nouns that end in that of a class and name no thing of it."""


SURFACES = words(
    "road railway river lake sea coast beach water vegetation park field forest grass"
)
"""Classes of what covers the ground, whose edges and parts are uncertain: a network is
less sure of their pixels than of those of a thing."""


class Sense(NamedTuple):
    """The sense of a noun."""

    categories: tuple[str, ...]
    """Classes that it may name."""

    name: str
    """What the network is asked: the class's name, or the noun itself."""


def singular(word: str) -> str:
    """The singular form of a noun's last word; a singular is returned unchanged."""
    known = IRREGULAR.get(word)
    if known is not None:
        return known
    if word in SINGULAR_S or len(word) < 4 or not word.endswith("s"):
        return word
    if word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    return word[:-1]


def is_plural(word: str) -> bool:
    """Whether the form of a noun's last word is plural."""
    if word in INVARIANT or word in SINGULAR_S:
        return False
    return singular(word) != word or word in ("people", "men")


@cache
def senses() -> dict[tuple[str, ...], Sense]:
    """All nouns, as tuples of words in the singular, with their senses."""
    found: dict[tuple[str, ...], Sense] = {}
    for key, known in CLASSES.items():
        parsed = [noun for noun in known.nouns if noun.is_parsed]
        same = (noun.singular for noun in parsed if not noun.is_hyponym)
        for noun in (known.name, *same, *known.synonyms):
            words = tuple(noun.split())
            before = found[words].categories if words in found else ()
            others = tuple(one for one in before if one != key)
            found[words] = Sense((key, *others), known.name)
        narrower = (noun.singular for noun in parsed if noun.is_hyponym)
        for noun in (*narrower, *known.hyponyms):
            words = tuple(noun.split())
            before = found[words].categories if words in found else ()
            found[words] = Sense((*before, key), noun)
    for noun in OTHER_NOUNS:
        found[tuple(noun.split())] = Sense((), noun)
    return found


def sense(phrase: tuple[str, ...]) -> tuple[int, Sense | None]:
    """Look up the longest known noun at the end of a phrase.

    Args:
        phrase: The words of a phrase, the last of them singular.

    Returns:
        The number of words in the noun, and its sense; (1, None) if no noun is known.
    """
    known = senses()
    for length in range(min(4, len(phrase)), 0, -1):
        found = known.get(phrase[-length:])
        if found is not None:
            return length, found
    return 1, None


def is_noun(phrase: str) -> bool:
    """Whether a phrase, singular, is a noun of the classes and nothing else."""
    return tuple(phrase.split()) in senses()
