"""Bad input: one clear line, the right exit code, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pyogrio
import pytest
import rasterio
from geopandas import GeoDataFrame
from shapely.geometry import Polygon, box

from rrsis_geo.job import MAX_EXPRESSION

AS_ROOT = os.name == "posix" and os.geteuid() == 0
LEFT, TOP = 500_000, 5_000_000


@pytest.fixture
def scene(make_scene):
    return make_scene(width=150, height=100, name="harbour.tif")


def assert_error(answer, exit_code, *parts):
    """Check the exit code and that stderr is one line with these parts."""
    lines = answer.stderr.splitlines()
    assert len(lines) == 1, answer.stderr
    assert lines[0].startswith("Error: ")
    assert answer.exit_code == exit_code, lines
    for part in parts:
        assert part in lines[0]


def no_output():
    return not [path for path in Path.cwd().iterdir() if path.suffix != ".txt"]


def write_area(path, *shapes, crs="EPSG:32631"):
    GeoDataFrame(geometry=list(shapes), crs=crs).to_file(path)
    return path


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (None, "no such file"),
        (b"", "empty"),
        (b"this is a text\n" * 100, "not a raster"),
        ("folder", "folder"),
    ],
    ids=["absent", "zero-byte", "text", "directory"],
)
def test_a_path_that_is_no_raster(content, part, segment, tmp_path):
    path = tmp_path / "scene.tif"
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)

    assert_error(segment(path, "ship"), 3, "scene.tif", part)
    assert no_output()


def test_a_truncated_scene(segment, make_scene):
    scene = make_scene(width=400, height=400, compress="deflate", name="cut.tif")
    Path(scene).write_bytes(Path(scene).read_bytes()[:-500])

    assert_error(segment(scene, "ship"), 3, "cut.tif")
    assert not Path("cut.ship.gpkg").exists()


@pytest.mark.skipif(AS_ROOT, reason="root may read everything")
def test_an_unreadable_scene(segment, scene):
    Path(scene).chmod(0)

    assert_error(segment(scene, "ship"), 3, "harbour.tif", "permissions")


def test_a_scene_without_crs_names_both_options(segment, make_scene):
    scene = make_scene(crs=None)

    assert_error(segment(scene, "ship"), 3, "--crs", "--pixel-coordinates")
    assert segment(scene, "ship", "--crs", "EPSG:32631").exit_code == 0
    answer = segment(scene, "ship", "--pixel-coordinates", "-o", "pixels.geojson")
    assert answer.exit_code == 0, answer.stderr


def test_an_area_outside_the_scene(segment, scene, tmp_path):
    far = write_area(tmp_path / "far.gpkg", box(0, 0, 10, 10))

    assert_error(segment(scene, "ship", "--aoi", far), 2, "far.gpkg", "outside")
    assert_error(segment(scene, "ship", "--bbox", "0,0,10,10"), 2, "bbox", "outside")
    assert no_output()


def test_an_area_without_extent(segment, scene, tmp_path):
    line = Polygon([(LEFT, TOP), (LEFT + 9, TOP - 9), (LEFT, TOP)])
    flat = write_area(tmp_path / "flat.gpkg", line)
    none = write_area(tmp_path / "none.gpkg")

    assert_error(segment(scene, "ship", "--aoi", flat), 2, "flat.gpkg", "area")
    assert_error(segment(scene, "ship", "--aoi", none), 2, "none.gpkg")
    assert_error(segment(scene, "ship", "--bbox", "1,1,1,1"), 2, "bbox")


def test_an_area_that_is_no_vector_file(segment, scene, tmp_path):
    text = tmp_path / "area.gpkg"
    text.write_text("here and there")

    assert_error(segment(scene, "ship", "--aoi", text), 2, "area.gpkg")
    assert_error(
        segment(scene, "ship", "--aoi", tmp_path / "absent.gpkg"), 2, "absent.gpkg"
    )


def test_an_area_in_another_crs_is_the_same_area(segment, scene, tmp_path):
    area = box(LEFT + 10, TOP - 40, LEFT + 60, TOP - 5)
    ours = write_area(tmp_path / "ours.gpkg", area)
    theirs = GeoDataFrame(geometry=[area], crs="EPSG:32631").to_crs("EPSG:3857")
    theirs.to_file(tmp_path / "theirs.geojson", driver="GeoJSON")

    for name, path in (("a", ours), ("b", tmp_path / "theirs.geojson")):
        options = ("--aoi", path, "-o", f"{name}.gpkg", "--probability", f"{name}.tif")
        answer = segment(scene, "ship", *options)
        assert answer.exit_code == 0, answer.stderr

    with rasterio.open("a.tif") as one, rasterio.open("b.tif") as other:
        assert (one.read() == other.read()).all()
        assert (one.read() == 255).any()


def test_a_self_intersecting_area_is_repaired(segment, scene, tmp_path):
    wings = [(10, 5), (50, 45), (50, 5), (10, 45)]
    bow = Polygon([(LEFT + x, TOP - y) for x, y in wings])
    assert not bow.is_valid
    area = write_area(tmp_path / "bow.gpkg", bow)

    options = ("--aoi", area, "--threshold", 0.01, "-o", "bow.fgb")
    options += ("--resolve", "network")
    answer = segment(scene, "ship", *options)

    assert answer.exit_code == 0, answer.stderr
    found = pyogrio.read_dataframe("bow.fgb")
    assert found.area.sum() == pytest.approx(800, rel=0.1)  # both wings of the bow


@pytest.mark.parametrize("text", ["", "  \n", "x" * (MAX_EXPRESSION + 1), "x" * 10_000])
def test_empty_and_too_long_expressions(text, segment, scene):
    assert_error(segment(scene, text), 2, "expression")
    assert no_output()


@pytest.mark.parametrize("text", ["x" * MAX_EXPRESSION, "'\"; <ship> & %s \\0", "?"])
def test_special_characters_in_expressions(text, segment, scene):
    answer = segment(scene, text, "-o", "a.gpkg")

    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.splitlines()[0].endswith("\t" + " ".join(text.split()))


def test_an_unknown_extension_is_refused_with_a_list(segment, scene):
    assert_error(segment(scene, "ship", "-o", "a.shp"), 8, ".shp", ".gpkg", ".geojson")
    assert_error(segment(scene, "ship", "--probability", "a.png"), 8, "a.png", ".tif")
    assert_error(segment(scene, "ship", "--preview", "a.jpg"), 8, "a.jpg", ".png")
    assert no_output()


def test_an_existing_output_is_kept(segment, scene):
    assert segment(scene, "ship", "-o", "a.gpkg").exit_code == 0
    before = Path("a.gpkg").read_bytes()

    assert_error(segment(scene, "car", "-o", "a.gpkg"), 8, "a.gpkg", "exists")

    assert Path("a.gpkg").read_bytes() == before
    assert segment(scene, "car", "-o", "a.gpkg", "--overwrite").exit_code == 0


def test_a_missing_folder(segment, scene):
    assert_error(segment(scene, "ship", "-o", "no/such/a.gpkg"), 8, "no/such")


@pytest.mark.skipif(AS_ROOT, reason="root may write everywhere")
def test_a_read_only_folder(segment, scene, tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)

    assert_error(segment(scene, "ship", "-o", folder / "a.gpkg"), 8, "locked")


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder closed to all")
def test_a_folder_that_root_cannot_write(segment, scene):
    assert_error(segment(scene, "ship", "-o", "/proc/a.gpkg"), 8, "/proc")


def test_an_output_must_not_replace_its_input(segment, scene):
    assert_error(
        segment(scene, "ship", "--probability", scene, "--overwrite"), 8, "input"
    )


def test_unknown_and_invalid_weights(segment, scene, tmp_path):
    pickle = tmp_path / "model.pt"
    pickle.write_bytes(b"\x80\x04")

    for name in ("no-such-weights", pickle):
        assert_error(segment(scene, "ship", "--weights", name), 4, str(name))


@pytest.mark.skipif(sys.platform != "linux", reason="limits file sizes as Linux does")
def test_a_full_disk(scene, tiny_weights, tmp_path):
    """A limit on file sizes makes writing fail like a full disk."""
    output = tmp_path / "a.gpkg"
    program = (
        "import resource, signal, sys\n"
        "import torch, rasterio, geopandas\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "from rrsis_geo_cli.main import main\n"
        "main(sys.argv[1:])\n"
    )
    words = ["segment", scene, "ship", "-o", str(output), "--weights", tiny_weights]
    words += ["--window-size", "64", "--overlap", "16"]
    answer = subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 8, answer.stderr
    assert len(answer.stderr.splitlines()) == 1, answer.stderr
    assert answer.stderr.startswith("Error: ")
    assert not output.exists()
