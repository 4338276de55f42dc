"""Drawn scenes of any size as GeoTIFF with labels, drawn tile by tile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import geopandas
import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import Resampling
from rasterio.windows import Window
from shapely import box
from shapely.affinity import affine_transform

from rrsis_geo.datasets.annotations import LabelledObject
from rrsis_geo.errors import OptionError
from rrsis_geo.synthetic.canvas import DrawnObject, View
from rrsis_geo.synthetic.compose import render, visible
from rrsis_geo.synthetic.sensor import Sensor, make_sensor
from rrsis_geo.synthetic.world import World

TILE = 512
DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".fgb": "FlatGeobuf"}
COLUMNS = ("colour", "shape", "kind", "roof")
"""Attributes of a label beside its class; empty where they don't apply."""

CACHE = 64
"""Megabytes of finished blocks that GDAL may hold back."""

CHUNK = 20_000
"""Labels held before they are written."""

Labels = list[LabelledObject]


def write_scene(
    path: str | os.PathLike[str],
    labels_path: str | os.PathLike[str],
    seed: int,
    *,
    width: int,
    height: int,
    gsd: float = 0.5,
    crs: str = "EPSG:32632",
    origin: tuple[float, float] = (500_000.0, 5_300_000.0),
    theme: str | None = None,
) -> None:
    """Write the scene that `draw_scene` draws, however large, with its labels.

    Pixels are drawn tile by tile. Labels go out in chunks where the format can be
    appended to (GPKG); the other formats hold all of them in memory.

    Args:
        path: tiled GeoTIFF with overviews to write; replaced if it exists.
        labels_path: .gpkg, .geojson or .fgb with `class` and attribute columns, in the
            scene's CRS.
        seed: as for `draw_scene`.
        width: pixels.
        height: pixels.
        gsd: metres per pixel.
        crs: a projected CRS in metres.
        origin: easting and northing of the upper left corner.
        theme: a key of `THEMES`; drawn by the seed where None.

    Raises:
        OptionError: a size, the theme or the extension is out of range.
    """
    world = World(seed, width=width, height=height, gsd=gsd, theme=theme)
    sensor = make_sensor(np.random.default_rng([seed, 3]))
    write_world(world, sensor, Path(path), Path(labels_path), crs=crs, origin=origin)


def write_world(
    world: World,
    sensor: Sensor,
    path: Path,
    labels_path: Path,
    *,
    crs: str,
    origin: tuple[float, float],
) -> None:
    """Write a world as one camera sees it; see `write_scene`.

    Raises:
        OptionError: the labels' extension names no format.
    """
    driver = DRIVERS.get(labels_path.suffix.lower())
    if driver is None:
        raise OptionError(f"{labels_path}: labels are one of {sorted(DRIVERS)}")
    transform = Affine(world.gsd, 0, origin[0], 0, -world.gsd, origin[1])
    # GDAL tells formats by their extension: keep it last while the file is unfinished.
    part = path.with_name(f"{path.stem}.part{path.suffix}")
    labels_part = labels_path.with_name(f"{labels_path.stem}.part{labels_path.suffix}")
    try:
        _write_pixels(world, sensor, part, crs=crs, transform=transform)
        _write_labels(world, sensor, labels_part, driver, crs=crs, transform=transform)
        part.replace(path)
        labels_part.replace(labels_path)
    finally:
        part.unlink(missing_ok=True)
        labels_part.unlink(missing_ok=True)


def chunks(world: World, sensor: Sensor) -> Iterator[Labels]:
    """All labels of a world, some plots at a time, the long things last.

    Trees stand inside their plots, so what they hide belongs to the same plot; only
    rivers need to know the bridges of all plots.
    """
    frame = box(0, 0, world.width, world.height)
    whole = View(left=0, top=0, width=world.width, height=world.height)
    bridges: list[DrawnObject] = []
    labels: Labels = []
    for place in world.plots(whole):
        things = sorted(world.plot(*place), key=lambda thing: thing.layer)
        named = [thing for thing in things if thing.category]
        bridges += [thing for thing in named if thing.category == "bridge"]
        labels += visible(named, frame=frame, sensor=sensor)
        if len(labels) >= CHUNK:
            yield labels
            labels = []
    wide = [thing for thing in world.wide() if thing.category]
    long = visible([*wide, *bridges], frame=frame, sensor=sensor)
    yield labels + [item for item in long if item.category != "bridge"]


def _write_pixels(
    world: World, sensor: Sensor, path: Path, *, crs: str, transform: Affine
) -> None:
    size = world.width, world.height
    profile = {
        "driver": "GTiff", "width": size[0], "height": size[1], "count": 3,
        "dtype": "uint8", "crs": crs, "transform": transform, "photometric": "RGB",
        "tiled": True, "blockxsize": TILE, "blockysize": TILE, "interleave": "pixel",
        "compress": "deflate", "zlevel": 1, "predictor": 2, "BIGTIFF": "IF_SAFER",
    }  # fmt: skip
    with (
        rasterio.Env(GDAL_CACHEMAX=CACHE),
        rasterio.open(path, "w", **profile) as target,
    ):
        for top in range(0, size[1], TILE):
            for left in range(0, size[0], TILE):
                tile = View(
                    left=left,
                    top=top,
                    width=min(TILE, size[0] - left),
                    height=min(TILE, size[1] - top),
                )
                window = Window(tile.left, tile.top, tile.width, tile.height)
                target.write(render(world, sensor, tile), window=window)
    factors = [2**n for n in range(1, 12) if max(size) / 2**n >= TILE / 2]
    if factors:
        with (
            rasterio.Env(
                COMPRESS_OVERVIEW="DEFLATE", PREDICTOR_OVERVIEW=2, GDAL_CACHEMAX=CACHE
            ),
            rasterio.open(path, "r+") as target,
        ):
            target.build_overviews(factors, Resampling.average)


def _write_labels(
    world: World,
    sensor: Sensor,
    path: Path,
    driver: str,
    *,
    crs: str,
    transform: Affine,
) -> None:
    path.unlink(missing_ok=True)
    options = {"VERSION": "1.3"} if driver == "GPKG" else {}
    parts: Iterator[Labels] = chunks(world, sensor)
    if driver != "GPKG":
        parts = iter([[item for labels in parts for item in labels]])
    for number, labels in enumerate(parts):
        frame = _table(labels, crs=crs, transform=transform)
        frame.to_file(
            path,
            driver=driver,
            layer="labels",
            engine="pyogrio",
            mode="a" if number else "w",
            geometry_type="MultiPolygon",
            promote_to_multi=True,
            **(options if not number else {}),
        )


def _table(labels: Labels, *, crs: str, transform: Affine) -> geopandas.GeoDataFrame:
    t = transform
    matrix = [t.a, t.b, t.d, t.e, t.c, t.f]
    columns = {"class": [item.category for item in labels]}
    for name in COLUMNS:
        columns[name] = [item.attributes.get(name, "") for item in labels]
    geometry = [affine_transform(item.polygon, matrix) for item in labels]
    return geopandas.GeoDataFrame(columns, geometry=geometry, crs=crs)
