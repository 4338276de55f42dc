"""Small valid inputs of every kind, to be mutated."""

from __future__ import annotations

import json
import struct
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from geopandas import GeoDataFrame
from PIL import Image
from rasterio.control import GroundControlPoint
from rasterio.enums import ColorInterp
from shapely.geometry import MultiPolygon, box

from rrsis_geo.job import SegmentJob, SegmentOptions, VectorizeJob
from rrsis_geo.model.config import preset
from rrsis_geo.model.serialization.header import Card, metadata_of
from rrsis_geo.protocol import PROTOCOL_VERSION
from rrsis_geo.version import __version__

LEFT, TOP = 500_000.0, 5_000_000.0
SIDE = 48


def make_rasters(folder: Path) -> list[bytes]:
    """GeoTIFFs of several layouts, data types and georeferences."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (4, SIDE, SIDE), np.uint8)
    place = {"crs": "EPSG:32632", "transform": Affine(0.5, 0, LEFT, 0, -0.5, TOP)}
    points = [
        GroundControlPoint(row, col, LEFT + col / 2, TOP - row / 2)
        for row, col in ((0, 0), (0, SIDE), (SIDE, 0), (SIDE, SIDE))
    ]
    layouts: list[dict[str, Any]] = [
        {"pixels": pixels[:3]},
        {"pixels": pixels[:3], "compress": "deflate", "predictor": 2},
        {"pixels": pixels[:3], "tiled": True, "blockxsize": 16, "blockysize": 16},
        {"pixels": pixels[:3], "interleave": "pixel", "compress": "lzw"},
        {"pixels": pixels, "colors": "red green blue alpha", "bigtiff": "yes"},
        {"pixels": pixels[:1], "nodata": 0, "overviews": (2,)},
        {"pixels": pixels[:1], "palette": True},
        {"pixels": pixels[:3].astype(np.float32), "nodata": -9999.0},
        {"pixels": pixels[:3].astype(np.uint16) * 200, "mask": True},
        {"pixels": pixels[:3], "gcps": points},
        {"pixels": pixels[:2].astype(np.complex64)},
    ]
    return [_raster(folder / "seed.tif", place, **layout) for layout in layouts]


def _raster(path: Path, place: dict[str, Any], *, pixels: Any, **how: Any) -> bytes:
    extras = {
        name: how.pop(name, None)
        for name in ("colors", "overviews", "palette", "mask", "gcps")
    }
    shape = {"count": len(pixels), "height": SIDE, "width": SIDE}
    where = place if extras["gcps"] is None else {}
    path.unlink(missing_ok=True)
    with warnings.catch_warnings(), rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        warnings.simplefilter("ignore")
        with rasterio.open(
            path, "w", driver="GTiff", dtype=pixels.dtype, **shape, **where, **how
        ) as dataset:
            if extras["gcps"]:
                dataset.gcps = (extras["gcps"], place["crs"])
            if extras["colors"]:
                names = extras["colors"].split()
                dataset.colorinterp = [ColorInterp[name] for name in names]
            if extras["palette"]:
                dataset.write_colormap(1, {n: (n, 0, 255 - n, 255) for n in range(256)})
            dataset.write(pixels)
            if extras["mask"]:
                dataset.write_mask(pixels[0] > 2000)
        if extras["overviews"]:
            with rasterio.open(path, "r+") as dataset:
                dataset.build_overviews(extras["overviews"])
    return path.read_bytes()


def make_manifest(folder: Path) -> list[list[dict[str, Any]]]:
    """Lines of manifests whose images and masks lie in the folder."""
    Image.new("RGB", (8, 8), (90, 90, 90)).save(folder / "image.png")
    Image.new("L", (8, 8), 255).save(folder / "mask.png")
    line = {
        "image": "image.png",
        "expression": "the largest roof",
        "mask": "mask.png",
        "split": "train",
        "type": "size",
        "category": "building",
        "gsd": 0.3,
        "same_class": 2,
    }
    runs = {"size": [8, 8], "counts": [10, 20, 34]}
    compressed = {"size": [8, 8], "counts": ":d0R1"}
    return [[line, line | {"mask": runs}], [line | {"mask": compressed, "gsd": None}]]


def make_weights() -> list[tuple[dict[str, Any], bytes]]:
    """Headers of safetensors files, and the bytes behind them."""
    config = preset("btd-tiny")
    card = Card(
        name="tiny",
        vocabulary=tuple(f"[unused{n}]" for n in range(config.text_vocabulary)),
        gsd_range=(0.1, 10.0),
        categories=("building", "ship"),
        licence="Apache-2.0",
    )
    tensor = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    return [({"__metadata__": metadata_of(card, config), "a": tensor}, bytes(8))]


def safetensors(header: bytes, rest: bytes) -> bytes:
    """A file with this header."""
    return struct.pack("<Q", len(header)) + header + rest


def make_run_manifest() -> dict[str, Any]:
    """What a run writes beside its result, as far as it is read again."""
    job = SegmentJob(
        scene="/absent/scene.tif",
        expressions=("ship",),
        output="found.gpkg",
        options=SegmentOptions(bands=(1, 2, 3), bbox=(LEFT, TOP - 20, LEFT + 20, TOP)),
    )
    return {
        "manifest": 1,
        "job": job.to_mapping(),
        "scene": {"path": "/absent/scene.tif", "bytes": 12, "beside": "scene.tif"},
        "grid": {
            "width": SIDE,
            "height": SIDE,
            "transform": [0.5, 0.0, LEFT, 0.0, -0.5, TOP],
            "crs": "EPSG:32632",
            "gsd_m": 0.5,
        },
    }


def make_vectors(folder: Path) -> list[tuple[str, bytes]]:
    """Extension and bytes of vector files in every format that is written."""
    shapes = [
        box(LEFT + 1, TOP - 9, LEFT + 9, TOP - 1),
        MultiPolygon([box(LEFT + 12, TOP - 20, LEFT + 20, TOP - 12)]),
    ]
    frame = GeoDataFrame(
        {"class": ["roof", "ship"], "score": [0.5, 1.0]},
        geometry=shapes,
        crs="EPSG:32632",
    )
    files = []
    for extension in (".gpkg", ".geojson", ".fgb", ".parquet"):
        path = folder / f"seed{extension}"
        if extension == ".parquet":
            frame.to_parquet(path)
        else:
            written = frame.to_crs(4326) if extension == ".geojson" else frame
            written.to_file(path)
        files.append((extension, path.read_bytes()))
    return files


def make_messages() -> list[dict[str, Any]]:
    """Requests to the worker, most about a scene that is not there."""
    options = SegmentOptions(window_size=64, overlap=16)
    absent, present = (
        SegmentJob(
            scene=scene,
            expressions=("ship", "red roof"),
            output=output,
            options=options,
        ).to_mapping()
        for scene, output in (("absent.tif", "out.gpkg"), ("scene.tif", None))
    )
    again = VectorizeJob(probability="absent.tif", output="again.gpkg").to_mapping()
    hello = {"kind": "hello", "protocol": PROTOCOL_VERSION, "version": __version__}
    return [
        hello,
        *[{"kind": "segment", "job": 1, "task": absent}] * 8,
        {"kind": "segment", "job": 1, "task": present},
        *[{"kind": "vectorize", "job": 2, "task": again}] * 4,
        *[{"kind": "explain", "job": 3, "expressions": ["the largest ship"]}] * 4,
        {"kind": "explain", "job": 4, "expressions": ["ship"], "scene": "absent.tif"},
        {"kind": "weights", "job": 5},
        {"kind": "cancel", "job": 1},
        {"kind": "quit"},
    ]


def make_coco() -> dict[str, Any]:
    """A COCO instance file."""
    return {
        "images": [{"id": 1, "file_name": "image.png", "width": 8, "height": 8}],
        "categories": [{"id": 3, "name": "roof"}],
        "annotations": [
            {
                "id": 7,
                "image_id": 1,
                "category_id": 3,
                "segmentation": [[1, 1, 6, 1, 6, 6, 1, 6]],
                "bbox": [1, 1, 5, 5],
                "area": 25,
                "iscrowd": 0,
            }
        ],
    }


def dump_lines(values: list[Any]) -> str:
    """JSON values, one a line."""
    return "\n".join(json.dumps(value) for value in values) + "\n"
