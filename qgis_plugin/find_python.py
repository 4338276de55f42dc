"""The Python that runs the worker: the user's choice or the managed environment."""

from __future__ import annotations

import os
from pathlib import Path

from qgis.core import QgsApplication

from .environment.managed_environment import ManagedEnvironment, home_folder
from .settings import chosen_python

VARIABLE = "RRSIS_GEO_PYTHON"
"""Environment variable that names an interpreter; it overrides the settings."""


def find_python() -> str | None:
    """Return the interpreter for the worker; None if none has been set up.

    No process is started: a broken environment is noticed when the worker starts.
    """
    program = os.environ.get(VARIABLE) or chosen_python()
    if program:
        return program
    return managed_environment().ready_python()


def managed_environment() -> ManagedEnvironment:
    """Return the managed environment of this profile, which need not exist yet."""
    profile = Path(QgsApplication.qgisSettingsDirPath())
    return ManagedEnvironment(home_folder(profile, variables=os.environ))
