"""The command evaluate, with untrained weights."""

import json

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner
from evaluation_fakes import make_samples
from published_files import write_refsegrs, write_risbench, write_rrsis_d

from rrsis_geo.datasets.formats.manifest import write_manifest
from rrsis_geo_cli.main import main


@pytest.fixture
def manifest(tmp_path):
    path = tmp_path / "manifest.jsonl"
    write_manifest(path, make_samples(tmp_path, 3))
    return path


@pytest.fixture
def evaluate(tiny_weights):
    def run(*words, weights=tiny_weights):
        always = ("--weights", weights) if weights else ()
        return CliRunner().invoke(main, ["evaluate", *map(str, (*words, *always))])

    return run


def test_a_manifest_is_scored_and_reported(evaluate, manifest, tmp_path):
    first, page = tmp_path / "a.json", tmp_path / "a.html"
    answer = evaluate(
        manifest, "--json", first, "--report", page, "--rounds", 20, "--pictures", 1
    )
    assert answer.exit_code == 0, answer.output
    assert "6 samples over 3 images, 3 with a target, 3 without" in answer.output
    assert answer.output.endswith(f"wrote\t{first}\nwrote\t{page}\n")
    assert json.loads(first.read_text())["split"] == "test"
    assert "data:image/jpeg" in page.read_text()

    again = evaluate("manifest", manifest, "--against", first, "--rounds", 20)
    assert again.exit_code == 0
    assert "+0.0 (+0.0 to +0.0; p 1.000)" in again.output
    few = evaluate(manifest, "--limit", 2, "--rounds", 20)
    assert "2 samples over 1 images" in few.output


def test_two_weights_are_compared(evaluate, manifest, tiny_weights):
    answer = evaluate(manifest, "--against", tiny_weights, "--rounds", 20)
    assert answer.exit_code == 0
    assert "tiny less tiny, in points" in answer.output


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["gone.jsonl"], 7, "there is no|cannot be read|No such"),
        (["manifest.jsonl", "--split", "val"], 7, "no sample of the split 'val'"),
        (["manifest.jsonl", "--split", "vla"], 2, "no split 'vla'"),
        (["manifest.jsonl", "--report", "a.pdf"], 8, ".html or .png"),
        (["manifest.jsonl", "--json", "manifest.jsonl"], 8, "exists"),
        (["manifest.jsonl", "--against", "gone.json"], 7, "cannot be read"),
        (["manifest.jsonl", "--against", "gone"], 4, "no such weights"),
        (["manifest.jsonl", "--threshold", "1"], 2, "threshold"),
        (["manifest.jsonl", "--threshold", "nan"], 2, "nan is not in the range"),
        (["empty.jsonl"], 7, "holds no sample"),
        (["rrsis-d", "."], 7, "."),
        (["refsegrs", "."], 7, "."),
        (["risbench", "."], 7, "."),
    ],
)
def test_bad_input_gets_a_one_line_error(
    evaluate, manifest, monkeypatch, words, code, message
):
    monkeypatch.chdir(manifest.parent)
    (manifest.parent / "empty.jsonl").write_text("")
    answer = evaluate(*words)
    assert answer.exit_code == code, answer.output
    (line,) = answer.stderr.strip().splitlines()
    assert line.startswith("Error: ")
    assert any(part in line for part in message.split("|"))
    assert answer.stdout == ""


def test_missing_weights_are_reported_before_any_work(evaluate, manifest):
    answer = evaluate(manifest, weights="nowhere")
    assert answer.exit_code == 4
    assert "no such weights" in answer.stderr


def test_another_evaluation_is_not_compared(evaluate, manifest, tmp_path):
    path = tmp_path / "a.json"
    assert evaluate(manifest, "--json", path, "--rounds", 20).exit_code == 0
    answer = evaluate(manifest, "--limit", 3, "--against", path)
    assert answer.exit_code == 7
    assert "is of 6 samples" in answer.stderr


def test_polygons_are_scored(evaluate, tmp_path):
    shapes = [shapely.box(0, 0, 10, 10), shapely.box(20, 0, 30, 10)]
    truth = gpd.GeoDataFrame({"k": ["a", "b"]}, geometry=shapes, crs="EPSG:32631")
    truth.to_file(tmp_path / "truth.gpkg")
    truth.iloc[:1].to_file(tmp_path / "found.gpkg")
    words = ["polygons", tmp_path / "found.gpkg", "--truth", tmp_path / "truth.gpkg"]
    answer = evaluate(*words, "--json", tmp_path / "c.json", weights=None)
    assert answer.exit_code == 0, answer.output
    assert "recall\t50.0 % of 2\n" in answer.output
    assert json.loads((tmp_path / "c.json").read_text())["precision"] == 1
    answer = evaluate(*words, "--where", "k=a", weights=None)
    assert "recall\t100.0 % of 1\n" in answer.output
    answer = evaluate(*words, "--where", "k", weights=None)
    assert answer.exit_code == 2
    assert "FIELD=VALUE" in answer.stderr
    answer = evaluate(*words, "--report", tmp_path / "p.jpg", weights=None)
    assert answer.exit_code == 8


@pytest.mark.parametrize(
    ("kind", "write"),
    [
        ("rrsis-d", write_rrsis_d),
        ("refsegrs", write_refsegrs),
        ("risbench", write_risbench),
    ],
)
def test_published_layouts_are_scored(evaluate, tmp_path, kind, write):
    write(tmp_path)
    answer = evaluate(kind, tmp_path, "--partial", "--rounds", 20)
    assert answer.exit_code == 0, answer.output
    assert "split test: 1 samples over 1 images" in answer.output
    assert "of 3481 samples" in answer.output or kind != "rrsis-d"
    whole = evaluate(kind, tmp_path)
    assert whole.exit_code == 7
    assert "--partial" in whole.stderr
