"""Masked means whose count is shared by several processes.

A masked mean is a sum divided by a count, and the count differs between the processes
that share a batch. Each process divides its sum by the count averaged over the
processes. The mean of these losses over the processes, which is what distributed data
parallel training minimises, is then the loss of the whole batch.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

ProcessMean = Callable[[Tensor], Tensor]
"""Averages a scalar of this process over all processes."""


def single_process(count: Tensor) -> Tensor:
    """The `ProcessMean` of a single process: return the count unchanged."""
    return count


def masked_mean(
    values: Tensor, mask: Tensor, *, process_mean: ProcessMean = single_process
) -> Tensor:
    """Mean of the values where the mask is True.

    Args:
        values: (...).
        mask: (...), the same shape.
        process_mean: averages the count over the processes that share the batch.

    Returns:
        (), 0 where the mask is False everywhere.
    """
    weight = mask.to(values.dtype)
    count = process_mean(weight.sum())
    return (values * weight).sum() / count.where(count > 0, 1)
