"""Scores in tables: of all samples, by type, category and number of like objects."""

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
    """all, no target, or a key of `GROUPS`."""
    name: str
    rule: str
    samples: int
    images: int
    scores: Mapping[str, Interval]
    """Measure of `bootstrap.MEASURES` -> its interval."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Scores of an evaluation."""

    with_target: tuple[Row, ...]
    """All samples by each rule, then each group by `reference`."""
    without_target: tuple[Row, ...]
    """By each rule; only the measure `quiet` is meaningful here."""
    seconds: float
    """Median per expression; expressions about one image share its encoding."""


def summarise(
    outcomes: Sequence[Outcome], *, rounds: int = ROUNDS, seed: int = 0
) -> Summary:
    """Score all outcomes; those without a target are scored apart.

    Args:
        outcomes: At least one.
        rounds: Resamples of the bootstrap.
        seed: Seed of the resamples.
    """
    present = [outcome for outcome in outcomes if outcome.target]
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

    rows = [row("all", "all", rule, present) for rule in RULES if present]
    for group, key in GROUPS.items():
        for name, chosen in _grouped(present, key):
            rows.append(row(group, name, "reference", chosen))
    return Summary(
        with_target=tuple(rows),
        without_target=tuple(
            row("no target", "no target", rule, absent) for rule in RULES if absent
        ),
        seconds=median(outcome.seconds for outcome in outcomes),
    )


def _like_objects(outcome: Outcome) -> str:
    """Range of the number of objects of the target's class; "" where not known."""
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
"""Group -> name of a sample in it; "" leaves the sample out."""


def _grouped(
    outcomes: Iterable[Outcome], key: Callable[[Outcome], str]
) -> list[tuple[str, list[Outcome]]]:
    """Samples by name, in the order of the names; those without a name are left out."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if name := key(outcome):
            groups.setdefault(name, []).append(outcome)
    return sorted(groups.items())
