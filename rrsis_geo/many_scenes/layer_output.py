"""Writing the one layer of many scenes, and its manifest."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from rrsis_geo.errors import OptionError
from rrsis_geo.many_scenes.merging import merge_objects
from rrsis_geo.many_scenes.scene_layer import SCENE_COLUMNS, ScenePart, join_parts
from rrsis_geo.many_scenes.scene_outcome import SceneOutcome
from rrsis_geo.many_scenes.scene_records import SceneRecords
from rrsis_geo.many_scenes.scenes_job import ScenesJob
from rrsis_geo.pipeline import output_paths, run_manifest
from rrsis_geo.pipeline.run_plan import absolute_job
from rrsis_geo.protocol import Advice, Message
from rrsis_geo.scene.georeference import parse_crs
from rrsis_geo.scene.grid import wkt2
from rrsis_geo.types import Polygons
from rrsis_geo.vector import formats
from rrsis_geo.vector.vector_format import LayerTarget
from rrsis_geo.version import __version__


@dataclass(frozen=True, kw_only=True, eq=False)
class ScenesLayer:
    """The layer of all scenes."""

    polygons: Polygons
    merged: int
    """Polygons that became a part of another."""
    files: tuple[str, ...]


def written_before(
    scenes: ScenesJob, records: SceneRecords, keys: Sequence[str]
) -> Collection[str]:
    """Absolute paths that an interrupted run of the same command may have written."""
    if set(keys).isdisjoint([*records.keys_placed(), *records.keys_placing()]):
        return ()
    paths = (scenes.job.output, output_paths.manifest_path(scenes.job))
    return [os.path.abspath(path) for path in paths if path is not None]


def check_layer(scenes: ScenesJob, ours: Collection[str] = ()) -> None:
    """Refuse before any work a layer that could not be written after it.

    Args:
        scenes: What is about to run; its output is one layer.
        ours: See `written_before`; these files may be replaced.

    Raises:
        OutputError: as `check_outputs`.
        OptionError: the layer cannot have its name.
    """
    job = scenes.job
    if job.output is None:
        return
    target = _target(scenes, ours)
    formats.check_output(job.output, job.overwrite or bool(ours), target)
    output_paths.check_manifest(job, [job.output], ours)


def write_layer(
    scenes: ScenesJob,
    parts: Sequence[ScenePart],
    keys: Sequence[str],
    outcomes: Sequence[SceneOutcome],
    records: SceneRecords,
    report: Callable[[Message], None],
) -> ScenesLayer:
    """Join what was found, and write it where the job says so.

    Args:
        scenes: What was looked for.
        parts: Of the scenes that are done, at least one.
        keys: Of these scenes.
        outcomes: Of all scenes, for the manifest.
        records: Where it is noted what is in the output.
        report: Called with `Advice`.

    Raises:
        OptionError: scenes with and without a CRS share no layer.
        OutputError: the layer cannot be written.
    """
    job, crs = scenes.job, _layer_crs(scenes, parts)
    others = len({part.crs for part in parts}) - 1
    if others and job.dst_crs is None:
        report(
            Advice(
                f"the scenes are in {others + 1} CRSs; the layer is in that of the "
                f"first, {parts[0].crs[:60]} (--dst-crs names another)"
            )
        )
    polygons, merged = join_parts(parts, crs), 0
    if scenes.merge:
        polygons, merged = merge_objects(polygons, parts)
    if job.output is None:
        return ScenesLayer(polygons=polygons, merged=merged, files=())
    target = _target(scenes, written_before(scenes, records, keys))
    formats.check_crs(job.output, crs, target)
    beside = output_paths.manifest_path(job)
    manifest = _manifest(scenes, outcomes, polygons, merged)
    if job.append:
        _append(scenes, polygons, parts, keys, records, target)
    else:
        records.placing(keys)
        _write(scenes, polygons, target)
        records.placed(keys)
    if beside is not None:
        run_manifest.write(manifest, beside)
    files = tuple(path for path in (job.output, beside) if path is not None)
    return ScenesLayer(polygons=polygons, merged=merged, files=files)


def _layer_crs(scenes: ScenesJob, parts: Sequence[ScenePart]) -> str | None:
    """WKT of the layer's CRS: the one that the job names, else that of the first scene.

    Raises:
        OptionError: some scenes have no CRS, or all of them and the job names one.
    """
    bare = [part.scene for part in parts if part.polygons.crs is None]
    placed = [part.scene for part in parts if part.polygons.crs is not None]
    wanted = scenes.job.dst_crs
    if bare and (placed or wanted is not None):
        other = placed[0] if placed else wanted
        raise OptionError(
            f"{bare[0]} is in pixel coordinates and {other} is not, "
            "so they share no layer; write one file a scene (-o '{scene}.gpkg')"
        )
    return parts[0].polygons.crs if wanted is None else wkt2(parse_crs(wanted))


def _append(
    scenes: ScenesJob,
    polygons: Polygons,
    parts: Sequence[ScenePart],
    keys: Sequence[str],
    records: SceneRecords,
    target: LayerTarget,
) -> None:
    """Add the scenes that are not in the layer yet.

    A killed run may have added some without a note of it: those go first, and only if
    they are not there.
    """
    placed = [key for key in records.keys_placed() if key in keys]
    perhaps = set(records.keys_placing()) - set(placed)
    doubtful = [key for key in keys if key in perhaps]
    fresh = [key for key in keys if key not in (*placed, *doubtful)]
    owner = np.repeat(
        np.array(keys, np.object_), [len(part.polygons) for part in parts]
    )
    for group, resumed in ((doubtful, True), (fresh, False)):
        if not group:
            continue
        records.placing([*placed, *group])
        chosen = np.isin(owner, np.array(group, np.object_))
        columns = {name: values[chosen] for name, values in polygons.columns.items()}
        columns["id"] = np.arange(1, chosen.sum() + 1, dtype=columns["id"].dtype)
        some = replace(polygons, geometry=polygons.geometry[chosen], columns=columns)
        _write(scenes, some, replace(target, resumed=resumed))
        placed += group
        records.placed(placed)


def _write(scenes: ScenesJob, polygons: Polygons, target: LayerTarget) -> None:
    job = scenes.job
    formats.write_polygons(
        polygons,
        job.output or "",
        title=", ".join(job.expressions),
        description=f"Found by rrsis-geo {__version__} in {len(scenes.scenes)} scenes",
        layer=target,
    )


def _target(scenes: ScenesJob, ours: Collection[str]) -> LayerTarget:
    job = scenes.job
    target = output_paths.layer_target(job, job.expressions, ours=ours)
    return replace(target, more_columns=SCENE_COLUMNS)


def _manifest(
    scenes: ScenesJob,
    outcomes: Sequence[SceneOutcome],
    polygons: Polygons,
    merged: int,
) -> dict[str, Any]:
    """The manifest of the layer: the job, and the manifest of every scene."""
    job = scenes.job
    found = Counter(polygons.columns["expression"].tolist())
    first = next(one.manifest for one in outcomes if one.manifest is not None)
    body = asdict(absolute_job(job))
    del body["scene"]
    return {
        "manifest": run_manifest.MANIFEST_VERSION,
        "job": body,
        "merge": scenes.merge,
        "merged": merged,
        "versions": first["versions"],
        "weights": first["weights"],
        "polygons": {text: found[text] for text in job.expressions},
        "scenes": [_of_scene(one) for one in outcomes],
        **({"earlier": earlier} if (earlier := output_paths.earlier_runs(job)) else {}),
    }


def _of_scene(outcome: SceneOutcome) -> dict[str, Any]:
    """What the manifest says of one scene."""
    body: dict[str, Any] = {"scene": outcome.scene.path, "name": outcome.scene.name}
    if outcome.error is not None:
        return body | {"failed": outcome.error.code, "why": str(outcome.error)}
    if outcome.manifest is None:
        return body | {"outside": True}
    left_out = ("manifest", "job", "versions", "weights")
    return (
        body
        | {k: v for k, v in outcome.manifest.items() if k not in left_out}
        | {
            "scene": outcome.manifest["scene"],
            "given": outcome.scene.path,
        }
    )
