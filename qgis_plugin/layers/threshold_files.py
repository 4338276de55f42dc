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
from typing import Callable, Iterator, List, Tuple

SEAL = "content.json"
"""Name of the file that holds the hash of the content as it was written."""

FOLDER = re.compile(r"threshold-(\d\.\d\d)(?:-score-(\d\.\d\d))?(?:-\d+)?")


def new_file(
    run: str, name: str, threshold: float, min_score: float | None = None
) -> str:
    """Make a new folder and return the path of a file in it that does not exist yet.

    Args:
        run: Folder of the run.
        name: Name of the file.
        threshold: Threshold of its polygons.
        min_score: Least score of its polygons; None: as the weights say.

    Raises:
        OSError: The folder cannot be made.
    """
    number = 1
    score = "" if min_score is None else f"-score-{min_score:.2f}"
    while True:
        suffix = f"-{number}" if number > 1 else ""
        folder = os.path.join(run, f"threshold-{threshold:.2f}{score}{suffix}")
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
    return sorted((threshold, path) for threshold, _, path in _finished(run, name))


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
    run: str,
    name: str,
    threshold: float,
    hash_content: Callable[[str], str],
    min_score: float | None = None,
) -> str | None:
    """Return the file of a threshold that nobody has changed; None if there is none."""
    for other, least, path in sorted(_finished(run, name), key=lambda one: one[2]):
        same = abs(other - threshold) < 0.005 and same_score(least, min_score)
        if same and _sealed_hash(path) == hash_content(path):
            return path
    return None


def same_score(one: float | None, other: float | None) -> bool:
    """Whether two least scores are the same; None: as the weights say."""
    if one is None or other is None:
        return one is other
    return abs(one - other) < 0.005


def nearest_files(run: str, name: str, threshold: float) -> List[str]:
    """Return the files of the next higher and the next lower threshold."""
    found = existing_files(run, name)
    higher = [path for other, path in found if other > threshold]
    lower = [path for other, path in found if other < threshold]
    return higher[:1] + lower[-1:]


def _finished(run: str, name: str) -> Iterator[Tuple[float, float | None, str]]:
    """Yield threshold, least score and path of every finished file of a run."""
    with suppress(OSError):
        for entry in os.listdir(run):
            match = FOLDER.fullmatch(entry)
            path = os.path.join(run, entry, name)
            if match and _sealed_hash(path) and os.path.isfile(path):
                yield float(match[1]), float(match[2]) if match[2] else None, path


def _sealed_hash(path: str) -> str:
    try:
        with open(os.path.join(os.path.dirname(path), SEAL), encoding="utf-8") as file:
            return str(json.load(file)["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
