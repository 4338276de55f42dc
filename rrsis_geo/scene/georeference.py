"""The georeference of a dataset: its own CRS and transform, or the user's CRS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyproj
from affine import Affine
from rasterio.crs import CRS
from rasterio.errors import CRSError

from rrsis_geo.errors import OptionError, SceneError
from rrsis_geo.scene.grid import crs_name, wkt2


@dataclass(frozen=True)
class Georeference:
    """CRS and transform of a dataset."""

    crs: CRS | None
    """None for pixel coordinates."""

    transform: Affine
    """Of the dataset's own pixels; not used if `by_gcps`."""

    by_gcps: bool
    """Whether ground control points locate it, so that it has to be warped."""

    advice: tuple[str, ...] = ()
    """Notes for the user, a line each."""


def find_georeference(
    dataset: Any, path: str, *, crs: str | None, pixel_coordinates: bool
) -> Georeference:
    """Combine the file's georeference with the user's options.

    A given `crs` overrides the file's, with a note. Pixel coordinates apply only to
    files without a CRS; y grows downwards in them.

    Args:
        dataset: An open rasterio dataset.
        path: Its name, for messages.
        crs: The user's CRS.
        pixel_coordinates: Whether a file without a CRS is accepted.

    Raises:
        OptionError: `crs` is not a CRS.
        SceneError: the scene has no usable georeference.
    """
    transform = dataset.transform
    points, points_crs = dataset.gcps
    by_gcps = bool(points) and transform == Affine.identity()
    own = (points_crs if by_gcps else dataset.crs) or None
    local = own is not None and not _is_georeferenced(own)
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
        return Georeference(None, Affine.identity(), False)
    if own is not None and pixel_coordinates:
        advice.append(
            f"{path} has a CRS, {crs_name(own)}; --pixel-coordinates is not needed and "
            "does nothing"
        )
    if dataset.rpcs is not None and not by_gcps and transform == Affine.identity():
        raise SceneError(
            f"{path}: has only RPCs, which need a terrain model; orthorectify "
            "it first (gdalwarp -rpc -to RPC_DEM=dem.tif), or use --pixel-coordinates"
        )
    if own is None:
        raise SceneError(
            f"{path}: has {'only a local CRS' if local else 'no CRS'}, so polygons "
            "would have no place; name it with --crs EPSG:..., or get polygons in "
            "pixels with --pixel-coordinates"
        )
    if not by_gcps:
        if transform == Affine.identity():
            raise SceneError(
                f"{path}: is in {crs_name(own)}, but no transform, world file or "
                "ground control points locate it; add one (gdal_edit.py -a_ullr)"
            )
        if transform.determinant == 0:
            raise SceneError(
                f"{path}: its transform {tuple(transform)[:6]} gives pixels no area"
            )
    return Georeference(own, transform, by_gcps, tuple(advice))


def parse_crs(text: str) -> CRS:
    """Parse a CRS that a user wrote.

    Raises:
        OptionError: it is not a projected or geographic CRS.
    """
    try:
        crs = CRS.from_user_input(text)
    except CRSError as error:
        raise OptionError(
            f"crs {text!r} is not known to PROJ; write it like EPSG:32633"
        ) from error
    if not _is_georeferenced(crs):
        raise OptionError(
            f"crs {text!r} does not locate anything on the ground; give a projected or "
            "geographic one, like EPSG:32633"
        )
    return crs


def _is_georeferenced(crs: CRS) -> bool:
    """Whether the CRS refers to the surface of a planet and is not a local one."""
    parsed = pyproj.CRS.from_wkt(wkt2(crs))
    return parsed.geodetic_crs is not None and not parsed.is_geocentric
