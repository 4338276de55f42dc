"""Swin Transformer (Liu et al., 2021) from transformers, in the parts fusion needs."""

from __future__ import annotations

from torch import Tensor, nn
from transformers.models.swin.configuration_swin import SwinConfig
from transformers.models.swin.modeling_swin import SwinModel

from rrsis_geo.model.config import Four


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
        return _map(tokens, size)

    def refine(self, level: int, x: Tensor) -> Tensor:
        """The blocks of one level, (B, C, h, w) to the same."""
        size = (x.shape[-2], x.shape[-1])
        tokens = _tokens(x)
        for block in self.layers[level].blocks:
            # Without this a block shrinks its window for good at the first small map.
            tokens = block(tokens, size, always_partition=True)[0]
        return _map(tokens, size)

    def downsample(self, level: int, x: Tensor) -> Tensor:
        """From one level to the next coarser one, half the size rounded up."""
        height, width = x.shape[-2:]
        tokens = self.layers[level].downsample(_tokens(x), (height, width))
        return _map(tokens, (-(-height // 2), -(-width // 2)))


def _tokens(x: Tensor) -> Tensor:
    """(B, C, h, w) to (B, h * w, C)."""
    return x.flatten(2).transpose(1, 2).contiguous()


def _map(tokens: Tensor, size: tuple[int, int]) -> Tensor:
    """(B, h * w, C) to (B, C, h, w)."""
    return tokens.transpose(1, 2).unflatten(2, size)
