"""The algorithm "Polygons from probability raster"."""

from __future__ import annotations

import os
from typing import Any, Dict, Mapping

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterRasterLayer,
)

from ..core.errors import Cancelled, RRSISError
from ..core.job import VectorizeJob
from ..translate import tr
from .worker_algorithm import WorkerAlgorithm, temporary_folder


class PolygonsFromProbability(WorkerAlgorithm):
    """Runs the same job as the slider of the panel and `rrsis-geo vectorize`."""

    def name(self) -> str:
        """Return the second part of the id `rrsis_geo:polygonsfromprobability`."""
        return "polygonsfromprobability"

    def displayName(self) -> str:  # the name is QGIS's
        """Return the name in the toolbox."""
        return tr("Polygons from probability raster")

    def tags(self) -> list[str]:
        """Return words by which the toolbox finds the algorithm."""
        return tr("polygonize,vectorize,threshold,probability,score").split(",")

    def shortDescription(self) -> str:  # the name is QGIS's
        """Return the text of the tooltip."""
        return tr("Traces polygons from probabilities, at any threshold.")

    def shortHelpString(self) -> str:  # the name is QGIS's
        """Return the help beside the parameters."""
        return tr(
            "Traces polygons from a probability raster that “Segment by text” wrote: "
            "tries another threshold or minimum area in seconds, without the network. "
            "With the same numbers the polygons are the same.\n\n"
            "Other rasters of probabilities work too: one band of bytes with nodata "
            "255, where 254 is certain, or of numbers from 0 to 1."
        )

    def initAlgorithm(self, _configuration: Any = None) -> None:  # QGIS's name
        """Add the parameters in the order in which they are shown."""
        self.add(
            QgsProcessingParameterRasterLayer(self.INPUT, tr("Probability raster")),
            tr("As written by “Segment by text”."),
        )
        self.add_polygon_parameters()
        self.add_outputs()

    def prepareAlgorithm(  # the name is QGIS's
        self,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        _feedback: QgsProcessingFeedback,
    ) -> bool:
        """Check the layer; in QGIS's main thread."""
        layer = self.parameterAsRasterLayer(parameters, self.INPUT, context)
        self.prepare_layer(layer, None, None, context)
        return True

    def processAlgorithm(  # the name is QGIS's
        self,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> Dict[str, Any]:
        """Trace the polygons; in any thread."""
        with temporary_folder() as folder:
            failed = ""
            try:
                job = VectorizeJob(
                    probability=self.scene(feedback).path,
                    output=os.path.join(folder, "found.gpkg"),
                    **self.polygon_options(parameters, context),
                )
                self.run_in_worker(job, feedback)
            except Cancelled:
                return {}
            except RRSISError as error:
                failed = str(error)
            if failed:  # not chained: QGIS never frees an exception and its frames
                raise QgsProcessingException(failed)
            return self.write_sink(job.output, parameters, context, feedback)
