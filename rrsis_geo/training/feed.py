"""A stream of samples to batches, prepared ahead in processes of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch.utils.data import DataLoader, Dataset

from rrsis_geo.errors import RRSISError
from rrsis_geo.training.batch import Batch, Sample, Stream, collate
from rrsis_geo.training.config import TrainConfig

AHEAD = 4
"""Batches that every process keeps ready."""


@dataclass(frozen=True)
class _Share(Dataset["Sample | RRSISError"]):
    """The samples of one of the processes that share the steps, in their order."""

    stream: Stream
    first: int
    """Sample to begin with."""
    parts: int
    """Parts of steps from there on."""
    whole: int
    """Samples of a part, over all processes."""
    own: int
    """Samples of a part that are this process's."""
    rank: int

    def __len__(self) -> int:
        return self.parts * self.own

    def __getitem__(self, index: int) -> Sample | RRSISError:
        part, place = divmod(index, self.own)
        number = self.first + part * self.whole + self.rank * self.own + place
        try:
            return self.stream[number]
        except RRSISError as error:  # else it would come back as a worker's traceback
            return error


def feed(
    stream: Stream,
    config: TrainConfig,
    *,
    first: int,
    workers: int,
    pinned: bool,
    rank: int = 0,
    world: int = 1,
) -> Iterator[Batch]:
    """All batches from step `first` to the last, `accumulate` a step.

    Args:
        stream: item `step * images + i` is image i of a step.
        config: of the run.
        first: step to begin with.
        workers: processes that prepare samples; 0 does it here.
        pinned: put batches where a GPU fetches them by itself.
        rank: of this process among those that share the steps.
        world: how many these are.

    Raises:
        DataError: a sample cannot be read; the message names the file.
    """
    whole = config.images // config.accumulate
    share = _Share(
        stream=stream,
        first=first * config.images,
        parts=(config.steps - first) * config.accumulate,
        whole=whole,
        own=whole // world,
        rank=rank,
    )
    if not len(share):
        return
    loader = DataLoader(
        share,
        batch_size=whole // world,
        collate_fn=_collate,
        num_workers=workers,
        pin_memory=pinned,
        persistent_workers=workers > 0,
        prefetch_factor=AHEAD if workers else None,
    )
    for batch in loader:
        if isinstance(batch, RRSISError):
            raise batch
        yield batch


def _collate(samples: Sequence[Sample | RRSISError]) -> Batch | RRSISError:
    """A batch, or what went wrong with one of its samples."""
    good = [sample for sample in samples if isinstance(sample, Sample)]
    bad = [sample for sample in samples if isinstance(sample, RRSISError)]
    return bad[0] if bad else collate(good)
