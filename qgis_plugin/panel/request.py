"""A request of the panel, and the job that it becomes."""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import dataclass, replace
from typing import Any, Mapping, Sequence, Tuple

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QStandardPaths

from ..core.errors import OptionError
from ..core.job import SegmentJob, SegmentOptions
from ..expressions import parse_expressions
from ..images.georeference import has_place
from ..layers.area import Area, check_overlap, write_area
from ..layers.export import SceneSource
from ..layers.run_files import AREA
from ..notices import NO_CRS, NO_PLACE
from ..request_error import RequestError
from ..translate import tr

FOLDER = "rrsis-geo"
"""Name of the folder of results, beside the project or in the user's documents."""


class NoPlace(RequestError):
    """The layer is a picture that nothing locates on the ground."""


@dataclass(frozen=True)
class SearchRequest:
    """The input of the panel for one run."""

    layer: QgsRasterLayer | None
    text: str
    """Expressions, one on each line, as `parse_expressions` reads them."""
    area: Area | None
    """Area to search; None: the whole layer."""
    weights: str
    options: Mapping[str, Any]
    """Fields of `SegmentOptions`."""
    folder: str
    """Folder of results; empty: `default_folder()`."""
    keep_probability: bool
    """Whether to add the probability raster as a layer."""
    tile_gsd: float | None = None
    """Metres per pixel at which a layer of tiles is read; None: it has its own."""

    @property
    def expressions(self) -> Tuple[str, ...]:
        """Expressions of the text, each once, in order."""
        return parse_expressions(self.text)


def default_folder() -> str:
    """Return the folder beside a saved project, else in the user's documents."""
    home = QgsProject.instance().absolutePath()
    if not home:
        home = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
    return os.path.join(home or os.path.expanduser("~"), FOLDER)


def check_request(request: SearchRequest) -> None:
    """Check a request before anything is started.

    Raises:
        RequestError: No layer, no expression, no CRS, an area outside the layer, or an
            expression or option that is not valid.
    """
    layer = request.layer
    if layer is None or not layer.isValid():
        raise RequestError(
            tr("There is no raster layer to search: add an image first.")
        )
    if not request.expressions:
        raise RequestError(
            tr("Say what to look for, for example: the storage tank near the road")
        )
    if not has_place(layer):
        raise NoPlace(tr(NO_PLACE).format(layer=layer.name()))
    if not layer.crs().isValid():
        raise RequestError(tr(NO_CRS).format(layer=layer.name()))
    if request.area is not None:
        check_overlap(request.area, layer)
    _job(request, scene="any", options=_options(request, None))


def create_folder(request: SearchRequest) -> str:
    """Create a new folder for a run, which no other QGIS uses.

    Raises:
        RequestError: It cannot be created.
    """
    base = request.folder or default_folder()
    stamp = time.strftime("%Y%m%d-%H%M%S")
    name = f"{slug(request.expressions[0])}-{stamp}"
    for suffix in ("", *(f"-{number}" for number in range(2, 100))):
        path = os.path.join(base, name + suffix)
        try:
            os.makedirs(base, exist_ok=True)
            os.mkdir(path)
        except FileExistsError:
            continue
        except OSError as error:
            raise RequestError(
                tr(
                    "Results cannot be written to {folder}: {reason}. Choose another "
                    "output folder under Advanced."
                ).format(folder=base, reason=error.strerror or error)
            ) from error
        return path
    raise RequestError(
        tr("There are too many results in {folder}.").format(folder=base)
    )


def build_job(request: SearchRequest, scene: SceneSource, folder: str) -> SegmentJob:
    """Build the job of a request; its area is written into the folder of the run.

    Raises:
        RequestError: An option is out of range, or the area cannot be written.
    """
    options = _options(request, scene)
    if request.area is not None:
        path = os.path.join(folder, AREA)
        if not os.path.exists(path):
            write_area(request.area, path)
        options = replace(options, aoi=path)
    base = output_base(folder, request.expressions)
    return _job(
        request,
        scene=scene.path,
        output=f"{base}.gpkg",
        probability=f"{base}-probability.tif",
        options=options,
    )


def request_key(request: SearchRequest) -> str:
    """Return a text that is equal for two requests with the same results."""
    area = request.area
    return json.dumps(
        [
            request.layer.source() if request.layer else "",
            request.expressions,
            [area.geometry.asWkt(), area.crs.authid()] if area else None,
            request.weights,
            sorted((name, repr(value)) for name, value in request.options.items()),
            request.folder,
            request.tile_gsd,
        ]
    )


def output_base(folder: str, expressions: Sequence[str]) -> str:
    """Return the path of a run's files without their suffixes."""
    return os.path.join(folder, slug(expressions[0]))


def group_title(request: SearchRequest) -> str:
    """Return the name of a run's group in the layer tree."""
    first, *others = request.expressions
    more = f" +{len(others)}" if others else ""
    return f"{first}{more} · {request.layer.name()}"


def slug(text: str) -> str:
    """Return a file name for a text: at most 48 characters of ASCII."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return "-".join(words)[:48].strip("-") or "query"


def _job(request: SearchRequest, **values: Any) -> SegmentJob:
    try:
        return SegmentJob(
            expressions=request.expressions, weights=request.weights, **values
        )
    except OptionError as error:
        raise RequestError(str(error)) from error


def _options(request: SearchRequest, scene: SceneSource | None) -> SegmentOptions:
    values = dict(request.options)
    if scene is not None and scene.crs:
        values["crs"] = scene.crs
    try:
        return SegmentOptions.from_mapping(values)
    except OptionError as error:
        raise RequestError(str(error)) from error
