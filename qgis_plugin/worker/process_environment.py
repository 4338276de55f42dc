"""Environment variables of the worker process."""

from __future__ import annotations

import os

from qgis.PyQt.QtCore import QProcessEnvironment

from ..environment.interpreters import clean_environment


def process_environment() -> QProcessEnvironment:
    """Return the variables of this process without those of QGIS's own Python."""
    environment = QProcessEnvironment()
    for name, value in clean_environment(os.environ).items():
        environment.insert(name, value)
    return environment
