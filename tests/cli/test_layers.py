"""`--layer`, `--append` and odd names on the command line."""

import numpy as np
import pyogrio
import pytest
import rasterio
from affine import Affine
from click.testing import CliRunner

from rrsis_geo_cli.main import main


@pytest.fixture
def raster(tmp_path, monkeypatch):
    """Probabilities of one object."""
    monkeypatch.chdir(tmp_path)
    levels = np.zeros((64, 64), np.uint8)
    levels[10:20, 10:20] = 240
    with rasterio.open(
        tmp_path / "p.tif", "w", driver="GTiff", width=64, height=64, count=1,
        dtype="uint8", nodata=255, crs="EPSG:32632",
        transform=Affine(1, 0, 5e5, 0, -1, 5e6),
    ) as dataset:  # fmt: skip
        dataset.write(levels, 1)
    return "p.tif"


def call(*arguments):
    return CliRunner().invoke(main, ["vectorize", *arguments])


def test_layers_of_one_file(raster, tmp_path):
    for more, count in (
        ([], 1), (["--append"], 2), (["--overwrite"], 1), (["--append"], 2),
    ):  # fmt: skip
        done = call(raster, "-o", "city.gpkg", "--layer", "tanks", *more)
        assert done.exit_code == 0, done.output
        frame = pyogrio.read_dataframe(tmp_path / "city.gpkg", layer="tanks")
        assert len(frame) == count
    assert call(raster, "-o", "city.gpkg", "--layer", "roofs").exit_code == 0
    names = {name for name, _ in pyogrio.list_layers(tmp_path / "city.gpkg")}
    assert names == {"tanks", "roofs"}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["-o", "a.gpkg", "--append", "--overwrite"], 2, "exclude each other"),
        (["-o", "a.geojson", "--layer", "x"], 2, "GeoPackage"),
        (["-o", "a.fgb", "--append"], 2, "GeoPackage"),
        (["-o", "a.gpkg", "--layer", "a b"], 2, "letters, digits"),
        (["-o", "a.gpkg", "--layer", ""], 2, "name"),
        (["-o", f"{'x' * 250}.gpkg"], 8, "bytes"),
        (["-o", "none/a.gpkg"], 8, "no folder"),
    ],
)
def test_what_is_wrong_is_said(raster, tmp_path, arguments, code, words):
    done = call(raster, *arguments)
    assert done.exit_code == code
    assert words in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["p.tif"]


def test_a_raster_without_crs_is_spoken_of(raster, tmp_path):
    with rasterio.open(
        "q.tif", "w", driver="GTiff", width=8, height=8, count=1, dtype="uint8",
        transform=Affine(2, 0, 5e5, 0, -2, 5e6),
    ) as dataset:  # fmt: skip
        dataset.write(np.full((1, 8, 8), 240, np.uint8))
    done = call("q.tif", "-o", "q.geojson")
    assert (done.exit_code, "has no CRS" in done.stderr) == (3, True)
    done = call("q.tif", "-o", "q.gpkg")
    assert (done.exit_code, "has no CRS" in done.stderr) == (0, True)
