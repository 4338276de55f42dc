"""The image encoder that a config names."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from rrsis_geo.model.config import Four, ModelConfig


class ImageEncoder(Protocol):
    """Four levels at strides 4, 8, 16, 32, walked step by step.

    A level is `refine(level, x)`; `downsample(level, ...)` leads to the next. Any
    height and width work; sizes are rounded up.
    """

    dims: Four

    def embed(self, image: Tensor, /) -> Tensor:
        """(B, 3, H, W), normalised, to (B, C, H/4, W/4)."""
        ...

    def refine(self, level: int, x: Tensor, /) -> Tensor:
        """The blocks of one level; the size stays."""
        ...

    def downsample(self, level: int, x: Tensor, /) -> Tensor:
        """To the next coarser level."""
        ...


def build_image_encoder(config: ModelConfig) -> ImageEncoder:
    """A fresh encoder; importing transformers only where a Swin is wanted."""
    if config.image_encoder == "mobilenet":
        from rrsis_geo.model.encoders.mobilenet import MobileNet

        return MobileNet()
    from rrsis_geo.model.encoders.swin import Swin

    return Swin(
        dims=config.image_dims,
        depths=config.image_depths,
        heads=config.image_heads,
        window=config.image_window,
        drop_path=config.drop_path,
    )
