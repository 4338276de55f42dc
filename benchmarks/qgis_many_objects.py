"""Longest pauses of QGIS's interface with a run of 100,000 polygons.

    python benchmarks/qgis_many_objects.py [--objects 100000] [--json pauses.json]

A past run is opened again in a QGIS desktop on a virtual display (xvfb-run) and
reviewed by the panel's own functions. A timer in the event loop notes when it was last
called; the longest gap of each step is printed, by the clock and in processor time of
the interface's thread. The map is rendered by other threads of the same processor.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from qgis_desktop import build, run_script

PROBE = """
import itertools, json, os, time, traceback
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QEventLoop, QTimer
from qgis.PyQt.QtWidgets import QApplication
from qgis.utils import iface, plugins
from rrsis_geo_qgis.core.job import SegmentJob
from rrsis_geo_qgis.layers import content, result_layers
from rrsis_geo_qgis.runs import run_list

OUTPUT = os.environ["PROBE_OUTPUT"]
found = []


def wait(seconds):
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()


def step(name, do, ended=lambda: True):
    beats = []
    timer = QTimer()
    timer.setInterval(5)
    note = lambda: beats.append((time.perf_counter(), time.thread_time()))
    timer.timeout.connect(note)
    timer.start()
    wait(0.3)
    note()
    began = time.perf_counter()
    do()
    wait(0.3)
    while not (ended() and not iface.mapCanvas().isDrawing()):
        if time.perf_counter() - began > 120:
            break
        wait(0.1)
    took = time.perf_counter() - began
    wait(0.3)
    note()
    timer.stop()
    gaps = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(beats)]
    found.append(
        {
            "step": name,
            "pause": max(gap for gap, _ in gaps),
            "processor": max(used for _, used in gaps),
            "seconds": took,
        }
    )
    answer()


def answer():
    with open(os.environ["PROBE_ANSWER"], "w") as file:
        json.dump(found, file)


def review():
    panel = plugins["rrsis_geo_qgis"].show_panel()
    panel.setFloating(False)
    wait(1)
    job = SegmentJob(scene="scene.tif", expressions=("building",), output=OUTPUT)
    run_list.add_run(
        job, folder=os.path.dirname(OUTPUT), title="many", scene="scene",
        content=content.content_hash(OUTPUT), count=1,
    )
    results, canvas = panel.results, iface.mapCanvas()
    table, boxes = results.objects.table, results.review

    def open_run():
        (run,) = run_list.list_runs()
        run_list.reopen(run)
        panel._show_results(run.folder)

    def layer():
        return result_layers.run_layers(results.run)[0]

    loaded = lambda: table.rowCount() > 0 and not table.loading
    step("nothing", lambda: None)
    step("open the run again", open_run, loaded)
    step("show all on the map", lambda: canvas.zoomToFeatureExtent(layer().extent()))
    step("zoom in", lambda: canvas.zoomByFactor(0.05))
    step("zoom out", lambda: canvas.zoomByFactor(20))
    step("filter by score", lambda: results.filters.score.setValue(0.6))
    step("no filter", lambda: results.filters.score.setValue(0))
    step("select one in the list", lambda: results.objects.select(table.keys[500:501]))
    step("keep it", boxes.keep)
    step("next doubtful one", boxes.next_doubtful)
    step("reject it", boxes.reject)
    step("undo", boxes.undo)
    step("select 1,000 on the map", lambda: layer().selectByExpression("id <= 1000"))
    step("keep these", boxes.keep, loaded)
    boxes.above.setValue(0.5)
    step("keep all above 0.5", boxes.keep_above, loaded)
    step("undo that", boxes.undo, loaded)
    step("save", boxes.save)
    step("close the project", lambda: (layer().rollBack(), iface.newProject(False)))


def main():
    try:
        review()
    except Exception:
        found.append({"failed": traceback.format_exc()})
        answer()
    for layer in QgsProject.instance().mapLayers().values():
        layer.rollBack()
    QgsProject.instance().clear()
    QgsProject.instance().setDirty(False)
    iface.actionExit().trigger()


QTimer.singleShot(1500, main)
"""


def main() -> None:
    """Make the run, measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder)
        (folder / "run").mkdir()
        output = folder / "run" / "found.gpkg"
        write_objects(output, options.objects)
        found = run_script(
            folder, "desktop", PROBE, environment={"PROBE_OUTPUT": str(output)}
        )
    if "failed" in found[-1]:
        sys.exit(found[-1]["failed"])
    print(f"| step, {options.objects:,} polygons | longest pause | processor | all |")
    print("| --- | --- | --- | --- |")
    for one in found:
        print(
            f"| {one['step']} | {one['pause']:.2f} s | {one['processor']:.2f} s "
            f"| {one['seconds']:.1f} s |"
        )
    if options.json:
        options.json.write_text(json.dumps(found, indent=2), encoding="utf-8")


def write_objects(path: Path, count: int) -> None:
    """Write a layer as of a run: octagons in a square, with scores at random."""
    rng = np.random.default_rng(1)
    across = int(np.ceil(count**0.5))
    place = np.arange(count)
    centres = 20.0 * np.column_stack([place % across, place // across])
    angles = np.linspace(0, 2 * np.pi, 9)[:-1]
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    radius = rng.uniform(4, 9, count)
    outlines = centres[:, None] + radius[:, None, None] * ring + (500_000, 5_000_000)
    table = gpd.GeoDataFrame(
        {
            "id": place + 1,
            "expression": "building",
            "score": rng.uniform(0.3, 1, count).round(4),
            "area_m2": (2.83 * radius**2).round(2),
        },
        geometry=shapely.polygons(outlines),
        crs="EPSG:32632",
    )
    table.to_file(path, layer="found", driver="GPKG")


if __name__ == "__main__":
    main()
