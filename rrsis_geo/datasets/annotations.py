"""Labelled objects of one image, which expressions are made from."""

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
    """One object that a person or a program has outlined."""

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
    """Categories of which every instance in the image is labelled. Only of these may an
    expression state that there is none, or that an object is the largest."""

    uncounted: frozenset[str] = frozenset()
    """Categories whose objects are parts of a surface, such as road or water: people
    name all of it, but do not count the parts or tell them apart."""

    gsd: float | None = None
    """Metres per pixel, where known."""

    @cached_property
    def outlines(self) -> NDArray[np.object_]:
        """(N,) polygons of the objects."""
        polygons = np.empty(len(self.objects), dtype=object)
        polygons[:] = [item.polygon for item in self.objects]
        return polygons

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """(N, 4) left, top, right, bottom of the objects, in pixels."""
        return np.asarray(shapely.bounds(self.outlines)).reshape(-1, 4)

    @cached_property
    def areas(self) -> NDArray[np.float64]:
        """(N,) square pixels, including what lies outside the image."""
        return np.asarray(shapely.area(self.outlines))
