"""The result of an evaluation, and its JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rrsis_geo.atomic_write import staged
from rrsis_geo.errors import DataError
from rrsis_geo.evaluation.bootstrap import ROUNDS
from rrsis_geo.evaluation.comparison import Comparison, compare_outcomes
from rrsis_geo.evaluation.evaluate import Outcome, outcome_from_json, outcome_to_json
from rrsis_geo.evaluation.summary import Summary, summarise

FORMAT = "rrsis-geo evaluation 1"


@dataclass(frozen=True, kw_only=True)
class EvaluationResult:
    """Outcomes of weights on a data set. Its fields are keys of the JSON file."""

    dataset: str
    """Kind of data set, of `datasets.kinds`."""
    place: str
    """Path of the manifest or folder."""
    split: str
    weights: str
    sha256: str
    threshold: float
    """Threshold of the rule `product`."""
    outcomes: tuple[Outcome, ...]
    rounds: int = ROUNDS
    """Resamples of the bootstrap."""
    seed: int = 0
    """Seed of the bootstrap."""

    def summary(self) -> Summary:
        """Scores of all samples and of groups, with intervals."""
        return summarise(self.outcomes, rounds=self.rounds, seed=self.seed)

    def compare_with(self, first: EvaluationResult) -> Comparison:
        """Differences of these weights to `first`, by a paired bootstrap.

        Raises:
            DataError: The two are of different samples.
        """
        return compare_outcomes(
            first.outcomes,
            self.outcomes,
            names=(first.weights, self.weights),
            rounds=self.rounds,
            seed=self.seed,
        )


def write_result(
    result: EvaluationResult, path: Path, *, comparison: Comparison | None = None
) -> None:
    """Write all outcomes, the summary and a comparison as JSON, whole or not at all.

    Raises:
        OutputError: The file cannot be written.
    """
    values = {name: value for name, value in vars(result).items() if name != "outcomes"}
    body: dict[str, Any] = {
        "format": FORMAT,
        **values,
        "summary": asdict(result.summary()),
        "comparison": None if comparison is None else asdict(comparison),
        "outcomes": [outcome_to_json(outcome) for outcome in result.outcomes],
    }
    with staged(path) as temporary:
        temporary.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")


def read_result(path: Path) -> EvaluationResult:
    """Read a file of `write_result`.

    Raises:
        DataError: It is no such file.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as JSON ({error})") from error
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise DataError(
            f"{path}: not a result of `rrsis-geo evaluate --json`; give such a "
            "file, or weights"
        )
    return _parse_result(body, path)


def _parse_result(body: Mapping[str, Any], path: Path) -> EvaluationResult:
    try:
        names = set(EvaluationResult.__dataclass_fields__) - {"outcomes"}
        return EvaluationResult(
            **{name: body[name] for name in names},
            outcomes=tuple(outcome_from_json(values) for values in body["outcomes"]),
        )
    except (KeyError, TypeError, DataError) as error:
        raise DataError(f"{path}: a damaged evaluation result ({error})") from error
