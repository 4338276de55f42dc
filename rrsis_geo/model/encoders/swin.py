"""Swin Transformer (Liu et al., 2021) from transformers, in the parts fusion needs."""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn
from transformers.models.swin.configuration_swin import SwinConfig
from transformers.models.swin.modeling_swin import SwinModel

from rrsis_geo.model.config import Four
from rrsis_geo.model.layers import as_map, as_tokens


class Swin(nn.Module):
    """Features at strides 4, 8, 16, 32; every doubling of stride doubles channels."""

    def __init__(
        self, *, dims: Four, depths: Four, heads: Four, window: int, drop_path: float
    ) -> None:
        super().__init__()
        config = SwinConfig(
            embed_dim=dims[0],
            depths=list(depths),
            num_heads=list(heads),
            window_size=window,
            drop_path_rate=drop_path,
        )
        whole = SwinModel(config, add_pooling_layer=False)
        self.dims = dims
        self.embeddings = whole.embeddings
        self.layers = whole.encoder.layers

    def embed(self, image: Tensor) -> Tensor:
        """(B, 3, H, W), normalised, to (B, C, H/4, W/4), rounded up."""
        tokens, size = self.embeddings(image)
        return as_map(tokens, size)

    def refine(self, level: int, x: Tensor) -> Tensor:
        """The blocks of one level, (B, C, h, w) to the same."""
        size = (x.shape[-2], x.shape[-1])
        tokens = as_tokens(x).contiguous()
        for block in cast(nn.ModuleList, self.layers[level].blocks):
            # Without this a block shrinks its window for good at the first small map.
            tokens = block(tokens, size, always_partition=True)[0]
        return as_map(tokens, size)

    def downsample(self, level: int, x: Tensor) -> Tensor:
        """From one level to the next coarser one, half the size rounded up."""
        height, width = x.shape[-2:]
        merge = cast(nn.Module, self.layers[level].downsample)
        tokens = merge(as_tokens(x).contiguous(), (height, width))
        return as_map(tokens, (-(-height // 2), -(-width // 2)))
