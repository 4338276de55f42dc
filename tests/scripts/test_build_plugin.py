"""The zip of the plugin: complete, reproducible, refused if a check fails."""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import rrsis_geo

ROOT = Path(__file__).resolve().parents[2]

CORE = ("errors.py", "job.py", "job_texts.py", "protocol.py", "version.py")
"""Files of the package that the plugin holds."""


def build(root, folder, wheel=None):
    """Run the script of a checkout; it builds the wheel if none is given."""
    script = str(root / "scripts" / "build_plugin")
    made = [] if wheel is None else ["--wheel", str(wheel)]
    return subprocess.run(
        [sys.executable, script, "--folder", folder, *made],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A file in place of the wheel, whose making takes seconds."""
    name = f"rrsis_geo-{rrsis_geo.__version__}-py3-none-any.whl"
    path = tmp_path_factory.mktemp("wheel") / name
    path.write_bytes(b"not looked into")
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory, wheel):
    """Folder with the plugin's folder and its zips."""
    folder = tmp_path_factory.mktemp("built")
    done = build(ROOT, str(folder), wheel)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def checkout(tmp_path):
    """Path of a copy of the files that the build reads, to be changed."""
    root = tmp_path / "checkout"
    for name in ("scripts", "qgis_plugin"):
        shutil.copytree(ROOT / name, root / name)
    (root / "rrsis_geo").mkdir()
    for name in ("__init__.py", *CORE):
        shutil.copy(ROOT / "rrsis_geo" / name, root / "rrsis_geo")
    for name in ("metadata.txt", "LICENSE"):
        shutil.copy(ROOT / name, root)
    return root


def test_the_zip_contains_the_folder(built):
    folder = built / "rrsis_geo_qgis"
    there = {
        path.relative_to(built).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    with zipfile.ZipFile(built / "rrsis_geo_qgis.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(there)
        assert {name: archive.read(name) for name in there} == there


def test_the_small_zip_lacks_the_wheel_alone(built, wheel):
    with zipfile.ZipFile(built / "rrsis_geo_qgis_small.zip") as archive:
        small = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(built / "rrsis_geo_qgis.zip") as archive:
        large = {name: archive.read(name) for name in archive.namelist()}

    inside = large.pop(f"rrsis_geo_qgis/wheel/{wheel.name}")
    assert large == small
    digest = hashlib.sha256(inside).hexdigest()
    pinned = small["rrsis_geo_qgis/packages/wheel.txt"].decode()
    assert pinned.split() == [digest, wheel.name]


def test_the_wheel_has_the_same_bytes_each_time(tmp_path):
    for folder in ("one", "two"):
        done = build(ROOT, str(tmp_path / folder))
        assert done.returncode == 0, done.stderr
    one, two = (next((tmp_path / name).glob("*.whl")) for name in ("one", "two"))

    assert one.read_bytes() == two.read_bytes()
    inside = tmp_path / "one" / "rrsis_geo_qgis" / "wheel" / one.name
    assert inside.read_bytes() == one.read_bytes()
    with zipfile.ZipFile(one) as packed:
        names = packed.namelist()
    assert "rrsis_geo/weights/btd-mobile.safetensors" in names
    assert "rrsis_geo_cli/main.py" in names


def test_the_core_files_equal_those_of_the_package(built):
    core = built / "rrsis_geo_qgis" / "core"
    for name in CORE:
        assert (core / name).read_bytes() == (ROOT / "rrsis_geo" / name).read_bytes()
    assert {path.name for path in core.iterdir()} == {
        *("__init__.py", *CORE, "LICENSE")
    }


def test_the_core_works_without_the_package(built):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from rrsis_geo_qgis.core.protocol import Hello, encode;"
        "import rrsis_geo_qgis.core.job;"
        "print(encode(Hello()), sorted(m for m in sys.modules if 'rrsis_geo' in m))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(built)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f'"version": "{rrsis_geo.__version__}"' in done.stdout
    assert "'rrsis_geo'" not in done.stdout


def test_the_same_sources_give_the_same_bytes(built, checkout, tmp_path, wheel):
    for path in checkout.rglob("*"):
        path.touch()
    again = tmp_path / "again"
    assert build(checkout, str(again), wheel).returncode == 0
    name = "rrsis_geo_qgis.zip"
    assert (again / name).read_bytes() == (built / name).read_bytes()


def test_files_of_an_earlier_build_are_removed(checkout, tmp_path, wheel):
    folder = tmp_path / "out"
    (folder / "rrsis_geo_qgis").mkdir(parents=True)
    (folder / "rrsis_geo_qgis" / "stale.py").write_text("")
    assert build(checkout, str(folder), wheel).returncode == 0
    assert not (folder / "rrsis_geo_qgis" / "stale.py").exists()


BAD_CODE = {
    "import PyQt5.QtCore": "imports PyQt5.QtCore",
    "from PyQt6.QtCore import Qt": "imports PyQt6.QtCore",
    "import torch": "imports torch",
    "import numpy as np": "imports numpy",
    "from rrsis_geo.job import SegmentJob": "imports rrsis_geo.job",
    "import rrsis_geo_qgis.core": "imports rrsis_geo_qgis.core",
    "side = Qt.RightDockWidgetArea": "Qt.RightDockWidgetArea has no scope",
    "ok = QDialog.Accepted": "QDialog.Accepted has no scope",
    "ok = QtWidgets.QDialog.Accepted": "QDialog.Accepted has no scope",
    "level = Qgis.Warning": "Qgis.Warning has no scope",
    "kind = QgsProcessing.TypeVectorPolygon": "TypeVectorPolygon has no scope",
    "flags = Qt.AlignLeft | Qt.AlignmentFlag.AlignTop": "Qt.AlignLeft has no scope",
    "kind = QVariant.Type.String": "QVariant.Type is gone in Qt 6",
    "dialog.exec_()": "exec_ is gone in Qt 6",
    "match a:\n    case 1: pass": "not Python (3, 9)",
    "def f(:": "not Python (3, 9)",
}


@pytest.mark.parametrize("code", BAD_CODE, ids=range(len(BAD_CODE)))
def test_incompatible_code_stops_the_build(checkout, tmp_path, code):
    (checkout / "qgis_plugin" / "spoiled.py").write_text(code)
    done = build(checkout, str(tmp_path / "out"))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: spoiled.py: ")
    assert BAD_CODE[code] in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out" / "rrsis_geo_qgis.zip").exists()


GOOD_CODE = """
from __future__ import annotations
import json
from qgis.core import Qgis, QgsProject
from qgis.PyQt.QtCore import QObject, Qt, QVariant
from qgis.PyQt.QtWidgets import QDialog
from .core.job import SegmentJob
def shown(self, code: QDialog.DialogCode) -> Qt.AlignmentFlag:
    QgsProject.instance()
    text = QVariant.String
    if code == QDialog.DialogCode.Accepted:
        return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    return Qgis.MessageLevel(1)
"""


def test_good_code_passes(checkout, tmp_path, wheel):
    (checkout / "qgis_plugin" / "fine.py").write_text(GOOD_CODE)
    done = build(checkout, str(tmp_path / "out"), wheel)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Bild\N{LATIN SMALL LETTER U WITH DIAERESIS}.svg", "ASCII"),
        ("with space.svg", "ASCII"),
        ("native.so", "does not need"),
        ("picture.png", "does not need"),
        ("archive.zip", "does not need"),
        ("NOTES", "no known kind"),
    ],
)
def test_disallowed_files_stop_the_build(checkout, tmp_path, name, part):
    (checkout / "qgis_plugin" / name).write_bytes(b"1")
    done = build(checkout, str(tmp_path / "out"))
    assert done.returncode == 1
    assert part in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("qgisMinimumVersion=3.22", "qgisMinimumVersion=3.40", "not 3.22"),
        ("qgisMaximumVersion=4.99\n", "", "qgisMaximumVersion is missing"),
        ("hasProcessingProvider=yes", "hasProcessingProvider=no", "not yes"),
        ("icon=icon.svg", "icon=lost.svg", "no icon lost.svg"),
        (f"version={rrsis_geo.__version__}", "version=0.0.1", "version is 0.0.1"),
        ("tracker=https", "tracker=http", "no https address"),
        ("[general]", "[genera]", "cannot be read"),
        ("about=", "author=", "cannot be read"),  # twice
    ],
    ids=lambda text: text.split("=")[0].strip() or "gone",
)
def test_incomplete_metadata_stops_the_build(checkout, tmp_path, old, new, part):
    path = checkout / "metadata.txt"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = build(checkout, str(tmp_path / "out"))
    assert done.returncode == 1
    assert part in done.stderr


def test_too_large_a_zip_stops_the_build(checkout, tmp_path, wheel):
    import random

    noise = random.Random(0).randbytes(2_100_000)
    (checkout / "qgis_plugin" / "icon2.svg").write_bytes(noise)
    done = build(checkout, str(tmp_path / "out"), wheel)
    assert done.returncode == 1
    assert "too many" in done.stderr
