"""The command `vectorize`."""

import os
import subprocess
import sys

import numpy as np
import pyogrio
import pytest
import rasterio
from affine import Affine
from click.testing import CliRunner
from rasterio.crs import CRS

from rrsis_geo.scene.grid import Grid
from rrsis_geo.tiling.probability_raster import write_probability
from rrsis_geo.types import LEVELS, NODATA, Strip
from rrsis_geo_cli.main import main

WIDTH, HEIGHT = 60, 50
EXPRESSIONS = ("red roof", "ship")


@pytest.fixture
def probability(tmp_path):
    """Path of a raster with roofs of 100 and 36 pixels of 4 m2 at 0.9 and 0.4."""
    levels = np.zeros((2, HEIGHT, WIDTH), np.uint8)
    levels[0, 5:15, 5:15] = round(0.9 * LEVELS)
    levels[0, 30:36, 40:46] = round(0.4 * LEVELS)
    levels[:, 40:, :10] = NODATA
    path = tmp_path / "roofs.tif"
    grid = Grid(
        Affine(2, 0, 500_000, 0, -2, 5_000_000), CRS.from_epsg(32631), WIDTH, HEIGHT
    )
    write_probability(
        [Strip(top=0, levels=levels)], path, grid=grid, expressions=EXPRESSIONS, tags={}
    )
    return str(path)


def run(*words: object):
    return CliRunner().invoke(main, ["vectorize", *map(str, words)])


@pytest.mark.parametrize(
    ("options", "pixels"),
    [
        ([], [100]),
        (["--threshold", 0.3], [100]),  # the other is below the least score
        (["--threshold", 0.3, "--min-score", 0], [100, 36]),
        (["--threshold", 0.3, "--min-score", 0, "--min-area", 150], [100]),
        (["--threshold", 0.95], []),
    ],
)
def test_objects_above_the_threshold_are_written(
    options, pixels, probability, tmp_path
):
    output = tmp_path / "roofs.gpkg"

    answer = run(probability, "-o", output, *options)

    assert answer.exit_code == 0, answer.stderr
    table = pyogrio.read_dataframe(output)
    assert list(table.area / 4) == pytest.approx(pixels)
    assert set(table["expression"]) <= {"red roof"}
    found = [line.split("\t") for line in answer.stdout.splitlines()]
    assert [row[:2] for row in found[:2]] == [
        ["found", str(len(pixels))],
        ["found", "0"],
    ]
    assert [row[3] for row in found[:2]] == list(EXPRESSIONS)
    assert found[2:] == [["wrote", str(output)]]


def test_an_existing_output_is_kept_without_overwrite(probability, tmp_path):
    output = tmp_path / "roofs.geojson"
    output.write_text("precious")

    refused = run(probability, "-o", output)
    assert (refused.exit_code, output.read_text()) == (8, "precious")
    assert "Error:" in refused.stderr

    assert run(probability, "-o", output, "--overwrite").exit_code == 0
    assert len(pyogrio.read_dataframe(output)) == 1


@pytest.mark.parametrize(
    ("content", "part"),
    [(None, "no such file"), (b"", "empty"), (b"not a raster\n", "not a raster")],
    ids=["absent", "empty", "text"],
)
def test_an_invalid_raster_is_a_scene_error(content, part, tmp_path):
    source = tmp_path / "a.tif"
    if content is not None:
        source.write_bytes(content)

    answer = run(source, "-o", tmp_path / "a.gpkg")

    assert answer.exit_code == 3
    assert len(answer.stderr.splitlines()) == 1
    assert "a.tif" in answer.stderr
    assert part in answer.stderr


@pytest.mark.parametrize("name", ["buildngs", "The  red  Roofs", "rotes"])
def test_a_band_is_called_as_its_file_calls_it(name, probability, tmp_path):
    with rasterio.open(probability, "r+", IGNORE_COG_LAYOUT_BREAK="YES") as dataset:
        dataset.descriptions = (name, "road")

    answer = run(probability, "-o", tmp_path / "a.gpkg")

    assert answer.exit_code == 0, answer.stderr
    found = pyogrio.read_dataframe(tmp_path / "a.gpkg")
    assert name in set(found["expression"])


def test_a_console_that_cannot_encode_an_expression(probability, tmp_path):
    with rasterio.open(probability, "r+", IGNORE_COG_LAYOUT_BREAK="YES") as dataset:
        dataset.descriptions = ("rotes Dach mit Öltank", "船")
    words = ["vectorize", probability, "-o", str(tmp_path / "roofs.gpkg")]

    answer = subprocess.run(
        [sys.executable, "-m", "rrsis_geo_cli", *words],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )

    assert answer.returncode == 0, answer.stderr
    assert rb"\u8239" in answer.stdout


def test_an_unknown_format_is_an_output_error(probability, tmp_path):
    answer = run(probability, "-o", tmp_path / "roofs.shp")

    assert answer.exit_code == 8
    assert ".shp" in answer.stderr
    assert ".gpkg" in answer.stderr
