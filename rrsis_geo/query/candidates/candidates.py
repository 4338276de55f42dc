"""Polygons found by the network, with the measures that queries need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from rrsis_geo.query.candidates.bounding_boxes import morton_codes
from rrsis_geo.query.candidates.likelihood import EPSILON, SHIFT, confidences
from rrsis_geo.query.candidates.local_metric import Points
from rrsis_geo.query.candidates.projected_outlines import ProjectedOutlines
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Polygons


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame:
    """Objects in a coordinate frame: x grows to the right or east, y down or south."""

    box: NDArray[np.float64]
    """(N, 4) left, top, right, bottom."""

    centre: Points
    """(N, 2) centroids."""

    extent: NDArray[np.float64]
    """(4,) left, top, right, bottom of the area that words of place refer to."""


class Candidates:
    """N polygons of any number of phrases, with lazily computed measures.

    Memory is linear in the number of vertices.
    """

    def __init__(
        self,
        polygons: Polygons,
        grid: Grid,
        phrases: Sequence[str],
        *,
        area: BaseGeometry | None = None,
        membership: NDArray[np.float64] | None = None,
        graded: bool = False,
        shift: float = SHIFT,
        certain: NDArray[np.bool_] | None = None,
        projected: ProjectedOutlines | None = None,
    ) -> None:
        """Collect the polygons of a scene.

        Args:
            polygons: The attribute `expression` holds the phrase.
            grid: Grid that the scene was read on.
            phrases: All phrases given to the network, with or without polygons.
            area: In pixels: the part of the grid with data, inside the area of
                interest; None: all of it.
            membership: (N,) fit of each before any operator; None: 1.
            graded: Whether operators of order grade all units by their chance to have
                the rank, instead of keeping the likeliest only.
            shift: See `confidences`.
            certain: (N,) features of the user's own layers, which exist for sure and
                may be lines or points; None: none.
            projected: Of all polygons of the scene, for several sets of candidates on
                the same grid; None: of these alone.
        """
        number = {text: index for index, text in enumerate(phrases)}
        self.polygons = polygons
        self.phrases = tuple(phrases)
        if projected is None:
            projected = ProjectedOutlines(polygons.geometry, grid)
        self._projected = projected
        self._rows = projected.rows_of(polygons.geometry)
        self.projection = self._projected.projection
        self.phrase = np.array(
            [number[text] for text in polygons.columns["expression"]], np.intp
        )
        self.graded = graded
        self._shift = shift
        self.membership = np.ones(len(polygons)) if membership is None else membership
        self.certain = np.zeros(len(polygons), np.bool_) if certain is None else certain
        self.area = polygons.columns["area_m2"]
        self.pixel_area = float(np.prod(grid.pixel_size))
        self._grid = grid
        whole = shapely.box(0, 0, grid.width, grid.height)
        outline = whole if area is None or area.is_empty else area
        self._outline = shapely.get_coordinates(shapely.segmentize(outline, 256))

    def __len__(self) -> int:
        return len(self.polygons)

    def rows_of(self, phrase: str) -> NDArray[np.intp]:
        """(K,) indices of the polygons of a phrase."""
        return np.flatnonzero(self.phrase == self.phrases.index(phrase))

    @cached_property
    def confidence(self) -> NDArray[np.float64]:
        """(N,) probability in (0, 1) that each is one whole object of its phrase."""
        confidence = np.zeros(len(self))
        for number in range(len(self.phrases)):
            rows = np.flatnonzero(self.phrase == number)
            if not len(rows):
                continue
            confidence[rows] = confidences(
                self.polygons.columns["score"][rows].astype(np.float64),
                self.area[rows],
                pixel_area=self.pixel_area,
                shift=self._shift,
            )
        confidence[self.certain] = 1 - EPSILON
        return confidence

    @cached_property
    def size(self) -> NDArray[np.float64]:
        """(N,) side of a square of the same area, in metres."""
        return np.asarray(np.sqrt(self.area), np.float64)

    @cached_property
    def image_frame(self) -> Frame:
        """In pixels, as displayed, however the map is rotated."""
        extent = _extent(self._outline)
        return Frame(box=self.image_boxes, centre=self._centre, extent=extent)

    @cached_property
    def image_boxes(self) -> NDArray[np.float64]:
        """(N, 4) left, top, right, bottom in pixels."""
        return self._projected.image_boxes(self._rows)

    @cached_property
    def map_frame(self) -> Frame:
        """In metres, true north up."""
        to = self.projection.compass
        box = self._projected.map_boxes(self._rows)
        extent = _extent(to(self._outline))
        return Frame(box=box, centre=to(self._centre), extent=extent)

    @cached_property
    def outlines(self) -> NDArray[np.object_]:
        """(N,) outlines in the metres of `LocalProjection.metres`."""
        return self._projected.outlines(self._rows)

    @cached_property
    def centroids(self) -> Points:
        """(N, 2) centroids in the metres of `LocalProjection.metres`."""
        return self.projection.metres(self._centre)

    @cached_property
    def centroid_points(self) -> NDArray[np.object_]:
        """(N,) `centroids` as points."""
        return np.asarray(shapely.points(self.centroids), np.object_)

    @cached_property
    def morton_codes(self) -> NDArray[np.intp]:
        """(N,) positions along a Z-order curve."""
        return morton_codes(self.centroids)

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """(N, 4) min x, min y, max x, max y of `outlines`."""
        return np.asarray(shapely.bounds(self.outlines), np.float64)

    @cached_property
    def longest_side(self) -> float:
        """Metres along the longer side of the area."""
        corners = self.projection.metres(self._outline)
        return float(np.ptp(corners, axis=0).max())

    @cached_property
    def metres_to_pixels(self) -> NDArray[np.float64]:
        """(2, 2) matrix from offsets in metres, as in `centroids`, to pixels."""
        corner = np.array([self._grid.width, self._grid.height]) / 2
        steps = self.projection.metres(corner + np.array([[0.0, 0], [1, 0], [0, 1]]))
        return np.linalg.inv((steps[1:] - steps[0]).T)

    @cached_property
    def _centre(self) -> Points:
        """(N, 2) centroids in pixels."""
        return self._projected.centres(self._rows)


def _extent(outline: Points) -> NDArray[np.float64]:
    """(4,) left, top, right, bottom of points."""
    return np.concatenate([outline.min(axis=0), outline.max(axis=0)])
