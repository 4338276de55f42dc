"""Names of classes in labels, mapped to keys of the lexicon."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from rrsis_geo.errors import DataError
from rrsis_geo.expressions.wording.noun_choice import LEXICON

_KEYS = {
    form.replace(" ", "_"): key
    for key, nouns in reversed(LEXICON.items())
    for form in (nouns[0].plural, nouns[0].singular)
} | {key: key for key in LEXICON}
"""Name of a class in the lexicon, singular or plural -> its key."""


def class_key(name: str, *, way_out: str = "") -> str:
    """The key of a class as it is written in labels: "Storage Tanks" -> storage_tank.

    A class that the lexicon lacks keeps its own name, in the singular.

    Args:
        name: As it is written.
        way_out: What to do about a code, for messages; "": give it a word.

    Raises:
        DataError: The name has no letters, so no expression can be made with it.
    """
    key = _normalize(name)
    if not re.search(r"[^\W\d_]", key):
        raise DataError(
            f"the class {name!r} has no letters, so no expression can name it; "
            + (
                way_out
                or f"give it a word with --class {name.strip() or 'CODE'}=building"
            )
        )
    return _KEYS.get(key) or _KEYS.get(_singular(key)) or _singular(key)


def choose_classes(
    values: Sequence[str | None], chosen: Mapping[str, str | None], source: str
) -> list[str | None]:
    """The category of each labelled object; None for those that were not chosen.

    Args:
        values: Class of each object in the labels.
        chosen: Class -> word to use for it, None: its own name; empty: all classes.
        source: Name of the labels, for messages.

    Raises:
        DataError: A chosen class never occurs, or all classes are wanted and some
            objects have none.
    """
    if not chosen:
        unclassified = sum(not (value and value.strip()) for value in values)
        if unclassified:
            raise DataError(
                f"{source}: {unclassified} of {len(values)} objects have no class; "
                "give them one, or choose classes with --class to leave them out"
            )
        return [class_key(value or "") for value in values]
    wanted = {_normalize(name): name for name in chosen}
    occurring = {_normalize(value or "") for value in values}
    for key, name in wanted.items():
        if key not in occurring:
            counts = Counter(value for value in values if value)
            shown = ", ".join(
                f"{one} ({count})" for one, count in counts.most_common(8)
            )
            raise DataError(
                f"{source}: the class {name!r} never occurs; there are "
                f"{shown or 'none'}"
            )
    categories = {
        key: _normalize(word) if (word := chosen[name]) else class_key(name)
        for key, name in wanted.items()
    }
    return [categories.get(_normalize(value or "")) for value in values]


def _normalize(name: str) -> str:
    """Lower case, with words joined by underscores."""
    return re.sub(r"[\W_]+", "_", name.strip().casefold()).strip("_")


def _singular(key: str) -> str:
    """The singular by rule; unchanged where the rule would often be wrong."""
    if len(key) > 4 and key.endswith("ies"):
        return key[:-3] + "y"
    if key.endswith(("sses", "xes", "zes", "ches", "shes")):
        return key[:-2]
    if key.endswith("s") and not key.endswith(("ss", "us", "is", "as", "os")):
        return key[:-1]
    return key
