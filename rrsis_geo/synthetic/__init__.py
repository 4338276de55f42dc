"""A seed to a drawn scene with exact labelled polygons."""

from rrsis_geo.synthetic.compose import CLASSES, DrawnScene, draw_scene
from rrsis_geo.synthetic.demo_scene import EXPRESSION as DEMO_EXPRESSION
from rrsis_geo.synthetic.demo_scene import DemoScene, demo_scene
from rrsis_geo.synthetic.geotiff import write_scene
from rrsis_geo.synthetic.themes import THEMES

__all__ = [
    "CLASSES",
    "DEMO_EXPRESSION",
    "THEMES",
    "DemoScene",
    "DrawnScene",
    "demo_scene",
    "draw_scene",
    "write_scene",
]
