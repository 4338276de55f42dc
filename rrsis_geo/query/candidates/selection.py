"""The objects or groups that a part of a plan selects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.query.candidates.candidates import Candidates, Frame
from rrsis_geo.query.candidates.local_metric import Points

Values = NDArray[np.float64]
Rows = NDArray[np.intp]

SHARPNESS = 3
"""Exponent on the odds of `fit` before objects are compared. It keeps many weak matches
from outvoting a strong one."""

FIT_THRESHOLD = 0.5
"""Fit from which on a unit is selected."""

MIN_FIT = 0.02
"""Fit below which a unit is dropped during the evaluation."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Selection:
    """U units, each a single candidate or a group of them."""

    rows: Rows
    """(M,) candidate indices, those of a unit next to each other."""

    first: Rows
    """(U,) index in `rows` at which each unit begins."""

    fit: Values
    """(U,) fuzzy membership in [0, 1]: how well the operators' words apply. Whether
    the object exists at all is the candidates' `confidence`."""

    rank: NDArray[np.int64]
    """(U,) 1 = first in the order of the last ranking operator; 0 = not ranked."""

    distance: Values
    """(U,) metres to the nearest anchor of the outermost relation; NaN = none, or
    deferred."""

    pending_anchors: Rows
    """(U,) number of the anchor set to which the distance is deferred; -1 = none."""

    def __len__(self) -> int:
        return len(self.first)

    @property
    def ungrouped(self) -> bool:
        """Whether every unit is a single candidate."""
        return len(self.rows) == len(self.first)

    @property
    def owner(self) -> Rows:
        """(M,) unit of each row."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def lengths(self) -> Rows:
        """(U,) number of candidates in each unit."""
        return np.diff(np.append(self.first, len(self.rows)))

    def with_fit(self, fit: Values) -> Selection:
        """The selection with `fit` multiplied by another membership, (U,)."""
        return replace(self, fit=self.fit * fit)

    def take(self, units: Rows, *, ranked: bool = False) -> Selection:
        """The given units, in the order of the scene.

        Args:
            units: (K,) indices.
            ranked: Whether the order of `units` gives the ranks 1, 2, ... and the units
                are selected whatever their fit.
        """
        order = np.argsort(units, kind="stable")
        kept = units[order]
        lengths = self.lengths[kept]
        starts = np.cumsum(lengths) - lengths
        within = np.arange(lengths.sum()) - np.repeat(starts, lengths)
        return Selection(
            rows=self.rows[np.repeat(self.first[kept], lengths) + within],
            first=starts.astype(np.intp),
            fit=np.ones(len(kept)) if ranked else self.fit[kept],
            rank=order + 1 if ranked else self.rank[kept],
            distance=self.distance[kept],
            pending_anchors=self.pending_anchors[kept],
        )

    def graded(self, fits: Values, chosen: Rows) -> Selection:
        """All units, as well as they fit an order, and ranked where they are chosen.

        Args:
            fits: (U,) fit of each unit.
            chosen: (K,) units in the order asked for.
        """
        rank = np.zeros(len(self), np.int64)
        rank[chosen] = np.arange(1, len(chosen) + 1)
        return replace(self, fit=self.fit * fits, rank=rank)

    def accepted(self) -> Selection:
        """The units that fit."""
        return self.take(np.flatnonzero(self.fit >= FIT_THRESHOLD))

    def reduce(self, values: Values, merge: np.ufunc) -> Values:
        """(U,) values of the rows, (M,), reduced over each unit."""
        if self.ungrouped:
            return values
        return np.asarray(merge.reduceat(values, self.first), np.float64)

    def mean(self, values: Values) -> Values:
        """(U,) mean over each unit of the values of its rows, (M,)."""
        return values if self.ungrouped else self.reduce(values, np.add) / self.lengths

    def confidence(self, candidates: Candidates) -> Values:
        """(U,) confidence of each unit: the mean of its members."""
        return self.mean(candidates.confidence[self.rows])

    def weight(self, candidates: Candidates) -> Values:
        """(U,) probability that a unit exists and is meant, with sharpened fit."""
        yes, no = self.fit**SHARPNESS, (1 - self.fit) ** SHARPNESS
        return self.confidence(candidates) * yes / (yes + no)

    def area(self, candidates: Candidates) -> Values:
        """(U,) square metres."""
        return self.reduce(candidates.area[self.rows], np.add)

    def box(self, frame: Frame) -> Values:
        """(U, 4) left, top, right, bottom."""
        box = frame.box[self.rows]
        if self.ungrouped:
            return box
        low = np.minimum.reduceat(box[:, :2], self.first)
        return np.hstack([low, np.maximum.reduceat(box[:, 2:], self.first)])

    def centre(self, frame: Frame) -> Points:
        """(U, 2) centroid of a candidate, centre of the bounding box of a group."""
        if self.ungrouped:
            return frame.centre[self.rows]
        box = self.box(frame)
        return (box[:, :2] + box[:, 2:]) / 2

    def hull(self, candidates: Candidates) -> NDArray[np.object_]:
        """(U,) outlines in metres; of a group the convex hull."""
        shapes = candidates.outlines[self.rows]
        if self.ungrouped:
            return shapes
        groups = np.split(shapes, self.first[1:])
        whole = [shapely.geometrycollections(list(group)) for group in groups]
        hulls = list(shapely.convex_hull(whole))
        return np.array(hulls, np.object_)


def selection_of_rows(rows: Rows) -> Selection:
    """Select single candidates."""
    return Selection(
        rows=rows,
        first=np.arange(len(rows)),
        fit=np.ones(len(rows)),
        rank=np.zeros(len(rows), np.int64),
        distance=np.full(len(rows), np.nan),
        pending_anchors=np.full(len(rows), -1, np.intp),
    )


def selection_of_groups(groups: Sequence[Rows], fit: Sequence[float]) -> Selection:
    """Select groups of candidates with their fits."""
    lengths = np.array([len(group) for group in groups], np.intp)
    return Selection(
        rows=np.concatenate([np.zeros(0, np.intp), *groups]),
        first=(np.cumsum(lengths) - lengths).astype(np.intp),
        fit=np.asarray(fit, np.float64),
        rank=np.zeros(len(groups), np.int64),
        distance=np.full(len(groups), np.nan),
        pending_anchors=np.full(len(groups), -1, np.intp),
    )


def concatenate_selections(parts: Sequence[Selection]) -> Selection:
    """Concatenate selections."""
    offsets = np.cumsum([0, *(len(part.rows) for part in parts)])
    return Selection(
        rows=np.concatenate([part.rows for part in parts]),
        first=np.concatenate(
            [part.first + start for part, start in zip(parts, offsets, strict=False)]
        ),
        fit=np.concatenate([part.fit for part in parts]),
        rank=np.concatenate([part.rank for part in parts]),
        distance=np.concatenate([part.distance for part in parts]),
        pending_anchors=np.concatenate([part.pending_anchors for part in parts]),
    )
