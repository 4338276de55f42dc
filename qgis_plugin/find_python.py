"""The Python that the worker runs in: the user's choice or the managed one."""

from __future__ import annotations

import os
from pathlib import Path

from qgis.core import QgsApplication

from .environment.managed_environment import Managed
from .settings import chosen_python

VARIABLE = "RRSIS_GEO_PYTHON"
"""Names an interpreter for servers and tests; it wins over the settings."""


def find_python() -> str | None:
    """The interpreter to start the worker with; None: none has been set up.

    Starts no process and looks into no package: a missing file is seen, a broken
    environment shows itself when the worker starts.
    """
    chosen = os.environ.get(VARIABLE) or chosen_python()
    if chosen:
        return chosen
    return managed().ready_python()


def managed() -> Managed:
    """The managed environment of this profile, made or not."""
    return Managed(Path(QgsApplication.qgisSettingsDirPath(), "rrsis_geo"))
