"""Means over what counts, when several processes share a batch.

A mean over the pixels, words or maps that count is a sum divided by their number, and
every process holds another number of them. Dividing each sum by the number per process,
averaged over the processes, makes the mean over processes of the losses (which is what
distributed training descends) that of the whole batch.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

Joined = Callable[[Tensor], Tensor]
"""A count of this process to the mean of that count over all processes."""


def alone(count: Tensor) -> Tensor:
    """The count itself: there is one process."""
    return count


def masked_mean(values: Tensor, chosen: Tensor, *, joined: Joined = alone) -> Tensor:
    """Mean of the chosen values; 0 where nothing is chosen. Same shapes."""
    weight = chosen.to(values.dtype)
    count = joined(weight.sum())
    return (values * weight).sum() / count.where(count > 0, 1)
