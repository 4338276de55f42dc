"""Finished runs: their list, opening again, and the way of their files."""

from pathlib import Path

import pytest
from qgis.core import QgsProject, QgsSettings, QgsVectorLayer
from rrsis_geo_qgis.layers import result_layers
from rrsis_geo_qgis.layers.content import content_hash
from rrsis_geo_qgis.layers.threshold_layers import is_users, source_file
from rrsis_geo_qgis.request_error import RequestError
from rrsis_geo_qgis.runs import run_folders, run_list


@pytest.fixture
def run(found, finished):
    """Folder of a finished run that is listed and shown."""
    from dataclasses import replace

    folder = found.ended[-1].run
    job = replace(finished, output=str(Path(folder) / Path(finished.output).name))
    run_list.add_run(
        job,
        folder=folder,
        title="storage tank · demo",
        scene="demo",
        content=content_hash(job.output),
        count=9,
    )
    return folder


@pytest.fixture
def bin_of_the_desktop(monkeypatch, tmp_path):
    """A recycle bin of its own."""
    place = tmp_path / "bin"
    place.mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(place))
    return place


def remove_group():
    root = QgsProject.instance().layerTreeRoot()
    (group,) = root.findGroups()
    ids = [node.layerId() for node in group.findLayers()]
    QgsProject.instance().removeMapLayers(ids)
    root.removeChildNode(group)


def test_a_run_is_listed_and_opened_again(found, run):
    remove_group()
    found.show_runs()
    dialog = found._runs
    assert dialog.table.item(0, 0).text() == "storage tank"
    assert dialog.table.item(0, 2).text() == "9"

    dialog.table.selectRow(0)
    dialog.open_chosen()

    (layer,) = result_layers.run_layers(run)
    assert layer.featureCount() > 0
    assert not is_users(layer)
    assert found.results.run == run


def test_a_file_that_was_changed_since_is_left_alone_when_opened_again(found, run):
    (layer,) = result_layers.run_layers(run)
    layer.startEditing()
    layer.deleteFeature(layer.allFeatureIds()[0])
    assert layer.commitChanges()
    path = source_file(layer)
    remove_group()

    assert run_list.reopen(run_list.list_runs()[0])

    (layer,) = result_layers.run_layers(run)
    assert is_users(layer, [path])  # as the slider finds out
    record = result_layers.read_record(layer)
    assert record["content"] != content_hash(path)


def test_removing_the_group_offers_to_delete_its_files(found, run, bin_of_the_desktop):
    remove_group()

    assert not found.run_box.offer_button.isHidden()
    assert Path(run).name in found.run_box.status.text()
    assert Path(run).is_dir()
    found.run_box.offer_button.click()
    assert not Path(run).exists()
    assert list(bin_of_the_desktop.rglob(Path(run).name))  # it can come back
    assert not run_list.list_runs()


def test_closing_the_project_offers_nothing(found, run):
    QgsProject.instance().clear()

    assert found.run_box.offer_button.isHidden()
    assert Path(run).is_dir()
    assert found.results.run == ""
    assert found.results.objects.table.rowCount() == 0


def test_files_that_a_layer_or_the_saved_project_shows_stay(
    found, run, tmp_path, bin_of_the_desktop
):
    project = QgsProject.instance()
    with pytest.raises(RequestError, match="remove them first"):
        run_folders.discard(run)
    assert project.write(str(tmp_path / "saved.qgz"))
    remove_group()

    with pytest.raises(RequestError, match="save it first"):
        run_folders.discard(run)

    assert Path(run).is_dir()
    assert project.write(str(tmp_path / "saved.qgz"))
    run_folders.discard(run)
    assert not Path(run).exists()


def test_a_layer_of_somebody_else_keeps_the_files(found, run, finished):
    mine = QgsVectorLayer(str(Path(run) / "area.gpkg"), "mine", "ogr")
    assert mine.isValid()
    QgsProject.instance().addMapLayer(mine)
    remove_group()

    with pytest.raises(RequestError, match="remove them first"):
        run_folders.discard(run)


def test_entries_of_other_versions_are_skipped(panel):
    QgsSettings().setValue(run_list.KEY, ['{"folder": "x"}', "no json", ""])

    assert run_list.list_runs() == []
