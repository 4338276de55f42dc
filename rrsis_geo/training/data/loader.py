"""Batches from a stream, prepared ahead by worker processes.

The workers make whole samples, or only plans, which a renderer turns into batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from torch.utils.data import DataLoader, Dataset

from rrsis_geo.errors import RRSISError
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.batch import Batch, SampleStream, collate
from rrsis_geo.training.data.sample_plans import SamplePlan

PREFETCH = 4
"""Batches that every worker prepares ahead."""


class PlanStream(Protocol):
    """An endless, random-access stream of plans; see `SampleStream`."""

    def __getitem__(self, index: int, /) -> SamplePlan:
        """Return plan number `index`, from 0."""
        ...


Render = Callable[[Sequence[SamplePlan]], Batch]
"""Turns plans into a batch on the network's device."""


@dataclass(frozen=True)
class _ProcessShare(Dataset[Any]):
    """The samples of one process of the process group, in order."""

    stream: SampleStream | PlanStream
    first: int
    """First sample."""
    micro_batches: int
    batch_size: int
    """Samples of a micro-batch, over all processes."""
    own_size: int
    """Samples of a micro-batch for this process."""
    rank: int

    def __len__(self) -> int:
        return self.micro_batches * self.own_size

    def __getitem__(self, index: int) -> Any:
        micro_batch, position = divmod(index, self.own_size)
        start = self.first + micro_batch * self.batch_size
        number = start + self.rank * self.own_size + position
        try:
            return self.stream[number]
        except RRSISError as error:  # a worker would turn it into a traceback
            return error


def load_batches(
    stream: SampleStream | PlanStream,
    config: TrainConfig,
    *,
    first_step: int,
    workers: int,
    pin_memory: bool,
    render: Render | None = None,
    rank: int = 0,
    world_size: int = 1,
) -> Iterator[Batch]:
    """Yield all micro-batches from `first_step` to the last step.

    Args:
        stream: item `step * images + i` is image i of a step.
        config: of the run.
        first_step: step to begin with.
        workers: processes that prepare samples; 0: this process does.
        pin_memory: put batches into pinned memory.
        render: draws the plans of `stream`; None: `stream` yields samples.
        rank: of this process in the process group.
        world_size: number of processes in the group.

    Raises:
        DataError: a sample cannot be read; the message names the file.
    """
    batch_size = config.images // config.accumulate
    share = _ProcessShare(
        stream=stream,
        first=first_step * config.images,
        micro_batches=(config.steps - first_step) * config.accumulate,
        batch_size=batch_size,
        own_size=batch_size // world_size,
        rank=rank,
    )
    if not len(share):
        return
    loader = DataLoader(
        share,
        batch_size=batch_size // world_size,
        collate_fn=_collate_samples if render is None else _collate_plans,
        num_workers=workers,
        pin_memory=pin_memory and render is None,
        persistent_workers=workers > 0,
        prefetch_factor=PREFETCH if workers else None,
    )
    for batch in loader:
        if isinstance(batch, RRSISError):
            raise batch
        yield batch if render is None else render(batch)


def _collate_samples(items: Sequence[Any]) -> Any:
    """Return a batch of samples, or the error of the first that failed."""
    result = _collate_plans(items)
    return result if isinstance(result, RRSISError) else collate(result)


def _collate_plans(items: Sequence[Any]) -> Any:
    """Return the plans, or the error of the first that failed."""
    errors = [item for item in items if isinstance(item, RRSISError)]
    return errors[0] if errors else items
