"""BERT without its pooler (Devlin et al., 2018, arXiv 1810.04805), inference only.

Parameter names are those of the public checkpoints, so that BERT and MiniLM load as
they are. Own code, because importing transformers takes longer than a whole window.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from rrsis_geo.model.layers import join_heads, split_heads

EPSILON = 1e-12


class TextEncoder(nn.Module):
    """Tokens to contextual words."""

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

    @property
    def positions(self) -> int:
        """Longest text, in tokens."""
        return self.embeddings.position_embeddings.num_embeddings

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Words (N, T, D) of token ids (N, T); mask (N, T) is True on a token."""
        x = self.embeddings(ids)
        for layer in self.encoder.layer:
            x = layer(x, mask[:, None, None, :])
        return x  # type: ignore[no-any-return]


class Embeddings(nn.Module):
    """A vector per token, plus its position and the one segment there is."""

    def __init__(self, vocabulary: int, dim: int, positions: int) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(vocabulary, dim, padding_idx=0)
        self.position_embeddings = nn.Embedding(positions, dim)
        self.token_type_embeddings = nn.Embedding(2, dim)
        self.LayerNorm = nn.LayerNorm(dim, eps=EPSILON)

    def forward(self, ids: Tensor) -> Tensor:
        """(N, T) to (N, T, D)."""
        places = self.position_embeddings.weight[: ids.shape[1]]
        segment = self.token_type_embeddings.weight[0]
        out: Tensor = self.LayerNorm(self.word_embeddings(ids) + places + segment)
        return out


class Layers(nn.Module):
    """The stack, named as in the checkpoints."""

    def __init__(self, dim: int, layers: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.layer = nn.ModuleList(Layer(dim, heads, hidden) for _ in range(layers))


class Layer(nn.Module):
    """Self-attention and a feed-forward part, each followed by a norm."""

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
        """(N, T, D) to the same; allowed (N, 1, 1, T) is True on a token."""
        parts = cast(nn.ModuleDict, self.attention["self"])
        query, key, value = (
            split_heads(self.heads, parts[name](x))
            for name in ("query", "key", "value")
        )
        read = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=allowed
        )
        x = _add(cast(nn.ModuleDict, self.attention["output"]), join_heads(read), x)
        middle = functional.gelu(self.intermediate["dense"](x))
        return _add(self.output, middle, x)


def _output(dim: int, width: int) -> nn.ModuleDict:
    return nn.ModuleDict(
        {
            "dense": nn.Linear(dim, width),
            "LayerNorm": nn.LayerNorm(width, eps=EPSILON),
        }
    )


def _add(part: nn.ModuleDict, x: Tensor, residual: Tensor) -> Tensor:
    """The norm of the residual plus the projected x."""
    out: Tensor = part["LayerNorm"](part["dense"](x) + residual)
    return out


def initialise(encoder: TextEncoder) -> None:
    """BERT's own start: normal of 0.02, no bias."""
    for module in encoder.modules():
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
    with torch.no_grad():
        encoder.embeddings.word_embeddings.weight[0].zero_()
