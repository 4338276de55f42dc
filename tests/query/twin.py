"""The same questions answered the long way: point by point, through PROJ each time."""

import numpy as np
import pyproj
import shapely


def lonlat(grid, points):
    """(N, 2) degrees of points in pixels; the pixels themselves without a CRS."""
    x, y = grid.pixels_to_crs(*np.asarray(points, float).T)
    if grid.crs is None:
        return np.column_stack([x, y])
    move = pyproj.Transformer.from_crs(grid.crs.to_wkt(), "EPSG:4326", always_xy=True)
    return np.column_stack(move.transform(x, y))


def metres(grid, one, other):
    """Shortest of all ways between points of two outlines, two steps to the pixel."""
    rims = [shapely.segmentize(shape.exterior, 0.5) for shape in (one, other)]
    ends = [shapely.get_coordinates(rim) for rim in rims]
    # only the ends that face each other can be the nearest
    near = shapely.distance(shapely.points(ends[0]), other)
    first = ends[0][near <= near.min() + 3]
    near = shapely.distance(shapely.points(ends[1]), one)
    second = ends[1][near <= near.min() + 3]
    a = lonlat(grid, np.repeat(first, len(second), axis=0))
    b = lonlat(grid, np.tile(second, (len(first), 1)))
    if grid.crs is None:
        return float(np.hypot(*(a - b).T).min())
    geod = pyproj.Geod(ellps="WGS84")
    return float(np.min(geod.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2]))


def towards(grid, shape, side):
    """How far out a shape's middle lies to a side."""
    x, y = shape.centroid.x, shape.centroid.y
    if side in ("left", "right", "top", "bottom"):
        return {"left": -x, "right": x, "top": -y, "bottom": y}[side]
    east, north = lonlat(grid, [(x, y)])[0]
    if grid.crs is None:
        north = -north
    return {"west": -east, "east": east, "south": -north, "north": north}[side]


def square_metres(grid, shape):
    """Of a shape without holes."""
    corners = lonlat(grid, shape.exterior.coords)
    if grid.crs is None:
        return shapely.Polygon(corners).area
    return abs(pyproj.Geod(ellps="WGS84").polygon_area_perimeter(*corners.T)[0])
