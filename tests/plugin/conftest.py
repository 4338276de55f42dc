"""The parts of the QGIS plugin that need no QGIS, from the assembled plugin."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session", autouse=True)
def plugin_folder(tmp_path_factory):
    """The plugin as its zip has it, importable as rrsis_geo_qgis."""
    folder = tmp_path_factory.mktemp("plugin")
    script = str(ROOT / "scripts" / "build_plugin")
    wheel = folder / "rrsis_geo-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"these tests make their own")
    # What is refused in other parts of the plugin is not the business of these tests.
    command = [sys.executable, script, "--folder", str(folder), "--wheel", str(wheel)]
    subprocess.run(command, check=False)
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture
def make_python(tmp_path):
    """A factory of programs that answer like a Python does, or do not."""

    def make(text, name="python"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
        return str(program)

    return make
