"""Number formats of tensors in a weights file.

Matrices of the text encoder are int8 with one float16 scale per row: a row is a token
of an embedding table, or an output of a linear layer. Other matrices are float16, or
int8 likewise in weights that were made smaller; a row of a kernel is its output.
Vectors and scalars stay float32, since they are small and often belong to norms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.serialization.numpy_tensors import SCALE

LIMIT = 127
MIN_INPUTS = 16
"""Inputs of an output from which on `shrink` quantises a matrix or kernel."""


def pack(state: Iterable[tuple[str, Tensor]]) -> dict[str, Tensor]:
    """Convert float tensors to the formats in which they are stored.

    Raises:
        WeightsError: a value is not finite, or too large for float16.
    """
    packed: dict[str, Tensor] = {}
    for name, value in state:
        tensor = value.detach().cpu().float().contiguous()
        if _is_text_matrix(name, tensor):
            packed[name], packed[name + SCALE] = quantise(tensor)
        else:
            packed[name] = tensor if tensor.ndim <= 1 else tensor.half()
    for name, value in packed.items():
        if not torch.isfinite(value).all():
            raise WeightsError(
                f"{name}: a value is not finite, or too large for float16; the network "
                "is broken, save an earlier checkpoint"
            )
    return packed


def unpack(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Convert stored tensors to float32, under their names in the network.

    Raises:
        WeightsError: an int8 matrix has no scales.
    """
    tensors = {}
    for name, value in stored.items():
        if name.endswith(SCALE):
            continue
        if value.dtype == torch.int8:
            if name + SCALE not in stored:
                raise WeightsError(
                    f"{name}: int8 without scales; the weights file is damaged, fetch "
                    "it again"
                )
            scale = stored[name + SCALE].float()  # (R,)
            tensors[name] = value.float() * scale.view(-1, *[1] * (value.ndim - 1))
        else:
            tensors[name] = value.float()
    return tensors


def quantise(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Quantise each row of a matrix, or of a kernel, by its largest absolute value.

    Args:
        matrix: (R, ...) float32.

    Returns:
        (R, ...) int8 levels and (R,) float16 scales; rows of zeros stay zeros.
    """
    rows = matrix.flatten(1)  # (R, K)
    scale = (rows.abs().amax(dim=1) / LIMIT).half()  # (R,)
    divisor = scale.float().where(scale > 0, torch.ones(()))
    levels = (rows / divisor[:, None]).round().clamp(-LIMIT, LIMIT)
    return levels.to(torch.int8).view(matrix.shape), scale


def shrink(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Quantise the float16 matrices among tensors as they are stored.

    Half as many bytes, at an error of up to 0.4 % of a row's largest number. Kernels of
    few inputs, such as those of depthwise convolutions, stay as they are: they are
    small, and networks are sensitive to them.
    """
    small: dict[str, Tensor] = {}
    for name, value in stored.items():
        wide = value.ndim > 1 and value.shape[1] >= MIN_INPUTS
        if wide and value.dtype == torch.float16:
            small[name], small[name + SCALE] = quantise(value.float())
        else:
            small[name] = value
    return small


def _is_text_matrix(name: str, tensor: Tensor) -> bool:
    tables = ("position_embeddings", "token_type_embeddings")
    return (
        name.startswith("text.")
        and tensor.ndim == 2
        and not any(table in name for table in tables)
    )
