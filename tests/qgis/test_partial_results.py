"""Partial results and folders of unfinished runs: what the user made of them stays."""

import shutil
from pathlib import Path

import pytest
from qgis.core import (
    QgsField,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsSingleSymbolRenderer,
    QgsSymbol,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QVariant
from rrsis_geo_qgis.core.protocol import Partial
from rrsis_geo_qgis.layers import partial_layers, result_layers
from rrsis_geo_qgis.layers.content import content_hash
from rrsis_geo_qgis.layers.run_files import UnfinishedRun
from rrsis_geo_qgis.layers.threshold_layers import source_file
from rrsis_geo_qgis.panel.scene_maker import SceneMaker

ROW = {
    "expression": "storage tank",
    "score": 0.9,
    "area_m2": 1.0,
    "wkb": bytes(QgsGeometry.fromWkt("Polygon((0 0, 1 0, 1 1, 0 0))").asWkb()).hex(),
}


@pytest.fixture
def partial(panel, tmp_path):
    """A run with a layer of partial results."""
    run = str(tmp_path)
    partial_layers.create_group(run, "storage tank · demo")
    rows = Partial(rows=(ROW, ROW), crs=panel.scene.crs().toWkt(), job=1)
    partial_layers.add_partial(run, "storage tank · demo", ["storage tank"], rows)
    (layer,) = partial_layers.partial_layers(run)
    layer.more = rows
    return layer


@pytest.mark.parametrize("end", ["found", "cancelled", "failed", "again"])
@pytest.mark.parametrize("work", ["edited", "saved", "joined", "calculated"])
def test_partial_results_with_work_in_them_stay(partial, finished, end, work):
    layer, run = partial, partial.customProperty(partial_layers.PARTIAL)
    if work == "joined":
        layer.setSubsetString('"score" > 0.5')
    elif work == "calculated":
        layer.addExpressionField("1", QgsField("one", QVariant.Int))
    else:
        layer.startEditing()
        layer.changeAttributeValue(1, 0, "my tank")
        if work == "saved":
            layer.commitChanges()
    partial_layers.add_partial(run, "t", ["storage tank"], layer.more)
    if end == "found":
        result_layers.add_results(
            finished,
            run=run,
            title="t",
            scene="demo",
            keep_probability=False,
            content="",
        )
    elif end == "cancelled":
        partial_layers.keep_partial(run)
    elif end == "failed":
        partial_layers.remove_partial(run)
    else:
        partial_layers.create_group(run, "t")

    assert QgsProject.instance().mapLayer(layer.id()) is layer
    assert layer.featureCount() == 2  # nothing was added to it either
    if work in ("edited", "saved"):
        assert {feature["expression"] for feature in layer.getFeatures()} >= {"my tank"}
        assert not layer.customProperty(partial_layers.SKIP_CHECK)  # QGIS asks on exit


def test_polygons_that_are_in_no_file_are_asked_about_on_exit(partial):
    assert partial.customProperty(partial_layers.SKIP_CHECK)
    partial_layers.keep_partial(partial.customProperty(partial_layers.PARTIAL))

    assert not partial.customProperty(partial_layers.SKIP_CHECK)


def test_a_style_chosen_during_the_search_is_that_of_the_result(partial, finished):
    symbol = QgsSymbol.defaultSymbol(QgsWkbTypes.GeometryType.PolygonGeometry)
    partial.setRenderer(QgsSingleSymbolRenderer(symbol))
    run = partial.customProperty(partial_layers.PARTIAL)
    (layer,) = result_layers.add_results(
        finished,
        run=run,
        title="t",
        scene="demo",
        keep_probability=False,
        content="",
    )

    assert layer.renderer().type() == "singleSymbol"
    assert not list(partial_layers.partial_layers(run))


@pytest.mark.parametrize("end", ["cancel", "unload"])
def test_a_layer_that_the_user_put_into_the_group_stays(long_run, until, end):
    panel = long_run
    (group,) = QgsProject.instance().layerTreeRoot().findGroups()
    mine = QgsVectorLayer("Point?crs=EPSG:4326", "mine", "memory")
    QgsProject.instance().addMapLayer(mine, False)
    group.addLayer(mine)
    if end == "cancel":
        panel.cancel()
        until(lambda: panel.ended)
        panel.run()  # the same search again
        until(lambda: panel.run_box.bar.value() > 0)
    panel.shut_down()

    assert QgsProject.instance().mapLayer(mine.id()) is mine
    assert mine.id() in [node.layerId() for node in group.findLayers()]


@pytest.mark.parametrize(
    "use", ["another file", "a layer", "a layer of before", "a changed file", "nothing"]
)
def test_the_folder_of_an_unfinished_run_is_kept_if_anybody_uses_it(
    panel, tmp_path, inputs, use
):
    folder = tmp_path / "run"
    (folder / ".storage-tank.gpkg.rrsis-part").mkdir(parents=True)
    shutil.copy(inputs / "demo.tif", folder / "scene.tif")
    shutil.copy(inputs / "demo-labels.gpkg", folder / "area.gpkg")
    run = UnfinishedRun("key", str(folder))
    run.note_files()
    if use == "another file":
        (folder / "notes.txt").write_text("mine")
    elif use == "a changed file":
        with open(folder / "scene.tif", "ab") as file:
            file.write(b"more")
    elif use != "nothing":
        layer = QgsRasterLayer(str(folder / "scene.tif"), "scene")
        QgsProject.instance().addMapLayer(layer)
        if use == "a layer of before":
            run.note_layers([layer])
            QgsProject.instance().removeMapLayer(layer.id())
    before = sorted(path.name for path in folder.iterdir())
    run.delete()

    if use == "nothing":
        assert not folder.exists()
    else:
        assert sorted(path.name for path in folder.iterdir()) == before


def test_a_file_that_a_dying_worker_has_written_is_not_replaced(panel, until):
    panel.advanced.overlap.setValue(470)
    panel.run()
    until(lambda: panel.run_box.bar.value() > 0)
    panel.cancel()
    until(lambda: panel.ended)
    first = Path(panel.ended[0].run)
    (first / "storage-tank.gpkg").write_text("a result that the user works with")
    panel.run()
    until(lambda: panel.run_box.bar.value() > 0)
    panel.cancel()
    until(lambda: len(panel.ended) == 2)

    assert panel.ended[1].run != str(first)
    assert (first / "storage-tank.gpkg").read_text().startswith("a result")


def test_asking_the_same_again_leaves_the_first_answer(panel, until):
    panel.options.threshold.setValue(0.01)
    panel.advanced.resolve.setCurrentIndex(1)  # the network, which paints all
    panel.run()
    until(lambda: panel.ended)
    layer = result_layers.run_layers(panel.ended[-1].run)[0]
    path, before = source_file(layer), content_hash(source_file(layer))
    panel.run()
    until(lambda: len(panel.ended) == 2)

    assert panel.ended[0].run != panel.ended[1].run
    assert QgsProject.instance().mapLayer(layer.id()) is layer
    assert (source_file(layer), content_hash(path)) == (path, before)
    assert len(QgsProject.instance().layerTreeRoot().findGroups()) == 2


def test_an_image_that_was_fetched_is_not_replaced(panel, tmp_path, inputs):
    path = tmp_path / "scene.tif"
    shutil.copy(inputs / "demo.tif", path)
    before = path.read_bytes()
    layer = QgsRasterLayer("/vsimem/none.tif", "gone")
    request = panel._request().__class__(
        **{**panel._request().__dict__, "layer": layer}
    )
    made = []
    scenes = SceneMaker()
    scenes.made.connect(made.append)
    scenes.make(request, str(path))

    assert [scene.path for scene in made] == [str(path)]
    assert path.read_bytes() == before
