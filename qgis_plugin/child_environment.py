"""Environment variables of a process that is not QGIS's own Python."""

from __future__ import annotations

from qgis.PyQt.QtCore import QProcessEnvironment

PREFIXES = ("PYTHON", "PROJ_")
NAMES = ("GDAL_DATA", "GDAL_DRIVER_PATH", "LD_LIBRARY_PATH", "QT_PLUGIN_PATH")
"""What QGIS sets for itself and another Python breaks on: a leaked PYTHONHOME hides
its standard library, a leaked PROJ_LIB its coordinate systems."""


def child_environment() -> QProcessEnvironment:
    """The environment of this process without what belongs to QGIS alone."""
    environment = QProcessEnvironment.systemEnvironment()
    for name in environment.keys():  # noqa: SIM118 - not a dictionary
        upper = name.upper()
        if upper.startswith(PREFIXES) or upper in NAMES:
            environment.remove(name)
    return environment
