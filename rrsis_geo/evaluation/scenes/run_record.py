"""What the run manifest beside a result says about the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine, AffineError
from rasterio.crs import CRS
from rasterio.errors import CRSError

from rrsis_geo.errors import DataError, OptionError
from rrsis_geo.files.json_text import read_json
from rrsis_geo.job import SegmentOptions
from rrsis_geo.scene.dataset import LARGEST_COORDINATE
from rrsis_geo.scene.grid import LARGEST_SIDE, Grid
from rrsis_geo.vector.layer_names import layer_name


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """The part of a run manifest by which polygons are scored."""

    grid: Grid
    """What the scene was read at."""
    options: SegmentOptions
    scene: Path | None
    """The image; None where it is no longer there, or on a server."""


def read_run_record(
    found: Path, *, layer: str | None = None, scene: Path | None = None
) -> RunRecord | None:
    """Read the run manifest beside polygons; None where none speaks of them.

    Args:
        found: The file of polygons.
        layer: Its layer; None: the only one.
        scene: The image; None: that of the manifest.

    Raises:
        DataError: It cannot be read, is no run manifest, or is damaged.
        OptionError: The polygons are of several runs, and which is meant is not clear.
    """
    path = _find_manifest(found, layer)
    if path is None:
        return None
    body = read_json(path, "a run manifest", DataError)
    if not isinstance(body, dict) or not (
        "job" in body and {"grid", "scenes"} & set(body)
    ):
        raise DataError(
            f"{path}: is no run manifest, it lacks grid or job; move it away to score "
            "the polygons without it"
        )
    try:
        if layer is not None and path == _plain_path(found):
            job = body["job"]
            if layer != (job.get("layer") or layer_name(job["expressions"])):
                return None  # it speaks of another layer
        runs = [_parse_run(one, path.parent) for one in _single_runs(body)]
    except (
        AffineError,
        ArithmeticError,
        AttributeError,
        CRSError,
        LookupError,
        OSError,
        TypeError,
        ValueError,
    ) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DataError(
            f"{path}: the run manifest is damaged ({reason}); move it away to score "
            "the polygons without it"
        ) from error
    return _choose_run(runs, found, path, scene)


def _find_manifest(found: Path, layer: str | None) -> Path | None:
    """The manifest of a layer that was named, else that of the file."""
    named = () if layer is None else (found.with_suffix(f".{layer}.run.json"),)
    return next((one for one in (*named, _plain_path(found)) if one.exists()), None)


def _plain_path(found: Path) -> Path:
    return found.with_name(found.stem + ".run.json")


def _single_runs(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The manifests of runs over one scene each, of which the last may be of many."""
    single = []
    for one in (*_earlier(body), body):
        scenes = [scene for scene in one.get("scenes", []) if "grid" in scene]
        for scene in scenes:
            job = {**one["job"], "scene": scene["scene"]["path"]}
            single.append({**scene, "job": job})
        if not scenes:
            single.append(one)
    return single


def _earlier(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Manifests of the runs to whose polygons this one's were added."""
    return list(body.get("earlier", []))


def _parse_run(body: dict[str, Any], folder: Path) -> RunRecord:
    return RunRecord(
        grid=_parse_grid(body["grid"]),
        options=SegmentOptions.from_mapping(body["job"]["options"]),
        scene=_find_scene(body, folder),
    )


def _choose_run(
    runs: Sequence[RunRecord], found: Path, path: Path, scene: Path | None
) -> RunRecord:
    """The run whose searched area the polygons are scored in.

    Raises:
        OptionError: There are several, of different areas.
    """
    of_scene = [
        run
        for run in runs
        if scene is None or (run.scene is not None and _same_file(run.scene, scene))
    ]
    # a scene that no run names was moved or copied: all of the runs may be of it
    chosen = of_scene or list(runs)
    areas = {
        (run.grid, run.options.aoi, run.options.aoi_layer, run.options.bbox)
        for run in chosen
    }
    if len(areas) == 1:
        return chosen[-1]
    scenes = sorted({str(run.scene) for run in chosen if run.scene is not None})
    if scene is None and len(scenes) > 1:
        raise OptionError(
            f"polygons {found}: were added by runs over {len(scenes)} scenes; name the "
            f"one to score with --scene: {', '.join(scenes)}"
        )
    raise OptionError(
        f"polygons {found}: were added by {len(chosen)} runs over different areas of a "
        f"scene; move {path} away and give --scene, and --within for the area to score"
    )


def _same_file(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)


def _parse_grid(values: dict[str, Any]) -> Grid:
    crs = None if values["crs"] is None else CRS.from_user_input(values["crs"])
    transform = Affine(*values["transform"])
    width, height = int(values["width"]), int(values["height"])
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        raise ValueError(f"a grid of {width} x {height} pixels")
    if not (np.abs(transform[:6]) < LARGEST_COORDINATE).all():  # nor is NaN below it
        raise ValueError("a transform that leads nowhere on the ground")
    if not (np.abs((~transform)[:6]) < LARGEST_COORDINATE**2).all():
        raise ValueError("a transform that gives pixels no area")
    return Grid(transform, crs, width, height)


def _find_scene(body: dict[str, Any], folder: Path) -> Path | None:
    """The scene where it was, else where it lies beside a result that was moved.

    Args:
        body: The manifest.
        folder: Where it is now.
    """
    named = Path(body["job"]["scene"])
    if named.is_absolute() and named.exists():
        return named
    facts = body.get("scene", {})
    for name in (facts.get("beside"), body["job"]["scene"]):
        path: Path | None = None if name is None else folder / name
        # a file of the same name may be another scene
        if path is not None and path.is_file() and _is_same(path, facts):
            return path
    return None


def _is_same(path: Path, facts: dict[str, Any]) -> bool:
    size = facts.get("bytes")
    return size is None or bool(size == path.stat().st_size)
