"""The review of results: decisions, changes of outlines, undo, counts, export."""

import pytest
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRectangle,
    QgsRenderContext,
    QgsVectorLayer,
    QgsVectorLayerUtils,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from rrsis_geo_qgis.layers import result_layers
from rrsis_geo_qgis.layers.threshold_layers import source_file
from rrsis_geo_qgis.panel.area.area_chooser import RESULTS
from rrsis_geo_qgis.request_error import RequestError
from rrsis_geo_qgis.review import exports, map_style, shapes, states


@pytest.fixture
def layer(found):
    """The layer of the results."""
    (layer,) = result_layers.run_layers(found.ended[-1].run)
    return layer


@pytest.fixture
def objects(found):
    """The list of the objects."""
    return found.results.objects


@pytest.fixture
def review(found):
    """The buttons."""
    return found.results.review


def decisions(layer):
    """Number of each object -> what was decided."""
    if layer.fields().indexOf(states.FIELD) < 0:
        return {}
    return {
        one["id"]: states.state_of(one[states.FIELD]) for one in layer.getFeatures()
    }


def is_filtered(layer):
    """Whether all symbols have a condition."""
    symbols = layer.renderer().symbols(QgsRenderContext())
    return all(
        part.dataDefinedProperties().isActive(map_style.ENABLED)
        for symbol in symbols
        for part in symbol.symbolLayers()
    )


def draw(layer, shape):
    """Add a feature as QGIS's tool does, which fills in the defaults."""
    states.begin(layer)
    context = layer.createExpressionContext()
    feature = QgsVectorLayerUtils.createFeature(layer, shape, {}, context)
    assert layer.addFeature(feature)
    return feature


def test_the_selection_is_the_same_in_list_and_map(objects, layer):
    first, second = objects.table.key(0), objects.table.key(1)
    objects.select([first, second])
    assert set(layer.selectedFeatureIds()) == {first[1], second[1]}

    other = objects.table.key(2)
    layer.selectByIds([other[1]])

    assert objects.selected() == {layer.id(): [other[1]]}


def test_keys_keep_and_reject_several_at_once(found, objects, layer, qtbot):
    qtbot.waitExposed(found)
    found.activateWindow()
    objects.setFocus()
    keys = [objects.table.key(row) for row in range(3)]
    objects.select(keys[:2])
    QTest.keyClick(objects, Qt.Key.Key_K)
    objects.select(keys[2:])
    QTest.keyClick(objects, Qt.Key.Key_R)

    state = {
        key[1]: states.state_of(layer.getFeature(key[1])[states.FIELD]) for key in keys
    }
    assert list(state.values()) == [states.KEPT, states.KEPT, states.REJECTED]
    assert "2 kept" in found.results.review.counts.text()
    assert "1 rejected" in found.results.review.counts.text()
    assert layer.renderer().type() == "categorizedSymbol"


def test_a_decision_is_undone_alone(objects, review, layer):
    objects.select([objects.table.key(0)])
    review.keep()
    objects.select([objects.table.key(1)])
    review.reject()

    review.undo()

    assert sorted(decisions(layer).values()).count(states.KEPT) == 1
    assert states.REJECTED not in decisions(layer).values()
    assert objects.table.states.count(states.KEPT) == 1
    assert objects.table.states.count(states.REJECTED) == 0


def test_the_next_doubtful_one_is_the_lowest_score_that_is_open(objects, review, layer):
    seen = []
    for _ in range(3):
        review.next_doubtful()
        (number,) = layer.selectedFeatureIds()
        seen.append(layer.getFeature(number)["score"])
        states.decide(layer, [number], states.REJECTED)

    scores = sorted(one["score"] for one in layer.getFeatures())
    assert seen == scores[:3]


def test_a_decision_leads_to_the_next_doubtful_one(objects, review, layer):
    review.next_doubtful()
    (first,) = layer.selectedFeatureIds()
    review.keep()
    (second,) = layer.selectedFeatureIds()

    assert first != second
    assert layer.getFeature(first)[states.FIELD] == states.KEPT


def test_all_above_a_score_are_kept_but_no_decision_is_changed(objects, review, layer):
    best = objects.table.key(0)
    states.decide(layer, [best[1]], states.REJECTED)
    scores = sorted(one["score"] for one in layer.getFeatures())
    limit = scores[len(scores) // 2]
    review.above.setDecimals(6)
    review.above.setValue(limit - 1e-6)

    review.keep_above()

    kept = {one.id() for one in layer.getFeatures() if one[states.FIELD] == states.KEPT}
    wanted = {one.id() for one in layer.getFeatures() if one["score"] >= limit}
    assert kept == wanted - {best[1]}


def test_filters_say_how_many_they_hide(found, objects, review, layer):
    scores = sorted(one["score"] for one in layer.getFeatures())
    limit = scores[3] - 1e-9
    found.results.filters.score.setDecimals(9)
    found.results.filters.score.setValue(limit)
    shown = [score for score in scores if score >= limit]

    assert objects.table.rowCount() == len(shown) < len(scores)
    assert f"{len(scores) - len(shown)} more are hidden" in review.counts.text()
    assert layer.subsetString() == ""  # the layer itself stays whole
    assert is_filtered(layer)
    found.results.review.colours.setCurrentIndex(1)
    found.results.review.colours.activated.emit(1)
    assert is_filtered(layer)  # in another style too

    found.results.filters.reset()
    assert objects.table.rowCount() == len(scores)
    assert not is_filtered(layer)


def test_what_is_drawn_is_marked_numbered_and_measured(found, layer, until):
    highest = max(one["id"] for one in layer.getFeatures())
    box = layer.extent()
    square = QgsRectangle(
        box.xMinimum(), box.yMinimum(), box.xMinimum(), box.yMinimum()
    )
    square.setXMaximum(box.xMinimum() + 10)
    square.setYMaximum(box.yMinimum() + 10)
    draw(layer, QgsGeometry.fromRect(square))

    assert states.save(layer) == ""

    (drawn,) = [one for one in layer.getFeatures() if one["id"] == highest + 1]
    assert drawn[states.FIELD] == states.DRAWN
    assert drawn["expression"] == "storage tank"
    assert drawn["area_m2"] == pytest.approx(100, rel=0.01)  # metres of the ground
    assert drawn["perimeter_m"] == pytest.approx(40, rel=0.01)
    table = found.results.objects.table
    until(lambda: states.DRAWN in table.states)


def test_merged_objects_keep_the_number_of_the_largest(objects, review, layer):
    one = layer.getFeature(objects.table.key(0)[1])
    box = one.geometry().boundingBox()
    middle = box.center()
    strip = QgsRectangle(middle.x(), middle.y(), box.xMaximum() + 1, middle.y() + 0.5)
    draw(layer, QgsGeometry.fromRect(strip))
    before = layer.featureCount()
    area = one.geometry().combine(QgsGeometry.fromRect(strip)).area()

    ids = [one.id(), min(layer.editBuffer().addedFeatures())]
    merged = states.merge(layer, ids)

    assert layer.featureCount() == before - 1
    assert layer.getFeature(merged)["id"] == one["id"]
    assert layer.getFeature(merged).geometry().area() == pytest.approx(area)
    states.undo(layer)
    assert layer.featureCount() == before


def test_objects_that_do_not_touch_are_not_merged(objects, layer):
    ids = [objects.table.key(row)[1] for row in range(2)]
    before = {one.id(): one.geometry().asWkt() for one in layer.getFeatures()}
    assert states.merge(layer, ids) is None or layer.wkbType() == 6
    states.undo(layer)

    assert {one.id(): one.geometry().asWkt() for one in layer.getFeatures()} == before


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        (shapes.without_holes, lambda shape: len(shape.asPolygon()) == 1),
        (shapes.without_thin_parts(4), lambda shape: shape.area() < 900 + 40 * 2),
        (shapes.smoother, lambda shape: shape.isGeosValid()),
    ],
)
@pytest.mark.parametrize("crs", ["EPSG:32633", "EPSG:4326"])
def test_outlines_are_changed_on_demand(qgis_app, qgis_new_project, change, holds, crs):
    """A square of 30 m with a hole, and a strip of 2 m on its side."""
    square = QgsGeometry.fromWkt(
        "Polygon((500000 5400000, 500030 5400000, 500030 5400014, 500060 5400014, "
        "500060 5400016, 500030 5400016, 500030 5400030, 500000 5400030, "
        "500000 5400000), (500010 5400010, 500012 5400010, 500012 5400012, "
        "500010 5400010))"
    )
    layer = QgsVectorLayer(f"Polygon?crs={crs}", "one", "memory")
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform

    metres = QgsCoordinateReferenceSystem("EPSG:32633")
    there = QgsCoordinateTransform(metres, layer.crs(), QgsProject.instance())
    back = QgsCoordinateTransform(layer.crs(), metres, QgsProject.instance())
    square.transform(there)
    feature = QgsFeature()
    feature.setGeometry(square)
    layer.dataProvider().addFeatures([feature])

    assert shapes.change_outlines(layer, [1], change) == 1

    shape = layer.getFeature(1).geometry()
    shape.convertToSingleType()
    shape.transform(back)
    assert shape.isGeosValid()
    assert 800 < shape.area() < 1000
    assert holds(shape)
    layer.rollBack()


def test_nearly_right_angles_become_right(qgis_app, qgis_new_project):
    layer = QgsVectorLayer("Polygon?crs=EPSG:32633", "one", "memory")
    feature = QgsFeature()
    skew = "Polygon((0 0, 30 2, 29 22, -1.5 20, 0 0))"
    feature.setGeometry(QgsGeometry.fromWkt(skew))
    layer.dataProvider().addFeatures([feature])

    assert shapes.change_outlines(layer, [1], shapes.right_angles) == 1

    (ring,) = layer.getFeature(1).geometry().asPolygon()
    corners = ring[:-1]
    for place, corner in enumerate(corners):
        before, after = corners[place - 1], corners[(place + 1) % len(corners)]
        across = (before.x() - corner.x()) * (after.x() - corner.x())
        along = (before.y() - corner.y()) * (after.y() - corner.y())
        lengths = corner.distance(before) * corner.distance(after)
        assert abs(across + along) < 0.02 * lengths
    layer.rollBack()


def test_what_was_kept_is_added_to_another_layer(found, objects, layer):
    target = QgsVectorLayer(
        "Polygon?crs=EPSG:4326&field=score:double", "mine", "memory"
    )
    QgsProject.instance().addMapLayer(target)
    with pytest.raises(RequestError, match="Nothing"):
        exports.add_to(layer, target)
    kept = [objects.table.key(row)[1] for row in (0, 2)]
    states.decide(layer, kept, states.KEPT)

    assert exports.target_layers(layer) == [target]
    assert exports.add_to(layer, target) == 2

    assert target.isEditable()  # its user saves it
    wanted = sorted(layer.getFeature(one)["score"] for one in kept)
    assert sorted(one["score"] for one in target.getFeatures()) == wanted
    boxes = [one.geometry().boundingBox() for one in target.getFeatures()]
    assert all(-180 < box.xMinimum() < box.xMaximum() < 180 for box in boxes)
    target.rollBack()


def test_teaching_gets_all_decisions_and_the_reviewed_area(
    found, objects, layer, tmp_path, qgis_iface
):
    states.decide(layer, [objects.table.key(0)[1]], states.KEPT)
    states.decide(layer, [objects.table.key(1)[1]], states.REJECTED)
    qgis_iface.mapCanvas().setExtent(found.tank_yard)
    found.results.review.finish_view()
    path = str(tmp_path / "teaching.gpkg")

    exports.write_for_teaching(layer, path)

    written = QgsVectorLayer(f"{path}|layername=objects", "", "ogr")
    assert decisions(written) == decisions(layer)
    area = QgsVectorLayer(f"{path}|layername=reviewed_area", "", "ogr")
    (one,) = area.getFeatures()
    assert one.geometry().contains(QgsGeometry.fromRect(found.tank_yard).buffer(-1, 1))
    with pytest.raises(RequestError, match="another name"):
        exports.write_for_teaching(layer, source_file(layer))


def test_the_slider_leaves_a_reviewed_layer_alone(found, objects, layer, until):
    states.decide(layer, [objects.table.key(0)[1]], states.KEPT)
    before = decisions(layer)
    assert states.save(layer) == ""
    changed = []
    found.search.threshold_changed.connect(changed.append)
    found.results.slider.setValue(97)
    until(lambda: changed)

    assert decisions(layer) == before
    (shown,) = result_layers.run_layers(found.ended[-1].run)
    assert shown.id() != layer.id()


def test_a_question_within_the_results_searches_only_there(
    found, objects, layer, until
):
    kept = objects.table.key(0)
    states.decide(layer, [objects.table.key(1)[1]], states.REJECTED)
    found.area.choice.setCurrentIndex(RESULTS)
    others = found.area.area().geometry
    rejected = layer.getFeature(objects.table.key(1)[1]).geometry()
    assert not others.intersects(rejected.buffer(-0.5, 4))

    states.decide(layer, [kept[1]], states.KEPT)
    area = found.area.area()
    assert area.geometry.equals(layer.getFeature(kept[1]).geometry())
    assert states.save(layer) == ""
    started = []
    found._controller.started.connect(started.append)
    found.query.edit.setPlainText("vehicle")
    found.run()
    until(lambda: len(found.ended) == 2)

    assert found.ended[-1].kind in ("found", "nothing")
    assert started[0].windows <= 4  # of dozens
    assert decisions(layer)  # the results that were asked within stay


def test_without_results_there_is_nothing_to_ask_within(panel):
    panel.area.choice.setCurrentIndex(RESULTS)

    with pytest.raises(RequestError, match="no results"):
        panel.area.area()
