"""Colours of found objects on a scene: what is read, and how often."""

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from rrsis_geo.matching.candidate_colours import CandidateColours
from rrsis_geo.matching.outline_pixels import BLOCK
from rrsis_geo.scene.scene import Scene

SIDE = 3 * BLOCK
GSD = 0.5


@pytest.fixture
def scene(tmp_path):
    path = tmp_path / "scene.tif"
    rng = np.random.default_rng(0)
    pixels = rng.integers(1, 256, (3, SIDE, SIDE), np.uint8)
    with rasterio.open(
        path, "w", driver="GTiff", count=3, dtype="uint8", width=SIDE, height=SIDE,
        crs="EPSG:32631", transform=Affine(GSD, 0, 500_000, 0, -GSD, 1_000_000),
    ) as dataset:  # fmt: skip
        dataset.write(pixels)
    with Scene.open(path) as opened:
        yield opened, pixels


def box(left, top, width=20, height=10):
    """A rectangle in pixels, in the CRS of the scene."""
    x, y = 500_000 + GSD * left, 1_000_000 - GSD * top
    return shapely.box(x, y - GSD * height, x + GSD * width, y)


def test_they_are_the_means_of_the_pixels_inside(scene):
    opened, pixels = scene
    measure = CandidateColours(scene=opened, grid=opened.grid())
    shapes = np.array([box(30, 50), box(BLOCK - 7, 2 * BLOCK - 4)], np.object_)
    found = measure(shapes)
    for colour, (left, top) in zip(
        found, [(30, 50), (BLOCK - 7, 2 * BLOCK - 4)], strict=True
    ):
        inside = pixels[:, top : top + 10, left : left + 20]
        np.testing.assert_allclose(colour, inside.mean(axis=(1, 2)) / 255)


def test_each_set_is_read_once_and_only_where_it_is(scene, monkeypatch):
    opened, _ = scene
    asked = []
    patches = Scene.patches

    def counted(self, grid, windows, **options):
        windows = list(windows)
        asked.append([(one.col_off, one.row_off) for one in windows])
        return patches(self, grid, windows, **options)

    monkeypatch.setattr(Scene, "patches", counted)
    measure = CandidateColours(scene=opened, grid=opened.grid())
    shapes = np.array([box(30, 50), box(2 * BLOCK + 9, 50)], np.object_)
    first = measure(shapes)
    np.testing.assert_array_equal(measure(shapes), first)
    np.testing.assert_array_equal(measure(shapes[:1]), first[:1])
    assert asked == [[(0, 0), (2 * BLOCK, 0)], [(0, 0)]]


def test_a_colour_does_not_depend_on_what_was_measured_before(scene):
    """Found: the colour of a roof with a car on it, once it was asked for alone."""
    opened, _ = scene
    roof, car = box(30, 50, 60, 40), box(50, 60)
    both = np.array([roof, car], np.object_)
    fresh = CandidateColours(scene=opened, grid=opened.grid())(both)
    measure = CandidateColours(scene=opened, grid=opened.grid())
    alone = measure(both[:1])
    np.testing.assert_array_equal(measure(both), fresh)
    assert (alone[0] != fresh[0]).all()


def test_no_outlines_are_no_colours(scene):
    opened, _ = scene
    measure = CandidateColours(scene=opened, grid=opened.grid())
    assert measure(np.zeros(0, np.object_)).shape == (0, 3)


def test_what_lies_outside_has_no_colour(scene):
    opened, _ = scene
    measure = CandidateColours(scene=opened, grid=opened.grid())
    assert np.isnan(measure(np.array([box(-500, -500)], np.object_))).all()
