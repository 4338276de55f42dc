"""A run over many scenes: each by itself, with one network, then one layer of all."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rasterio.crs import CRS

from rrsis_geo.atomic_write import full_disk, resolved
from rrsis_geo.errors import (
    Cancelled,
    OptionError,
    OutputError,
    RRSISError,
    WeightsError,
    as_rrsis_error,
)
from rrsis_geo.job import SegmentJob
from rrsis_geo.many_scenes.layer_output import check_layer, write_layer, written_before
from rrsis_geo.many_scenes.scene_layer import ScenePart, read_part
from rrsis_geo.many_scenes.scene_list import SceneSource, check_names
from rrsis_geo.many_scenes.scene_outcome import SceneOutcome, ScenesResult
from rrsis_geo.many_scenes.scene_records import SceneRecords, scene_key
from rrsis_geo.many_scenes.scenes_job import ScenesJob
from rrsis_geo.pipeline import output_paths
from rrsis_geo.pipeline.engines import open_engine
from rrsis_geo.pipeline.own_layers.layer_reading import Frames
from rrsis_geo.pipeline.run_plan import weights_facts
from rrsis_geo.pipeline.runner import run
from rrsis_geo.protocol import Advice, Failed, Finished, Message, NextScene
from rrsis_geo.runtime.cached_predictor import CachedPredictor
from rrsis_geo.scene.aoi import OutsideScene
from rrsis_geo.types import Predictor

Report = Callable[[Message], None]


def run_scenes(
    scenes: ScenesJob,
    *,
    report: Report = lambda message: None,
    cancelled: Callable[[], bool] = lambda: False,
    network: Callable[[SegmentJob, Sequence[str]], Predictor] | None = None,
    resume: bool = True,
    frames: Frames | None = None,
) -> ScenesResult:
    """Look for the same in many scenes.

    A scene that fails is reported, and the others go on. An interrupted run leaves what
    is done beside the output, and the same command continues there.

    Args:
        scenes: What to look for, where, and what to write.
        report: Called with `NextScene` and then the messages of its run, which carry
            its number as `job`; a failure is `Failed`. At the end, if no scene failed,
            `Finished` of all, with the number 0.
        cancelled: Called before every batch of windows; True stops.
        network: As for `run`; None: the job's weights, loaded once.
        resume: False discards an interrupted run.
        frames: Noun -> table, for own layers of the job that have no path.

    Raises:
        Cancelled: `cancelled` said so, or Ctrl-C.
        RRSISError: it concerns all scenes: weights, outputs, a full disk.
    """
    began = time.perf_counter()
    job = scenes.job
    facts = weights_facts(job.weights, None, job.options)
    open_engine(job.options.engine, workers=job.options.workers)
    anchor = job.output or job.probability
    if scenes.has_own_files:
        check_names(scenes.scenes)
    with SceneRecords.open(anchor, resume=resume) as records:
        keys = [scene_key(scenes.of_scene(one), facts.sha256) for one in scenes.scenes]
        this = _ScenesRun(
            scenes=scenes,
            records=records,
            keys=keys,
            report=report,
            cancelled=cancelled,
            network=network or _OneNetwork(),
            frames=frames,
        )
        _check_outputs(this)
        try:
            outcomes = tuple(
                this.look(number, scene, key)
                for number, (scene, key) in enumerate(
                    zip(scenes.scenes, keys, strict=True), 1
                )
            )
            polygons, merged, files = None, 0, tuple[str, ...]()
            done = [one for one in zip(outcomes, keys, strict=True) if one[0].manifest]
            if not done and all(one.error is None for one in outcomes):
                raise OptionError("the area of interest lies outside all scenes")
            if scenes.one_layer and done:
                parts = [_part(records, outcome, key) for outcome, key in done]
                layer = write_layer(
                    scenes, parts, [key for _, key in done], outcomes, records, report
                )
                polygons, merged, files = layer.polygons, layer.merged, layer.files
        except (Cancelled, KeyboardInterrupt):
            raise Cancelled(_stopped(anchor, records)) from None
        records.keep = any(one.error is not None for one in outcomes)
        kept = str(records.folder) if records.keep and done and anchor else None
    result = ScenesResult(
        outcomes=outcomes,
        polygons=polygons,
        files=(*files, *(file for one in outcomes for file in one.files)),
        merged=merged,
        records=kept,
    )
    if not result.failed:
        count = sum(one.polygons for one in outcomes) - merged
        report(Finished(count, result.files, time.perf_counter() - began))
    return result


@dataclass(frozen=True, kw_only=True, eq=False)
class _ScenesRun:
    """What the runs of all scenes share."""

    scenes: ScenesJob
    records: SceneRecords
    keys: Sequence[str]
    report: Report
    cancelled: Callable[[], bool]
    network: Callable[[SegmentJob, Sequence[str]], Predictor]
    frames: Frames | None

    def job(self, scene: SceneSource, key: str) -> SegmentJob:
        """The job of a scene, which may replace what a killed run has left."""
        job = self.scenes.of_scene(scene)
        if self.scenes.one_layer:
            job = replace(job, output=self.records.part(key))
        begun = self.records.has_begun(key) and not job.append
        return replace(job, overwrite=job.overwrite or begun)

    def look(self, number: int, scene: SceneSource, key: str) -> SceneOutcome:
        """Look at one scene, unless it is done.

        Raises:
            RRSISError: it concerns the scenes after it, too.
        """
        total = len(self.scenes.scenes)
        self.report(NextScene(scene.path, number, total, job=number))
        before = _recorded(self.records, scene, key)
        if before is not None:
            self.report(Advice(f"{scene.path}: is done already", job=number))
            return before
        self.records.begin(key)
        try:
            return self._run(number, scene, key)
        except OutsideScene as error:
            self.report(Advice(f"{scene.path}: left out: {error}", job=number))
            return SceneOutcome(scene=scene, found={})
        except (Cancelled, KeyboardInterrupt, WeightsError):
            raise
        except Exception as error:
            known = as_rrsis_error(error) or RRSISError(
                f"{scene.path}: {type(error).__name__}: {error} (not foreseen)"
            )
            if isinstance(known, OutputError) and full_disk(self.records.folder):
                raise
            code = "bug" if type(known) is RRSISError else known.code
            self.report(Failed(code=code, message=str(known), job=number))
            return SceneOutcome(scene=scene, found={}, error=known)

    def _run(self, number: int, scene: SceneSource, key: str) -> SceneOutcome:
        result = run(
            self.job(scene, key),
            report=lambda message: self._pass_on(message, number),
            cancelled=self.cancelled,
            network=self.network,
            frames=self.frames,
        )
        columns = result.polygons.columns
        found = {}
        for text in self.scenes.job.expressions:
            mine = columns["expression"] == text
            found[text] = (int(mine.sum()), float(columns["area_m2"][mine].sum()))
        files = self._own_files(result.files)
        self.records.finish(
            key,
            {
                "manifest": result.manifest,
                "found": [[text, *numbers] for text, numbers in found.items()],
                "files": [os.path.abspath(file) for file in files],
            },
        )
        return SceneOutcome(
            scene=scene, found=found, files=files, manifest=result.manifest
        )

    def _pass_on(self, message: Message, number: int) -> None:
        """Report a message of a scene's run."""
        if isinstance(message, Finished):
            message = replace(message, files=self._own_files(message.files))
        self.report(replace(message, job=number))

    def _own_files(self, files: Sequence[str]) -> tuple[str, ...]:
        """Files of a scene for the user, without those that wait for the others."""
        inside = os.path.abspath(self.records.folder)
        return tuple(file for file in files if os.path.dirname(file) != inside)


class _OneNetwork:
    """Loads the weights once, and encodes texts once."""

    def __init__(self) -> None:
        self._networks = CachedPredictor()
        self._bound: dict[tuple[str, ...], Predictor] = {}

    def __call__(self, job: SegmentJob, texts: Sequence[str]) -> Predictor:
        """The network, bound to texts; all jobs have the same weights and options."""
        key = tuple(texts)
        if key not in self._bound:
            self._bound[key] = self._networks.bind(job, texts)
        return self._bound[key]


def _recorded(
    records: SceneRecords, scene: SceneSource, key: str
) -> SceneOutcome | None:
    """What an interrupted run found in a scene; None where it is not done."""
    body = records.record(key)
    if body is None or not all(map(os.path.exists, body["files"])):
        return None
    return SceneOutcome(
        scene=scene,
        found={text: (count, area) for text, count, area in body["found"]},
        files=tuple(body["files"]),
        manifest=body["manifest"],
        before=True,
    )


def _part(records: SceneRecords, outcome: SceneOutcome, key: str) -> ScenePart:
    return ScenePart.of_run(
        outcome.scene.path, outcome.manifest or {}, read_part(records.part(key))
    )


def _check_outputs(this: _ScenesRun) -> None:
    """Refuse before any work what could not be written after it.

    Raises:
        OutputError: as `check_outputs`, for the files of every scene.
        OptionError: `dst_crs` is no CRS.
    """
    scenes, job = this.scenes, this.scenes.job
    output_paths.written_crs(job, CRS.from_epsg(4326))  # any that is one
    if scenes.one_layer and job.output is not None:
        inputs = {resolved(one.path): one.path for one in scenes.scenes}
        clash = inputs.get(resolved(job.output))
        if clash is not None:
            raise OutputError(f"{clash}: is an input of this run; choose another name")
        check_layer(scenes, written_before(scenes, this.records, this.keys))
    for scene, key in zip(scenes.scenes, this.keys, strict=True):
        if _recorded(this.records, scene, key) is None:
            output_paths.check_outputs(this.job(scene, key))


def _stopped(anchor: str | None, records: SceneRecords) -> str:
    if anchor is None or not records.holds_work():
        return "stopped; nothing was written"
    return (
        f"stopped; the same command continues from {records.folder}, which may also be "
        "deleted"
    )
