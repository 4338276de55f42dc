"""An object keeps its number and its selection at every threshold."""

import sqlite3

from qgis.core import (
    QgsGeometry,
    QgsProject,
    QgsRectangle,
)
from rrsis_geo_qgis.layers.object_ids import NumberedObject, match
from rrsis_geo_qgis.layers.threshold_layers import source_file
from shown_results import first_feature, objects, only_layer


def test_the_same_object_keeps_its_number(found, move):
    layer = only_layer(found)
    low = {f["id"]: QgsGeometry(f.geometry()) for f in layer.getFeatures()}

    for value in (97, 70, 97, 50, 85):
        move(found, value)
        shapes = {f["id"]: QgsGeometry(f.geometry()) for f in layer.getFeatures()}
        assert shapes
        for number, shape in shapes.items():
            overlaps = {
                other: shape.intersection(one).area() for other, one in low.items()
            }
            assert overlaps[number] == max(overlaps.values()) > 0
        keys = {feature.id(): feature["id"] for feature in layer.getFeatures()}
        assert all(key == number for key, number in keys.items())


def test_an_object_found_later_keeps_its_number_too(found, move):
    layer = only_layer(found)
    known = set(objects(layer))
    move(found, 5)
    low = {f["id"]: QgsGeometry(f.geometry()) for f in layer.getFeatures()}
    move(found, 97)
    move(found, 8)
    again = {f["id"]: QgsGeometry(f.geometry()) for f in layer.getFeatures()}

    new = set(low) - known
    assert all(number > max(known) for number in new)
    for number in set(again) & new:
        assert again[number].intersection(low[number]).area() > 0
    assert len(again) == layer.featureCount()


def numbered(*boxes):
    """Objects from (number, left, right), all of the same height."""
    return [
        NumberedObject(number, "tank", QgsGeometry.fromRect(QgsRectangle(a, 0, b, 1)))
        for number, a, b in boxes
    ]


def test_numbers_where_objects_merge_and_part():
    known = numbered((1, 0, 4), (2, 5, 7), (3, 20, 21))

    merged = match(numbered((1, 0, 7), (2, 20, 21), (3, 30, 31)), [known])
    parted = match(numbered((1, 0, 1), (2, 2, 4), (3, 5, 7)), [known])

    assert merged == {1: 1, 2: 3, 3: 4}
    assert parted == {2: 1, 3: 2, 1: 4}


def test_numbers_from_other_thresholds_and_no_number_twice():
    run, higher, lower = numbered((1, 0, 2)), [], numbered((1, 0, 2), (8, 10, 12))

    found = match(numbered((1, 0, 3), (2, 9, 12), (3, 50, 51)), [run, higher, lower])
    later = match(numbered((1, 60, 61)), [run], highest=9)

    assert found == {1: 1, 2: 8, 3: 9}
    assert later == {1: 10}


def test_objects_of_two_expressions_keep_their_own_numbers():
    shape = QgsGeometry.fromRect(QgsRectangle(0, 0, 1, 1))
    known = [NumberedObject(1, "tank", shape), NumberedObject(2, "building", shape)]
    new = [NumberedObject(1, "building", shape), NumberedObject(2, "tank", shape)]

    assert match(new, [known]) == {1: 2, 2: 1}


def test_the_selection_follows_the_objects(found, move):
    layer = only_layer(found)
    move(found, 97)
    chosen = first_feature(layer)["id"]
    move(found, 50)
    layer.selectByExpression(f'"id" = {chosen}')

    move(found, 97)

    assert [feature["id"] for feature in layer.selectedFeatures()] == [chosen]


def test_the_index_of_a_numbered_file_is_sound(found, move):
    move(found, 97)
    path = source_file(only_layer(found))
    QgsProject.instance().clear()
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    rows = dict(database.execute("SELECT fid, id FROM 'storage_tank'").fetchall())
    index = database.execute("SELECT id FROM 'rtree_storage_tank_geom'").fetchall()
    database.close()
    assert sorted(rows) == sorted(number for (number,) in index)
    assert all(key == number for key, number in rows.items())
