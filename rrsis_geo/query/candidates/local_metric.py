"""Pixels of a grid as metres on the ground and along compass directions.

A lattice of points is projected exactly and interpolated bilinearly in between, which
converts millions of vertices in a fraction of a second. The error is of the order of a
cell's squared size over the Earth's radius: millimetres on a scene of 20 km.
"""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from rrsis_geo.scene.grid import Grid

LATTICE_CELLS = 64
"""Cells of the lattice along each side of the grid."""

CHUNK = 16_384
"""Points interpolated at a time."""

Points = NDArray[np.float64]
"""(N, 2)"""


class LocalProjection:
    """Local coordinates of a grid, with or without a CRS."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._step = np.array([grid.width, grid.height], np.float64) / LATTICE_CELLS
        self._geod = grid.geod

    def metres(self, pixels: Points) -> Points:
        """Convert to x east and y south of the grid's centre.

        The projection is azimuthal and equidistant: distances from the centre are
        exact, others nearly so; `distance` is always exact. Without a CRS the pixels
        are returned and a pixel counts as a metre.
        """
        return pixels if self._geod is None else self._interpolate(self._metres, pixels)

    def compass(self, pixels: Points) -> Points:
        """Convert to metres in which x follows longitude alone and y latitude alone.

        The point with the smallest y is the northernmost, however the grid is rotated.
        Without a CRS the pixels are returned: up is north.
        """
        return (
            pixels if self._geod is None else self._interpolate(self._compass, pixels)
        )

    def distance(self, start: Points, stop: Points) -> NDArray[np.float64]:
        """(N,) metres along the geodesic between points in `metres` coordinates."""
        if self._geod is None:
            return np.asarray(np.hypot(*(stop - start).T), np.float64)
        west, south = self._plane(start[:, 0], -start[:, 1], inverse=True)
        east, north = self._plane(stop[:, 0], -stop[:, 1], inverse=True)
        _, _, metres = self._geod.inv(west, south, east, north)
        return np.asarray(metres, np.float64)

    def _interpolate(self, lattice: NDArray[np.float64], pixels: Points) -> Points:
        """Interpolate bilinearly, and extrapolate outside of the lattice."""
        result = np.empty_like(pixels, np.float64)
        axes = [np.ascontiguousarray(lattice[..., axis]).ravel() for axis in (0, 1)]
        # chunks that fit into the processor's cache take a third of the time
        for start in range(0, len(pixels), CHUNK):
            part = slice(start, start + CHUNK)
            place = pixels[part] / self._step
            cell = np.clip(np.floor(place), 0, LATTICE_CELLS - 1).astype(np.intp)
            right, down = (place - cell).T
            at = cell[:, 1] * (LATTICE_CELLS + 1) + cell[:, 0]
            below = at + LATTICE_CELLS + 1
            for axis, nodes in enumerate(axes):
                upper = nodes[at] + (nodes[at + 1] - nodes[at]) * right
                lower = nodes[below] + (nodes[below + 1] - nodes[below]) * right
                result[part, axis] = upper + (lower - upper) * down
        return result

    @cached_property
    def _nodes(self) -> Points:
        """((LATTICE_CELLS + 1) ** 2, 2) lattice points in pixels, row by row."""
        steps = np.arange(LATTICE_CELLS + 1)
        nodes = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
        return nodes * self._step

    @cached_property
    def _lonlat(self) -> Points:
        """Longitude and latitude of the nodes in degrees, the grid's centre last."""
        middle = [[self._grid.width / 2, self._grid.height / 2]]
        nodes = np.concatenate([self._nodes, middle])
        coordinates = np.column_stack(self._grid.pixels_to_crs(*nodes.T))
        # one line string instead of thousands of points: only coordinates are needed
        line = np.array([shapely.linestrings(coordinates)], np.object_)
        return shapely.get_coordinates(self._grid.to_lonlat(line))

    @cached_property
    def _plane(self) -> pyproj.Proj:
        """Azimuthal equidistant around the centre, on the grid's ellipsoid."""
        assert self._geod is not None  # noqa: S101 - callers have checked
        lon, lat = self._lonlat[-1]
        return pyproj.Proj(
            proj="aeqd", lon_0=lon, lat_0=lat, a=self._geod.a, b=self._geod.b
        )

    @cached_property
    def _metres(self) -> NDArray[np.float64]:
        east, north = self._plane(*self._lonlat[:-1].T)
        return self._lattice(np.column_stack([east, -np.asarray(north)]))

    @cached_property
    def _compass(self) -> NDArray[np.float64]:
        assert self._geod is not None  # noqa: S101 - callers have checked
        lon, lat = self._lonlat[-1]
        metres_per_degree = np.radians(self._geod.a)
        offset = (self._lonlat[:-1, 0] - lon + 180) % 360 - 180
        east = offset * metres_per_degree * np.cos(np.radians(lat))
        south = (lat - self._lonlat[:-1, 1]) * metres_per_degree
        return self._lattice(np.column_stack([east, south]))

    def _lattice(self, nodes: Points) -> NDArray[np.float64]:
        """(LATTICE_CELLS + 1, LATTICE_CELLS + 1, 2), without gaps.

        Where the projection is undefined, pixels are laid out by their size.
        """
        middle = np.array([self._grid.width, self._grid.height]) / 2
        flat = (self._nodes - middle) * self._grid.pixel_size
        known = np.isfinite(nodes).all(axis=1, keepdims=True)
        lattice = np.where(known, nodes, flat)
        return lattice.reshape(LATTICE_CELLS + 1, LATTICE_CELLS + 1, 2)


@lru_cache(maxsize=4)
def local_projection(grid: Grid) -> LocalProjection:
    """The projection of a grid; cached, because the lattice takes long to project."""
    return LocalProjection(grid)
