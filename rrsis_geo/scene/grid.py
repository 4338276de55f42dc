"""Raster grids: transform, CRS, size, and the size of a pixel in metres."""

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
from shapely.geometry import Polygon

from rrsis_geo.errors import OptionError, SceneError
from rrsis_geo.geodata.bent_edges import move_polygons
from rrsis_geo.geodata.crs_units import EARTH_RADIUS, angular_unit, metres_in_unit

GSD_TOLERANCE = 0.02
"""Relative difference up to which two pixel sizes count as equal: resampling by 2 %
would blur the image without any use for a network."""

LARGEST_SIDE = 2**31 - 1
"""Pixels; GDAL counts columns and rows in 32 bits."""

STRAIGHT_EDGE = 500.0
"""Metres; an edge up to this length bends by a few centimetres at most in degrees."""

BEND = 1e-6
"""Degrees by which an edge may lie beside its curve: a decimetre."""


@dataclass(frozen=True)
class Grid:
    """Georeference and size of a raster; may be rotated or south-up.

    Without a CRS the grid is in pixel coordinates and a pixel counts as a metre.
    """

    transform: Affine
    """(column, row) of pixel corners -> (x, y) in `crs`."""

    crs: CRS | None
    """None for pixel coordinates."""

    width: int
    height: int

    @cached_property
    def pixel_size(self) -> tuple[float, float]:
        """Width and height of the pixel at the grid's centre, in metres on the ground.

        Measured along geodesics on the CRS's own ellipsoid, which accounts for degrees,
        feet, rotation and the distortion of projections like Web Mercator.

        Raises:
            SceneError: the centre lies outside the CRS's domain, or the CRS does not
                refer to the surface of a planet.
        """
        if self.crs is None:
            t = self.transform
            return math.hypot(t.a, t.d), math.hypot(t.b, t.e)
        # one pixel across and one pixel down through the centre
        cols = self.width / 2 + np.array([-0.5, 0.5, 0, 0])
        rows = self.height / 2 + np.array([0, 0, -0.5, 0.5])
        x, y = self.pixels_to_crs(cols, rows)
        forward, geod, degrees = _to_geographic(wkt2(self.crs))
        lon, lat = np.multiply(forward.transform(x, y), degrees)
        if not (np.isfinite([lon, lat]).all() and (np.abs(lat) <= 90).all()):
            raise SceneError(
                f"the scene's centre ({x.mean():.6g}, {y.mean():.6g}) lies outside its "
                f"CRS, {crs_name(self.crs)}; give the right one with --crs EPSG:..."
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
        """The CRS's ellipsoid, for areas and lengths; None in pixel coordinates."""
        return None if self.crs is None else _to_geographic(wkt2(self.crs))[1]

    @property
    def on_earth(self) -> bool:
        """Whether the CRS places the grid on the Earth."""
        return self.geod is not None and abs(self.geod.a / EARTH_RADIUS - 1) < 0.01

    def scaled(self, gsd: float) -> Grid:
        """Make a grid of about `gsd` metres per pixel with exactly the same bounds.

        Pixels become square on the ground, up to rounding to whole pixels. An axis
        within `GSD_TOLERANCE` of `gsd` keeps its pixels.

        Raises:
            OptionError: the grid would be larger than GDAL allows.
        """
        sides = []
        for length, metres in zip(
            (self.width, self.height), self.pixel_size, strict=True
        ):
            is_equal = abs(metres / gsd - 1) <= GSD_TOLERANCE
            sides.append(length if is_equal else max(1, round(length * metres / gsd)))
        if max(sides) > LARGEST_SIDE:
            raise OptionError(
                f"gsd {gsd:g} m would make a grid of {sides[0]} x {sides[1]} pixels; "
                f"the scene itself has {self.gsd:.3g} m, so choose a larger one"
            )
        return self.resized(*sides)

    def resized(self, width: int, height: int) -> Grid:
        """Make a grid with the same bounds and another number of pixels."""
        if (width, height) == (self.width, self.height):
            return self
        t, x, y = self.transform, self.width / width, self.height / height
        scaled = Affine(t.a * x, t.b * y, t.c, t.d * x, t.e * y, t.f)
        return replace(self, transform=scaled, width=width, height=height)

    def pixels_to_crs(
        self, cols: NDArray[np.float64], rows: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """x and y of points in pixels; pixel corners are integers."""
        return _moved(self.transform, cols, rows)

    def crs_to_pixels(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Columns and rows of points in the CRS; pixel corners are integers."""
        return _moved(~self.transform, x, y)

    def bounds(self, window: Window | None = None) -> tuple[float, float, float, float]:
        """(left, bottom, right, top) of a window, default all, in units of `crs`."""
        if window is None:
            window = Window(0, 0, self.width, self.height)
        cols = window.col_off + window.width * np.array([0.0, 1, 0, 1])
        rows = window.row_off + window.height * np.array([0.0, 0, 1, 1])
        x, y = self.pixels_to_crs(cols, rows)
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())

    def to_lonlat(self, geometries: NDArray[np.object_]) -> NDArray[np.object_]:
        """Transform geometries from `crs` to longitude and latitude in degrees.

        WGS 84 on the Earth; elsewhere the planet's own longitude and latitude. Long
        edges of polygons get more corners, so that they stay where they are.

        Raises:
            SceneError: the grid is in pixel coordinates.
        """
        if self.crs is None:
            raise SceneError("pixel coordinates have no longitude and latitude")
        transformer, degrees, unit = _to_lonlat(wkt2(self.crs), self.on_earth)

        def move(xy: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack(transformer.transform(*xy.T)) * degrees

        lonlat: NDArray[np.object_] = shapely.transform(geometries, move)
        shortest = STRAIGHT_EDGE / unit
        long = _with_long_edges(geometries, shortest)
        if len(long):
            lonlat[long] = move_polygons(
                geometries[long], move, tolerance=BEND, shortest=shortest, period=360
            )
        return lonlat


def _moved(
    t: Affine, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return t.a * x + t.b * y + t.c, t.d * x + t.e * y + t.f


def window_box(window: Window) -> Polygon:
    """The outline of a window, in pixels."""
    right, bottom = window.col_off + window.width, window.row_off + window.height
    box: Polygon = shapely.box(window.col_off, window.row_off, right, bottom)
    return box


def crs_name(crs: CRS) -> str:
    """Short name for messages: the EPSG code, or the CRS's own name."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(pyproj.CRS.from_wkt(wkt2(crs)).name)


def wkt2(crs: CRS) -> str:
    """The CRS as WKT 2, which unlike WKT 1 can say every one that PROJ knows."""
    return str(crs.to_wkt(version="WKT2_2019"))


@lru_cache(maxsize=16)
def _to_geographic(wkt: str) -> tuple[Any, pyproj.Geod, float]:
    """Transformer to the CRS's own longitude and latitude, its ellipsoid, and degrees.

    The last is the number of degrees in an angular unit of the CRS: 0.9 for grads.
    """
    crs = pyproj.CRS.from_wkt(wkt)
    base, geod = crs.geodetic_crs, crs.get_geod()
    if base is None or geod is None or crs.is_geocentric:
        raise SceneError(
            f"the CRS {crs.name!r} is a {crs.type_name}, which has no place on the "
            "ground; give a projected or geographic one with --crs EPSG:..."
        )
    flat = base.to_2d()
    transformer = pyproj.Transformer.from_crs(crs.to_2d(), flat, always_xy=True)
    return transformer, geod, angular_unit(flat)


@lru_cache(maxsize=16)
def _to_lonlat(wkt: str, on_earth: bool) -> tuple[Any, float, float]:
    """Transformer from a CRS to the longitude and latitude of results.

    With it the degrees in a unit of the result, and the metres in a unit of the CRS.
    """
    crs = pyproj.CRS.from_wkt(wkt).to_2d()
    target = pyproj.CRS.from_epsg(4326) if on_earth else _base(crs)
    transformer = pyproj.Transformer.from_crs(crs, target, always_xy=True)
    return transformer, angular_unit(target), metres_in_unit(crs)


def _base(crs: pyproj.CRS) -> pyproj.CRS:
    base = crs.geodetic_crs
    return crs if base is None else base.to_2d()


def _with_long_edges(
    geometries: NDArray[np.object_], length: float
) -> NDArray[np.int64]:
    """Indices of the polygons that extend over more than `length`."""
    shapes = np.asarray(geometries, np.object_)
    if shapes.ndim != 1 or not len(shapes):
        return np.zeros(0, np.int64)
    areas = shapely.get_dimensions(shapes) == 2
    low_high = shapely.bounds(shapes).reshape(-1, 2, 2)
    with np.errstate(invalid="ignore"):
        wide = (low_high[:, 1] - low_high[:, 0]).max(axis=1, initial=0) > length
    return np.flatnonzero(areas & wide)
