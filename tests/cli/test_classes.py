"""The command `classes`."""

import json

from click.testing import CliRunner

from rrsis_geo.language.object_classes import CLASSES
from rrsis_geo.model.serialization.header import list_weights, read_header
from rrsis_geo_cli.main import main


def run(*words):
    answer = CliRunner().invoke(main, ["classes", *words])
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_every_class_of_the_card_is_listed_once():
    for name in list_weights():
        rows = json.loads(run("--weights", name, "--json"))["classes"]
        assert [row["class"] for row in rows] == list(read_header(name).categories)
        lines = run("--weights", name).splitlines()
        assert [line.split("\t")[0] for line in lines] == [row["name"] for row in rows]
        assert {line.count("\t") for line in lines} == {5}


def test_words_are_those_of_the_lexicon():
    rows = json.loads(run("--json"))["classes"]
    plane = next(row for row in rows if row["class"] == "airplane")
    assert "aeroplane" in plane["synonyms"]
    assert "jet" in plane["kinds"]
    known = CLASSES["airplane"]
    count = len(known.nouns) - 1 + len(known.synonyms) + len(known.hyponyms)
    assert len(plane["synonyms"]) + len(plane["kinds"]) == count


def test_weights_without_classes_list_none(tiny_weights):
    assert run("--weights", tiny_weights) == ""


def test_a_segment_of_something_unknown_says_so(tmp_path, make_scene, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scene = str(make_scene())
    words = ["segment", scene, "unicorns", "--dry-run"]
    answer = CliRunner().invoke(main, words)
    assert answer.exit_code == 0, answer.output
    assert 'do not know "unicorn"' in answer.output
    answer = CliRunner().invoke(main, ["explain", "unicorns"])
    assert 'note: these weights do not know "unicorn"' in answer.stdout
    guess = CliRunner().invoke(main, ["explain", "unicorns", "--guess"])
    assert "is a guess" in guess.stdout
