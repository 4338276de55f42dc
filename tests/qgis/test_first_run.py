"""A new user's first minutes: the zip in a fresh profile, one button, polygons.

A desktop QGIS on a virtual screen, with no variable and no Python environment that
could help: of this checkout it sees the zip only. Needs the package index that pip is
set up for; the second test has no network at all.
"""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = Path(os.environ.get("RRSIS_GEO_PLUGIN", ROOT / "build"))
SCRIPT = Path(__file__).with_name("press_set_up.py")

MOST_BYTES = 165_000_000
"""Of all packages that are fetched."""

TIMEOUT = 2400
"""Seconds for a run, most of which is the installation on a busy machine."""


def press_set_up(folder, *, settings="", network=True):
    """Start QGIS with a fresh profile, press the buttons; return what happened."""
    profile = folder / "profiles" / "default"
    plugins = profile / "python" / "plugins"
    (profile / "QGIS").mkdir(parents=True)
    with zipfile.ZipFile(PLUGIN / "rrsis_geo_qgis.zip") as packed:
        packed.extractall(plugins)
    (profile / "QGIS" / "QGIS3.ini").write_text(
        f"[PythonPlugins]\nrrsis_geo_qgis=true\n[locale]\noverrideFlag=true\n"
        f"userLocale=en_US\n[rrsis_geo]\n{settings}\n"
    )
    for name in ("home", "runtime"):
        (folder / name).mkdir(mode=0o700)
    report = folder / "report.json"
    variables = {
        "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
        "HOME": str(folder / "home"),
        "XDG_RUNTIME_DIR": str(folder / "runtime"),
        "LANG": "C.UTF-8",
        "FIRST_RUN_REPORT": str(report),
    }
    alone = [] if network else ["unshare", "--net"]
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1400x900x24"]
    qgis = ["qgis", "--nologo", "--noversioncheck", "--profiles-path", str(folder)]
    done = subprocess.run(
        [*alone, *screen, *qgis, "--code", str(SCRIPT)],
        env=variables,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    assert report.exists(), done.stdout[-2000:] + done.stderr[-4000:]
    told = json.loads(report.read_text())
    log = folder / "profiles" / "default" / "rrsis_geo" / "install.log"
    assert not told["error"], told["error"]
    assert not told["failure"], told["failure"] + log.read_text()[-3000:]
    return told


def installed_bytes(folder):
    """Bytes of all files of an environment."""
    paths = (path for path in Path(folder).rglob("*") if not path.is_symlink())
    return sum(path.stat().st_size for path in paths if path.is_file())


@pytest.fixture
def show(capsys):
    """Print the measurements, also where the test passes."""

    def line(what, told):
        size = installed_bytes(told["folder"])
        with capsys.disabled():
            print(
                f"\n{what}: {told['fetched_bytes'] / 1e6:.0f} MB fetched, set up in "
                f"{told['set_up_seconds']:.0f} s, first polygons after "
                f"{told['polygons_seconds']:.0f} s, {size / 1e6:.0f} MB on disk"
            )

    return line


def test_a_stranger_gets_polygons_by_pressing_buttons(tmp_path, show):
    told = press_set_up(tmp_path)
    show("First run in QGIS", told)

    assert told["button"].startswith("Set up (about ")
    assert told["condition"] == "ready"
    assert 0 < told["fetched_bytes"] < MOST_BYTES
    assert told["answer"][0] == "found", told["answer"]
    assert told["polygons"] > 0


def test_without_network_a_folder_of_wheels_does(tmp_path, show):
    lock = PLUGIN / "rrsis_geo_qgis" / "packages" / "cpu.txt"
    wheels = tmp_path / "wheels"
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    options = ["--require-hashes", "--only-binary=:all:", "--dest", str(wheels)]
    subprocess.run([*fetch, *options, "--requirement", str(lock)], check=True)

    told = press_set_up(
        tmp_path / "run", settings=rf"install\wheels={wheels}", network=False
    )
    show("First run in QGIS without network", told)

    assert told["condition"] == "ready"
    assert told["fetched_bytes"] == 0
    assert told["answer"][0] == "found", told["answer"]
