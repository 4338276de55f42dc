"""From what the panel shows to the job the worker gets."""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import dataclass, replace
from typing import Any, Mapping, Tuple

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QStandardPaths

from ..core.errors import OptionError
from ..core.job import SegmentJob, SegmentOptions
from ..expressions import expressions_in
from ..layers.area import Area, check_overlap, write_area
from ..request_error import Refused
from ..translate import tr

FOLDER = "rrsis-geo"
"""Name of the folder of results, beside the project or in the documents."""


@dataclass(frozen=True)
class Question:
    """What the user asks, of which layer."""

    layer: QgsRasterLayer | None
    text: str
    """Expressions, one a line; empty lines and lines with # in front are skipped."""
    area: Area | None
    """None: the whole layer."""
    weights: str
    options: Mapping[str, Any]
    """Fields of `SegmentOptions`."""
    folder: str
    """Where results go; empty: `default_folder()`."""
    keep_probability: bool
    """Show the probability raster as a layer too."""

    @property
    def expressions(self) -> Tuple[str, ...]:
        """What to look for, each once, in the order of the lines."""
        return expressions_in(self.text)


@dataclass(frozen=True)
class Scene:
    """A raster that the worker opens by itself."""

    path: str
    crs: str | None
    """Of a file that doesn't name its own."""


def default_folder() -> str:
    """Beside the project where it has a place, else in the user's documents."""
    home = QgsProject.instance().absolutePath()
    if not home:
        home = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
    return os.path.join(home or os.path.expanduser("~"), FOLDER)


def check(question: Question) -> None:
    """Refuse what cannot work, before anything is started.

    Raises:
        Refused: no layer, nothing asked, no CRS, an area outside the layer, or a text
            or number out of range.
    """
    layer = question.layer
    if layer is None or not layer.isValid():
        raise Refused(tr("There is no raster layer to search: add an image first."))
    if not question.expressions:
        raise Refused(
            tr("Say what to look for, for example: the storage tank near the road")
        )
    if not layer.crs().isValid():
        raise Refused(
            tr(
                "Layer {layer} has no CRS, so polygons would have no place: set it "
                "with a right click on the layer, Layer CRS."
            ).format(layer=layer.name())
        )
    if question.area is not None:
        check_overlap(question.area, layer)
    _job(question, scene="any", options=_options(question, None))


def new_folder(question: Question) -> str:
    """A folder of its own for this run, made now; two QGIS never share one.

    Raises:
        Refused: it cannot be made.
    """
    base = question.folder or default_folder()
    stamp = time.strftime("%Y%m%d-%H%M%S")
    name = f"{slug(question.expressions[0])}-{stamp}"
    for extra in ("", *(f"-{number}" for number in range(2, 100))):
        path = os.path.join(base, name + extra)
        try:
            os.makedirs(base, exist_ok=True)
            os.mkdir(path)
        except FileExistsError:
            continue
        except OSError as error:
            raise Refused(
                tr(
                    "Results cannot be written to {folder}: {reason}. Choose another "
                    "output folder under Advanced."
                ).format(folder=base, reason=error.strerror or error)
            ) from error
        return path
    raise Refused(tr("There are too many results in {folder}.").format(folder=base))


def build(question: Question, scene: Scene, folder: str) -> SegmentJob:
    """The job; the area is written into the folder.

    Raises:
        Refused: an option is out of range, or the area cannot be written.
    """
    options = _options(question, scene)
    if question.area is not None:
        path = os.path.join(folder, "area.gpkg")
        if not os.path.exists(path):
            write_area(question.area, path)
        options = replace(options, aoi=path)
    name = slug(question.expressions[0])
    return _job(
        question,
        scene=scene.path,
        output=os.path.join(folder, f"{name}.gpkg"),
        probability=os.path.join(folder, f"{name}-probability.tif"),
        overwrite=True,
        options=options,
    )


def same_question(question: Question) -> str:
    """A text that is equal for two questions with the same answer."""
    area = question.area
    return json.dumps(
        [
            question.layer.source() if question.layer else "",
            question.expressions,
            [area.geometry.asWkt(), area.crs.authid()] if area else None,
            question.weights,
            sorted((name, repr(value)) for name, value in question.options.items()),
            question.folder,
        ]
    )


def title(question: Question) -> str:
    """Name of a run's group in the layer tree."""
    first, *others = question.expressions
    more = f" +{len(others)}" if others else ""
    return f"{first}{more} · {question.layer.name()}"


def slug(text: str) -> str:
    """A file name of a text: ASCII words with hyphens, never empty, never long."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return "-".join(words)[:48].strip("-") or "query"


def _job(question: Question, **values: Any) -> SegmentJob:
    try:
        return SegmentJob(
            expressions=question.expressions, weights=question.weights, **values
        )
    except OptionError as error:
        raise Refused(str(error)) from error


def _options(question: Question, scene: Scene | None) -> SegmentOptions:
    values = dict(question.options)
    if scene is not None and scene.crs:
        values["crs"] = scene.crs
    try:
        return SegmentOptions.from_mapping(values)
    except OptionError as error:
        raise Refused(str(error)) from error
