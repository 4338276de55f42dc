"""Polygons stay where they are, on both sides of the antimeridian."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import (
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from rrsis_geo.vector.coordinates.antimeridian import split_at_antimeridian


def split(polygon):
    (result,) = split_at_antimeridian(np.array([polygon], np.object_))
    return result


def wrapped(polygon):
    """As a projection gives it: longitudes in [-180, 180)."""
    return shapely.transform(
        polygon,
        lambda xy: np.column_stack(((xy[:, 0] + 180) % 360 - 180, xy[:, 1])),
    )


def rectangle(left, right, *holes):
    ring = [(left, 10), (right, 10), (right, 12), (left, 12)]
    return Polygon(ring, [box(a, 10.5, b, 11.5).exterior for a, b in holes])


CROSSING = {
    "plain": rectangle(179, 181),
    "hole across": rectangle(178, 182, (179.5, 180.5)),
    "hole to the west": rectangle(178, 182, (178.5, 179.5)),
    "hole to the east": rectangle(178, 182, (180.5, 181.5)),
    "from the west": rectangle(-181, -179),
}


@pytest.mark.parametrize("name", CROSSING)
@pytest.mark.parametrize("wrap", [True, False])
def test_crossing_polygon_becomes_two_parts(name, wrap):
    polygon = CROSSING[name]
    result = split(wrapped(polygon) if wrap else polygon)
    assert isinstance(result, MultiPolygon)
    assert result.is_valid
    assert result.area == pytest.approx(polygon.area)
    west, south, east, north = result.bounds
    assert (west, south, east, north) == (-180, 10, 180, 12)
    # points inside and outside stay so
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(-183, 183, 4000), rng.uniform(9, 13, 4000)
    inside = [shapely.contains_xy(polygon, lon + turn, lat) for turn in (-360, 0, 360)]
    here = (lon + 180) % 360 - 180
    np.testing.assert_array_equal(
        shapely.contains_xy(result, here, lat), np.any(inside, axis=0)
    )


@pytest.mark.parametrize(
    "polygon", [box(0, 0, 1, 1), box(179, 0, 180, 1), box(-180, 0, -179, 1)]
)
def test_what_does_not_cross_stays_as_it_is(polygon):
    assert split(polygon) is polygon


def test_what_ends_at_the_antimeridian_stays_in_one_piece():
    # a projection may give the border of 180 degrees as -180
    result = split(Polygon([(179, 0), (-180, 0), (-180, 1), (179, 1)]))
    assert isinstance(result, Polygon)
    assert result.equals(box(179, 0, 180, 1))


def test_beyond_the_antimeridian_comes_back():
    assert split(box(181, 0, 182, 1)).equals(box(-179, 0, -178, 1))


@pytest.mark.parametrize("pole", [1, -1])
@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("offset", [0, 3])
def test_polygon_around_a_pole_reaches_it(pole, way, offset):
    lon = (np.linspace(-180, 180, 73)[:-1] + offset + 180) % 360 - 180
    ring = np.column_stack((lon, np.full(72, 80.0 * pole)))[::way]
    hole = box(10, 84, 20, 86) if pole > 0 else box(10, -86, 20, -84)
    result = split(Polygon(ring, [hole.exterior]))
    assert result.is_valid
    south, north = sorted((80 * pole, 90 * pole))
    assert result.bounds == (-180, south, 180, north)
    assert result.area == pytest.approx(360 * 10 - 10 * 2)


@pytest.mark.parametrize("wrap", [True, False])
@pytest.mark.parametrize(
    ("shape", "parts"),
    [
        (LineString([(179, 10), (179.5, 11), (181, 12)]), 2),
        (MultiLineString([[(179, 1), (181, 1)], [(170, 2), (171, 2)]]), 3),
        (MultiPolygon([box(178, 1, 179, 2), box(181, 1, 182, 2)]), 2),
        (MultiPolygon([box(178, 1, 179, 2), box(179.5, 1, 180.5, 2)]), 3),
        (Point(181, 5), 1),
        (MultiPoint([(179, 5), (182, 6)]), 2),
    ],
)
def test_features_of_any_kind_are_cut(shape, parts, wrap):
    """Found: a crash after all the work, for own layers that are no polygons."""
    result = split(wrapped(shape) if wrap else shape)
    assert len(shapely.get_parts(result)) == parts
    assert shapely.get_dimensions(result) == shapely.get_dimensions(shape)
    if shapely.get_dimensions(shape) < 2:  # a cut adds sides to an area
        assert result.length == pytest.approx(shape.length)
    assert result.area == pytest.approx(shape.area)
    west, _, east, _ = result.bounds
    assert west >= -180
    assert east <= 180
    twin = split(shape)
    assert result.equals(twin)


@settings(deadline=None)
@given(
    st.floats(170, 190),
    st.floats(-60, 60),
    st.lists(st.tuples(st.floats(0, 6.28), st.floats(0.5, 5)), min_size=3, max_size=12),
)
def test_stars_keep_their_area(lon, lat, spokes):
    angles = np.array(sorted({round(angle, 2) for angle, _ in spokes}))
    if len(angles) < 3 or np.diff(angles, append=angles[0] + 6.29).max() > 3:
        return
    radius = np.array([length for _, length in spokes])[: len(angles)]
    star = Polygon(
        np.column_stack((lon + radius * np.cos(angles), lat + radius * np.sin(angles)))
    )
    result = split(wrapped(star))
    assert result.is_valid
    assert result.area == pytest.approx(star.area, rel=1e-9)
    assert result.bounds[0] >= -180
    assert result.bounds[2] <= 180
