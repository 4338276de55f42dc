"""A hundred thousand objects do not stop the interface of QGIS."""

import itertools
import time

import pytest
from qgis.core import (
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QTimer, QVariant
from rrsis_geo_qgis.review import pause, states
from rrsis_geo_qgis.review.object_list import ObjectList
from rrsis_geo_qgis.review.review_box import ReviewBox

MANY = 100_000


@pytest.fixture(scope="module")
def many(qgis_app):
    """A layer in memory with many objects."""
    layer = QgsVectorLayer("Polygon?crs=EPSG:32633", "many", "memory")
    layer.dataProvider().addAttributes(
        [
            QgsField("id", QVariant.Int),
            QgsField("score", QVariant.Double),
            QgsField("area_m2", QVariant.Double),
        ]
    )
    layer.updateFields()
    features = []
    for number in range(MANY):
        feature = QgsFeature(layer.fields())
        left, bottom = 12.0 * (number % 400), 12.0 * (number // 400)
        feature.setGeometry(
            QgsGeometry.fromRect(QgsRectangle(left, bottom, left + 10, bottom + 10))
        )
        feature.setAttributes([number, (number * 7919 % 1000) / 1000, 100.0])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def test_they_are_listed_in_order_while_events_are_handled(many, qgis_iface, until):
    objects = ObjectList(qgis_iface.mapCanvas())
    objects.show()
    beats = []
    timer = QTimer()
    timer.setInterval(0)
    timer.timeout.connect(lambda: beats.append(time.thread_time()))
    timer.start()
    objects.show_layers([many])
    assert objects.table.rowCount() == 0  # nothing is read before the event loop
    until(lambda: not objects.table.loading)
    timer.stop()

    assert objects.table.rowCount() == MANY
    scores = [objects.table.scores[objects.table._shown[row]] for row in range(MANY)]
    assert scores == sorted(scores, reverse=True)
    assert len(beats) > 20  # the interface was alive all the time
    longest = max(b - a for a, b in itertools.pairwise(beats))
    print(f"longest pause {longest:.3f} s of {beats[-1] - beats[0]:.1f} s (CPU time)")
    objects.shut_down()


def test_a_filter_hides_most_of_them(many, qgis_iface, until):
    objects = ObjectList(qgis_iface.mapCanvas())
    objects.show_layers([many])
    until(lambda: not objects.table.loading)
    objects.table.set_filter(0.999, 0)

    assert objects.table.rowCount() == MANY // 1000
    assert objects.table.hidden == MANY - MANY // 1000
    objects.shut_down()


def test_the_interface_is_drawn_during_a_decision_about_many(
    many, qgis_iface, until, monkeypatch
):
    monkeypatch.setattr(pause, "SLICE", 0)  # at every chance, however fast it is
    objects = ObjectList(qgis_iface.mapCanvas())
    box = ReviewBox(qgis_iface, objects)
    QgsProject.instance().addMapLayer(many, False)
    objects.show_layers([many])
    until(lambda: not objects.table.loading)
    beats = []
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(1))
    timer.start(0)
    box.above.setValue(0.5)

    box.keep_above()
    during = len(beats)
    kept = objects.table.states.count(states.KEPT)
    assert kept == sum(score >= 0.5 for score in objects.table.scores)
    assert during > 10  # the interface went on meanwhile
    single = []
    for number in range(1, 4):  # changes are followed one by one again
        many.changeAttributeValue(number, many.fields().indexOf(states.FIELD), None)
        single.append(objects.table.states[objects.table._places[many.id(), number]])
    assert single == [states.OPEN] * 3
    for _ in range(3):
        many.undoStack().undo()
    box.undo()
    until(lambda: objects.table.loading)
    until(lambda: not objects.table.loading)
    assert objects.table.states.count(states.OPEN) == MANY
    many.rollBack()
    QgsProject.instance().takeMapLayer(many)
    objects.shut_down()
    box.shut_down()
