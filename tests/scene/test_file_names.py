"""A scene is read whatever its name looks like."""

import shutil

import numpy as np
import pytest
from scene_reading import NOISE, whole

from rrsis_geo.scene.scene import Scene

NAMES = (
    "north!b.tif",
    "a;b.tif",
    "a|b.tif",
    "what?.tif",
    "(1) ortho.tif",
    "#12.tif",
    "[x].tif",
    "@home.tif",
    "-x.tif",
    ".hidden.tif",
    "NETCDF:a.nc:b",
    "GTIFF_DIR:1:b.tif",
    "zip:a.tif",
    "file:b.tif",
    "vrt:b.tif",
    "http:b.tif",
    "100%20.tif",
    "ü中.tif",
    "x" * 240 + ".tif",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_scene_of_any_name_is_that_file(make_scene, tmp_path, monkeypatch, name):
    other = make_scene(255 - NOISE, name="b.tif")
    shutil.copy(other, tmp_path / "a.tif")
    (tmp_path / "plain.tif").write_bytes(b"")
    make_scene(NOISE, name="plain.tif")
    (tmp_path / "plain.tif").rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    for path in (name, str(tmp_path / name)):
        with Scene.open(path) as scene:
            np.testing.assert_array_equal(whole(scene)[0], NOISE)
            assert scene.path == path
