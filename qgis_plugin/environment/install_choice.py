"""What to install, what that means, how far it is; GPUs that another build would use.

Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess  # nosec B404
import sys
from dataclasses import dataclass

from .interpreters import Interpreter

CPU, GPU = "cpu", "gpu"
"""Builds: ONNX Runtime alone, or torch beside it."""

TIMEOUT = 10
"""Seconds after which a driver that does not answer counts as none."""


@dataclass(frozen=True)
class InstallChoice:
    """What to install, and from where; every field has a default that works."""

    base: str = ""
    """Interpreter, or folder of an environment, from which the environment is made;
    empty: the best one found."""
    package: str = ""
    """Wheel of rrsis-geo, as a file or as an address that ends in #sha256=...; empty:
    the wheel inside the plugin."""
    wheels: str = ""
    """Folder of wheels; nothing is fetched from a network then."""
    build: str = CPU
    """`CPU` or `GPU`."""


@dataclass(frozen=True)
class Stage:
    """Progress of an installation."""

    number: int
    """Current step, from 1."""
    count: int
    """Number of steps."""
    name: str
    line: str = ""
    """Last line of output."""
    fetched: int = 0
    """Bytes that have been fetched, of all packages."""
    to_fetch: int = 0
    """Bytes to fetch, of all packages; 0: not known yet, or nothing to fetch."""

    @property
    def fraction(self) -> float | None:
        """Of the download, in [0, 1]; None: unknown."""
        return min(self.fetched / self.to_fetch, 1.0) if self.to_fetch else None


@dataclass(frozen=True)
class SetupPlan:
    """What an installation will do, before it has changed anything."""

    base: Interpreter | None
    """From which the environment is made; None: a Python is fetched first."""
    folder: str
    """Of the environment."""
    to_fetch: int
    """Bytes from the network; an estimate, since pip chooses the files."""
    needed: int
    """Bytes of free disk while everything is installed."""


def usable_gpu() -> str:
    """Return the name of a GPU that the GPU build would use; empty if there is none.

    On Windows the index has torch for CPUs only, so nothing is offered there.
    """
    if sys.platform == "darwin":
        return "Apple GPU" if platform.machine() == "arm64" else ""
    return nvidia_gpu() if sys.platform.startswith("linux") else ""


def nvidia_gpu() -> str:
    """Return the name of the first NVIDIA GPU; empty if there is none."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603
            [program, "--query-gpu=name", "--format=csv,noheader"],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT,
            check=False,
            env=dict(os.environ),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    return lines[0].strip() if done.returncode == 0 and lines else ""
