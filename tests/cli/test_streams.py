"""Results on stdout, questions from stdin, how much is told, and log files."""

import json
import re
from pathlib import Path

import geopandas as gpd
import pytest
from click.testing import CliRunner

from rrsis_geo import __version__
from rrsis_geo.protocol import Finished, decode
from rrsis_geo_cli.main import main

LOW = ("--threshold", "0.45", "--min-score", "0", "--resolve", "network")


@pytest.fixture
def scene(make_scene):
    return make_scene(width=80, height=70, name="harbour.tif")


def test_geojson_on_stdout_and_nothing_else(segment, scene, tmp_path):
    answer = segment(scene, "ship", "-e", "Öltank", *LOW, "-o", "-")
    assert answer.exit_code == 0, answer.stderr
    same = segment(scene, "ship", "-e", "Öltank", *LOW, "-o", "file.geojson")
    assert same.exit_code == 0, same.stderr

    found = json.loads(answer.stdout)
    assert found["features"] == json.loads(Path("file.geojson").read_text())["features"]
    assert len(found["features"]) > 0
    summary = [line for line in answer.stderr.splitlines() if line[:5] == "found"]
    assert summary == same.stdout.splitlines()[:2]
    assert [path.name for path in Path().glob("*")] == ["file.geojson", "file.run.json"]


def test_json_progress_gives_way_to_the_result(segment, scene):
    answer = segment(scene, "ship", *LOW, "-o", "-", "--progress", "json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["type"] == "FeatureCollection"
    assert isinstance(decode(answer.stderr.splitlines()[-1]), Finished)


def test_many_scenes_go_to_stdout_as_one_layer(segment, make_scene, tmp_path):
    for name in ("a.tif", "b.tif"):
        make_scene(width=70, height=60, name=name)
    answer = segment(tmp_path / "*.tif", "ship", *LOW, "-o", "-")
    assert answer.exit_code == 0, answer.stderr
    features = json.loads(answer.stdout)["features"]
    scenes = {feature["properties"]["scene"] for feature in features}
    assert scenes == {str(tmp_path / name) for name in ("a.tif", "b.tif")}


def test_quiet_leaves_only_the_result(segment, scene):
    noted = segment(scene, "油罐 ship", "-o", "a.gpkg")
    assert "Note: " in noted.stderr
    quiet = segment(scene, "油罐 ship", "-o", "a.gpkg", "--overwrite", "-q")
    assert (quiet.exit_code, quiet.stderr) == (0, "")
    assert quiet.stdout == noted.stdout
    stream = segment(scene, "油罐 ship", "-o", "-", "-q")
    assert stream.stderr == ""


def test_verbose_says_what_is_done(segment, scene):
    once = segment(scene, "ship", "-o", "a.gpkg", "-v")
    assert once.exit_code == 0
    assert re.search(r"4 windows at 0\.5 m per pixel on cpu", once.stderr)
    assert re.search(r"polygons in [\d.]+ s: a\.gpkg", once.stderr)
    assert "look" in once.stderr
    twice = segment(scene, "ship", "-o", "b.gpkg", "-vv")
    assert "4 of 4 windows" in twice.stderr
    assert "4 of 4 windows" not in once.stderr
    assert once.stdout == twice.stdout.replace("b.", "a.")


def test_verbose_and_quiet_exclude_each_other(segment, scene):
    answer = segment(scene, "ship", "-v", "-q")
    assert answer.exit_code == 2
    assert "exclude each other" in answer.stderr


def test_a_log_file_has_everything_with_times(segment, scene):
    first = segment(scene, "油罐 ship", "-o", "a.gpkg", "--log-file", "run.log")
    again = segment("absent.tif", "ship", "--log-file", "run.log", "-q")
    assert (first.exit_code, again.exit_code) == (0, 3)
    lines = Path("run.log").read_text(encoding="utf-8").splitlines()
    pattern = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z (INFO|DEBUG|WARNING|ERROR) .+"
    assert [line for line in lines if not re.fullmatch(pattern, line)] == []
    assert sum(" WARNING " in line and "English" in line for line in lines) == 1
    assert "ERROR absent.tif: there is no such file" in lines[-1]
    assert "loaded tiny" in "\n".join(lines)


def test_a_log_file_that_cannot_be_written_is_refused(segment, scene):
    answer = segment(scene, "ship", "--log-file", "absent/run.log")
    assert answer.exit_code == 8
    assert "absent/run.log: cannot be written" in answer.stderr


def test_questions_come_from_stdin(tiny_weights, scene, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["segment", scene, "--expressions", "-", "-o", "a.gpkg"]
    words += ["--weights", tiny_weights, "--window-size", "64", "--overlap", "16"]
    answer = CliRunner().invoke(main, words, input="# list\nship\n\nred roof\n")
    assert answer.exit_code == 0, answer.stderr
    found = [line.split("\t")[3] for line in answer.stdout.splitlines()[:2]]
    assert found == ["ship", "red roof"]


@pytest.mark.parametrize("end", [".gpkg", ".fgb"])
def test_another_crs_is_written_and_ground_areas_stay(segment, scene, end):
    assert segment(scene, "ship", *LOW, "-o", f"own{end}").exit_code == 0
    words = ("--dst-crs", "EPSG:3035", "--probability", "p.tif")
    answer = segment(scene, "ship", *LOW, "-o", f"other{end}", *words)
    assert answer.exit_code == 0, answer.stderr
    own, other = (
        gpd.read_file(f"{name}{end}").sort_values("id", ignore_index=True)
        for name in ("own", "other")
    )
    assert other.crs.to_epsg() == 3035
    assert len(own) > 0
    distance = own.to_crs(3035).geometry.hausdorff_distance(other.geometry)
    assert distance.max() < 0.01
    assert own.drop(columns="geometry").equals(other.drop(columns="geometry"))
    import rasterio

    with rasterio.open("p.tif") as raster:
        assert raster.crs.to_epsg() == 32631
    again = ["vectorize", "p.tif", "-o", f"again{end}", "--dst-crs", "EPSG:3035"]
    again += ["--threshold", "0.45", "--min-score", "0", "--config", "none.toml"]
    Path("none.toml").touch()
    assert CliRunner().invoke(main, again).exit_code == 0
    repeated = gpd.read_file(f"again{end}").sort_values("id", ignore_index=True)
    assert repeated.geometry.geom_equals(other.geometry).all()


@pytest.mark.parametrize(
    ("words", "exit_code", "says"),
    [
        (("-o", "a.geojson", "--dst-crs", "EPSG:3035"), 8, "longitude and latitude"),
        (("-o", "a.gpkg", "--dst-crs", "EPSG:0"), 2, "not known to PROJ"),
        (("-o", "-", "--layer", "a"), 2, "need an output"),
        (("-o", "-", "--dst-crs", "EPSG:3035"), 2, "--dst-crs needs a file"),
    ],
)
def test_outputs_that_cannot_be_are_refused(segment, scene, words, exit_code, says):
    answer = segment(scene, "ship", *words)
    assert answer.exit_code == exit_code, answer.stderr
    assert says in answer.stderr
    assert list(Path().iterdir()) == []


def test_a_scene_in_pixels_has_no_way_to_a_crs(segment, make_scene):
    scene = make_scene(crs=None)
    words = ("--pixel-coordinates", "--dst-crs", "EPSG:3035")
    answer = segment(scene, "ship", *words)
    assert answer.exit_code == 2
    assert "pixel coordinates" in answer.stderr


def test_json_is_geojson(segment, scene):
    assert segment(scene, "ship", *LOW, "-o", "a.json").exit_code == 0
    assert segment(scene, "ship", *LOW, "-o", "a.geojson", "--overwrite").exit_code == 0
    assert (
        json.loads(Path("a.json").read_text())["features"]
        == (json.loads(Path("a.geojson").read_text())["features"])
    )


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_the_version_has_a_short_option(flag):
    answer = CliRunner().invoke(main, [flag])
    assert answer.output == f"rrsis-geo {__version__}\n"


def test_weights_are_listed_as_json_too():
    answer = CliRunner().invoke(main, ["weights", "list", "--json"])
    listed = json.loads(answer.stdout)
    text = CliRunner().invoke(main, ["weights", "list"]).stdout
    assert [entry["name"] for entry in listed] == [
        line.split("\t")[0] for line in text.splitlines()
    ]
    assert all(entry["sha256"] and entry["bytes"] for entry in listed)
    assert all("vocabulary" not in entry for entry in listed)


def complete(words, incomplete):
    """What the shell would be told to offer."""
    environment = {
        "_RRSIS_GEO_COMPLETE": "zsh_complete",
        "COMP_WORDS": f"rrsis-geo {words} {incomplete}",
        "COMP_CWORD": str(len(words.split()) + 1),
    }
    answer = CliRunner().invoke(main, env=environment, prog_name="rrsis-geo")
    lines = answer.stdout.splitlines()
    return list(zip(lines[::3], lines[1::3], strict=True))


def test_shells_complete_weights_files_and_options():
    names = {name for kind, name in complete("segment a.tif --weights", "d")}
    assert "default" in names
    assert complete("segment", "sc")[0] == ("file", "sc")
    assert ("plain", "--threshold") in complete("segment a.tif", "--thres")
    assert ("plain", "segment") in complete("", "seg") or ("plain", "segment") in (
        complete("", "s")
    )
