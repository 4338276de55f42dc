"""Runs inside QGIS (see `take`): presses Set up, then the demo scene and a question.

The profile is new and no variable names a Python. Prints seconds and bytes.
"""

import os
import time
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
LAST = os.environ.get("SHOTS_LAST", "answered")
"""Step after which the script ends: ready or answered."""
SIZE = (1400, 875)
QUALITY = 70


def report(text):
    """Write a line to the report that `take` reads."""
    with open(WORK / "report.txt", "a", encoding="utf-8") as file:
        file.write(text + "\n")


def until(condition, what, seconds=900):
    """Wait until a condition holds; fail after a timeout."""
    for _ in range(seconds * 20):
        if condition():
            return
        QTest.qWait(50)
    raise AssertionError(f"waited {seconds} s in vain: {what}")


def picture(name):
    """Take a picture of the whole window once the map is drawn."""
    QTest.qWait(300)
    until(lambda: not iface.mapCanvas().isDrawing(), "the map is drawn")
    QTest.qWait(200)
    path = FOLDER / f"qgis-{name}.{KIND}"
    iface.mainWindow().grab().save(str(path), None, QUALITY)
    report(f"{path.name}: {path.stat().st_size // 1000} kB")


def press(button):
    """Press a button with the mouse."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def scenario():
    """Do what a new user does."""
    window = iface.mainWindow()
    window.resize(*SIZE)
    panel = plugins["rrsis_geo_qgis"].show_panel()
    for name in ("Browser", "Browser2"):
        dock = window.findChild(QDockWidget, name)
        if dock is not None:
            dock.hide()
    QApplication.setActiveWindow(window)  # there is no window manager
    setup, box = panel.environment, panel.setup_box
    until(lambda: not setup.busy, "what would be fetched")
    picture("setup")
    report(box.begin_button.text())

    began = time.monotonic()
    press(box.begin_button)
    fetched = []

    def fetching():
        stage = setup.stage
        if stage is not None and stage.fetched:
            fetched.append(stage.fetched)
        return len(fetched) > 3 or not setup.busy

    until(fetching, "bytes that were fetched")
    picture("installing")
    until(lambda: not setup.installing, "the end of the installation", 1500)
    report(f"set up in {time.monotonic() - began:.0f} s: {setup.condition}")
    if setup.notice is not None:
        raise AssertionError(setup.notice.full_text())
    picture("ready")
    if LAST == "ready":
        return

    press(box.demo_button)
    until(lambda: box.questions.isVisible(), "the demo scene")
    picture("demo")
    ended = []
    panel.search.ended.connect(ended.append)
    press(box.questions.layout().itemAt(0).widget())
    until(lambda: ended, "the answer")
    report(f"first polygons after {time.monotonic() - began:.0f} s: {ended[0].text}")
    if ended[0].kind != "found":
        raise AssertionError(ended[0].text)
    report(f"worker {panel._controller.pid}")
    picture("answered")


def go():
    """Run the scenario and quit QGIS in any case."""
    try:
        scenario()
        report("done")
    except Exception:
        report(traceback.format_exc())
        iface.mainWindow().grab().save(str(FOLDER / "qgis-failed.png"))
    finally:
        QgsProject.instance().clear()
        QgsProject.instance().setDirty(False)
        iface.actionExit().trigger()


QTimer.singleShot(1500, go)
