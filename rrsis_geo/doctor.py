"""Is this installation able to work, and what to do where it is not."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

GIB = 2**30

PACKAGES = (
    "numpy",
    "rasterio",
    "shapely",
    "pyproj",
    "geopandas",
    "pyogrio",
    "pyarrow",
    "safetensors",
    "tokenizers",
    "transformers",
    "torch",
)

LEAKS = ("PYTHONPATH", "PYTHONHOME", "GDAL_DATA", "GDAL_DRIVER_PATH", "PROJ_LIB")
"""Variables of other GIS programs that make our libraries load foreign files."""

REINSTALL = "install it again: pip install --force-reinstall rrsis-geo"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing looked at."""

    name: str
    status: str
    """ok, warn (works, but) or fail (rrsis-geo cannot do its work)."""

    found: str
    """What there is, on one line."""

    advice: str = ""
    """What to do about it; empty where nothing is."""


def examine() -> Iterator[Check]:
    """Every check, one after the other, as soon as it is done.

    A check that breaks is itself a failed check: nothing is raised. Paths in the
    home folder are shown from ~, so that the answer can be passed on.
    """
    for name, look in CHECKS.items():
        try:
            status, found, advice = look()
        except Exception as error:
            status, found = "fail", " ".join(f"{type(error).__name__}: {error}".split())
            advice = ADVICE.get(name, REINSTALL)
        yield Check(
            name=name, status=status, found=_discreet(found), advice=_discreet(advice)
        )


Answer = tuple[str, str, str]
"""status, found, advice"""


def _python() -> Answer:
    found = f"rrsis-geo {version('rrsis-geo')}, Python {platform.python_version()}, "
    found += f"{platform.system()} {platform.machine()}, {sys.prefix}"
    return "ok", found, ""


def _packages() -> Answer:
    missing, there = [], []
    for name in PACKAGES:
        try:
            import_module(name)
            there.append(f"{name} {version(name)}")
        except (ImportError, OSError, PackageNotFoundError) as error:
            missing.append(f"{name} ({error})")
    if missing:
        return "fail", "cannot be imported: " + ", ".join(missing), REINSTALL
    return "ok", ", ".join(there), ""


def _environment() -> Answer:
    leaks = [name for name in LEAKS if os.environ.get(name)]
    if not leaks:
        return "ok", "no variables of other GIS programs", ""
    return (
        "warn",
        ", ".join(f"{name}={os.environ[name]}" for name in leaks),
        "unset them for rrsis-geo if projections or drivers fail below",
    )


def _projections() -> Answer:
    import rasterio
    from pyproj import Transformer
    from rasterio.warp import transform

    (east,), _ = transform("EPSG:4326", "EPSG:32633", [15.0], [0.0])
    other, _ = Transformer.from_crs(4326, 32633, always_xy=True).transform(15, 0)
    found = f"GDAL {rasterio.__gdal_version__}, PROJ of rasterio and of pyproj agree"
    if abs(east - 500_000) > 1 or abs(other - 500_000) > 1:
        return "fail", f"15 E became {east}, {other}", ADVICE["projections"]
    return "ok", found, ""


def _drivers() -> Answer:
    import pyogrio
    from rasterio.drivers import raster_driver_extensions
    from rasterio.env import Env

    from rrsis_geo.vector.formats import FORMATS

    with Env() as environment:
        rasters = environment.drivers()
    vectors = pyogrio.list_drivers(write=True)
    needed = {"GTiff", "COG", "VRT", "PNG"}
    lost = sorted(needed - rasters.keys())
    lost += sorted({f.driver for f in FORMATS if f.needs_driver} - vectors.keys())
    if lost:
        return "fail", f"GDAL lacks {', '.join(lost)}", REINSTALL
    found = ", ".join([*sorted(needed), *sorted(f.driver for f in FORMATS)])
    if "jp2" not in raster_driver_extensions():
        return (
            "warn",
            f"{found}; no JPEG 2000",
            "convert .jp2 scenes to GeoTIFF, or use a GDAL build with JP2OpenJPEG",
        )
    return "ok", f"{found}, JPEG 2000", ""


def _gpu() -> Answer:
    import torch

    if torch.cuda.is_available():
        found = [
            f"{torch.cuda.get_device_name(index)}, "
            f"{torch.cuda.get_device_properties(index).total_memory / GIB:.0f} GiB"
            for index in range(torch.cuda.device_count())
        ]
        return "ok", "; ".join(found), ""
    if torch.backends.mps.is_available():
        return "ok", "Apple GPU (mps)", ""
    if shutil.which("nvidia-smi"):
        return (
            "warn",
            f"an NVIDIA driver, but torch {torch.__version__} cannot use it",
            "install a torch build for the CUDA version that nvidia-smi names",
        )
    return "ok", "none; the CPU does the work", ""


def _weights() -> Answer:
    from rrsis_geo.model.serialization.header import list_weights, verify

    found = [f"{name} sha256 {verify(name).sha256[:12]}" for name in list_weights()]
    if not found:
        return "fail", "none inside the package", ADVICE["weights"]
    return "ok", "; ".join(found), ""


def _memory() -> Answer:
    free, total = memory()
    found = f"{free / GIB:.1f} of {total / GIB:.1f} GiB free, {os.cpu_count()} cores"
    if free and free < 2 * GIB:
        return "warn", found, "close other programs, or use a smaller --window-size"
    return "ok", found, ""


def _disk() -> Answer:
    places = {"current folder": Path.cwd(), "temporary": Path(tempfile.gettempdir())}
    free = {name: shutil.disk_usage(path).free for name, path in places.items()}
    found = ", ".join(
        f"{name} {left / GIB:.1f} GiB free" for name, left in free.items()
    )
    if min(free.values()) < GIB:
        return "warn", found, "make room, or set TMPDIR to a folder on a larger disk"
    return "ok", found, ""


def self_test(weights: str = "default") -> Answer:
    """One window of a drawn scene through the whole path, and the layer read again.

    Args:
        weights: Name or path.

    Raises:
        RRSISError: something on the path does not work.
    """
    import pyogrio

    from rrsis_geo import pipeline
    from rrsis_geo.job import SegmentJob
    from rrsis_geo.synthetic import write_scene

    with tempfile.TemporaryDirectory(prefix="rrsis-geo-") as name:
        folder = Path(name)
        scene, output = folder / "scene.tif", folder / "found.gpkg"
        write_scene(scene, folder / "labels.geojson", 1, width=480, height=480)
        start = time.perf_counter()
        job = SegmentJob(
            scene=str(scene),
            expressions=("storage tank",),
            output=str(output),
            weights=weights,
        )
        result = pipeline.run(job)
        seconds = time.perf_counter() - start
        written = pyogrio.read_info(output)["features"]
    if written != len(result.polygons):
        return "fail", f"{len(result.polygons)} polygons found, {written} written", ""
    return "ok", f"a drawn scene went through in {seconds:.1f} s", ""


def memory() -> tuple[int, int]:
    """Free and total memory in bytes; (0, 0) where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0, 0
    kilobytes = {
        name: int(rest.split()[0]) for name, rest in (s.split(":") for s in lines)
    }
    return kilobytes["MemAvailable"] * 1024, kilobytes["MemTotal"] * 1024


def _discreet(text: str) -> str:
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


CHECKS: dict[str, Callable[[], Answer]] = {
    "python": _python,
    "packages": _packages,
    "environment": _environment,
    "projections": _projections,
    "drivers": _drivers,
    "gpu": _gpu,
    "weights": _weights,
    "memory": _memory,
    "disk": _disk,
    "self-test": self_test,
}

ADVICE = {
    "projections": "unset PROJ_LIB, PROJ_DATA and GDAL_DATA, or use an environment of "
    "its own for rrsis-geo",
    "weights": "the package is incomplete; " + REINSTALL,
    "self-test": "mend what failed above; if nothing did, RRSIS_GEO_DEBUG=1 rrsis-geo "
    "demo shows where it breaks: please report that",
}
