"""The zip in a fresh profile, used by qgis_process as on a server.

Everything runs in processes of its own, which see nothing of this checkout but the zip
and the environment of the workers.
"""

import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest
from qgis.core import QgsVectorLayer

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = Path(os.environ.get("RRSIS_GEO_PLUGIN", ROOT / "build"))
BANEPA = ROOT / ".." / "shared" / "data" / "oam-banepa" / "banepa_predict.tif"
SEGMENT, AGAIN = "rrsis_geo:segmentbytext", "rrsis_geo:polygonsfromprobability"
TIMEOUT = 400
"""Seconds for one call; none takes nearly as long."""


@pytest.fixture(scope="module")
def environment(tmp_path_factory, worker_python):
    """Variables for a QGIS with a new profile, in which the zip is unpacked."""
    archive = PLUGIN / "rrsis_geo_qgis.zip"
    if not archive.is_file():
        pytest.fail(f"{archive}: not there; run scripts/build_plugin")
    home = tmp_path_factory.mktemp("home")
    plugins = home / "profiles" / "default" / "python" / "plugins"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(plugins)
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("QGIS", "PYTHON", "PYTEST", "RRSIS"))
    }
    made = {
        **kept,
        "QGIS_CUSTOM_CONFIG_PATH": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(runtime),
        "RRSIS_GEO_PYTHON": worker_python,
    }
    call(made, "plugins", "enable", "rrsis_geo_qgis")
    return made


def call(environment, *words, good=True):
    """Run qgis_process from the root folder; return the completed process."""
    done = subprocess.run(
        ["qgis_process", *map(str, words)],
        env=environment,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    if good:
        assert done.returncode == 0, done.stdout + done.stderr
    return done


def run(environment, algorithm, **parameters):
    """Run an algorithm; return its results."""
    words = [f"{name}={value}" for name, value in parameters.items()]
    done = call(environment, "--json", "run", algorithm, "--", *words)
    return json.loads(done.stdout)["results"]


def command(worker_python, *words):
    """Run the command line of the package."""
    subprocess.run(
        [worker_python, "-I", "-m", "rrsis_geo_cli", *map(str, words)],
        check=True,
        capture_output=True,
    )


def features(path):
    """Return CRS, field names and all features without the format's own key."""
    layer = QgsVectorLayer(str(path), "layer", "ogr")
    assert layer.isValid(), path
    names = [name for name in layer.fields().names() if name != "fid"]
    found = [
        (feature.geometry().asWkt(17), *(repr(feature[name]) for name in names))
        for feature in layer.getFeatures()
    ]
    return layer.crs().authid(), names, sorted(found)


def left_behind(environment):
    """Return the ids of processes that still run with these variables."""
    mark = f"QGIS_CUSTOM_CONFIG_PATH={environment['QGIS_CUSTOM_CONFIG_PATH']}".encode()
    found = set()
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in entry.read_bytes().split(b"\0"):
                found.add(int(entry.parent.name))
        except OSError:
            continue
    return found


def test_a_fresh_profile_offers_both_algorithms(environment):
    answer = call(environment, "--json", "list")
    listed = json.loads(answer.stdout)["providers"]["rrsis_geo"]["algorithms"]

    assert set(listed) == {SEGMENT, AGAIN}
    for name in (SEGMENT, AGAIN):
        shown = json.loads(call(environment, "--json", "help", name).stdout)
        assert shown["algorithm_details"]["short_description"]
        assert "OUTPUT" in shown["outputs"]


def test_both_algorithms_find_what_the_command_line_finds(
    environment, worker_python, inputs, tmp_path
):
    scene = inputs / "demo.tif"
    results = run(
        environment,
        SEGMENT,
        INPUT=scene,
        EXPRESSION="storage tank",
        OUTPUT=tmp_path / "headless.gpkg",
        PROBABILITY=tmp_path / "headless.tif",
    )
    assert results["COUNT"] > 3
    mine, raster = tmp_path / "command.gpkg", tmp_path / "command.tif"
    command(
        worker_python,
        *("segment", scene, "storage tank", "-o", mine, "--probability", raster),
    )
    assert features(tmp_path / "headless.gpkg") == features(mine)
    assert (tmp_path / "headless.tif").read_bytes() == raster.read_bytes()

    again = run(
        environment,
        AGAIN,
        INPUT=tmp_path / "headless.tif",
        OUTPUT=tmp_path / "again.gpkg",
        THRESHOLD=0.3,
        MIN_AREA=20,
    )
    lower = tmp_path / "lower.gpkg"
    options = ("--threshold", 0.3, "--min-area", 20)
    command(worker_python, "vectorize", raster, "-o", lower, *options)
    assert features(tmp_path / "again.gpkg") == features(lower)
    assert again["COUNT"] == len(features(lower)[2])

    assert left_behind(environment) == set()  # workers have ended with their calls


def test_a_real_image_goes_through(environment, worker_python, tmp_path):
    if not BANEPA.is_file():
        pytest.skip("no ../shared/data/oam-banepa beside the checkout")
    results = run(
        environment,
        SEGMENT,
        INPUT=BANEPA,
        EXPRESSION="building",
        OUTPUT=tmp_path / "headless.gpkg",
    )
    mine = tmp_path / "command.gpkg"
    command(worker_python, "segment", BANEPA, "building", "-o", mine)

    assert results["COUNT"] > 0
    assert features(tmp_path / "headless.gpkg") == features(mine)


@pytest.mark.parametrize(
    ("variables", "parameters", "said"),
    [
        ({"RRSIS_GEO_PYTHON": "/nowhere/python"}, {}, "/nowhere/python"),
        ({"RRSIS_GEO_PYTHON": "/bin/false"}, {}, "/bin/false"),
        ({}, {"EXPRESSION": " "}, "say what to look for"),
        ({}, {"WEIGHTS": "unheard-of"}, "no such weights"),
        ({}, {"EXTENT": "0,10,0,10"}, "outside"),
    ],
    ids=["no file", "no Python", "no text", "no weights", "elsewhere"],
)
def test_bad_input_is_one_clear_sentence_and_a_failure(
    environment, inputs, tmp_path, variables, parameters, said
):
    output = tmp_path / "found.gpkg"
    given = {
        "INPUT": inputs / "demo.tif",
        "EXPRESSION": "storage tank",
        "OUTPUT": output,
        **parameters,
    }
    words = [f"{name}={value}" for name, value in given.items()]
    done = call(environment | variables, "run", SEGMENT, "--", *words, good=False)

    assert done.returncode != 0
    everything = done.stdout + done.stderr
    assert said in everything
    assert "Traceback" not in everything
    assert not output.exists()
