"""Sentences of the worker in the words of the panel instead of the command line."""

from __future__ import annotations

import re

from ..notices import tr_noop
from ..translate import tr

TITLES = {
    "threshold": tr_noop("Threshold"),
    "min-score": tr_noop("Least score"),
    "min-area": tr_noop("Minimum area"),
    "fill-holes": tr_noop("Fill holes below"),
    "simplify": tr_noop("Simplify"),
    "split": tr_noop("Part touching objects"),
    "no-split": tr_noop("Part touching objects"),
    "gsd": tr_noop("Resolution"),
    "overlap": tr_noop("Overlap"),
    "resolve": tr_noop("Which one is meant"),
    "guess": tr_noop("Unknown things too"),
    "device": tr_noop("Device"),
    "weights": tr_noop("Weights"),
    "bands": tr_noop("Bands as displayed"),
    "aoi": tr_noop("Area"),
    "bbox": tr_noop("Area"),
    "crs": tr_noop("Layer CRS"),
    "output": tr_noop("Output folder"),
}
"""Option of the command line without its dashes -> label in the panel."""

OPTION = re.compile(
    r"(?<![\w-])--(?P<name>[a-z][a-z-]*[a-z])"
    r"(?:[ =](?P<value>[A-Z][A-Z0-9,]*(?::(?:\d+|\.\.\.))?|\d+(?:\.\d+)?))?"
)
"""An option, with a value such as METRES, EPSG:32633 or 0.5."""

AREA_FILE = re.compile(r"\baoi [^\n]*?area\.gpkg")
"""The file that the plugin writes the area into, which is gone after the run."""

NAMED = re.compile(r"\bthe option (?P<name>[a-z_]+)\b")


def plain_words(text: str) -> str:
    """Replace options of the command line by the labels of the panel."""

    def titled(match: re.Match[str]) -> str:
        name = match["name"].replace("_", "-")
        title = TITLES.get(name, name.replace("-", " "))
        value = match.groupdict().get("value") or ""
        known = any(letter.isdigit() for letter in value)
        value = f" {value}" if known else ""
        return f"“{tr(title)}”{value}"

    text = AREA_FILE.sub("--aoi", text)
    return NAMED.sub(titled, OPTION.sub(titled, text))
