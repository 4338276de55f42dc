"""Files with the polygons of a run at other thresholds.

Each has a folder of its own in the folder of the run. Files are never replaced or
deleted, since a project, a layout or another QGIS may refer to them; one that nobody
has changed is shown again.

Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from typing import Callable, List, Tuple

SEAL = "content.json"
"""Name of the file that holds the hash of the content as it was written."""

FOLDER = re.compile(r"threshold-(\d\.\d\d)(-\d+)?")


def new_file(run: str, name: str, threshold: float) -> str:
    """Make a new folder and return the path of a file in it that does not exist yet.

    Args:
        run: Folder of the run.
        name: Name of the file.
        threshold: Threshold of its polygons.

    Raises:
        OSError: The folder cannot be made.
    """
    number = 1
    while True:
        suffix = f"-{number}" if number > 1 else ""
        folder = os.path.join(run, f"threshold-{threshold:.2f}{suffix}")
        try:
            os.mkdir(folder)  # in one step, since another QGIS may do the same
        except FileExistsError:
            number += 1
        else:
            return os.path.join(folder, name)


def drop_empty_folder(path: str) -> None:
    """Remove the folder of a file that was not written, if it is empty."""
    with suppress(OSError):
        os.rmdir(os.path.dirname(path))


def existing_files(run: str, name: str) -> List[Tuple[float, str]]:
    """Return threshold and path of every finished file of a run, in order."""
    found = []
    with suppress(OSError):
        for entry in os.listdir(run):
            match = FOLDER.fullmatch(entry)
            path = os.path.join(run, entry, name)
            if match and _sealed_hash(path) and os.path.isfile(path):
                found.append((float(match[1]), path))
    return sorted(found)


def seal(path: str, content_hash: str) -> None:
    """Record the hash of the content of a finished file.

    Raises:
        OSError: It cannot be written.
    """
    folder = os.path.dirname(path)
    part = os.path.join(folder, f"{SEAL}.part")
    with open(part, "w", encoding="utf-8") as file:
        json.dump({"sha256": content_hash}, file)
    os.replace(part, os.path.join(folder, SEAL))


def find_unchanged(
    run: str, name: str, threshold: float, hash_content: Callable[[str], str]
) -> str | None:
    """Return the file of a threshold that nobody has changed; None if there is none."""
    for other, path in existing_files(run, name):
        if abs(other - threshold) < 0.005 and _sealed_hash(path) == hash_content(path):
            return path
    return None


def nearest_files(run: str, name: str, threshold: float) -> List[str]:
    """Return the files of the next higher and the next lower threshold."""
    found = existing_files(run, name)
    higher = [path for other, path in found if other > threshold]
    lower = [path for other, path in found if other < threshold]
    return higher[:1] + lower[-1:]


def _sealed_hash(path: str) -> str:
    try:
        with open(os.path.join(os.path.dirname(path), SEAL), encoding="utf-8") as file:
            return str(json.load(file)["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
