"""A picture's place on the ground, and tables of features on it."""

import geopandas as gpd
import numpy as np
import rasterio
from affine import Affine
from shapely.geometry import LineString, box

CRS = "EPSG:32631"
LEFT, TOP, PIXEL = 500_000, 5_000_000, 0.5
WIDTH, HEIGHT = 400, 300

TANKS = {"a": (40, 40, 20), "b": (150, 60, 30), "c": (300, 200, 24)}
"""Name -> column, row and side of a tank in the picture."""


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


def write_picture(path):
    """Write the picture: tanks in the first channel, a pool in the third."""
    pixels = np.full((3, HEIGHT, WIDTH), 20, np.uint8)
    for column, row, side in TANKS.values():
        pixels[0, row : row + side, column : column + side] = 250
    pixels[2, 210:222, 60:80] = 250
    profile = {"driver": "GTiff", "count": 3, "dtype": "uint8", "crs": CRS}
    transform = Affine(PIXEL, 0, LEFT, 0, -PIXEL, TOP)
    with rasterio.open(
        path, "w", width=WIDTH, height=HEIGHT, transform=transform, **profile
    ) as dataset:
        dataset.write(pixels)
    return path
