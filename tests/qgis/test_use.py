"""Faults found by use: nothing is lost, hidden or left over."""

from pathlib import Path

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsMapToolPan
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QTextCharFormat
from qgis.PyQt.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from rrsis_geo_qgis.core.protocol import Report
from rrsis_geo_qgis.images.bands import named_bands, other_bands
from rrsis_geo_qgis.images.estimate import estimate, remember_rate
from rrsis_geo_qgis.images.georeference import has_place
from rrsis_geo_qgis.images.resolution import is_boundless, tile_resolution
from rrsis_geo_qgis.layers import partial_layers, result_layers
from rrsis_geo_qgis.layers.area import Area
from rrsis_geo_qgis.layers.colours import COLOUR, COLOURS
from rrsis_geo_qgis.panel.area.area_chooser import (
    LAYER,
    RECTANGLE,
    SELECTED,
    VISIBLE,
)
from rrsis_geo_qgis.panel.area.area_tool import OUTLINE
from rrsis_geo_qgis.worker.controller import State


@pytest.fixture
def tiles(tmp_path):
    """A layer of tiles that covers the world, to zoom level 19; no server is asked."""
    place = f"file://{tmp_path}/%7Bz%7D/%7Bx%7D/%7By%7D.png"
    source = f"type=xyz&url={place}&zmax=19&zmin=0"
    layer = QgsRasterLayer(source, "tiles", "wms")
    assert layer.isValid()
    return layer


def polygons(name, *, selected=()):
    layer = QgsVectorLayer("Polygon?crs=EPSG:4326", name, "memory")
    for left in range(3):
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(left, 0, left + 0.5, 1)))
        layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    layer.selectByIds(list(selected))
    return layer


def view(units_per_pixel, centre=(0.0, 0.0)):
    """A map in Web Mercator of 800 x 600 pixels."""
    settings = QgsMapSettings()
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setOutputSize(QSize(800, 600))
    wide, high = 400 * units_per_pixel, 300 * units_per_pixel
    x, y = centre
    settings.setExtent(QgsRectangle(x - wide, y - high, x + wide, y + high))
    return settings


def test_the_slider_works_after_a_cancelled_run(found, until):
    found.ended.clear()
    found.advanced.overlap.setValue(470)
    found.run()
    until(lambda: found.run_box.bar.value() > 0)
    found.cancel()
    until(lambda: found.ended)

    assert found.ended[0].kind == "cancelled"
    assert found.results.run
    assert found.results.slider.isEnabled()


@pytest.mark.parametrize("before", ["none", "hand"])
def test_after_drawing_a_map_tool_is_active(panel, qgis_iface, before):
    canvas = qgis_iface.mapCanvas()
    hand = QgsMapToolPan(canvas) if before == "hand" else None
    canvas.setMapTool(hand) if hand else canvas.unsetMapTool(canvas.mapTool())
    panel.area.choice.setCurrentIndex(RECTANGLE)
    panel.area.choice.activated.emit(RECTANGLE)
    assert canvas.mapTool() is panel.area.tool
    box = panel.tank_yard
    corners = QgsGeometry.fromRect(box).asPolygon()[0][:4]

    panel.area.tool._finish(corners)

    assert panel.area.area().geometry.area() > 0
    if hand:
        assert canvas.mapTool() is hand
    else:
        assert isinstance(canvas.mapTool(), QgsMapToolPan)


def test_every_run_and_question_has_a_colour_of_its_own(panel):
    numbers = []
    for run in ("a", "b", "c"):
        partial_layers.create_group(run, run, 2)
        group = partial_layers.find_group(run, run)
        first = partial_layers.first_colour(group)
        numbers += [first, first + 1]
        for number in (first, first + 1):  # as the layers of the run
            layer = QgsVectorLayer("Polygon", run, "memory")
            layer.setCustomProperty(COLOUR, number)
            QgsProject.instance().addMapLayer(layer, False)
            group.addLayer(layer)

    assert len({number % len(COLOURS) for number in numbers}) == 6
    assert (OUTLINE.red(), OUTLINE.green(), OUTLINE.blue()) not in COLOURS


def test_selected_features_keep_their_layer(found):
    fields = polygons("fields", selected=[1])
    other = polygons("other")
    found.area.select_layer(fields)
    found.area.choice.setCurrentIndex(SELECTED)
    (result,) = result_layers.run_layers(found.ended[-1].run)
    result.selectAll()

    for clicked in (other, result, found.scene, None):
        found.area.select_layer(clicked)

    assert found.area.area().geometry.area() == pytest.approx(0.5)
    other.selectByIds([1, 2])
    found.area.select_layer(other)
    assert found.area.area().geometry.area() == pytest.approx(1.0)


def test_only_a_raster_becomes_the_searched_layer(panel, qgis_iface, inputs):
    fields = polygons("fields", selected=[1])
    other = QgsRasterLayer(str(inputs / "demo.tif"), "another", "gdal")
    QgsProject.instance().addMapLayer(other)

    panel._active_layer_changed(other)
    assert panel.layer.currentLayer() is other
    for clicked in (fields, None):
        qgis_iface.currentLayerChanged.emit(clicked)
        panel._active_layer_changed(clicked)

    assert panel.layer.currentLayer() is other


def test_a_layer_without_polygons_is_never_that_of_the_selection(panel):
    fields = polygons("fields", selected=[1])
    panel.area.select_layer(fields)
    panel.area.choice.setCurrentIndex(SELECTED)
    points = QgsVectorLayer("Point?crs=EPSG:4326", "points", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromWkt("Point(1 1)"))
    points.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(points)
    points.selectAll()

    panel.area.select_layer(points)

    assert panel.area.area().geometry.area() == pytest.approx(0.5)


def test_a_layer_with_a_selection_is_preferred(found):
    polygons("a first one")
    polygons("fields", selected=[2])
    found.area.choice.setCurrentIndex(SELECTED)

    assert found.area.area().geometry.area() == pytest.approx(0.5)


def test_the_whole_layer_is_not_offered_where_it_is_the_world(panel, tiles):
    QgsProject.instance().addMapLayer(tiles)
    assert panel.area.choice.currentIndex() == LAYER
    panel.layer.setLayer(tiles)

    assert is_boundless(tiles)
    assert not is_boundless(panel.scene)
    assert not panel.area.choice.model().item(LAYER).isEnabled()
    assert panel.area.choice.currentIndex() == VISIBLE

    panel.layer.setLayer(panel.scene)
    assert panel.area.choice.model().item(LAYER).isEnabled()


@pytest.mark.parametrize(
    ("units_per_pixel", "expected"),
    [
        (0.3, 0.2986),  # level 19
        (0.6, 0.5972),  # level 18
        (0.05, 0.2986),  # finer than the finest level
        (50, 1.5),  # the coarsest that the weights can read
    ],
)
def test_tiles_are_read_as_the_map_shows_them(tiles, units_per_pixel, expected):
    found = tile_resolution(tiles, view(units_per_pixel), (0.15, 1.5))

    assert found == pytest.approx(expected, rel=0.02)


def test_tiles_far_from_the_equator_are_finer_on_the_ground(tiles):
    place = (0.0, 8_399_738.0)  # 60 degrees north, where metres are half as long
    found = tile_resolution(tiles, view(0.6, place), (0.15, 1.5))

    assert found == pytest.approx(0.2986, rel=0.02)


def test_the_resolution_is_said_and_used(panel, tiles, qgis_iface):
    QgsProject.instance().addMapLayer(tiles)
    panel.layer.setLayer(tiles)
    notes = panel.layer_notes

    assert notes.gsd
    assert f"{notes.gsd:g}" in notes.resolution.text()
    assert panel._request().tile_gsd == notes.gsd
    panel.advanced.gsd.setValue(0.7)
    assert notes.resolution.isHidden()
    assert panel._request().tile_gsd is None
    assert panel._request().options["gsd"] == 0.7
    panel.layer.setLayer(panel.scene)
    assert notes.gsd is None


def test_a_picture_without_a_place_leads_to_the_georeferencer(
    panel, inputs, tmp_path, messages
):
    from osgeo import gdal

    path = str(tmp_path / "picture.jpg")
    gdal.Translate(path, str(inputs / "demo.tif"), format="JPEG", noData="none")
    for side in tmp_path.glob("picture.*"):
        if side.suffix != ".jpg":
            side.unlink()
    picture = QgsRasterLayer(path, "picture", "gdal")
    assert picture.isValid()
    picture.setCrs(QgsCoordinateReferenceSystem("EPSG:32633"))
    QgsProject.instance().addMapLayer(picture)
    panel.layer.setLayer(picture)

    assert not has_place(picture)
    assert has_place(panel.scene)
    panel.run()

    ((_, text),) = messages()
    assert "Georeferencer" in text
    assert "--" not in text
    assert not panel.run_box.offer_button.isHidden()


def test_other_bands_on_the_map_are_said(panel):
    assert other_bands(panel.scene) == ""
    red, green, blue = named_bands(panel.scene) or (1, 2, 3)
    renderer = panel.scene.renderer().clone()
    renderer.setRedBand(blue)
    renderer.setBlueBand(red)
    panel.scene.setRenderer(renderer)

    note = panel.layer_notes.bands
    assert not note.isHidden()
    assert f"{blue}, {green}, {red}" in note.text()
    note.linkActivated.emit("#")
    assert panel.advanced.displayed.isChecked()
    assert panel._request().options["bands"] == (blue, green, red)


def test_numbers_have_few_digits_and_the_key_is_hidden(found):
    (layer,) = result_layers.run_layers(found.ended[-1].run)
    fields = layer.fields()
    score = layer.editorWidgetSetup(fields.indexOf("score"))
    assert score.type() == "Range"
    assert score.config()["Precision"] == 2
    hidden = {
        column.name
        for column in layer.attributeTableConfig().columns()
        if column.hidden and column.name  # that of actions has none
    }
    assert hidden == {"fid"}
    assert "id" in fields.names()


def test_a_new_project_shows_nothing_of_the_old_one(found, qgis_new_project):
    QgsProject.instance().clear()

    assert found.results.run == ""
    assert found.results.objects.table.rowCount() == 0
    assert found.results.folder_button.isHidden()
    assert not found.results.slider.isEnabled()


def test_a_new_project_says_nothing_of_a_threshold_on_its_way(found, until):
    changed = []
    found.search.threshold_changed.connect(changed.append)
    found.results.slider.setValue(97)
    until(lambda: found.search._threshold._change is not None)

    QgsProject.instance().clear()
    until(lambda: found.search._threshold._change is None)
    until(lambda: not found._controller.busy)

    assert changed == []
    assert found.run_box.status.text() == ""


def test_the_folder_of_the_run_is_shown(found):
    run = Path(found.ended[-1].run)
    button = found.results.folder_button

    assert not button.isHidden()
    assert run.name in button.text()
    assert button.toolTip() == str(run)


def explained(expression, *notes):
    row = {"expression": expression, "words": "find it", "notes": list(notes)}
    return Report(text="", payload={"questions": [row]})


def test_the_plan_is_never_that_of_another_question(panel):
    panel.query.edit.setPlainText("zebra")
    panel._show_report(
        "explain", explained("zebra", 'these weights do not know "zebra"')
    )
    assert "find it" in panel.query.plan_label.text()
    (mark,) = panel.query.edit.extraSelections()
    wave = QTextCharFormat.UnderlineStyle.WaveUnderline
    assert mark.cursor.selectedText() == "zebra"
    assert mark.format.underlineStyle() == wave
    assert "zebra" in mark.format.toolTip()

    panel.query.edit.setPlainText("storage tank")

    assert panel.query.plan_label.text() == ""
    assert not panel.query.edit.extraSelections()
    panel._show_report("explain", explained("zebra"))  # an answer that is late
    assert panel.query.plan_label.text() == ""


def test_known_things_are_listed_searched_and_taken_over(panel, until):
    panel.options.weights.setEditText("default")
    panel.show_known()
    known = panel._known
    until(lambda: known.tree.topLevelItemCount())

    names = [
        known.tree.topLevelItem(0).child(row).text(0)
        for row in range(known.tree.topLevelItem(0).childCount())
    ]
    known.search.setText("tank")
    shown = [
        known.tree.topLevelItem(0).child(row)
        for row in range(len(names))
        if not known.tree.topLevelItem(0).child(row).isHidden()
    ]
    assert [item.text(0) for item in shown] == ["storage tank"]
    known.tree.setCurrentItem(shown[0])
    known.take()
    assert panel.query.text == "storage tank"
    assert panel.options.entry()["licence"] in known.title.text()


def test_windows_and_time_are_told_before_the_run(panel, until):
    work = panel.layer_notes.work
    assert "windows" in work.text()
    remember_rate(100, 1, 50.0)
    panel.area.choice.setCurrentIndex(RECTANGLE)
    area = Area(QgsGeometry.fromRect(panel.tank_yard), panel.scene.crs())
    panel.area.tool.drawn.emit(area)
    until(lambda: ", " in work.text())
    few = estimate(
        panel.scene, area, gsd=None, limits=(0.15, 1.5), overlap=96, questions=1
    )
    many = estimate(
        panel.scene, None, gsd=None, limits=(0.15, 1.5), overlap=96, questions=1
    )

    assert 1 <= few.windows < many.windows
    assert few.seconds == pytest.approx(few.windows / 2)


def test_the_estimate_is_what_the_worker_counts(panel, until):
    started = []
    panel._controller.started.connect(started.append)
    panel.run()
    until(lambda: started)
    panel.cancel()
    until(lambda: panel.ended)
    work = estimate(
        panel.scene, None, gsd=None, limits=(0.15, 1.5), overlap=96, questions=1
    )

    assert work.windows == pytest.approx(started[0].windows, rel=0.3)


def test_the_panels_keys_work_after_a_search_was_cancelled(panel, qtbot):
    """A disabled button would give its focus to any other widget of QGIS."""
    window = QWidget()
    other = QPushButton("elsewhere", window)
    box = QVBoxLayout(window)
    box.addWidget(other)
    box.addWidget(panel.run_box)
    qtbot.addWidget(window)
    window.show()
    QApplication.setActiveWindow(window)
    run, cancel = panel.run_box.run_button, panel.run_box.cancel_button
    run.setFocus()
    assert run.hasFocus()
    panel.run_box.show_state(State.RUNNING)
    assert cancel.hasFocus()
    panel.run_box.show_state(State.CANCELLING)
    assert panel.run_box.hasFocus()
    panel.run_box.show_state(State.IDLE)
    assert run.hasFocus()
    other.setFocus()
    panel.run_box.show_state(State.RUNNING)
    assert other.hasFocus()
