"""Every name of Qt and QGIS that the plugin uses exists, in Qt 5 and in Qt 6."""

import os
import subprocess
from pathlib import Path

import pytest
import qgis.PyQt
from rrsis_geo_qgis import __file__ as inside

SCRIPT = Path(__file__).with_name("qt_names.py")
PLUGINS = Path(inside).parents[1]
SYSTEM = "/usr/bin/python3"
QT6 = os.environ.get("RRSIS_GEO_PYQT6", "")


def look_up(python, *words):
    """Run the script with an interpreter in isolated mode; return its output."""
    done = subprocess.run(
        [python, "-I", str(SCRIPT), *map(str, words)],
        env={"QT_QPA_PLATFORM": "offscreen", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_under_the_qt_of_this_qgis():
    assert look_up(SYSTEM, PLUGINS).startswith("Qt 5.")


def test_under_qt_6_behind_the_shim_of_qgis():
    if not Path(QT6).is_file():
        pytest.skip("no RRSIS_GEO_PYQT6: an interpreter with PyQt6")
    assert look_up(QT6, PLUGINS, Path(qgis.PyQt.__file__).parent).startswith("Qt 6.")


@pytest.mark.parametrize(
    ("code", "lost"),
    [
        (
            "from qgis.PyQt.QtCore import Qt\n\ndef f():\n    return Qt.AlignTop",
            "Qt.AlignTop",
        ),
        ("from qgis.PyQt.QtCore import QRegExp", "qgis.PyQt.QtCore.QRegExp"),
    ],
)
def test_names_that_qt_6_lacks_are_found(tmp_path, code, lost):
    if not Path(QT6).is_file():
        pytest.skip("no RRSIS_GEO_PYQT6: an interpreter with PyQt6")
    package = tmp_path / "rrsis_geo_qgis"
    package.mkdir()
    (package / "__init__.py").write_text(
        f"def g():\n    {code.replace(chr(10), chr(10) + '    ')}\n"
    )
    with pytest.raises(AssertionError, match=lost):
        look_up(QT6, tmp_path, Path(qgis.PyQt.__file__).parent)
