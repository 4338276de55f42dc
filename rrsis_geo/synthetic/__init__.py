"""A seed to a drawn scene with exact labelled polygons."""

from rrsis_geo.synthetic.compose import CLASSES, DrawnScene, draw_scene

__all__ = ["CLASSES", "DrawnScene", "draw_scene"]
