"""Where kept answers lie, and how much room they may take."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from rrsis_geo.errors import OptionError

FOLDER_VARIABLE = "RRSIS_GEO_CACHE"
"""Environment variable: the folder of kept answers."""

LIMIT_VARIABLE = "RRSIS_GEO_CACHE_LIMIT"
"""Environment variable: bytes that they may take, like 500MB or 8GB; 0 keeps none."""

DEFAULT_LIMIT = 4 * 10**9
"""Bytes."""

UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
SIZE = re.compile(r"(\d+(?:\.\d+)?) *([kmgt]?b?)", re.IGNORECASE)


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder, by the conventions of the platform; it need not exist.

    Raises:
        OptionError: there is no home folder to put it in.
    """
    chosen = environment.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen).absolute()
    try:
        return _platform_folder(environment) / "rrsis-geo"
    except RuntimeError as error:
        raise OptionError(
            f"this user has no home folder to keep answers in; set {FOLDER_VARIABLE} "
            "to a folder, or use --no-cache"
        ) from error


def cache_limit(environment: Mapping[str, str] = os.environ) -> int:
    """Bytes that kept answers may take.

    Raises:
        OptionError: the variable is set to something that is no size.
    """
    text = environment.get(LIMIT_VARIABLE, "").strip()
    if not text:
        return DEFAULT_LIMIT
    match = SIZE.fullmatch(text)
    if match is None:
        raise OptionError(
            f"{LIMIT_VARIABLE} must be a size like 500MB or 8GB, or 0, got {text!r}"
        )
    number, unit = match.groups()
    return int(float(number) * UNITS[unit.lower().removesuffix("b")])


def _platform_folder(environment: Mapping[str, str]) -> Path:
    """Where programs of this user keep what can be computed again.

    Raises:
        RuntimeError: there is no home folder.
    """
    if sys.platform == "win32":
        local = environment.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    # by the specification a relative path is to be ignored
    xdg = environment.get("XDG_CACHE_HOME", "")
    return Path(xdg) if os.path.isabs(xdg) else Path.home() / ".cache"
