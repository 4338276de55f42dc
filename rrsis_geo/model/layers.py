"""Layers and shapes that more than one part of the network is made of."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


class Attention(nn.Module):
    """Multi-head attention of one sequence to another or to itself."""

    def __init__(self, dim: int, *, source_dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(source_dim, dim)
        self.value = nn.Linear(source_dim, dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, x: Tensor, source: Tensor, mask: Tensor | None) -> Tensor:
        """(N, L, C) asking (N, S, D); mask (N, S) is True on what may be read."""
        query, key, value = (
            split_heads(self.heads, part)
            for part in (self.query(x), self.key(source), self.value(source))
        )
        allowed = None if mask is None else mask[:, None, None, :]
        read = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=allowed
        )
        out: Tensor = self.out(join_heads(read))
        return out


class Mixer(nn.Module):
    """Self-attention, attention to another sequence, feed-forward; norms come first."""

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
        """(N, L, C) with (N, S, D) to (N, L, C); masks are True on what may be read."""
        normed = self.norms[0](x)
        x = x + self.among(normed, normed, mask)
        x = x + self.across(self.norms[1](x), source, source_mask)
        out: Tensor = x + self.feed(self.norms[2](x))
        return out

    def silence(self) -> None:
        """Add nothing, until training finds something to add."""
        for name, parameter in self.named_parameters():
            if says(name):
                nn.init.zeros_(parameter)


def says(name: str) -> bool:
    """Whether a parameter of a `Mixer` is one by which it adds to what it is given."""
    return name.rpartition(".")[0].endswith(("among.out", "across.out", "feed.2"))


class WordLayer(nn.Module):
    """A trained layer on frozen words: reduce, then one round of self-attention."""

    def __init__(self, word_dim: int, dim: int, *, heads: int) -> None:
        super().__init__()
        self.reduce = nn.Linear(word_dim, dim)
        self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(3))
        self.among = Attention(dim, source_dim=dim, heads=heads)
        self.feed = nn.Sequential(
            nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim)
        )

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        """(N, T, D) to (N, T, C); mask (N, T) is True on a token."""
        x = self.norms[0](self.reduce(words))
        x = x + self.among(x, x, mask)
        out: Tensor = self.norms[2](x + self.feed(self.norms[1](x)))
        return out


def as_tokens(x: Tensor) -> Tensor:
    """(N, C, h, w) to (N, h * w, C)."""
    return x.flatten(2).transpose(1, 2)


def as_map(tokens: Tensor, size: Sequence[int]) -> Tensor:
    """(N, h * w, C) to (N, C, h, w); a view, channels innermost in memory."""
    return tokens.transpose(1, 2).reshape(len(tokens), -1, *size)


def split_heads(heads: int, x: Tensor) -> Tensor:
    """(N, L, C) to (N, heads, L, C / heads)."""
    return x.reshape(*x.shape[:2], heads, -1).transpose(1, 2)


def join_heads(x: Tensor) -> Tensor:
    """(N, heads, L, C / heads) to (N, L, C)."""
    return x.transpose(1, 2).flatten(2)


def position_norm(x: Tensor) -> Tensor:
    """Instance norm over the positions of (N, P, C), without affine."""
    if x.shape[1] < 2:
        return x
    wide = x.float()
    variance, mean = torch.var_mean(wide, dim=1, keepdim=True, correction=0)
    return ((wide - mean) * (variance + 1e-5).rsqrt()).to(x.dtype)


def sine_positions(height: int, width: int, dim: int, like: Tensor) -> Tensor:
    """(H * W, dim) sines and cosines of row and column, both scaled to [0, 1].

    Scaled, so that "the left third" is the same place at any size.
    """
    quarter = dim // 4
    steps = torch.arange(quarter, device=like.device, dtype=torch.float32)
    frequency = 2 * torch.pi * 2 ** (steps * 6 / max(quarter, 1))
    rows = _centres(height, like)[:, None] * frequency  # (H, dim / 4)
    columns = _centres(width, like)[:, None] * frequency  # (W, dim / 4)
    table = torch.zeros(height, width, dim, device=like.device)
    table[..., 0 * quarter : 1 * quarter] = rows.sin()[:, None]
    table[..., 1 * quarter : 2 * quarter] = rows.cos()[:, None]
    table[..., 2 * quarter : 3 * quarter] = columns.sin()[None]
    table[..., 3 * quarter : 4 * quarter] = columns.cos()[None]
    return table.flatten(0, 1).to(like.dtype)


def coordinates(height: int, width: int, like: Tensor) -> Tensor:
    """(2, H, W): x to the right and y down, in [-1, 1] at the outer pixel edges."""
    y, x = _centres(height, like) * 2 - 1, _centres(width, like) * 2 - 1
    grid = torch.stack([x.expand(height, width), y[:, None].expand(height, width)])
    return grid.to(like.dtype)


def _centres(length: int, like: Tensor) -> Tensor:
    """(L,) centres of L equal parts of [0, 1]."""
    steps = torch.arange(length, device=like.device, dtype=torch.float32)
    return (steps + 0.5) / length
