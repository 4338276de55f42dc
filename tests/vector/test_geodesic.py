"""Areas and perimeters against pyproj's own and against formulas."""

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import Polygon, box

from rrsis_geo.vector.geodesic import areas_and_perimeters

WGS84 = Geod(ellps="WGS84")
RING = [(10.0, 50.0), (10.01, 50.0), (10.01, 50.01), (10.0, 50.01)]
HOLE = [(10.002, 50.002), (10.004, 50.002), (10.004, 50.004)]


def measure(*polygons, geod=WGS84):
    array = np.array(polygons, np.object_)
    area, perimeter = areas_and_perimeters(array, geod)
    return np.array([area, perimeter])


def test_many_polygons_with_holes_against_one_at_a_time():
    polygons = [
        Polygon(RING),
        Polygon(RING, [HOLE]),
        Polygon(RING, [HOLE, [(x + 0.004, y + 0.004) for x, y in HOLE]]),
        box(-70, -20, -69.9, -19.8),
    ]
    for polygon, (area, perimeter) in zip(polygons, measure(*polygons).T, strict=True):
        oriented = shapely.geometry.polygon.orient(polygon)
        expected, _ = WGS84.geometry_area_perimeter(oriented)
        assert area == pytest.approx(expected, rel=1e-12)
        rings = [polygon.exterior, *polygon.interiors]
        lengths = [WGS84.geometry_length(ring) for ring in rings]
        assert perimeter == pytest.approx(sum(lengths), rel=1e-12)


def test_direction_of_rings_does_not_matter():
    polygon = Polygon(RING, [HOLE])
    mixed = Polygon(RING[::-1], [HOLE])
    assert measure(polygon) == pytest.approx(measure(mixed), rel=1e-12)


def test_polygon_across_the_antimeridian_has_the_area_of_its_shifted_twin():
    here = box(10, 50, 10.2, 50.1)
    there = Polygon([(179.9, 50), (-179.9, 50), (-179.9, 50.1), (179.9, 50.1)])
    assert measure(there) == pytest.approx(measure(here), rel=1e-9)
    beyond = box(179.9, 50, 180.1, 50.1)
    assert measure(beyond) == pytest.approx(measure(here), rel=1e-9)


@pytest.mark.parametrize("pole", [1, -1])
def test_cap_around_a_pole_on_a_sphere(pole):
    radius = 1_000_000.0
    lon = np.linspace(-180, 180, 3601)[:-1]
    cap = Polygon(np.column_stack((lon, np.full(3600, 80.0 * pole))))
    (area,), (perimeter,) = measure(cap, geod=Geod(a=radius, b=radius))
    expected = 2 * np.pi * radius**2 * (1 - np.sin(np.radians(80)))
    assert area == pytest.approx(expected, rel=1e-5)
    assert perimeter == pytest.approx(
        2 * np.pi * radius * np.cos(np.radians(80)), rel=1e-5
    )


def test_no_polygons():
    assert measure().shape == (2, 0)
