"""A stream of samples to batches, prepared ahead in processes of their own.

The processes draw the samples; or they only plan them, and a renderer draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from torch.utils.data import DataLoader, Dataset

from rrsis_geo.errors import RRSISError
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.batch import Batch, Stream, collate
from rrsis_geo.training.data.sample_plans import Plan

AHEAD = 4
"""Batches that every process keeps ready."""


class Planned(Protocol):
    """An endless, random-access stream of plans, like a `Stream` of samples."""

    def __getitem__(self, index: int, /) -> Plan:
        """Plan number `index`, from 0."""
        ...


Render = Callable[[Sequence[Plan]], Batch]
"""Plans to a batch on the network's device."""


@dataclass(frozen=True)
class _Share(Dataset[Any]):
    """The samples of one of the processes that share the steps, in their order."""

    stream: Stream | Planned
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

    def __getitem__(self, index: int) -> Any:
        part, place = divmod(index, self.own)
        number = self.first + part * self.whole + self.rank * self.own + place
        try:
            return self.stream[number]
        except RRSISError as error:  # else it would come back as a worker's traceback
            return error


def feed(
    stream: Stream | Planned,
    config: TrainConfig,
    *,
    first: int,
    workers: int,
    pinned: bool,
    render: Render | None = None,
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
        render: draws what `stream` plans; None: `stream` gives samples.
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
        collate_fn=_whole if render is None else _plans,
        num_workers=workers,
        pin_memory=pinned and render is None,
        persistent_workers=workers > 0,
        prefetch_factor=AHEAD if workers else None,
    )
    for batch in loader:
        if isinstance(batch, RRSISError):
            raise batch
        yield batch if render is None else render(batch)


def _whole(samples: Sequence[Any]) -> Any:
    """A batch of samples, or what went wrong with one of them."""
    good = _plans(samples)
    return good if isinstance(good, RRSISError) else collate(good)


def _plans(items: Sequence[Any]) -> Any:
    """The items, or what went wrong with one of them."""
    bad = [item for item in items if isinstance(item, RRSISError)]
    return bad[0] if bad else items
