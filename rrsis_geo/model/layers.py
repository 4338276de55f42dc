"""Layers and reshaping functions that several parts of the network use."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


class Attention(nn.Module):
    """Multi-head attention of one sequence to another, or to itself."""

    def __init__(self, dim: int, *, source_dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(source_dim, dim)
        self.value = nn.Linear(source_dim, dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, x: Tensor, source: Tensor, mask: Tensor | None) -> Tensor:
        """Attend from `x` to `source`.

        Args:
            x: (N, L, C) queries.
            source: (N, S, D) keys and values.
            mask: (N, S), True where attention is allowed; None allows all.

        Returns:
            (N, L, C).
        """
        query, key, value = (
            split_heads(self.heads, part)
            for part in (self.query(x), self.key(source), self.value(source))
        )  # (N, h, L, c), (N, h, S, c), (N, h, S, c)
        allowed = None if mask is None else mask[:, None, None, :]  # (N, 1, 1, S)
        attended = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=allowed
        )  # (N, h, L, c)
        out: Tensor = self.out(join_heads(attended))  # (N, L, C)
        return out


class CrossAttentionLayer(nn.Module):
    """A pre-norm transformer decoder layer.

    Self-attention, cross-attention to a source, feed-forward. Used by D-MOLS and, as
    the config's `neck_mixers`, by the neck (not in the paper).
    """

    def __init__(self, dim: int, *, source_dim: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(3))
        self.among = Attention(dim, source_dim=dim, heads=heads)
        self.across = Attention(dim, source_dim=source_dim, heads=heads)
        self.feed = nn.Sequential(
            nn.Linear(dim, hidden), nn.GELU(), nn.Linear(hidden, dim)
        )

    def forward(
        self,
        x: Tensor,
        source: Tensor,
        *,
        mask: Tensor | None = None,
        source_mask: Tensor | None = None,
    ) -> Tensor:
        """Update a sequence from itself and from the source.

        Args:
            x: (N, L, C).
            source: (N, S, D).
            mask: (N, L), True where attention is allowed; None allows all.
            source_mask: (N, S), likewise.

        Returns:
            (N, L, C).
        """
        normed = self.norms[0](x)
        x = x + self.among(normed, normed, mask)
        x = x + self.across(self.norms[1](x), source, source_mask)
        out: Tensor = x + self.feed(self.norms[2](x))
        return out

    def zero_init(self) -> None:
        """Zero the last projection of every residual branch; `forward` returns `x`."""
        for name, parameter in self.named_parameters():
            if is_residual_output(name):
                nn.init.zeros_(parameter)


def is_residual_output(name: str) -> bool:
    """Whether a parameter is of the last projection of a `CrossAttentionLayer` branch.

    A layer in which all of these are 0 returns its input.
    """
    return name.rpartition(".")[0].endswith(("among.out", "across.out", "feed.2"))


class TextAdapter(nn.Module):
    """A trained layer on frozen text features. Not in the paper.

    A linear projection to a smaller width, one self-attention, one feed-forward.
    """

    def __init__(self, text_dim: int, dim: int, *, heads: int) -> None:
        super().__init__()
        self.reduce = nn.Linear(text_dim, dim)
        self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(3))
        self.among = Attention(dim, source_dim=dim, heads=heads)
        self.feed = nn.Sequential(
            nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim)
        )

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        """Adapt text features.

        Args:
            words: (N, T, text_dim).
            mask: (N, T), True on a token.

        Returns:
            (N, T, dim).
        """
        x = self.norms[0](self.reduce(words))  # (N, T, dim)
        x = x + self.among(x, x, mask)
        out: Tensor = self.norms[2](x + self.feed(self.norms[1](x)))
        return out


def as_tokens(x: Tensor) -> Tensor:
    """(N, C, H, W) to (N, P, C)."""
    return x.flatten(2).transpose(1, 2)


def as_map(tokens: Tensor, size: Sequence[int]) -> Tensor:
    """(N, P, C) to (N, C, H, W), size (H, W); a view, channels innermost in memory."""
    return tokens.transpose(1, 2).reshape(len(tokens), -1, *size)


def split_heads(heads: int, x: Tensor) -> Tensor:
    """(N, L, C) to (N, h, L, c)."""
    return x.reshape(*x.shape[:2], heads, -1).transpose(1, 2)


def join_heads(x: Tensor) -> Tensor:
    """(N, h, L, c) to (N, L, C)."""
    return x.transpose(1, 2).flatten(2)


def instance_norm(x: Tensor) -> Tensor:
    """Instance norm without affine over the positions of (N, P, C).

    Computed in float32. A single position is returned unchanged, since its variance
    is 0.
    """
    if x.shape[1] < 2:
        return x
    wide = x.float()
    variance, mean = torch.var_mean(wide, dim=1, keepdim=True, correction=0)
    return ((wide - mean) * (variance + 1e-5).rsqrt()).to(x.dtype)


def sine_positions(height: int, width: int, dim: int, like: Tensor) -> Tensor:
    """Sine and cosine position table.

    Rows and columns are scaled to [0, 1], so that a fraction of the image, such as its
    left third, has the same encoding at any size.

    Args:
        height: H of the map.
        width: W of the map.
        dim: channels; the last ones are 0 where 4 does not divide them.
        like: gives device and dtype.

    Returns:
        (P, dim).
    """
    quarter = dim // 4
    steps = torch.arange(quarter, device=like.device, dtype=torch.float32)
    frequency = 2 * torch.pi * 2 ** (steps * 6 / max(quarter, 1))  # (dim / 4,)
    rows = _centres(height, like)[:, None] * frequency  # (H, dim / 4)
    columns = _centres(width, like)[:, None] * frequency  # (W, dim / 4)
    table = torch.zeros(height, width, dim, device=like.device)
    table[..., 0 * quarter : 1 * quarter] = rows.sin()[:, None]
    table[..., 1 * quarter : 2 * quarter] = rows.cos()[:, None]
    table[..., 2 * quarter : 3 * quarter] = columns.sin()[None]
    table[..., 3 * quarter : 4 * quarter] = columns.cos()[None]
    return table.flatten(0, 1).to(like.dtype)  # (P, dim)


def coordinates(height: int, width: int, like: Tensor) -> Tensor:
    """(2, H, W): x to the right and y down, in [-1, 1] at the outer pixel edges.

    Device and dtype are those of `like`.
    """
    y, x = _centres(height, like) * 2 - 1, _centres(width, like) * 2 - 1  # (H,), (W,)
    grid = torch.stack([x.expand(height, width), y[:, None].expand(height, width)])
    return grid.to(like.dtype)


def _centres(length: int, like: Tensor) -> Tensor:
    """(length,) centres of equal parts of [0, 1]."""
    steps = torch.arange(length, device=like.device, dtype=torch.float32)
    return (steps + 0.5) / length
