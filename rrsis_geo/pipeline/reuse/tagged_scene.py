"""The scene of a run in a tag of its probability raster, to see its pixels again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from rrsis_geo.errors import RRSISError
from rrsis_geo.files.input_paths import absolute_input
from rrsis_geo.job import SegmentJob
from rrsis_geo.matching.candidate_colours import CandidateColours
from rrsis_geo.matching.mean_colours import ColoursOf
from rrsis_geo.scene.grid import Grid
from rrsis_geo.scene.scene import Scene

TAG = "RRSIS_SCENE"
"""Name of the tag."""


def scene_tags(job: SegmentJob) -> dict[str, str]:
    """Tags for a probability raster that say which scene it is of."""
    options = job.options
    values = {
        "path": absolute_input(job.scene),
        "bytes": _size(job.scene),
        "bands": options.bands,
        "crs": options.crs,
        "pixel_coordinates": options.pixel_coordinates,
    }
    return {TAG: json.dumps(values, separators=(",", ":"))}


@contextmanager
def colours_of_tagged_scene(
    tags: Mapping[str, str], grid: Grid, note: Callable[[str], None], *, raster: str
) -> Iterator[ColoursOf | None]:
    """Measures colours on the scene of a raster until the block is left.

    Args:
        tags: Of the raster.
        grid: Of the raster.
        note: Is told why there are no colours.
        raster: Its path; the scene may have been moved with it.

    Yields:
        None where the scene is not there, is another one by now (it lies elsewhere, or
        its file has another size), or is not named.
    """
    if TAG not in tags:
        yield None
        return
    path = tags[TAG]
    with ExitStack() as stack:
        scene = None
        try:
            kept = json.loads(path)
            if not isinstance(kept, dict):
                raise ValueError("no object")
            path = _found(kept, raster)
            scene = stack.enter_context(
                Scene.open(
                    path,
                    bands=kept["bands"],
                    crs=kept["crs"],
                    pixel_coordinates=bool(kept["pixel_coordinates"]),
                )
            )
        except (RRSISError, ValueError, TypeError, KeyError):
            note(_WITHOUT.format(path=path, why="cannot be opened"))
        why = "" if scene is None else _differs(scene, grid, path, kept)
        if why:
            note(_WITHOUT.format(path=path, why=why))
            scene = None
        yield None if scene is None else CandidateColours(scene=scene, grid=grid)


def _found(kept: Mapping[str, Any], raster: str) -> str:
    """The scene where it was, else where it lies beside its raster."""
    path = str(kept["path"])
    moved = os.path.join(os.path.dirname(raster), os.path.basename(path))
    return moved if not os.path.exists(path) and os.path.isfile(moved) else path


def _differs(scene: Scene, grid: Grid, path: str, kept: Mapping[str, Any]) -> str:
    """Why a scene is not the one of the run; "" where it is."""
    if not scene.has_grid(grid):
        return "lies elsewhere by now"
    size = kept.get("bytes")
    return "" if size in (None, _size(path)) else "is another file by now"


def _size(path: str) -> int | None:
    """Bytes of a local file."""
    return os.path.getsize(path) if os.path.isfile(path) else None


_WITHOUT = (
    "{path}: {why}, so the colours of objects are not compared; polygons may differ "
    "from those of the run"
)
