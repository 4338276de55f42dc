"""The log of a run: log.jsonl, curves.png and a file for TensorBoard."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rrsis_geo.atomic_write import staged
from rrsis_geo.errors import OutputError
from rrsis_geo.model.losses import Losses
from rrsis_geo.training.loop import Step
from rrsis_geo.training.monitoring.plots import Curve, Panel, write_curves
from rrsis_geo.training.monitoring.tensorboard import EVENTS_FILE, Event, write_events
from rrsis_geo.training.validation import Report

LOG_FILE = "log.jsonl"

NOT_METRICS = frozenset({"step", "time", "check"})
"""Keys of a log entry that are not plotted."""


class RunLog:
    """A line of JSON per step and per validation; plots are drawn from them.

    Entries after the checkpoint of a resumed run are removed. Steps are buffered until
    `flush`, because reading their metrics waits for the GPU.

    Args:
        folder: of the run.
        first: step that the run starts or resumes at.
    """

    def __init__(self, folder: Path, *, first: int) -> None:
        self._folder = folder
        self._buffer: list[tuple[float, Step]] = []
        self._entries = [
            entry
            for entry in _read(folder / LOG_FILE)
            if entry["step"] < first
            or ("check" in entry and entry["step"] == first > 0)
        ]
        with staged(folder / LOG_FILE) as part:
            part.write_text("".join(json.dumps(e) + "\n" for e in self._entries))

    def record_step(self, step: Step) -> None:
        """Buffer a step."""
        self._buffer.append((time.time(), step))

    def record_validation(self, step: int, name: str, report: Report) -> None:
        """Write the report of a validation after `step` steps."""
        self._write(
            [{"step": step, "time": time.time(), "check": name, **report.metrics()}]
        )

    def due(self, *, steps: int, seconds: float) -> bool:
        """Whether the buffered steps reach a number of steps or a duration."""
        buffered = sum(step.seconds for _, step in self._buffer)
        return len(self._buffer) >= steps or buffered >= seconds

    def flush(self) -> dict[str, float]:
        """Write the buffered steps and return the means of their metrics."""
        entries = [
            {
                "step": step.number,
                "time": recorded,
                **step.metrics(),
                "rate": step.rate,
                "seconds": step.seconds,
                "waited": step.waited,
            }
            for recorded, step in self._buffer
        ]
        self._buffer.clear()
        self._write(entries)
        return {
            name: sum(entry[name] for entry in entries) / len(entries)
            for name in (entries[0] if entries else ())
            if name not in NOT_METRICS
        }

    def write_plots(self) -> None:
        """Write curves.png and the file for TensorBoard from all entries.

        Raises:
            OutputError: they cannot be written.
        """
        write_curves(self._folder / "curves.png", _panels(self._entries))
        write_events(self._folder / EVENTS_FILE, map(_event, self._entries))

    def _write(self, entries: list[dict[str, Any]]) -> None:
        path = self._folder / LOG_FILE
        try:
            with path.open("a", encoding="utf-8") as log:
                log.write("".join(json.dumps(entry) + "\n" for entry in entries))
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(f"{path}: cannot be written: {reason}") from error
        self._entries += entries


def _read(path: Path) -> list[dict[str, Any]]:
    """Read a log up to the first line that is incomplete, as after a full disk."""
    entries: list[dict[str, Any]] = []
    if not path.exists():
        return entries
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            entries.append(json.loads(line))
        except ValueError:
            break
    return entries


def _panels(entries: list[dict[str, Any]]) -> list[Panel]:
    steps = [entry for entry in entries if "check" not in entry]
    checks = [entry for entry in entries if "check" in entry]
    parts = [name for name in Losses._fields if any(e[name] for e in steps)]
    names = sorted({entry["check"] for entry in checks})
    return [
        Panel(title="loss", curves=(_curve("loss", steps),)),
        Panel(title="its parts", curves=tuple(_curve(name, steps) for name in parts)),
        Panel(title="norm of the gradient", curves=(_curve("norm", steps),)),
        Panel(title="learning rate", curves=(_curve("rate", steps),)),
        Panel(
            title="validation: score",
            dots=True,
            curves=tuple(
                _curve("score", [e for e in checks if e["check"] == name], name)
                for name in names
            ),
        ),
    ]


def _curve(key: str, entries: list[dict[str, Any]], name: str = "") -> Curve:
    return Curve(
        name=name or key,
        steps=[entry["step"] for entry in entries],
        values=[entry[key] for entry in entries],
    )


def _event(entry: Mapping[str, Any]) -> Event:
    group = f"validation {entry['check']}" if "check" in entry else "training"
    values = {
        f"{group}/{name}": float(value)
        for name, value in entry.items()
        if name not in NOT_METRICS
    }
    return Event(entry["time"], entry["step"], values)
