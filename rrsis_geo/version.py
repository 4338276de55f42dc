"""The version of the package; QGIS's Python and the build read it too."""

__version__ = "0.1.0"
