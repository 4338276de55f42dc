"""Runs inside QGIS (see `take`): searches, cancels, searches again, moves the slider.

Every step checks what a user would look at, and takes a picture.
"""

import os
import traceback
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDockWidget
from qgis.utils import iface, plugins
from rrsis_geo_qgis.layers import result_layers

FOLDER = Path(os.environ["SHOTS_FOLDER"])
WORK = Path(os.environ["SHOTS_WORK"])
SCENE = os.environ["SHOTS_SCENE"]
QUERY = os.environ["SHOTS_QUERY"] or "the largest storage tank\nbuildings"
KIND = os.environ.get("SHOTS_KIND", "jpg")
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
    QTest.qWait(400)
    until(lambda: not iface.mapCanvas().isDrawing(), "the map is drawn")
    QTest.qWait(200)
    path = FOLDER / f"qgis-{name}.{KIND}"
    iface.mainWindow().grab().save(str(path), None, QUALITY)
    report(f"{path.name}: {path.stat().st_size // 1000} kB")


def count_partial():
    """Count the features in layers of partial results."""
    return sum(
        layer.featureCount()
        for layer in QgsProject.instance().mapLayers().values()
        if layer.customProperty("rrsis_geo/partial")
    )


def type_lines(box, lines):
    """Type lines on the keyboard, with Return between them."""
    for number, line in enumerate(lines):
        if number:
            QTest.keyClick(box, Qt.Key.Key_Return)
        QTest.keyClicks(box, line)


def check(good, text):
    """Report a result; fail if it is not good."""
    report(text)
    if not good:
        raise AssertionError(text)


def scenario():
    """Do what a new user does."""
    window = iface.mainWindow()
    window.resize(*SIZE)
    scene = iface.addRasterLayer(SCENE, Path(SCENE).stem)
    panel = plugins["rrsis_geo_qgis"].show_panel()
    for name in ("Browser", "Browser2"):
        dock = window.findChild(QDockWidget, name)
        if dock is not None:
            dock.hide()
    QApplication.setActiveWindow(window)  # there is no window manager
    panel.query.edit.setFocus()
    QTest.qWait(500)  # until the docks are laid out
    iface.mapCanvas().setExtent(scene.extent())
    iface.mapCanvas().refresh()
    ended, threshold_changed = [], []
    panel.search.ended.connect(ended.append)
    panel.search.threshold_changed.connect(threshold_changed.append)

    type_lines(panel.query.edit, QUERY.splitlines())
    until(lambda: panel.query.plan_label.text(), "the plan in words")
    picture("asked")

    QTest.mouseClick(panel.run_box.run_button, Qt.MouseButton.LeftButton)
    until(lambda: panel.run_box.bar.value() > 0, "progress")
    QTest.mouseClick(panel.run_box.cancel_button, Qt.MouseButton.LeftButton)
    until(lambda: ended, "the end of a cancelled search")
    check(ended[-1].kind == "cancelled", f"cancelled: {ended[-1].text}")

    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(panel.query.edit, Qt.Key.Key_Return, control)
    until(lambda: count_partial() or len(ended) > 1, "partial results")
    check(len(ended) == 1, f"partial: {count_partial()} polygons")
    picture("running")
    until(lambda: len(ended) > 1, "the end of the search")
    check(ended[-1].kind == "found", f"searched: {ended[-1].text}")
    picture("found")

    panel.results.slider.setValue(85)
    until(lambda: threshold_changed, "polygons at another threshold")
    picture("threshold")
    item = panel.results.tree.topLevelItem(0).child(0)
    panel.results.tree.itemDoubleClicked.emit(item, 0)
    QTest.qWait(2500)  # until the flash has ended
    picture("object")

    (layer, *_) = result_layers.run_layers(panel.results.run)
    layer.startEditing()
    layer.deleteFeature(layer.allFeatureIds()[0])
    threshold_changed.clear()
    panel.results.slider.setValue(70)
    until(lambda: threshold_changed, "polygons beside a layer that is edited")
    check(len(layer.editBuffer().deletedFeatureIds()) == 1, "the edit is still there")
    iface.mapCanvas().setExtent(scene.extent())
    picture("edited")
    layer.rollBack()

    panel.query.edit.setPlainText("swimming pool")
    QTest.mouseClick(panel.run_box.run_button, Qt.MouseButton.LeftButton)
    until(lambda: panel.run_box.bar.value() > 0, "progress of the last search")
    report(f"worker {panel._controller.pid}")
    report("done")  # QGIS quits during this search


def go():
    """Run the scenario and quit QGIS in any case."""
    try:
        scenario()
    except Exception:
        report(traceback.format_exc())
        iface.mainWindow().grab().save(str(FOLDER / "qgis-failed.png"))
    finally:
        QgsProject.instance().setDirty(False)
        iface.actionExit().trigger()


QTimer.singleShot(1500, go)
