"""Runs inside QGIS (see `take`): asks, then reviews the objects with keys and tools.

Every step checks what a user would look at. WIDTH is the width of the panel in pixels.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, os.environ["SHOTS_CODE"])
from operate import begin, check, open_panel, picture, press, until
from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.utils import iface
from rrsis_geo_qgis.layers import result_layers
from rrsis_geo_qgis.review import exports, states

SCENE = os.environ["SHOTS_SCENE"]
QUERY = os.environ["SHOTS_QUERY"] or "building"
WIDTH = int(os.environ.get("SHOTS_WIDTH", "330"))


def place(x, y):
    """Return the pixel of the map at map coordinates."""
    at = iface.mapCanvas().getCoordinateTransform().transform(x, y)
    return QPoint(round(at.x()), round(at.y()))


def click(x, y, button=Qt.MouseButton.LeftButton):
    """Click on the map."""
    view = iface.mapCanvas().viewport()
    QTest.mouseMove(view, place(x, y))
    QTest.mouseClick(view, button, pos=place(x, y))
    QTest.qWait(60)


def key(widget, name):
    """Press a key."""
    QTest.keyClick(widget, name)
    QTest.qWait(30)


def scenario():
    """Review what was found, as an analyst does."""
    scene = iface.addRasterLayer(SCENE, Path(SCENE).stem)
    panel = open_panel()
    window = iface.mainWindow()
    window.resizeDocks([panel], [WIDTH], Qt.Orientation.Horizontal)
    canvas = iface.mapCanvas()
    canvas.setExtent(scene.extent())
    QTest.qWait(500)
    panel.query.edit.setPlainText(QUERY)
    ended = []
    panel.search.ended.connect(ended.append)
    press(panel.run_box.run_button)
    until(lambda: ended, "the end of the search")
    check(ended[-1].kind == "found", f"searched: {ended[-1].text}")
    results = panel.results
    objects, review = results.objects, results.review
    until(lambda: objects.table.rowCount(), "objects in the list")
    (layer,) = result_layers.run_layers(results.run)
    content = panel.widget().layout().itemAt(0).widget()
    content.ensureWidgetVisible(review.colours)
    picture("objects")

    objects.setFocus()
    for count in range(min(30, objects.table.rowCount() - 4)):
        key(objects, Qt.Key.Key_N)
        key(objects, Qt.Key.Key_R if count % 5 == 0 else Qt.Key.Key_K)
    decided = [states.state_of(one[states.FIELD]) for one in layer.getFeatures()]
    check(
        decided.count(states.REJECTED) > 0 and decided.count(states.KEPT) > 3,
        f"kept {decided.count(states.KEPT)}, rejected {decided.count(states.REJECTED)}",
    )
    canvas.setExtent(scene.extent())
    picture("reviewed")

    before = decided.count(states.KEPT)
    key(objects, Qt.Key.Key_U)
    decided = [states.state_of(one[states.FIELD]) for one in layer.getFeatures()]
    check(decided.count(states.KEPT) != before or before, "undone")

    middle, step = scene.extent().center(), scene.extent().width() / 60
    canvas.zoomToFeatureIds(layer, [layer.allFeatureIds()[0]])
    canvas.zoomByFactor(6)
    until(lambda: not canvas.isDrawing(), "the map is drawn")
    middle, step = canvas.extent().center(), canvas.extent().width() / 12
    count = layer.featureCount()
    review._use("actionAddFeature")()
    left, low = middle.x() + 2 * step, middle.y() + 2 * step
    for x, y in ((0, 0), (step, 0), (step, step), (0, step)):
        click(left + x, low + y)
    click(left, low + step, Qt.MouseButton.RightButton)
    until(lambda: layer.featureCount() == count + 1, "the drawn object", 20)
    drawn = min(layer.editBuffer().addedFeatures())
    check(layer.getFeature(drawn)[states.FIELD] == states.DRAWN, "drawn")

    layer.selectByIds([drawn])
    review._use("actionSplitFeatures")()
    click(left + step / 2, low - step / 2)
    click(left + step / 2, low + 1.5 * step)
    click(left + step / 2, low + 1.5 * step, Qt.MouseButton.RightButton)
    until(lambda: layer.featureCount() == count + 2, "two parts", 20)
    check(True, "cut in two")

    parts = sorted(layer.editBuffer().addedFeatures())[:2]
    until(lambda: not objects.table.loading, "the list")
    QTest.qWait(400)
    objects.select([(layer.id(), number) for number in parts])
    review.merge()
    check(layer.featureCount() == count + 1, "merged again")
    picture("drawn")

    press(review.save_button)
    check(not layer.isModified(), "saved")
    target = QgsVectorLayer("Polygon?crs=EPSG:4326", "mine", "memory")
    QgsProject.instance().addMapLayer(target)
    added = exports.add_to(layer, target)
    check(added == len(states.accepted_ids(layer)), f"added {added} to another layer")
    target.commitChanges()
    review.finish_view()
    check(not exports.reviewed_area(layer).isEmpty(), "the area is reviewed")

    changed = []
    panel.search.threshold_changed.connect(changed.append)
    kept = {one["id"]: one.geometry().asWkt() for one in layer.getFeatures()}
    results.slider.setValue(85)
    until(lambda: changed, "another threshold")
    now = {one["id"]: one.geometry().asWkt() for one in layer.getFeatures()}
    check(now == kept, "the reviewed layer stays as it is")
    target.setCustomProperty("skipMemoryLayersCheck", 1)


begin(scenario)
