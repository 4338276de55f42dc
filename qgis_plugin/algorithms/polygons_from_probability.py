"""Polygons from a probability raster: another threshold, without the network."""

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
from .worker_algorithm import WorkerAlgorithm, scratch_folder


class PolygonsFromProbability(WorkerAlgorithm):
    """The job of the panel's slider and of `rrsis-geo vectorize`."""

    def name(self) -> str:
        """Part of the id `rrsis_geo:polygonsfromprobability`."""
        return "polygonsfromprobability"

    def displayName(self) -> str:  # the name is QGIS's
        """In the toolbox."""
        return tr("Polygons from probability raster")

    def tags(self) -> list[str]:
        """Words that the toolbox finds it by."""
        return tr("polygonize,vectorize,threshold,probability,score").split(",")

    def shortDescription(self) -> str:  # the name is QGIS's
        """In tooltips."""
        return tr("Traces polygons from probabilities, at any threshold.")

    def shortHelpString(self) -> str:  # the name is QGIS's
        """Beside the parameters."""
        return tr(
            "Traces polygons from a probability raster that “Segment by text” wrote: "
            "tries another threshold or minimum area in seconds, without the network. "
            "With the same numbers the polygons are the same.\n\n"
            "Other rasters of probabilities work too: one band of bytes with nodata "
            "255, where 254 is certain, or of numbers from 0 to 1."
        )

    def initAlgorithm(self, _configuration: Any = None) -> None:  # QGIS's name
        """The parameters, in the order they are shown."""
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
        """Read the layer, in QGIS's main thread."""
        layer = self.parameterAsRasterLayer(parameters, self.INPUT, context)
        self.take_layer(layer, None, None, context)
        return True

    def processAlgorithm(  # the name is QGIS's
        self,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> Dict[str, Any]:
        """Trace; in any thread."""
        with scratch_folder() as folder:
            failed = ""
            try:
                task = VectorizeJob(
                    probability=self.scene(feedback).path,
                    output=os.path.join(folder, "found.gpkg"),
                    **self.polygon_options(parameters, context),
                )
                self.work(task, feedback)
            except Cancelled:
                return {}
            except RRSISError as error:
                failed = str(error)
            if failed:  # not chained: QGIS never lets go of what an error holds
                raise QgsProcessingException(failed)
            return self.hand_over(task.output, parameters, context, feedback)
