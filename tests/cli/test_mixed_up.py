"""Scenes, questions and files in each other's place, and what is said when."""

import json
import os
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from rrsis_geo.evaluation.scenes.run_record import read_run_record
from rrsis_geo.files.input_paths import absolute_input
from rrsis_geo.job import SegmentJob
from rrsis_geo.protocol import Advice, Report, decode
from rrsis_geo_cli.main import main


@pytest.fixture
def scene(make_scene):
    return make_scene(width=80, height=70, name="harbour.tif")


def assert_refused(answer, exit_code, *parts):
    lines = answer.stderr.splitlines()
    assert answer.exit_code == exit_code, answer.output
    assert answer.stdout == ""
    assert len(lines) == 1
    for part in parts:
        assert part in lines[0]


@pytest.mark.parametrize(
    "words",
    [
        ["segment", "a.tif", "b.tif"],
        ["segment", "a.tif", "-e", "tank", "-e", "B.TIFF"],
        ["segment", "red roof", "a.tif"],
        ["segment", "a.tif", "https://host/b.tif?key=1"],
        ["segment", "a.tif", "/vsicurl/https://host/b"],
        ["segment", "a.tif", "folder/area.gpkg"],
        ["segment", "a.tif", "list.txt"],
        ["explain", "a.tif", "the largest tank"],
    ],
    ids=" ".join,
)
def test_a_file_is_not_taken_for_a_question(words):
    answer = CliRunner().invoke(main, words)

    assert_refused(answer, 2, "is the name of a file, not an expression")


@pytest.mark.parametrize("text", ["tank no. 5", "roofs vs. sheds", "2.5 m cars", "a/c"])
def test_a_question_with_a_full_stop_is_one(text):
    job = SegmentJob(scene="a.tif", expressions=(text,))
    assert job.expressions == (text,)


def test_a_line_of_a_list_that_is_a_file_is_refused(segment):
    Path("list.txt").write_text("ship\nb.tif\n", encoding="utf-8")
    assert_refused(segment("a.tif", "--expressions", "list.txt"), 2, "b.tif")


def test_the_command_that_a_build_prints_works(make_scene, tmp_path, monkeypatch):
    import geopandas as gpd
    from shapely.geometry import box

    monkeypatch.chdir(tmp_path)
    scene = make_scene(width=400, height=260, gsd=1)
    roofs = [box(5e5 + x, 5e6 - 90, 5e5 + x + 20, 5e6 - 70) for x in range(10, 380, 60)]
    gpd.GeoDataFrame(geometry=roofs, crs="EPSG:32631").to_file("roofs.gpkg")
    words = ["dataset", "build", "--image", scene, "--labels", "roofs.gpkg"]
    words += ["--label", "roof", "--size", "80", "--gap", "8", "-o", "my roofs' set"]
    built = CliRunner().invoke(main, words)
    assert built.exit_code == 0, built.output

    command = shlex.split(built.stdout.splitlines()[-1].partition("look at it: ")[2])
    checked = CliRunner().invoke(main, command[1:])

    assert command[0] == "rrsis-geo"
    assert checked.exit_code == 0, checked.output
    assert Path("my roofs' set.png").read_bytes().startswith(b"\x89PNG")


@pytest.fixture
def finished(segment, make_scene, tmp_path):
    """A folder with a scene and a result that was named relative to it."""
    folder = tmp_path / "project"
    (folder / "results").mkdir(parents=True)
    shutil.move(make_scene(width=80, height=70), folder / "scene.tif")
    os.chdir(folder)  # `segment` has the working folder restored
    answer = segment("scene.tif", "ship", "-o", "results/found.gpkg")
    assert answer.exit_code == 0, answer.stderr
    return folder


def test_a_run_manifest_names_its_scene_from_anywhere(finished, tmp_path):
    manifest = json.loads((finished / "results" / "found.run.json").read_text())
    assert manifest["job"]["scene"] == str(finished / "scene.tif")
    assert manifest["scene"]["path"] == str(finished / "scene.tif")
    assert manifest["scene"]["beside"] == "../scene.tif"

    os.chdir(tmp_path)
    record = read_run_record(finished / "results" / "found.gpkg")
    assert record is not None
    assert record.scene == finished / "scene.tif"


def test_a_moved_project_is_found_again(finished, tmp_path):
    moved = finished.rename(tmp_path / "elsewhere")
    record = read_run_record(moved / "results" / "found.gpkg")
    assert record is not None
    assert record.scene is not None
    assert record.scene.samefile(moved / "scene.tif")


def test_a_result_moved_alone_finds_its_scene(finished, tmp_path):
    for name in ("found.gpkg", "found.run.json"):
        shutil.move(finished / "results" / name, tmp_path / name)
    record = read_run_record(tmp_path / "found.gpkg")
    assert record is not None
    assert record.scene == finished / "scene.tif"


def test_another_scene_of_the_same_name_is_not_taken(finished, tmp_path):
    moved = finished.rename(tmp_path / "elsewhere")
    (moved / "scene.tif").write_bytes(b"another")
    record = read_run_record(moved / "results" / "found.gpkg")
    assert record is not None
    assert record.scene is None


def test_inputs_inside_archives_and_containers_hold_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.tif", "a.zip", "a.nc"):
        Path(name).touch()
    here = str(tmp_path)
    assert absolute_input("a.tif") == f"{here}/a.tif"
    assert absolute_input("/vsizip/a.zip/b.tif") == f"/vsizip/{here}/a.zip/b.tif"
    assert absolute_input("zip://a.zip!b.tif") == f"zip://{here}/a.zip!b.tif"
    assert absolute_input('NETCDF:"a.nc":b') == f'NETCDF:"{here}/a.nc":b'
    assert absolute_input("GTIFF_DIR:1:a.tif") == f"GTIFF_DIR:1:{here}/a.tif"
    assert absolute_input("a.nc|layername=b") == f"{here}/a.nc|layername=b"
    for same in ("https://host/a.tif", "default", "absent.tif", "/vsicurl/https://h/a"):
        assert absolute_input(same) == same


def test_a_dry_run_can_be_json(segment, scene):
    words = (scene, "the largest ship", "--dry-run", "--progress", "json")
    answer = segment(*words, "--explain", "--workers", "2")

    assert answer.exit_code == 0, answer.stderr
    messages = [decode(line) for line in answer.stdout.splitlines()]
    report = messages[-1]
    assert isinstance(report, Report)
    assert {type(message) for message in messages[:-1]} <= {Advice}
    assert report.payload["scene"] == scene
    assert report.payload["windows"] == 4
    assert report.payload["questions"]
    assert "windows" in report.text


def test_several_workers_choose_an_engine_with_a_note(segment, scene):
    answer = segment(scene, "ship", "--dry-run", "--workers", "2")
    assert answer.exit_code == 0, answer.stderr
    assert "2 workers: the engine is 'processes'" in answer.stderr
    refused = segment(scene, "ship", "--workers", "2", "--engine", "serial")
    assert_refused(refused, 2, "--engine processes")


def test_areas_on_stdout_are_numbers(segment, scene):
    answer = segment(scene, "ship", "-e", "tank", "--threshold", "0.4", "-o", "a.gpkg")
    assert answer.exit_code == 0, answer.stderr
    found = [line.split("\t") for line in answer.stdout.splitlines()][:2]
    assert [float(row[2]) >= 0 for row in found] == [True, True]
    assert [len(row) for row in found] == [4, 4]


@pytest.mark.parametrize("name", ["sheet.txt", "sheet", "sheet.jpg"])
def test_a_sheet_that_cannot_be_written_is_refused_before_any_line(name, tmp_path):
    from PIL import Image

    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    Image.new("L", (8, 8), 255).save(tmp_path / "m.png")
    line = {"image": "a.png", "expression": "roof", "mask": "m.png", "split": "train"}
    (tmp_path / "manifest.jsonl").write_text(json.dumps(line) + "\n")
    words = ["dataset", "check", str(tmp_path), "--sheet", str(tmp_path / name)]

    assert_refused(CliRunner().invoke(main, words), 8, "--sheet", ".png")


def test_a_report_without_a_scene_is_refused_before_any_line(segment, scene, tmp_path):
    options = ("--threshold", "0.01", "--resolve", "network", "-o", "found.gpkg")
    answer = segment(scene, "ship", *options)
    assert answer.exit_code == 0, answer.stderr
    Path("found.run.json").unlink()
    words = ["evaluate", "polygons", "found.gpkg", "--truth", "found.gpkg"]

    answer = CliRunner().invoke(main, [*words, "--report", "report.png"])

    assert_refused(answer, 2, "--scene")


def test_one_file_cannot_be_both_outputs_of_an_evaluation():
    words = ["evaluate", "polygons", "a.gpkg", "--truth", "b.gpkg"]
    answer = CliRunner().invoke(main, [*words, "--json", "a.png", "--report", "a.png"])
    assert_refused(answer, 8, "both --json and --report")


def test_the_demo_keeps_files_and_looks_for_weights_first(tmp_path):
    mine = tmp_path / "demo.tif"
    mine.write_bytes(b"mine")
    assert_refused(CliRunner().invoke(main, ["demo", str(tmp_path)]), 8, "demo.tif")
    assert mine.read_bytes() == b"mine"

    words = ["demo", str(tmp_path / "new"), "--weights", "absent"]
    assert_refused(CliRunner().invoke(main, words), 4, "absent")
    assert list((tmp_path / "new").iterdir()) == []
