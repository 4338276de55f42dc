"""Checks of the installation, with advice for those that fail."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from rrsis_geo.errors import install_command

GIB = 2**30

PACKAGES = (
    "numpy",
    "rasterio",
    "shapely",
    "pyproj",
    "geopandas",
    "pyogrio",
    "safetensors",
    "tokenizers",
    "onnxruntime",
)

OPTIONAL_PACKAGES = {
    "torch": "GPUs and training",
    "transformers": "Swin encoders",
    "pyarrow": "GeoParquet",
    "ray": "several machines",
}
"""Package -> what needs it."""

FOREIGN_VARIABLES = (
    "PYTHONPATH",
    "PYTHONHOME",
    "GDAL_DATA",
    "GDAL_DRIVER_PATH",
    "PROJ_LIB",
)
"""Variables that other GIS programs set and that change what our libraries load."""

REINSTALL = "install it again: pip install --force-reinstall, with its wheel or folder"


@dataclass(frozen=True, kw_only=True)
class Check:
    """Result of a check."""

    name: str
    status: str
    """ok, warn (works with a limitation) or fail (rrsis-geo does not work)."""

    found: str
    """What the check found, on one line."""

    advice: str = ""
    """What to do about it; empty if nothing."""


def examine() -> Iterator[Check]:
    """Run all checks and yield each result at once.

    A check that raises is a failed check. The home folder is shown as ~, so that the
    results can be published.
    """
    for name, check in CHECKS.items():
        try:
            status, found, advice = check()
        except Exception as error:
            status, found = "fail", " ".join(f"{type(error).__name__}: {error}".split())
            advice = ADVICE.get(name, REINSTALL)
        yield Check(
            name=name, status=status, found=_hide_home(found), advice=_hide_home(advice)
        )


Result = tuple[str, str, str]
"""Status, found and advice of a `Check`."""


def _python() -> Result:
    found = f"rrsis-geo {version('rrsis-geo')}, Python {platform.python_version()}, "
    found += f"{platform.system()} {platform.machine()}, {sys.prefix}"
    return "ok", found, ""


def _packages() -> Result:
    missing, installed = [], []
    for name in PACKAGES:
        try:
            import_module(name)
            installed.append(f"{name} {version(name)}")
        except (ImportError, OSError, PackageNotFoundError) as error:
            missing.append(f"{name} ({error})")
    if missing:
        return "fail", "cannot be imported: " + ", ".join(missing), REINSTALL
    return "ok", ", ".join(installed), ""


def _extras() -> Result:
    """Say which optional packages there are; importing torch would take seconds."""
    installed, absent = [], []
    for name, purpose in OPTIONAL_PACKAGES.items():
        try:
            installed.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            absent.append(f"{name} ({purpose})")
    found = ", ".join(installed) or "none"
    return "ok", f"{found}; not installed: {', '.join(absent) or 'none'}", ""


def _environment() -> Result:
    foreign = [name for name in FOREIGN_VARIABLES if os.environ.get(name)]
    if not foreign:
        return "ok", "no variables of other GIS programs", ""
    return (
        "warn",
        ", ".join(f"{name}={os.environ[name]}" for name in foreign),
        "unset them for rrsis-geo if projections or drivers fail below",
    )


def _projections() -> Result:
    import rasterio
    from pyproj import Transformer
    from rasterio.warp import transform

    (east,), _ = transform("EPSG:4326", "EPSG:32633", [15.0], [0.0])
    other, _ = Transformer.from_crs(4326, 32633, always_xy=True).transform(15, 0)
    found = f"GDAL {rasterio.__gdal_version__}, PROJ of rasterio and of pyproj agree"
    if abs(east - 500_000) > 1 or abs(other - 500_000) > 1:
        return "fail", f"15 E became {east}, {other}", ADVICE["projections"]
    return "ok", found, ""


def _drivers() -> Result:
    import pyogrio
    from rasterio.drivers import raster_driver_extensions
    from rasterio.env import Env

    from rrsis_geo.vector.formats import FORMATS

    with Env() as environment:
        rasters = environment.drivers()
    vectors = pyogrio.list_drivers(write=True)
    needed = {"GTiff", "COG", "VRT", "PNG"}
    missing = sorted(needed - rasters.keys())
    missing += sorted({f.driver for f in FORMATS if f.package is None} - vectors.keys())
    if missing:
        return "fail", f"GDAL lacks {', '.join(missing)}", REINSTALL
    found = ", ".join([*sorted(needed), *sorted(f.driver for f in FORMATS)])
    if "jp2" not in raster_driver_extensions():
        return (
            "warn",
            f"{found}; no JPEG 2000",
            "convert .jp2 scenes to GeoTIFF, or use a GDAL build with JP2OpenJPEG",
        )
    return "ok", f"{found}, JPEG 2000", ""


def _gpu() -> Result:
    """Look for a GPU that torch uses, else for one that it could use."""
    if find_spec("torch") is None:
        gpu = nvidia_gpu() or apple_gpu()
        if not gpu:
            return "ok", "none; the CPU does the work", ""
        return "warn", f"{gpu}, which nothing installed here uses", TORCH_FOR_GPU
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
    if gpu := nvidia_gpu():
        return (
            "warn",
            f"{gpu}, but torch {torch.__version__} cannot use it",
            "install a torch build for the CUDA version that nvidia-smi names",
        )
    return "ok", "none; the CPU does the work", ""


def nvidia_gpu() -> str:
    """Return the name of the first NVIDIA GPU; empty if there is none.

    Where nvidia-smi is missing, as in many containers, CUDA's driver library counts.
    """
    program = shutil.which("nvidia-smi")
    if program is not None:
        command = [program, "--query-gpu=name", "--format=csv,noheader"]
        with suppress(OSError, subprocess.SubprocessError):
            done = subprocess.run(  # noqa: S603
                command, capture_output=True, text=True, timeout=10, check=True
            )
            return done.stdout.strip().partition("\n")[0]
    library = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        driver = ctypes.CDLL(library)
        count = ctypes.c_int(0)
        works = (
            driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0
        )
    except (OSError, AttributeError):
        return ""
    return "an NVIDIA GPU" if works and count.value else ""


def apple_gpu() -> str:
    """Return the name of an Apple GPU; empty if there is none."""
    apple = sys.platform == "darwin" and platform.machine() == "arm64"
    return "an Apple GPU" if apple else ""


def _runtime() -> Result:
    """Say what computes the default network."""
    from rrsis_geo.job import SegmentOptions
    from rrsis_geo.model.serialization.header import read_header
    from rrsis_geo.runtime.choice import choose_runtime

    options = SegmentOptions()
    chosen = choose_runtime(options, read_header("default"))
    if chosen == "onnx":
        return "ok", f"ONNX Runtime {version('onnxruntime')} on the CPU", ""
    return "ok", f"torch {version('torch')} on the GPU", ""


def _weights() -> Result:
    from rrsis_geo.model.serialization.header import list_weights, verify

    found = [f"{name} sha256 {verify(name).sha256[:12]}" for name in list_weights()]
    if not found:
        return "fail", "none inside the package", ADVICE["weights"]
    return "ok", "; ".join(found), ""


def _memory() -> Result:
    free, total = memory()
    found = f"{free / GIB:.1f} of {total / GIB:.1f} GiB free, {os.cpu_count()} cores"
    if free and free < 2 * GIB:
        return "warn", found, "close other programs, or use a smaller --window-size"
    return "ok", found, ""


def _disk() -> Result:
    folders = {"current folder": Path.cwd(), "temporary": Path(tempfile.gettempdir())}
    free = {name: shutil.disk_usage(path).free for name, path in folders.items()}
    found = ", ".join(
        f"{name} {size / GIB:.1f} GiB free" for name, size in free.items()
    )
    if min(free.values()) < GIB:
        return "warn", found, "make room, or set TMPDIR to a folder on a larger disk"
    return "ok", found, ""


def self_test(weights: str = "default") -> Result:
    """Segment a drawn scene of one window and read the output.

    Args:
        weights: Name or path.

    Raises:
        RRSISError: The run failed.
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
    """Return free and total memory in bytes; (0, 0) on systems without /proc."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0, 0
    kilobytes = {
        name: int(rest.split()[0]) for name, rest in (s.split(":") for s in lines)
    }
    return kilobytes["MemAvailable"] * 1024, kilobytes["MemTotal"] * 1024


def _hide_home(text: str) -> str:
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


CHECKS: dict[str, Callable[[], Result]] = {
    "python": _python,
    "packages": _packages,
    "extras": _extras,
    "environment": _environment,
    "projections": _projections,
    "drivers": _drivers,
    "gpu": _gpu,
    "weights": _weights,
    "runtime": _runtime,
    "memory": _memory,
    "disk": _disk,
    "self-test": self_test,
}

TORCH_FOR_GPU = "torch would use it: " + install_command("torch", "transformers")
if sys.platform == "win32":
    TORCH_FOR_GPU += ", with --index-url and the address that PyTorch names for CUDA"

ADVICE = {
    "projections": "unset PROJ_LIB, PROJ_DATA and GDAL_DATA, or use an environment of "
    "its own for rrsis-geo",
    "weights": "the package is incomplete; " + REINSTALL,
    "self-test": "fix what failed above; if nothing did, RRSIS_GEO_DEBUG=1 rrsis-geo "
    "demo shows where it breaks: please report that",
}
