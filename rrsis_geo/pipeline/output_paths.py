"""The files that a job writes, checked before any work."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from rasterio.crs import CRS

from rrsis_geo.atomic_write import check_writable, resolved
from rrsis_geo.errors import OptionError, OutputError
from rrsis_geo.geodata.vector_layers import split_layer_name
from rrsis_geo.job import SegmentJob, VectorizeJob
from rrsis_geo.scene.georeference import parse_crs
from rrsis_geo.scene.grid import wkt2
from rrsis_geo.tiling.probability_raster import SIDE_FILES, check_raster_crs
from rrsis_geo.types import Polygons
from rrsis_geo.vector import formats
from rrsis_geo.vector.coordinates.reprojection import check_reachable, reproject
from rrsis_geo.vector.formats import check_output, write_polygons
from rrsis_geo.vector.layer_names import layer_name
from rrsis_geo.vector.vector_format import CrsRule, LayerTarget

EXTENSIONS = {"probability": (".tif", ".tiff"), "preview": (".png",)}

ANCHORS = "anchors"
"""Name of the layer of what answers were measured against."""


def manifest_path(job: SegmentJob | VectorizeJob) -> str | None:
    """`roofs.run.json` for `roofs.gpkg`; None where the job writes no result.

    A named layer has its own, `city.roofs.run.json`, as a file may hold several.
    """
    beside = job.output or job.probability
    if beside is None:
        return None
    layer = "" if job.layer is None else f".{job.layer}"
    return str(Path(beside).with_suffix(f"{layer}.run.json"))


def layer_target(
    job: SegmentJob | VectorizeJob,
    expressions: Sequence[str],
    *,
    ours: Collection[str] = (),
) -> LayerTarget:
    """Which layer of its output a job writes.

    Args:
        job: What is about to run.
        expressions: What was looked for; they name the layer if the job does not.
        ours: See `check_outputs`.
    """
    resumed = job.output is not None and os.path.abspath(job.output) in ours
    return LayerTarget(
        name=layer_name(expressions) if job.layer is None else job.layer,
        chosen=job.layer is not None,
        overwrite=job.overwrite or (resumed and not job.append),
        append=job.append,
        resumed=resumed,
    )


def check_outputs(job: SegmentJob, *, ours: Collection[str] = ()) -> None:
    """Refuse before any work what could not be written after it.

    Args:
        job: What is about to run.
        ours: Absolute paths that an interrupted run of the same job had begun to
            rename into place; they may be replaced.

    Raises:
        OutputError: a file exists already, has an unknown extension, is open in another
            program or would replace an input, two are the same, or the folder is
            missing or read-only.
        OptionError: the layer cannot have its name, or the format has no layers.
    """
    wanted = {
        name: path
        for name in ("output", "probability", "preview", "anchors")
        if (path := getattr(job, name)) is not None
    }
    area = job.options.aoi
    vectors = [*([] if area is None else [area]), *(one.path for one in job.own_layers)]
    inputs = [job.scene, *(split_layer_name(path)[0] for path in vectors if path)]
    for name, path in wanted.items():
        if any(_same(path, other) for other in inputs):
            raise OutputError(f"{path}: is an input of this run; choose another name")
        for other in wanted:
            if other != name and _same(path, wanted[other]):
                raise OutputError(f"{path}: both {name} and {other}; choose two names")
        overwrite = job.overwrite or os.path.abspath(path) in ours
        if name == "output":
            target = layer_target(job, job.expressions, ours=ours)
            check_output(path, overwrite, target)
        elif name == "anchors":
            check_output(path, overwrite, LayerTarget(name=ANCHORS))
        else:
            _check_raster(name, Path(path), overwrite)
    check_manifest(job, wanted.values(), ours)


def check_crs(job: SegmentJob, crs: CRS | None) -> tuple[str, ...]:
    """Refuse before any work a CRS that an output could not hold.

    Args:
        job: What is about to run; its paths are checked already.
        crs: Of what is found; None for pixel coordinates.

    Returns:
        Notes for the user.

    Raises:
        OutputError: an output's format cannot hold the CRS, or the layer to add to has
            another one.
    """
    wkt = written_crs(job, crs)
    if job.output is not None:
        formats.check_crs(job.output, wkt, layer_target(job, job.expressions))
    if job.anchors is not None:
        formats.check_crs(job.anchors, wkt)
    if job.probability is not None:
        check_raster_crs(job.probability, crs)
    return tuple(
        f"{path}: holds pixels, which other programs take for degrees; .gpkg does not"
        for path in (job.output, job.anchors)
        if path is not None
        and crs is None
        and formats.format_of(path).crs is CrsRule.LONLAT
    )


def written_crs(job: SegmentJob | VectorizeJob, crs: CRS | None) -> str | None:
    """WKT of the CRS that a job's polygons are written in; None for pixel coordinates.

    Args:
        job: What is about to run.
        crs: Of what is found.

    Raises:
        OptionError: the job's `dst_crs` is no CRS, or pixel coordinates or the CRS of
            what is found have no way there.
        OutputError: the format of a file is bound to longitude and latitude.
    """
    if job.dst_crs is None:
        return None if crs is None else wkt2(crs)
    wanted = parse_crs(job.dst_crs)
    if crs is None:
        raise OptionError(
            f"--dst-crs {job.dst_crs}: the polygons are in pixel coordinates, from "
            "which no way leads to a CRS; leave it out, or name the scene's with --crs"
        )
    for path in (job.output, getattr(job, "anchors", None)):
        if path is not None and formats.format_of(path).crs is CrsRule.LONLAT:
            raise OutputError(
                f"{path}: {formats.format_of(path).name} is always in longitude and "
                "latitude; leave --dst-crs out, or write a .gpkg"
            )
    check_reachable(wkt2(crs), wkt2(wanted))
    return wkt2(wanted)


def in_written_crs(job: SegmentJob | VectorizeJob, polygons: Polygons) -> Polygons:
    """Polygons as a job writes them.

    Raises:
        OutputError: one lies outside the domain of the job's `dst_crs`.
    """
    if job.dst_crs is None or polygons.crs is None:
        return polygons
    return reproject(polygons, wkt2(parse_crs(job.dst_crs)))


def write_layers(
    job: SegmentJob,
    target: LayerTarget,
    polygons: Polygons,
    anchors: Polygons,
    description: str,
) -> None:
    """Write what was found, and what it was measured against, as the job asks.

    Raises:
        OutputError: a file cannot be written.
    """
    title = ", ".join(job.expressions)
    if job.anchors is not None:
        write_polygons(
            in_written_crs(job, anchors),
            job.anchors,
            title=f"anchors of {title}",
            description=description,
            layer=LayerTarget(name=ANCHORS),
        )
    if job.output is not None:
        write_polygons(
            in_written_crs(job, polygons),
            job.output,
            title=title,
            description=description,
            layer=target,
        )


def earlier_runs(job: SegmentJob) -> list[dict[str, Any]]:
    """Manifests of the runs that a job adds to, the first one first."""
    old = read_manifest(manifest_path(job)) if job.append else None
    return [] if old is None else [*old.pop("earlier", []), old]


def read_manifest(path: str | None) -> dict[str, Any] | None:
    """The run manifest at a path; None where there is none that can be read."""
    try:
        body = json.loads(Path(path or "").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    known = isinstance(body, dict) and isinstance(body.get("job"), dict)
    return body if known else None


def check_manifest(
    job: SegmentJob, others: Collection[str], ours: Collection[str]
) -> None:
    """Refuse to replace a manifest that speaks of another file, unless that is allowed.

    Args:
        job: What is about to run.
        others: The other files that it writes.
        ours: See `check_outputs`.

    Raises:
        OutputError: the manifest cannot be written, or has the name of another file.
    """
    path = manifest_path(job)
    if path is None:
        return
    if any(_same(path, other) for other in (*others, job.scene)):
        raise OutputError(f"{path}: the run manifest has this name; choose another one")
    target = resolved(path)
    old = read_manifest(path)
    beside = job.output or job.probability or ""
    own = old is not None and describes(old, beside)
    if target.exists() and not (own or job.overwrite or os.path.abspath(path) in ours):
        says = "is no run manifest" if old is None else f"is of {_result_name(old)}"
        raise OutputError(
            f"{path}: {says} and would be replaced by the manifest of "
            f"{Path(beside).name}; choose another name for that or allow --overwrite"
        )
    check_writable(path, True)


def describes(manifest: dict[str, Any], result: str) -> bool:
    """Whether a manifest is of a result of that name."""
    return _result_name(manifest) == Path(result).name


def _result_name(manifest: dict[str, Any]) -> str:
    """Name of the file that a manifest describes."""
    job = manifest["job"]
    return Path(str(job.get("output") or job.get("probability") or "")).name


def _check_raster(name: str, path: Path, overwrite: bool) -> None:
    allowed = EXTENSIONS[name]
    if path.suffix.lower() not in allowed:
        raise OutputError(f"{path}: a {name} file ends in {' or '.join(allowed)}")
    check_writable(path, overwrite, SIDE_FILES)


def _same(one: str, other: str) -> bool:
    return resolved(one) == resolved(other)
