"""Many scenes on the command line."""

import json
import shutil
import sys
from pathlib import Path

import geopandas as gpd
import pytest
from click.testing import CliRunner

from rrsis_geo.errors import OptionError
from rrsis_geo.protocol import (
    Advice,
    Failed,
    Finished,
    NextScene,
    Report,
    decode,
)
from rrsis_geo_cli.main import main
from rrsis_geo_cli.scene_words import split_words


@pytest.fixture
def tiles(make_scene, tmp_path):
    """A folder `tiles` beside the working folder with three small scenes."""
    folder = tmp_path / "work" / "tiles"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("a", "b", "c"):
        shutil.move(make_scene(width=70, height=60), folder / f"{name}.tif")
    return folder


@pytest.fixture
def in_work(segment, tiles):
    """`segment` in a folder that holds `tiles`."""
    return segment


def rows(answer):
    return [line.split("\t") for line in answer.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "asked", "scenes", "question"),
    [
        (["a.tif", "the tank"], False, ["a.tif"], "the tank"),
        (["a.tif"], True, ["a.tif"], None),
        (["a.tif", "ship"], True, ["a.tif"], "ship"),
        (["a.tif", "b.tif"], True, ["a.tif", "b.tif"], None),
        (["a.tif", "b.tif", "the tank"], False, ["a.tif", "b.tif"], "the tank"),
        (["a", "tank"], False, ["a"], "tank"),
        (["tiles/", "other/"], True, ["tiles/", "other/"], None),
        (["a.tif", "./b"], True, ["a.tif", "./b"], None),
        (["*.tif", "roof/red"], False, ["*.tif"], "roof/red"),
        (["@a.txt", "@b.txt"], True, ["@a.txt", "@b.txt"], None),
        (["a.tif", "https://host/b"], True, ["a.tif", "https://host/b"], None),
        (["a.tif", "is there a ship?"], False, ["a.tif"], "is there a ship?"),
        (["a.tif", "C:\\maps\\b"], True, ["a.tif", "C:\\maps\\b"], None),
    ],
    ids=str,
)
def test_words_are_told_apart_by_their_form(words, asked, scenes, question):
    assert split_words(words, asked=asked) == (tuple(scenes), question)


def test_a_question_may_have_the_name_of_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("ships").mkdir()
    assert split_words(["a.tif", "ships"], asked=False) == (("a.tif",), "ships")
    with pytest.raises(OptionError, match=r'write ships[/\\] .* or -e "ships"'):
        split_words(["a.tif", "ships"], asked=True)
    Path("tiles").mkdir()
    assert split_words(["tiles", "ships", "tank"], asked=False) == (
        ("tiles", "ships"),
        "tank",
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a.tif", "b.tif"], "'b.tif' is the name of a file, not an expression"),
        (["red roof", "a.tif"], "'a.tif' is the name of a file"),
        (["a.tif", "tank", "roof"], "'tank' and 'roof': one question may follow"),
    ],
)
def test_words_that_make_no_sense_are_refused(words, says):
    with pytest.raises(OptionError, match=says):
        split_words(words, asked=False)


def test_several_files_make_one_layer(in_work):
    answer = in_work(
        *("tiles/a.tif", "tiles/b.tif", "-e", "ship", "-e", "tank"),
        *("-o", "all.gpkg", "--resolve", "network"),
        *("--threshold", "0.45", "--min-score", "0"),
    )
    assert answer.exit_code == 0, answer.stderr
    found = rows(answer)
    assert [row[0] for row in found] == [
        *("scene", "scene", "found", "found", "wrote", "wrote")
    ]
    assert [row[-1] for row in found] == [
        *("tiles/a.tif", "tiles/b.tif", "ship", "tank", "all.gpkg", "all.run.json")
    ]
    frame = gpd.read_file("all.gpkg")
    assert sum(int(row[1]) for row in found[:2]) == len(frame)
    assert sum(int(row[1]) for row in found[2:4]) == len(frame)
    areas = sum(float(row[2]) for row in found[2:4])
    assert areas == pytest.approx(frame["area_m2"].sum(), abs=0.2)


def test_without_an_output_each_scene_has_its_own_file(in_work):
    answer = in_work("tiles", "the ship")
    assert answer.exit_code == 0, answer.stderr
    assert sorted(path.name for path in Path().glob("*.gpkg")) == [
        f"{name}.the-ship.gpkg" for name in "abc"
    ]


def test_a_pattern_in_the_name_works_for_one_scene_too(in_work):
    answer = in_work("tiles/a.tif", "ship", "-o", "{scene}.found.geojson")
    assert answer.exit_code == 0, answer.stderr
    assert Path("a.found.geojson").is_file()
    assert rows(answer)[0][0] == "found"


def test_a_failing_scene_has_an_exit_code_of_its_own(in_work):
    Path("tiles/b.tif").write_bytes(b"no raster")
    answer = in_work("tiles", "ship", "-o", "all.gpkg")
    assert answer.exit_code == 9
    assert ["failed", "scene", "tiles/b.tif"] in rows(answer)
    *_, last = answer.stderr.splitlines()
    assert last.startswith("Error: 1 of 3 scenes failed")
    assert Path("all.gpkg").is_file()


def test_json_progress_names_the_scenes(in_work):
    Path("tiles/b.tif").write_bytes(b"no raster")
    answer = in_work("tiles", "ship", "-o", "all.gpkg", "--progress", "json")
    messages = [decode(line) for line in answer.stdout.splitlines()]
    begun = [m for m in messages if isinstance(m, NextScene)]
    assert [m.scene for m in begun] == [f"tiles/{name}.tif" for name in "abc"]
    failed = [m for m in messages if isinstance(m, Failed)]
    assert [(m.job, m.code) for m in failed] == [(2, "scene"), (0, "scenes")]
    assert messages[-1] == failed[-1]
    assert [m.job for m in messages if isinstance(m, Finished)] == [1, 3]


def test_a_note_that_many_scenes_give_is_written_once(in_work):
    answer = in_work("tiles", "油罐 ship", "-o", "all.gpkg")
    assert answer.exit_code == 0, answer.stderr
    assert answer.stderr.count("English") == 1


def test_a_dry_run_plans_every_scene_and_writes_nothing(in_work):
    before = sorted(Path().rglob("*"))
    answer = in_work("tiles", "ship", "-o", "all.gpkg", "--dry-run")
    assert answer.exit_code == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert [line.split(":")[0] for line in lines[:3]] == [
        f"scene     tiles/{name}.tif" for name in "abc"
    ]
    assert "scenes    3 of 3" in lines
    assert "windows   6 to look at" in lines
    assert "writes    all.gpkg, all.run.json" in lines
    assert sorted(Path().rglob("*")) == before


def test_a_dry_run_of_many_scenes_can_be_json(in_work):
    Path("tiles/b.tif").write_bytes(b"no raster")
    words = ("tiles", "ship", "-o", "all.gpkg", "--dry-run", "--progress", "json")
    answer = in_work(*words)
    assert answer.exit_code == 9
    *messages, last = [decode(line) for line in answer.stdout.splitlines()]
    (report,) = [m for m in messages if not isinstance(m, Advice)]
    assert isinstance(report, Report)
    assert [one.get("failed") for one in report.payload["scenes"]] == [
        *(None, "scene", None)
    ]
    assert report.payload["windows"] == 4
    assert isinstance(last, Failed)


def test_steps_are_printed_after_each_scene(in_work):
    answer = in_work("tiles", "the largest ship", "-o", "all.gpkg", "--explain")
    assert answer.exit_code == 0, answer.stderr
    kinds = [row[0] for row in rows(answer)]
    assert kinds[:2] == ["scene", "step"]
    assert kinds.count("scene") == 3
    chances = {}
    for kind, *fields in rows(answer):
        if kind == "scene":
            scene = fields[-1]
        elif kind == "candidate":
            chance, meant, lon, lat, evidence, expression = fields
            assert meant in ("meant", "-")
            assert abs(float(lon)) <= 180
            assert abs(float(lat)) <= 90
            assert evidence.startswith("noun 0.")
            assert "place, order and measure" in evidence
            assert expression == "the largest ship"
            chances.setdefault(scene, []).append(float(chance))
    assert chances
    for listed in chances.values():
        assert listed == sorted(listed, reverse=True)


def test_scenes_come_from_stac_items(in_work):
    items = [
        {
            "type": "Feature",
            "stac_version": "1.0.0",
            "id": name,
            "assets": {"image": {"href": f"tiles/{name}.tif", "roles": ["data"]}},
        }
        for name in ("a", "c")
    ]
    body = {"type": "FeatureCollection", "features": items}
    Path("items.json").write_text(json.dumps(body))
    answer = in_work("items.json", "ship", "-o", "all.gpkg", "--asset", "image")
    assert answer.exit_code == 0, answer.stderr
    assert [row[-1] for row in rows(answer)[:2]] == ["tiles/a.tif", "tiles/c.tif"]


def test_one_item_is_one_scene_named_after_it(in_work):
    item = {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": "S2/1",
        "assets": {"visual": {"href": "tiles/a.tif", "roles": ["visual"]}},
    }
    Path("item.json").write_text(json.dumps(item))
    answer = in_work("item.json", "ship", "-o", "{scene}.gpkg")
    assert answer.exit_code == 0, answer.stderr
    assert Path("S2_1.gpkg").is_file()


def test_a_list_and_questions_cannot_both_be_stdin(in_work):
    answer = CliRunner().invoke(
        main, ["segment", "@-", "--expressions", "-"], input="a.tif\n"
    )
    assert answer.exit_code == 2
    assert "stdin" in answer.stderr


def test_a_wrong_list_is_one_line(in_work):
    answer = in_work("@absent.txt", "ship")
    assert answer.exit_code == 2
    assert answer.stderr.startswith("Error: @absent.txt: cannot be read")


@pytest.mark.skipif(sys.platform == "win32", reason="names hold no tabs there")
def test_names_of_scenes_end_no_field_and_no_line(in_work, tiles):
    (tiles / "a.tif").rename(tiles / "a\tb\nc.tif")
    answer = in_work("tiles", "-e", "storage tank", "-o", "all.gpkg")
    scenes = [row for row in rows(answer) if row[0] == "scene"]
    assert [len(row) for row in scenes] == [4, 4, 4]
    assert scenes[0][3].endswith("a?b?c.tif")
    assert all(row[0] in ("scene", "found", "wrote") for row in rows(answer))
