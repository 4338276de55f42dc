"""Which device, which precision: chosen once, before a predictor is built."""

from __future__ import annotations

import torch

from rrsis_geo.errors import OptionError

GPU_BATCH = 8


def choose_device(wanted: str) -> torch.device:
    """The device of that name; auto takes a GPU where there is one.

    Raises:
        OptionError: this machine or this torch has no such device.
    """
    if wanted == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        if torch.backends.mps.is_available():
            return torch.device("mps")
        return torch.device("cpu")
    kind, _, number = wanted.partition(":")
    present = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    usable = present.get(kind, False)
    if usable and number:
        usable = number.isdecimal() and int(number) < _count(kind)
    if not usable:
        there = [name for name, found in present.items() if found]
        raise OptionError(
            f"device {wanted!r} is not on this machine; there are {there}"
        )
    return torch.device(wanted)


def choose_precision(wanted: str, device: torch.device) -> torch.dtype:
    """float32 or bfloat16; auto takes bfloat16 where the processor computes in it."""
    if wanted == "float32":
        return torch.float32
    if wanted == "bfloat16":
        return torch.bfloat16
    if device.type == "cuda":
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
    elif device.type == "cpu":
        fast = _cpu_has_bfloat16()
    else:
        fast = False
    return torch.bfloat16 if fast else torch.float32


def choose_batch(wanted: int, device: torch.device) -> int:
    """Windows per pass; 0 chooses: 1 on a CPU, where batching gains nothing."""
    if wanted:
        return wanted
    return GPU_BATCH if device.type == "cuda" else 1


def _count(kind: str) -> int:
    return torch.cuda.device_count() if kind == "cuda" else 1


def _cpu_has_bfloat16() -> bool:
    """Whether bfloat16 products are an instruction; else autocast is slower."""
    asks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")  # since torch 2.6
    return any(getattr(torch.cpu, name, bool)() for name in asks)
