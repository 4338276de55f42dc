"""Which runtime a job uses. Nothing here imports torch unless it could find a GPU."""

from __future__ import annotations

import os
import platform
import shutil
from importlib.util import find_spec
from pathlib import Path

from rrsis_geo.errors import EngineError, OptionError, install_command
from rrsis_geo.job import SegmentOptions
from rrsis_geo.model.config import ModelConfig
from rrsis_geo.model.serialization.header import WeightsInfo
from rrsis_geo.runtime.graph_files import has_graphs

TORCH_HINT = install_command("torch", "transformers")
"""What brings torch. The packages themselves are named: pip would fetch rrsis-geo by
its name from an index where it may be somebody else's."""

MAX_WINDOW = 1536
"""Pixels; attention on onnx holds a weight for every pair of positions at stride 16,
which for this side takes 1.4 GB and grows with its fourth power."""

GPU_FILES = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
"""Device files of NVIDIA's driver, of a GPU in WSL, and of AMD's driver."""


def choose_runtime(options: SegmentOptions, info: WeightsInfo) -> str:
    """Choose between torch and onnx.

    `auto` takes torch for a GPU that it can use, and for what onnx cannot do: a named
    GPU, bfloat16, or a network without an exported graph. Otherwise onnx.

    Raises:
        EngineError: torch is needed and not installed.
        OptionError: onnx was asked for something that it cannot do.
    """
    reason = _why_not_onnx(options, info.config)
    if options.runtime == "onnx":
        if reason is not None:
            raise OptionError(f"runtime onnx {reason}: use runtime torch")
        return "onnx"
    if options.runtime == "torch" or reason is not None:
        if not torch_is_installed():
            needed = "" if reason is None else f", since runtime onnx {reason}"
            raise EngineError(f"runtime torch is needed{needed}: {TORCH_HINT}")
        return "torch"
    return "torch" if options.device == "auto" and gpu_is_usable() else "onnx"


def _why_not_onnx(options: SegmentOptions, config: ModelConfig) -> str | None:
    """What onnx cannot do for a job; None where it can do all."""
    if options.device not in ("auto", "cpu"):
        return f"computes on the CPU, not on {options.device}"
    if options.precision == "bfloat16":
        return "computes in float32, not in bfloat16"
    if options.window_size > MAX_WINDOW:
        return f"needs too much memory for windows above {MAX_WINDOW} pixels"
    if not has_graphs(config):
        return f"has no graph of the network {config.preset!r}"
    return None


def require_torch(what: str) -> None:
    """Make sure that torch is installed, before any work that cannot do without.

    Args:
        what: What needs it, as the beginning of a sentence.

    Raises:
        EngineError: torch is not installed.
    """
    if not torch_is_installed():
        raise EngineError(f"{what} needs torch, which is not installed: {TORCH_HINT}")


def torch_is_installed() -> bool:
    """Whether torch can be imported, without importing it."""
    return find_spec("torch") is not None


def gpu_is_usable() -> bool:
    """Whether torch is installed and sees a GPU.

    torch is asked only where there may be one, since importing it takes seconds.
    """
    if not torch_is_installed() or not _gpu_may_exist():
        return False
    from rrsis_geo.model.device import choose_device  # imports torch

    return choose_device("auto").type != "cpu"


def _gpu_may_exist() -> bool:
    if platform.system() == "Darwin":
        return platform.machine() == "arm64"
    if any(map(os.path.exists, GPU_FILES)):
        return True
    windows = os.environ.get("SYSTEMROOT")
    driver = windows is not None and Path(windows, "System32", "nvcuda.dll").exists()
    return driver or shutil.which("nvidia-smi") is not None
