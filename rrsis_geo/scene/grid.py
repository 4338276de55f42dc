"""Pixels on the ground: transform, CRS, size, and what a pixel measures in metres."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.windows import Window

from rrsis_geo.errors import OptionError, SceneError

SNAP = 0.02
"""A wanted pixel size this close to the one at hand is taken as equal: resampling
by 2 % blurs the picture and tells a network nothing."""

LARGEST_SIDE = 2**31 - 1
"""Pixels; GDAL counts columns and rows in 32 bits."""

EARTH_RADIUS = 6_378_137.0
"""Metres."""


@dataclass(frozen=True)
class Grid:
    """A raster without its pixels; rotated and south-up transforms stay as they are.

    Without a CRS the grid is in pixel coordinates and one unit counts as a metre.
    """

    transform: Affine
    """(column, row) of pixel corners -> (x, y) in `crs`."""

    crs: CRS | None
    width: int
    height: int

    @cached_property
    def pixel_size(self) -> tuple[float, float]:
        """Width and height of the pixel at the grid's centre, in metres on the ground.

        Measured along the geodesic on the CRS's own ellipsoid, so degrees, feet,
        rotation and the stretch of a projection (Web Mercator!) are accounted for.

        Raises:
            SceneError: the centre is no place of the CRS, or the CRS is not tied to
                the surface of a body.
        """
        if self.crs is None:
            t = self.transform
            return math.hypot(t.a, t.d), math.hypot(t.b, t.e)
        # One step across the middle pixel, one down.
        cols = self.width / 2 + np.array([-0.5, 0.5, 0, 0])
        rows = self.height / 2 + np.array([0, 0, -0.5, 0.5])
        x, y = self.place(cols, rows)
        forward, geod = _to_geographic(self.crs.to_wkt())
        lon, lat = forward.transform(x, y)
        if not (np.isfinite([lon, lat]).all() and (np.abs(lat) <= 90).all()):
            raise SceneError(
                f"the scene's centre ({x.mean():.6g}, {y.mean():.6g}) is no place of "
                f"its CRS, {crs_name(self.crs)}; name the right one with --crs EPSG:..."
            )
        _, _, metres = geod.inv(lon[::2], lat[::2], lon[1::2], lat[1::2])
        if not min(metres) > 0:
            raise SceneError(
                f"a pixel at the scene's centre, longitude {lon[0]:.6g} and latitude "
                f"{lat[0]:.6g}, has no size; check the scene's transform and CRS"
            )
        return float(metres[0]), float(metres[1])

    @property
    def gsd(self) -> float:
        """Metres per pixel at the centre: the side of a square pixel of equal area."""
        return math.sqrt(math.prod(self.pixel_size))

    @property
    def geod(self) -> pyproj.Geod | None:
        """The body's ellipsoid, for areas and lengths; None in pixel coordinates."""
        return None if self.crs is None else _to_geographic(self.crs.to_wkt())[1]

    @property
    def on_earth(self) -> bool:
        """Whether the CRS places the grid on the Earth."""
        return self.geod is not None and abs(self.geod.a / EARTH_RADIUS - 1) < 0.01

    def scaled(self, gsd: float) -> Grid:
        """The grid of about `gsd` metres per pixel over exactly the same ground.

        Pixels become square on the ground. The size is rounded to whole pixels; an
        axis that is within `SNAP` of the wanted size stays as it is.

        Raises:
            OptionError: the grid would have more pixels than GDAL counts.
        """
        sides = []
        for length, metres in zip(
            (self.width, self.height), self.pixel_size, strict=True
        ):
            near = abs(metres / gsd - 1) <= SNAP
            sides.append(length if near else max(1, round(length * metres / gsd)))
        if max(sides) > LARGEST_SIDE:
            raise OptionError(
                f"gsd {gsd:g} m would make a grid of {sides[0]} x {sides[1]} pixels; "
                f"the scene itself has {self.gsd:.3g} m, so choose a larger one"
            )
        return self.resized(*sides)

    def resized(self, width: int, height: int) -> Grid:
        """The same ground cut into another number of pixels."""
        if (width, height) == (self.width, self.height):
            return self
        t, wide, high = self.transform, self.width / width, self.height / height
        scaled = Affine(t.a * wide, t.b * high, t.c, t.d * wide, t.e * high, t.f)
        return replace(self, transform=scaled, width=width, height=height)

    def place(
        self, cols: NDArray[np.float64], rows: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """x and y of points given in pixels; corners of pixels are integers."""
        t = self.transform
        return t.a * cols + t.b * rows + t.c, t.d * cols + t.e * rows + t.f

    def bounds(self, window: Window | None = None) -> tuple[float, float, float, float]:
        """(left, bottom, right, top) around a window (default: all) in `crs` units."""
        if window is None:
            window = Window(0, 0, self.width, self.height)
        cols = window.col_off + window.width * np.array([0.0, 1, 0, 1])
        rows = window.row_off + window.height * np.array([0.0, 0, 1, 1])
        x, y = self.place(cols, rows)
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())

    def to_lonlat(self, geometries: NDArray[np.object_]) -> NDArray[np.object_]:
        """Geometries in `crs` as longitude and latitude, in degrees.

        WGS 84 on the Earth; elsewhere the body's own longitude and latitude.

        Raises:
            SceneError: the grid is in pixel coordinates.
        """
        if self.crs is None:
            raise SceneError("pixel coordinates have no longitude and latitude")
        move = _to_lonlat(self.crs.to_wkt(), self.on_earth)
        moved: NDArray[np.object_] = shapely.transform(
            geometries,
            lambda xy: np.column_stack(move.transform(xy[:, 0], xy[:, 1])),
        )
        return moved


def crs_name(crs: CRS) -> str:
    """Short name for messages: EPSG:32631, or the name it gives itself."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(pyproj.CRS.from_wkt(crs.to_wkt()).name)


@lru_cache(maxsize=16)
def _to_geographic(wkt: str) -> tuple[Any, pyproj.Geod]:
    """From a CRS to its own longitude and latitude (no datum shift), and its body."""
    crs = pyproj.CRS.from_wkt(wkt)
    base, geod = crs.geodetic_crs, crs.get_geod()
    if base is None or geod is None or crs.is_geocentric:
        raise SceneError(
            f"the CRS {crs.name!r} is a {crs.type_name}, which no map places on the "
            "ground; name a projected or geographic one with --crs EPSG:..."
        )
    to_2d = crs.to_2d(), base.to_2d()
    return pyproj.Transformer.from_crs(*to_2d, always_xy=True), geod


@lru_cache(maxsize=16)
def _to_lonlat(wkt: str, on_earth: bool) -> Any:
    """From a CRS to the longitude and latitude that results are given in."""
    crs = pyproj.CRS.from_wkt(wkt).to_2d()
    target = pyproj.CRS.from_epsg(4326) if on_earth else crs.geodetic_crs
    return pyproj.Transformer.from_crs(crs, target, always_xy=True)
