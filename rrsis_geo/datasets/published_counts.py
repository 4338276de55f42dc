"""Whether a folder holds all of a published set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from rrsis_geo.datasets.kinds import KINDS, SPLITS
from rrsis_geo.datasets.referring_sample import MaskFile, Sample
from rrsis_geo.errors import DataError

PUBLISHED: dict[str, Mapping[str, int]] = {
    kind.name: kind.published for kind in KINDS.values() if kind.published is not None
}
"""Kind -> split -> expressions, as the papers count them."""


def counts_of(samples: Sequence[Sample]) -> dict[str, int]:
    """Count the expressions of each split."""
    counts = Counter(sample.split for sample in samples)
    return {split: counts[split] for split in SPLITS}


def format_counts(counts: Mapping[str, int]) -> str:
    """Counts of the splits in words: "train 12,181, val 1,740, test 3,481"."""
    return ", ".join(f"{split} {count:,}" for split, count in counts.items())


def check_counts(samples: Sequence[Sample], kind: str, folder: Path) -> None:
    """Check that a folder holds as many expressions as were published.

    Raises:
        DataError: It does not; the message gives both counts.
    """
    actual, expected = counts_of(samples), PUBLISHED[kind]
    if actual != expected:
        raise DataError(
            f"{folder}: not the whole of {kind}: expected {format_counts(expected)}, "
            f"got {format_counts(actual)}; --partial takes what is there"
        )


def select_present(
    samples: list[Sample], folder: Path, *, partial: bool, masks: bool = False
) -> list[Sample]:
    """Select the samples whose file is in a folder; without `partial`, all must be.

    Args:
        samples: What the set lists.
        folder: Holds the images, or the masks.
        partial: Leave out samples whose file is missing.
        masks: Look for the samples' masks instead of their images.

    Raises:
        DataError: Files are missing; the message names the first.
    """
    try:
        names = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be read as a folder ({error.strerror})"
        ) from error

    def file_of(sample: Sample) -> Path:
        if masks and isinstance(sample.target, MaskFile):
            return sample.target.path
        return sample.image

    missing = [sample for sample in samples if file_of(sample).name not in names]
    if missing and not partial:
        count = len({file_of(sample) for sample in missing})
        raise DataError(
            f"{missing[0].origin}: there is no {file_of(missing[0])} ({count} files "
            "are missing); --partial takes what is there"
        )
    return [sample for sample in samples if file_of(sample).name in names]
