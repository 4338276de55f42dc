"""Runs inside QGIS (see `take`): presses Set up, then the demo scene and a question.

The profile is new and no variable names a Python. Prints seconds and bytes.
"""

import os
import sys
import time

sys.path.insert(0, os.environ["SHOTS_CODE"])
from operate import begin, open_panel, picture, press, report, until

LAST = os.environ.get("SHOTS_LAST", "answered")
"""Step after which the script ends: ready or answered."""


def scenario():
    """Do what a new user does."""
    panel = open_panel()
    setup, box = panel.environment, panel.setup_box
    until(lambda: not setup.busy, "what would be fetched")
    picture("setup")
    report(box.begin_button.text())

    began = time.monotonic()
    press(box.begin_button)
    fetched = []

    def fetching():
        stage = setup.stage
        if stage is not None and stage.fetched:
            fetched.append(stage.fetched)
        return len(fetched) > 3 or not setup.busy

    until(fetching, "bytes that were fetched")
    picture("installing")
    until(lambda: not setup.installing, "the end of the installation", 1500)
    report(f"set up in {time.monotonic() - began:.0f} s: {setup.condition}")
    if setup.notice is not None:
        raise AssertionError(setup.notice.full_text())
    picture("ready")
    if LAST == "ready":
        return

    press(box.demo_button)
    until(lambda: box.questions.isVisible(), "the demo scene")
    picture("demo")
    ended = []
    panel.search.ended.connect(ended.append)
    press(box.questions.layout().itemAt(0).widget())
    until(lambda: ended, "the answer")
    report(f"first polygons after {time.monotonic() - began:.0f} s: {ended[0].text}")
    if ended[0].kind != "found":
        raise AssertionError(ended[0].text)
    report(f"worker {panel._controller.pid}")
    picture("answered")


begin(scenario)
