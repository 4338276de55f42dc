"""Labels, help and ranges of options that panel and algorithms share."""

from __future__ import annotations

from .notices import tr_noop
from .translate import tr

THRESHOLD_RANGE = (0.01, 0.99)
"""Smallest and largest threshold that can be chosen."""

TITLES = {
    "split": tr_noop("Part touching objects"),
    "resolve": tr_noop("Which one is meant"),
    "device": tr_noop("Device"),
}
"""Field of `SegmentOptions` -> label."""

HELP = {
    "weights": tr_noop("Name of the network's weights, or the path of a weights file."),
    "threshold": tr_noop("Pixels with a higher probability belong to an object."),
    "min_area": tr_noop("Smaller polygons are dropped."),
    "fill_holes": tr_noop("Smaller holes in polygons are filled."),
    "overlap": tr_noop("How much neighbouring windows share."),
}
"""Field of `SegmentJob` or `SegmentOptions` -> help."""


def option_title(name: str) -> str:
    """Return the translated label of an option."""
    return tr(TITLES[name])


def option_help(name: str) -> str:
    """Return the translated help of an option."""
    return tr(HELP[name])
