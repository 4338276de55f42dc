"""Two weights on the same samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rrsis_geo.errors import DataError
from rrsis_geo.evaluation.bootstrap import ROUNDS, Difference, differences
from rrsis_geo.evaluation.evaluate import Outcome
from rrsis_geo.evaluation.protocols import RULES


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Second weights less first, by a paired bootstrap."""

    first: str
    """Name of the weights that were compared with."""
    second: str
    samples: int
    """Pairs with a target."""
    no_target: int
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
    """Differences over the same samples in the same order.

    Args:
        first: Of the weights that are compared with.
        second: Of the weights in question.
        names: Of both weights.
        rounds: Resamples of the bootstrap.
        seed: Of the resamples.

    Raises:
        DataError: the two were not asked the same.
    """
    asked = [
        [(item.image, item.expression, item.target) for item in outcomes]
        for outcomes in (first, second)
    ]
    if asked[0] != asked[1]:
        raise DataError(
            "the two evaluations cannot be compared: they are of "
            f"{len(first)} and {len(second)} samples that are not the same in the "
            "same order; evaluate both on the same data and split"
        )

    def differ(there: bool) -> dict[str, dict[str, Difference]]:
        sides = [
            [item for item in outcomes if item.target is there]
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
        with_target=differ(True),
        without_target=differ(False),
    )
