"""How tensors lie in a weights file: small, and back to float32 without a choice.

Matrices of the text encoder are int8 with one float16 scale per row (a row of the word
table is a word, a row of a linear layer an output); other matrices are float16;
vectors and scalars, which are tiny and often decide a norm, stay float32.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from rrsis_geo.errors import WeightsError

SCALE = ":scale"
LIMIT = 127


def pack(state: Iterable[tuple[str, Tensor]]) -> dict[str, Tensor]:
    """Tensors as they are written.

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
                f"{name}: not finite in storage; such weights are broken"
            )
    return packed


def unpack(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Float32 tensors by their names in the network.

    Raises:
        WeightsError: an int8 matrix comes without its scales.
    """
    tensors = {}
    for name, value in stored.items():
        if name.endswith(SCALE):
            continue
        if value.dtype == torch.int8:
            if name + SCALE not in stored:
                raise WeightsError(f"{name}: int8 without scales; the file is damaged")
            tensors[name] = value.float() * stored[name + SCALE].float()[:, None]
        else:
            tensors[name] = value.float()
    return tensors


def quantise(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """(R, C) to int8 (R, C) and float16 scales (R,); rows of zeros stay zeros."""
    scale = (matrix.abs().amax(dim=1) / LIMIT).half()
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
