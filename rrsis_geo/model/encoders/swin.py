"""Swin Transformer (Liu et al., 2021, arXiv 2103.14030), the paper's image encoder.

The layers are those of transformers, split into the steps that fusion needs.
"""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn
from transformers.models.swin.configuration_swin import SwinConfig
from transformers.models.swin.modeling_swin import SwinModel

from rrsis_geo.model.config import Four
from rrsis_geo.model.layers import as_map, as_tokens


class Swin(nn.Module):
    """Features at strides 4, 8, 16, 32 with `dims` channels."""

    def __init__(
        self, *, dims: Four, depths: Four, heads: Four, window: int, drop_path: float
    ) -> None:
        super().__init__()
        # transformers doubles the channels from level to level, as `dims` does.
        config = SwinConfig(
            embed_dim=dims[0],
            depths=list(depths),
            num_heads=list(heads),
            window_size=window,
            drop_path_rate=drop_path,
        )
        whole = SwinModel(config, add_pooling_layer=False)
        self.embeddings = whole.embeddings
        self.layers = whole.encoder.layers

    def embed(self, image: Tensor) -> Tensor:
        """(B, 3, H, W), normalised, to (B, C1, H1, W1)."""
        tokens, size = self.embeddings(image)  # (B, P, C1)
        return as_map(tokens, size)

    def refine(self, level: int, x: Tensor) -> Tensor:
        """Apply the blocks of a level, (B, C, H, W) to the same."""
        size = (x.shape[-2], x.shape[-1])
        tokens = as_tokens(x).contiguous()  # (B, P, C)
        for block in cast(nn.ModuleList, self.layers[level].blocks):
            # Otherwise a block reduces its window permanently at the first small map.
            tokens = block(tokens, size, always_partition=True)[0]
        return as_map(tokens, size)

    def downsample(self, level: int, x: Tensor) -> Tensor:
        """(B, C, H, W) to the next level's (B, 2 C, H/2, W/2), rounded up."""
        height, width = x.shape[-2:]
        merge = cast(nn.Module, self.layers[level].downsample)
        tokens = merge(as_tokens(x).contiguous(), (height, width))  # (B, P/4, 2 C)
        return as_map(tokens, (-(-height // 2), -(-width // 2)))
