"""The files that a job writes, checked before any work."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from rrsis_geo.atomic_write import check_writable
from rrsis_geo.errors import OutputError
from rrsis_geo.geodata.vector_layers import split_layer_name
from rrsis_geo.job import SegmentJob
from rrsis_geo.vector.formats import check_output

EXTENSIONS = {"probability": (".tif", ".tiff"), "preview": (".png",)}


def manifest_path(job: SegmentJob) -> str | None:
    """`roofs.run.json` for `roofs.gpkg`; None where the job writes no result."""
    beside = job.output or job.probability
    return None if beside is None else str(Path(beside).with_suffix(".run.json"))


def check_outputs(job: SegmentJob, *, ours: Collection[str] = ()) -> None:
    """Refuse before any work what could not be written after it.

    Args:
        job: What is about to run.
        ours: Absolute paths that an interrupted run of the same job had begun to
            rename into place; they may be replaced.

    Raises:
        OutputError: a file exists already, has an unknown extension or would replace
            an input, two are the same, or the folder is missing or read-only.
    """
    wanted = {
        name: path
        for name in ("output", "probability", "preview", "anchors")
        if (path := getattr(job, name)) is not None
    }
    area = job.options.aoi
    inputs = [job.scene, *([] if area is None else [split_layer_name(area)[0]])]
    for name, path in wanted.items():
        if any(_same(path, other) for other in inputs):
            raise OutputError(f"{path}: is an input of this run; choose another name")
        for other in wanted:
            if other != name and _same(path, wanted[other]):
                raise OutputError(f"{path}: both {name} and {other}; choose two names")
        overwrite = job.overwrite or os.path.abspath(path) in ours
        if name in ("output", "anchors"):
            check_output(path, overwrite)
        else:
            _check_raster(name, Path(path), overwrite)


def _check_raster(name: str, path: Path, overwrite: bool) -> None:
    allowed = EXTENSIONS[name]
    if path.suffix.lower() not in allowed:
        raise OutputError(f"{path}: a {name} file ends in {' or '.join(allowed)}")
    check_writable(path, overwrite)


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
