"""What people call their classes, and what the lexicon calls them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from rrsis_geo.errors import DataError
from rrsis_geo.expressions.wording.noun_choice import LEXICON

_KNOWN = {
    form.replace(" ", "_"): key
    for key, nouns in reversed(LEXICON.items())
    for form in (nouns[0].plural, nouns[0].singular)
} | {key: key for key in LEXICON}
"""Plain names of the lexicon's classes, singular and plural."""


def class_key(name: str) -> str:
    """The category of a class as somebody wrote it: "Storage Tanks" -> storage_tank.

    A class that the lexicon lacks keeps its own name, in the singular.

    Raises:
        DataError: the name has no letters, so no words can be made of it.
    """
    key = _joined(name)
    if not re.search(r"[^\W\d_]", key):
        raise DataError(
            f"the class {name!r} is no word, so nobody can ask for it; say what it "
            f"is: --class {name.strip() or 'CODE'}=building"
        )
    return _KNOWN.get(key) or _KNOWN.get(_singular(key)) or _singular(key)


def choose_classes(
    values: Sequence[str | None], chosen: Mapping[str, str | None], place: str
) -> list[str | None]:
    """The category of each labelled object; None for those that were not chosen.

    Args:
        values: what the labels say.
        chosen: class -> the word to use for it, None for its own; empty for all.
        place: the labels' name, for messages.

    Raises:
        DataError: a chosen class never occurs, or some objects have no class and
            nothing says that they may be left out.
    """
    if not chosen:
        nameless = sum(not (value and value.strip()) for value in values)
        if nameless:
            raise DataError(
                f"{place}: {nameless} of {len(values)} objects have no class; give "
                "them one, or choose classes with --class"
            )
        return [class_key(value or "") for value in values]
    wanted = {_joined(name): name for name in chosen}
    found = Counter(_joined(value or "") for value in values)
    for key, name in wanted.items():
        if not found[key]:
            there = Counter(value for value in values if value)
            shown = ", ".join(f"{one} ({count})" for one, count in there.most_common(8))
            raise DataError(
                f"{place}: the class {name!r} never occurs; there are {shown or 'none'}"
            )
    categories = {
        key: _joined(word) if (word := chosen[name]) else class_key(name)
        for key, name in wanted.items()
    }
    return [categories.get(_joined(value or "")) for value in values]


def _joined(name: str) -> str:
    """Lower case, words joined by underscores."""
    return re.sub(r"[\W_]+", "_", name.strip().casefold()).strip("_")


def _singular(key: str) -> str:
    """One of them, by the rules; nothing is done where a rule would often be wrong."""
    if len(key) > 4 and key.endswith("ies"):
        return key[:-3] + "y"
    if key.endswith(("sses", "xes", "zes", "ches", "shes")):
        return key[:-2]
    if key.endswith("s") and not key.endswith(("ss", "us", "is", "as", "os")):
        return key[:-1]
    return key
