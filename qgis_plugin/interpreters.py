"""Python interpreters: where they are, and whether rrsis-geo works in one.

Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import glob
import json
import os
import shutil
import subprocess  # nosec B404
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Sequence

from .core.protocol import PROTOCOL_VERSION

MINIMUM = (3, 11)
"""The oldest Python that rrsis-geo runs on."""

PREFERRED = ((3, 12), (3, 13), (3, 11), (3, 14))
"""Versions that most packages have wheels for, the safest first."""

SECONDS = 60
"""After which an interpreter that says nothing counts as broken."""

LEAKS = (
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "DYLD_LIBRARY_PATH",
    "DYLD_FRAMEWORK_PATH",
    "DYLD_INSERT_LIBRARIES",
    "GDAL_DATA",
    "GDAL_DRIVER_PATH",
    "PROJ_LIB",
    "PROJ_DATA",
    "QT_PLUGIN_PATH",
    "VIRTUAL_ENV",
    "__PYVENV_LAUNCHER__",
)
"""Variables of QGIS that make another Python load foreign libraries."""

PROBE = """
import json, struct, sys
from importlib.util import find_spec
print(json.dumps({
    "program": sys.executable,
    "version": list(sys.version_info[:3]),
    "bits": struct.calcsize("P") * 8,
    "venv": bool(find_spec("venv") and find_spec("ensurepip")),
    "pip": bool(find_spec("pip")),
}))
"""

CHECK = """
import json, sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
found = {"version": list(sys.version_info[:3])}
for name in ("rrsis-geo", "torch"):
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        found[name] = None
if found["torch"] is None and find_spec("torch"):
    found["torch"] = "of unknown version"
if found["rrsis-geo"]:
    try:
        from rrsis_geo.protocol import PROTOCOL_VERSION
        found["protocol"] = PROTOCOL_VERSION
    except Exception as error:
        found["broken"] = repr(error)
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python that could carry an environment."""

    program: str
    version: tuple
    """(major, minor, micro)"""
    bits: int
    venv: bool
    """Whether it makes environments that have pip."""
    pip: bool
    """Whether it has pip itself."""

    @property
    def suitable(self) -> bool:
        """Whether an environment for rrsis-geo can be made of it."""
        able = self.venv or self.pip
        return self.version[:2] >= MINIMUM and self.bits == 64 and able

    @property
    def label(self) -> str:
        """What a list shows."""
        return f"Python {'.'.join(map(str, self.version))} — {self.program}"


@dataclass(frozen=True)
class Check:
    """Whether rrsis-geo can run in an interpreter, and what to do if not."""

    kind: str
    """ok, no_file, no_python, old_python, no_package, no_torch, broken or
    other_version."""
    message: str
    """One plain sentence; for ok, what there is."""
    advice: str = ""

    @property
    def good(self) -> bool:
        """Whether the worker can be started there."""
        return self.kind == "ok"


def clean_environment(variables: Mapping[str, str]) -> Dict[str, str]:
    """The variables that a Python outside QGIS should see."""
    return {
        name: value
        for name, value in variables.items()
        if name not in LEAKS and not name.startswith("PYTHON")
    }


def ask(program: str, code: str, *, seconds: float = SECONDS) -> Any:
    """What a piece of code prints as JSON in another Python.

    Raises:
        OSError: the program cannot be started.
        ValueError: it did not answer as a Python does.
        subprocess.TimeoutExpired: it said nothing.
    """
    done = subprocess.run(  # noqa: S603  # nosec B603
        [program, "-I", "-c", code],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=seconds,
        check=False,
        env=clean_environment(os.environ),
        cwd=os.path.expanduser("~"),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    text = done.stdout.decode("utf-8", "replace").strip()
    return json.loads(text.splitlines()[-1] if text else "")


def probe(program: str) -> Interpreter | None:
    """The interpreter at a path; None where there is no Python that answers."""
    try:
        answer = ask(program, PROBE)
        return Interpreter(
            program=program,
            version=tuple(answer["version"]),
            bits=int(answer["bits"]),
            venv=bool(answer["venv"]),
            pip=bool(answer["pip"]),
        )
    except (OSError, ValueError, KeyError, TypeError, subprocess.SubprocessError):
        return None


def find_interpreters(places: Sequence[str] | None = None) -> List[Interpreter]:
    """Every Python of this computer that can carry an environment, the best first.

    Args:
        places: Programs to look at; None: QGIS's own, PATH, the py launcher and the
            usual folders of this platform.
    """
    found: Dict[str, Interpreter] = {}
    for program in candidates() if places is None else places:
        key = os.path.realpath(program)
        if key not in found:
            there = probe(program)
            if there is not None and there.suitable:
                found[key] = there
    return sorted(found.values(), key=_rank)


def candidates() -> Iterator[str]:
    """Programs that may be a Python, without starting one, except the py launcher."""
    seen = set()
    for program in _everywhere():
        if program not in seen and os.path.isfile(program):
            seen.add(program)
            # Windows puts a program of no bytes on PATH that opens its shop
            if "WindowsApps" not in program:
                yield program


def no_interpreter() -> str:
    """What to say when `find_interpreters` found none."""
    wanted = ".".join(map(str, MINIMUM))
    how = {
        "win32": "install Python 3.12 (64 bit) from python.org or the Microsoft Store",
        "darwin": "install Python 3.12 from python.org or with a package manager",
    }.get(
        sys.platform,
        "install python3 and python3-venv with the package manager of your system",
    )
    return (
        f"No Python {wanted} or newer was found on this computer, and QGIS's own is "
        f"{'.'.join(map(str, sys.version_info[:2]))}. Please {how}, then look again; "
        "or choose an interpreter that has rrsis-geo already."
    )


def check_interpreter(program: str, *, version: str) -> Check:
    """Whether the worker can run in an interpreter, without loading torch.

    Args:
        program: Path of a Python.
        version: Of this plugin; the package's should be the same.
    """
    if not program or not os.path.isfile(program):
        return Check(
            "no_file",
            f"There is no file {program!r}.",
            "Choose the python program itself, e.g. bin/python or Scripts\\python.exe "
            "inside the environment.",
        )
    try:
        found = ask(program, CHECK)
        python = tuple(found["version"])
    except subprocess.TimeoutExpired:
        return Check(
            "no_python",
            f"{program} did not answer within {SECONDS} s.",
            "Choose another interpreter.",
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return Check(
            "no_python",
            f"{program} is not a Python that works.",
            "Choose the python program itself, e.g. bin/python or Scripts\\python.exe "
            "inside the environment.",
        )
    return _judge(program, python, found, version)


def _judge(program: str, python: tuple, found: Any, version: str) -> Check:
    name = f"Python {'.'.join(map(str, python))} at {program}"
    install = f'"{program}" -m pip install rrsis-geo=={version}'
    if python[:2] < MINIMUM:
        wanted = ".".join(map(str, MINIMUM))
        return Check(
            "old_python",
            f"{name} is too old; rrsis-geo needs {wanted} or newer.",
            "Choose a newer Python, or let the plugin make an environment of its own.",
        )
    if found["rrsis-geo"] is None:
        return Check(
            "no_package", f"{name} has no rrsis-geo.", f"Install it there: {install}"
        )
    if "broken" in found:
        return Check(
            "broken",
            f"rrsis-geo in {name} cannot be loaded: {found['broken']}",
            f"Install it again: {install} --force-reinstall",
        )
    if found["torch"] is None:
        return Check(
            "no_torch", f"{name} has rrsis-geo, but no torch.", f"Install it: {install}"
        )
    if found["protocol"] != PROTOCOL_VERSION:
        return Check(
            "other_version",
            f"{name} has rrsis-geo {found['rrsis-geo']}, which this plugin, "
            f"{version}, does not understand.",
            f"Install the plugin's version there: {install}",
        )
    has = f"{name} has rrsis-geo {found['rrsis-geo']} and torch {found['torch']}."
    if found["rrsis-geo"] != version:
        return Check(
            "ok",
            has + f" The plugin is {version}; they understand each other, but results "
            "may differ between versions.",
            f"For the same version: {install}",
        )
    return Check("ok", has)


def _rank(found: Interpreter) -> tuple:
    series = found.version[:2]
    place = PREFERRED.index(series) if series in PREFERRED else len(PREFERRED)
    return (not found.venv, place, [-number for number in found.version])


def _everywhere() -> Iterator[str]:
    yield from _beside_qgis()
    for name in [f"python3.{minor}" for _, minor in PREFERRED] + ["python3", "python"]:
        there = shutil.which(name)
        if there:
            yield there
    if sys.platform == "win32":
        yield from _launcher()
    else:  # programs started from a desktop see a short PATH
        for folder in (
            "/opt/homebrew/bin",
            "/usr/local/bin",
            "/usr/bin",
            "~/.local/bin",
        ):
            yield from sorted(glob.glob(f"{os.path.expanduser(folder)}/python3.[0-9]*"))
        frameworks = "/Library/Frameworks/Python.framework/Versions/*/bin/python3"
        yield from sorted(glob.glob(frameworks))


def _beside_qgis() -> Iterator[str]:
    """QGIS's own Python: sys.executable is QGIS itself on some platforms."""
    exact = "python{}.{}".format(*sys.version_info)
    for prefix in (sys.base_prefix, sys.base_exec_prefix, sys.prefix):
        if sys.platform == "win32":
            yield str(Path(prefix, "python.exe"))
        else:
            yield str(Path(prefix, "bin", exact))
            yield str(Path(prefix, "bin", "python3"))
    if sys.platform == "darwin":  # inside QGIS.app
        folder = Path(sys.executable).parent
        yield from (str(folder / "bin" / "python3"), str(folder / "python3"))
    if Path(sys.executable).name.lower().startswith("python"):
        yield sys.executable


def _launcher() -> Iterator[str]:
    """What Windows' py launcher knows."""
    launcher = shutil.which("py")
    if launcher is None:
        return
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603
            [launcher, "-0p"],
            capture_output=True,
            timeout=SECONDS,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError):
        return
    yield from launcher_paths(done.stdout.decode("utf-8", "replace"))


def launcher_paths(listing: str) -> List[str]:
    r"""Programs in what `py -0p` prints: ` -V:3.12 *   C:\Python312\python.exe`."""
    parts = [
        line.split(None, 1)[-1].lstrip("* ").strip()
        for line in listing.splitlines()
        if line.strip().startswith("-")
    ]
    return [part for part in parts if part.lower().endswith(".exe")]
