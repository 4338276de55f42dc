"""Weights, or an earlier evaluation of weights, asked about samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rrsis_geo.datasets.referring_sample import Sample
from rrsis_geo.errors import DataError
from rrsis_geo.evaluation.evaluate import Outcome, evaluate
from rrsis_geo.evaluation.result import Evaluated, read_result
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
    report: Callable[[Outcome], None] = lambda outcome: None,
) -> Evaluated:
    """Ask weights about all samples.

    Args:
        samples: What is asked, all of one split.
        network: Who is asked.
        dataset: rrsis-d, refsegrs, risbench or manifest.
        place: Path of the manifest or folder.
        split: Name of the split.
        threshold: Of the rule `product`, in (0, 1).
        rounds: Resamples of the bootstrap.
        seed: Of the resamples.
        report: Called with every outcome.

    Raises:
        DataError: there are no samples, or one is broken.
    """
    outcomes = evaluate(samples, network, threshold=threshold, report=report)
    return Evaluated(
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


def earlier_result(other: str) -> Evaluated | None:
    """The evaluation in a JSON file; None where `other` names weights.

    Raises:
        DataError: the file is no evaluation.
    """
    return read_result(Path(other)) if other.lower().endswith(".json") else None


def check_same_questions(earlier: Evaluated, samples: Sequence[Sample]) -> None:
    """Whether an earlier evaluation asked about these samples, before long work.

    Raises:
        DataError: it asked something else.
    """
    asked = [(outcome.image, outcome.expression) for outcome in earlier.outcomes]
    if asked != [(sample.image.name, sample.expression) for sample in samples]:
        raise DataError(
            f"the earlier evaluation is of {len(asked)} samples of {earlier.place}, "
            f"split {earlier.split}, not of these {len(samples)}; give weights instead"
        )
