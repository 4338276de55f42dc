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

from ..core.protocol import PROTOCOL_VERSION
from ..notices import Notice, tr

MINIMUM = (3, 11)
"""The oldest Python that rrsis-geo runs on."""

PREFERRED = ((3, 12), (3, 13), (3, 11), (3, 14))
"""Versions that most packages have wheels for, the safest first."""

CHECKED = ("package", "torch", "protocol", "broken")

NAME_IT = tr(
    "Choose the python program itself, e.g. bin/python or Scripts\\python.exe inside "
    "the environment."
)

JUDGEMENTS = {
    "old_python": (
        tr("{program} is Python {python}; rrsis-geo needs {wanted} or newer."),
        tr("Choose a newer Python, or let the plugin make an environment of its own."),
    ),
    "no_package": (
        tr("Python {python} at {program} has no rrsis-geo."),
        tr("Choose one that has it, or install it there: {install}"),
    ),
    "broken": (
        tr("rrsis-geo at {program} cannot be loaded: {broken}."),
        tr("Install it again: {install} --force-reinstall"),
    ),
    "no_torch": (
        tr("Python {python} at {program} has rrsis-geo, but no torch."),
        tr("Install it there: {install}"),
    ),
    "other_version": (
        tr(
            "{program} has rrsis-geo {package}; this plugin, {version}, works with its "
            "own version only."
        ),
        tr("Install the plugin's version there: {install}"),
    ),
    "ok": (
        tr("Python {python} at {program} has rrsis-geo {package} and torch {torch}."),
        "",
    ),
}
"""What `check_interpreter` says: the case, and what to do."""

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
for name, project in (("package", "rrsis-geo"), ("torch", "torch")):
    try:
        found[name] = version(project)
    except PackageNotFoundError:
        found[name] = None
if found["torch"] is None and find_spec("torch"):
    found["torch"] = "of unknown version"
if found["package"]:
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
        return f"Python {_dotted(self.version)} — {self.program}"


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
            program=str(answer["program"] or program),  # not a launcher's
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
        there = probe(program)
        if there is not None and there.suitable:
            found.setdefault(os.path.realpath(there.program), there)
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


def no_interpreter() -> Notice:
    """What to say when `find_interpreters` found none."""
    how = {
        "win32": tr(
            "Install Python 3.12 (64 bit) for Windows, then look again; or choose an "
            "interpreter that has rrsis-geo already."
        ),
        "darwin": tr(
            "Install Python 3.12 for macOS, then look again; or choose an interpreter "
            "that has rrsis-geo already."
        ),
    }.get(
        sys.platform,
        tr(
            "Install python3 and python3-venv with the package manager of your system, "
            "then look again; or choose an interpreter that has rrsis-geo already."
        ),
    )
    values = {"wanted": _dotted(MINIMUM), "own": _dotted(sys.version_info[:2])}
    return Notice(
        "no_python",
        tr(
            "No Python {wanted} or newer was found on this computer; that of QGIS is "
            "{own}."
        ),
        how,
        values,
    )


def check_interpreter(program: str, *, version: str) -> Notice:
    """Whether the worker can run in an interpreter, without loading torch.

    Args:
        program: Path of a Python.
        version: Of this plugin; the package's should be the same.

    Returns:
        A notice of the kind ok, no_file, no_python, old_python, no_package, broken,
        no_torch or other_version.
    """
    values = {"program": program, "wanted": _dotted(MINIMUM), "version": version}
    values["install"] = f'"{program}" -m pip install rrsis-geo=={version}'
    if not program or not os.path.isfile(program):
        return Notice("no_file", tr("There is no file {program}."), NAME_IT, values)
    try:
        found = ask(program, CHECK)
        values["python"] = _dotted(found["version"])
        values.update({name: str(found.get(name)) for name in CHECKED})
    except (OSError, ValueError, KeyError, TypeError, subprocess.SubprocessError):
        sentence = tr("{program} is not a Python that works.")
        return Notice("no_python", sentence, NAME_IT, values)
    return _judge(found, values)


def _judge(found: Any, values: Dict[str, str]) -> Notice:
    if tuple(found["version"][:2]) < MINIMUM:
        kind = "old_python"
    elif found["package"] is None:
        kind = "no_package"
    elif "broken" in found:
        kind = "broken"
    elif found["torch"] is None:
        kind = "no_torch"
    elif (found["protocol"], found["package"]) != (PROTOCOL_VERSION, values["version"]):
        kind = "other_version"
    else:
        kind = "ok"
    return Notice(kind, *JUDGEMENTS[kind], values)


def _dotted(numbers: Sequence[int]) -> str:
    return ".".join(map(str, numbers))


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
