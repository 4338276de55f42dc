"""Which classes of objects weights know, and how well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from rrsis_geo.language.nodes import Find
from rrsis_geo.language.object_classes import CLASSES
from rrsis_geo.language.related_classes import class_name, nearest_class

Knowledge: TypeAlias = Literal["known", "weak", "unknown"]
"""weak: learned from drawn scenes only, or hardly found on real images."""


@dataclass(frozen=True, kw_only=True)
class KnownClasses:
    """Classes that weights were trained on, as keys of `CLASSES` or a user's labels."""

    keys: tuple[str, ...]
    weak: frozenset[str] = field(default=frozenset())
    """Those among `keys` that were seen on drawn scenes only, or are hardly found."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the classes are called, in the order of `keys`."""
        return tuple(map(class_name, self.keys))

    def of(self, find: Find) -> Knowledge:
        """How well the noun of a phrase is known."""
        known = {key for key in self.keys if key in find.categories}
        known |= {key for key in self.keys if _is_named(class_name(key), find)}
        if not known:
            return "unknown"
        return "weak" if known <= self.weak else "known"

    def nearest(self, find: Find) -> str | None:
        """Name of the class most like what a phrase names; None where none is alike."""
        key = nearest_class(find.noun, find.categories, frozenset(self.keys))
        return None if key is None else class_name(key)


def words_for(key: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Other words for a class, and words for kinds of it; a user's own has none."""
    if key not in CLASSES:
        return (), ()
    known = CLASSES[key]
    nouns = [noun for noun in known.nouns if noun.singular != known.name]
    same = (noun.singular for noun in nouns if not noun.is_hyponym)
    kinds = (noun.singular for noun in nouns if noun.is_hyponym)
    return (
        tuple(dict.fromkeys((*same, *known.synonyms))),
        tuple(dict.fromkeys((*kinds, *known.hyponyms))),
    )


def _is_named(name: str, find: Find) -> bool:
    """Whether a phrase ends with the name of a class, as a user's label may."""
    last = name.rpartition(" ")[2]
    if find.noun not in (name, last):
        return False
    return f" {name} " in f" {find.phrase} " or find.noun == name
