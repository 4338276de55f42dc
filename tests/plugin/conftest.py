"""The parts of the QGIS plugin that need no QGIS, from the assembled plugin."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from small_wheels import VERSION, Resources, sha256

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


@pytest.fixture
def resources(tmp_path):
    """A plugin that pins packages of a few bytes."""
    return Resources(tmp_path / "plugin")


@pytest.fixture
def wheels(resources):
    """A folder with all that an installation needs."""
    return resources.wheels


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A managed environment that is not made yet."""
    from rrsis_geo_qgis.environment import installation
    from rrsis_geo_qgis.environment.managed_environment import ManagedEnvironment

    monkeypatch.setattr(installation, "OWN_SIZE", 10**7)
    return ManagedEnvironment(tmp_path / "profile" / "rrsis_geo")


@pytest.fixture
def index(resources, monkeypatch):
    """An index of files, which pip is set up for."""
    folder = resources.folder.parent / "index"

    def publish():
        for path in resources.wheels.glob("*.whl"):
            page = folder / path.name.split("-")[0] / "index.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            link = f"{path.as_uri()}#sha256={sha256(path)}"
            page.write_text(f'<a href="{link}">{path.name}</a>')

    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", folder.as_uri())
    publish()
    return publish


@pytest.fixture
def attempt(home, resources):
    """A factory of attempts to install."""
    from rrsis_geo_qgis.environment.install_choice import InstallChoice
    from rrsis_geo_qgis.environment.installation import Installation

    def make(*, report=lambda stage: None, cancelled=lambda: False, **choice):
        values = {"base": sys.executable, **{k: str(v) for k, v in choice.items()}}
        return Installation(
            home,
            InstallChoice(**values),
            version=VERSION,
            report=report,
            cancelled=cancelled,
            resources=resources.folder,
        )

    return make


@pytest.fixture
def failure(attempt):
    """A factory of the notices of attempts that fail."""
    from rrsis_geo_qgis.environment.installation import InstallationError

    def of(method="install", **choice):
        with pytest.raises(InstallationError) as caught:
            getattr(attempt(**choice), method)()
        return caught.value.notice

    return of
