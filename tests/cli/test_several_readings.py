"""Where a default decides among several readings, stderr says so."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from click.testing import CliRunner

from rrsis_geo_cli.main import main


@pytest.fixture
def two_layers(tmp_path):
    path = tmp_path / "two.gpkg"
    for name, left in (("old survey", 500_010), ("roofs", 500_002)):
        frame = gpd.GeoDataFrame(
            geometry=[shapely.box(left, 4_999_990, left + 5, 4_999_995)], crs=32631
        )
        frame.to_file(path, layer=name, mode="w" if name != "roofs" else "a")
    return path


def write(path, pixels, **profile):
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=64,
        width=64,
        count=len(pixels),
        dtype=pixels.dtype,
        crs="EPSG:32631",
        transform=Affine(1, 0, 5e5, 0, -1, 5e6),
        **profile,
    ) as dataset:
        dataset.write(pixels)
    return path


def test_an_area_of_several_layers_is_chosen_by_name(segment, make_scene, two_layers):
    scene = make_scene(gsd=0.5)
    refused = segment(scene, "ship", "--aoi", two_layers, "-o", "a.gpkg")
    assert refused.exit_code == 2
    assert "'old survey'" in refused.stderr
    assert "--aoi-layer" in refused.stderr
    for words in (
        ("--aoi", two_layers, "--aoi-layer", "roofs"),
        ("--aoi", f"{two_layers}|layername=roofs"),
    ):
        done = segment(scene, "ship", *words, "-o", "a.gpkg", "--dry-run")
        assert done.exit_code == 0, done.stderr


def test_the_area_in_a_layer_is_an_input_and_not_replaced(
    segment, make_scene, two_layers
):
    done = segment(
        make_scene(),
        "ship",
        "--aoi",
        f"{two_layers}|layername=roofs",
        "-o",
        two_layers,
        "--overwrite",
    )
    assert done.exit_code == 8
    assert "is an input" in done.stderr


@pytest.mark.parametrize(
    ("top", "note"), [(1, "taken for a mask"), (100, "taken for percent")]
)
def test_vectorize_finds_the_objects_of_a_mask(tmp_path, top, note):
    pixels = np.zeros((1, 64, 64), np.uint8)
    pixels[0, 10:20, 10:20] = pixels[0, 30:40, 30:40] = top
    mask = write(tmp_path / "mask.tif", pixels)
    output = str(tmp_path / "o.gpkg")
    done = CliRunner().invoke(main, ["vectorize", str(mask), "-o", output])
    assert done.exit_code == 0
    assert done.stdout.startswith("found\t2\t")
    assert note in done.stderr


def test_vectorize_refuses_a_photograph(tmp_path):
    pixels = np.full((3, 64, 64), 90, np.uint8)
    photo = write(tmp_path / "photo.tif", pixels, photometric="RGB")
    output = tmp_path / "o.gpkg"
    done = CliRunner().invoke(main, ["vectorize", str(photo), "-o", str(output)])
    assert done.exit_code == 3
    assert "is a picture" in done.stderr
    assert not output.exists()


def test_evaluate_says_which_layer_is_scored(tmp_path, two_layers):
    scene = write(tmp_path / "s.tif", np.full((1, 64, 64), 9, np.uint8))
    words = ["evaluate", "polygons", str(two_layers), "--layer", "roofs"]
    words += ["--truth", str(two_layers), "--scene", str(scene)]
    refused = CliRunner().invoke(main, words)
    assert refused.exit_code == 7
    assert "--truth-layer" in refused.stderr
    done = CliRunner().invoke(main, [*words, "--truth-layer", "roofs"])
    assert done.exit_code == 0
    assert "recall\t100.0 % of 1" in done.stdout
