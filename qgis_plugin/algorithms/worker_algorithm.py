"""Base class of the algorithms: shared parameters, the worker and the output."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import Any, Dict, Iterator, Mapping, Sequence, Tuple

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
from ..icon import plugin_icon
from ..job_options import THRESHOLD_RANGE, option_help, option_title
from ..layers.colours import free_number
from ..layers.export import Export, SceneSource, find_source, plan_export
from ..layers.result_layers import set_aliases
from ..layers.styling import style_polygons
from ..notices import NO_CRS
from ..translate import tr
from ..worker.run_job import run_job
from ..worker.worker_client import Job

HELP = "https://github.com/rrsis-geo/rrsis-geo/blob/main/docs/qgis-processing.md"
"""Address of the help."""

SPLITS: Dict[str, bool | None] = {"auto": None, "yes": True, "no": False}
"""Choice of the parameter SPLIT -> value of the option."""


class WorkerAlgorithm(QgsProcessingAlgorithm):
    """An algorithm that runs its job in a worker process."""

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
        """Return a new instance for a run."""
        return type(self)()

    def icon(self) -> QIcon:
        """Return the icon of the plugin."""
        return plugin_icon()

    def helpUrl(self) -> str:  # the name is QGIS's
        """Return the address of the help."""
        return HELP

    def add_polygon_parameters(self) -> None:
        """Add the parameters that turn probabilities into polygons."""
        self.add(
            _number_parameter(
                self.THRESHOLD,
                tr("Threshold"),
                SegmentOptions.threshold,
                THRESHOLD_RANGE,
            ),
            option_help("threshold"),
        )
        self.add(
            _number_parameter(
                self.MIN_AREA, tr("Minimum area (m²)"), SegmentOptions.min_area
            ),
            option_help("min_area"),
        )
        self.add(
            _number_parameter(
                self.FILL_HOLES, tr("Fill holes below (m²)"), SegmentOptions.fill_holes
            ),
            option_help("fill_holes"),
            advanced=True,
        )
        self.add(
            _number_parameter(
                self.SIMPLIFY, tr("Simplify (m)"), SegmentOptions.simplify
            ),
            tr("Outlines may move by this much, for fewer corners; 0 keeps them."),
            advanced=True,
        )
        self.add_choice(
            self.SPLIT,
            option_title("split"),
            tuple(SPLITS),
            "auto",
            tr("Where outlines of neighbours have grown together; auto: by class."),
        )

    def add_outputs(self) -> None:
        """Add the outputs: polygons and their number."""
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
        """Add a parameter with its help."""
        parameter.setHelp(help_text)
        if advanced:
            flag = QgsProcessingParameterDefinition.Flag.FlagAdvanced
            parameter.setFlags(parameter.flags() | flag)
        self.addParameter(parameter)

    def add_choice(
        self,
        name: str,
        title: str,
        choices: Sequence[str],
        default: str,
        help_text: str,
    ) -> None:
        """Add an advanced parameter whose value is one of several words."""
        parameter = QgsProcessingParameterEnum(
            name, title, list(choices), False, default, False, usesStaticStrings=True
        )
        self.add(parameter, help_text, advanced=True)

    def polygon_options(
        self, parameters: Mapping[str, Any], context: QgsProcessingContext
    ) -> Dict[str, Any]:
        """Return the options that `SegmentOptions` and `VectorizeJob` share."""
        names = (self.THRESHOLD, self.MIN_AREA, self.FILL_HOLES, self.SIMPLIFY)
        options: Dict[str, Any] = {
            name.lower(): self.parameterAsDouble(parameters, name, context)
            for name in names
        }
        split = self.parameterAsEnumString(parameters, self.SPLIT, context)
        return {**options, "split": SPLITS[split]}

    def prepare_layer(
        self,
        layer: QgsRasterLayer | None,
        extent: QgsRectangle | None,
        gsd: float | None,
        context: QgsProcessingContext,
    ) -> None:
        """Check layer and environment, and plan an export; in QGIS's main thread.

        Raises:
            QgsProcessingException: The layer or the environment cannot be used.
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
            raise QgsProcessingException(tr(NO_CRS).format(layer=layer.name()))
        self._source = find_source(layer)
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
            self._export = plan_export(
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
        """Return what the worker opens; run the export that was planned.

        Raises:
            RRSISError: The export failed or was cancelled.
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

    def run_in_worker(self, job: Job, feedback: QgsProcessingFeedback) -> None:
        """Run a job and wait for its end.

        Raises:
            RRSISError: It failed or was cancelled.
        """
        run_job(self._python, job, feedback)

    def write_sink(
        self,
        path: str,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        *,
        title: str = "",
    ) -> Dict[str, Any]:
        """Copy the worker's polygons with all attributes into the sink.

        Args:
            path: The worker's file.
            parameters: Those of the algorithm.
            context: That of the run.
            feedback: Gets the number of objects.
            title: Name of the layer; empty: that of the output.

        Returns:
            The outputs of the algorithm.

        Raises:
            QgsProcessingException: The sink cannot be written.
        """
        source = QgsVectorLayer(path, "found", "ogr")
        if not source.isValid():
            raise QgsProcessingException(tr("The worker's result cannot be read."))
        fields, indices = _fields_without_key(source)
        sink, name = self.parameterAsSink(
            parameters, self.OUTPUT, context, fields, source.wkbType(), source.crs()
        )
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, self.OUTPUT))
        count = 0
        for feature in source.getFeatures():
            row = QgsFeature(fields)
            row.setGeometry(feature.geometry())
            row.setAttributes([feature.attribute(index) for index in indices])
            if not sink.addFeature(row, QgsFeatureSink.Flag.FastInsert):
                raise QgsProcessingException(
                    self.writeFeatureError(sink, parameters, self.OUTPUT)
                )
            count += 1
        del sink  # writes the remaining features
        feedback.pushInfo(tr("{count} objects found").format(count=count))
        if context.willLoadLayerOnCompletion(name):
            details = context.layerToLoadOnCompletionDetails(name)
            details.setPostProcessor(STYLER)
            if title:
                details.name = title
                details.forceName = True
        return {self.OUTPUT: name, self.COUNT: count}


class _Styler(QgsProcessingLayerPostProcessorInterface):
    """Applies the style of the panel's results."""

    def postProcessLayer(  # the name is QGIS's
        self,
        layer: Any,
        _context: QgsProcessingContext,
        _feedback: QgsProcessingFeedback,
    ) -> None:
        if isinstance(layer, QgsVectorLayer):
            set_aliases(layer)
            style_polygons(layer, free_number(1))


STYLER = _Styler()
"""A module variable, since QGIS keeps no reference to it."""


@contextmanager
def temporary_folder() -> Iterator[str]:
    """Create a folder among Processing's temporary files; delete it afterwards."""
    folder = QgsProcessingUtils.generateTempFilename("rrsis-geo")
    os.makedirs(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _number_parameter(
    name: str, title: str, default: float, limits: Tuple[float, float] = (0.0, 1e12)
) -> QgsProcessingParameterNumber:
    kind = QgsProcessingParameterNumber.Type.Double
    return QgsProcessingParameterNumber(name, title, kind, default, False, *limits)


def _fields_without_key(layer: QgsVectorLayer) -> tuple[QgsFields, list[int]]:
    """Return the fields without the primary key of GeoPackage, and their indices."""
    keys = set(layer.primaryKeyAttributes())
    indices = [index for index in range(layer.fields().count()) if index not in keys]
    fields = QgsFields()
    for index in indices:
        fields.append(QgsField(layer.fields().at(index)))
    return fields, indices
