"""What a run learns from, by content; a checkpoint goes on with nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rrsis_geo.datasets.referring_sample import MaskFile, Sample
from rrsis_geo.model.serialization.header import digests, find_weights

DATA, WEIGHTS = "data", "start weights"
"""Names of the inputs, for messages."""


@dataclass(frozen=True)
class RunInput:
    """An input, as a checkpoint remembers it."""

    name: str
    """For people: a file, or what is in it."""
    digest: str
    """sha256 of its content."""


RunInputs: TypeAlias = Mapping[str, RunInput]
"""By `DATA` and `WEIGHTS`."""


def weights_input(weights: str | None) -> RunInput:
    """The weights that a run starts from; None: none.

    Raises:
        WeightsError: There are no such weights.
    """
    if weights is None:
        return RunInput("none", "")
    return RunInput(Path(weights).name, " ".join(digests(find_weights(weights))))


def digest_of_samples(samples: Iterable[Sample]) -> str:
    """Digest of lines and masks, and of the sizes of files.

    The same where the data set has been moved. Pixels are not read: that would take as
    long as an epoch.
    """
    return _digest(
        repr(
            (
                _file_facts(sample.image),
                sample.expression,
                _file_facts(sample.target.path)
                if isinstance(sample.target, MaskFile)
                else sample.target,
                (sample.split, sample.type, sample.category),
                (sample.gsd, sample.same_class),
            )
        ).encode()
        for sample in samples
    )


def digest_of_files(description: str, files: Iterable[Path | None]) -> str:
    """Digest of a description and of the bytes of files; None: no file."""
    return _digest(
        [
            description.encode(),
            *(b"" if file is None else file.read_bytes() for file in files),
        ]
    )


def _file_facts(path: Path) -> tuple[str, int]:
    return path.name, path.stat().st_size if path.is_file() else 0


def _digest(parts: Iterable[bytes]) -> str:
    result = hashlib.sha256()
    for part in parts:
        result.update(len(part).to_bytes(8, "big") + part)
    return result.hexdigest()
