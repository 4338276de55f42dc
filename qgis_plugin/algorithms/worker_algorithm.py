"""What both algorithms share: the worker, the sink, the numbers of polygons."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import Any, Dict, Iterator, Mapping, Sequence

from qgis.core import (
    QgsFeature,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsProcessingOutputNumber,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterNumber,
    QgsProcessingUtils,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QIcon

from ..core.errors import RRSISError
from ..core.job import SegmentOptions
from ..find_python import find_python
from ..layers import export
from ..layers.export import Export, SceneSource
from ..layers.styling import style_polygons
from ..translate import tr
from ..worker.run_job import Task, run_job

DEFAULT = SegmentOptions()

SPLITS: Dict[str, bool | None] = {"auto": None, "yes": True, "no": False}

HERE = os.path.dirname(__file__)


class WorkerAlgorithm(QgsProcessingAlgorithm):
    """An algorithm whose work another process does."""

    INPUT = "INPUT"
    THRESHOLD = "THRESHOLD"
    MIN_AREA = "MIN_AREA"
    FILL_HOLES = "FILL_HOLES"
    SIMPLIFY = "SIMPLIFY"
    SPLIT = "SPLIT"
    OUTPUT = "OUTPUT"
    COUNT = "COUNT"

    def __init__(self) -> None:
        super().__init__()
        self._python = ""
        self._source: SceneSource | None = None
        self._export: Export | None = None

    def createInstance(self) -> QgsProcessingAlgorithm:  # the name is QGIS's
        """A fresh one for a run."""
        return type(self)()

    def icon(self) -> QIcon:
        """The plugin's."""
        return QIcon(os.path.join(HERE, "icon.svg"))

    def add_polygon_parameters(self) -> None:
        """How polygons are made of probabilities."""
        self.add(
            _number(self.THRESHOLD, tr("Threshold"), DEFAULT.threshold, highest=0.99),
            tr("Pixels with a higher probability belong to an object."),
        )
        self.add(
            _number(self.MIN_AREA, tr("Minimum area (m²)"), DEFAULT.min_area),
            tr("Smaller polygons are dropped."),
        )
        self.add(
            _number(self.FILL_HOLES, tr("Fill holes below (m²)"), DEFAULT.fill_holes),
            tr("Smaller holes in polygons are filled."),
            advanced=True,
        )
        self.add(
            _number(self.SIMPLIFY, tr("Simplify (m)"), DEFAULT.simplify),
            tr("Outlines may move by this much, for fewer corners; 0 keeps them."),
            advanced=True,
        )

        self.add_choice(
            self.SPLIT,
            tr("Part touching objects"),
            tuple(SPLITS),
            "auto",
            tr("Where outlines of neighbours have grown together; auto: by class."),
        )

    def add_outputs(self) -> None:
        """Polygons and their number."""
        sink = QgsProcessingParameterFeatureSink(
            self.OUTPUT, tr("Polygons"), QgsProcessing.SourceType.TypeVectorPolygon
        )
        self.addParameter(sink)
        self.addOutput(QgsProcessingOutputNumber(self.COUNT, tr("Number of polygons")))

    def add(
        self,
        parameter: QgsProcessingParameterDefinition,
        help_text: str,
        *,
        advanced: bool = False,
    ) -> None:
        """A parameter with its help."""
        parameter.setHelp(help_text)
        if advanced:
            flag = QgsProcessingParameterDefinition.Flag.FlagAdvanced
            parameter.setFlags(parameter.flags() | flag)
        self.addParameter(parameter)

    def add_choice(
        self, name: str, title: str, choices: Sequence[str], default: str, about: str
    ) -> None:
        """A list to choose one word of, among the advanced parameters."""
        parameter = QgsProcessingParameterEnum(
            name, title, list(choices), False, default, False, usesStaticStrings=True
        )
        self.add(parameter, about, advanced=True)

    def polygon_options(
        self, parameters: Mapping[str, Any], context: QgsProcessingContext
    ) -> Dict[str, Any]:
        """Fields of both jobs."""
        names = (self.THRESHOLD, self.MIN_AREA, self.FILL_HOLES, self.SIMPLIFY)
        options: Dict[str, Any] = {
            name.lower(): self.parameterAsDouble(parameters, name, context)
            for name in names
        }
        parted = self.parameterAsEnumString(parameters, self.SPLIT, context)
        return {**options, "split": SPLITS[parted]}

    def take_layer(
        self,
        layer: QgsRasterLayer | None,
        extent: QgsRectangle | None,
        gsd: float | None,
        context: QgsProcessingContext,
    ) -> None:
        """Look at layer and environment, in QGIS's main thread.

        Raises:
            QgsProcessingException: there is none that works.
        """
        if layer is None or not layer.isValid():
            raise QgsProcessingException(tr("The raster layer cannot be read."))
        self._python = find_python() or ""
        if not self._python:
            raise QgsProcessingException(
                tr(
                    "rrsis-geo has no Python environment yet: open the panel RRSIS Geo "
                    "and choose Set up. Without a desktop, let the variable "
                    "RRSIS_GEO_PYTHON name a Python that has rrsis-geo."
                )
            )
        if not layer.crs().isValid():
            raise QgsProcessingException(
                tr(
                    "Layer {layer} has no CRS, so polygons would have no place: set it "
                    "with a right click on the layer, Layer CRS."
                ).format(layer=layer.name())
            )
        self._source = export.scene_of(layer)
        if self._source is None:
            self._plan_export(layer, extent or layer.extent(), gsd, context)

    def _plan_export(
        self,
        layer: QgsRasterLayer,
        extent: QgsRectangle,
        gsd: float | None,
        context: QgsProcessingContext,
    ) -> None:
        failed = ""
        try:
            self._export = export.prepare(
                layer,
                extent=extent,
                gsd=gsd,
                path=QgsProcessingUtils.generateTempFilename("scene.tif"),
                transform_context=context.transformContext(),
            )
        except RRSISError as error:
            failed = str(error)
        if failed:
            raise QgsProcessingException(failed)

    def scene(self, feedback: QgsProcessingFeedback) -> SceneSource:
        """What the worker opens; exported now where the layer is no file.

        Raises:
            RRSISError: the export is not complete.
        """
        if self._source is not None:
            return self._source
        planned, self._export = self._export, None
        feedback.pushInfo(
            tr("Fetching {columns} x {rows} pixels of layer {layer}").format(
                columns=planned.columns, rows=planned.rows, layer=planned.name
            )
        )
        return SceneSource(planned.run(feedback), None)

    def work(self, task: Task, feedback: QgsProcessingFeedback) -> None:
        """Do a job.

        Raises:
            RRSISError: it failed or was cancelled.
        """
        run_job(self._python, task, feedback)

    def hand_over(
        self,
        path: str,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> Dict[str, Any]:
        """The worker's polygons into the sink, with all their attributes.

        Raises:
            QgsProcessingException: the sink cannot be written.
        """
        found = QgsVectorLayer(path, "found", "ogr")
        if not found.isValid():
            raise QgsProcessingException(tr("The worker's result cannot be read."))
        fields, places = _own_fields(found)
        sink, name = self.parameterAsSink(
            parameters, self.OUTPUT, context, fields, found.wkbType(), found.crs()
        )
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, self.OUTPUT))
        count = 0
        for feature in found.getFeatures():
            row = QgsFeature(fields)
            row.setGeometry(feature.geometry())
            row.setAttributes([feature.attribute(place) for place in places])
            if not sink.addFeature(row, QgsFeatureSink.Flag.FastInsert):
                raise QgsProcessingException(
                    self.writeFeatureError(sink, parameters, self.OUTPUT)
                )
            count += 1
        del sink  # writes what is left
        feedback.pushInfo(tr("{count} objects found").format(count=count))
        if context.willLoadLayerOnCompletion(name):
            details = context.layerToLoadOnCompletionDetails(name)
            details.setPostProcessor(STYLER)
        return {self.OUTPUT: name, self.COUNT: count}


class _Styler(QgsProcessingLayerPostProcessorInterface):
    """Polygons by score, as the panel shows them."""

    def postProcessLayer(  # the name is QGIS's
        self,
        layer: Any,
        _context: QgsProcessingContext,
        _feedback: QgsProcessingFeedback,
    ) -> None:
        if isinstance(layer, QgsVectorLayer):
            style_polygons(layer, 0)


STYLER = _Styler()
"""QGIS does not keep it alive by itself."""


@contextmanager
def scratch_folder() -> Iterator[str]:
    """A folder in Processing's temporary place, gone afterwards."""
    folder = QgsProcessingUtils.generateTempFilename("rrsis-geo")
    os.makedirs(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _number(
    name: str, title: str, default: float, *, highest: float = 1e12
) -> QgsProcessingParameterNumber:
    lowest = 0.01 if name == WorkerAlgorithm.THRESHOLD else 0.0
    kind = QgsProcessingParameterNumber.Type.Double
    return QgsProcessingParameterNumber(
        name, title, kind, default, False, lowest, highest
    )


def _own_fields(layer: QgsVectorLayer) -> tuple[QgsFields, list[int]]:
    """The attributes of the core, without GeoPackage's own key."""
    keys = set(layer.primaryKeyAttributes())
    places = [place for place in range(layer.fields().count()) if place not in keys]
    fields = QgsFields()
    for place in places:
        fields.append(QgsField(layer.fields().at(place)))
    return fields, places
