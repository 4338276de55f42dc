"""Runs of the panel: from a request to layers, through the controller."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import Any, List

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..core.job import SegmentJob, VectorizeJob
from ..core.protocol import Finished, Partial
from ..layers import result_layers
from ..layers.export import SceneSource
from ..notices import CANCELLED
from ..request_error import RequestError
from ..translate import tr
from ..worker.controller import Controller
from ..worker.worker_client import Job
from .request import (
    SearchRequest,
    build_job,
    check_request,
    create_folder,
    group_title,
    output_base,
    request_key,
)
from .scene_maker import SceneMaker

DEBOUNCE = 250
"""Milliseconds without a change of the slider before polygons are traced again."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    kind: str
    """found, nothing, cancelled or failed."""
    text: str
    """One sentence."""
    run: str
    """Folder of the run."""


@dataclass
class _Run:
    """The current run."""

    request: SearchRequest
    folder: str
    title: str
    scene_name: str
    layer_id: str


class Search(QObject):
    """Runs one search at a time, and changes the threshold of finished runs."""

    started = pyqtSignal()
    """A run has started; its folder and its group exist."""
    ended = pyqtSignal(object)
    """`Outcome`."""
    threshold_changed = pyqtSignal(str)
    """Folder of a run whose layers show other polygons now."""
    warning = pyqtSignal(str)
    """One sentence about a failure outside of a run."""
    fetching = pyqtSignal(bool)
    """Whether the image of the layer is being fetched."""

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._scenes = SceneMaker(self)
        self._run: _Run | None = None
        self._unfinished: tuple[str, str] | None = None
        """Key and folder of a request whose run has not finished."""
        self._pending_threshold: tuple[str, float] | None = None
        """Folder of a run and its next threshold."""
        self._file_number = 0
        self._closed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE)
        self._timer.timeout.connect(self._trace_again)
        controller.partial.connect(self._add_partial)
        controller.finished.connect(self._finished)
        controller.failed.connect(self._failed)
        self._scenes.made.connect(self._start_job)
        self._scenes.failed.connect(self._scene_failed)
        project = QgsProject.instance()
        project.layersWillBeRemoved.connect(self._layers_removed)
        project.cleared.connect(self._project_cleared)

    @property
    def running(self) -> bool:
        """Whether a run is in progress."""
        return self._run is not None

    def run(self, request: SearchRequest) -> None:
        """Start a run.

        Raises:
            RequestError: The request is not valid, or a run is in progress.
        """
        if self._run is not None:
            raise RequestError(
                tr("A search is running: wait for it, or cancel it first.")
            )
        if self._controller.busy:
            raise RequestError(tr("Polygons are being traced anew: wait a moment."))
        check_request(request)
        folder = self._choose_folder(request)
        title = group_title(request)
        layer = request.layer
        self._run = _Run(request, folder, title, layer.name(), layer.id())
        self._unfinished = (request_key(request), folder)
        result_layers.create_group(folder, title)
        self.started.emit()
        self.fetching.emit(True)
        self._scenes.make(request, os.path.join(folder, "scene.tif"))

    def cancel(self, reason: str = "") -> None:
        """Cancel the current run or change of the threshold.

        Args:
            reason: One sentence; empty if the user cancelled it.
        """
        if self._scenes.busy:
            self._scenes.cancel(reason)
        else:
            self._controller.cancel(reason)

    def change_threshold(self, run: str, threshold: float) -> None:
        """Show the polygons of a run at another threshold, after a short delay."""
        self._pending_threshold = (run, threshold)
        self._timer.start()

    def close(self) -> None:
        """Stop everything and disconnect from the project; may be called twice."""
        if self._closed:
            return
        self._closed = True
        self._timer.stop()
        self._scenes.cancel("")
        project = QgsProject.instance()
        project.layersWillBeRemoved.disconnect(self._layers_removed)
        project.cleared.disconnect(self._project_cleared)
        if self._run is not None:
            result_layers.remove_run(self._run.folder)
            self._run = None
        self._controller.close()
        self._delete_unfinished()

    def end_worker(self) -> None:
        """End the worker at once, whatever it does, as QGIS's exit needs it."""
        self._controller.close()

    def _choose_folder(self, request: SearchRequest) -> str:
        """Return the folder of the same request's unfinished run, else a new one."""
        if self._unfinished is not None:
            key, folder = self._unfinished
            if key == request_key(request) and os.path.isdir(folder):
                return folder
        folder = create_folder(request)
        self._delete_unfinished()
        return folder

    def _delete_unfinished(self) -> None:
        """Delete the folder of an unfinished run."""
        if self._unfinished is not None:
            shutil.rmtree(self._unfinished[1], ignore_errors=True)
            self._unfinished = None

    def _start_job(self, scene: SceneSource) -> None:
        self.fetching.emit(False)
        run = self._run
        try:
            job = build_job(run.request, scene, run.folder)
        except RequestError as error:
            self._end("failed", str(error))
            return
        self._controller.run(job)

    def _scene_failed(self, message: str) -> None:
        self.fetching.emit(False)
        if self._run is not None:
            self._end("failed" if message else "cancelled", message or tr(CANCELLED))

    def _add_partial(self, partial: Partial) -> None:
        run = self._run
        if run is not None:
            result_layers.add_partial(
                run.folder, run.title, run.request.expressions, partial
            )

    def _finished(self, job: Job, finished: Finished) -> None:
        if isinstance(job, VectorizeJob):
            self._show_polygons(job)
        elif self._run is not None:
            self._show_results(job, finished)

    def _show_results(self, job: SegmentJob, finished: Finished) -> None:
        run = self._run
        added = result_layers.add_results(
            job,
            run=run.folder,
            title=run.title,
            scene=run.scene_name,
            keep_probability=run.request.keep_probability,
        )
        self._unfinished = None
        if not added:
            self._end(
                "failed",
                tr("{file} was written, but QGIS cannot open it.").format(
                    file=job.output
                ),
            )
        elif finished.polygons:
            self._end("found", _summary(added))
        else:
            self._end(
                "nothing",
                tr(
                    "Nothing found. A lower threshold or other words may find more; "
                    "the slider below tries a threshold without searching again."
                ),
            )

    def _failed(self, job: Job, cancelled: bool, message: str) -> None:
        if isinstance(job, VectorizeJob):
            if not cancelled:  # a newer threshold cancels an older one
                self.warning.emit(message)
            self._trace_next()
        elif self._run is not None:
            self._end("cancelled" if cancelled else "failed", message)

    def _end(self, kind: str, text: str) -> None:
        run, self._run = self._run, None
        if kind == "cancelled":
            result_layers.keep_partial(run.folder)
        elif kind == "failed":
            result_layers.remove_run(run.folder)
        self.ended.emit(Outcome(kind, text, run.folder))

    def _trace_again(self) -> None:
        if self._pending_threshold is None or self._run is not None:
            return
        if self._controller.busy:
            if isinstance(self._controller.job, VectorizeJob):
                self._controller.cancel()  # its end calls this again
            return
        run, threshold = self._pending_threshold
        self._pending_threshold = None
        shown = result_layers.run_layers(run)
        if not shown:
            return
        record = result_layers.read_record(shown[0])
        if not os.path.exists(record["probability"]):
            self.warning.emit(
                tr("The probabilities {file} are gone: run the query again.").format(
                    file=record["probability"]
                )
            )
            return
        self._file_number += 1
        output = f"{output_base(run, record['expressions'])}.gpkg"
        options = {
            name: record[name]
            for name in result_layers.POLYGON_OPTIONS
            if name in record
        }
        job = VectorizeJob(
            probability=record["probability"],
            output=result_layers.threshold_file(output, threshold, self._file_number),
            overwrite=True,
            **{**options, "threshold": threshold},
        )
        self._controller.run(job)

    def _show_polygons(self, job: VectorizeJob) -> None:
        run = os.path.dirname(job.output)
        result_layers.replace_polygons(run, job.output, threshold=job.threshold)
        self.threshold_changed.emit(run)
        self._trace_next()

    def _trace_next(self) -> None:
        if self._pending_threshold is not None:
            self._timer.start()

    def _layers_removed(self, ids: List[str]) -> None:
        if self._run is not None and self._run.layer_id in ids:
            self.cancel(
                tr("Layer {layer} was removed, so its search was cancelled.").format(
                    layer=self._run.scene_name
                )
            )

    def _project_cleared(self) -> None:
        self._pending_threshold = None
        if self._run is not None:
            self.cancel(tr("The project was closed, so the search was cancelled."))


def _summary(added: List[Any]) -> str:
    """Return the number of objects in all layers and in each."""
    counts = [result_layers.count_features(layer) for layer in added]
    if len(counts) == 1:
        return _objects(counts[0])
    parts = [
        f"{layer.name()}: {count}"
        for layer, count in zip(added, counts)  # noqa: B905 - Python 3.9
    ]
    return _objects(sum(counts)) + " (" + ", ".join(parts) + ")"


def _objects(count: int) -> str:
    if count == 1:
        return tr("1 object found")
    return tr("{count} objects found").format(count=count)
