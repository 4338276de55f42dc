"""An evaluation as a value, and as a file that can be read again."""

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
from rrsis_geo.evaluation.evaluate import Outcome, from_values, to_values
from rrsis_geo.evaluation.summary import Summary, summarise

FORMAT = "rrsis-geo evaluation 1"


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """Weights on a data set."""

    dataset: str
    """rrsis-d, refsegrs, risbench or manifest."""
    place: str
    """Path of the manifest or folder."""
    split: str
    weights: str
    sha256: str
    threshold: float
    """Of the rule `product`."""
    outcomes: tuple[Outcome, ...]
    rounds: int = ROUNDS
    seed: int = 0
    """Of the bootstrap."""

    def summary(self) -> Summary:
        """Rows with intervals."""
        return summarise(self.outcomes, rounds=self.rounds, seed=self.seed)

    def against(self, first: Evaluated) -> Comparison:
        """These weights less `first`, paired.

        Raises:
            DataError: the two were not asked the same.
        """
        return compare_outcomes(
            first.outcomes,
            self.outcomes,
            names=(first.weights, self.weights),
            rounds=self.rounds,
            seed=self.seed,
        )


def write_result(
    result: Evaluated, path: Path, *, comparison: Comparison | None = None
) -> None:
    """All outcomes, the summary and a comparison as JSON, whole or not at all.

    Raises:
        OutputError: the file cannot be written.
    """
    values = {name: value for name, value in vars(result).items() if name != "outcomes"}
    body: dict[str, Any] = {
        "format": FORMAT,
        **values,
        "summary": asdict(result.summary()),
        "comparison": None if comparison is None else asdict(comparison),
        "outcomes": [to_values(outcome) for outcome in result.outcomes],
    }
    with staged(path) as place:
        place.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")


def read_result(path: Path) -> Evaluated:
    """What `write_result` wrote.

    Raises:
        DataError: it is no such file.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as JSON ({error})") from error
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise DataError(
            f"{path}: not a result of `rrsis-geo evaluate --json`; give one, or weights"
        )
    return _evaluated(body, path)


def _evaluated(body: Mapping[str, Any], path: Path) -> Evaluated:
    try:
        names = set(Evaluated.__dataclass_fields__) - {"outcomes"}
        return Evaluated(
            **{name: body[name] for name in names},
            outcomes=tuple(from_values(values) for values in body["outcomes"]),
        )
    except (KeyError, TypeError, DataError) as error:
        raise DataError(f"{path}: a damaged evaluation result ({error})") from error
