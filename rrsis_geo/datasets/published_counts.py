"""What the published sets hold, and whether a folder holds all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rrsis_geo.datasets.referring_sample import SPLITS, MaskFile, Sample
from rrsis_geo.errors import DataError

PUBLISHED: dict[str, dict[str, int]] = {
    "rrsis-d": {"train": 12_181, "val": 1_740, "test": 3_481},
    "refsegrs": {"train": 2_172, "val": 431, "test": 1_817},
    "risbench": {"train": 26_300, "val": 10_013, "test": 16_159},
}
"""Expressions of each split, as the papers count them."""


def counts_of(samples: Sequence[Sample]) -> dict[str, int]:
    """Expressions of each split."""
    found = Counter(sample.split for sample in samples)
    return {split: found[split] for split in SPLITS}


def check_counts(samples: Sequence[Sample], kind: str, folder: Path) -> None:
    """Whether a folder holds what was published.

    Raises:
        DataError: it doesn't; the message gives both counts.
    """
    found, wanted = counts_of(samples), PUBLISHED[kind]
    if found != wanted:
        raise DataError(
            f"{folder}: not the whole of {kind}: expected {_shown(wanted)}, got "
            f"{_shown(found)}; --partial takes what is there"
        )


def present(
    samples: list[Sample], folder: Path, *, partial: bool, masks: bool = False
) -> list[Sample]:
    """The samples whose file is in a folder: all of them, unless a part will do.

    Raises:
        DataError: files are missing; the message names the first.
    """
    try:
        there = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be read as a folder ({error.strerror})"
        ) from error

    def file_of(sample: Sample) -> Path:
        if masks and isinstance(sample.target, MaskFile):
            return sample.target.path
        return sample.image

    lost = [sample for sample in samples if file_of(sample).name not in there]
    if lost and not partial:
        missing = len({file_of(sample) for sample in lost})
        raise DataError(
            f"{lost[0].origin}: there is no {file_of(lost[0])} ({missing} files are "
            "missing); --partial takes what is there"
        )
    return [sample for sample in samples if file_of(sample).name in there]


def _shown(counts: dict[str, int]) -> str:
    return ", ".join(f"{split} {count:,}" for split, count in counts.items())
