"""Which classes of objects weights know, and how well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from rrsis_geo.language.nodes import Find
from rrsis_geo.language.related_classes import class_name, nearest_class

Knowledge: TypeAlias = Literal["known", "weak", "unknown"]
"""weak: learned from drawn scenes only."""


@dataclass(frozen=True, kw_only=True)
class KnownClasses:
    """Classes that weights were trained on, as keys of `CLASSES` or a user's labels."""

    keys: tuple[str, ...]
    drawn: frozenset[str] = field(default=frozenset())
    """Those among `keys` that were seen on drawn scenes only."""

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
        return "weak" if known <= self.drawn else "known"

    def nearest(self, find: Find) -> str | None:
        """Name of the class most like what a phrase names; None where none is alike."""
        key = nearest_class(find.noun, find.categories, frozenset(self.keys))
        return None if key is None else class_name(key)


def _is_named(name: str, find: Find) -> bool:
    """Whether a phrase ends with the name of a class, as a user's label may."""
    last = name.rpartition(" ")[2]
    if find.noun not in (name, last):
        return False
    return f" {name} " in f" {find.phrase} " or find.noun == name
