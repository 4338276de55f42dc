"""Time that the plugin adds to the start of QGIS, and time to open the panel.

    python benchmarks/qgis_startup.py [--runs 5] [--json qgis_startup.json]

Starts the QGIS desktop on a virtual display (xvfb-run) in new profiles, alternately
with the built plugin enabled and disabled. Each desktop measures the wall and processor
time until it runs a script, the time of loading the plugin as reported by QGIS, and the
time from opening the panel to its first rendering. The desktop with the plugin should
start at most 0.1 s later than the other, and the panel should open within 0.3 s.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from qgis_desktop import build, run_script

LIMITS = {"start": 0.1, "panel": 0.3}
"""Seconds."""

PROBE = """
import json, os, time
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication
from qgis.core import QgsProject
from qgis.utils import iface, plugin_times, plugins

born = float(open("/proc/self/stat").read().rsplit(")", 1)[1].split()[19])
up = float(open("/proc/uptime").read().split()[0])
found = {
    "start": up - born / os.sysconf("SC_CLK_TCK"),
    "processor": sum(os.times()[:2]),
    "load": float(str(plugin_times.get("rrsis_geo_qgis", "0")).rstrip("s")),
}


def click():
    plugin = plugins.get("rrsis_geo_qgis")
    if plugin is not None:
        for name in ("panel", "again"):
            began, worked = time.perf_counter(), time.process_time()
            panel = plugin.show_panel()
            QApplication.processEvents()
            panel.grab()
            found[name] = time.perf_counter() - began
            found[name + " processor"] = time.process_time() - worked
            panel.hide()
            QApplication.processEvents()
    with open(os.environ["PROBE_ANSWER"], "w") as answer:
        json.dump(found, answer)
    QgsProject.instance().setDirty(False)
    iface.actionExit().trigger()


QTimer.singleShot(1500, click)
"""


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder)
        runs: dict[bool, list[dict[str, float]]] = {True: [], False: []}
        for number in range(-1, options.runs):
            for enabled in (True, False):
                profile = f"{number}-{enabled}"
                found = run_script(folder, profile, PROBE, enabled=enabled)
                if number >= 0:  # the first pair fills the disk cache
                    runs[enabled].append(found)
    shown = summary(runs)
    print(table(shown))
    if options.json:
        text = json.dumps({"runs": options.runs, **shown}, indent=2)
        options.json.write_text(text, encoding="utf-8")


def summary(runs: dict[bool, list[dict[str, float]]]) -> dict[str, float]:
    """Compute medians, and medians of the differences of pairs."""
    pairs = list(zip(runs[True], runs[False], strict=True))
    return {
        "start with": statistics.median(one["start"] for one in runs[True]),
        "start without": statistics.median(one["start"] for one in runs[False]),
        "start": statistics.median(a["start"] - b["start"] for a, b in pairs),
        "processor": statistics.median(
            a["processor"] - b["processor"] for a, b in pairs
        ),
        "load": statistics.median(one["load"] for one in runs[True]),
        "panel": statistics.median(one["panel"] for one in runs[True]),
        "panel processor": statistics.median(
            one["panel processor"] for one in runs[True]
        ),
        "again": statistics.median(one["again"] for one in runs[True]),
    }


def table(shown: dict[str, float]) -> str:
    """Format the results as a table."""
    words = {
        "start with": "QGIS until it runs a script, plugin enabled",
        "start without": "the same, plugin not enabled",
        "start": "difference by the clock",
        "processor": "difference in processor time",
        "load": "loading the plugin, as reported by QGIS",
        "panel": "panel, from opening to its first rendering",
        "panel processor": "the same in processor time",
        "again": "panel, the second time",
    }
    lines = [f"{'':46}{'s':>8}   limit"]
    for name, text in words.items():
        limit = f"{LIMITS[name]:8.1f}" if name in LIMITS else ""
        lines.append(f"{text:46}{shown[name]:8.3f}{limit}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
