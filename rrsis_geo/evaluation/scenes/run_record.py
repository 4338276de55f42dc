"""What the run manifest beside a result says about the run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine
from rasterio.crs import CRS
from rasterio.errors import CRSError

from rrsis_geo.errors import DataError
from rrsis_geo.files.json_text import read_json
from rrsis_geo.job import SegmentOptions
from rrsis_geo.scene.dataset import LARGEST_COORDINATE
from rrsis_geo.scene.grid import LARGEST_SIDE, Grid


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """The part of a run manifest by which polygons are scored."""

    grid: Grid
    """What the scene was read at."""
    options: SegmentOptions
    scene: Path | None
    """The image; None where it is no longer there, or on a server."""


def read_run_record(found: Path) -> RunRecord | None:
    """Read the run manifest beside polygons; None without one that is of one scene.

    Raises:
        DataError: It cannot be read, is no run manifest, or is damaged.
    """
    path = found.with_name(found.stem + ".run.json")
    if not path.exists():
        return None
    body = read_json(path, "a run manifest", DataError)
    if isinstance(body, dict) and isinstance(body.get("scenes"), list):
        return None
    if not isinstance(body, dict) or not {"grid", "job"} <= set(body):
        raise DataError(
            f"{path}: is no run manifest, it lacks grid or job; move it away to score "
            "the polygons without it"
        )
    try:
        return RunRecord(
            grid=_parse_grid(body["grid"]),
            options=SegmentOptions.from_mapping(body["job"]["options"]),
            scene=_find_scene(body, path.parent),
        )
    except (
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
