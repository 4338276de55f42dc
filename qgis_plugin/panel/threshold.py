"""Changes of the threshold of finished runs: a file, then the layers that show it."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Callable, FrozenSet, Mapping

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..core.job import VectorizeJob
from ..layers import result_layers, threshold_files, threshold_layers
from ..layers.content import content_hash
from ..layers.object_ids import keep_numbers
from ..layers.threshold_layers import ThresholdFile
from ..translate import tr
from ..worker.controller import Controller
from ..worker.worker_client import Job

DEBOUNCE = 250
"""Milliseconds without a change of the slider before polygons are traced again."""


@dataclass(frozen=True)
class _Change:
    """One change of the threshold."""

    run: str
    """Folder of the run."""
    threshold: float
    min_score: float | None
    """Least score; None: as the weights say."""
    record: Mapping[str, Any]
    """Record of the first layer."""
    sources: Mapping[str, str]
    """Files that the layers show now -> hash of their content when written."""
    avoided: FrozenSet[str]
    """Files of layers that hold work of the user."""

    @property
    def name(self) -> str:
        """Name of the files of this run's polygons."""
        return os.path.basename(self.record["original"])


class ThresholdChanger(QObject):
    """Changes one threshold at a time; the last one that is wanted counts."""

    changed = pyqtSignal(str)
    """Folder of a run whose layers show other polygons now."""
    warning = pyqtSignal(str)
    """One sentence about a failure."""

    def __init__(
        self,
        controller: Controller,
        may_start: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        """Create a changer.

        Args:
            controller: Runs the jobs that trace polygons.
            may_start: Whether no search is in progress.
            parent: Owner in Qt's tree.
        """
        super().__init__(parent)
        self._controller = controller
        self._may_start = may_start
        self._pending: tuple[str, float, float | None] | None = None
        """Folder of a run, its next threshold and least score."""
        self._change: _Change | None = None
        self._task: _Task | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE)
        self._timer.timeout.connect(self._start)

    def change(self, run: str, threshold: float, min_score: float | None) -> None:
        """Show the polygons of a run at another threshold, after a short delay."""
        self._pending = (run, threshold, min_score)
        self._timer.start()

    def forget(self) -> None:
        """Drop the change that waits and the one in progress."""
        self._pending = None
        self._timer.stop()
        traced = self._change is not None and self._task is None
        self._change = None
        if traced:
            self._controller.cancel()

    def close(self) -> None:
        """Stop, and disconnect from a task that is still busy."""
        self.forget()
        task, self._task = self._task, None
        if task is not None:
            task.done.disconnect()

    def job_finished(self, job: VectorizeJob) -> None:
        """Number the objects that were traced, then show them."""
        if self._change is None:
            self._start_next()
            return
        self._run_task(job.output)

    def job_failed(self, job: VectorizeJob, cancelled: bool, message: str) -> None:
        """Report a failure and start the next change."""
        threshold_files.drop_empty_folder(job.output)
        self._change = None
        if not cancelled:  # a newer threshold cancels an older one
            self.warning.emit(message)
        self._start_next()

    def _start(self) -> None:
        if self._pending is None or self._task is not None or not self._may_start():
            return  # the end of the task or of the search calls this again
        if self._controller.busy:
            job: Job | None = self._controller.job
            if isinstance(job, VectorizeJob):
                self._controller.cancel()  # its end calls this again
            return
        run, threshold, min_score = self._pending
        self._pending = None
        shown = result_layers.run_layers(run)
        if not shown:
            return
        record = {**result_layers.read_record(shown[0])}
        record.setdefault("original", threshold_layers.source_file(shown[0]))
        if not os.path.exists(record["probability"]):
            self.warning.emit(
                tr("The probabilities {file} are gone: run the query again.").format(
                    file=record["probability"]
                )
            )
            return
        self._change = _Change(
            run,
            threshold,
            min_score,
            record,
            threshold_layers.written_contents(shown),
            threshold_layers.users_files(),
        )
        self._run_task("")

    def _run_task(self, traced: str) -> None:
        """Look for a file that can be shown, or finish the one that was traced."""
        self._task = _Task(self._change, traced)
        self._task.done.connect(self._task_done)
        QgsApplication.taskManager().addTask(self._task)

    def _task_done(self, found: _Found) -> None:
        change, self._task = self._change, None
        if change is None:
            self._start_next()
            return
        if found.content:
            self._change = None
            threshold_layers.show_polygons(
                change.run,
                ThresholdFile(
                    found.path, change.threshold, found.content, change.min_score
                ),
                changed=found.changed,
            )
            self.changed.emit(change.run)
        elif found.path:
            self._change = None
            self.warning.emit(
                tr("{file} was written, but QGIS cannot open it.").format(
                    file=found.path
                )
            )
        elif self._pending is None:
            self._trace(change)
            return
        self._change = None
        self._start_next()

    def _trace(self, change: _Change) -> None:
        try:
            output = threshold_files.new_file(
                change.run, change.name, change.threshold, change.min_score
            )
        except OSError as error:
            self._change = None
            self.warning.emit(
                tr("Polygons cannot be written to {folder}: {reason}.").format(
                    folder=change.run, reason=error.strerror or error
                )
            )
            return
        options = {
            name: change.record[name]
            for name in result_layers.POLYGON_OPTIONS
            if name in change.record
        }
        job = VectorizeJob(
            probability=change.record["probability"],
            output=output,
            **{
                **options,
                "threshold": change.threshold,
                "min_score": change.min_score,
            },
        )
        if not self._controller.run(job):
            threshold_files.drop_empty_folder(output)
            self._change = None

    def _start_next(self) -> None:
        if self._pending is not None:
            self._timer.start()


@dataclass(frozen=True)
class _Found:
    """What a task has found."""

    path: str = ""
    """File to show; empty: there is none yet."""
    content: str = ""
    """Hash of its content; empty: it cannot be read."""
    changed: FrozenSet[str] = frozenset()
    """Files of layers that somebody has changed."""


class _Task(QgsTask):
    """Reads and numbers files in a thread; the task manager deletes it afterwards."""

    done = pyqtSignal(object)
    """`_Found`."""

    def __init__(self, change: _Change, traced: str) -> None:
        """Create a task.

        Args:
            change: The change of the threshold.
            traced: File that was written for it; empty: look for one.
        """
        # it takes seconds, and ends by itself where it is cancelled
        flags = QgsTask.Flag.CanCancel
        super().__init__(tr("Comparing objects of two thresholds"), flags)
        self._change = change
        self._traced = traced
        self._found = _Found(traced)

    def run(self) -> bool:
        """Read and number; called in a thread."""
        path = self._traced or self._find_existing()
        if self._traced:
            self._number(path)
        content = content_hash(path) if path else ""
        if self._traced and content:
            with suppress(OSError):  # it will only not be shown again
                threshold_files.seal(path, content)
        changed = frozenset(
            source
            for source, written in self._change.sources.items()
            if content and content_hash(source) != written
        )
        self._found = _Found(path, content, changed)
        return True

    def finished(self, _successful: bool) -> None:
        """Emit the result; called in the main thread."""
        self.done.emit(self._found)

    def _find_existing(self) -> str:
        """Return a file of this threshold that nobody has changed, or nothing."""
        change, record = self._change, self._change.record
        original = str(record["original"])
        content = record.get("original_content")
        if (
            content
            and original not in change.avoided
            and abs(record.get("original_threshold", -1) - change.threshold) < 0.005
            and threshold_files.same_score(
                record.get("original_min_score"), change.min_score
            )
            and content_hash(original) == content
        ):
            return original
        found = threshold_files.find_unchanged(
            change.run, change.name, change.threshold, content_hash, change.min_score
        )
        return found if found and found not in change.avoided else ""

    def _number(self, path: str) -> None:
        """Give every object the number that it has at other thresholds."""
        change = self._change
        nearest = threshold_files.nearest_files(
            change.run, change.name, change.threshold
        )
        others = threshold_files.existing_files(change.run, change.name)
        keep_numbers(
            path,
            [str(change.record["original"]), *nearest],
            [other for _, other in others],
        )
