"""Scenes placed by ground control points."""

import numpy as np
import pytest
from affine import Affine
from rasterio.control import GroundControlPoint
from scene_reading import RNG, tiles, whole

from rrsis_geo.scene.scene import Scene


def gcps(width, height):
    """Corners of a scene turned by 20 degrees, with pixels of half a metre."""
    turn = Affine(0.5, 0, 5e5, 0, -0.5, 5e6) @ Affine.rotation(20)
    return turn, [
        GroundControlPoint(row, col, *(turn @ (col, row)))
        for row in (0, height / 2, height)
        for col in (0, width / 2, width)
    ]


@pytest.mark.parametrize("kind", ["plain", "nodata", "alpha", "mask", "uint16"])
def test_ground_control_points_place_a_scene(make_scene, kind):
    smooth = np.broadcast_to(50 + np.mgrid[:90, :130].sum(0) / 2, (3, 90, 130))
    values = smooth.astype("u2" if kind == "uint16" else "u1")
    turn, points = gcps(130, 90)
    hole = np.zeros((90, 130), bool)
    options = {}
    if kind != "plain":
        hole[30:50, 40:80] = True
    if kind == "nodata":
        values = np.where(hole, 0, values)
        options["nodata"] = 0
    if kind in ("alpha", "uint16"):
        options["alpha"] = np.where(hole, 0, np.iinfo(values.dtype).max)
    if kind == "mask":
        options["mask"] = ~hole
    with Scene.open(make_scene(values, gcps=points, **options)) as scene:
        assert scene.gsd == pytest.approx(0.5, rel=0.02)
        pixels, valid = whole(scene)
        x, y = np.meshgrid(np.arange(valid.shape[1]), np.arange(valid.shape[0]))
        col, row = ~turn @ scene.native.pixels_to_crs(x + 0.5, y + 0.5)
        margin = 1.5
        outside = (col < -margin) | (col > 130 + margin)
        outside |= (row < -margin) | (row > 90 + margin)
        inside = (col > margin) & (col < 130 - margin)
        inside &= (row > margin) & (row < 90 - margin)
        deep = (abs(col - 60) < 18) & (abs(row - 40) < 8)
        near = (abs(col - 60) < 22) & (abs(row - 40) < 12)
        assert not valid[outside].any()
        if kind == "plain":
            assert valid[inside].all()
        else:
            assert not valid[deep].any()
            assert valid[inside & ~near].all()
        if kind != "uint16":
            wanted = 50 + (col + row - 1) / 2
            check = valid & inside & (~near if kind != "plain" else True)
            assert np.abs(pixels[0] - wanted)[check].max() < 2


def test_warped_pixels_do_not_depend_on_the_window_either(make_scene):
    _, points = gcps(700, 300)
    values = RNG.integers(0, 256, (3, 300, 700)).astype(np.uint8)
    with Scene.open(make_scene(values, gcps=points)) as scene:
        for grid in (scene.grid(), scene.grid(1.3)):
            full, seen = whole(scene, grid)
            for patch in scene.patches(grid, tiles(grid, 190, 130)):
                rows, cols = patch.window.toslices()
                valid = seen[rows, cols]
                inside = np.s_[: valid.shape[0], : valid.shape[1]]
                np.testing.assert_array_equal(
                    patch.pixels[(slice(None), *inside)], full[:, rows, cols]
                )
                np.testing.assert_array_equal(patch.valid[inside], valid)
