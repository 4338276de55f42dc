"""The matching network in torch, for training; the names are those of the package.

`rrsis_geo.matching.matching_network` computes the same with numpy.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rrsis_geo.matching.matching_network import HEADS
from rrsis_geo.matching.object_layout import FEATURES, PAIR_FEATURES

PAIR_WIDTH = 32


class TrainedNetwork(nn.Module):
    """Scores objects against the words of a sentence, in batches."""

    def __init__(
        self, *, word_width: int, width: int = 64, blocks: int = 3, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.words = nn.ModuleDict(
            {"project": nn.Linear(word_width, width), "norm": nn.LayerNorm(width)}
        )
        self.encode = nn.ModuleDict(
            {
                "norm_words": nn.LayerNorm(width),
                "words": Attention(width),
                "norm_inner": nn.LayerNorm(width),
                "inner": nn.Linear(width, 2 * width),
                "outer": nn.Linear(2 * width, width),
            }
        )
        self.objects = nn.ModuleDict(
            {"inner": nn.Linear(FEATURES, width), "outer": nn.Linear(width, width)}
        )
        self.sentence = nn.Parameter(torch.zeros(width))
        self.blocks = nn.ModuleList(Block(width, dropout) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.odds = nn.Linear(width, 1)
        self.drop = nn.Dropout(dropout)

    def forward(
        self,
        words: Tensor,
        is_word: Tensor,
        objects: Tensor,
        pairs: Tensor,
        is_object: Tensor,
    ) -> Tensor:
        """Log odds that each object is meant.

        Args:
            words: (B, T, D).
            is_word: (B, T), False where padded.
            objects: (B, N, FEATURES).
            pairs: (B, N, N, PAIR_FEATURES).
            is_object: (B, N), False where padded.

        Returns:
            (B, N)
        """
        text = self.drop(self.words["norm"](self.words["project"](words)))
        part = self.encode
        y = part["norm_words"](text)
        text = text + self.drop(part["words"](y, y, is_word))
        y = part["inner"](part["norm_inner"](text)).relu()
        text = text + self.drop(part["outer"](y))
        weight = is_word[..., None].float()
        sentence = (text * weight).sum(1) / weight.sum(1)  # (B, d)
        hidden = self.objects["outer"](self.objects["inner"](objects).relu())
        x = torch.cat([(self.sentence + sentence)[:, None], hidden], 1)  # (B, N + 1, d)
        pairs = nn.functional.pad(pairs, (0, 0, 1, 0, 1, 0))
        is_object = nn.functional.pad(is_object, (1, 0), value=True)
        for block in self.blocks:
            x = block(x, pairs, is_object, text, is_word, sentence)
        odds: Tensor = self.odds(self.norm(x))[..., 0]
        return odds[:, 1:]


class Block(nn.Module):
    """Objects look at the words, then at each other."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.norm_words, self.words = nn.LayerNorm(width), Attention(width)
        self.norm_others, self.others = nn.LayerNorm(width), Attention(width)
        self.pairs = nn.ModuleDict(
            {
                "inner": nn.Linear(PAIR_FEATURES, PAIR_WIDTH),
                "asked": nn.Linear(width, PAIR_WIDTH),
                "outer": nn.Linear(PAIR_WIDTH, HEADS),
            }
        )
        self.norm_inner = nn.LayerNorm(width)
        self.inner = nn.Linear(width, 2 * width)
        self.outer = nn.Linear(2 * width, width)
        self.drop = nn.Dropout(dropout)

    def forward(
        self,
        x: Tensor,
        pairs: Tensor,
        is_object: Tensor,
        text: Tensor,
        is_word: Tensor,
        sentence: Tensor,
    ) -> Tensor:
        """Objects (B, N + 1, d) to the same."""
        x = x + self.drop(self.words(self.norm_words(x), text, is_word))
        asked = self.pairs["asked"](sentence)[:, None, None]
        bias = self.pairs["outer"]((self.pairs["inner"](pairs) + asked).relu())
        y = self.norm_others(x)
        x = x + self.drop(self.others(y, y, is_object, bias.permute(0, 3, 1, 2)))
        y: Tensor = self.outer(self.inner(self.norm_inner(x)).relu())
        return x + self.drop(y)


class Attention(nn.Module):
    """Attention with a bias for each pair."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query, self.key = nn.Linear(width, width), nn.Linear(width, width)
        self.value, self.out = nn.Linear(width, width), nn.Linear(width, width)

    def forward(
        self, x: Tensor, other: Tensor, is_there: Tensor, bias: Tensor | None = None
    ) -> Tensor:
        """x (B, N, d) to other (B, M, d), of which is_there (B, M) counts."""
        query, key, value = (
            part.unflatten(2, (HEADS, -1)).transpose(1, 2)
            for part in (self.query(x), self.key(other), self.value(other))
        )
        scores = query @ key.transpose(2, 3) / query.shape[3] ** 0.5  # (B, H, N, M)
        if bias is not None:
            scores = scores + bias
        scores = scores.masked_fill(~is_there[:, None, None], -1e4).softmax(3)
        joined: Tensor = self.out((scores @ value).transpose(1, 2).flatten(2))
        return joined
