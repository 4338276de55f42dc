"""Layers of ours that are written into GeoPackages of others."""

import numpy as np
import pyogrio
import pytest
from affine import Affine
from rasterio.crs import CRS

from rrsis_geo.errors import OutputError
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Strip
from rrsis_geo.vector.formats import check_crs, check_output, write_polygons
from rrsis_geo.vector.polygonize import vectorize
from rrsis_geo.vector.vector_format import LayerTarget

TEXTS = {"title": "storage tank", "description": "found"}
TANKS = LayerTarget(name="tanks", chosen=True, overwrite=False)
UTM = CRS.from_epsg(32631)


def found(boxes=3, crs=UTM, left=500_000):
    levels = np.zeros((60, 60), np.uint8)
    for number in range(boxes):
        row, col = divmod(number, 8)
        levels[7 * row + 1 : 7 * row + 5, 7 * col + 1 : 7 * col + 5] = 240
    return vectorize(
        [Strip(top=0, levels=levels[None])],
        Grid(Affine(0.5, 0, left, 0, -0.5, 5_000_000), crs, 60, 60),
        ["storage tank"],
        threshold=0.5,
        min_area=0,
        fill_holes=0,
        simplify=0,
    )


def put(path, polygons, target, overwrite=None):
    """Check and write, as a run does."""
    allowed = target.overwrite if overwrite is None else overwrite
    check_output(path, allowed, target)
    check_crs(path, polygons.crs, target)
    write_polygons(polygons, path, layer=target, **TEXTS)


def read(path, layer):
    return pyogrio.read_dataframe(path, layer=layer)


def refuses(path, target, match, *, error=OutputError, overwrite=None):
    before = path.read_bytes()
    with pytest.raises(error, match=match):
        put(path, found(), target, overwrite)
    assert path.read_bytes() == before
