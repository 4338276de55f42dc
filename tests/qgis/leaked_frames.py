"""QGIS never frees an exception that an algorithm raised in Python.

Its traceback keeps the frames of all callers alive, and these the layers of a test,
which crash if they outlive QGIS.
"""

import gc
import inspect
import types


def clear():
    """Clear the frames of tests and plugin that have ended."""
    for thing in gc.get_objects():
        if isinstance(thing, types.FrameType):
            code = thing.f_code
            ours = "rrsis_geo_qgis" in code.co_filename or "qgis/test_" in (
                code.co_filename
            )
            if ours and not code.co_flags & inspect.CO_GENERATOR:
                try:
                    thing.clear()
                except RuntimeError:  # still running
                    continue
    gc.collect()
