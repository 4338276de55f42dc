"""The icon of the plugin."""

from __future__ import annotations

import os

from qgis.PyQt.QtGui import QIcon


def plugin_icon() -> QIcon:
    """Load the icon of action, provider and algorithms."""
    return QIcon(os.path.join(os.path.dirname(__file__), "icon.svg"))
