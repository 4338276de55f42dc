"""The algorithm "Segment by text"."""

from __future__ import annotations

import os
from typing import Any, Dict, Mapping, Tuple

from qgis.core import (
    QgsGeometry,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProcessingParameterBand,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsRectangle,
)

from ..core.errors import Cancelled, RRSISError
from ..core.job import DEVICES, RESOLVES, SegmentJob, SegmentOptions
from ..expressions import parse_expressions
from ..job_options import option_help, option_title
from ..layers.area import Area, check_overlap, write_area
from ..request_error import RequestError
from ..translate import tr
from ..worker.plain_words import plain_words
from .worker_algorithm import WorkerAlgorithm, temporary_folder


class SegmentByText(WorkerAlgorithm):
    """Runs the same job as the panel and `rrsis-geo segment`."""

    EXPRESSION = "EXPRESSION"
    EXTENT = "EXTENT"
    AREA = "AREA"
    WEIGHTS = "WEIGHTS"
    GSD = "GSD"
    BANDS = "BANDS"
    OVERLAP = "OVERLAP"
    DEVICE = "DEVICE"
    RESOLVE = "RESOLVE"
    PROBABILITY = "PROBABILITY"

    def __init__(self) -> None:
        super().__init__()
        self._extent: QgsRectangle | None = None
        self._options: Dict[str, Any] = {}

    def name(self) -> str:
        """Return the second part of the id `rrsis_geo:segmentbytext`."""
        return "segmentbytext"

    def displayName(self) -> str:  # the name is QGIS's
        """Return the name in the toolbox."""
        return tr("Segment by text")

    def tags(self) -> list[str]:
        """Return words by which the toolbox finds the algorithm."""
        return tr("find,detect,objects,text,language,deep learning,ai,query").split(",")

    def shortDescription(self) -> str:  # the name is QGIS's
        """Return the text of the tooltip."""
        return tr("Finds what words describe in an image, as polygons.")

    def shortHelpString(self) -> str:  # the name is QGIS's
        """Return the help beside the parameters."""
        return tr(
            "Finds what a text describes in an aerial or satellite image and gives it "
            "as polygons.\n\n"
            "Write in English what to look for: a kind of thing, its colour or size, "
            "its place, what it is near; one expression a line. All are answered in "
            "one run and told apart by the attribute “expression”.\n\n"
            "The search runs on this computer in a Python environment of its own; the "
            "panel RRSIS Geo sets it up. Layers from servers (WMS, XYZ) are fetched "
            "first, over the extent and at the resolution given here.\n\n"
            "Each polygon has a score (mean probability), area and perimeter in "
            "metres, and whether it touches the edge. Nothing found is an empty layer, "
            "not an error. Keep the probabilities to try other thresholds with "
            "“Polygons from probability raster”."
        )

    def initAlgorithm(self, _configuration: Any = None) -> None:  # QGIS's name
        """Add the parameters in the order in which they are shown."""
        self.add(
            QgsProcessingParameterRasterLayer(self.INPUT, tr("Image")),
            tr("Any raster layer with a CRS."),
        )
        self.add(
            QgsProcessingParameterString(
                self.EXPRESSION, tr("What to look for"), multiLine=True
            ),
            tr("In English, one expression a line."),
        )
        self.add(
            QgsProcessingParameterExtent(self.EXTENT, tr("Extent"), optional=True),
            tr("Only this is searched; empty: the whole layer."),
        )
        self.add(
            QgsProcessingParameterFeatureSource(
                self.AREA,
                tr("Areas"),
                [QgsProcessing.SourceType.TypeVectorPolygon],
                optional=True,
            ),
            tr("Only the inside of these polygons is searched."),
        )
        self.add(
            QgsProcessingParameterString(
                self.WEIGHTS, tr("Weights"), SegmentJob.weights
            ),
            option_help("weights"),
        )
        self.add_polygon_parameters()
        self._add_advanced()
        self.add_outputs()
        self.addParameter(
            QgsProcessingParameterRasterDestination(
                self.PROBABILITY,
                tr("Probability raster"),
                optional=True,
                createByDefault=False,
            )
        )

    def _add_advanced(self) -> None:
        real = QgsProcessingParameterNumber.Type.Double
        whole = QgsProcessingParameterNumber.Type.Integer
        self.add(
            QgsProcessingParameterNumber(
                self.GSD, tr("Metres per pixel"), real, None, True, 0.001, 1000
            ),
            tr(
                "Resolution the network sees; empty: as its weights were trained. For "
                "layers from servers also that of the image fetched."
            ),
            advanced=True,
        )
        self.add(
            QgsProcessingParameterBand(
                self.BANDS,
                tr("Bands shown as red, green, blue"),
                parentLayerParameterName=self.INPUT,
                optional=True,
                allowMultiple=True,
            ),
            tr("One or three; empty: as the file names them."),
            advanced=True,
        )
        self.add(
            QgsProcessingParameterNumber(
                self.OVERLAP,
                tr("Overlap of windows (pixels)"),
                whole,
                SegmentOptions.overlap,
                False,
                0,
                SegmentOptions.window_size - 1,
            ),
            option_help("overlap"),
            advanced=True,
        )
        self.add_choice(
            self.DEVICE,
            option_title("device"),
            DEVICES,
            SegmentOptions.device,
            tr("Where the network computes; auto takes a GPU where there is one."),
        )
        self.add_choice(
            self.RESOLVE,
            option_title("resolve"),
            RESOLVES,
            SegmentOptions.resolve,
            tr(
                "Who decides about words such as “the largest” or “near the road”: the "
                "network in each window, or geometry over the whole scene; auto: by "
                "the expression."
            ),
        )

    def checkParameterValues(  # the name is QGIS's
        self, parameters: Mapping[str, Any], context: QgsProcessingContext
    ) -> Tuple[bool, str]:
        """Check before the run what the worker would refuse."""
        valid, message = super().checkParameterValues(parameters, context)
        if not valid:
            return valid, message
        try:
            self._read_expressions(parameters, context)
            self._check_bands(parameters, context)
            self._read_options(parameters, context)
        except (RRSISError, RequestError) as error:
            return False, plain_words(str(error))
        return True, ""

    def prepareAlgorithm(  # the name is QGIS's
        self,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        _feedback: QgsProcessingFeedback,
    ) -> bool:
        """Check layer, extent and environment; in QGIS's main thread."""
        layer = self.parameterAsRasterLayer(parameters, self.INPUT, context)
        options = self._read_options(parameters, context)
        if layer is not None and parameters.get(self.EXTENT) not in (None, ""):
            self._extent = self.parameterAsExtent(
                parameters, self.EXTENT, context, layer.crs()
            )
            try:
                check_overlap(
                    Area(QgsGeometry.fromRect(self._extent), layer.crs()), layer
                )
            except RequestError as error:
                raise QgsProcessingException(str(error)) from error
        self.prepare_layer(layer, self._extent, options.gsd, context)
        return True

    def processAlgorithm(  # the name is QGIS's
        self,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> Dict[str, Any]:
        """Search; in any thread."""
        probability = self.parameterAsOutputLayer(parameters, self.PROBABILITY, context)
        with temporary_folder() as folder:
            failed = ""
            try:
                job = self._job(parameters, context, feedback, folder, probability)
                self.run_in_worker(job, feedback)
            except Cancelled:
                return {}
            except (RRSISError, RequestError) as error:
                failed = str(error)
            if failed:  # not chained: QGIS never frees an exception and its frames
                raise QgsProcessingException(failed)
            results = self.write_sink(
                job.output,
                parameters,
                context,
                feedback,
                title="; ".join(job.expressions),
            )
        if probability:
            results[self.PROBABILITY] = probability
        return results

    def _job(
        self,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        folder: str,
        probability: str,
    ) -> SegmentJob:
        scene = self.scene(feedback)
        extra: Dict[str, Any] = {"crs": scene.crs}
        if self._extent is not None:
            extra["bbox"] = _bounding_box(self._extent)
        source = self.parameterAsSource(parameters, self.AREA, context)
        if source is not None:
            extra["aoi"] = os.path.join(folder, "area.gpkg")
            write_area(self._union(source), extra["aoi"])
        return SegmentJob(
            scene=scene.path,
            expressions=self._read_expressions(parameters, context),
            output=os.path.join(folder, "found.gpkg"),
            probability=probability or None,
            weights=self.parameterAsString(parameters, self.WEIGHTS, context),
            overwrite=True,
            options=self._read_options(parameters, context, **extra),
        )

    def _union(self, source: QgsProcessingFeatureSource) -> Area:
        """Return the area of all polygons.

        Raises:
            RequestError: There are none.
        """
        shapes = [feature.geometry() for feature in source.getFeatures()]
        union = QgsGeometry.unaryUnion([one for one in shapes if not one.isEmpty()])
        if union.isEmpty():
            raise RequestError(
                tr("Layer {layer} holds no polygon, so it cannot be “{label}”.").format(
                    layer=source.sourceName(), label=self._label(self.AREA)
                )
            )
        return Area(union, source.sourceCrs())

    def _check_bands(
        self, parameters: Mapping[str, Any], context: QgsProcessingContext
    ) -> None:
        bands = self.parameterAsInts(parameters, self.BANDS, context)
        if len(bands) not in (0, 1, 3):
            raise RequestError(
                tr("“{label}” takes one or three bands.").format(
                    label=self._label(self.BANDS)
                )
            )

    def _label(self, name: str) -> str:
        return str(self.parameterDefinition(name).description())

    def _read_expressions(
        self, parameters: Mapping[str, Any], context: QgsProcessingContext
    ) -> Tuple[str, ...]:
        text = self.parameterAsString(parameters, self.EXPRESSION, context)
        return SegmentJob(scene="any", expressions=parse_expressions(text)).expressions

    def _read_options(
        self,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        **extra: Any,
    ) -> SegmentOptions:
        """Read the options of a run.

        Raises:
            OptionError: One is out of range.
        """
        values: Dict[str, Any] = self.polygon_options(parameters, context)
        if parameters.get(self.GSD) is not None:
            values["gsd"] = self.parameterAsDouble(parameters, self.GSD, context)
        if parameters.get(self.BANDS):
            bands = self.parameterAsInts(parameters, self.BANDS, context)
            values["bands"] = tuple(bands)
        values["overlap"] = self.parameterAsInt(parameters, self.OVERLAP, context)
        for name in (self.DEVICE, self.RESOLVE):
            values[name.lower()] = self.parameterAsEnumString(parameters, name, context)
        return SegmentOptions.from_mapping({**values, **extra})


def _bounding_box(extent: QgsRectangle) -> Tuple[float, float, float, float]:
    return (extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum())
