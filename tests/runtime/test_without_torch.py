"""Commands that work where torch and transformers are not installed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyogrio
import pytest

from rrsis_geo.synthetic import write_scene

ABSENT = ("torch", "transformers", "onnx", "onnxscript")

COMMAND = f"""
import sys

ABSENT = {ABSENT!r}
sys.modules.update(dict.fromkeys(ABSENT))  # as where they are not installed

if __name__ == "__main__":
    from rrsis_geo_cli.main import main

    main()
"""
"""The command line; processes of an engine run this file as well."""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run the command line in an interpreter without the libraries in `ABSENT`."""
    folder = tmp_path_factory.mktemp("without")
    code = folder / "command.py"
    code.write_text(COMMAND)

    def command(*words, cwd=folder):
        return subprocess.run(
            [sys.executable, code, *map(str, words)],
            cwd=cwd,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
        )

    command.folder = folder
    return command


@pytest.fixture(scope="module")
def drawn(run):
    """A drawn scene and its labels."""
    scene, labels = run.folder / "scene.tif", run.folder / "labels.geojson"
    write_scene(scene, labels, 1, width=300, height=260)
    return scene, labels


@pytest.fixture(scope="module")
def found(run, drawn):
    """Output, probabilities and manifest of a run of the whole scene."""
    scene, _ = drawn
    output, probability = run.folder / "found.gpkg", run.folder / "found.tif"
    done = run(
        "segment",
        scene,
        "building",
        "-e",
        "the largest storage tank",
        "-o",
        output,
        "--probability",
        probability,
        "--window-size",
        160,
        "--overlap",
        32,
    )
    assert done.returncode == 0, done.stderr
    manifest = json.loads(output.with_suffix(".run.json").read_text())
    return output, probability, manifest


def test_segment_writes_polygons_and_names_its_runtime(found):
    output, _, manifest = found
    assert pyogrio.read_info(output)["features"] == sum(manifest["polygons"].values())
    assert manifest["windows"]["done"] > 1
    assert manifest["runtime"] == "onnx"
    assert manifest["versions"]["onnxruntime"]


@pytest.mark.parametrize("workers", [1, 2])
def test_processes_give_the_same_bytes(run, drawn, found, tmp_path, workers):
    other = tmp_path / found[0].name  # a GeoPackage names its layer after its file
    done = run(
        "segment",
        drawn[0],
        "building",
        "-e",
        "the largest storage tank",
        "-o",
        other,
        "--window-size",
        160,
        "--overlap",
        32,
        "--engine",
        "processes",
        "--workers",
        workers,
        "--batch-size",
        3,
    )
    assert done.returncode == 0, done.stderr
    assert other.read_bytes() == found[0].read_bytes()


def test_other_commands_need_no_network_library(run, drawn, found):
    scene, labels = drawn
    output, probability, _ = found
    for words in (
        ("--help",),
        ("explain", "the largest building", "--scene", scene),
        ("vectorize", probability, "-o", run.folder / "again.gpkg"),
        ("weights", "list"),
        ("evaluate", "polygons", output, "--truth", labels, "--expression", "building"),
    ):
        done = run(*words)
        assert done.returncode == 0, (words, done.stderr)
    assert Path(run.folder / "again.gpkg").is_file()


def test_what_needs_torch_says_so_in_one_line(run, drawn):
    done = run("segment", drawn[0], "ship", "-o", "a.gpkg", "--runtime", "torch")
    assert done.returncode == 5
    (line,) = [line for line in done.stderr.splitlines() if "pip install" in line]
    assert "runtime torch" in line


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("train", "--from", "default", "--data", "none", "-o", "a.st"), "training"),
        (("evaluate", "manifest", "none"), "evaluating weights"),
    ],
    ids=["train", "evaluate"],
)
def test_commands_that_cannot_do_without_torch_say_so(run, words, what):
    done = run(*words)

    assert done.returncode == 5
    assert done.stderr.startswith(f"Error: {what} needs torch, which is not installed")
    assert done.stderr.count("\n") == 1
    assert "-m pip install torch transformers" in done.stderr
