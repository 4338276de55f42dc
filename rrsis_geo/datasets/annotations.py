"""Labelled objects in one image, as drawn scenes give and expressions take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelledObject:
    """One thing somebody or something has outlined."""

    category: str
    """Key of the lexicon, singular with underscores: storage_tank."""

    polygon: Polygon | MultiPolygon
    """In pixels of the image: x to the right, y down, pixel corners at integers."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    """What is known beyond the class, e.g. {"colour": "red"}."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """All labelled objects of one image."""

    width: int
    height: int
    objects: tuple[LabelledObject, ...]

    complete: frozenset[str]
    """Categories of which every instance in the image is labelled; only of these may
    an expression say that there is none, or that this one is the largest."""

    gsd: float | None = None
    """Metres per pixel, where known."""

    @cached_property
    def outlines(self) -> NDArray[np.object_]:
        """(N,) polygons of the objects."""
        found = np.empty(len(self.objects), dtype=object)
        found[:] = [item.polygon for item in self.objects]
        return found

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """(N, 4) left, top, right, bottom of the objects, in pixels."""
        return np.asarray(shapely.bounds(self.outlines)).reshape(-1, 4)

    @cached_property
    def areas(self) -> NDArray[np.float64]:
        """(N,) square pixels, with what lies beyond the frame."""
        return np.asarray(shapely.area(self.outlines))
