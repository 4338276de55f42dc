import sys
from pathlib import Path

import pytest

# worker processes inherit this path, so they find `brightness` too
sys.path.insert(0, str(Path(__file__).parent))

import brightness


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
