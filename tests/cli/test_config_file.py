"""Options from a file and from the environment, and which of them counts."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from rrsis_geo_cli.main import main


@pytest.fixture
def plan(segment, make_scene):
    """A function that plans a run; returns the answer and what the job would be."""
    scene = make_scene(width=80, height=70, name="harbour.tif")

    def run(*words):
        answer = segment(scene, *words, "--dry-run", "--progress", "json")
        if answer.exit_code:
            return answer, None
        return answer, json.loads(answer.stdout.splitlines()[-1])["payload"]

    return run


def write(text):
    Path("options.toml").write_text(text, encoding="utf-8")
    return "--config", "options.toml"


def threshold(segment, *words):
    """The threshold that a run had, from its manifest."""
    answer = segment(*words, "-o", "a.gpkg", "--overwrite")
    assert answer.exit_code == 0, answer.stderr
    job = json.loads(Path("a.run.json").read_text())["job"]
    return job["options"]["threshold"]


def test_command_line_before_environment_before_file_before_default(
    segment, make_scene, monkeypatch
):
    words = make_scene(name="s.tif"), "ship"
    config = write("threshold = 0.2\n")
    assert threshold(segment, *words) == 0.5
    assert threshold(segment, *words, *config) == 0.2
    monkeypatch.setenv("RRSIS_GEO_THRESHOLD", "0.3")
    assert threshold(segment, *words) == 0.3
    assert threshold(segment, *words, *config) == 0.3
    assert threshold(segment, *words, *config, "--threshold", "0.4") == 0.4


def test_a_variable_names_the_file(segment, make_scene, monkeypatch):
    write("threshold = 0.2\n")
    monkeypatch.setenv("RRSIS_GEO_CONFIG", "options.toml")
    assert threshold(segment, make_scene(name="s.tif"), "ship") == 0.2


def test_every_kind_of_option_may_be_in_the_file(segment, make_scene):
    config = write(
        'expression = ["ship", "red roof"]\n'
        "bands = [3, 2, 1]\n"
        "min-area = 2\n"
        "fill_holes = 3.5\n"
        "split = false\n"
        "overwrite = true\n"
        'gsd = "auto"\n'
        'output = "found.fgb"\n'
        "bbox = [500000, 4999990, 500010, 5000000]\n"
    )
    answer = segment(make_scene(name="s.tif"), *config)
    assert answer.exit_code == 0, answer.stderr
    job = json.loads(Path("found.run.json").read_text())["job"]
    assert job["expressions"] == ["ship", "red roof"]
    assert job["overwrite"] is True
    wanted = {
        "bands": [3, 2, 1],
        "min_area": 2,
        "fill_holes": 3.5,
        "split": False,
        "gsd": None,
        "bbox": [500000, 4999990, 500010, 5000000],
    }
    assert {name: job["options"][name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("treshold = 1", "unknown option 'treshold'; the nearest known one is"),
        ("[segment]\nthreshold = 1", "unknown option 'segment'"),
        ("threshold = 'much'", "--threshold"),
        ("threshold = true", "--threshold must be a text, a number"),
        ("overwrite = 'yes'", "--overwrite must be true or false"),
        ("threshold = {a = 1}", "--threshold must be"),
        ("device", "is no TOML"),
        ("config = 'a'", "unknown option 'config'"),
        ("runtime = 'abacus'", "--runtime"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_the_file(plan, text, says):
    answer, _ = plan("ship", *write(text))
    assert answer.exit_code == 2
    line = json.loads(answer.stdout)["message"] if answer.stdout else answer.stderr
    assert "options.toml" in line
    assert says in line


def test_a_missing_file_is_refused(plan):
    answer, _ = plan("ship", "--config", "absent.toml")
    assert answer.exit_code == 2
    assert "absent.toml: cannot be read" in answer.stderr


def test_vectorize_ignores_what_only_segment_has(segment, make_scene):
    options = ("--probability", "p.tif", "-o", "a.gpkg")
    assert segment(make_scene(name="s.tif"), "ship", *options).exit_code == 0
    write('threshold = 0.01\nweights = "default"\n')
    words = ["vectorize", "p.tif", "-o", "b.gpkg", "--config", "options.toml"]
    answer = CliRunner().invoke(main, words)
    assert answer.exit_code == 0, answer.stderr
    other = CliRunner().invoke(main, [*words[:3], "c.gpkg", "--threshold", "0.01"])
    assert other.exit_code == 0, other.stderr
    assert answer.stdout.splitlines()[0] == other.stdout.splitlines()[0]


def test_an_environment_without_values_changes_nothing(plan, monkeypatch):
    monkeypatch.setenv("RRSIS_GEO_THRESHOLD", "")
    monkeypatch.setenv("RRSIS_GEO_EXPRESSION", "the red roof")
    answer, payload = plan("ship")
    assert answer.exit_code == 0, answer.stderr
    assert payload["expressions"] == ["ship"]


def test_the_folder_of_kept_answers_is_no_option(plan, monkeypatch, tmp_path):
    monkeypatch.setenv("RRSIS_GEO_CACHE", str(tmp_path / "answers"))
    answer, _ = plan("ship")
    assert answer.exit_code == 0, answer.stderr


def test_a_wrong_variable_is_an_error(plan, monkeypatch):
    monkeypatch.setenv("RRSIS_GEO_THRESHOLD", "much")
    answer, _ = plan("ship")
    assert answer.exit_code == 2
    assert "--threshold" in answer.stderr
