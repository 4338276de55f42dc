"""Published results of other methods, to show beside an evaluation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("published.json")


@dataclass(frozen=True, kw_only=True)
class Published:
    """Scores of one method on one data set and split."""

    method: str
    dataset: str
    split: str
    samples: int
    scores: Mapping[str, float]
    """Measure of `bootstrap.MEASURES` -> share in [0, 1], as far as published."""
    source: str


def read_published() -> list[Published]:
    """Read all results of the data file, in its order."""
    results = []
    for entry in json.loads(FILE.read_text(encoding="utf-8"))["results"]:
        names = ("dataset", "split", "method", "samples", "source")
        scores = {
            name: value / 100 for name, value in entry.items() if name not in names
        }
        results.append(
            Published(**{name: entry[name] for name in names}, scores=scores)
        )
    return results


def why_not_comparable(
    item: Published, *, dataset: str, split: str, samples: int
) -> str:
    """The reason why a result cannot be compared with an evaluation; "" if it can.

    Args:
        item: The published result.
        dataset: Kind of the evaluated data set, of `datasets.kinds`.
        split: Evaluated split.
        samples: Number of evaluated samples.
    """
    if (item.dataset, item.split) != (dataset, split):
        return "other data"
    if item.samples != samples:
        return f"{samples} of {item.samples} samples"
    return ""
