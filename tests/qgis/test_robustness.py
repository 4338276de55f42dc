"""Failures during a search: no crash, no process left behind, one message each."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtWidgets import QAction
from rrsis_geo_qgis.layers import result_layers
from rrsis_geo_qgis.plugin import RRSISGeoPlugin
from rrsis_geo_qgis.worker.controller import Controller, State

PLUGIN = str(Path(sys.modules["rrsis_geo_qgis"].__file__).parents[1])


def only_text(messages):
    ((_level, text),) = messages()
    return text


def test_a_killed_worker_is_one_message_and_the_next_search_works(
    long_run, until, messages, alive
):
    panel = long_run
    first = panel._controller.pid
    os.kill(first, signal.SIGKILL)
    until(lambda: panel.ended)

    assert panel.ended[0].kind == "failed"
    assert "ended unexpectedly" in only_text(messages)
    assert not alive(first)
    assert panel._controller.state is State.IDLE

    panel.advanced.overlap.setValue(96)
    panel.run()
    until(lambda: len(panel.ended) == 2)
    assert panel.ended[1].kind in ("found", "nothing")


def test_a_removed_layer_cancels_its_search(long_run, until, messages):
    QgsProject.instance().removeMapLayer(long_run.scene.id())
    until(lambda: long_run.ended)

    assert long_run.ended[0].kind == "cancelled"
    assert only_text(messages) == (
        "Layer demo was removed, so its search was cancelled."
    )


def test_a_closed_project_cancels_its_search(long_run, until, messages):
    QgsProject.instance().clear()
    until(lambda: long_run.ended)

    assert only_text(messages) == (
        "The project was closed, so the search was cancelled."
    ) or "demo was removed" in only_text(messages)
    assert QgsProject.instance().mapLayers() == {}
    assert QgsProject.instance().layerTreeRoot().findGroups() == []


def test_a_second_search_is_refused_while_one_runs(long_run, until, messages):
    long_run.run()

    assert "A search is running" in only_text(messages)
    assert long_run.search.running
    assert long_run.ended == []


def test_results_removed_while_it_runs_come_at_the_end(panel, until):
    panel.options.threshold.setValue(0.01)
    panel.advanced.resolve.setCurrentIndex(1)  # the network, which paints all
    panel.run()
    until(lambda: panel.search.running)
    root = QgsProject.instance().layerTreeRoot()
    for group in root.findGroups():
        root.removeChildNode(group)
    until(lambda: panel.ended)

    assert panel.ended[0].kind == "found"
    assert len(result_layers.run_layers(panel.ended[0].run)) == 1


def test_unloading_while_it_runs_leaves_no_process_and_no_layer(long_run, alive):
    pid = long_run._controller.pid
    assert alive(pid)

    long_run.shut_down()

    assert not alive(pid)
    assert QgsProject.instance().layerTreeRoot().findGroups() == []


def test_quitting_while_it_runs_leaves_no_process(long_run, alive):
    pid = long_run._controller.pid

    long_run.search.end_worker()

    assert not alive(pid)


def test_an_environment_deleted_in_between_is_named(
    panel, until, messages, tmp_path, qgis_iface, worker_python
):
    gone = tmp_path / "environment" / "bin" / "python"
    panel._controller._find_python = lambda: str(gone)
    panel.run()
    until(lambda: panel.ended)

    assert str(gone) in only_text(messages)
    assert "cannot be started" in only_text(messages)

    panel._controller._find_python = lambda: worker_python
    panel.run()
    until(lambda: len(panel.ended) == 2)
    assert panel.ended[1].kind in ("found", "nothing")


def test_without_an_environment_the_panel_leads_to_the_setup(
    panel, messages, monkeypatch
):
    monkeypatch.delenv("RRSIS_GEO_PYTHON")
    panel._find_python = lambda: None
    panel.run()

    assert panel.setup_box.begin_button.isVisible()
    assert "Set up" in only_text(messages)
    assert not panel.search.running


QGIS_THAT_IS_KILLED = """
import os, sys
sys.path.insert(0, sys.argv[1])
from qgis.core import QgsApplication
app = QgsApplication([], True)
app.initQgis()
from qgis.PyQt.QtCore import QTimer
from rrsis_geo_qgis.worker.controller import Controller
from rrsis_geo_qgis.core.job import SegmentJob, SegmentOptions
controller = Controller(lambda: sys.argv[2])
def begun(progress):
    print(controller.pid, flush=True)
    if sys.argv[6] == "killed":
        os.kill(os.getpid(), 9)
    app.quit()
controller.progressed.connect(begun)
controller.run(SegmentJob(
    scene=sys.argv[3], expressions=("tank",), weights=sys.argv[4],
    output=sys.argv[5], options=SegmentOptions(overlap=470)))
app.exec()
controller.close()
del controller
app.exitQgis()
"""


@pytest.mark.parametrize("end", ["killed", "quits"])
def test_a_qgis_that_ends_takes_its_worker_along(
    end, inputs, worker_python, tmp_path, alive, until
):
    arguments = [
        PLUGIN,
        worker_python,
        str(inputs / "demo.tif"),
        str(inputs / "tiny.safetensors"),
        str(tmp_path / "out.gpkg"),
        end,
    ]
    done = subprocess.run(
        [sys.executable, "-c", QGIS_THAT_IS_KILLED, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
    )
    pid = int(done.stdout.split()[0])
    assert done.returncode == (-9 if end == "killed" else 0), done.stderr

    until(lambda: not alive(pid), 20)


def test_two_qgis_at_once_do_not_meet(panel, until, qgis_iface, worker_python):
    from rrsis_geo_qgis.panel.panel import Panel
    from rrsis_geo_qgis.setup.environment_setup import EnvironmentSetup

    other = Panel(
        qgis_iface,
        Controller(lambda: worker_python),
        lambda: worker_python,
        EnvironmentSetup(),
    )
    ended = []
    other.search.ended.connect(ended.append)
    for chosen, value in (
        (other.layer.setLayer, panel.scene),
        (other.options.weights.setEditText, panel.options.weights.currentText()),
        (other.advanced.folder.setFilePath, panel.advanced.folder.filePath()),
        (other.query.edit.setPlainText, panel.query.text),
    ):
        chosen(value)
    for each in (panel, other):  # what an untrained network paints, whatever it means
        each.advanced.resolve.setCurrentIndex(1)
        each.options.min_score.setValue(0.01)
    try:
        panel.run()
        other.run()
        until(lambda: panel.ended and ended)
        pids = {panel._controller.pid, other._controller.pid}
    finally:
        other.shut_down()

    runs = {panel.ended[0].run, ended[0].run}
    assert len(runs) == len(pids) == 2
    files = [next(Path(run).glob("storage-tank.gpkg")) for run in runs]
    assert files[0].stat().st_size == files[1].stat().st_size


def test_reloading_ten_times_leaves_nothing_behind(qgis_iface, alive, until):
    window = qgis_iface.mainWindow()
    canvas = qgis_iface.mapCanvas()
    registry = QgsApplication.processingRegistry()

    def inventory():
        QgsApplication.sendPostedEvents(None, 52)  # deferred deletions
        return (
            len(window.findChildren(QAction)),
            len(canvas.scene().items()),
            sorted(provider.id() for provider in registry.providers()),
            len(window.children()),
        )

    before = inventory()
    pids = []
    for _ in range(10):
        plugin = RRSISGeoPlugin(qgis_iface)
        plugin.initGui()
        assert registry.providerById("rrsis_geo") is not None
        panel = plugin.show_panel()
        panel._controller._find_python = lambda: os.environ.get(
            "RRSIS_GEO_PYTHON", sys.executable
        )
        if panel._controller.request_weights():
            pids.append(panel._controller.pid)
        plugin.unload()

    assert inventory() == before
    assert [pid for pid in pids if alive(pid)] == []
