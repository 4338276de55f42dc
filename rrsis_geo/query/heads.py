"""Which head of a network finds a text."""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.query.known_words import targets
from rrsis_geo.query.planner import make_plan


def rows_of_second(
    texts: Sequence[str], known: Sequence[str], second: Sequence[str]
) -> list[int]:
    """Numbers of the texts that the second head finds.

    These are the texts that ask for things of its classes and of no other, whatever
    they are related to: "the road beside the tanks" asks for a road.

    Args:
        texts: As the network is asked.
        known: Classes that the weights know, as keys of
            `language.object_classes.CLASSES`.
        second: Those among them that the second head finds.
    """
    if not second:
        return []
    return [row for row, text in enumerate(texts) if _classes(text, known) <= {*second}]


def _classes(text: str, known: Sequence[str]) -> set[str | None]:
    """For each thing that is asked for, the first class it may be of that is known."""
    return {
        next((one for one in find.categories if one in known), None)
        for find in targets(make_plan(text).root)
    }
