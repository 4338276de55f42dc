"""What is looked for in many scenes: one job for all, and the job of each."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from rrsis_geo.errors import OptionError
from rrsis_geo.job import SegmentJob
from rrsis_geo.many_scenes.scene_list import PLACE, SceneSource


@dataclass(frozen=True, kw_only=True)
class ScenesJob:
    """What to look for in many scenes, and what to write."""

    scenes: tuple[SceneSource, ...]
    job: SegmentJob
    """What all have in common. Its scene is "". Its outputs hold `PLACE`, one file a
    scene; without it, `output` is one layer of what is found in all of them."""
    merge: bool = False
    """Make one polygon of what several scenes show of one object."""

    def __post_init__(self) -> None:
        if not self.scenes:
            raise OptionError("no scene: name a file, a folder, a pattern or a list")
        job = self.job
        for name in ("probability", "preview", "anchors"):
            path = getattr(job, name)
            if path is not None and PLACE not in os.path.basename(path):
                raise OptionError(
                    f"--{name} {path}: of several scenes each writes its own; put "
                    f"{PLACE} into the name of the file"
                )
        if job.output is not None and PLACE in os.path.dirname(job.output):
            raise OptionError(
                f"--output {job.output}: {PLACE} may stand in the name of the file, "
                "not in that of its folder"
            )
        if self.merge and not self.one_layer:
            raise OptionError(
                "--merge joins polygons of one layer; write one, like -o found.gpkg, "
                f"and no file a scene ({PLACE})"
            )
        if self.merge and job.append:
            raise OptionError(
                "--merge and --append exclude each other: polygons that are in the "
                "layer already are not changed"
            )

    @property
    def one_layer(self) -> bool:
        """Whether what is found in all scenes goes into one layer."""
        return self.job.output is None or PLACE not in self.job.output

    @property
    def has_own_files(self) -> bool:
        """Whether each scene writes files of its own."""
        job = self.job
        return not self.one_layer or any((job.probability, job.preview, job.anchors))

    def of_scene(self, scene: SceneSource) -> SegmentJob:
        """The job of one scene; in one layer it writes no polygons of its own."""
        job = self.job
        if self.one_layer:
            job = replace(job, output=None, layer=None, append=False, dst_crs=None)
        return job_of_scene(job, scene)


def job_of_scene(job: SegmentJob, scene: SceneSource) -> SegmentJob:
    """A job for a scene, whose name stands for `PLACE` in the names of its files."""

    def filled(path: str | None) -> str | None:
        return None if path is None else path.replace(PLACE, scene.name)

    return replace(
        job,
        scene=scene.path,
        output=filled(job.output),
        probability=filled(job.probability),
        preview=filled(job.preview),
        anchors=filled(job.anchors),
    )
