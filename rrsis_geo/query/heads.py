"""Which head of a network finds a text."""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.query.known_words import targets
from rrsis_geo.query.planner import make_plan


def rows_of_second(texts: Sequence[str], second: Sequence[str]) -> list[int]:
    """Numbers of the texts that the second head finds.

    These are the texts that ask for things that may be of its classes, and for nothing
    else, whatever they are related to: "the road beside the tanks" asks for a road.

    Args:
        texts: As the network is asked.
        second: Classes of the second head, as keys of
            `language.object_classes.CLASSES`.
    """
    if not second:
        return []
    return [row for row, text in enumerate(texts) if _asks_for(text, {*second})]


def _asks_for(text: str, classes: set[str]) -> bool:
    return all(classes & {*one.categories} for one in targets(make_plan(text).root))
