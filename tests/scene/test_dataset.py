"""Unreadable files are refused in one line; remote files are read in part."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.windows import Window

from rrsis_geo.errors import SceneError
from rrsis_geo.scene.dataset import gdal_options
from rrsis_geo.scene.read_failures import is_remote
from rrsis_geo.scene.scene import Scene

NOISE = np.random.default_rng(3).integers(1, 256, (3, 400, 500)).astype(np.uint8)


def refused(path, capfd):
    with pytest.raises(SceneError) as failure, Scene.open(path) as scene:
        list(scene.patches(scene.grid(), [Window(0, 0, 500, 400)]))
    text = str(failure.value)
    assert "\n" not in text
    assert text.startswith(str(path))
    assert capfd.readouterr().err == ""  # GDAL has nothing to add
    return text


def test_absent_files(tmp_path, capfd):
    assert "there is no such file" in refused(tmp_path / "absent.tif", capfd)


def test_folders(tmp_path, capfd):
    assert "is a folder" in refused(tmp_path, capfd)


def test_empty_files(tmp_path, capfd):
    path = tmp_path / "empty.tif"
    path.touch()
    assert "is empty (0 bytes)" in refused(path, capfd)


def test_text_named_as_a_scene(tmp_path, capfd):
    path = tmp_path / "text.tif"
    path.write_text("not a picture\n" * 100)
    assert "is not a raster that GDAL can read" in refused(path, capfd)


@pytest.mark.skipif(os.name == "nt" or not os.getuid(), reason="may read everything")
def test_forbidden_files(make_scene, capfd):
    path = make_scene()
    os.chmod(path, 0)
    assert "is not readable for this user" in refused(path, capfd)


def test_unreachable_servers(capfd, monkeypatch):
    monkeypatch.setenv("GDAL_HTTP_MAX_RETRY", "0")
    assert "cannot be opened" in refused("http://127.0.0.1:9/scene.tif", capfd)


@pytest.mark.parametrize("kept", [0.02, 0.5, 0.97])
@pytest.mark.parametrize("options", [{}, {"tiled": True}, {"compress": "deflate"}])
def test_files_that_are_cut_off(make_scene, capfd, kept, options):
    path = make_scene(NOISE, **options)
    size = os.path.getsize(path)
    os.truncate(path, int(size * kept))
    refused(path, capfd)


def test_headers_that_are_cut_off(make_scene, capfd):
    path = make_scene()
    os.truncate(path, 60)
    refused(path, capfd)


def test_files_that_hold_several_rasters_name_them(make_scene, tmp_path):
    path = str(tmp_path / "many.gpkg")
    for number, table in enumerate("ab"):
        options = {"RASTER_TABLE": table, "APPEND_SUBDATASET": "YES"}
        with (
            rasterio.open(make_scene()) as source,
            rasterio.open(
                path,
                "w",
                driver="GPKG",
                count=3,
                width=40,
                height=30,
                dtype="uint8",
                crs="EPSG:32631",
                transform=source.transform,
                **(options if number else {"RASTER_TABLE": table}),
            ) as target,
        ):
            target.write(source.read())
    with pytest.raises(SceneError, match=r"name one of them: GPKG:.*:a, GPKG:.*:b"):
        Scene.open(path).__enter__()


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        ("https://host/a.tif", True),
        ("http://host/a.tif", True),
        ("s3://bucket/a.tif", True),
        ("gs://bucket/a.tif", True),
        ("zip+https://host/a.zip!a.tif", True),
        ("/vsicurl/https://host/a.tif", True),
        ("/vsizip//vsis3/bucket/a.zip/a.tif", True),
        ("/vsizip/folder/a.zip/a.tif", False),
        ("/vsimem/a.tif", False),
        ("zip://a.zip!a.tif", False),
        ("file:///a.tif", False),
        ("a.tif", False),
        ("C:\\scenes\\a.tif", False),
    ],
)
def test_remote_scenes_are_recognized_by_their_paths(path, remote):
    assert is_remote(path) is remote
    assert bool(gdal_options(path)) is remote


def test_gdal_settings_of_the_user_take_precedence(monkeypatch):
    monkeypatch.setenv("GDAL_HTTP_TIMEOUT", "7")
    assert "GDAL_HTTP_TIMEOUT" not in gdal_options("https://host/a.tif")


class Server:
    """Serves a folder from another process, because rasterio holds the GIL while it
    waits for a response."""

    def __init__(self, folder):
        script = Path(__file__).with_name("range_server.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script), str(folder)],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.address = f"http://127.0.0.1:{self._line()}"

    def _line(self):
        return self._process.stdout.readline().strip()

    def stop(self):
        """Path and number of bytes sent, per request."""
        self._process.terminate()
        output, _ = self._process.communicate(timeout=30)
        return [(path, int(size)) for path, size in map(str.split, output.splitlines())]


@pytest.fixture
def server(tmp_path, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = Server(tmp_path)
    yield server
    server.stop()


def test_remote_scenes_are_read_by_window(make_scene, server):
    values = np.random.default_rng(5).integers(1, 256, (3, 3000, 3000)).astype(np.uint8)
    path = make_scene(
        values, name="big.tif", tiled=True, interleave="pixel", overviews=[2, 4, 8]
    )
    windows = [Window(1024, 1024, 256, 256), Window(2048, 512, 256, 256)]
    with Scene.open(f"{server.address}/big.tif") as scene:
        patches = list(scene.patches(scene.grid(), windows))
        coarse = list(scene.patches(scene.grid(4.0), [Window(0, 0, 64, 64)]))
        scene.thumbnail(100)
    for patch in patches:
        rows, cols = patch.window.toslices()
        np.testing.assert_array_equal(patch.pixels, values[:, rows, cols])
    assert coarse[0].valid.all()
    # Two windows, the overviews for stretch and thumbnail: not the 36 MB of the file.
    requests = server.stop()
    served = sum(size for _, size in requests)
    assert 2 * 256 * 256 * 3 < served < os.path.getsize(path) / 6
    assert {path for path, _ in requests} == {"/big.tif"}  # no search for sidecars


def test_remote_scenes_without_overviews_are_not_fetched_whole(make_scene, server):
    values = np.random.default_rng(5).integers(1, 256, (3, 3000, 3000)).astype(np.uint8)
    path = make_scene(values, name="big.tif", tiled=True, interleave="pixel")
    with Scene.open(f"{server.address}/big.tif") as scene:
        assert len(list(scene.patches(scene.grid(), [Window(9, 9, 99, 99)]))) == 1
    served = sum(size for _, size in server.stop())
    assert served < os.path.getsize(path) / 4


def test_remote_scenes_that_are_absent_are_refused(server, capfd):
    refused(f"{server.address}/absent.tif", capfd)
