"""The run manifest: the JSON file beside every result that says how it was made."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import rasterio
import shapely
from rasterio.crs import CRS

from rrsis_geo.atomic_write import staged
from rrsis_geo.files.input_paths import absolute_input, path_from
from rrsis_geo.geodata.vector_layers import split_layer_name
from rrsis_geo.job import Counts, SegmentJob
from rrsis_geo.pipeline.output_paths import earlier_runs
from rrsis_geo.pipeline.run_plan import WeightsFacts, absolute_job
from rrsis_geo.scene.grid import Grid, wkt2
from rrsis_geo.version import __version__

MANIFEST_VERSION = 1

NOT_OF_PIXELS = (
    *("threshold", "min_score", "min_area", "fill_holes", "simplify", "split"),
    *("batch_size", "engine", "workers", "runtime", "resolve", "guess", "caution"),
    "cache",
)
"""Options that pixels do not depend on; the texts and the runtime that was chosen are
entries of their own."""

PACKAGES = (
    "numpy",
    "rasterio",
    "pyogrio",
    "pyproj",
    "tokenizers",
    "onnxruntime",
    "torch",
)
"""Looked up in the installed metadata, since importing them would load torch."""


def describe_grid(grid: Grid) -> dict[str, Any]:
    """A grid as JSON values."""
    return {
        "width": grid.width,
        "height": grid.height,
        "transform": list(grid.transform)[:6],
        "crs": None if grid.crs is None else _name(grid.crs),
        "gsd_m": grid.gsd,
    }


def describe_scene(path: str) -> dict[str, Any]:
    """Path, size and modification time, which identify a state of the file."""
    facts: dict[str, Any] = {"path": absolute_input(path)}
    if os.path.exists(path):
        status = os.stat(path)
        facts |= {"bytes": status.st_size, "modified_ns": status.st_mtime_ns}
    return facts


def fingerprint(
    job: SegmentJob,
    *,
    texts: Sequence[str],
    grid: Grid,
    stretch: Mapping[str, Any],
    weights: WeightsFacts,
    own_layers: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Everything that the pixels of a run depend on, and nothing else.

    Threshold, areas and outlines only shape the polygons; batch size, engine and
    workers only change the speed: an interrupted run may be resumed with others.

    Args:
        job: What was asked for.
        texts: What the network is given.
        grid: What the scene is read at.
        stretch: The scene's stretch.
        weights: Which network predicts.
        own_layers: See `layer_facts`; which texts the network is given depends on them.
    """
    options = asdict(job.options)
    for name in NOT_OF_PIXELS:
        del options[name]
    return {
        "manifest": MANIFEST_VERSION,
        "version": __version__,
        "scene": describe_scene(job.scene),
        "aoi": None
        if job.options.aoi is None
        else describe_scene(split_layer_name(job.options.aoi)[0]),
        "expressions": list(texts),
        "options": options,
        "grid": describe_grid(grid),
        "stretch": dict(stretch),
        "weights": {"name": weights.name, "sha256": weights.sha256},
        "runtime": weights.runtime,
        **({"own_layers": [dict(one) for one in own_layers]} if own_layers else {}),
    }


def build(
    job: SegmentJob,
    *,
    grid: Grid,
    native_gsd: float,
    stretch: Mapping[str, Any],
    weights: WeightsFacts,
    counts: Counts,
    polygons: Mapping[str, int],
    questions: Sequence[Mapping[str, Any]],
    advice: Sequence[str],
    timings: Mapping[str, float],
    own_layers: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The manifest of a finished run, as JSON values.

    Args:
        job: What was asked for.
        grid: What the scene was read at.
        native_gsd: Metres per pixel of the file.
        stretch: The scene's stretch.
        weights: Which network predicted.
        counts: What happened to the windows.
        polygons: Expression -> polygons found.
        questions: For each expression how it was understood and evaluated.
        advice: What the user was told.
        timings: Part of the run -> seconds.
        own_layers: See `layer_facts`.
    """
    result = job.output or job.probability
    beside = None if result is None else path_from(result, job.scene)
    return {
        "manifest": MANIFEST_VERSION,
        "job": asdict(absolute_job(job)),
        "versions": dict(_versions()),
        "weights": {
            "name": weights.name,
            "sha256": weights.sha256,
            "gsd_range": weights.gsd_range,
        },
        "runtime": weights.runtime,
        "own_layers": [dict(one) for one in own_layers],
        "scene": describe_scene(job.scene)
        | {"beside": beside, "native_gsd_m": native_gsd},
        "grid": describe_grid(grid),
        "stretch": dict(stretch),
        "least_score": job.options.least_score(weights.score_margin),
        "windows": {
            "done": counts.windows,
            "skipped": counts.skipped,
            "failed": 0,  # a window that fails, fails the run
            "resumed": counts.resumed,
            "kept": counts.kept,
        },
        "polygons": dict(polygons),
        "questions": [dict(question) for question in questions],
        "advice": list(advice),
        "seconds": {name: round(spent, 3) for name, spent in timings.items()},
        **({"earlier": earlier} if (earlier := earlier_runs(job)) else {}),
    }


def write(manifest: Mapping[str, Any], path: str) -> None:
    """Put the manifest in place, whole or not at all.

    Raises:
        OutputError: it cannot be written.
    """
    with (
        staged(path) as place,
        # bytes of a path that are no text become escapes, which JSON reads back
        open(place, "w", encoding="utf-8", errors="backslashreplace") as file,
    ):
        json.dump(manifest, file, indent=2, ensure_ascii=False)
        file.write("\n")


def _name(crs: CRS) -> str:
    code = crs.to_epsg()
    return wkt2(crs) if code is None else f"EPSG:{code}"


@cache
def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {
        "rrsis-geo": __version__,
        "python": platform.python_version(),
        "gdal": rasterio.__gdal_version__,
        "geos": shapely.geos_version_string,
    }
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found
