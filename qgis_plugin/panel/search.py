"""Runs of the panel: from a question to layers, through the controller."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import Any, List

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..core.job import SegmentJob, VectorizeJob
from ..core.protocol import Finished, Partial
from ..layers import result_layers as layers
from ..request_error import Refused
from ..translate import tr
from ..worker.controller import Controller
from . import request
from .request import Question, Scene
from .scene_maker import SceneMaker

PAUSE = 250
"""Milliseconds a slider must rest before polygons are traced anew."""


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
    """The run under way."""

    question: Question
    folder: str
    title: str
    scene_name: str
    layer_id: str


class Search(QObject):
    """One run at a time, and thresholds of runs that are over."""

    begun = pyqtSignal()
    """A run has its folder and its group."""
    ended = pyqtSignal(object)
    """`Outcome`."""
    retraced = pyqtSignal(str)
    """Folder of a run whose layers show other polygons now."""
    trouble = pyqtSignal(str)
    """One sentence about something that failed beside a run."""
    preparing = pyqtSignal(bool)
    """True: the layer's image is being fetched; False: no longer."""

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._scenes = SceneMaker(self)
        self._run: _Run | None = None
        self._unfinished: tuple[str, str] | None = None  # its question, its folder
        self._wanted: tuple[str, float] | None = None
        self._turn = 0
        self._closed = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(PAUSE)
        self._rest.timeout.connect(self._retrace)
        controller.partial.connect(self._partial)
        controller.finished.connect(self._finished)
        controller.failed.connect(self._failed)
        self._scenes.made.connect(self._ask)
        self._scenes.failed.connect(self._no_scene)
        project = QgsProject.instance()
        project.layersWillBeRemoved.connect(self._layers_go)
        project.cleared.connect(self._project_closed)

    @property
    def busy(self) -> bool:
        """Whether a run or a new threshold is under way."""
        return self._run is not None or self._controller.busy

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self._run is not None

    @property
    def worker(self) -> int:
        """Process number of the worker; 0 where there is none."""
        return self._controller.pid

    def run(self, question: Question) -> None:
        """Begin a run.

        Raises:
            Refused: it cannot work, or another is under way.
        """
        if self._run is not None:
            raise Refused(tr("A search is running: wait for it, or cancel it first."))
        if self._controller.busy:
            raise Refused(tr("Polygons are being traced anew: wait a moment."))
        request.check(question)
        folder = self._folder(question)
        title = request.title(question)
        layer = question.layer
        self._run = _Run(question, folder, title, layer.name(), layer.id())
        self._unfinished = (request.same_question(question), folder)
        layers.begin(folder, title)
        self.begun.emit()
        self.preparing.emit(True)
        self._scenes.make(question, os.path.join(folder, "scene.tif"))

    def cancel(self, cause: str = "") -> None:
        """Stop what is under way."""
        if self._scenes.busy:
            self._scenes.cancel(cause)
        else:
            self._controller.cancel(cause)

    def retrace(self, run: str, threshold: float) -> None:
        """Show the polygons of a run at another threshold, soon."""
        self._wanted = (run, threshold)
        self._rest.start()

    def close(self) -> None:
        """Stop everything and let go of the project; once is enough."""
        if self._closed:
            return
        self._closed = True
        self._rest.stop()
        self._scenes.cancel("")
        project = QgsProject.instance()
        project.layersWillBeRemoved.disconnect(self._layers_go)
        project.cleared.disconnect(self._project_closed)
        if self._run is not None:
            layers.drop(self._run.folder)
            self._run = None
        self._controller.close()
        self._forget_unfinished()

    def end_worker(self) -> None:
        """End the worker and whatever it does, at once, as at QGIS's exit."""
        self._controller.close()

    def _folder(self, question: Question) -> str:
        """The folder of the same question's unfinished run, else a new one."""
        if self._unfinished is not None:
            same, folder = self._unfinished
            if same == request.same_question(question) and os.path.isdir(folder):
                return folder
        folder = request.new_folder(question)
        self._forget_unfinished()
        return folder

    def _forget_unfinished(self) -> None:
        """What an abandoned run has left to go on from."""
        if self._unfinished is not None:
            shutil.rmtree(self._unfinished[1], ignore_errors=True)
            self._unfinished = None

    def _ask(self, scene: Scene) -> None:
        self.preparing.emit(False)
        run = self._run
        try:
            job = request.build(run.question, scene, run.folder)
        except Refused as error:
            self._end("failed", str(error))
            return
        self._controller.run(job)

    def _no_scene(self, message: str) -> None:
        self.preparing.emit(False)
        if self._run is not None:
            self._end("failed" if message else "cancelled", message or tr("Cancelled."))

    def _partial(self, found: Partial) -> None:
        run = self._run
        if run is not None:
            layers.add_partial(run.folder, run.title, run.question.expressions, found)

    def _finished(self, task: Any, finished: Finished) -> None:
        if isinstance(task, VectorizeJob):
            self._retraced(task)
        elif self._run is not None:
            self._done(task, finished)

    def _done(self, job: SegmentJob, finished: Finished) -> None:
        run = self._run
        made = layers.finish(
            job,
            run=run.folder,
            title=run.title,
            scene=run.scene_name,
            keep_probability=run.question.keep_probability,
        )
        self._unfinished = None
        if not made:
            self._end(
                "failed",
                tr("{file} was written, but QGIS cannot open it.").format(
                    file=job.output
                ),
            )
        elif finished.polygons:
            self._end("found", _found(made))
        else:
            self._end(
                "nothing",
                tr(
                    "Nothing found. A lower threshold or other words may find more; "
                    "the slider below tries a threshold without searching again."
                ),
            )

    def _failed(self, task: Any, code: str, message: str) -> None:
        if isinstance(task, VectorizeJob):
            if code != "cancelled":  # an older wish that a newer one stopped
                self.trouble.emit(message)
            self._next_retrace()
        elif self._run is not None:
            self._end("cancelled" if code == "cancelled" else "failed", message)

    def _end(self, kind: str, text: str) -> None:
        run, self._run = self._run, None
        if kind == "cancelled":
            layers.keep_partial(run.folder)
        elif kind == "failed":
            layers.drop(run.folder)
        self.ended.emit(Outcome(kind, text, run.folder))

    def _retrace(self) -> None:
        if self._wanted is None or self._run is not None:
            return
        if self._controller.busy:
            if isinstance(self._controller.task, VectorizeJob):
                self._controller.cancel()  # an older wish; its end calls again
            return
        run, threshold = self._wanted
        self._wanted = None
        shown = layers.layers_of(run)
        if not shown:
            return
        values = layers.record_of(shown[0])
        if not os.path.exists(values["probability"]):
            self.trouble.emit(
                tr("The probabilities {file} are gone: run the query again.").format(
                    file=values["probability"]
                )
            )
            return
        self._turn += 1
        anchor = os.path.join(run, request.slug(values["expressions"][0]) + ".gpkg")
        task = VectorizeJob(
            probability=values["probability"],
            output=layers.threshold_file(anchor, threshold, self._turn),
            overwrite=True,
            threshold=threshold,
            min_score=values.get("min_score"),
            min_area=values["min_area"],
            fill_holes=values["fill_holes"],
            simplify=values["simplify"],
            split=values.get("split"),
        )
        self._controller.run(task)

    def _retraced(self, task: VectorizeJob) -> None:
        run = os.path.dirname(task.output)
        layers.replace(run, task.output, threshold=task.threshold)
        self.retraced.emit(run)
        self._next_retrace()

    def _next_retrace(self) -> None:
        if self._wanted is not None:
            self._rest.start()

    def _layers_go(self, ids: List[str]) -> None:
        if self._run is not None and self._run.layer_id in ids:
            self.cancel(
                tr("Layer {layer} was removed, so its search was cancelled.").format(
                    layer=self._run.scene_name
                )
            )

    def _project_closed(self) -> None:
        self._wanted = None
        if self._run is not None:
            self.cancel(tr("The project was closed, so the search was cancelled."))


def _found(made: List[Any]) -> str:
    counts = [layers.count(layer) for layer in made]
    if len(counts) == 1:
        return _objects(counts[0])
    parts = [
        f"{layer.name()}: {count}"
        for layer, count in zip(made, counts)  # noqa: B905 - Python 3.9
    ]
    return _objects(sum(counts)) + " (" + ", ".join(parts) + ")"


def _objects(count: int) -> str:
    if count == 1:
        return tr("1 object found")
    return tr("{count} objects found").format(count=count)
