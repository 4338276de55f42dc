"""What others published, to stand beside what was measured here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("published.json")


@dataclass(frozen=True, kw_only=True)
class Published:
    """Figures of one method on one data set and split."""

    method: str
    dataset: str
    split: str
    samples: int
    scores: Mapping[str, float]
    """Measure of `bootstrap.MEASURES` -> share in [0, 1]; those that were given."""
    source: str


def read_published() -> list[Published]:
    """All figures of the data file, in its order."""
    found = []
    for entry in json.loads(FILE.read_text(encoding="utf-8"))["results"]:
        names = ("dataset", "split", "method", "samples", "source")
        scores = {
            name: value / 100 for name, value in entry.items() if name not in names
        }
        found.append(Published(**{name: entry[name] for name in names}, scores=scores))
    return found


def why_not_comparable(
    item: Published, *, dataset: str, split: str, samples: int
) -> str:
    """What forbids to compare a figure with one measured here; "" where nothing does.

    Args:
        item: The figure.
        dataset: What was evaluated: rrsis-d, refsegrs, risbench or manifest.
        split: Of it.
        samples: How many pairs of it.
    """
    if (item.dataset, item.split) != (dataset, split):
        return "other data"
    if item.samples != samples:
        return f"{samples} of {item.samples} samples"
    return ""
