"""Reading: a raster file to windows of pixels with their validity."""

from rrsis_geo.scene.scene import Scene

__all__ = ["Scene"]
