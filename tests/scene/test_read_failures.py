"""A scene that cannot be read: the message says what failed and what to do."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rasterio.windows import Window

from rrsis_geo.errors import SceneError
from rrsis_geo.scene import read_failures
from rrsis_geo.scene.read_failures import why_not_read
from rrsis_geo.scene.scene import Scene

SIDE = 480


@pytest.fixture
def address(make_scene, monkeypatch):
    """Address of a server that fails as the path says; see faulty_server.py."""
    monkeypatch.setenv("GDAL_HTTP_RETRY_DELAY", "0.01")
    monkeypatch.setenv("GDAL_HTTP_MAX_RETRY", "1")
    monkeypatch.setenv("GDAL_HTTP_TIMEOUT", "1")
    monkeypatch.setattr(read_failures, "ASK_TIMEOUT", 1.0)
    pixels = np.random.default_rng(0).integers(0, 255, (3, SIDE, SIDE), np.uint8)
    script = Path(__file__).with_name("faulty_server.py")
    words = [sys.executable, str(script), make_scene(pixels)]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.kill()


def read_whole(path):
    with Scene.open(path) as scene:
        return list(scene.patches(scene.grid(), [Window(0, 0, SIDE, SIDE)]))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("401", "401; the server asks for a login"),
        ("403", "403; the server refuses; a signed link may have expired"),
        ("404", "404; there is no such file on the server"),
        ("410", "410; the file is no longer on the server"),
        ("418", "the server answers 418"),
        ("429", "429; the server limits the number of requests"),
        ("500", "500; the server fails"),
        ("503", "503; the server fails"),
        ("no-range", "Range downloading not supported.*download the file"),
        ("late-401", "HTTP 401: the server asks for a login"),
        ("late-403", "HTTP 403: .*expired"),
        ("late-404", "HTTP 404: there is no such file on the server"),
        ("late-416", "416: .*download the file"),
        ("late-500", "HTTP 500: the server fails"),
        ("late-503", "HTTP 503: the server fails"),
        ("late-reset", "the server cannot be reached now"),
        ("late-cut", "the connection broke; run the same command again"),
        ("late-silent", "the server does not answer within"),
        ("login", "leads to a web page .*login.html.*, perhaps for a login"),
        ("late-login", "leads to a web page .*login.html"),
        ("head-403", "refuses HEAD requests only: set CPL_VSIL_CURL_USE_HEAD=NO"),
    ],
)
def test_a_servers_answer_is_named_with_the_way_out(fault, words, address):
    with pytest.raises(SceneError, match=words) as caught:
        read_whole(f"{address}/{fault}/s.tif")
    assert "fetch it again" not in str(caught.value)
    assert "damaged" not in str(caught.value)


def test_a_server_that_refuses_head_is_read(address, monkeypatch):
    assert len(read_whole(f"{address}/head-405/s.tif")) == 1
    monkeypatch.setenv("CPL_VSIL_CURL_USE_HEAD", "NO")  # as the message says
    assert len(read_whole(f"{address}/head-403/s.tif")) == 1


def test_a_vrt_over_a_server_names_the_servers_answer(address, tmp_path):
    band = (
        '<VRTRasterBand dataType="Byte" band="1"><SimpleSource><SourceFilename>'
        f"/vsicurl/{address}/late-403/s.tif</SourceFilename><SourceBand>1</SourceBand>"
        "</SimpleSource></VRTRasterBand>"
    )
    vrt = tmp_path / "s.vrt"
    vrt.write_text(
        f'<VRTDataset rasterXSize="{SIDE}" rasterYSize="{SIDE}"><SRS>EPSG:32632</SRS>'
        f"<GeoTransform>5e5, 1, 0, 5e6, 0, -1</GeoTransform>{band}</VRTDataset>"
    )
    with pytest.raises(SceneError, match="HTTP 403"):
        read_whole(vrt)


def test_no_server_is_asked_without_the_credentials_of_gdal(monkeypatch):
    monkeypatch.setenv("GDAL_HTTP_BEARER", "secret")
    monkeypatch.setattr(read_failures.urllib.request, "urlopen", None)
    text = why_not_read("https://host.invalid/s.tif", OSError("short read"))
    assert text == "short read; the connection broke; run the same command again"


def test_the_first_of_gdals_messages_is_kept():
    try:
        try:
            raise OSError("No space left on device")
        except OSError as first:
            raise OSError("IReadBlock failed") from first
    except OSError as second:
        error = OSError("Read failed. See previous exception for details.")
        error.__cause__ = second
    assert why_not_read("s.tif", error) == (
        "No space left on device; the disk for temporary files is full"
    )


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ("Too many open files", "ulimit -n"),
        ("tile.tif: No such file or directory", "it refers to is missing"),
        ("Cannot open TIFF file due to missing codec", "cannot decode it"),
        ("Input/output error", "network share"),
        ("TIFFReadEncodedStrip: read error", "cut off or damaged"),
    ],
)
def test_only_a_local_file_without_another_cause_is_called_damaged(message, advice):
    assert advice in why_not_read("s.tif", OSError(message))


def test_a_cut_local_file_is_called_damaged(make_scene):
    path = make_scene(width=400, height=400, compress="deflate")
    os.truncate(path, os.path.getsize(path) - 500)
    with pytest.raises(SceneError, match="cut off or damaged"):
        read_whole(path)


def test_a_vrt_whose_file_is_missing_is_not_called_damaged(make_scene, tmp_path):
    import rasterio.shutil

    tile, vrt = Path(make_scene(name="tile.tif")), tmp_path / "s.vrt"
    rasterio.shutil.copy(tile, vrt, driver="VRT")
    tile.unlink()
    with pytest.raises(SceneError, match="put it back, or change the path in it"):
        read_whole(vrt)


def test_bands_of_several_types_are_read_as_one(tmp_path):
    import rasterio
    from affine import Affine

    place, bands, wanted = Affine(1, 0, 5e5, 0, -1, 5e6), "", []
    kinds = (("uint8", "Byte"), ("uint16", "UInt16"), ("float32", "Float32"))
    for number, (kind, name) in enumerate(kinds, 1):
        values = np.random.default_rng(number).integers(0, 255, (9, 7)).astype(kind)
        wanted.append(values)
        with rasterio.open(
            tmp_path / f"b{number}.tif", "w", driver="GTiff", width=7, height=9,
            count=1, dtype=kind, crs="EPSG:32632", transform=place,
        ) as dataset:  # fmt: skip
            dataset.write(values, 1)
        bands += (
            f'<VRTRasterBand dataType="{name}" band="{number}"><SimpleSource>'
            f'<SourceFilename relativeToVRT="1">b{number}.tif</SourceFilename>'
            "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>"
        )
    (tmp_path / "s.vrt").write_text(
        '<VRTDataset rasterXSize="7" rasterYSize="9"><SRS>EPSG:32632</SRS>'
        f"<GeoTransform>5e5, 1, 0, 5e6, 0, -1</GeoTransform>{bands}</VRTDataset>"
    )
    with Scene.open(tmp_path / "s.vrt") as scene:
        data = scene._source.read()
    assert data is not None
    assert (data[0] == np.stack(wanted)).all()
    assert data[1].all()


@pytest.mark.parametrize("number", ["nan", "inf", "1e300"])
def test_a_transform_that_leads_nowhere_is_refused(number, tmp_path):
    (tmp_path / "s.vrt").write_text(
        '<VRTDataset rasterXSize="7" rasterYSize="9"><SRS>EPSG:32632</SRS>'
        f"<GeoTransform>5e5, {number}, 0, 5e6, 0, -1</GeoTransform>"
        "<VRTRasterBand band='1'/></VRTDataset>"
    )
    with pytest.raises(SceneError, match=r"its transform .* leads nowhere"):
        read_whole(tmp_path / "s.vrt")
