"""The commands of `dataset`: files, messages and one-line errors."""

import json
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from click.testing import CliRunner
from PIL import Image
from shapely.geometry import box

from rrsis_geo.datasets.formats.manifest import read_manifest
from rrsis_geo_cli.main import main


def run(*words):
    return CliRunner().invoke(main, ["dataset", *map(str, words)])


@pytest.fixture
def work(make_scene, tmp_path, monkeypatch):
    """Folder with a scene of eighteen roofs and their labels."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    places = [
        (left, top, left + 14 + left // 60, top + 12)
        for top in (20, 120, 220)
        for left in (15, 70, 130, 190, 250, 330)
    ]
    pixels = np.full((3, 260, 400), 50, np.uint8)
    for left, top, right, bottom in places:
        pixels[:, top:bottom, left:right] = 210
    place = Affine(1, 0, 5e5, 0, -1, 5e6)
    scene = make_scene(pixels, transform=place, crs="EPSG:32631")
    Path(scene).rename(folder / "scene.tif")
    outlines = [
        box(5e5 + left, 5e6 - bottom, 5e5 + right, 5e6 - top)
        for left, top, right, bottom in places
    ]
    gpd.GeoDataFrame(
        {"kind": ["Roof"] * 18, "code": [1, 2] * 9}, geometry=outlines, crs="EPSG:32631"
    ).to_crs("EPSG:4326").to_file(folder / "roofs.gpkg")
    return folder


BUILD = ("build", "--image", "scene.tif", "--labels", "roofs.gpkg")
SMALL = ("--size", 80, "--gap", 8)


def test_build_check_convert(work):
    built = run(*BUILD, "--label-field", "kind", *SMALL, "-o", "set")
    assert built.exit_code == 0, built.output
    assert "wrote set" in built.output
    assert {path.name for path in (work / "set").iterdir()} == {
        "manifest.jsonl",
        "chips",
        "chips.geojson",
        "build.json",
    }
    samples = read_manifest(work / "set" / "manifest.jsonl")
    assert f"{len(samples)} expressions" in built.output
    assert {sample.category for sample in samples} == {"roof"}
    assert (
        json.loads((work / "set" / "build.json").read_text())["options"]["size"] == 80
    )

    checked = run("check", "set", "--sheet", "sheet.png", "--tiles", 4)
    assert checked.exit_code == 0, checked.output
    assert f"set (manifest): {len(samples)} expressions" in checked.output
    assert "wrote sheet.png" in checked.output
    with Image.open("sheet.png") as sheet:
        assert sheet.width > 1000

    converted = run("convert", "set", "--split", "test", "-o", "test.jsonl")
    assert converted.exit_code == 0, converted.output
    again = read_manifest(work / "test.jsonl")
    assert {sample.split for sample in again} == {"test"}
    for one in again:
        assert one.read()[1].shape == (80, 80)


def test_codes_are_mapped_to_class_names(work):
    built = run(
        *BUILD, "--label-field", "code", "--class", "2=storage tank", *SMALL,
        "--shares", "1,0,0", "-o", "set",
    )  # fmt: skip
    assert built.exit_code == 0, built.output
    samples = read_manifest(work / "set" / "manifest.jsonl")
    assert {sample.category for sample in samples} == {"storage_tank"}


@pytest.mark.parametrize(
    ("words", "exit_code", "reason"),
    [
        ((*BUILD, "--label-field", "class"), 7, "has no field 'class'; .* kind, code"),
        ((*BUILD, "--label-field", "code"), 7, "class '1' has no letters"),
        ((*BUILD, "--label", "roof", "--layer", "x"), 7, "has no layer 'x'"),
        (
            (*BUILD, "--label-field", "kind", "--class", "ship"),
            7,
            "'ship' never occurs; there are Roof .18.",
        ),
        (BUILD, 2, "name the class of the objects"),
        ((*BUILD, "--label", "a", "--label-field", "kind"), 2, "name the class"),
        (("build",), 2, "give scenes with --image"),
        ((*BUILD, "--label", "roof", "--coco", "x.json"), 2, "give scenes with --im"),
        ((*BUILD, "--labels", "b", "--labels", "c", "--label", "a"), 2, "3 files of l"),
        ((*BUILD, "--label", "roof", "--size", 10), 2, "size must be 0 or in"),
        ((*BUILD, "--label", "roof", "--size", 0), 2, "--size 0 is for plain images"),
        ((*BUILD, "--label", "roof", "--shares", "1,2"), 2, "shares must be three"),
        ((*BUILD, "--label", "roof", "--size", 400), 2, "separate pieces of ground"),
        ((*BUILD, "--label", "roof", "--gsd", 0.2), 2, "--gsd 0.2: scene.tif has 1 m"),
        ((*BUILD, "--label", "roof", "--absent", "12"), 7, "no letters.*; name it by"),
        ((*BUILD, "--label", "roof", "--area", "x.gpkg"), 2, "area x.gpkg: cannot be"),
        (("build", "--image", "x.tif", "--labels", "roofs.gpkg", "--label", "a"), 3,
         "x.tif"),
        (("build", "--image", "scene.tif", "--labels", "x.gpkg", "--label", "a"), 7,
         "x.gpkg: .*no such file"),
        (("build", "--coco", "x.json"), 7,
         "x.json: cannot be read as a COCO instance file"),
    ],
)  # fmt: skip
def test_bad_input_gets_one_line_and_leaves_nothing(work, words, exit_code, reason):
    before = sorted(path.name for path in work.iterdir())
    answer = run(*words, "-o", "set")
    assert answer.exit_code == exit_code, answer.output
    (line,) = [one for one in answer.output.splitlines() if not one.startswith("Note")]
    assert line.startswith("Error: ")
    assert re.search(reason, line), line
    assert sorted(path.name for path in work.iterdir()) == before


def test_a_scene_without_a_crs(work, make_scene):
    bare = make_scene(crs=None)
    answer = run("build", "--image", bare, "--labels", "roofs.gpkg", "--label", "a",
                 "-o", "set")  # fmt: skip
    assert answer.exit_code == 3
    assert "CRS" in answer.output


def test_a_scene_whose_crs_is_named(work, make_scene):
    pixels = np.full((3, 260, 400), 50, np.uint8)
    place = Affine(1, 0, 5e5, 0, -1, 5e6)
    bare = make_scene(pixels, transform=place, crs=None)
    answer = run("build", "--image", bare, "--labels", "roofs.gpkg", "--label", "a",
                 "--crs", "EPSG:32631", "--progress", "rich", *SMALL,
                 "-o", "set")  # fmt: skip
    assert answer.exit_code == 0, answer.output
    assert read_manifest(work / "set" / "manifest.jsonl")


def test_nothing_is_replaced_without_overwrite(work):
    (work / "set").mkdir()
    answer = run(*BUILD, "--label", "roof", "-o", "set")
    assert (answer.exit_code, "exists" in answer.output) == (8, True)
    (work / "sheet.png").write_text("mine")
    (work / "m.jsonl").write_text("")
    assert run("check", "m.jsonl", "--sheet", "sheet.png").exit_code == 8
    assert run("convert", "m.jsonl", "-o", "sheet.png").exit_code == 8
    assert (work / "sheet.png").read_text() == "mine"


def test_a_build_does_not_replace_what_it_reads(work):
    answer = run(*BUILD, "--label", "roof", *SMALL, "-o", ".", "--overwrite")
    assert answer.exit_code == 8
    assert "scene.tif is read by this build and lies in it" in answer.output
    assert (work / "scene.tif").exists()


def test_a_full_disk_leaves_nothing(work, limit_file_size):
    with limit_file_size(3000):
        answer = run(*BUILD, "--label", "roof", *SMALL, "-o", "set")
    assert answer.exit_code == 8, answer.output
    assert "manifest.jsonl: cannot be written: File too large" in answer.output
    assert not list(work.glob("set*"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "holds no sample"),
        ("{}", r"m\.jsonl, line 1: lacks 'image'"),
        ('{"image": "a.png", "expression": "", "mask": "a.png", "split": "test"}',
         "no words"),
    ],
)  # fmt: skip
def test_broken_manifests(work, text, reason):
    (work / "m.jsonl").write_text(text)
    for words in (("check", "m.jsonl"), ("convert", "m.jsonl", "-o", "n.jsonl")):
        answer = run(*words)
        assert answer.exit_code == 7
        assert re.search(reason, answer.output)
    assert not (work / "n.jsonl").exists()


def test_broken_samples_are_listed_and_end_with_an_error(work):
    (work / "m.jsonl").write_text(
        '{"image": "a.png", "expression": "a roof", "mask": "a.png", "split": "test"}\n'
    )
    answer = run("check", "m.jsonl", "--sheet", "s.png")
    assert answer.exit_code == 7
    assert "broken: m.jsonl, line 1: a.png: cannot be read" in answer.output
    assert "Error: m.jsonl: 1 of 1 samples are broken" in answer.output
    assert not (work / "s.png").exists()
