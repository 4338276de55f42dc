import sys
from pathlib import Path

import pytest

# worker processes inherit this path, so they find `brightness` too
sys.path.insert(0, str(Path(__file__).parent))

import brightness
from text_network import Network

from rrsis_geo.pipeline.runner import run


@pytest.fixture
def scene(tmp_path):
    """Path of a scene of 300 x 260 pixels, 6 x 6 windows."""
    return brightness.write_scene(tmp_path / "scene.tif")


@pytest.fixture
def leftovers(tmp_path):
    """Return a function that lists working folders and unfinished files."""

    def find():
        return sorted(path.name for path in tmp_path.rglob("*") if "part" in path.name)

    return find


@pytest.fixture
def ask(scene, tmp_path):
    """Return a function that runs a job and returns its bytes and its network."""
    count = iter(range(1000))

    def ask(*texts, network=None, report=lambda message: None, folder=None, **values):
        folder = folder or tmp_path / f"run-{next(count)}"
        folder.mkdir(exist_ok=True)
        raster = values.pop("probability", False)
        values["probability"] = str(folder / "found.tif") if raster else None
        values = {"resolve": "network"} | values
        job = brightness.make_job(
            values.pop("scene", scene), folder, expressions=texts, **values
        )
        network = network or Network()
        result = run(job, network=network, report=report)
        return brightness.result_bytes(job), network, result

    return ask
