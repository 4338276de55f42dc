"""What identifies a state of a scene: its files, or what a server says of it."""

from __future__ import annotations

import hashlib
import os
import re
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any

from rrsis_geo.errors import SceneError
from rrsis_geo.files.input_paths import absolute_input
from rrsis_geo.scene.dataset import GDAL_FAILURES, open_dataset
from rrsis_geo.scene.read_failures import ASK_TIMEOUT, CREDENTIALS

State = dict[str, Any]
"""JSON values."""

NOTES = ".aux.xml"
"""Suffix of the file beside a raster in which GDAL and QGIS note what they found."""

STATISTICS = re.compile(
    rb"<Histograms>.*?</Histograms>|<MDI key=\"STATISTICS_\w+\">[^<]*</MDI>|(?<=>)\s+",
    re.DOTALL,
)
"""What any viewer may add to it without changing how the raster is read."""

EMPTY = re.compile(rb"<(Metadata|PAMRasterBand|PAMDataset)( [^<>]*)?></\1>")

LEVELS = 8
"""Of VRTs that refer to VRTs; deeper ones are not identified."""


def scene_state(path: str) -> State | None:
    """The state of a scene; None where nothing says whether it has changed.

    Of a local scene these are size and times of all files that GDAL reads it from: the
    sources of a VRT, masks, overviews, georeferences beside it. Of one on a server it
    is the ETag or the time of the last change that the server states now.

    Args:
        path: What the scene is opened by.
    """
    if path.startswith(("http://", "https://")):
        return _server_state(path)
    if not os.path.exists(path):  # in an archive, a cloud's store, a database
        return None
    try:
        files = _files_of(path, LEVELS)
    except (SceneError, *GDAL_FAILURES):
        return None
    if not files:
        return None
    return {"path": absolute_input(path), "files": _stated(sorted(files))}


def is_unchanged(path: str, state: State) -> bool:
    """Whether a scene is still in a state; the files that it names are not read."""
    if "files" not in state:
        return scene_state(path) == state
    then: list[list[Any]] = state["files"]
    return _stated([name for name, *_ in then]) == then


def _stated(files: list[str]) -> list[list[Any]]:
    """Name, bytes, and times of the last change of content and of attributes, in ns.

    Of notes beside a raster it is the content, without statistics; notes of nothing
    else are left out.
    """
    stated: list[list[Any]] = []
    for name in files:
        try:
            if name.endswith(NOTES):
                stated += [[name, digest]] if (digest := _notes(name)) else []
                continue
            status = os.stat(name)
        except OSError:
            stated.append([name, None])
            continue
        times = (status.st_mtime_ns, status.st_ctime_ns)
        stated.append([name, status.st_size, *times])
    return stated


def _notes(name: str) -> str:
    """A digest of what notes say of reading; "" where they say nothing."""
    with open(name, "rb") as file:
        text = STATISTICS.sub(b"", file.read())
    before = None
    while text != before:
        before, text = text, EMPTY.sub(b"", text)
    return hashlib.sha256(text).hexdigest() if text else ""


def _files_of(path: str, levels: int) -> set[str]:
    """Absolute paths of the files of a dataset; empty where one is no local file."""
    with open_dataset(path) as dataset:
        names = [os.path.abspath(name) for name in dataset.files]
        described = dataset.driver == "VRT"
    if not levels or not names or not all(map(os.path.isfile, names)):
        return set()
    found = set(names)
    for name in names if described else ():
        if name != os.path.abspath(path) and name.lower().endswith(".vrt"):
            inner = _files_of(name, levels - 1)
            if not inner:
                return set()
            found |= inner
    return found


def _server_state(url: str) -> State | None:
    if any(map(CREDENTIALS.fullmatch, os.environ)):
        return None  # GDAL's requests would be others than this one
    request = urllib.request.Request(url, method="HEAD")  # noqa: S310 - http only
    try:
        with urllib.request.urlopen(request, timeout=ASK_TIMEOUT) as answer:  # noqa: S310
            said = {
                name: answer.headers.get(name)
                for name in ("ETag", "Last-Modified", "Content-Length")
            }
    except (OSError, HTTPException, ValueError):
        return None
    tag = said["ETag"]
    if not (said["Last-Modified"] or (tag and not tag.startswith("W/"))):
        return None
    return {"url": url, "said": said}
