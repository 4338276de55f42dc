"""RRSIS Geo for QGIS: find things in a scene by describing them."""

from __future__ import annotations

from typing import Any


def classFactory(iface: Any) -> Any:  # the name is QGIS's
    """Return the plugin; imported here so that tests may load parts of the package."""
    from .plugin import RRSISGeoPlugin

    return RRSISGeoPlugin(iface)
