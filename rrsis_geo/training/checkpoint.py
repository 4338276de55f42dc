"""A run's whole state in one safetensors file: written at once or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from rrsis_geo.errors import DataError
from rrsis_geo.training.schedule import Average


def save_checkpoint(
    path: Path, *, network: nn.Module, optimizer: Optimizer, average: Average, step: int
) -> None:
    """Write beside the target, flush to the disk, then take its place.

    Raises:
        DataError: the disk is full or the folder cannot be written.
    """
    tensors: dict[str, Tensor] = {}
    for name, value in network.state_dict().items():
        tensors[f"network/{name}"] = value
    for name, value in average.state.items():
        tensors[f"average/{name}"] = value
    for index, state in optimizer.state_dict()["state"].items():
        for key, value in state.items():
            tensors[f"optimizer/{index}/{key}"] = torch.as_tensor(value)
    part = path.with_name(path.name + ".part")
    try:
        save_file(
            {name: value.contiguous().clone() for name, value in tensors.items()},
            part,
            metadata={"step": json.dumps(step)},
        )
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.replace(path)
    except (OSError, SafetensorError) as error:
        part.unlink(missing_ok=True)
        raise DataError(f"{path}: checkpoint cannot be written ({error})") from error


def load_checkpoint(
    path: Path, *, network: nn.Module, optimizer: Optimizer, average: Average
) -> int:
    """Put everything back where it was; returns the next step.

    Raises:
        DataError: the file is broken or of another network.
    """
    try:
        with safe_open(path, framework="pt") as stored:
            step = int(json.loads(stored.metadata()["step"]))
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise DataError(f"{path}: not a checkpoint ({error})") from error
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
        raise DataError(f"{path}: checkpoint of another network") from error
    average.state = parts["average"]
    states: dict[int, dict[str, Tensor]] = {}
    for name, value in parts["optimizer"].items():
        index, _, key = name.partition("/")
        states.setdefault(int(index), {})[key] = value
    body = optimizer.state_dict()
    body["state"] = states
    optimizer.load_state_dict(body)
    return step
