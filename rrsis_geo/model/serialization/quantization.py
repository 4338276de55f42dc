"""Number formats of tensors in a weights file.

Matrices of the text encoder are int8 with one float16 scale per row: a row is a token
of an embedding table, or an output of a linear layer. Other matrices are float16.
Vectors and scalars stay float32, since they are small and often belong to norms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from rrsis_geo.errors import WeightsError

SCALE = ":scale"
"""Suffix of the name of a tensor of scales."""
LIMIT = 127


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
            tensors[name] = value.float() * stored[name + SCALE].float()[:, None]
        else:
            tensors[name] = value.float()
    return tensors


def quantise(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Quantise each row of a matrix by its largest absolute value.

    Args:
        matrix: (R, K) float32.

    Returns:
        (R, K) int8 levels and (R,) float16 scales; rows of zeros stay zeros.
    """
    scale = (matrix.abs().amax(dim=1) / LIMIT).half()  # (R,)
    divisor = scale.float().where(scale > 0, torch.ones(()))
    levels = (matrix / divisor[:, None]).round().clamp(-LIMIT, LIMIT)
    return levels.to(torch.int8), scale


def _is_text_matrix(name: str, tensor: Tensor) -> bool:
    tables = ("position_embeddings", "token_type_embeddings")
    return (
        name.startswith("text.")
        and tensor.ndim == 2
        and not any(table in name for table in tables)
    )
