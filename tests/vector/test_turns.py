"""Coordinates that repeat themselves after a turn, and polygons across the seam."""

import math

import numpy as np
import pyproj
import pytest
import shapely

from rrsis_geo.geodata.turns import Turn, turn_of, turned_towards
from rrsis_geo.types import SCHEMA, Polygons
from rrsis_geo.vector.coordinates.reprojection import reproject

EQUATOR = 2 * math.pi * 6_378_137


@pytest.mark.parametrize(
    ("crs", "turn"),
    [
        ("EPSG:4326", 360),
        ("EPSG:4807", 400),  # grads
        ("EPSG:3857", EQUATOR),
        ("EPSG:3832", EQUATOR),  # centred on 150 degrees east
        ("EPSG:3395", EQUATOR),
        ("EPSG:32662", EQUATOR),
        ("EPSG:6933", EQUATOR * 0.866751),  # of equal area, true at 30 degrees
        ("EPSG:32660", None),
        ("EPSG:3035", None),
        ("EPSG:3031", None),
        ("ESRI:54009", None),  # Mollweide: meridians are curves
        ("EPSG:4978", None),  # geocentric
    ],
)
def test_what_repeats_itself(crs, turn):
    found = turn_of(pyproj.CRS.from_user_input(crs).to_2d().to_wkt())
    length = None if found is None else found.length
    assert length == (None if turn is None else pytest.approx(turn, rel=1e-5))


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:3832", "EPSG:3395"])
@pytest.mark.parametrize("zone", [32601, 32660])
def test_polygons_across_the_antimeridian_keep_their_shape(crs, zone):
    """The twin is the box mirrored at the middle of the zone, 6 degrees away."""
    to_utm = pyproj.Transformer.from_crs("EPSG:4326", zone, always_xy=True)
    x, y = to_utm.transform(180, 50)
    across = shapely.box(x - 40, y - 20, x + 60, y + 20)
    mirrored = shapely.box(1e6 - x - 60, y - 20, 1e6 - x + 40, y + 20)

    def moved(shape):
        columns = {name: np.zeros(1, kind) for name, kind in SCHEMA.items()}
        polygons = Polygons(
            geometry=np.array([shape], object),
            crs=pyproj.CRS.from_epsg(zone).to_wkt(),
            columns=columns,
        )
        wkt = pyproj.CRS.from_user_input(crs).to_wkt()
        return reproject(polygons, wkt).geometry[0]

    found, twin = moved(across), moved(mirrored)
    assert found.is_valid
    assert found.geom_type == "Polygon"
    assert found.area == pytest.approx(twin.area, rel=1e-6)
    width = [np.ptp(shape.bounds[::2]) for shape in (found, twin)]
    assert width[0] == pytest.approx(width[1], rel=1e-6)


def test_shapes_are_moved_by_whole_turns_only():
    boxes = np.array([shapely.box(x, 0, x + 2, 1) for x in (-181, 178, 179, 5)], object)
    near = turned_towards(boxes, 179, Turn(length=360, low=-180, zero=0))
    np.testing.assert_allclose(shapely.bounds(near)[:, 0], [179, 178, 179, 5])
