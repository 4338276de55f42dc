"""Whatever the user has made stays: edits, files, projects, layers beside results."""

import shutil
import subprocess
from pathlib import Path

import pytest
from qgis.core import (
    QgsFeature,
    QgsFeatureRequest,
    QgsField,
    QgsLayoutItemAttributeTable,
    QgsLayoutItemMap,
    QgsPrintLayout,
    QgsProject,
    QgsRelation,
    QgsSingleSymbolRenderer,
    QgsSymbol,
    QgsVectorLayer,
    QgsVectorLayerJoinInfo,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QVariant
from rrsis_geo_qgis.layers import partial_layers, result_layers
from rrsis_geo_qgis.layers.content import content_hash
from rrsis_geo_qgis.layers.threshold_layers import source_file
from shown_results import first_feature, objects, only_layer, run_of


@pytest.fixture
def open_second(worker_python, qgis_iface):
    """A factory of panels in the same QGIS, as after the plugin was loaded again."""
    from rrsis_geo_qgis.panel.panel import Panel
    from rrsis_geo_qgis.setup.environment_setup import EnvironmentSetup
    from rrsis_geo_qgis.worker.controller import Controller

    def find():
        return worker_python

    opened = []

    def make():
        panel = Panel(qgis_iface, Controller(find), find, EnvironmentSetup())
        opened.append(panel)
        return panel

    yield make
    for panel in opened:
        panel.shut_down()
        panel.deleteLater()


def test_edits_in_progress_are_kept_and_saved_where_they_were_made(found, move):
    layer = only_layer(found)
    path, before = source_file(layer), objects(layer)
    victim = first_feature(layer)
    layer.startEditing()
    layer.deleteFeature(victim.id())
    assert "storage tank" in found.results.note.text()

    move(found, 97)

    assert layer.isEditable()
    assert layer.editBuffer().deletedFeatureIds() == [victim.id()]
    assert layer.undoStack().count() == 1
    assert source_file(layer) == path
    assert not found.results.note.isHidden()
    assert only_layer(found).name() == "storage tank (slider)"
    assert only_layer(found).id() != layer.id()
    assert layer.commitChanges()
    after = objects(path)
    del before[victim["id"]]
    assert after == before


def test_an_opened_but_empty_edit_session_counts_too(found, move):
    layer = only_layer(found)
    path = source_file(layer)
    layer.startEditing()

    move(found, 90)
    move(found, 80)

    assert (source_file(layer), layer.isEditable()) == (path, True)
    (own,) = result_layers.run_layers(run_of(found))
    assert result_layers.read_record(own)["threshold"] == 0.8  # changed in its turn
    shown = QgsProject.instance().mapLayersByName("storage tank (slider)")
    assert shown == [own]


def test_undone_edits_leave_the_layer_to_the_slider_again(found, move):
    layer = only_layer(found)
    layer.startEditing()
    layer.deleteFeature(first_feature(layer).id())
    layer.rollBack()

    move(found, 90)

    assert only_layer(found).id() == layer.id()
    assert found.results.note.isHidden()


def test_saved_edits_are_not_shown_over_and_their_file_stays(found, move):
    layer = only_layer(found)
    path = source_file(layer)
    layer.startEditing()
    for feature in layer.getFeatures():
        layer.changeGeometry(feature.id(), feature.geometry().buffer(5, 3))
    layer.commitChanges()
    edited = objects(path)

    move(found, 97)
    move(found, 50)  # the threshold of the edited file

    assert objects(path) == edited
    assert source_file(layer) == path
    assert source_file(only_layer(found)) != path
    assert objects(only_layer(found)) != edited


def test_edits_at_another_threshold_are_kept_as_well(found, move):
    move(found, 97)
    layer = only_layer(found)
    path = source_file(layer)
    layer.startEditing()
    layer.deleteFeature(first_feature(layer).id())
    layer.commitChanges()
    edited = objects(path)

    move(found, 60)
    move(found, 97)

    assert objects(path) == edited
    assert source_file(layer) == path
    assert len(objects(only_layer(found))) == len(edited) + 1


def test_a_file_that_another_program_has_changed_is_kept(found, move, worker_python):
    layer = only_layer(found)
    path = source_file(layer)
    code = (
        "import pyogrio, sys; layer = pyogrio.read_dataframe(sys.argv[1]); "
        "layer['why'] = 'checked on site'; "
        "pyogrio.write_dataframe(layer, sys.argv[1], layer='storage_tank')"
    )
    subprocess.run([worker_python, "-I", "-c", code, path], check=True)

    move(found, 97)

    assert source_file(layer) == path
    assert {row[-1] for _, row in objects(path).values()} == {"checked on site"}
    assert only_layer(found).id() != layer.id()


def test_a_saved_project_opens_again_with_what_it_showed(found, move, tmp_path):
    move(found, 97)
    run = run_of(found)
    shown = objects(only_layer(found))
    project = QgsProject.instance()
    saved = str(tmp_path / "saved.qgz")
    assert project.write(saved)
    for value in (60, 30, 97, 85):
        move(found, value)
    project.clear()
    assert project.read(saved)

    (layer,) = result_layers.run_layers(run)
    assert layer.isValid()
    assert objects(layer) == shown


def test_another_session_replaces_no_file(found, move, open_second):
    move(found, 97)
    run = Path(run_of(found))
    before = {path: content_hash(str(path)) for path in run.rglob("*.gpkg")}
    found.shut_down()
    second = open_second()
    second.results.show_run(str(run))
    for value in (96, 97, 50):
        move(second, value)

    assert {path: content_hash(str(path)) for path in before} == before


def test_two_panels_on_one_run_share_no_file(found, until, open_second):
    second = open_second()
    second.results.show_run(run_of(found))
    changed = []
    for panel in (found, second):
        panel.search.threshold_changed.connect(changed.append)
        panel.search.change_threshold(run_of(found), 0.8, None)
    until(lambda: len(changed) == 2)

    written = list(Path(run_of(found)).glob("threshold-0.80*/*.gpkg"))
    assert written
    assert len({content_hash(str(path)) for path in written}) == 1


@pytest.mark.parametrize("how", ["layer", "group", "project", "panel"])
def test_removing_what_is_shown_deletes_no_file(found, move, how):
    move(found, 90)
    layer, run = only_layer(found), Path(run_of(found))
    before = sorted(path for path in run.rglob("*") if path.suffix in (".gpkg", ".tif"))
    project = QgsProject.instance()
    if how == "layer":
        project.removeMapLayer(layer.id())
    elif how == "group":
        partial_layers.remove_partial(str(run))
        project.layerTreeRoot().removeAllChildren()
    elif how == "project":
        project.clear()
    else:
        found.hide()
        found.shut_down()

    after = sorted(path for path in run.rglob("*") if path.suffix in (".gpkg", ".tif"))
    assert after == before
    assert len(before) == 4  # area, result, probability, another threshold


def test_a_folder_that_is_gone_is_one_sentence(found, until, messages):
    run = Path(run_of(found))
    record = dict(result_layers.read_record(only_layer(found)))
    raster = run.parent / "kept.tif"
    shutil.copy(record["probability"], raster)
    layer = only_layer(found)
    result_layers.mark_own(layer, str(run), {**record, "probability": str(raster)})
    shutil.rmtree(run)
    found.results.slider.setValue(80)
    until(messages)

    ((_level, text),) = messages()
    assert text.startswith(f"Polygons cannot be written to {run}")


def test_joins_fields_styles_filter_and_layouts_stay(found, move):
    layer, project = only_layer(found), QgsProject.instance()
    notes = QgsVectorLayer(
        "None?field=object:integer&field=note:string(20)", "notes", "memory"
    )
    row = QgsFeature(notes.fields())
    row.setAttributes([first_feature(layer)["id"], "leaks"])
    notes.dataProvider().addFeatures([row])
    project.addMapLayer(notes)
    join = QgsVectorLayerJoinInfo()
    join.setJoinLayer(notes)
    join.setJoinFieldName("object")
    join.setTargetFieldName("id")
    layer.addJoin(join)
    layer.addExpressionField('"area_m2" / 2', QgsField("half", QVariant.Double))
    relation = QgsRelation()
    relation.setId("inspections")
    relation.setReferencedLayer(layer.id())
    relation.setReferencingLayer(notes.id())
    relation.addFieldPair("object", "id")
    project.relationManager().addRelation(relation)
    symbol = QgsSymbol.defaultSymbol(QgsWkbTypes.GeometryType.PolygonGeometry)
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    layer.setLabelsEnabled(False)
    layer.styleManager().addStyleFromLayer("mine")
    layer.setSubsetString('"area_m2" > 1')
    layer.setMapTipTemplate("tip")
    layer.setCustomProperty("office", "north")
    layout = QgsPrintLayout(project)
    table = QgsLayoutItemAttributeTable.create(layout)
    table.setVectorLayer(layer)
    shown = QgsLayoutItemMap(layout)
    shown.setLayers([layer])

    move(found, 90)

    assert only_layer(found).id() == layer.id()
    assert {"notes_note", "half"} <= set(layer.fields().names())
    assert "leaks" in {feature["notes_note"] for feature in layer.getFeatures()}
    assert project.relationManager().relation("inspections").isValid()
    assert layer.renderer().type() == "singleSymbol"
    assert not layer.labelsEnabled()
    assert "mine" in layer.styleManager().styles()
    assert layer.subsetString() == '"area_m2" > 1'
    assert layer.mapTipTemplate() == "tip"
    assert layer.customProperty("office") == "north"
    assert table.vectorLayer() == layer
    assert shown.layers() == [layer]


def test_a_duplicate_and_a_copy_in_memory_show_what_they_showed(found, move):
    layer, project = only_layer(found), QgsProject.instance()
    duplicate = layer.clone()  # as "Duplicate layer" does
    project.addMapLayer(duplicate)
    copy = layer.materialize(QgsFeatureRequest())
    project.addMapLayer(copy)
    before = objects(layer)

    move(found, 97)

    assert objects(duplicate) == before
    assert objects(copy) == before
    assert only_layer(found).id() == layer.id()
    assert objects(layer) != before
    assert [one.id() for one in found.results.objects.layers] == [layer.id()]


def test_a_source_that_the_user_has_chosen_stays(found, move, tmp_path):
    layer = only_layer(found)
    master = tmp_path / "master.gpkg"
    shutil.copy(source_file(layer), master)
    layer.setDataSource(str(master), layer.name(), "ogr")
    before = content_hash(str(master))

    move(found, 97)

    assert source_file(layer) == str(master)
    assert content_hash(str(master)) == before
    assert only_layer(found).id() != layer.id()


def test_a_project_of_an_older_plugin_gets_a_layer_beside(found, move):
    """Its layers do not say whether they were edited."""
    layer = only_layer(found)
    path = source_file(layer)
    layer.removeCustomProperty(result_layers.OWN)

    move(found, 97)

    assert source_file(layer) == path
    assert only_layer(found).id() != layer.id()


def test_what_was_typed_comes_back_after_an_example(panel):
    panel.query.edit.setPlainText("")
    panel.query.edit.insertPlainText("my long question")
    panel.query.set_query("storage tank")
    assert panel.query.text == "storage tank"
    panel.query.edit.undo()

    assert panel.query.text == "my long question"
