"""Helpers of the scripts that operate a real QGIS (see `take`)."""

import os
import traceback
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDockWidget
from qgis.utils import iface, plugins

FOLDER = Path(os.environ["SHOTS_FOLDER"])
WORK = Path(os.environ["SHOTS_WORK"])
KIND = os.environ.get("SHOTS_KIND", "jpg")
PREFIX = os.environ.get("SHOTS_PREFIX", "qgis-")
SIZE = (1400, 875)
QUALITY = 70


def report(text):
    """Write a line to the report that `take` reads."""
    with open(WORK / "report.txt", "a", encoding="utf-8") as file:
        file.write(text + "\n")


def check(good, text):
    """Report a result; fail if it is not good."""
    report(text)
    if not good:
        raise AssertionError(text)


def until(condition, what, seconds=900):
    """Wait until a condition holds; fail after a timeout."""
    for _ in range(seconds * 20):
        if condition():
            return
        QTest.qWait(50)
    raise AssertionError(f"waited {seconds} s in vain: {what}")


def picture(name):
    """Take a picture of the whole window once the map is drawn."""
    QTest.qWait(400)
    until(lambda: not iface.mapCanvas().isDrawing(), "the map is drawn")
    QTest.qWait(200)
    path = FOLDER / f"{PREFIX}{name}.{KIND}"
    iface.mainWindow().grab().save(str(path), None, QUALITY)
    report(f"{path.name}: {path.stat().st_size // 1000} kB")


def press(button):
    """Press a button with the mouse."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def type_lines(box, lines):
    """Type lines on the keyboard, with Return between them."""
    for number, line in enumerate(lines):
        if number:
            QTest.keyClick(box, Qt.Key.Key_Return)
        QTest.keyClicks(box, line)


def open_panel():
    """Open the panel in a window without the browser of QGIS."""
    window = iface.mainWindow()
    window.resize(*SIZE)
    panel = plugins["rrsis_geo_qgis"].show_panel()
    for name in ("Browser", "Browser2"):
        dock = window.findChild(QDockWidget, name)
        if dock is not None:
            dock.hide()
    QApplication.setActiveWindow(window)  # there is no window manager
    return panel


def begin(scenario):
    """Run a scenario once QGIS is open, and quit QGIS in any case."""

    def go():
        iface.messageBar().clearWidgets()  # QGIS tells of fonts that it misses
        try:
            scenario()
            report("done")
        except Exception:
            report(traceback.format_exc())
            iface.mainWindow().grab().save(str(FOLDER / f"{PREFIX}failed.png"))
        finally:
            for layer in QgsProject.instance().mapLayers().values():
                if hasattr(layer, "rollBack"):
                    layer.rollBack()  # else QGIS asks
            QgsProject.instance().setDirty(False)
            iface.actionExit().trigger()

    QTimer.singleShot(1500, go)
