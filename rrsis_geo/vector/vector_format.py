"""What a vector file format is to this package: one `VectorFormat` per format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from rrsis_geo.types import Polygons


class CrsRule(Enum):
    """Coordinates of a written layer. In pixel coordinates no format has a CRS."""

    SCENE = "the scene's CRS"
    LONLAT = "longitude and latitude"
    """OGC:CRS84, cut at the antimeridian, as RFC 7946 and KML require."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """Polygons and what a file says about them."""

    polygons: Polygons
    """May be none; the file then is an empty layer with all columns."""

    path: Path
    """Where the file ends up, for error messages; its stem names the layer."""

    title: str
    description: str

    @property
    def name(self) -> str:
        """Name of the layer inside the file."""
        return self.path.stem


@dataclass(frozen=True, kw_only=True)
class VectorFormat:
    """A file format that polygons are written in; see `formats.FORMATS`."""

    name: str
    """Name for people."""

    extensions: tuple[str, ...]
    """In lower case with the dot, the usual one first."""

    driver: str
    """GDAL's short name of the format."""

    crs: CrsRule

    write: Callable[[Layer, Path, VectorFormat], None]
    """Writes a layer to a path. Raises OSError or OutputError."""

    is_complete: Callable[[Path, Layer], bool] | None
    """Whether a written file holds the layer to the end. None: `write` itself raises
    on every failure, which GDAL does not when it closes a file."""

    options: Callable[[str, str], Mapping[str, Any]] = lambda title, description: {}
    """Title and description to GDAL's `dataset_options` and `layer_options`."""

    side_files: tuple[str, ...] = ()
    """Suffixes of files that other programs keep beside one of this format."""

    package: str | None = None
    """Optional package that reads and writes the format instead of GDAL."""
