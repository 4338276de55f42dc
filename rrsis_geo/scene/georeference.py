"""Where a dataset lies: its own CRS and transform, or what the user says instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyproj
from affine import Affine
from rasterio.crs import CRS
from rasterio.errors import CRSError

from rrsis_geo.errors import OptionError, SceneError
from rrsis_geo.scene.grid import crs_name


@dataclass(frozen=True)
class Placement:
    """How a dataset comes onto the map."""

    crs: CRS | None
    """None: pixel coordinates."""

    transform: Affine
    """Of the dataset's own pixels; of no use where `by_points`."""

    by_points: bool
    """Ground control points place it, so it has to be warped."""

    advice: tuple[str, ...] = ()


def find_placement(
    dataset: Any, *, crs: str | None, pixel_coordinates: bool
) -> Placement:
    """Decide by what the file says and what the user adds.

    An explicit `crs` wins over the file's, with a word about it. Pixel coordinates
    are only for files that have no CRS; y grows downwards there.

    Raises:
        OptionError: `crs` is none.
        SceneError: nothing tells where the scene lies.
    """
    path, transform = dataset.name, dataset.transform
    points, points_crs = dataset.gcps
    by_points = bool(points) and transform == Affine.identity()
    own = (points_crs if by_points else dataset.crs) or None
    local = own is not None and not _on_a_body(own)
    if local:
        own = None
    advice = []
    if crs is not None:
        given = parse_crs(crs)
        if own is not None and own != given:
            advice.append(
                f"{path} says it is in {crs_name(own)}; --crs {crs} is used instead"
            )
        own = given
    if own is None and pixel_coordinates:
        return Placement(None, Affine.identity(), False)
    if own is not None and pixel_coordinates:
        advice.append(
            f"{path} has a CRS, {crs_name(own)}; --pixel-coordinates is not needed and "
            "does nothing"
        )
    if dataset.rpcs is not None and not by_points and transform == Affine.identity():
        raise SceneError(
            f"{path}: is placed by RPCs only, which need a terrain model; orthorectify "
            "it first (gdalwarp -rpc -to RPC_DEM=dem.tif), or use --pixel-coordinates"
        )
    if own is None:
        raise SceneError(
            f"{path}: has {'only a local CRS' if local else 'no CRS'}, so polygons "
            "would have no place; name it with --crs EPSG:..., or get polygons in "
            "pixels with --pixel-coordinates"
        )
    if not by_points:
        if transform == Affine.identity():
            raise SceneError(
                f"{path}: is in {crs_name(own)}, but no transform, world file or "
                "ground control points say where; add one (gdal_edit.py -a_ullr)"
            )
        if transform.determinant == 0:
            raise SceneError(
                f"{path}: its transform {tuple(transform)[:6]} gives pixels no area"
            )
    return Placement(own, transform, by_points, tuple(advice))


def parse_crs(text: str) -> CRS:
    """A CRS as users write it.

    Raises:
        OptionError: it is none.
    """
    try:
        crs = CRS.from_user_input(text)
    except CRSError as error:
        raise OptionError(
            f"crs {text!r} is none that PROJ knows; write it like EPSG:32633"
        ) from error
    if not _on_a_body(crs):
        raise OptionError(
            f"crs {text!r} places nothing on the ground; name a projected or a "
            "geographic one, like EPSG:32633"
        )
    return crs


def _on_a_body(crs: CRS) -> bool:
    """Whether it is tied to the surface of a body, not to a drawing board."""
    known = pyproj.CRS.from_wkt(crs.to_wkt())
    return known.geodetic_crs is not None and not known.is_geocentric
