"""What a run has to say: log.jsonl, curves.png and a file for TensorBoard."""

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
from rrsis_geo.training.monitoring.tensorboard import NAME, Event, write_events
from rrsis_geo.training.validation import Report

LOG = "log.jsonl"
NOT_CURVES = frozenset({"step", "time", "check"})


class RunLog:
    """One line of JSON per step and per validation; pictures are drawn from them.

    A run that goes on strikes out what came after its checkpoint. Numbers of a step
    are fetched from the GPU only when they are written, some steps at a time.

    Args:
        folder: of the run.
        first: step that the run begins with.
    """

    def __init__(self, folder: Path, *, first: int) -> None:
        self._folder = folder
        self._waiting: list[tuple[float, Step]] = []
        self._entries = [
            entry
            for entry in _read(folder / LOG)
            if entry["step"] < first
            or ("check" in entry and entry["step"] == first > 0)
        ]
        with staged(folder / LOG) as place:
            place.write_text("".join(json.dumps(e) + "\n" for e in self._entries))

    def step(self, step: Step) -> None:
        """Remember a step."""
        self._waiting.append((time.time(), step))

    def check(self, step: int, name: str, report: Report) -> None:
        """Write down what a validation after so many steps found."""
        self._write(
            [{"step": step, "time": time.time(), "check": name, **report.numbers()}]
        )

    def unsaid(self, steps: int, seconds: float) -> bool:
        """Whether so many steps, or so long a time, wait to be written down."""
        spent = sum(step.seconds for _, step in self._waiting)
        return len(self._waiting) >= steps or spent >= seconds

    def flush(self) -> dict[str, float]:
        """Write down all steps so far; returns the mean of those that were waiting."""
        entries = [
            {
                "step": step.number,
                "time": when,
                **step.numbers(),
                "rate": step.rate,
                "seconds": step.seconds,
                "waited": step.waited,
            }
            for when, step in self._waiting
        ]
        self._waiting.clear()
        self._write(entries)
        return {
            name: sum(entry[name] for entry in entries) / len(entries)
            for name in (entries[0] if entries else ())
            if name not in NOT_CURVES
        }

    def draw(self) -> None:
        """Curves and TensorBoard's file, from all that is written down.

        Raises:
            OutputError: they cannot be written.
        """
        write_curves(self._folder / "curves.png", _panels(self._entries))
        write_events(self._folder / NAME, map(_event, self._entries))

    def _write(self, entries: list[dict[str, Any]]) -> None:
        path = self._folder / LOG
        try:
            with path.open("a", encoding="utf-8") as log:
                log.write("".join(json.dumps(entry) + "\n" for entry in entries))
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(f"{path}: cannot be written: {reason}") from error
        self._entries += entries


def _read(path: Path) -> list[dict[str, Any]]:
    """Lines of a log; one that a full disk cut short ends it."""
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
    room = f"validation {entry['check']}" if "check" in entry else "training"
    values = {
        f"{room}/{name}": float(value)
        for name, value in entry.items()
        if name not in NOT_CURVES
    }
    return Event(entry["time"], entry["step"], values)
