"""A Python where the computer has none that is new enough: uv fetches one.

uv comes from the package index by its hash, with the pip of any older Python; it knows
the hash of every Python that it fetches. Nothing outside the environment's home folder
is written. Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path
from typing import Callable, Dict, Mapping, Sequence, Tuple

from .interpreters import Interpreter, candidates, probe
from .managed_environment import ManagedEnvironment
from .pip_commands import HASHED, ISOLATED, InstallationError
from .pip_failures import classify_output

SERIES = "3.12"
"""The Python that is fetched."""

FETCHED = 55_000_000
"""Bytes of uv and of the Python."""

UNPACKED = 200_000_000
"""Bytes of both on disk."""

Run = Callable[[Sequence[str], Mapping[str, str]], Tuple[int, str]]
"""Runs a program with variables and returns its exit code and output."""


def find_helper() -> Interpreter | None:
    """Return a Python of any version whose pip can fetch uv; None if there is none."""
    found = (probe(program) for program in candidates())
    return next((p for p in found if p is not None and p.pip and p.bits == 64), None)


def fetched_python(managed: ManagedEnvironment) -> str:
    """Return the interpreter that an earlier call of `fetch_python` fetched, or ""."""
    name = "python.exe" if sys.platform == "win32" else "bin/python3"
    found = sorted((managed.home / "python").glob(f"cpython-{SERIES}.*/{name}"))
    return str(found[-1]) if found else ""


def fetch_python(
    managed: ManagedEnvironment,
    helper: Interpreter,
    *,
    requirement: str,
    variables: Dict[str, str],
    run: Run,
) -> str:
    """Fetch a Python into the home of the environment.

    Args:
        managed: The environment on disk.
        helper: A Python whose pip fetches uv.
        requirement: uv with its hashes, for pip.
        variables: All environment variables.
        run: Runs a program.

    Returns:
        Path of the interpreter.

    Raises:
        InstallationError: uv or the Python could not be fetched.
    """
    home = str(managed.home)

    def checked(*command: str) -> None:
        code, output = run(command, variables)
        if code:
            raise InstallationError(classify_output(output, code, home=home))

    managed.scratch.mkdir(parents=True, exist_ok=True)
    wanted = managed.scratch / "uv.txt"
    wanted.write_text(f"{requirement}\n", encoding="ascii")
    checked(
        *(helper.program, *ISOLATED, "-m", "pip", "download", "--no-input"),
        *(*HASHED, "--dest", str(managed.scratch), "--requirement", str(wanted)),
    )
    uv = _unpack(managed.scratch)
    checked(
        *(str(uv), "python", "install", SERIES, "--no-bin", "--no-registry"),
        *("--install-dir", str(managed.home / "python"), "--no-config", "--no-cache"),
        *("--system-certs", "--no-progress"),
    )
    program = fetched_python(managed)
    if not program:
        raise InstallationError(classify_output("uv installed no Python", 1, home=home))
    return program


def _unpack(folder: Path) -> Path:
    """Unpack the program of uv from its wheel in a folder."""
    name = "uv.exe" if sys.platform == "win32" else "uv"
    (wheel,) = folder.glob("uv-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        member = next(n for n in packed.namelist() if n.endswith(f"/scripts/{name}"))
        (folder / name).write_bytes(packed.read(member))
    os.chmod(folder / name, 0o700)
    return folder / name
