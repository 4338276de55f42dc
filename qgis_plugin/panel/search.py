"""Runs of the panel: from a request to layers, through the controller."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, List, Tuple

from qgis.core import QgsApplication, QgsMapLayer, QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..core.job import SegmentJob, VectorizeJob
from ..core.protocol import Finished, Partial, Started
from ..images.estimate import remember_rate
from ..layers import partial_layers, result_layers
from ..layers.content import ContentTask, content_hash
from ..layers.export import SceneSource
from ..layers.run_files import SCENE, UnfinishedRun
from ..notices import CANCELLED
from ..request_error import RequestError
from ..runs import run_list
from ..translate import tr
from ..worker.controller import Controller
from ..worker.faint_objects import FaintObjects
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
from .threshold import ThresholdChanger


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
    faint_found = pyqtSignal(str, int, float)
    """Folder of a run that found nothing, number of fainter objects, and the threshold
    that shows them with a least score of 0."""

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._scenes = SceneMaker(self)
        self._run: _Run | None = None
        self._unfinished: UnfinishedRun | None = None
        self._closed = False
        self._reading: ContentTask | None = None
        self._empty: Tuple[_Run, SegmentJob] | None = None
        """The last run, where it has found nothing and has no layers."""
        self._next: SearchRequest | None = None
        """A request that waits until fainter objects are counted."""
        self._faint = FaintObjects(controller, self)
        self._faint.found.connect(self.faint_found)
        self._faint.ended.connect(self._start_next)
        self._threshold = ThresholdChanger(
            controller, lambda: self._run is None, parent=self
        )
        self._threshold.changed.connect(self.threshold_changed)
        self._threshold.warning.connect(self.warning)
        self._windows = 0
        self._resumed = False
        controller.started.connect(self._started)
        controller.partial.connect(self._add_partial)
        controller.finished.connect(self._finished)
        controller.failed.connect(self._failed)
        self._scenes.made.connect(self._start_job)
        self._scenes.failed.connect(self._scene_failed)
        project = QgsProject.instance()
        project.layersWillBeRemoved.connect(self._layers_removed)
        project.layersAdded.connect(self._layers_added)
        project.cleared.connect(self._project_cleared)

    @property
    def running(self) -> bool:
        """Whether a run is in progress."""
        return self._run is not None

    @property
    def unasked(self) -> bool:
        """Whether the worker counts fainter objects, which nobody has to wait for."""
        return self._run is None and self._faint.looking

    def run(self, request: SearchRequest) -> None:
        """Start a run.

        Raises:
            RequestError: The request is not valid, or a run is in progress.
        """
        if self._run is not None:
            raise RequestError(
                tr("A search is running: wait for it, or cancel it first.")
            )
        check_request(request)
        if self._faint.looking:
            self._next = request
            self._faint.stop()
            return
        if self._controller.busy:
            raise RequestError(tr("Polygons are being traced anew: wait a moment."))
        folder = self._choose_folder(request)
        title = group_title(request)
        layer = request.layer
        self._run = _Run(request, folder, title, layer.name(), layer.id())
        partial_layers.create_group(folder, title, len(request.expressions))
        self.started.emit()
        self.fetching.emit(True)
        self._scenes.make(request, os.path.join(folder, SCENE))

    def cancel(self, reason: str = "") -> None:
        """Cancel the current run or change of the threshold.

        Args:
            reason: One sentence; empty if the user cancelled it.
        """
        if self._scenes.busy:
            self._scenes.cancel(reason)
        else:
            self._controller.cancel(reason)

    def change_threshold(
        self, run: str, threshold: float, min_score: float | None
    ) -> None:
        """Show the polygons of a run at another threshold, after a short delay."""
        if self._empty is not None and self._empty[0].folder == run:
            self._add_empty_layers()
        self._threshold.change(run, threshold, min_score)

    def close(self) -> None:
        """Stop everything and disconnect from the project; may be called twice."""
        if self._closed:
            return
        self._closed = True
        self._threshold.close()
        self._next = None
        self._faint.stop()
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.done.disconnect()
        self._scenes.cancel("")
        project = QgsProject.instance()
        project.layersWillBeRemoved.disconnect(self._layers_removed)
        project.layersAdded.disconnect(self._layers_added)
        project.cleared.disconnect(self._project_cleared)
        if self._run is not None:
            partial_layers.remove_partial(self._run.folder)
            self._run = None
        self._controller.close()
        self._delete_unfinished()

    def end_worker(self) -> None:
        """End the worker at once, whatever it does, as QGIS's exit needs it."""
        self._controller.close()

    def _choose_folder(self, request: SearchRequest) -> str:
        """Return the folder of the same request's unfinished run, else a new one."""
        key = request_key(request)
        unfinished = self._unfinished
        if unfinished is not None and unfinished.key == key:
            output = f"{output_base(unfinished.folder, request.expressions)}.gpkg"
            # A file that a worker has written before it died may be in use by now.
            if os.path.isdir(unfinished.folder) and not os.path.exists(output):
                self._resumed = True
                return unfinished.folder
        self._resumed = False
        folder = create_folder(request)
        self._empty = None
        self._delete_unfinished()
        self._unfinished = UnfinishedRun(key, folder)
        return folder

    def _delete_unfinished(self) -> None:
        """Delete what an unfinished run has left, unless somebody uses it."""
        if self._unfinished is not None:
            self._unfinished.delete()
            self._unfinished = None

    def _start_job(self, scene: SceneSource) -> None:
        self.fetching.emit(False)
        run = self._run
        try:
            job = build_job(run.request, scene, run.folder)
        except RequestError as error:
            self._end("failed", str(error))
            return
        self._unfinished.note_files()
        self._controller.run(job)

    def _scene_failed(self, message: str) -> None:
        self.fetching.emit(False)
        if self._run is not None:
            self._end("failed" if message else "cancelled", message or tr(CANCELLED))

    def _add_partial(self, partial: Partial) -> None:
        run = self._run
        if run is not None:
            partial_layers.add_partial(
                run.folder, run.title, run.request.expressions, partial
            )

    def _started(self, started: Started) -> None:
        self._windows = started.windows

    def _finished(self, job: Job, finished: Finished) -> None:
        if isinstance(job, SegmentJob) and not self._resumed:
            remember_rate(self._windows, len(job.expressions), finished.seconds)
        if self._faint.is_own(job):
            self._faint.job_ended(job, finished)
        elif isinstance(job, VectorizeJob):
            self._threshold.job_finished(job)
        elif self._run is not None and finished.polygons:
            self._read_results(job)
        elif self._run is not None:
            self._show_nothing(job)

    def _read_results(self, job: SegmentJob) -> None:
        """Hash the content of the results in a thread, then show them."""
        self._unfinished = None
        self._reading = ContentTask(job.output)
        self._reading.done.connect(lambda content: self._show_results(job, content))
        QgsApplication.taskManager().addTask(self._reading)

    def _show_results(self, job: SegmentJob, content: str) -> None:
        self._reading, run = None, self._run
        if run is None:
            return
        added = self._add_layers(run, job, content)
        if not added:
            self._end(
                "failed",
                tr("{file} was written, but QGIS cannot open it.").format(
                    file=job.output
                ),
            )
        else:
            run_list.add_run(
                job,
                folder=run.folder,
                title=run.title,
                scene=run.scene_name,
                content=content,
                count=sum(map(result_layers.count_features, added)),
            )
            self._end("found", _summary(added))

    def _show_nothing(self, job: SegmentJob) -> None:
        """End a run without results: it leaves no layers, and files only for a while.

        Its folder goes with the next search, unless its threshold is changed.
        """
        run = self._run
        partial_layers.remove_partial(run.folder)
        self._unfinished.note_finished()
        self._empty = (run, job)
        self._end(
            "nothing",
            tr(
                "Nothing found. A lower threshold or other words may find more; "
                "the slider below tries a threshold without searching again."
            ),
        )
        if not self._closed:
            self._faint.look(run.folder, job)

    def _add_empty_layers(self) -> None:
        """Add the layers of a run that found nothing, for another threshold."""
        (run, job), self._empty = self._empty, None
        self._unfinished = None
        self._add_layers(run, job, content_hash(job.output))

    def _add_layers(self, run: _Run, job: SegmentJob, content: str) -> List[Any]:
        return result_layers.add_results(
            job,
            run=run.folder,
            title=run.title,
            scene=run.scene_name,
            keep_probability=run.request.keep_probability,
            content=content,
        )

    def _failed(self, job: Job, cancelled: bool, message: str) -> None:
        if self._faint.is_own(job):
            self._faint.job_ended(job, None)
        elif isinstance(job, VectorizeJob):
            self._threshold.job_failed(job, cancelled, message)
        elif self._run is not None:
            self._end("cancelled" if cancelled else "failed", message)

    def _start_next(self) -> None:
        request, self._next = self._next, None
        if request is None or self._closed:
            return
        try:
            self.run(request)
        except RequestError as error:
            self.warning.emit(str(error))

    def _end(self, kind: str, text: str) -> None:
        run, self._run = self._run, None
        if kind == "cancelled":
            partial_layers.keep_partial(run.folder)
        elif kind == "failed":
            partial_layers.remove_partial(run.folder)
        self.ended.emit(Outcome(kind, text, run.folder))

    def _layers_removed(self, ids: List[str]) -> None:
        if self._run is not None and self._run.layer_id in ids:
            self.cancel(
                tr("Layer {layer} was removed, so its search was cancelled.").format(
                    layer=self._run.scene_name
                )
            )

    def _layers_added(self, layers: List[QgsMapLayer]) -> None:
        if self._unfinished is not None:
            self._unfinished.note_layers(layers)

    def _project_cleared(self) -> None:
        self._threshold.forget()
        self._next = self._empty = None
        self._faint.stop()
        reading, self._reading = self._reading, None
        if reading is not None:  # its files are complete, but nobody sees them
            reading.done.disconnect()
            self._end("cancelled", tr("The project was closed during the search."))
        elif self._run is not None:
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
