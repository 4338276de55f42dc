"""BERT without its pooler (Devlin et al., 2018, arXiv 1810.04805), the text encoder.

Parameter names are those of the public checkpoints, so that BERT and MiniLM load
without renaming. There is no dropout. This is own code because importing transformers
takes longer than segmenting a window.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from rrsis_geo.model.layers import join_heads, split_heads

EPSILON = 1e-12


class TextEncoder(nn.Module):
    """Token ids to contextual text features, the last hidden state."""

    def __init__(
        self,
        *,
        vocabulary: int,
        dim: int,
        layers: int,
        heads: int,
        hidden: int,
        positions: int,
    ) -> None:
        super().__init__()
        self.embeddings = Embeddings(vocabulary, dim, positions)
        self.encoder = Layers(dim, layers, heads, hidden)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Encode texts.

        Args:
            ids: (N, T) token ids.
            mask: (N, T), True on a token.

        Returns:
            (N, T, D), L_0 of the paper.
        """
        x = self.embeddings(ids)  # (N, T, D)
        for layer in self.encoder.layer:
            x = layer(x, mask[:, None, None, :])
        return x  # type: ignore[no-any-return]


class Embeddings(nn.Module):
    """Sum of token, position and segment embeddings; there is one segment."""

    def __init__(self, vocabulary: int, dim: int, positions: int) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(vocabulary, dim, padding_idx=0)
        self.position_embeddings = nn.Embedding(positions, dim)
        self.token_type_embeddings = nn.Embedding(2, dim)
        self.LayerNorm = nn.LayerNorm(dim, eps=EPSILON)

    def forward(self, ids: Tensor) -> Tensor:
        """(N, T) token ids to (N, T, D)."""
        positions = self.position_embeddings.weight[: ids.shape[1]]  # (T, D)
        segment = self.token_type_embeddings.weight[0]  # (D,)
        out: Tensor = self.LayerNorm(self.word_embeddings(ids) + positions + segment)
        return out


class Layers(nn.Module):
    """The stack of layers; a module of its own because checkpoints name it."""

    def __init__(self, dim: int, layers: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.layer = nn.ModuleList(Layer(dim, heads, hidden) for _ in range(layers))


class Layer(nn.Module):
    """Self-attention and feed-forward, each followed by a layer norm."""

    def __init__(self, dim: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.heads = heads
        self.attention = nn.ModuleDict(
            {
                "self": nn.ModuleDict(
                    {name: nn.Linear(dim, dim) for name in ("query", "key", "value")}
                ),
                "output": _output(dim, dim),
            }
        )
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(dim, hidden)})
        self.output = _output(hidden, dim)

    def forward(self, x: Tensor, allowed: Tensor) -> Tensor:
        """Apply the layer.

        Args:
            x: (N, T, D).
            allowed: (N, 1, 1, T), True on a token.

        Returns:
            (N, T, D).
        """
        parts = cast(nn.ModuleDict, self.attention["self"])
        query, key, value = (
            split_heads(self.heads, parts[name](x))
            for name in ("query", "key", "value")
        )  # (N, h, T, D / h) each
        attended = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=allowed
        )  # (N, h, T, D / h)
        output = cast(nn.ModuleDict, self.attention["output"])
        x = _add_and_norm(output, join_heads(attended), x)
        hidden = functional.gelu(self.intermediate["dense"](x))  # (N, T, hidden)
        return _add_and_norm(self.output, hidden, x)


def _output(dim: int, width: int) -> nn.ModuleDict:
    return nn.ModuleDict(
        {
            "dense": nn.Linear(dim, width),
            "LayerNorm": nn.LayerNorm(width, eps=EPSILON),
        }
    )


def _add_and_norm(part: nn.ModuleDict, x: Tensor, residual: Tensor) -> Tensor:
    """Layer norm of the residual plus the projected x."""
    out: Tensor = part["LayerNorm"](part["dense"](x) + residual)
    return out


def initialise(encoder: TextEncoder) -> None:
    """Initialise as BERT does: normal with deviation 0.02, biases 0."""
    for module in encoder.modules():
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
    with torch.no_grad():
        encoder.embeddings.word_embeddings.weight[0].zero_()
