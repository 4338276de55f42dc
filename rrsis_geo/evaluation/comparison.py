"""Comparison of two weights on the same samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rrsis_geo.errors import DataError
from rrsis_geo.evaluation.bootstrap import ROUNDS, Difference, differences
from rrsis_geo.evaluation.evaluate import Outcome
from rrsis_geo.evaluation.protocols import RULES


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Scores of the second weights less those of the first, by a paired bootstrap."""

    first: str
    """Name of the weights that are the baseline."""
    second: str
    samples: int
    """Samples with a target."""
    no_target: int
    """Samples without one."""
    with_target: Mapping[str, Mapping[str, Difference]]
    """Rule -> measure -> difference."""
    without_target: Mapping[str, Mapping[str, Difference]]


def compare_outcomes(
    first: Sequence[Outcome],
    second: Sequence[Outcome],
    *,
    names: tuple[str, str] = ("first", "second"),
    rounds: int = ROUNDS,
    seed: int = 0,
) -> Comparison:
    """Compute differences over the same samples in the same order.

    Args:
        first: Outcomes of the weights that are the baseline.
        second: Outcomes of the weights in question.
        names: Names of both weights.
        rounds: Resamples of the bootstrap.
        seed: Seed of the resamples.

    Raises:
        DataError: The two are of different samples.
    """
    samples = [
        [(item.image, item.expression, item.target) for item in outcomes]
        for outcomes in (first, second)
    ]
    if samples[0] != samples[1]:
        raise DataError(
            f"the evaluations of {names[0]} and {names[1]} cannot be compared: their "
            f"{len(first)} and {len(second)} samples are not the same in the same "
            "order; evaluate both on the same data and split"
        )

    def differences_where(has_target: bool) -> dict[str, dict[str, Difference]]:
        sides = [
            [item for item in outcomes if item.target is has_target]
            for outcomes in (first, second)
        ]
        if not sides[0]:
            return {}
        return {
            rule: differences(sides[0], sides[1], rule=rule, rounds=rounds, seed=seed)
            for rule in RULES
        }

    count = sum(outcome.target for outcome in first)
    return Comparison(
        first=names[0],
        second=names[1],
        samples=count,
        no_target=len(first) - count,
        with_target=differences_where(True),
        without_target=differences_where(False),
    )
