"""The commands `cache list`, `path` and `clear`, and `segment --no-cache`."""

import pytest
from click.testing import CliRunner

from rrsis_geo_cli.main import main


def cache(*words):
    return CliRunner().invoke(main, ["cache", *words])


def test_an_empty_folder_lists_nothing(answer_cache):
    assert cache("list").stdout == ""
    folder, size, limit = cache("path").stdout.strip().split("\t")
    assert folder.startswith(str(answer_cache))
    assert (size, limit) == ("0.0 MB", "of 4000 MB")


def test_a_run_is_listed_used_and_cleared(segment, make_scene, answer_cache):
    scene = make_scene(width=100, height=90)
    assert segment(scene, "tank", "-o", "a.geojson").exit_code == 0
    lines = [line.split("\t") for line in cache("list").stdout.splitlines()]
    assert {tuple(line[2:]) for line in lines} == {
        ("storage tank", "tiny", scene),
        ("", "tiny", scene),
    }
    again = segment(scene, "tank", "-o", "b.geojson")
    assert "known from earlier runs" in again.stderr
    fresh = segment(scene, "tank", "-o", "c.geojson", "--no-cache")
    assert "known from earlier runs" not in fresh.stderr
    with open("b.geojson", "rb") as one, open("c.geojson", "rb") as other:
        assert one.read() == other.read()
    assert cache("clear").stdout.startswith("cleared\t")
    assert cache("list").stdout == ""
    assert [path for path in answer_cache.rglob("*") if path.is_file()] == []


def test_other_files_in_the_folder_stay(answer_cache):
    (answer_cache / "mine.txt").write_text("mine")
    cache("clear")
    assert (answer_cache / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("words", [["list"], ["path"], ["clear"]])
def test_a_limit_that_is_no_size_is_told(words, monkeypatch):
    monkeypatch.setenv("RRSIS_GEO_CACHE_LIMIT", "much")
    answer = cache(*words)
    assert answer.exit_code == 2
    assert "RRSIS_GEO_CACHE_LIMIT must be a size" in answer.stderr
