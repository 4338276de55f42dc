"""What becomes of decisions: other files and layers, and nothing else is lost."""

from pathlib import Path

import pytest
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QVBoxLayout,
)
from rrsis_geo_qgis.review import exports, states
from rrsis_geo_qgis.review.export_menu import fill_export_menu
from shown_results import only_layer


@pytest.fixture
def layer(found):
    """Results of which two objects were kept and one was rejected."""
    shown = only_layer(found)
    ids = sorted(shown.allFeatureIds())
    states.decide(shown, ids[:2], states.KEPT)
    states.decide(shown, ids[2:3], states.REJECTED)
    yield shown
    shown.rollBack()


@pytest.fixture
def told():
    """Sentences that the panel shows."""
    return []


@pytest.fixture
def menu(layer, qgis_iface, told, qtbot):
    """The exports of those results."""
    made = QMenu()
    qtbot.addWidget(made)
    fill_export_menu(made, layer, qgis_iface, told.append)
    return made


@pytest.fixture
def person():
    """One who types a path into QGIS's dialog and answers its questions."""
    questions = []
    timer = QTimer()

    def begin(path, answer=QMessageBox.StandardButton.No):
        def act():
            shown = QApplication.activeModalWidget()
            if isinstance(shown, QMessageBox):
                questions.append(shown.text())
                shown.button(answer).click()
            elif isinstance(shown, QFileDialog) and shown.isVisible():
                name = shown.findChild(QLineEdit, "fileNameEdit")
                if questions or name.text() == str(path):  # it was not taken
                    shown.reject()
                else:
                    name.setText(str(path))
                    # a timer stands still while what it began waits for an answer
                    QTimer.singleShot(
                        0, lambda: QTest.keyClick(name, Qt.Key.Key_Return)
                    )

        timer.timeout.connect(act)
        timer.start(100)
        return questions

    yield begin
    timer.stop()


def parcels(path, *, count=3):
    """A GeoPackage of somebody else, with a table `fields`."""
    fields = QgsVectorLayer("Polygon?crs=EPSG:4326&field=n:int", "fields", "memory")
    for number in range(count):
        feature = QgsFeature(fields.fields())
        feature.setAttributes([number])
        box = QgsRectangle(number, 0, number + 0.5, 1)
        feature.setGeometry(QgsGeometry.fromRect(box))
        fields.dataProvider().addFeatures([feature])
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName = "GPKG", "fields"
    context = QgsProject.instance().transformContext()
    QgsVectorFileWriter.writeAsVectorFormatV3(fields, str(path), context, options)
    return QgsVectorLayer(f"{path}|layername=fields", "fields", "ogr")


def tables(path):
    layer = QgsVectorLayer(str(path), "", "ogr")
    names = [one.split("!!::!!")[1] for one in layer.dataProvider().subLayers()]
    return sorted(names) or [layer.dataProvider().uri().table() or "fields"]


def press(menu, title):
    (action,) = [one for one in menu.actions() if one.text().startswith(title)]
    action.trigger()


@pytest.mark.parametrize("name", ["parcels", "parcels.gpkg", "link"])
def test_teaching_never_replaces_a_file_that_is_shown(
    menu, told, person, tmp_path, name
):
    shown = parcels(tmp_path / "parcels.gpkg")
    (tmp_path / "link.gpkg").symlink_to(tmp_path / "parcels.gpkg")
    QgsProject.instance().addMapLayer(shown)
    person(tmp_path / name, QMessageBox.StandardButton.Yes)

    press(menu, "All decisions")

    assert "another name" in told[-1]
    assert tables(tmp_path / "parcels.gpkg") == ["fields"]


@pytest.mark.parametrize("name", ["parcels", "parcels.gpkg"])
def test_teaching_asks_before_it_replaces_a_file(menu, told, person, tmp_path, name):
    path = tmp_path / "parcels.gpkg"
    parcels(path)
    questions = person(tmp_path / name)

    press(menu, "All decisions")

    (question,) = questions
    assert "parcels.gpkg" in question
    assert tables(path) == ["fields"]
    assert told == []


def test_teaching_replaces_a_file_where_that_is_wanted(menu, told, person, tmp_path):
    parcels(tmp_path / "parcels.gpkg")
    person(tmp_path / "parcels", QMessageBox.StandardButton.Yes)

    press(menu, "All decisions")

    assert tables(tmp_path / "parcels.gpkg") == ["objects", "reviewed_area"]
    assert told == [f"Saved: {tmp_path / 'parcels.gpkg'}"]


def test_teaching_writes_a_new_file_without_a_question(menu, told, person, tmp_path):
    questions = person(tmp_path / "new")

    press(menu, "All decisions")

    assert questions == []
    assert Path(told[-1].split(": ", 1)[1]) == tmp_path / "new.gpkg"
    assert tables(tmp_path / "new.gpkg") == ["objects", "reviewed_area"]


@pytest.fixture
def save_as(qgis_iface, qtbot):
    """QGIS's dialog that saves a layer, as far as an export sees it."""
    dialog = QDialog()
    qtbot.addWidget(dialog)
    QVBoxLayout(dialog).addWidget(QCheckBox("Save only selected features"))
    box = dialog.findChild(QCheckBox)
    box.setObjectName("mSelectedOnly")

    def opens():
        QTimer.singleShot(100, dialog.reject)
        dialog.exec()

    qgis_iface.actionLayerSaveAs().trigger.side_effect = opens
    return box


def test_only_what_was_kept_is_saved(menu, layer, told, save_as):
    press(menu, "Save what was kept")

    assert save_as.isChecked()
    assert set(layer.selectedFeatureIds()) == set(states.accepted_ids(layer))
    assert told == []


def test_a_dialog_that_cannot_be_preset_is_told(menu, told, save_as):
    save_as.setObjectName("renamed")

    press(menu, "Save what was kept")

    assert "selected features" in told[-1]


def test_what_was_kept_is_saved_in_the_other_layer_again_and_again(layer, tmp_path):
    target = parcels(tmp_path / "parcels.gpkg", count=300)
    QgsProject.instance().addMapLayer(target)

    for total in (302, 304):
        assert exports.add_to(layer, target) == 2
        assert target.commitChanges(), target.commitErrors()
        assert target.featureCount() == total

    keys = [feature["fid"] for feature in target.getFeatures()]
    assert len(set(keys)) == 304


def test_a_field_named_as_the_key_stays_empty_in_other_layers(layer):
    target = QgsVectorLayer("Polygon?field=fid:int&field=id:int", "mine", "memory")
    QgsProject.instance().addMapLayer(target)

    exports.add_to(layer, target)

    added = list(target.getFeatures())
    assert all(isinstance(feature["id"], int) for feature in added)
    assert not any(isinstance(feature["fid"], int) for feature in added)
    target.rollBack()
