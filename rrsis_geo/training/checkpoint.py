"""A run's whole state in one safetensors file: written at once or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from rrsis_geo.atomic_write import staged
from rrsis_geo.errors import DataError, OptionError, OutputError
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.schedule import Average

FREE = frozenset({"keep_every", "validate_every", "validate_most"})
"""Settings that a run may change when it goes on: they move no weight."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a run has come."""

    step: int
    """Steps done."""
    best: float | None = None
    """Highest score on validation so far; None: none yet."""


def save_checkpoint(
    path: Path,
    *,
    network: nn.Module,
    optimizer: Optimizer,
    average: Average,
    progress: Progress,
    config: TrainConfig,
) -> None:
    """Write beside the target, flush to the disk, then take its place.

    Raises:
        OutputError: the disk is full or the folder cannot be written; the checkpoint
            before stays.
    """
    tensors: dict[str, Tensor] = {}
    for name, value in network.state_dict().items():
        tensors[f"network/{name}"] = value
    for name, value in average.state.items():
        tensors[f"average/{name}"] = value
    for index, state in optimizer.state_dict()["state"].items():
        for key, value in state.items():
            tensors[f"optimizer/{index}/{key}"] = torch.as_tensor(value)
    notes = {"progress": asdict(progress), "config": asdict(config)}
    save_tensors(path, tensors, notes)


def load_checkpoint(
    path: Path,
    *,
    network: nn.Module,
    optimizer: Optimizer,
    average: Average,
    config: TrainConfig,
) -> Progress:
    """Put everything back where it was.

    Raises:
        DataError: the file is broken or of another network.
        OptionError: the run had other settings.
    """
    tensors, notes = load_tensors(path)
    try:
        progress = Progress(**notes["progress"])
        before = dict(notes["config"])
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: not a checkpoint of a run ({error})") from error
    _check_settings(path, before, config)
    parts: dict[str, dict[str, Tensor]] = {
        "network": {},
        "average": {},
        "optimizer": {},
    }
    for name, value in tensors.items():
        room, _, rest = name.partition("/")
        parts[room][rest] = value
    try:
        network.load_state_dict(parts["network"])
    except RuntimeError as error:
        raise DataError(
            f"{path}: checkpoint of another network; take another folder for the run"
        ) from error
    place = next(network.parameters()).device
    average.state = {name: value.to(place) for name, value in parts["average"].items()}
    states: dict[int, dict[str, Tensor]] = {}
    for name, value in parts["optimizer"].items():
        index, _, key = name.partition("/")
        states.setdefault(int(index), {})[key] = value
    body = optimizer.state_dict()
    body["state"] = states
    optimizer.load_state_dict(body)
    return progress


def save_tensors(
    path: Path, tensors: Mapping[str, Tensor], notes: Mapping[str, object]
) -> None:
    """A safetensors file with JSON notes, whole or not at all; errors as above."""
    body = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    metadata = {name: json.dumps(value) for name, value in notes.items()}
    with one_line(path), staged(path) as place:
        # A tensor may share its memory with another; the format wants each its own.
        save_file(
            {name: value.clone() for name, value in body.items()}, place, metadata
        )


def load_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, dict[str, Any]]]:
    """What `save_tensors` wrote.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        with safe_open(path, framework="pt") as stored:
            notes = {
                name: json.loads(text)
                for name, text in (stored.metadata() or {}).items()
            }
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError, ValueError) as error:
        raise DataError(f"{path}: not a checkpoint ({error})") from error
    return tensors, notes


@contextmanager
def one_line(path: Path) -> Iterator[None]:
    """What the format's own writer says of a full disk, as our error."""
    try:
        yield
    except SafetensorError as error:
        raise OutputError(f"{path}: cannot be written: {error}") from error


def _check_settings(
    path: Path, before: Mapping[str, object], config: TrainConfig
) -> None:
    now = json.loads(json.dumps(asdict(config)))
    changed = [
        f"{name} {before.get(name)!r}, now {now.get(name)!r}"
        for name in sorted(before.keys() | now.keys())
        if name not in FREE and before.get(name) != now.get(name)
    ]
    if changed:
        raise OptionError(
            f"{path}: the run had other settings ({'; '.join(changed)}); give the old "
            "ones, or another folder for the run"
        )
