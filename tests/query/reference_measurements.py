"""Reference implementation of measurements: point by point, through PROJ."""

from functools import cache

import numpy as np
import pyproj
import shapely


def lonlat(grid, points):
    """(N, 2) degrees of points in pixels; the pixels themselves without a CRS."""
    x, y = grid.pixels_to_crs(*np.asarray(points, float).T)
    if grid.crs is None:
        return np.column_stack([x, y])
    return np.column_stack(transformer(grid.crs.to_wkt()).transform(x, y))


@cache
def transformer(wkt):
    """Transformer from a CRS to longitude and latitude."""
    return pyproj.Transformer.from_crs(wkt, "EPSG:4326", always_xy=True)


@cache
def boundary_points(outline):
    """(N, 2) points of the outline, two per pixel."""
    return shapely.get_coordinates(shapely.segmentize(outline.exterior, 0.5))


def metres(grid, one, other):
    """Shortest geodesic distance between outlines, sampled twice per pixel."""
    first, second = boundary_points(one), boundary_points(other)
    # only points that face the other outline can be the nearest
    near = shapely.distance(shapely.points(first), other)
    first = first[near <= near.min() + 3]
    near = shapely.distance(shapely.points(second), one)
    second = second[near <= near.min() + 3]
    pairs = len(first), len(second)
    a = np.repeat(lonlat(grid, first), pairs[1], axis=0)
    b = np.tile(lonlat(grid, second), (pairs[0], 1))
    if grid.crs is None:
        return float(np.hypot(*(a - b).T).min())
    geod = pyproj.Geod(ellps="WGS84")
    return float(np.min(geod.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2]))


def position_towards(grid, shape, side):
    """Coordinate of a shape's centroid towards a side."""
    x, y = shape.centroid.x, shape.centroid.y
    if side in ("left", "right", "top", "bottom"):
        return {"left": -x, "right": x, "top": -y, "bottom": y}[side]
    east, north = lonlat(grid, [(x, y)])[0]
    if grid.crs is None:
        north = -north
    return {"west": -east, "east": east, "south": -north, "north": north}[side]


def square_metres(grid, shape):
    """Geodesic area of a shape without holes."""
    corners = lonlat(grid, shape.exterior.coords)
    if grid.crs is None:
        return shapely.Polygon(corners).area
    return abs(pyproj.Geod(ellps="WGS84").polygon_area_perimeter(*corners.T)[0])
