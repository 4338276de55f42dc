"""What identifies the software and the processor that computed an answer."""

from __future__ import annotations

import hashlib
import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import rasterio
import shapely

import rrsis_geo
from rrsis_geo.version import __version__

LIBRARIES = ("numpy", "rasterio", "pyproj", "shapely", "tokenizers")
"""Whose version may change an answer, with any runtime; looked up without importing."""

CPU_INFO = Path("/proc/cpuinfo")

CODE = ("*.py", "*.onnx")
"""Files of the package that compute; weights are identified by themselves."""


@lru_cache
def software_state(runtime: str) -> dict[str, str]:
    """What computes here, as JSON values.

    The sources themselves are a part of it, since a checkout that is being changed
    keeps its version.

    Args:
        runtime: Library of the network: torch or onnx.
    """
    library = {"onnx": "onnxruntime"}.get(runtime, runtime)
    return {
        "rrsis-geo": __version__,
        "code": _code_digest(Path(rrsis_geo.__file__).parent),
        "gdal": str(rasterio.__gdal_version__),
        "geos": str(shapely.geos_version_string),
        "processor": _processor(),
        **{name: _version(name) for name in (*LIBRARIES, library)},
    }


def _code_digest(folder: Path) -> str:
    """sha256 over all that computes in a folder, with its names."""
    total = hashlib.sha256()
    for path in sorted(path for kind in CODE for path in folder.rglob(kind)):
        total.update(path.relative_to(folder).as_posix().encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    """Its kind: libraries choose instructions by it, and these round differently."""
    try:
        with CPU_INFO.open(encoding="ascii", errors="replace") as lines:
            kind = {
                line.strip()
                for line in lines
                if line.startswith(("model name", "flag"))
            }
    except OSError:
        kind = set()
    said = "\n".join((platform.machine(), platform.processor(), *sorted(kind)))
    return hashlib.sha256(said.encode()).hexdigest()
