"""The Python that runs the worker: the user's choice or the managed environment."""

from __future__ import annotations

import os
from pathlib import Path

from qgis.core import QgsApplication

from .core import __version__
from .environment.interpreters import program_in
from .environment.managed_environment import (
    READY,
    ManagedEnvironment,
    home_folder,
)
from .settings import chosen_python

VARIABLE = "RRSIS_GEO_PYTHON"
"""Environment variable that names an interpreter; it overrides the settings."""

GONE = "gone"
"""Condition where the interpreter that was set does not exist, beside those of the
managed environment."""


def find_python() -> str | None:
    """Return the interpreter for the worker; None if none has been set up.

    No process is started: a broken environment is noticed when the worker starts.
    """
    program = set_python()
    return program or managed_environment().ready_python()


def set_python() -> str:
    """Return the interpreter that the variable or the user has set; empty if none.

    The folder of an environment stands for its interpreter.
    """
    program = os.environ.get(VARIABLE) or chosen_python()
    return program_in(program) if program else ""


def environment_condition() -> str:
    """Return the condition of the environment in use.

    Returns:
        `GONE`, or a constant of `managed_environment`.
    """
    program = set_python()
    if program:
        return READY if os.path.isfile(program) else GONE
    return managed_environment().condition(__version__)


def managed_environment() -> ManagedEnvironment:
    """Return the managed environment of this profile, which need not exist yet."""
    profile = Path(QgsApplication.qgisSettingsDirPath())
    return ManagedEnvironment(home_folder(profile, variables=os.environ))
