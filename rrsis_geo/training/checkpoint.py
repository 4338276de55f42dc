"""Checkpoints: the whole state of a run in one safetensors file, written atomically."""

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
from rrsis_geo.training.data.run_inputs import RunInput, RunInputs
from rrsis_geo.training.schedule import Average

CHANGEABLE = frozenset({"keep_every", "validate_every", "validate_most"})
"""Settings that may differ when a run is resumed: they do not affect the weights."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Progress of a run."""

    step: int
    """Finished steps."""
    best: float | None = None
    """Highest validation score so far; None: not validated yet."""


def save_checkpoint(
    path: Path,
    *,
    network: nn.Module,
    optimizer: Optimizer,
    average: Average,
    progress: Progress,
    config: TrainConfig,
    inputs: RunInputs,
) -> None:
    """Save the state of a run, atomically.

    Raises:
        OutputError: the disk is full or the folder cannot be written; the previous
            checkpoint stays.
    """
    tensors: dict[str, Tensor] = {}
    for name, value in network.state_dict().items():
        tensors[f"network/{name}"] = value
    for name, value in average.state.items():
        tensors[f"average/{name}"] = value
    for index, state in optimizer.state_dict()["state"].items():
        for key, value in state.items():
            tensors[f"optimizer/{index}/{key}"] = torch.as_tensor(value)
    metadata = {
        "progress": asdict(progress),
        "config": asdict(config),
        "inputs": {name: asdict(value) for name, value in inputs.items()},
    }
    save_tensors(path, tensors, metadata)


def load_checkpoint(
    path: Path,
    *,
    network: nn.Module,
    optimizer: Optimizer,
    average: Average,
    config: TrainConfig,
) -> Progress:
    """Restore the state of a run in place.

    Raises:
        DataError: the file is broken or of another network.
        OptionError: the run had other settings.
    """
    tensors, metadata = load_tensors(path)
    try:
        progress = Progress(**metadata["progress"])
        before = dict(metadata["config"])
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: not a checkpoint of a run ({error})") from error
    _check_settings(path, before, config)
    parts: dict[str, dict[str, Tensor]] = {
        "network": {},
        "average": {},
        "optimizer": {},
    }
    for name, value in tensors.items():
        part, _, key = name.partition("/")
        parts[part][key] = value
    try:
        network.load_state_dict(parts["network"])
    except RuntimeError as error:
        raise DataError(
            f"{path}: checkpoint of another network; give the run another folder "
            "(--run)"
        ) from error
    device = next(network.parameters()).device
    average.state = {name: value.to(device) for name, value in parts["average"].items()}
    states: dict[int, dict[str, Tensor]] = {}
    for name, value in parts["optimizer"].items():
        index, _, key = name.partition("/")
        states.setdefault(int(index), {})[key] = value
    optimizer_state = optimizer.state_dict()
    optimizer_state["state"] = states
    optimizer.load_state_dict(optimizer_state)
    return progress


def check_inputs(path: Path, inputs: RunInputs) -> bool:
    """Check that a run goes on with the data and the start weights it began with.

    Returns:
        Whether the checkpoint tells; those of earlier versions do not.

    Raises:
        DataError: the file is broken.
        OptionError: the run had others.
    """
    with _opened(path) as stored:
        before = _metadata(stored).get("inputs", {})
    for name, now in inputs.items():
        if name not in before:
            return False
        try:
            old = RunInput(**before[name])
        except TypeError as error:
            raise DataError(f"{path}: not a checkpoint of a run ({error})") from error
        if old.digest != now.digest:
            same = ", of other content" if old.name == now.name else ""
            raise OptionError(
                f"{path}: the run had other {name} ({old.name}, now {now.name}{same}); "
                "give the old ones, or another folder for the run (--run)"
            )
    return True


def save_tensors(
    path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, object]
) -> None:
    """Write a safetensors file with JSON metadata, atomically.

    Raises:
        OutputError: the disk is full or the folder cannot be written.
    """
    # Tensors may share memory, which the format does not allow.
    copies = {
        name: value.detach().cpu().contiguous().clone()
        for name, value in tensors.items()
    }
    texts = {name: json.dumps(value) for name, value in metadata.items()}
    with _as_output_error(path), staged(path) as part:
        save_file(copies, part, texts)


def load_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, dict[str, Any]]]:
    """Read tensors and metadata written by `save_tensors`.

    Raises:
        DataError: the file cannot be read.
    """
    with _opened(path) as stored:
        names = stored.keys()  # an open file is no mapping
        tensors = {name: stored.get_tensor(name) for name in names}
        return tensors, _metadata(stored)


def _metadata(stored: Any) -> dict[str, dict[str, Any]]:
    texts = stored.metadata() or {}
    return {name: json.loads(text) for name, text in texts.items()}


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a file of `save_tensors`; what is wrong with it becomes a DataError."""
    try:
        with safe_open(path, framework="pt") as stored:
            yield stored
    except (OSError, SafetensorError, ValueError) as error:
        raise DataError(f"{path}: not a checkpoint ({error})") from error


@contextmanager
def _as_output_error(path: Path) -> Iterator[None]:
    """Turn errors of the safetensors writer, as on a full disk, into an OutputError."""
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
        if name not in CHANGEABLE and before.get(name) != now.get(name)
    ]
    if changed:
        raise OptionError(
            f"{path}: the run had other settings ({'; '.join(changed)}); give the old "
            "ones, or another folder for the run (--run)"
        )
