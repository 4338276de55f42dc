"""Filling against GDAL's own rule, shapes against shapely, noise against itself."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.features import rasterize
from shapely import MultiPoint, Polygon, union_all

from rrsis_geo.synthetic.canvas import SAMPLES, Canvas, Paint, Part, View, fill
from rrsis_geo.synthetic.noise import bell_noise, value_noise
from rrsis_geo.synthetic.shapes import (
    blob,
    disc,
    hull_swept,
    lens,
    rect,
    stadium,
    swept,
)

VIEW = View(left=-7, top=5, width=40, height=30)


def filled(ring, view):
    out = np.zeros((view.height * SAMPLES, view.width * SAMPLES), bool)
    hit = fill([ring], view)
    if hit is not None:
        out[hit[0]] = hit[1]
    return out


def burned(ring, view):
    """The same by GDAL: drawn pixels whose centre lies inside."""
    points = (ring - [view.left, view.top]) * SAMPLES
    shape = (view.height * SAMPLES, view.width * SAMPLES)
    return rasterize([Polygon(points)], out_shape=shape).astype(bool)


@pytest.mark.parametrize("seed", range(8))
def test_fill_takes_the_pixels_whose_centre_is_inside(seed):
    rng = np.random.default_rng(seed)
    ring = blob(rng.uniform(1, 25), rng, rough=0.5) + rng.uniform((-10, 0), (35, 35))
    assert (filled(ring, VIEW) == burned(ring, VIEW)).all()


def test_fill_beside_the_window_is_nothing():
    assert fill([disc(3, x=-30, y=10)], VIEW) is None
    assert fill([disc(3, x=10, y=100)], VIEW) is None


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 1000),
    left=st.integers(-20, 20),
    top=st.integers(-20, 20),
    width=st.integers(1, 30),
    height=st.integers(1, 30),
)
def test_fill_does_not_depend_on_the_window(seed, left, top, width, height):
    rng = np.random.default_rng(seed)
    ring = blob(18, rng, rough=0.6, count=90)  # longer than the short cut for roads
    whole = filled(ring, View(left=-30, top=-30, width=90, height=90))
    part = filled(ring, View(left=left, top=top, width=width, height=height))
    y, x = (top + 30) * SAMPLES, (left + 30) * SAMPLES
    inside = whole[y : y + height * SAMPLES, x : x + width * SAMPLES]
    assert (part == inside).all()


@settings(max_examples=30, deadline=None)
@given(
    left=st.integers(-50, 50),
    top=st.integers(-50, 50),
    wave=st.floats(1.01, 60),
    seed=st.integers(0, 2**40),
)
def test_noise_does_not_depend_on_the_window(left, top, wave, seed):
    whole = value_noise(seed, left=-60, top=-60, width=140, height=140, wave=wave)
    part = value_noise(seed, left=left, top=top, width=25, height=17, wave=wave)
    y, x = top + 60, left + 60
    assert (part == whole[y : y + 17, x : x + 25]).all()
    assert np.abs(whole).max() <= 1
    bells = bell_noise(seed, left=-60, top=-60, width=140, height=140)
    bell = bell_noise(seed, left=left, top=top, width=25, height=17)
    assert (bell == bells[y : y + 17, x : x + 25]).all()


def test_bell_noise_has_deviation_one_and_no_stripes():
    noise = bell_noise(3, left=0, top=0, width=400, height=400)
    assert abs(noise.mean()) < 0.02
    assert noise.std() == pytest.approx(1, abs=0.02)
    assert noise.mean(axis=0).std() < 0.08  # 0.05 for independent pixels
    assert abs((noise[1:] * noise[:-1]).mean()) < 0.02
    assert abs((noise[:, 1:] * noise[:, :-1]).mean()) < 0.02


def test_paint_keeps_its_colour_on_the_whole():
    canvas = Canvas(VIEW, seed=1, gsd=0.5, base=(0.0, 0.0, 0.0))
    ring = rect(20, 16, 10, 20)
    paint = Paint(colour=(100.0, 150.0, 50.0), fine=0.1, mid=0.0)
    canvas.draw(Part(rings=(ring,), paint=paint))
    inside = burned(ring, VIEW)
    assert canvas.rgb[inside].mean(axis=0) == pytest.approx([100, 150, 50], rel=0.03)
    assert (canvas.rgb[~inside] == 0).all()


def test_lens_is_the_intersection():
    first, second = disc(5), disc(5, x=3, y=1)
    wanted = Polygon(first).intersection(Polygon(second)).area
    assert Polygon(lens(first, second)).area == pytest.approx(wanted, rel=0.03)
    assert len(lens(first, disc(5, x=30))) == 0


def test_hull_swept_is_the_convex_hull():
    rng = np.random.default_rng(5)
    points, shift = rng.uniform(-5, 5, (20, 2)), (4.0, -7.0)
    wanted = MultiPoint(np.concatenate([points, points + shift])).convex_hull
    assert Polygon(hull_swept(points, shift)).symmetric_difference(wanted).area < 1e-9


def test_an_inner_corner_casts_its_own_shadow():
    corner = np.array([[0, 0], [9, 0], [9, 4], [4, 4], [4, 9], [0, 9]], float)
    shift = (3.0, -2.0)
    steps = [Polygon(corner + np.array(shift) * t) for t in np.linspace(0, 1, 200)]
    rings = [Polygon(ring).buffer(0) for ring in swept(corner, shift)]
    wanted, got = union_all(steps), union_all(rings)
    assert got.symmetric_difference(wanted).area < 0.1
    assert got.area < Polygon(hull_swept(corner, shift)).area - 5


def test_stadium_has_the_size_it_is_asked_for():
    points = stadium(177, 93)
    assert np.ptp(points, axis=0) == pytest.approx([177, 93], rel=0.01)
    wanted = 84 * 93 + math.pi * 46.5**2
    assert Polygon(points).area == pytest.approx(wanted, rel=0.01)
