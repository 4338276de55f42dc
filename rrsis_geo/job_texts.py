"""Checks of the texts in a job: expressions and paths.

Runs inside QGIS's Python: standard library only, 3.9-safe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Tuple

from .errors import OptionError

FILE_NAME = re.compile(
    r"\.(tiff?|vrt|jp2|j2k|img|ecw|sid|png|jpe?g|webp|bmp|nc|hdf5?|h5|grd|asc|dem|hgt|"
    r"zip|gpkg|geojson|json|jsonl|shp|fgb|parquet|kml|csv|txt|safetensors|toml)$"
    r"|^\w+://\S+$|^/vsi\w+/",
    re.IGNORECASE,
)
"""An expression that is a scene, a layer or a list in the wrong place."""


def as_texts(given: Any) -> Tuple[str, ...]:
    """One text or several, as a tuple.

    Raises:
        OptionError: it is neither.
    """
    if isinstance(given, str):
        return (given,)
    if not isinstance(given, Iterable) or isinstance(given, (bytes, Mapping)):
        raise OptionError(f"expressions must be texts, got {given!r}")
    return tuple(given)


def as_question(text: Any) -> str:
    """An expression with single spaces.

    Raises:
        OptionError: it is no text, the name of a file, or holds what no format can.
    """
    if not isinstance(text, str):
        raise OptionError(f"an expression must be a text, got {text!r}")
    clean = " ".join(text.split())
    odd = next((sign for sign in clean if _is_no_text(sign)), None)
    if odd is not None:
        raise OptionError(
            f"expression {clean[:40]!r} holds {odd!r}, which is no sign of a text; was "
            "it saved in another encoding than UTF-8?"
        )
    if FILE_NAME.search(clean):
        raise OptionError(
            f"{clean!r} is the name of a file, not an expression; a run has one scene, "
            "and then what to look for (`rrsis-geo explain` has --scene)"
        )
    return clean


def _is_no_text(sign: str) -> bool:
    """Whether a character is a control character or half a surrogate pair."""
    return sign < " " or "\x7f" <= sign < "\xa0" or is_surrogate(sign)


def is_surrogate(sign: str) -> bool:
    """Whether a character is half a surrogate pair: a byte that is no UTF-8."""
    return "\ud800" <= sign <= "\udfff"


def check_path(name: str, value: Any) -> None:
    """Check the path of an input, without looking for it.

    Raises:
        OptionError: it is no path on any system.
    """
    if not isinstance(value, str):
        raise OptionError(f"{name} must be a path, got {value!r}")
    if "\0" in value:
        raise OptionError(f"{name} {value[:80]!r} holds a zero byte, which no path has")


def check_output(name: str, value: Any) -> None:
    """Check the path of an output; None: it is not wanted.

    A line of stdout names each output, so its name may hold no end of a line.

    Raises:
        OptionError: it is no path, or holds control characters.
    """
    if value is None:
        return
    check_path(name, value)
    if any(_is_no_text(sign) for sign in value):
        raise OptionError(
            f"{name} {value[:80]!r} holds control characters, or bytes that are no "
            "text; choose another name"
        )
