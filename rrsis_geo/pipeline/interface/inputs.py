"""Scenes and areas as Python programs hold them, as files that a job can name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import rasterio
from affine import Affine
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from rasterio.io import DatasetReader
from shapely.geometry.base import BaseGeometry

from rrsis_geo.errors import OptionError
from rrsis_geo.scene.scene import Scene

SceneLike: TypeAlias = "str | os.PathLike[str] | DatasetReader | NDArray[Any] | Any"
"""Any: an xarray.DataArray with rioxarray's accessor; neither is needed here."""
AreaLike: TypeAlias = (
    "str | os.PathLike[str] | BaseGeometry | GeoDataFrame | GeoSeries | None"
)


def scene_path(
    scene: SceneLike, folder: Path, *, transform: Affine | None, crs: str | None
) -> str:
    """A path that opens a scene.

    Args:
        scene: A path or URL, an open dataset of rasterio, an array of (H, W) or
            (bands, H, W), or an xarray.DataArray that rioxarray gives a place; both
            kinds of arrays are written to a file.
        folder: Where to write it.
        transform: Of an array: (column, row) of pixel corners to (x, y).
        crs: Of an array, e.g. EPSG:32633.

    Raises:
        OptionError: it is none of these, or an array lacks its place.
    """
    if isinstance(scene, np.ndarray):
        if crs is not None and transform is None:
            raise OptionError("an array with a crs needs a transform too")
        return _write_array(scene, folder / "array.tif", transform)
    if is_data_array(scene):
        if transform is not None:
            raise OptionError("transform is for numpy arrays; a DataArray has its own")
        return _write_data_array(scene, folder / "array.tif")
    if transform is not None:
        raise OptionError("transform is for arrays; a file has its own")
    if isinstance(scene, (str, os.PathLike)):
        return os.fspath(scene)
    name = getattr(scene, "name", None)
    if isinstance(scene, DatasetReader) and isinstance(name, str):
        return name
    raise OptionError(
        "scene must be a path, an open dataset of rasterio, a numpy array or an "
        f"xarray.DataArray, got {type(scene).__name__}"
    )


def is_data_array(scene: object) -> bool:
    """Whether a scene is an xarray.DataArray, which is not imported for it."""
    return type(scene).__module__.startswith("xarray.") and hasattr(scene, "dims")


def area_path(
    aoi: AreaLike,
    folder: Path,
    *,
    scene: str,
    crs: str | None,
    pixel_coordinates: bool,
) -> str | None:
    """A path that opens an area of interest; None where there is none.

    Args:
        aoi: A path, a table of geometries, or a geometry in the scene's CRS.
        folder: Where to write it.
        scene: Path of the scene.
        crs: Of a scene that names none.
        pixel_coordinates: Whether the scene may do without.

    Raises:
        OptionError: it is none of these.
        SceneError: the scene cannot be opened.
    """
    if aoi is None:
        return None
    if isinstance(aoi, (str, os.PathLike)):
        return os.fspath(aoi)
    if isinstance(aoi, BaseGeometry):
        opened = Scene.open(scene, crs=crs, pixel_coordinates=pixel_coordinates)
        with opened as source:
            aoi = GeoSeries([aoi], crs=source.native.crs)
    if isinstance(aoi, GeoDataFrame):
        aoi = aoi.geometry
    if not isinstance(aoi, GeoSeries):
        raise OptionError(
            "aoi must be a path, a shapely geometry, a GeoDataFrame or a GeoSeries, "
            f"got {type(aoi).__name__}; a box is bbox=(left, bottom, right, top)"
        )
    path = folder / "area.gpkg"
    aoi.to_file(path, driver="GPKG", layer="area")
    return str(path)


def _write_data_array(scene: Any, path: Path) -> str:
    """Write a DataArray of (y, x) or (band, y, x) with its CRS and nodata."""
    if not hasattr(scene, "rio"):
        raise OptionError(
            "a DataArray needs rioxarray, which knows its place: import rioxarray"
        )
    try:
        down, across = scene.rio.y_dim, scene.rio.x_dim
        bands = [name for name in scene.dims if name not in (down, across)]
        ordered = scene.transpose(*bands, down, across)
        crs, nodata = ordered.rio.crs, ordered.rio.nodata
        transform = ordered.rio.transform()
    except Exception as error:  # rioxarray, with errors of its own, is not imported
        raise OptionError(f"the DataArray cannot be used: {error}") from error
    return _write_array(ordered.values, path, transform, crs=crs, nodata=nodata)


def _write_array(
    pixels: NDArray[Any], path: Path, transform: Affine | None, **tags: Any
) -> str:
    """Write (H, W) or (bands, H, W) to a GeoTIFF, with a CRS or nodata as its tags."""
    bands = pixels[None] if pixels.ndim == 2 else pixels
    if bands.ndim != 3 or not 1 <= len(bands) <= 16:
        raise OptionError(
            "an array must be (height, width) or (bands, height, width) with up to 16 "
            f"bands, got the shape {pixels.shape}"
        )
    place = {} if transform is None else {"transform": Affine(*transform[:6])}
    colours = {"photometric": "RGB"} if len(bands) == 3 else {}
    try:
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            count=len(bands),
            height=bands.shape[1],
            width=bands.shape[2],
            dtype=bands.dtype,
            tiled=True,
            **place,
            **colours,
            **tags,
        ) as dataset:
            dataset.write(bands)
    except (TypeError, ValueError, rasterio.errors.RasterioError) as error:
        raise OptionError(f"the array cannot be used as a scene: {error}") from error
    return str(path)
