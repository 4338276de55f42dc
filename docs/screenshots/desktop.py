"""Runs inside QGIS (see `take`): asks, cancels, asks again, moves the slider.

Every step checks what a person would look for, and the pictures are taken on the way.
"""

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
SCENE = os.environ["SHOTS_SCENE"]
QUERY = os.environ["SHOTS_QUERY"] or "the largest storage tank\nbuildings"
KIND = os.environ.get("SHOTS_KIND", "jpg")
SIZE = (1400, 875)
QUALITY = 70


def report(text):
    """Keep a line where `take` finds it."""
    with open(WORK / "report.txt", "a", encoding="utf-8") as file:
        file.write(text + "\n")


def until(condition, what, seconds=900):
    """Wait for something that must happen."""
    for _ in range(seconds * 20):
        if condition():
            return
        QTest.qWait(50)
    raise AssertionError(f"waited {seconds} s in vain: {what}")


def picture(name):
    """Of the whole window, once the map is drawn."""
    QTest.qWait(400)
    until(lambda: not iface.mapCanvas().isDrawing(), "the map is drawn")
    QTest.qWait(200)
    path = FOLDER / f"qgis-{name}.{KIND}"
    iface.mainWindow().grab().save(str(path), None, QUALITY)
    report(f"{path.name}: {path.stat().st_size // 1000} kB")


def polygons_on_the_way():
    """Features of the layers of an unfinished search."""
    return sum(
        layer.featureCount()
        for layer in QgsProject.instance().mapLayers().values()
        if layer.customProperty("rrsis_geo/partial")
    )


def type_lines(box, lines):
    """As on a keyboard, with Return between the lines."""
    for number, line in enumerate(lines):
        if number:
            QTest.keyClick(box, Qt.Key.Key_Return)
        QTest.keyClicks(box, line)


def check(good, text):
    """Say what was found, and stop where it is wrong."""
    report(text)
    if not good:
        raise AssertionError(text)


def scenario():
    """What a user does on the first day."""
    window = iface.mainWindow()
    window.resize(*SIZE)
    layer = iface.addRasterLayer(SCENE, Path(SCENE).stem)
    panel = plugins["rrsis_geo_qgis"].show_panel()
    for name in ("Browser", "Browser2"):
        dock = window.findChild(QDockWidget, name)
        if dock is not None:
            dock.hide()
    QApplication.setActiveWindow(window)  # no window manager does it here
    panel.query.edit.setFocus()
    QTest.qWait(500)  # the docks find their places
    iface.mapCanvas().setExtent(layer.extent())
    iface.mapCanvas().refresh()
    ended, threshold_changed = [], []
    panel.search.ended.connect(ended.append)
    panel.search.threshold_changed.connect(threshold_changed.append)

    type_lines(panel.query.edit, QUERY.splitlines())
    until(lambda: panel.query.plan, "the plan in words")
    picture("asked")

    QTest.mouseClick(panel.run_box.run_button, Qt.MouseButton.LeftButton)
    until(lambda: panel.run_box.bar.value() > 0, "progress")
    QTest.mouseClick(panel.run_box.cancel_button, Qt.MouseButton.LeftButton)
    until(lambda: ended, "the end of a cancelled search")
    check(ended[-1].kind == "cancelled", f"cancelled: {ended[-1].text}")

    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(panel.query.edit, Qt.Key.Key_Return, control)
    until(lambda: polygons_on_the_way() or len(ended) > 1, "polygons on the way")
    check(len(ended) == 1, f"on the way: {polygons_on_the_way()} polygons")
    picture("running")
    until(lambda: len(ended) > 1, "the end of the search")
    check(ended[-1].kind == "found", f"searched: {ended[-1].text}")
    picture("found")

    panel.results.slider.setValue(85)
    until(lambda: threshold_changed, "polygons at another threshold")
    picture("threshold")
    item = panel.results.tree.topLevelItem(0).child(0)
    panel.results.tree.itemDoubleClicked.emit(item, 0)
    QTest.qWait(2500)  # the flash is over
    picture("object")

    panel.query.edit.setPlainText("swimming pool")
    QTest.mouseClick(panel.run_box.run_button, Qt.MouseButton.LeftButton)
    until(lambda: panel.run_box.bar.value() > 0, "progress of the last search")
    report(f"worker {panel.search.worker}")
    report("done")  # and QGIS quits in the middle of it


def go():
    """Run, and leave QGIS whatever happens."""
    try:
        scenario()
    except Exception:
        report(traceback.format_exc())
        iface.mainWindow().grab().save(str(FOLDER / "qgis-failed.png"))
    finally:
        QgsProject.instance().setDirty(False)
        iface.actionExit().trigger()


QTimer.singleShot(1500, go)
