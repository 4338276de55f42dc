"""Python interpreters: find them, and check whether rrsis-geo works in one.

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

from .. import notices
from ..core.protocol import PROTOCOL_VERSION
from ..notices import Notice, interpreter_notice
from .plugin_wheel import wheel_to_name

MINIMUM = (3, 11)
"""The oldest Python that rrsis-geo runs on."""

PREFERRED = ((3, 12), (3, 13), (3, 11), (3, 14))
"""Versions for which most packages have wheels, the safest first."""

CHECKED_KEYS = ("package", "runtime", "protocol", "broken")
"""Keys of the output of `CHECK_CODE` that notices show."""

TIMEOUT = 60
"""Seconds after which an interpreter without output counts as broken."""

QGIS_VARIABLES = (
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

PROBE_CODE = """
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

CHECK_CODE = """
import json, sys
from importlib.metadata import PackageNotFoundError, version
found = {"version": list(sys.version_info[:3]), "package": None, "runtime": None}
for key, project in (
    ("package", "rrsis-geo"), ("runtime", "onnxruntime"), ("runtime", "torch")
):
    try:
        number = version(project)
        found[key] = number if key == "package" else f"{project} {number}"
    except PackageNotFoundError:
        pass
if found["package"]:
    try:
        from rrsis_geo.protocol import PROTOCOL_VERSION
        found["protocol"] = PROTOCOL_VERSION
    except Exception as error:
        found["broken"] = repr(error)
print(json.dumps(found))
"""

IMPORT_CHECK = """
import rrsis_geo.pipeline, rrsis_geo.worker.main
try:
    import torch
except ImportError:
    import onnxruntime
"""
"""Code that imports everything that a run needs."""


@dataclass(frozen=True)
class Interpreter:
    """A Python from which an environment can perhaps be made."""

    program: str
    version: tuple
    """(major, minor, micro)"""
    bits: int
    venv: bool
    """Whether it has the modules venv and ensurepip."""
    pip: bool
    """Whether pip is installed."""

    @property
    def suitable(self) -> bool:
        """Whether an environment for rrsis-geo can be made from it."""
        able = self.venv or self.pip
        return self.version[:2] >= MINIMUM and self.bits == 64 and able

    @property
    def label(self) -> str:
        """Text for a list of interpreters."""
        return f"Python {_dotted(self.version)} — {self.program}"


def clean_environment(variables: Mapping[str, str]) -> Dict[str, str]:
    """Return the variables without those that belong to QGIS's own Python."""
    return {
        name: value
        for name, value in variables.items()
        if name not in QGIS_VARIABLES and not name.startswith("PYTHON")
    }


def run_code(program: str, code: str, *, seconds: float = TIMEOUT) -> Any:
    """Run code in another Python and parse the JSON on its last line of output.

    Raises:
        OSError: The program cannot be started.
        ValueError: The output is no JSON: the program is no Python.
        subprocess.TimeoutExpired: No output within `seconds`.
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


def program_in(path: str) -> str:
    """Return the interpreter of a folder: of an environment, or of a Python.

    Anything else than such a folder is returned as it is.
    """
    names = ("bin/python3", "bin/python", "Scripts/python.exe", "python.exe", "python3")
    programs = [os.path.join(path, *name.split("/")) for name in names]
    return next(filter(os.path.isfile, programs), path) if os.path.isdir(path) else path


def probe(program: str) -> Interpreter | None:
    """Return the interpreter at a path; None if it is no working Python.

    Args:
        program: A program, or the folder of an environment.
    """
    program = program_in(program)
    try:
        output = run_code(program, PROBE_CODE)
        return Interpreter(
            # A launcher answers with the path of its Python.
            program=str(output["program"] or program),
            version=tuple(output["version"]),
            bits=int(output["bits"]),
            venv=bool(output["venv"]),
            pip=bool(output["pip"]),
        )
    except (OSError, ValueError, KeyError, TypeError, subprocess.SubprocessError):
        return None


def find_interpreters(programs: Sequence[str] | None = None) -> List[Interpreter]:
    """Find Pythons from which an environment can be made, the best first.

    Args:
        programs: Programs to try; None: QGIS's Python, PATH, the py launcher and the
            usual folders of this platform.
    """
    found: Dict[str, Interpreter] = {}
    for program in candidates() if programs is None else programs:
        interpreter = probe(program)
        if interpreter is not None and interpreter.suitable:
            path = os.path.realpath(interpreter.program)
            found.setdefault(path, interpreter)
    return sorted(found.values(), key=_sort_key)


def candidates() -> Iterator[str]:
    """Yield programs that may be a Python; only the py launcher is started for it."""
    seen = set()
    for program in _search_paths():
        if program not in seen and os.path.isfile(program):
            seen.add(program)
            # Windows has an empty python.exe on PATH that opens its store.
            if "WindowsApps" not in program:
                yield program


def no_interpreter() -> Notice:
    """Return the notice for an empty result of `find_interpreters`."""
    return notices.no_interpreter(
        wanted=_dotted(MINIMUM), own=_dotted(sys.version_info[:2])
    )


def check_interpreter(program: str, *, version: str) -> Notice:
    """Check whether the worker can run in an interpreter, without loading a network.

    Args:
        program: Path of a Python; `program_in` accepts folders too.
        version: Version of this plugin; the package must have the same.

    Returns:
        A notice whose kind is a key of `notices.INTERPRETER_NOTICES`.
    """
    values = {"program": program, "wanted": _dotted(MINIMUM), "version": version}
    wheel = wheel_to_name(Path(__file__).resolve().parents[1])
    values["install"] = f'"{program}" -m pip install "{wheel}"'
    if not program or not os.path.isfile(program):
        return interpreter_notice("no_file", values)
    try:
        found = run_code(program, CHECK_CODE)
        values["python"] = _dotted(found["version"])
        values.update({name: str(found.get(name)) for name in CHECKED_KEYS})
    except (OSError, ValueError, KeyError, TypeError, subprocess.SubprocessError):
        return interpreter_notice("no_python", values)
    return interpreter_notice(_classify(found, values["version"]), values)


def _classify(found: Mapping[str, Any], version: str) -> str:
    """Return the kind of an interpreter from the output of `CHECK_CODE`."""
    if tuple(found["version"][:2]) < MINIMUM:
        return "old_python"
    if found["package"] is None:
        return "no_package"
    if "broken" in found:
        return "broken"
    if found["runtime"] is None:
        return "no_runtime"
    if (found["protocol"], found["package"]) != (PROTOCOL_VERSION, version):
        return "other_version"
    return "ok"


def _dotted(numbers: Sequence[int]) -> str:
    return ".".join(map(str, numbers))


def _sort_key(interpreter: Interpreter) -> tuple:
    series = interpreter.version[:2]
    place = PREFERRED.index(series) if series in PREFERRED else len(PREFERRED)
    newest = [-number for number in interpreter.version]
    return (not interpreter.venv, place, newest)


def _search_paths() -> Iterator[str]:
    yield from _qgis_interpreters()
    for name in [f"python3.{minor}" for _, minor in PREFERRED] + ["python3", "python"]:
        program = shutil.which(name)
        if program:
            yield program
    if sys.platform == "win32":
        yield from _py_launcher()
    else:  # PATH is short for programs started from a desktop
        for folder in (
            "/opt/homebrew/bin",
            "/usr/local/bin",
            "/usr/bin",
            "~/.local/bin",
        ):
            yield from sorted(glob.glob(f"{os.path.expanduser(folder)}/python3.[0-9]*"))
        frameworks = "/Library/Frameworks/Python.framework/Versions/*/bin/python3"
        yield from sorted(glob.glob(frameworks))


def _qgis_interpreters() -> Iterator[str]:
    """Yield QGIS's own Python; sys.executable is QGIS itself on some platforms."""
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


def _py_launcher() -> Iterator[str]:
    """Yield the interpreters that the py launcher of Windows lists."""
    launcher = shutil.which("py")
    if launcher is None:
        return
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603
            [launcher, "-0p"],
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError):
        return
    yield from parse_launcher_list(done.stdout.decode("utf-8", "replace"))


def parse_launcher_list(listing: str) -> List[str]:
    r"""Parse the output of `py -0p`: ` -V:3.12 *   C:\Python312\python.exe`."""
    parts = [
        line.split(None, 1)[-1].lstrip("* ").strip()
        for line in listing.splitlines()
        if line.strip().startswith("-")
    ]
    return [part for part in parts if part.lower().endswith(".exe")]
