"""The list of finished runs, kept in QGIS's settings."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from typing import List

from qgis.core import QgsSettings

from ..core.errors import RRSISError
from ..core.job import SegmentJob
from ..layers import result_layers
from ..settings import GROUP, stored_texts

KEY = f"{GROUP}/runs"

MAX_RUNS = 100
"""Runs that are listed; the files of older ones stay where they are."""


@dataclass(frozen=True)
class PastRun:
    """A finished run."""

    folder: str
    title: str
    """Of its group."""
    scene: str
    """Name of the layer that was searched."""
    job: str
    """Its `SegmentJob` as JSON."""
    content: str
    """Hash of the content of its output when it was written."""
    count: int
    """Objects found."""
    when: float
    """End of the run, in seconds since 1970."""

    @property
    def questions(self) -> str:
        """Return the expressions of the run, as one line."""
        return "; ".join(self.read_job().expressions)

    @property
    def exists(self) -> bool:
        """Whether its results are still there."""
        output = self.read_job().output
        return bool(output) and os.path.exists(str(output))

    def read_job(self) -> SegmentJob:
        """Return the job."""
        return SegmentJob.from_json(self.job)


def list_runs() -> List[PastRun]:
    """Return finished runs whose results are still there, the latest first."""
    found = []
    for text in stored_texts(KEY):
        try:
            run = PastRun(**json.loads(text))
            if run.exists:
                found.append(run)
        except (ValueError, TypeError, RRSISError):
            continue  # of another version of the plugin
    return found


def add_run(
    job: SegmentJob, *, folder: str, title: str, scene: str, content: str, count: int
) -> None:
    """Add a finished run as the latest."""
    run = PastRun(folder, title, scene, job.to_json(), content, count, time.time())
    texts = [json.dumps(asdict(run)), *stored_texts(KEY)]
    QgsSettings().setValue(KEY, texts[:MAX_RUNS])


def drop_run(folder: str) -> None:
    """Take a run off the list."""
    texts = [text for text in stored_texts(KEY) if _folder(text) != folder]
    QgsSettings().setValue(KEY, texts)


def reopen(run: PastRun) -> bool:
    """Add the layers of a run to the project; False where none can be opened.

    A file that was changed since counts as the user's: the slider leaves it alone.
    """
    if result_layers.run_layers(run.folder):
        return True
    added = result_layers.add_results(
        run.read_job(),
        run=run.folder,
        title=run.title,
        scene=run.scene,
        keep_probability=False,
        content=run.content,
    )
    return bool(added)


def _folder(text: str) -> str:
    try:
        return str(json.loads(text)["folder"])
    except (ValueError, TypeError, KeyError):
        return ""
