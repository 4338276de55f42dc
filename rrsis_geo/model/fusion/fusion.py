"""Where image and text are aligned: inside the image encoder, or in a neck after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from rrsis_geo.model.config import ModelConfig
from rrsis_geo.model.decoders.twin_stream import upsample
from rrsis_geo.model.encoders.image_encoder import ImageEncoder, build_image_encoder
from rrsis_geo.model.fusion.bsc import BSC, ImageProjections
from rrsis_geo.model.fusion.pwam import PWAM
from rrsis_geo.model.layers import (
    CrossAttentionLayer,
    TextAdapter,
    as_map,
    as_tokens,
    coordinates,
    sine_positions,
)

Alignment = BSC | PWAM


class Fused(NamedTuple):
    """Features after fusion."""

    levels: tuple[Tensor, ...]  # (N, C1, H1, W1) to (N, C4, H4, W4): Y_1 to Y_4
    deepest: Tensor  # (N, C4, H4, W4), input of the presence head
    words: Tensor  # (N, T, D), L_4: after the last alignment


class StageFusion(nn.Module):
    """Fusion inside the encoder, as in the paper.

    After the blocks of level i and before downsampling:

        F_i, L_i = BSC_i(x, L_{i-1});  x = x + gate_i(F_i) * F_i;  Y_i = LN_i(F_i)
    """

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

    def encode_image(self, image: Tensor) -> Tensor:
        """Compute all that needs no text: the first level before fusion.

        Args:
            image: (B, 3, H, W), normalised.

        Returns:
            (B, C1, H1, W1).
        """
        encoder = cast(ImageEncoder, self.encoder)
        return encoder.refine(0, encoder.embed(image))

    def fuse(self, first: Tensor, words: Tensor, mask: Tensor) -> Fused:
        """Encode the remaining levels together with the words.

        Args:
            first: (B, C1, H1, W1) from `encode_image`.
            words: (N, T, D), L_0; N is a multiple of B.
            mask: (N, T), True on a token.
        """
        encoder = cast(ImageEncoder, self.encoder)
        x = repeat_images(first, words.shape[0])  # (N, C1, H1, W1)
        levels = []
        for level, stage in enumerate(self.stages):
            if level:
                x = encoder.refine(level, encoder.downsample(level - 1, x))
            parts = cast(nn.ModuleDict, stage)
            fused, words = parts["bsc"](x, words, mask)  # (N, C, H, W), (N, T, D)
            x = x + parts["gate"](fused) * fused
            levels.append(norm_channels(self.out_norms[level], fused))
        return Fused(tuple(levels), x, words)


class NeckFusion(nn.Module):
    """Fusion after the whole encoder, from the coarsest level to the finest.

    Not in the paper. The encoder and the image projections of every alignment run once
    per image, for any number of expressions.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        dims = config.neck_dims
        self.encoder = cast(nn.Module, build_image_encoder(config))
        self.words = (
            TextAdapter(config.text_dim, config.word_dim, heads=4)
            if config.word_dim
            else None
        )
        self.places = 2 if config.coordinates else 0  # coordinate channels
        self.stages = nn.ModuleList(
            nn.ModuleDict(
                {
                    "reduce": _reduce(config.image_dims[level] + self.places, dim),
                    "bsc": build_alignment(config, level, dims),
                    "mixers": nn.ModuleList(
                        CrossAttentionLayer(
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

    def encode_image(
        self, image: Tensor
    ) -> list[tuple[ImageProjections, tuple[int, int]]]:
        """Compute all that needs no text.

        Args:
            image: (B, 3, H, W), normalised.

        Returns:
            Per level the projections, fields (B, P, C), and the size (H, W) of its map.
        """
        encoder = cast(ImageEncoder, self.encoder)
        x = encoder.refine(0, encoder.embed(image))  # (B, C1, H1, W1)
        projections = []
        for level, stage in enumerate(self.stages):
            if level:
                x = encoder.refine(level, encoder.downsample(level - 1, x))
            parts = cast(nn.ModuleDict, stage)
            size = (x.shape[-2], x.shape[-1])
            reduced = parts["reduce"](self._add_coordinates(x))  # (B, neck dim, H, W)
            projected = cast(BSC, parts["bsc"]).project_image(reduced)
            projections.append((projected, size))
        return projections

    def fuse(
        self,
        projections: Sequence[tuple[ImageProjections, tuple[int, int]]],
        words: Tensor,
        mask: Tensor,
    ) -> Fused:
        """Align all levels with the words.

        Args:
            projections: of B images, from `encode_image`.
            words: (N, T, text_dim), L_0; N is a multiple of B.
            mask: (N, T), True on a token.
        """
        if self.words is not None:
            words = self.words(words, mask)  # (N, T, D)
        count = words.shape[0]
        levels: list[Tensor] = []
        for level in reversed(range(4)):
            parts = cast(nn.ModuleDict, self.stages[level])
            image, (height, width) = projections[level]
            repeated = ImageProjections(*(repeat_images(part, count) for part in image))
            fused, words = cast(BSC, parts["bsc"]).align(repeated, words, mask)
            tokens = self.out_norms[level](fused)  # (N, P, C)
            mixers = cast(nn.ModuleList, parts["mixers"])
            if len(mixers):
                if levels:
                    lifted = self.lift[self._lift_index(level)](levels[0])
                    coarser = upsample(lifted, (height, width))  # (N, C, H, W)
                    tokens = tokens + as_tokens(coarser)
                tokens = tokens + sine_positions(
                    height, width, tokens.shape[2], like=tokens
                )
                for mixer in mixers:
                    tokens = mixer(tokens, words, source_mask=mask)
            levels.insert(0, as_map(tokens, (height, width)))  # (N, C, H, W)
        return Fused(tuple(levels), levels[3], words)

    def _lift_index(self, level: int) -> int:
        """Index into `lift`, which has an entry only for levels with mixers."""
        finer = (cast(nn.ModuleDict, stage)["mixers"] for stage in self.stages[:level])
        return sum(len(cast(nn.ModuleList, mixers)) > 0 for mixers in finer)

    def _add_coordinates(self, x: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C + 2, H, W), where the config wants coordinates."""
        if not self.places:
            return x
        grid = coordinates(x.shape[-2], x.shape[-1], like=x)  # (2, H, W)
        return torch.cat([x, grid.expand(x.shape[0], -1, -1, -1)], dim=1)


def zero_init_mixers(network: nn.Module) -> None:
    """Make every mixer of a neck return its input, until training changes that."""
    for part in network.modules():
        if isinstance(part, NeckFusion):
            for stage in part.stages:
                for mixer in cast(nn.ModuleList, cast(nn.ModuleDict, stage)["mixers"]):
                    cast(CrossAttentionLayer, mixer).zero_init()


def build_alignment(config: ModelConfig, level: int, dims: Sequence[int]) -> Alignment:
    """Build BSC, or PWAM as its baseline, for one level of `dims` channels."""
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
    """Apply a layer norm to the channels of (N, C, H, W)."""
    normed: Tensor = norm(x.permute(0, 2, 3, 1))  # (N, H, W, C)
    return normed.permute(0, 3, 1, 2)  # (N, C, H, W)


def repeat_images(x: Tensor, count: int) -> Tensor:
    """(B, ...) to (count, ...): repeat each image once per expression, image by image.

    `count` is a multiple of B.
    """
    return x.repeat_interleave(count // x.shape[0], dim=0) if count > len(x) else x


def _gate(dim: int) -> nn.Sequential:
    """The paper's language gate: Linear, ReLU, Linear, Tanh at every position."""
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
