"""Choice of device, precision and batch size."""

from __future__ import annotations

import torch

from rrsis_geo.errors import OptionError

GPU_BATCH = 8


def choose_device(name: str) -> torch.device:
    """Choose a device.

    Args:
        name: auto, cpu, cuda, cuda:N or mps; auto prefers a GPU.

    Raises:
        OptionError: this machine, or this build of torch, has no such device.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        if torch.backends.mps.is_available():
            return torch.device("mps")
        return torch.device("cpu")
    kind, _, number = name.partition(":")
    available = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    usable = available.get(kind, False)
    if usable and number:
        usable = number.isdecimal() and int(number) < _count(kind)
    if not usable:
        kinds = [kind for kind, present in available.items() if present]
        raise OptionError(f"device {name!r} is not on this machine; there are {kinds}")
    return torch.device(name)


def choose_precision(name: str, device: torch.device) -> torch.dtype:
    """Choose the dtype of autocast.

    Args:
        name: auto, float32 or bfloat16; auto takes bfloat16 where the hardware has it.
        device: to compute on.
    """
    if name == "float32":
        return torch.float32
    if name == "bfloat16":
        return torch.bfloat16
    if device.type == "cuda":
        native = torch.cuda.is_bf16_supported(including_emulation=False)
    elif device.type == "cpu":
        native = _cpu_has_bfloat16()
    else:
        native = False
    return torch.bfloat16 if native else torch.float32


def choose_batch(size: int, device: torch.device) -> int:
    """Windows per pass; for 0, 8 on CUDA and 1 elsewhere, where batching gains nothing.

    Args:
        size: as given by the user; 0: choose.
        device: to compute on.
    """
    if size:
        return size
    return GPU_BATCH if device.type == "cuda" else 1


def device_name(device: torch.device) -> str:
    """What a GPU is called; "" of a CPU."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else ""


def _count(kind: str) -> int:
    return torch.cuda.device_count() if kind == "cuda" else 1


def _cpu_has_bfloat16() -> bool:
    """Whether the CPU has bfloat16 instructions; without them autocast is slower."""
    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")  # since torch 2.6
    return any(getattr(torch.cpu, name, bool)() for name in checks)
