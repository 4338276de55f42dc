"""Evaluation of weights on samples, and earlier evaluations to compare with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rrsis_geo.datasets.referring_sample import Sample
from rrsis_geo.errors import DataError
from rrsis_geo.evaluation.evaluate import Outcome, evaluate
from rrsis_geo.evaluation.result import EvaluationResult, read_result
from rrsis_geo.evaluation.weights_network import WeightsNetwork


def evaluate_weights(
    samples: Sequence[Sample],
    network: WeightsNetwork,
    *,
    dataset: str,
    place: str,
    split: str,
    threshold: float,
    rounds: int,
    seed: int,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> EvaluationResult:
    """Evaluate weights on all samples.

    Args:
        samples: Samples of one split.
        network: Weights to evaluate.
        dataset: Kind of data set, of `datasets.kinds`.
        place: Path of the manifest or folder.
        split: Name of the split.
        threshold: Threshold of the rule `product`, in (0, 1).
        rounds: Resamples of the bootstrap.
        seed: Seed of the resamples.
        on_outcome: Called with every outcome.

    Raises:
        DataError: There are no samples, or one is broken.
    """
    outcomes = evaluate(samples, network, threshold=threshold, on_outcome=on_outcome)
    return EvaluationResult(
        dataset=dataset,
        place=place,
        split=split,
        weights=network.info.name,
        sha256=network.info.sha256,
        threshold=threshold,
        outcomes=tuple(outcomes),
        rounds=rounds,
        seed=seed,
    )


def read_earlier_result(other: str) -> EvaluationResult | None:
    """Read the evaluation in a JSON file; None where `other` names weights.

    Raises:
        DataError: The file is no evaluation.
    """
    return read_result(Path(other)) if other.lower().endswith(".json") else None


def check_same_samples(earlier: EvaluationResult, samples: Sequence[Sample]) -> None:
    """Check that an earlier evaluation is of these samples, before long work.

    Raises:
        DataError: It is of other samples.
    """
    evaluated = [(outcome.image, outcome.expression) for outcome in earlier.outcomes]
    if evaluated != [(sample.image.name, sample.expression) for sample in samples]:
        raise DataError(
            f"the earlier evaluation is of {len(evaluated)} samples of "
            f"{earlier.place}, split {earlier.split}, which are not these "
            f"{len(samples)} samples; give the weights instead of its file"
        )
