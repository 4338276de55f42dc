"""What a run over many scenes would do, without doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rrsis_geo.errors import RRSISError, ScenesError, WeightsError
from rrsis_geo.many_scenes.layer_output import check_layer
from rrsis_geo.many_scenes.scene_list import SceneSource, check_names
from rrsis_geo.many_scenes.scenes_job import ScenesJob
from rrsis_geo.pipeline import output_paths
from rrsis_geo.pipeline.dry_run import DryRun, plan, rounded_time
from rrsis_geo.scene.aoi import OutsideScene


@dataclass(frozen=True, kw_only=True)
class ScenePlan:
    """What would be done in one scene."""

    scene: SceneSource
    plan: DryRun | None
    """None where it would fail, or lies outside the area of interest."""
    error: RRSISError | None = None

    def to_mapping(self) -> dict[str, Any]:
        """The same as JSON values."""
        body: dict[str, Any] = {"scene": self.scene.path, "name": self.scene.name}
        if self.plan is not None:
            return body | self.plan.to_mapping()
        if self.error is not None:
            return body | {"failed": self.error.code, "why": str(self.error)}
        return body | {"outside": True}


@dataclass(frozen=True, kw_only=True)
class ScenesPlan:
    """What would be done in many scenes; `str()` of it is for reading."""

    scenes: tuple[ScenePlan, ...]
    files: tuple[str, ...]
    """Of the layer of all."""
    seconds: float | None
    """About how long the network takes; None: not measured."""

    @property
    def plans(self) -> tuple[DryRun, ...]:
        """Of scenes that would not fail."""
        return tuple(one.plan for one in self.scenes if one.plan is not None)

    def to_mapping(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {
            "scenes": [one.to_mapping() for one in self.scenes],
            "windows": sum(one.windows for one in self.plans),
            "seconds": self.seconds,
            "files": list(self.files),
        }

    def __str__(self) -> str:
        """A line a scene, then a few for all."""
        lines = []
        for one in self.scenes:
            if one.plan is None:
                fate = f"{'outside':<10}{one.scene.path}"
                lines.append(fate if one.error is None else f"{'fails':<10}{one.error}")
                continue
            grid = f"{one.plan.width:,} x {one.plan.height:,} pixels"
            lines.append(
                f"{'scene':<10}{one.scene.path}: {grid}, {one.plan.gsd:.3g} m per "
                f"pixel, {one.plan.windows:,} windows"
            )
        plans = self.plans
        windows = sum(one.windows for one in plans)
        known = sum(one.known for one in plans)
        files = [*self.files, *(path for one in plans for path in one.files)]
        total = [
            ("scenes", f"{len(plans):,} of {len(self.scenes):,}"),
            ("looks for", "; ".join(plans[0].expressions) if plans else ""),
            ("windows", f"{windows:,} to look at"),
            *([("known", f"{known:,} from earlier runs")] if known else ()),
            ("memory", f"about {_gibibytes(plans):.1f} GiB"),
            ("time", rounded_time(self.seconds)),
            ("writes", ", ".join(files) or "nothing"),
            *(
                ("advice", line)
                for line in dict.fromkeys(line for one in plans for line in one.advice)
            ),
        ]
        return "\n".join([*lines, *(f"{name:<10}{value}" for name, value in total)])

    def raise_failures(self) -> None:
        """Raise where scenes would fail.

        Raises:
            ScenesError: names the first one.
        """
        failed = [one.error for one in self.scenes if one.error is not None]
        if failed:
            raise ScenesError(
                f"{len(failed)} of {len(self.scenes)} scenes would fail, the first "
                f"with: {failed[0]}"
            )


def plan_scenes(scenes: ScenesJob) -> ScenesPlan:
    """What `run_scenes` would do; the network is timed on one window, once.

    Raises:
        RRSISError: it concerns all scenes.
    """
    job = scenes.job
    if scenes.has_own_files:
        check_names(scenes.scenes)
    check_layer(scenes)
    plans: list[ScenePlan] = []
    per_window = None
    for scene in scenes.scenes:
        own = scenes.of_scene(scene)
        try:
            found = plan(own, measure=per_window is None)
        except OutsideScene:
            plans.append(ScenePlan(scene=scene, plan=None))
            continue
        except WeightsError:
            raise
        except RRSISError as error:
            plans.append(ScenePlan(scene=scene, plan=None, error=error))
            continue
        looked = _looked_at(found)
        if per_window is None and found.seconds is not None and looked:
            per_window = found.seconds / looked
        plans.append(ScenePlan(scene=scene, plan=found))
    fine = [one.plan for one in plans if one.plan is not None]
    windows = sum(map(_looked_at, fine))
    layer = replace(job, scene=scenes.scenes[0].path)
    files = (job.output, output_paths.manifest_path(layer)) if scenes.one_layer else ()
    return ScenesPlan(
        scenes=tuple(plans),
        files=tuple(path for path in files if path is not None),
        seconds=per_window * windows if per_window else 0.0 if not windows else None,
    )


def _looked_at(plan: DryRun) -> int:
    """Windows that the network would be given."""
    return plan.windows - plan.empty - plan.known


def _gibibytes(plans: Sequence[DryRun]) -> float:
    """Of the scene that takes most: one is looked at after another."""
    return max((one.memory_bytes for one in plans), default=0) / 2**30
