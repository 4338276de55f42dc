"""The interface of image encoders, and the one that a config names."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from rrsis_geo.model.config import ModelConfig


class ImageEncoder(Protocol):
    """Four levels at strides 4, 8, 16, 32, computed one at a time.

    `refine` completes a level and `downsample` leads to the next, so that fusion can
    take place in between. Any height and width work; sizes are rounded up.
    """

    def embed(self, image: Tensor, /) -> Tensor:
        """(B, 3, H, W), normalised, to (B, C, H1, W1), input of level 1."""
        ...

    def refine(self, level: int, x: Tensor, /) -> Tensor:
        """Apply the blocks of a level, 0 to 3; height and width stay."""
        ...

    def downsample(self, level: int, x: Tensor, /) -> Tensor:
        """From a level, 0 to 2, to the input of the next coarser one."""
        ...


def build_image_encoder(config: ModelConfig) -> ImageEncoder:
    """Build an encoder with random weights; only a Swin imports transformers."""
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
