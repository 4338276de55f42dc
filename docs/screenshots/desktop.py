"""Runs inside QGIS (see `take`): searches, cancels, searches again, moves the slider.

Every step checks what a user would look at, and takes a picture.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, os.environ["SHOTS_CODE"])
from operate import begin, check, open_panel, picture, report, type_lines, until
from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.utils import iface
from rrsis_geo_qgis.layers import result_layers

SCENE = os.environ["SHOTS_SCENE"]
QUERY = os.environ["SHOTS_QUERY"] or "the largest storage tank\nbuildings"


def count_partial():
    """Count the features in layers of partial results."""
    return sum(
        layer.featureCount()
        for layer in QgsProject.instance().mapLayers().values()
        if layer.customProperty("rrsis_geo/partial")
    )


def scenario():
    """Do what a new user does."""
    scene = iface.addRasterLayer(SCENE, Path(SCENE).stem)
    panel = open_panel()
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
    objects = panel.results.objects
    until(lambda: objects.table.rowCount(), "objects in the list")
    objects.zoom_to(objects.table.index(0, 0))
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
    # QGIS quits during this search


begin(scenario)
