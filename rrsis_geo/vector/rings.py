"""Joined corners to rings, and rings to polygons, without a loop over objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Outlines:
    """Outlines of objects in pixel coordinates, ordered by the objects' first pixel.

    Rings are closed and without vertices on a straight line; the outer ring of an
    object comes first. With y *up*, outer rings would run anticlockwise and holes
    clockwise.
    """

    vertices: NDArray[np.int64]
    """(V, 2) columns and rows of pixel corners."""
    rings: NDArray[np.int64]
    """(R + 1,) where each ring begins in `vertices`."""
    polygons: NDArray[np.int64]
    """(N + 1,) where each polygon begins in `rings`."""
    total: NDArray[np.int64]
    """(N,) sum of levels."""
    count: NDArray[np.int64]
    """(N,) pixels."""
    highest: NDArray[np.uint8]
    """(N,) highest level."""
    first: NDArray[np.int64]
    """(N,) first pixel in row-major order: row * width + column."""
    at_edge: NDArray[np.bool_]
    """(N,) a side of a pixel lies on nodata or on the edge of the raster."""

    def __len__(self) -> int:
        return len(self.count)

    def take(self, which: NDArray[np.int64]) -> Outlines:
        """Select objects, in that order."""
        rings = _spans(self.polygons, which)
        vertices = _spans(self.rings, rings)
        return Outlines(
            vertices=self.vertices[vertices],
            rings=_starts(np.diff(self.rings)[rings]),
            polygons=_starts(np.diff(self.polygons)[which]),
            total=self.total[which],
            count=self.count[which],
            highest=self.highest[which],
            first=self.first[which],
            at_edge=self.at_edge[which],
        )

    def translated(self, right: int, down: int, first: NDArray[np.int64]) -> Outlines:
        """Shift outlines; `first` (N,) are the first pixels in the other raster."""
        return replace(
            self, vertices=self.vertices + np.array([right, down]), first=first
        )


def concatenate(pieces: Sequence[Outlines]) -> Outlines:
    """Concatenate the objects of at least one piece, ordered by first pixel."""
    values = {
        name: np.concatenate([getattr(piece, name) for piece in pieces])
        for name in ("vertices", "total", "count", "highest", "first", "at_edge")
    }
    lengths = [np.diff(piece.rings) for piece in pieces]
    parts = [np.diff(piece.polygons) for piece in pieces]
    everything = Outlines(
        rings=_starts(np.concatenate(lengths)),
        polygons=_starts(np.concatenate(parts)),
        **values,
    )
    return everything.take(np.argsort(everything.first, kind="stable"))


def trace(
    col: NDArray[np.int64],
    row: NDArray[np.int64],
    label: NDArray[np.int64],
    across: NDArray[np.int64],
    below: NDArray[np.bool_],
    *,
    total: NDArray[np.int64],
    count: NDArray[np.int64],
    highest: NDArray[np.uint8],
    first: NDArray[np.int64],
    at_edge: NDArray[np.bool_],
) -> Outlines:
    """Trace the rings of objects whose corners are complete.

    Args:
        col: (C,) of corners in row-major order, the left of two at a vertex first.
        row: (C,)
        label: (C,) object 0 ... N - 1.
        across: (C,) the corner at the other end of the vertical edge. The other end of
            the horizontal edge is the neighbour: corners 2k and 2k + 1 are joined.
        below: (C,) of even corners: the object lies below the horizontal edge.
        total: (N,) as in `Outlines`, like the following.
        count: (N,)
        highest: (N,)
        first: (N,)
        at_edge: (N,)
    """
    across = _split_at_touching_points(col, row, label, across)
    # horizontal edge k is followed with the object on the right, as seen on a screen
    start = 2 * np.arange(len(col) // 2) + ~below[::2]
    leader, rank = _cycles(across[start ^ 1] // 2)
    is_leader = leader == np.arange(len(leader))
    leaders = np.flatnonzero(is_leader)

    # the outer ring holds the object's first corner, so it comes first
    object_order = np.argsort(first, kind="stable")
    object_place = np.argsort(object_order)
    ring_object = object_place[label[2 * leaders]]
    ring_order = np.argsort(ring_object, kind="stable")
    lengths = 2 * np.bincount(leader, minlength=len(leader))[leaders][ring_order] + 1
    rings = np.concatenate(([0], np.cumsum(lengths)))

    begin = np.zeros(len(leader), np.int64)
    begin[leaders[ring_order]] = rings[:-1]
    place = begin[leader] + 2 * rank
    vertices = np.empty((rings[-1], 2), np.int64)
    for offset, corner in enumerate((start, start ^ 1)):
        vertices[place + offset, 0] = col[corner]
        vertices[place + offset, 1] = row[corner]
    vertices[rings[1:] - 1] = vertices[rings[:-1]]
    per_object = np.bincount(ring_object, minlength=len(count))
    return Outlines(
        vertices=vertices,
        rings=rings,
        polygons=np.concatenate(([0], np.cumsum(per_object))),
        total=total[object_order],
        count=count[object_order],
        highest=highest[object_order],
        first=first[object_order],
        at_edge=at_edge[object_order],
    )


def _starts(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(lengths)))


def _spans(starts: NDArray[np.int64], which: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices starts[k] ... starts[k + 1] - 1 of every k, one after the other."""
    length = np.diff(starts)[which]
    offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    spans: NDArray[np.int64] = np.repeat(starts[which], length) + offset
    return spans


def _split_at_touching_points(
    col: NDArray[np.int64],
    row: NDArray[np.int64],
    label: NDArray[np.int64],
    across: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Split rings that touch themselves at a point, as OGC's simple features demand.

    Two corners at one vertex at first join edges of the same pixel. If both pixels are
    of one object, then the two gaps between them are not connected, since the object
    surrounds one of them. Joining edges of the same gap instead gives two rings that
    touch, where there was one that touched itself.
    """
    twin = np.arange(len(col))
    left = np.flatnonzero(
        (col[1:] == col[:-1]) & (row[1:] == row[:-1]) & (label[1:] == label[:-1])
    )
    twin[left], twin[left + 1] = left + 1, left
    exchanged: NDArray[np.int64] = twin[across[twin]]
    return exchanged


def _cycles(
    following: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Label the cycles of a permutation.

    Returns:
        (N,) smallest member of the cycle, and (N,) steps from it to each member.

    Pointer doubling (Wyllie 1979): about 2 log2(longest cycle) rounds.
    """
    leader, jump = np.arange(len(following)), following
    while not np.array_equal(lower := np.minimum(leader, leader[jump]), leader):
        leader, jump = lower, jump[jump]
    is_last = following == leader
    jump = np.where(is_last, np.arange(len(following)), following)
    to_go = (~is_last).astype(np.int64)
    while (step := to_go[jump]).any():
        to_go = to_go + step
        jump = jump[jump]
    return leader, to_go[leader] - to_go
