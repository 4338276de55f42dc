"""Runs inside a desktop QGIS: presses Set up, Demo scene and a question.

Started by test_first_run.py in a process of its own; writes what happened to the file
that FIRST_RUN_REPORT names.
"""

import json
import os
import time
import traceback

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.utils import iface, plugins


def until(condition, what, seconds):
    """Wait until a condition holds; fail after a timeout."""
    for _ in range(seconds * 20):
        if condition():
            return
        QTest.qWait(50)
    raise AssertionError(f"waited {seconds} s in vain: {what}")


def press(button):
    """Press a button with the mouse."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def scenario(report):
    """Do what a new user does, and note what happens."""
    panel = plugins["rrsis_geo_qgis"].show_panel()
    setup, box = panel.environment, panel.setup_box
    until(lambda: not setup.busy, "what would be fetched", 120)
    report["button"] = box.begin_button.text()

    began = time.monotonic()
    fetched = [0]

    def ended_installing():
        stage = setup.stage
        fetched[0] = max(fetched[0], stage.fetched if stage is not None else 0)
        return not setup.installing

    press(box.begin_button)
    until(ended_installing, "the end of the installation", 1500)
    report["set_up_seconds"] = round(time.monotonic() - began, 1)
    report["condition"] = setup.condition
    report["failure"] = setup.notice.full_text() if setup.notice else ""
    report["fetched_bytes"] = fetched[0]
    report["folder"] = setup.folder
    if report["failure"]:
        return

    press(box.demo_button)
    until(lambda: box.questions.isVisible(), "the demo scene", 300)
    ended = []
    panel.search.ended.connect(ended.append)
    press(box.questions.layout().itemAt(0).widget())
    until(lambda: ended, "the answer", 600)
    report["polygons_seconds"] = round(time.monotonic() - began, 1)
    report["answer"] = [ended[0].kind, ended[0].text]
    layers = QgsProject.instance().mapLayers().values()
    report["polygons"] = sum(
        layer.featureCount() for layer in layers if hasattr(layer, "featureCount")
    )


def go():
    """Run the scenario and quit QGIS in any case."""
    report = {"error": ""}
    try:
        scenario(report)
    except Exception:
        report["error"] = traceback.format_exc()
    finally:
        with open(os.environ["FIRST_RUN_REPORT"], "w", encoding="utf-8") as file:
            json.dump(report, file)
        QgsProject.instance().clear()
        QgsProject.instance().setDirty(False)
        iface.actionExit().trigger()


QTimer.singleShot(1500, go)
