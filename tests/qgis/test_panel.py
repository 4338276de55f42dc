import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from rrsis_geo_qgis.core.job import SegmentOptions
from rrsis_geo_qgis.layers import partial_layers, result_layers
from rrsis_geo_qgis.layers.area import Area
from rrsis_geo_qgis.layers.content import content_hash
from rrsis_geo_qgis.layers.threshold_layers import (
    ThresholdFile,
    show_polygons,
    source_file,
)
from rrsis_geo_qgis.panel.area.area_chooser import POLYGON, RECTANGLE, SELECTED, VISIBLE
from rrsis_geo_qgis.panel.question import history


def draw(panel, rectangle):
    """Set the area that a user would draw on the map."""
    panel.area.choice.setCurrentIndex(RECTANGLE)
    area = Area(QgsGeometry.fromRect(rectangle), panel.scene.crs())
    panel.area.tool.drawn.emit(area)


def content(layer):
    return [
        (feature.geometry().asWkb().data(), feature.attributes())
        for feature in layer.getFeatures()
    ]


def layers_of_run(panel):
    return result_layers.run_layers(panel.ended[-1].run)


def test_what_is_found_lies_on_the_tanks(panel, inputs, finished, until):
    panel.options.weights.setEditText("default")
    draw(panel, panel.tank_yard)
    panel.run()
    until(lambda: panel.ended)

    (outcome,) = panel.ended
    assert outcome.kind == "found"
    (layer,) = layers_of_run(panel)
    labels = QgsVectorLayer(str(inputs / "demo-labels.gpkg"), "labels", "ogr")
    tanks = [
        feature.geometry()
        for feature in labels.getFeatures()
        if feature["class"] == "storage_tank"
    ]
    inside = QgsGeometry.fromRect(panel.tank_yard)
    wanted = [tank for tank in tanks if inside.contains(tank)]
    shapes = [feature.geometry() for feature in layer.getFeatures()]
    hit = [
        tank
        for tank in wanted
        if any(
            shape.intersection(tank).area() > 0.5 * shape.combine(tank).area()
            for shape in shapes
        )
    ]
    assert len(wanted) >= 6
    assert len(hit) >= len(wanted) - 1
    in_python = QgsVectorLayer(finished.output, "in Python", "ogr")
    assert content(layer) == content(in_python)


def test_a_result_carries_its_question(found):
    (layer,) = layers_of_run(found)
    root = QgsProject.instance().layerTreeRoot()
    (group,) = root.findGroups()

    assert layer.name() == "storage tank"
    assert group.name() == "storage tank · demo"
    assert "storage tank" in layer.metadata().abstract()
    assert layer.crs() == found.scene.crs()
    assert layer.labelsEnabled()
    assert layer.renderer().classAttribute() == "score"
    names = layer.fields().names()
    assert {"score", "area_m2", "perimeter_m", "touches_edge"} <= set(names)
    assert [node.name() for node in group.findLayers()][-1] == "Probability"


def total_area(layer):
    """Square metres of all polygons."""
    return sum(feature["area_m2"] for feature in layer.getFeatures())


def test_the_slider_changes_polygons_without_the_network(found, until):
    (layer,) = layers_of_run(found)
    before, area_before = result_layers.count_features(layer), total_area(layer)
    first_file = layer.source().split("|")[0]
    threshold_changed = []
    found.search.threshold_changed.connect(threshold_changed.append)

    found.results.slider.setValue(97)
    until(lambda: threshold_changed)

    assert result_layers.read_record(layer)["threshold"] == 0.97
    assert all(feature["score_max"] >= 0.97 for feature in layer.getFeatures())
    assert 0 < total_area(layer) < area_before  # every polygon has lost its margin
    listed = found.results.objects.table
    until(lambda: listed.rowCount() == result_layers.count_features(layer))
    assert Path(first_file).exists()
    assert layer.renderer().classAttribute() == "score"

    second_file = layer.source().split("|")[0]
    found.results.slider.setValue(50)
    until(lambda: len(threshold_changed) == 2)

    assert result_layers.count_features(layer) == before
    assert total_area(layer) == pytest.approx(area_before)
    assert layer.source().split("|")[0] == first_file  # nobody has changed it
    assert Path(second_file).exists()


def test_a_slider_on_the_move_ends_at_its_last_place(found, until):
    (layer,) = layers_of_run(found)
    for value in range(55, 95, 3):
        found.results.slider.setValue(value)
        QTest.qWait(40)

    until(lambda: result_layers.read_record(layer)["threshold"] == 0.94)
    until(lambda: not found._controller.busy)

    assert len(list(Path(found.ended[0].run).glob("threshold-*/*.gpkg"))) == 1


def test_double_click_zooms_to_an_object(found, qgis_iface):
    (layer,) = layers_of_run(found)
    objects = found.results.objects
    _, number = objects.table.key(0)
    wanted = layer.getFeature(number).geometry().boundingBox()

    place = objects.visualRect(objects.table.index(0, 0)).center()
    QTest.mouseDClick(objects.viewport(), Qt.MouseButton.LeftButton, pos=place)

    shown = qgis_iface.mapCanvas().extent()
    assert shown.contains(wanted)
    assert shown.width() < 0.5 * found.scene.extent().width()


def test_several_lines_are_layers_of_their_own(panel, until):
    panel.query.edit.setPlainText("storage tank\n\n# a remark\nit's a tank\n")
    panel.options.threshold.setValue(0.01)
    panel.advanced.resolve.setCurrentIndex(1)  # the network, which paints all
    panel.run()
    until(lambda: panel.ended)

    one, other = layers_of_run(panel)
    assert [one.name(), other.name()] == ["storage tank", "it's a tank"]
    for layer in (one, other):
        values = {feature["expression"] for feature in layer.getFeatures()}
        assert values == {layer.name()}
        assert is_counted(layer)
    assert one.source().split("|")[0] == other.source().split("|")[0]


def is_counted(layer):
    """Whether a layer knows how many features it has, and where."""
    return (
        layer.featureCount() == sum(1 for _ in layer.getFeatures()) > 0
        and not layer.extent().isEmpty()
    )


def test_layers_of_one_file_stay_counted_at_another_threshold(
    panel, finished, tmp_path
):
    questions = ("storage tank", "it's |layername=a tank| |' of 'one'")
    paths = [str(tmp_path / name) for name in ("one.gpkg", "two.gpkg")]
    for path in paths:
        shutil.copyfile(finished.output, path)
        file = QgsVectorLayer(path, "", "ogr")
        other = [feature.id() for feature in file.getFeatures()][1::2]
        text = file.fields().indexOf("expression")
        changes = {one: {text: questions[1]} for one in other}
        assert file.dataProvider().changeAttributeValues(changes)
        del file
    job = replace(finished, output=paths[0], expressions=questions)
    run = str(tmp_path)
    texts = {"title": "t", "scene": "demo", "content": content_hash(paths[0])}
    result_layers.add_results(job, run=run, keep_probability=False, **texts)
    assert all(is_counted(layer) for layer in result_layers.run_layers(run))

    second = ThresholdFile(paths[1], 0.9, content_hash(paths[1]))
    show_polygons(run, second, changed=())

    layers = result_layers.run_layers(run)
    assert [source_file(layer) for layer in layers] == [paths[1]] * 2
    for layer, question in zip(layers, questions, strict=True):
        assert is_counted(layer)
        assert {one["expression"] for one in layer.getFeatures()} == {question}


def test_polygons_come_while_it_runs(panel, until):
    panel.options.weights.setEditText("default")  # the small one finds one big blob
    panel.run()

    def partial():
        return [
            layer
            for layer in QgsProject.instance().mapLayers().values()
            if layer.customProperty(partial_layers.PARTIAL)
        ]

    until(lambda: any(layer.featureCount() for layer in partial()) or panel.ended)

    assert not panel.ended
    (layer,) = partial()
    assert layer.name() == "storage tank (searching)"
    assert layer.extent().intersects(panel.scene.extent())
    panel.cancel()
    until(lambda: panel.ended)
    assert layer.name() == "storage tank (incomplete)"


def test_nothing_found_is_said_and_leaves_nothing(panel, until, messages):
    panel.options.threshold.setValue(0.99)
    panel.run()
    until(lambda: panel.ended)

    assert panel.ended[0].kind == "nothing"
    said = panel.run_box.status.text()
    assert "Nothing found" in said
    # fainter objects are counted by now, which nobody has to wait for
    assert panel.run_box.run_button.isEnabled()
    assert not panel.run_box.cancel_button.isEnabled()
    assert len(messages()) == 1
    assert not layers_of_run(panel)
    assert not QgsProject.instance().layerTreeRoot().findGroups()

    run = Path(panel.ended[0].run)
    assert run.is_dir()  # for other thresholds
    until(lambda: not panel._controller.busy)
    assert "Nothing found" in panel.run_box.status.text()
    panel.shut_down()
    assert not run.exists()


def test_what_the_least_score_hides_is_told_and_shown(panel, until):
    panel.options.weights.setEditText("default")
    draw(panel, panel.tank_yard)
    panel.advanced.resolve.setCurrentIndex(1)  # the network, whose scores are means
    panel.options.min_score.setValue(0.99)
    panel.run()
    until(lambda: panel.ended)
    until(lambda: not panel.run_box.offer_button.isHidden())

    assert panel.ended[0].kind == "nothing"
    assert "hidden" in panel.run_box.status.text()
    QTest.mouseClick(panel.run_box.offer_button, Qt.MouseButton.LeftButton)
    until(lambda: layers_of_run(panel))
    (layer,) = layers_of_run(panel)
    until(lambda: layer.featureCount() > 0)

    until(lambda: panel.results.objects.table.rowCount() == layer.featureCount())
    assert result_layers.read_record(layer)["min_score"] == 0
    assert panel.results.min_score.value() == 0


def test_another_search_need_not_wait_for_fainter_objects(panel, until):
    panel.options.threshold.setValue(0.99)
    panel.run()
    until(lambda: panel.ended)
    panel.query.edit.setPlainText("another tank")
    panel.run()
    until(lambda: len(panel.ended) == 2)

    assert panel.ended[1].kind == "nothing"
    assert not Path(panel.ended[0].run).exists()


def test_options_of_the_panel_are_those_of_the_core(panel):
    chosen = {**panel.options.values(), **panel.advanced.values(panel.scene)}

    assert SegmentOptions(**chosen) == SegmentOptions()


def test_the_area_is_what_the_map_shows(panel, qgis_iface):
    canvas = qgis_iface.mapCanvas()
    canvas.setExtent(panel.tank_yard)
    panel.area.choice.setCurrentIndex(VISIBLE)

    area = panel.area.area()

    shown = QgsGeometry.fromRect(canvas.extent())
    assert area.geometry.symDifference(shown).area() < 1e-3 * shown.area()


def test_the_area_is_what_is_selected(panel):
    layer = QgsVectorLayer("Polygon?crs=EPSG:4326", "fields", "memory")
    shapes = ["Polygon((0 0, 1 0, 1 1, 0 0))", "Polygon((2 0, 3 0, 3 1, 2 0))"]
    for shape in shapes:
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromWkt(shape))
        layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    panel.area.choice.setCurrentIndex(SELECTED)
    panel.area.select_layer(layer)
    layer.selectByIds([2])

    area = panel.area.area()

    assert area.geometry.equals(QgsGeometry.fromWkt(shapes[1]))
    assert area.crs.authid() == "EPSG:4326"


@pytest.mark.parametrize(("choice", "rectangle"), [(RECTANGLE, True), (POLYGON, False)])
def test_the_area_is_what_is_drawn(panel, qgis_iface, choice, rectangle):
    canvas = qgis_iface.mapCanvas()
    canvas.resize(400, 300)
    canvas.setExtent(panel.scene.extent())
    panel.area.choice.setCurrentIndex(choice)
    panel.area.choice.activated.emit(choice)
    place = canvas.viewport()
    left = Qt.MouseButton.LeftButton
    if rectangle:
        QTest.mousePress(place, left, pos=QPoint(100, 100))
        QTest.mouseMove(place, QPoint(150, 120))
        QTest.mouseRelease(place, left, pos=QPoint(200, 150))
    else:
        for x, y in [(100, 100), (200, 100), (200, 150), (100, 150)]:
            QTest.mouseClick(place, left, pos=QPoint(x, y))
        QTest.mouseClick(place, Qt.MouseButton.RightButton, pos=QPoint(100, 150))

    pixel = canvas.mapUnitsPerPixel()
    area = panel.area.area()
    assert area.geometry.area() == pytest.approx(100 * 50 * pixel**2, rel=0.05)
    assert area.crs == panel.scene.crs()


def test_history_keeps_queries_once_the_latest_first(panel):
    for query in ("tank", "road", "tank"):
        history.add(query)

    assert history.recent() == ["tank", "road"]
    history.clear()
    assert history.recent() == []


def test_keys_run_and_cancel(panel, until, qtbot):
    panel.advanced.overlap.setValue(470)
    qtbot.waitExposed(panel)
    panel.activateWindow()
    panel.query.edit.setFocus()
    QTest.keyClick(
        panel.query.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
    )
    assert panel.search.running
    until(lambda: panel.run_box.bar.value() > 0)
    QTest.keyClick(panel.query.edit, Qt.Key.Key_Escape)
    until(lambda: panel.ended)

    assert panel.ended[0].kind == "cancelled"


def test_a_cancelled_search_goes_on_where_it_stopped(panel, until):
    panel.advanced.overlap.setValue(400)
    panel.run()
    until(lambda: panel.run_box.bar.value() >= 40)  # 15 windows a row
    panel.cancel()
    until(lambda: panel.ended)
    shown = []
    panel._controller.progressed.connect(lambda progress: shown.append(progress.done))
    panel.run()
    until(lambda: len(panel.ended) == 2)

    assert panel.ended[0].run == panel.ended[1].run
    assert shown[0] > 15


def test_another_question_leaves_nothing_of_a_cancelled_one(long_run, until):
    panel = long_run
    panel.cancel()
    until(lambda: panel.ended)
    panel.query.edit.setPlainText("another tank")
    panel.advanced.overlap.setValue(96)
    panel.run()
    until(lambda: len(panel.ended) == 2)

    assert not Path(panel.ended[0].run).exists()
    assert Path(panel.ended[1].run).exists()
