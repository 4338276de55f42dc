"""Environment variables of a process that is not QGIS's own Python."""

from __future__ import annotations

import os

from qgis.PyQt.QtCore import QProcessEnvironment

from ..environment.interpreters import clean_environment


def child_environment() -> QProcessEnvironment:
    """The variables of this process without what belongs to QGIS alone."""
    environment = QProcessEnvironment()
    for name, value in clean_environment(os.environ).items():
        environment.insert(name, value)
    return environment
