"""The scene of a run in a tag of its probability raster, to see its pixels again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from rrsis_geo.errors import RRSISError
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
        "path": job.scene,
        "bands": options.bands,
        "crs": options.crs,
        "pixel_coordinates": options.pixel_coordinates,
    }
    return {TAG: json.dumps(values, separators=(",", ":"))}


@contextmanager
def colours_of_tagged_scene(
    tags: Mapping[str, str], grid: Grid, note: Callable[[str], None]
) -> Iterator[ColoursOf | None]:
    """Measures colours on the scene of a raster until the block is left.

    Args:
        tags: Of the raster.
        grid: Of the raster.
        note: Is told why there are no colours.

    Yields:
        None where the scene is not there, is another one by now, or is not named.
    """
    if TAG not in tags:
        yield None
        return
    path = tags[TAG]
    with ExitStack() as stack:
        scene = None
        try:
            kept = json.loads(path)
            path = str(kept["path"])
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
        if scene is not None and not scene.has_grid(grid):
            note(_WITHOUT.format(path=path, why="lies elsewhere by now"))
            scene = None
        yield None if scene is None else CandidateColours(scene=scene, grid=grid)


_WITHOUT = (
    "{path}: {why}, so the colours of objects are not compared; polygons may differ "
    "from those of the run"
)
