"""Outcomes as rows of a table: all, by type, by category, by number of like objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rrsis_geo.evaluation.bootstrap import ROUNDS, Interval, intervals
from rrsis_geo.evaluation.evaluate import Outcome
from rrsis_geo.evaluation.protocols import RULES


@dataclass(frozen=True, kw_only=True)
class Row:
    """Scores of one group of samples by one rule."""

    group: str
    """all, or a key of `GROUPS`."""
    name: str
    rule: str
    samples: int
    images: int
    scores: Mapping[str, Interval]
    """Measure of `bootstrap.MEASURES` -> value and interval."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What an evaluation says."""

    with_target: tuple[Row, ...]
    """By rule for all samples, then by group for the reference rule."""
    without_target: tuple[Row, ...]
    """By rule; only the measure `quiet` means anything here."""
    seconds: float
    """Median per expression, the image's encoding shared among those of an image."""


def summarise(
    outcomes: Sequence[Outcome], *, rounds: int = ROUNDS, seed: int = 0
) -> Summary:
    """Rows for all that was asked; samples without a target are scored apart.

    Args:
        outcomes: At least one.
        rounds: Resamples of the bootstrap.
        seed: Of the resamples.
    """
    there = [outcome for outcome in outcomes if outcome.target]
    absent = [outcome for outcome in outcomes if not outcome.target]

    def row(group: str, name: str, rule: str, chosen: Sequence[Outcome]) -> Row:
        return Row(
            group=group,
            name=name,
            rule=rule,
            samples=len(chosen),
            images=len({outcome.image for outcome in chosen}),
            scores=intervals(chosen, rule=rule, rounds=rounds, seed=seed),
        )

    rows = [row("all", "all", rule, there) for rule in RULES if there]
    for group, key in GROUPS.items():
        for name, chosen in _grouped(there, key):
            rows.append(row(group, name, "reference", chosen))
    return Summary(
        with_target=tuple(rows),
        without_target=tuple(
            row("no target", "no target", rule, absent) for rule in RULES if absent
        ),
        seconds=median(outcome.seconds for outcome in outcomes),
    )


def _like_objects(outcome: Outcome) -> str:
    """How many objects of the target's class are in view, in words."""
    count = outcome.same_class
    if count is None or count < 1:
        return ""
    return "1" if count == 1 else "2 to 3" if count <= 3 else "4 and more"


GROUPS: dict[str, Callable[[Outcome], str]] = {
    "type": lambda outcome: outcome.type,
    "category": lambda outcome: outcome.category,
    "same-class objects": _like_objects,
    "type, 4 and more same-class objects": lambda outcome: (
        outcome.type if _like_objects(outcome) == "4 and more" else ""
    ),
}
"""Ways to part the samples; "" leaves one out."""


def _grouped(
    outcomes: Iterable[Outcome], key: Callable[[Outcome], str]
) -> list[tuple[str, list[Outcome]]]:
    """Groups in the order of their names; none where nothing is known."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if name := key(outcome):
            groups.setdefault(name, []).append(outcome)
    return sorted(groups.items())
