"""The algorithms in Processing, with a real worker; same results as elsewhere."""

import json
import os
import sqlite3
import subprocess
from pathlib import Path

import leaked_frames
import pytest
from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

SEGMENT = "rrsis_geo:segmentbytext"
POLYGONS = "rrsis_geo:polygonsfromprobability"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def let_go():
    """Clear frames that a traceback keeps alive: they must not outlive QGIS."""
    yield
    leaked_frames.clear()


@pytest.fixture
def run(provider, inputs):
    """Run an algorithm to its end in this thread; return its results."""

    def go(name, feedback=None, **parameters):
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(name)
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        feedback = feedback or QgsProcessingFeedback()
        if name == SEGMENT:
            parameters.setdefault("WEIGHTS", str(inputs / "tiny.safetensors"))
        good, why = algorithm.checkParameterValues(parameters, context)
        if not good:
            raise QgsProcessingException(why)
        results, done = algorithm.run(parameters, context, feedback, {}, False)
        if not done:  # what is raised before the run goes to the log alone
            raise QgsProcessingException(feedback.textLog())
        return results

    return go


def command_line(worker_python, *arguments):
    program = Path(worker_python).with_name("rrsis-geo")
    subprocess.run([program, *arguments], check=True, capture_output=True)


def rows(path):
    """Attributes and exact geometry of every polygon in a GeoPackage."""
    layer = QgsVectorLayer(str(path), "", "ogr")
    assert layer.isValid()
    names = [field.name() for field in layer.fields() if field.name() != "fid"]
    found = []
    for feature in layer.getFeatures():
        values = {name: feature[name] for name in names}
        values["geometry"] = bytes(feature.geometry().asWkb()).hex()
        found.append({name: repr(value) for name, value in values.items()})
    return found


def test_polygons_are_those_of_the_command_line(run, inputs, tmp_path, worker_python):
    scene, weights = str(inputs / "demo.tif"), str(inputs / "tiny.safetensors")
    texts = "storage tank\n# not asked\nvehicle"
    results = run(
        SEGMENT,
        INPUT=scene,
        EXPRESSION=texts,
        THRESHOLD=0.2,  # untrained weights are sure of nothing
        RESOLVE="network",
        MIN_AREA=2,
        OUTPUT=str(tmp_path / "processing.gpkg"),
        PROBABILITY=str(tmp_path / "p.tif"),
    )
    output, probability = str(tmp_path / "cli.gpkg"), str(tmp_path / "cli.tif")
    command_line(
        worker_python,
        *("segment", scene, "-e", "storage tank", "-e", "vehicle"),
        *("--threshold", "0.2", "--min-area", "2", "--weights", weights),
        *("--resolve", "network"),
        *("-o", output, "--probability", probability),
    )

    ours, theirs = rows(tmp_path / "processing.gpkg"), rows(output)
    assert ours == theirs
    assert len(ours) == results["COUNT"] > 0
    assert (tmp_path / "p.tif").read_bytes() == Path(probability).read_bytes()

    # Another threshold from the probabilities is what a run at it would find.
    again = run(
        POLYGONS,
        INPUT=results["PROBABILITY"],
        THRESHOLD=0.25,
        OUTPUT=str(tmp_path / "again.gpkg"),
    )
    at_once = run(
        SEGMENT,
        INPUT=scene,
        EXPRESSION=texts,
        THRESHOLD=0.25,
        RESOLVE="network",
        OUTPUT=str(tmp_path / "once.gpkg"),
    )
    assert rows(tmp_path / "again.gpkg") == rows(tmp_path / "once.gpkg")
    assert again["COUNT"] == at_once["COUNT"] > 0


def test_extent_and_areas_limit_the_search(run, inputs, tmp_path, worker_python):
    scene, weights = str(inputs / "demo.tif"), str(inputs / "tiny.safetensors")
    layer = QgsRasterLayer(scene, "demo", "gdal")
    extent = layer.extent()
    west = extent.scaled(0.5)
    box = ",".join(
        repr(value)
        for value in (
            west.xMinimum(),
            west.yMinimum(),
            west.xMaximum(),
            west.yMaximum(),
        )
    )
    results = run(
        SEGMENT,
        INPUT=layer,
        EXPRESSION="storage tank",
        EXTENT=west,
        OUTPUT=str(tmp_path / "west.gpkg"),
    )
    output = str(tmp_path / "cli.gpkg")
    command_line(
        worker_python,
        *("segment", scene, "storage tank", "--bbox", box),
        *("--weights", weights, "-o", output),
    )
    assert rows(tmp_path / "west.gpkg") == rows(output)

    areas = QgsVectorLayer(f"Polygon?crs={layer.crs().authid()}", "areas", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromRect(west))
    areas.dataProvider().addFeatures([feature])
    within = run(
        SEGMENT,
        INPUT=layer,
        EXPRESSION="storage tank",
        AREA=areas,
        OUTPUT=str(tmp_path / "areas.gpkg"),
    )
    assert within["COUNT"] == results["COUNT"]
    assert rows(tmp_path / "areas.gpkg") == rows(output)


def test_areas_without_polygons_are_refused_by_the_name_of_their_layer(run, inputs):
    empty = QgsVectorLayer("Polygon?crs=EPSG:32631", "fields", "memory")
    with pytest.raises(QgsProcessingException, match=r"fields.*“Areas”") as failure:
        run(
            SEGMENT,
            INPUT=str(inputs / "demo.tif"),
            EXPRESSION="storage tank",
            AREA=empty,
            OUTPUT="memory:",
        )
    assert "area.gpkg" not in str(failure.value)


def test_layers_in_memory_give_the_polygons_of_their_file(run, inputs, tmp_path):
    from osgeo import gdal

    gdal.UseExceptions()
    gdal.Translate("/vsimem/demo.tif", str(inputs / "demo.tif"))
    layer = QgsRasterLayer("/vsimem/demo.tif", "in memory", "gdal")
    for name, source in (("memory", layer), ("file", str(inputs / "demo.tif"))):
        run(
            SEGMENT,
            INPUT=source,
            EXPRESSION="storage tank",
            OUTPUT=str(tmp_path / f"{name}.gpkg"),
        )
    assert rows(tmp_path / "memory.gpkg") == rows(tmp_path / "file.gpkg")
    gdal.Unlink("/vsimem/demo.tif")


def test_nothing_found_is_an_empty_layer(run, inputs, tmp_path):
    results = run(
        SEGMENT,
        INPUT=str(inputs / "demo.tif"),
        EXPRESSION="storage tank",
        MIN_AREA=1e9,
        OUTPUT=str(tmp_path / "none.gpkg"),
    )

    layer = QgsVectorLayer(results["OUTPUT"], "", "ogr")
    assert results["COUNT"] == layer.featureCount() == 0
    assert {"expression", "score", "area_m2"} <= set(layer.fields().names())
    assert layer.crs() == QgsRasterLayer(str(inputs / "demo.tif"), "", "gdal").crs()


class CancelAtOnce(QgsProcessingFeedback):
    """Cancels with the first progress."""

    def setProgressText(self, text):  # the name is QGIS's
        self.cancel()


def test_cancelling_ends_the_worker(run, inputs, tmp_path, monkeypatch, alive):
    from rrsis_geo_qgis.worker import run_job

    clients = []

    class Client(run_job.WorkerClient):
        def start(self):
            clients.append(self)
            super().start()

        def close(self):
            self.last_pid = self.pid
            super().close()

    monkeypatch.setattr(run_job, "WorkerClient", Client)
    results = run(
        SEGMENT,
        CancelAtOnce(),
        INPUT=str(inputs / "demo.tif"),
        EXPRESSION="storage tank",
        OVERLAP=470,
        OUTPUT=str(tmp_path / "never.gpkg"),
    )

    assert results == {}
    assert clients[0].last_pid > 0
    assert not alive(clients[0].last_pid)
    assert os.listdir(tmp_path) == []


def test_it_runs_in_the_background(provider, inputs, tmp_path, qtbot):
    """As the toolbox runs it: in a thread beside QGIS's main thread."""
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(SEGMENT)
    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    context.setProject(QgsProject.instance())
    parameters = {
        "INPUT": str(inputs / "demo.tif"),
        "EXPRESSION": "storage tank",
        "WEIGHTS": str(inputs / "tiny.safetensors"),
        "OUTPUT": str(tmp_path / "found.gpkg"),
    }
    task = QgsProcessingAlgRunnerTask(algorithm, parameters, context, feedback)
    with qtbot.waitSignal(task.executed, timeout=120_000) as ended:
        QgsApplication.taskManager().addTask(task)

    good, results = ended.args
    assert good
    assert results["COUNT"] == len(rows(tmp_path / "found.gpkg"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"EXPRESSION": "  \n# nothing"}, "no expression"),
        ({"EXPRESSION": "x" * 1001}, "1001 characters"),
        ({"THRESHOLD": 1.5}, "THRESHOLD"),
        ({"EXTENT": "0,1,0,1 [EPSG:32633]"}, "outside"),
        ({"WEIGHTS": "/nowhere.safetensors"}, "nowhere.safetensors"),
        ({"BANDS": [1, 2]}, "one or three"),
    ],
)
def test_bad_values_are_said_in_a_line(run, inputs, tmp_path, changed, said):
    parameters = {
        "INPUT": str(inputs / "demo.tif"),
        "EXPRESSION": "storage tank",
        "OUTPUT": str(tmp_path / "found.gpkg"),
        **changed,
    }
    with pytest.raises(QgsProcessingException) as caught:
        run(SEGMENT, **parameters)
    text = str(caught.value)
    assert said in text
    assert "Traceback" not in text


def test_without_an_environment_the_way_to_one_is_said(run, inputs, monkeypatch):
    monkeypatch.delenv("RRSIS_GEO_PYTHON")
    with pytest.raises(QgsProcessingException, match="Set up"):
        run(
            SEGMENT,
            INPUT=str(inputs / "demo.tif"),
            EXPRESSION="storage tank",
            OUTPUT="memory:",
        )


@pytest.mark.parametrize(
    "program", ["/bin/true", "/nowhere/python", "/usr/bin/python3"]
)
def test_interpreters_that_cannot_work_are_named(run, inputs, monkeypatch, program):
    monkeypatch.setenv("RRSIS_GEO_PYTHON", program)
    with pytest.raises(QgsProcessingException, match=program):
        run(
            SEGMENT,
            INPUT=str(inputs / "demo.tif"),
            EXPRESSION="storage tank",
            OUTPUT="memory:",
        )


def test_layers_without_a_place_are_refused(run, inputs, tmp_path):
    from osgeo import gdal

    gdal.UseExceptions()
    path = str(tmp_path / "nowhere.tif")
    gdal.Translate(path, str(inputs / "demo.tif"))
    data = gdal.Open(path, gdal.GA_Update)
    data.SetProjection("")
    data = None
    layer = QgsRasterLayer(path, "nowhere", "gdal")
    if layer.crs().isValid():
        layer.setCrs(type(layer.crs())())
    with pytest.raises(QgsProcessingException, match="has no CRS"):
        run(SEGMENT, INPUT=layer, EXPRESSION="ship", OUTPUT="memory:")


def test_a_model_of_both_algorithms_runs(run, provider, inputs, tmp_path):
    """In the model designer: the raster of one is the input of the other."""
    from qgis.core import (
        QgsProcessingModelAlgorithm,
        QgsProcessingModelChildAlgorithm,
        QgsProcessingModelChildParameterSource,
        QgsProcessingModelOutput,
    )

    Source = QgsProcessingModelChildParameterSource
    model = QgsProcessingModelAlgorithm("ask twice", "tests")
    first = QgsProcessingModelChildAlgorithm(SEGMENT)
    first.setChildId("first")
    for name, value in {
        "INPUT": str(inputs / "demo.tif"),
        "EXPRESSION": "storage tank",
        "WEIGHTS": str(inputs / "tiny.safetensors"),
        "PROBABILITY": str(tmp_path / "p.tif"),
        "OUTPUT": str(tmp_path / "first.gpkg"),
    }.items():
        first.addParameterSources(name, [Source.fromStaticValue(value)])
    model.addChildAlgorithm(first)
    second = QgsProcessingModelChildAlgorithm(POLYGONS)
    second.setChildId("second")
    source = Source.fromChildOutput("first", "PROBABILITY")
    second.addParameterSources("INPUT", [source])
    result = QgsProcessingModelOutput("found")
    result.setChildOutputName("OUTPUT")
    second.setModelOutputs({"found": result})
    model.addChildAlgorithm(second)

    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    wanted = {"second:found": str(tmp_path / "second.gpkg")}
    _, done = model.run(wanted, context, feedback, {}, False)

    assert done, feedback.textLog()
    assert rows(tmp_path / "second.gpkg") == rows(tmp_path / "first.gpkg")


def test_the_file_of_the_sink_is_whole(run, inputs, tmp_path):
    run(
        SEGMENT,
        INPUT=str(inputs / "demo.tif"),
        EXPRESSION="storage tank",
        OUTPUT=str(tmp_path / "found.gpkg"),
    )
    with sqlite3.connect(tmp_path / "found.gpkg") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert json.dumps(rows(tmp_path / "found.gpkg"))
