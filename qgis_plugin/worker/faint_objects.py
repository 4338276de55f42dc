"""Looks for fainter objects where a search has found nothing."""

from __future__ import annotations

import os
from typing import List

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..core.job import SegmentJob, VectorizeJob
from ..core.protocol import Finished
from .controller import Controller
from .worker_client import Job

FOLDER = "faint.rrsis-part"
"""Folder of the polygons that are only counted, in the folder of the run."""

LEAST_THRESHOLD = 0.05
"""Below it, everything is an object."""


class FaintObjects(QObject):
    """Counts objects at lower thresholds, from the probabilities of a finished run."""

    found = pyqtSignal(str, int, float)
    """Folder of the run, number of objects, threshold that shows them. The least score
    is 0 there."""
    ended = pyqtSignal()
    """The controller is free again."""

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._run = ""
        self._thresholds: List[float] = []
        self._job: VectorizeJob | None = None
        self._options: dict[str, object] = {}

    @property
    def looking(self) -> bool:
        """Whether polygons are being counted."""
        return self._job is not None

    def is_own(self, job: Job) -> bool:
        """Whether a job belongs to this search for faint objects."""
        return job is self._job

    def look(self, run: str, job: SegmentJob) -> None:
        """Look for fainter objects of a run; `found` follows if there are any.

        Args:
            run: Folder of the run.
            job: Its job, which has found nothing.
        """
        if self._controller.busy or not job.probability:
            return
        options = job.options
        self._run = run
        self._options = {
            "min_area": options.min_area,
            "fill_holes": options.fill_holes,
            "split": options.split,
        }
        lower = (options.threshold, options.threshold / 2, options.threshold / 4)
        self._thresholds = [
            round(threshold, 2) for threshold in lower if threshold >= LEAST_THRESHOLD
        ]
        self._look_once(job.probability)

    def stop(self) -> None:
        """Stop; `ended` follows where something was being counted."""
        self._thresholds = []
        if self._job is not None:
            self._controller.cancel()

    def job_ended(self, job: VectorizeJob, finished: Finished | None) -> None:
        """Report what was found, or look at a lower threshold.

        Args:
            job: A job of this search.
            finished: None where it failed.
        """
        self._job = None
        if finished is None:
            self._thresholds = []
        elif finished.polygons:
            self._thresholds = []
            self.found.emit(self._run, finished.polygons, job.threshold)
        if self._thresholds:
            self._look_once(job.probability)
        else:
            self.ended.emit()

    def _look_once(self, probability: str) -> None:
        folder = os.path.join(self._run, FOLDER)
        threshold = self._thresholds.pop(0)
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError:
            return  # then nothing is offered
        self._job = VectorizeJob(
            probability=probability,
            output=os.path.join(folder, f"{threshold:.2f}.gpkg"),
            overwrite=True,
            threshold=threshold,
            min_score=0.0,
            **self._options,
        )
        self._controller.run(self._job)
