"""The nouns that training expressions use for a category, singular and plural.

The first noun of a category is its plain name; the others are synonyms.
"""

from __future__ import annotations

from dataclasses import replace

from rrsis_geo.language.noun import Noun
from rrsis_geo.language.object_classes import CLASSES

KINDS = {
    "airplane": ("airliner", "fighter", "propeller plane"),
    "ship": ("boat", "tanker", "container ship"),
    "vehicle": ("bus", "truck", "van", "car"),
}
"""Category -> kinds that people ask for; a layout may have none of them."""

_UNCOUNTED = {
    *("asphalt", "bamboo", "concrete", "debris", "farmland", "garbage", "grass"),
    *("grassland", "gravel", "ice", "land", "lava", "mud", "parkland", "rubble"),
    *("rubbish", "sand", "scrub", "scrubland", "sediment", "snow", "soil", "trash"),
    *("vegetation", "wasteland", "water", "wheat", "woodland"),
}

_PLURALS = {"s": "es", "x": "es", "z": "es", "ch": "es", "sh": "es"}


def noun_of(words: str) -> Noun:
    """The noun with a regular plural; an uncountable one gets "areas"."""
    return Noun(words, plural=_plural(words))


def nouns_of(category: str) -> tuple[Noun, ...]:
    """Nouns for a category; where the lexicon has none, its key read as words."""
    known = LEXICON.get(category)
    if known is not None:
        return known
    words = " ".join(category.replace("-", "_").split("_")).strip().lower()
    return (noun_of(words),)


def _plural(words: str) -> str:
    if words.split()[-1:] and words.split()[-1] in _UNCOUNTED:
        return f"{words} areas"
    if words.endswith("y") and words[-2:-1] not in tuple("aeiou"):
        return words[:-1] + "ies"
    for ending, added in _PLURALS.items():
        if words.endswith(ending):
            return words + added
    return words + "s"


LEXICON: dict[str, tuple[Noun, ...]] = {
    category: tuple(
        replace(noun, plural=noun.plural or _plural(noun.singular))
        for noun in known.nouns
    )
    for category, known in CLASSES.items()
    if known.nouns
}
"""Category -> its nouns, with all plurals."""
