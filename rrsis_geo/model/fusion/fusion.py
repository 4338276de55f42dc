"""Where words meet the image: inside the encoder, or in a neck after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from rrsis_geo.model.config import ModelConfig
from rrsis_geo.model.decoders.twin_stream import upsample
from rrsis_geo.model.encoders.image_encoder import ImageEncoder, build_image_encoder
from rrsis_geo.model.fusion.bsc import BSC, Look
from rrsis_geo.model.fusion.pwam import PWAM
from rrsis_geo.model.layers import (
    Mixer,
    WordLayer,
    as_map,
    as_tokens,
    coordinates,
    sine_positions,
)

Alignment = BSC | PWAM


class Fused(NamedTuple):
    """What the two modalities know of each other, N = images x expressions."""

    levels: tuple[Tensor, ...]  # 4 x (N, C, h, w), fine to coarse: Y of the paper
    deepest: Tensor  # (N, C, h4, w4) with all of the fusion in it
    words: Tensor  # (N, T, D) after the last alignment
    shared: Tensor  # (N, T, D) before the first alignment


class StageFusion(nn.Module):
    """Fusion after the blocks of each level and before downsampling."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.encoder = cast(nn.Module, build_image_encoder(config))
        self.stages = nn.ModuleList(
            nn.ModuleDict(
                {"bsc": build_alignment(config, level, config.image_dims), "gate": gate}
            )
            for level, gate in enumerate(map(_gate, config.image_dims))
        )
        self.out_norms = nn.ModuleList(nn.LayerNorm(dim) for dim in config.image_dims)

    def look(self, image: Tensor) -> Tensor:
        """All that needs no words: (B, 3, H, W), normalised, to the first level."""
        encoder = cast(ImageEncoder, self.encoder)
        return encoder.refine(0, encoder.embed(image))

    def fuse(self, first: Tensor, words: Tensor, mask: Tensor) -> Fused:
        """The rest, for words (N, T, D) with mask (N, T); N is a multiple of B."""
        encoder = cast(ImageEncoder, self.encoder)
        x = repeat_images(first, words.shape[0])
        shared, levels = words, []
        for level, stage in enumerate(self.stages):
            if level:
                x = encoder.refine(level, encoder.downsample(level - 1, x))
            parts = cast(nn.ModuleDict, stage)
            fused, words = parts["bsc"](x, words, mask)
            x = x + parts["gate"](fused) * fused
            levels.append(norm_channels(self.out_norms[level], fused))
        return Fused(tuple(levels), x, words, shared)


class NeckFusion(nn.Module):
    """Fusion after the whole encoder, coarse to fine.

    The encoder and the text-free half of every alignment see an image once, however
    many expressions are asked.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        dims = config.neck_dims
        self.encoder = cast(nn.Module, build_image_encoder(config))
        self.words = (
            WordLayer(config.text_dim, config.word_dim, heads=4)
            if config.word_dim
            else None
        )
        self.places = 2 if config.coordinates else 0
        self.stages = nn.ModuleList(
            nn.ModuleDict(
                {
                    "reduce": _reduce(config.image_dims[level] + self.places, dim),
                    "bsc": build_alignment(config, level, dims),
                    "mixers": nn.ModuleList(
                        Mixer(
                            dim, source_dim=config.fused_words, heads=4, hidden=2 * dim
                        )
                        for _ in range(config.neck_mixers[level])
                    ),
                }
            )
            for level, dim in enumerate(dims)
        )
        self.lift = nn.ModuleList(
            nn.Conv2d(coarse, dim, 1)
            for dim, coarse, mixers in zip(
                dims, dims[1:], config.neck_mixers, strict=False
            )
            if mixers
        )
        self.out_norms = nn.ModuleList(nn.LayerNorm(dim) for dim in dims)

    def look(self, image: Tensor) -> list[tuple[Look, tuple[int, int]]]:
        """All that needs no words, per level: fields (B, P, C) and (h, w)."""
        encoder = cast(ImageEncoder, self.encoder)
        x = encoder.refine(0, encoder.embed(image))
        looks = []
        for level, stage in enumerate(self.stages):
            if level:
                x = encoder.refine(level, encoder.downsample(level - 1, x))
            parts = cast(nn.ModuleDict, stage)
            size = (x.shape[-2], x.shape[-1])
            reduced = parts["reduce"](self._placed(x))  # (B, C, h, w)
            looks.append((cast(BSC, parts["bsc"]).look(reduced), size))
        return looks

    def fuse(
        self,
        looks: Sequence[tuple[Look, tuple[int, int]]],
        words: Tensor,
        mask: Tensor,
    ) -> Fused:
        """The rest, for words (N, T, D) with mask (N, T); N is a multiple of B."""
        if self.words is not None:
            words = self.words(words, mask)
        shared, count = words, words.shape[0]
        levels: list[Tensor] = []
        for level in reversed(range(4)):
            parts = cast(nn.ModuleDict, self.stages[level])
            look, (height, width) = looks[level]
            repeated = Look(*(repeat_images(part, count) for part in look))
            fused, words = cast(BSC, parts["bsc"]).align(repeated, words, mask)
            tokens = self.out_norms[level](fused)  # (N, P, C)
            mixers = cast(nn.ModuleList, parts["mixers"])
            if len(mixers):
                if levels:
                    lifted = self.lift[self._lift_index(level)](levels[0])
                    above = upsample(lifted, (height, width))
                    tokens = tokens + as_tokens(above)
                tokens = tokens + sine_positions(
                    height, width, tokens.shape[2], like=tokens
                )
                for mixer in mixers:
                    tokens = mixer(tokens, words, source_mask=mask)
            levels.insert(0, as_map(tokens, (height, width)))
        return Fused(tuple(levels), levels[3], words, shared)

    def _lift_index(self, level: int) -> int:
        """Lifts exist only for the levels that mix; count those below."""
        finer = (cast(nn.ModuleDict, stage)["mixers"] for stage in self.stages[:level])
        return sum(len(cast(nn.ModuleList, mixers)) > 0 for mixers in finer)

    def _placed(self, x: Tensor) -> Tensor:
        """Features with their coordinates as two more channels, where wanted."""
        if not self.places:
            return x
        places = coordinates(x.shape[-2], x.shape[-1], like=x)
        return torch.cat([x, places.expand(x.shape[0], -1, -1, -1)], dim=1)


def silence_mixers(network: nn.Module) -> None:
    """Let every attention layer of a neck pass on what it is given, as if not there."""
    for part in network.modules():
        if isinstance(part, NeckFusion):
            for stage in part.stages:
                for mixer in cast(nn.ModuleList, cast(nn.ModuleDict, stage)["mixers"]):
                    cast(Mixer, mixer).silence()


def build_alignment(config: ModelConfig, level: int, dims: Sequence[int]) -> Alignment:
    """BSC or its baseline for one level."""
    image_dim, heads = dims[level], config.align_heads[level]
    if config.alignment == "pwam":
        return PWAM(image_dim=image_dim, word_dim=config.fused_words, heads=heads)
    return BSC(
        image_dim=image_dim,
        word_dim=config.fused_words,
        heads=heads,
        words_learn=config.words_learn,
    )


def norm_channels(norm: nn.Module, x: Tensor) -> Tensor:
    """A layer norm over the channels of (N, C, h, w)."""
    normed: Tensor = norm(x.permute(0, 2, 3, 1))
    return normed.permute(0, 3, 1, 2)


def repeat_images(x: Tensor, count: int) -> Tensor:
    """(B, ...) to (count, ...): each image once per expression, images outermost."""
    return x.repeat_interleave(count // x.shape[0], dim=0) if count > len(x) else x


def _gate(dim: int) -> nn.Sequential:
    """How much of the fusion goes on with the image."""
    return nn.Sequential(
        nn.Conv2d(dim, dim, 1, bias=False),
        nn.ReLU(),
        nn.Conv2d(dim, dim, 1, bias=False),
        nn.Tanh(),
    )


def _reduce(channels: int, dim: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, dim, 1, bias=False), nn.BatchNorm2d(dim), nn.GELU()
    )
