"""A QGIS desktop with the plugin on a virtual display, which runs a script."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def build(folder: Path) -> None:
    """Build the plugin into a folder, or end the program where QGIS is missing."""
    for program in ("qgis", "xvfb-run"):
        if shutil.which(program) is None:
            sys.exit(f"Error: {program} is not installed: scripts/qgis_setup")
    script = str(ROOT / "scripts/build_plugin")
    subprocess.run([sys.executable, script, "--folder", str(folder)], check=True)


def run_script(
    folder: Path,
    name: str,
    script: str,
    *,
    enabled: bool = True,
    environment: Mapping[str, str] | None = None,
) -> Any:
    """Start QGIS in a new profile and return what its script has answered.

    Args:
        folder: Where the plugin was built; also takes the profile.
        name: Of the profile.
        script: Python that writes JSON into the file that the variable PROBE_ANSWER
            names, and ends QGIS.
        enabled: Whether the plugin is enabled.
        environment: Further variables.
    """
    profiles, answer = folder / name, folder / f"{name}.json"
    profile = profiles / "profiles" / "default"
    with zipfile.ZipFile(folder / "rrsis_geo_qgis.zip") as archive:
        archive.extractall(profile / "python" / "plugins")
    settings = profile / "QGIS" / "QGIS3.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        "[PythonPlugins]\nprocessing=true\n"
        f"rrsis_geo_qgis={str(enabled).lower()}\n"
        "[qgis]\ncheckVersion=false\nshowTips=false\nenableMacros=0\n",
        encoding="ascii",
    )
    code = folder / f"{name}.py"
    code.write_text(script, encoding="utf-8")
    (folder / "runtime").mkdir(mode=0o700, exist_ok=True)
    command = ["xvfb-run", "-a", "-s", "-screen 0 1920x1080x24 -dpi 96", "qgis"]
    command += ["--nologo", "--noversioncheck", "--profiles-path", str(profiles)]
    command += ["--code", str(code)]
    own = {"PROBE_ANSWER": str(answer), "XDG_RUNTIME_DIR": str(folder / "runtime")}
    ended = subprocess.run(
        command,
        env={**os.environ, **own, **(environment or {})},
        timeout=600,
        check=False,  # some builds of QGIS crash on exit
        capture_output=True,
        text=True,
    )
    if not answer.exists():
        sys.exit(f"Error: QGIS has not run the script:\n{ended.stderr[-2000:]}")
    return json.loads(answer.read_text(encoding="utf-8"))
