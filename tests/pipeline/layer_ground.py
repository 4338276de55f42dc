"""A picture's place on the ground, and tables of features on it."""

import geopandas as gpd
from shapely.geometry import (
    LineString,
    box,
)

CRS = "EPSG:32631"
LEFT, TOP, PIXEL = 500_000, 5_000_000, 0.5
WIDTH, HEIGHT = 400, 300

CHANNELS = {"storage tank": 0, "swimming pool": 2}


def at(column, row):
    """Map coordinates of a corner of a pixel."""
    return LEFT + PIXEL * column, TOP - PIXEL * row


def square(column, row, side):
    left, top = at(column, row)
    return box(left, top - side * PIXEL, left + side * PIXEL, top)


def table(shapes, crs=CRS, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def vertical_road(column=100):
    return LineString([at(column, -50), at(column, HEIGHT + 50)])
