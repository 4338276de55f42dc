"""What a vector file format is to this package: one `VectorFormat` per format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from rrsis_geo.types import Polygons

Copy = Callable[[Path], None]
"""Copies a file to a path that does not exist yet."""


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
    """Where the file ends up, for error messages."""

    name: str
    """Name of the layer inside the file."""

    title: str
    description: str


@dataclass(frozen=True, kw_only=True)
class LayerTarget:
    """Which layer of a file is written, and what may happen to what is there."""

    name: str

    chosen: bool = False
    """Whether the user named the layer. Else a file that holds nothing but one layer
    of ours may be replaced as a whole."""

    overwrite: bool = True
    """Whether a layer of ours with that name may be replaced."""

    append: bool = False
    """Add to the layer, or make it where there is none."""

    resumed: bool = False
    """Whether an interrupted run may have written the same layer already."""

    more_columns: tuple[str, ...] = ()
    """Columns with texts that it has besides those of `SCHEMA`."""


class FileUpdate(Protocol):
    """How a layer is written into a file that exists, beside what others keep in it."""

    def holds_layers(self, path: Path) -> bool:
        """Whether a file is of a kind that is changed; any other is replaced."""
        ...

    def check(self, path: Path, target: LayerTarget) -> None:
        """Refuse before any work what could not be written after it.

        Raises:
            OutputError: the file is damaged or no file of this format, or it holds
                something else under the layer's name.
            OptionError: the layer's name is not possible.
        """
        ...

    def check_crs(self, path: Path, target: LayerTarget, crs: str | None) -> None:
        """Refuse a CRS that is not that of the layer that is added to.

        Raises:
            OutputError: the layer has another CRS.
        """
        ...

    def hold(self, path: Path) -> AbstractContextManager[Copy | None]:
        """Keep other programs from changing a file until the new one is in place.

        Yields a function that copies the file to a path; None where there is nothing
        to keep.

        Raises:
            OutputError: it is open in another program, or damaged.
        """
        ...

    def write(
        self,
        layer: Layer,
        part: Path,
        file_format: VectorFormat,
        *,
        target: LayerTarget,
        copy: Copy,
    ) -> None:
        """Write a copy of the held file, with the layer in it, to `part`.

        Raises:
            OSError: the disk is full.
            OutputError: the layer cannot be written.
        """
        ...


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
    """Suffixes of files that programs keep beside one of this format and read with it:
    checked before the work, and replaced or removed with it."""

    update: FileUpdate | None = None
    """How a layer is written into a file that holds others. None: a file is one layer
    and replaced as a whole."""

    longest_path: int | None = None
    """Bytes of the longest path that its library opens, side files included."""

    package: str | None = None
    """Optional package that reads and writes the format instead of GDAL."""
