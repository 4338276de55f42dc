"""What installing costs: bytes fetched, disk, seconds to the first polygons.

    python benchmarks/install.py [--only light] [--json out.json]

Builds the wheel and makes two fresh virtual environments from it, by pip as a user
does: light, and with the extra torch. Each is fetched, installed, and asked for a tank
of the demo scene by the command line. Whatever pip is configured for applies: which
build of torch it fetches depends on its index. Disk is the sum of all files, counted
after the first run. CPU seconds are those of all of it; on a machine with other work
they say more than the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

KINDS = {"light": "", "torch": "[torch]"}
"""Kind -> extra of the package."""


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    with TemporaryDirectory() as name:
        work = Path(name)
        build = [sys.executable, ROOT / "scripts" / "build_plugin", "--folder", work]
        run(*build)
        (wheel,) = work.glob("rrsis_geo-*.whl")
        print(f"wheel: {wheel.stat().st_size / 1e6:.1f} MB\n")
        print("| | fetched | fetch | install | first polygons | CPU | disk |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        rows = {}
        for kind, extra in KINDS.items():
            if chosen.only in (None, kind):
                rows[kind] = row = measure(work / kind, wheel, extra)
                print(
                    f"| {kind} | {row['fetched_mb']:.0f} MB | {row['fetch_s']:.0f} s "
                    f"| {row['install_s']:.0f} s | {row['polygons_s']:.0f} s "
                    f"| {row['cpu_s']:.0f} s | {row['disk_mb']:.0f} MB |",
                    flush=True,
                )
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=2), encoding="utf-8")


def measure(work: Path, wheel: Path, extra: str) -> dict[str, Any]:
    """Make an environment and use it; seconds, and MB of 10^6 bytes."""
    work.mkdir()
    before = cpu_seconds()
    run(sys.executable, "-m", "venv", work / "env")
    python = work / "env" / "bin" / "python"
    wanted = f"rrsis-geo{extra} @ {wheel.as_uri()}"
    pip = [python, "-m", "pip"]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-cache-dir"]
    pins = ["--constraint", ROOT / "constraints.txt", "--only-binary=:all:"]

    began = time.perf_counter()
    run(*pip, "download", *quiet, *pins, "--dest", work / "wheels", wanted)
    fetched = time.perf_counter()
    source = ["--no-index", "--find-links", work / "wheels"]
    run(*pip, "install", *quiet, *source, wanted)
    installed = time.perf_counter()
    told = run(python, "-I", "-m", "rrsis_geo_cli", "demo", work / "demo")
    polygons = time.perf_counter()
    if "verdict\tfound" not in told:
        raise SystemExit(f"Error: the demo did not find its tank: {told}")
    wheels = [path for path in (work / "wheels").iterdir() if path.name != wheel.name]
    files = [path for path in (work / "env").rglob("*") if not path.is_symlink()]
    return {
        "fetched_mb": total_mb(wheels),
        "fetch_s": fetched - began,
        "install_s": installed - fetched,
        "polygons_s": polygons - began,
        "cpu_s": cpu_seconds() - before,
        "disk_mb": total_mb(files),
    }


def cpu_seconds() -> float:
    """Return the CPU seconds of all programs that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def total_mb(paths: list[Path]) -> float:
    """Return the size of all files among paths."""
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def run(*command: str | Path) -> str:
    """Run a program without variables that would lead it to other packages."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    words = [str(word) for word in command]
    done = subprocess.run(
        words, check=True, env=kept, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


if __name__ == "__main__":
    main()
