"""Tensors of a safetensors file with numpy. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from rrsis_geo.errors import WeightsError

SCALE = ":scale"
"""Suffix of the name of a tensor of scales; see `model.serialization.quantization`."""


def open_tensors(path: Path) -> Any:
    """Open a file; its tensors are read when they are asked for.

    Raises:
        WeightsError: it cannot be read.
    """
    try:
        return safe_open(path, framework="numpy")
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{path}: cannot be read as safetensors ({error})"
        ) from error


def unpacked(
    stored: NDArray[Any], scales: NDArray[Any] | None, rows: Any = slice(None)
) -> NDArray[np.float32]:
    """Rows of a stored tensor in float32.

    Args:
        stored: As in the file.
        scales: One for each row of an int8 tensor; None for others.
        rows: Those wanted; the others are not unpacked.
    """
    if scales is None:
        return np.asarray(stored[rows] if stored.ndim else stored, np.float32)
    values: NDArray[np.float32] = stored[rows].astype(np.float32)
    values *= scales[rows].astype(np.float32).reshape(-1, *[1] * (stored.ndim - 1))
    return values
