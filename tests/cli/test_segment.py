"""The command `segment`."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyogrio
import pytest
import rasterio

from rrsis_geo.job import SegmentJob
from rrsis_geo.protocol import Advice, Failed, Finished, Progress, Started, decode
from rrsis_geo.types import SCHEMA

SHIP = "the ship in the harbour"


@pytest.fixture
def scene(make_scene):
    return make_scene(width=150, height=100, name="harbour.tif")


def files():
    return sorted(path.name for path in Path.cwd().iterdir())


def test_the_result_is_named_after_the_expression(segment, scene):
    answer = segment(scene, SHIP)

    assert answer.exit_code == 0, answer.stderr
    name = "harbour.the-ship-in-the-harbour"
    assert files() == [f"{name}.gpkg", f"{name}.run.json"]
    table = pyogrio.read_dataframe(f"{name}.gpkg")
    assert list(table.columns) == [*SCHEMA, "geometry"]


def test_the_summary_agrees_with_the_files(segment, scene):
    answer = segment(scene, SHIP, "-e", "crane", "--threshold", 0.45, "-o", "all.fgb")

    assert answer.exit_code == 0, answer.stderr
    table = pyogrio.read_dataframe("all.fgb")
    rows = [line.split("\t") for line in answer.stdout.splitlines()]
    for row, expression in zip(rows[:2], (SHIP, "crane"), strict=True):
        mine = table[table["expression"] == expression]
        area = f"{mine['area_m2'].sum():.1f}"
        assert row == ["found", str(len(mine)), area, expression]
    assert rows[2:] == [["wrote", "all.fgb"], ["wrote", "all.run.json"]]


def test_vectorize_repeats_segment_with_another_threshold(segment, scene):
    from click.testing import CliRunner

    from rrsis_geo_cli.main import main

    options = ["--threshold", "0.48", "--min-area", "2", "--fill-holes", "5"]
    first = segment(scene, SHIP, "-o", "a.gpkg", "--probability", "p.tif", *options)
    words = ["vectorize", "p.tif", "-o", "b.gpkg", *options]
    again = CliRunner().invoke(main, words)

    assert (first.exit_code, again.exit_code) == (0, 0)
    tables = [pyogrio.read_dataframe(name) for name in ("a.gpkg", "b.gpkg")]
    assert tables[0].equals(tables[1])
    with rasterio.open("p.tif") as probability:
        assert probability.descriptions == ("ship", "harbour", SHIP)


def test_nothing_found_is_an_empty_layer_and_success(segment, scene):
    answer = segment(scene, SHIP, "--threshold", 0.999, "-o", "none.geojson")

    assert answer.exit_code == 0
    assert len(pyogrio.read_dataframe("none.geojson")) == 0
    assert answer.stdout.splitlines()[0] == f"found\t0\t0.0\t{SHIP}"


def test_a_preview_is_a_picture(segment, scene):
    assert segment(scene, SHIP, "--preview", "look.png").exit_code == 0
    assert Path("look.png").read_bytes().startswith(b"\x89PNG")


def test_a_dry_run_prints_the_plan_and_writes_nothing(segment, scene):
    answer = segment(
        scene, SHIP, "--dry-run", "--bbox", "500000,4999960,500030,5000000"
    )

    assert answer.exit_code == 0, answer.stderr
    assert files() == []
    for part in ("windows", "memory", "0.5 m per pixel", SHIP):
        assert part in answer.stdout


def test_expressions_come_from_a_file_too(segment, scene):
    Path("queries.txt").write_text("# ships\nship\n\nboat\n", encoding="utf-8")

    answer = segment(scene, "--expressions", "queries.txt", "-o", "all.gpkg")

    assert answer.exit_code == 0, answer.stderr
    found = [line.split("\t")[3] for line in answer.stdout.splitlines()[:2]]
    assert found == ["ship", "boat"]


def test_json_progress_is_messages_only(segment, scene):
    answer = segment(scene, SHIP, "-o", "a.gpkg", "--progress", "json")

    assert answer.exit_code == 0
    messages = [decode(line) for line in answer.stdout.splitlines()]
    assert {type(message) for message in messages} <= {
        Started,
        Progress,
        Advice,
        Finished,
    }
    started = next(item for item in messages if isinstance(item, Started))
    last = messages[-1]
    assert isinstance(last, Finished)
    assert last.files == ("a.gpkg", "a.run.json")
    assert max(item.done for item in messages if isinstance(item, Progress)) == (
        started.windows
    )


def test_json_progress_ends_with_the_failure(segment):
    answer = segment("absent.tif", SHIP, "--progress", "json")

    assert answer.exit_code == 3
    (line,) = answer.stdout.splitlines()
    failed = decode(line)
    assert isinstance(failed, Failed)
    assert failed.code == "scene"
    assert answer.stderr == f"Error: {failed.message}\n"


def test_a_non_latin_expression_runs_with_a_note(segment, scene):
    answer = segment(scene, "油罐 ship", "-o", "a.gpkg")

    assert answer.exit_code == 0
    (note,) = answer.stderr.splitlines()
    assert note.startswith("Note: ")
    assert "English" in note


def test_the_command_and_python_write_the_same_bytes(segment, scene, tiny_weights):
    from rrsis_geo import segment as search

    assert segment(scene, SHIP, "-o", "a.geojson", "--gsd", "0.7").exit_code == 0
    found = search(
        scene,
        SHIP,
        "b.geojson",
        weights=tiny_weights,
        window_size=64,
        overlap=16,
        gsd=0.7,
    )

    assert len(found.to_geodataframe()) == len(found.polygons)
    one, other = (
        json.loads(Path("a.geojson").read_text()),
        json.loads(Path("b.geojson").read_text()),
    )
    assert one["features"] == other["features"]


def test_the_manifest_holds_the_job(segment, scene, tiny_weights):
    words = [scene, SHIP, "-o", "a.gpkg", "--bands", "3,2,1", "--gsd", "0.5"]
    assert segment(*words, "--device", "cpu", "--precision", "float32").exit_code == 0

    manifest = json.loads(Path("a.run.json").read_text(encoding="utf-8"))
    job = SegmentJob.from_mapping(manifest["job"])

    assert job.expressions == (SHIP,)
    assert job.weights == tiny_weights
    assert job.options.bands == (3, 2, 1)
    assert job.options.precision == "float32"
    assert job.options.gsd == 0.5


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise on Windows")
@pytest.mark.usefixtures("sigint_enabled")
def test_ctrl_c_is_one_line_and_leaves_no_output(tiny_weights, make_scene, tmp_path):
    scene = make_scene(width=1500, height=1500, name="large.tif")
    output = tmp_path / "large.gpkg"
    words = ["segment", scene, SHIP, "-o", str(output), "--weights", tiny_weights]
    words += ["--window-size", "64", "--overlap", "32", "--progress", "json"]
    run = subprocess.Popen(
        [sys.executable, "-m", "rrsis_geo_cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with run:
        assert run.stdout is not None
        assert run.stderr is not None
        for line in run.stdout:
            if isinstance(decode(line), Progress):
                break
        time.sleep(0.05)  # somewhere in the middle
        run.send_signal(signal.SIGINT)
        *_, last = run.stdout
        stderr = run.stderr.read()

    assert run.returncode == 130
    assert len(stderr.splitlines()) == 1, stderr
    failed = decode(last)
    assert isinstance(failed, Failed)
    assert failed.code == "cancelled"
    assert not output.exists()
