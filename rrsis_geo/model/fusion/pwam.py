"""PWAM, the pixel-word attention of LAVT (arXiv 2112.02244): baseline for BSC."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from rrsis_geo.model.fusion.bsc import ImageProjections, correlate
from rrsis_geo.model.layers import (
    as_map,
    as_tokens,
    instance_norm,
    join_heads,
    split_heads,
)


class PWAM(nn.Module):
    """Pixels attend to words; words stay unchanged. The interface of `BSC`."""

    def __init__(self, *, image_dim: int, word_dim: int, heads: int) -> None:
        super().__init__()
        if image_dim % heads:
            raise ValueError(f"{image_dim} channels do not split into {heads} heads")
        self.heads = heads
        self.vision = nn.Linear(image_dim, image_dim)
        self.query = nn.Linear(image_dim, image_dim)
        self.key = nn.Linear(word_dim, image_dim)
        self.told = nn.Linear(word_dim, image_dim)  # values of the words
        self.out = nn.Linear(image_dim, image_dim)
        self.mix = nn.Linear(image_dim, image_dim)

    def project_image(self, x: Tensor) -> ImageProjections:
        """Compute all that needs no text, from (B, C, H, W)."""
        pixels = as_tokens(x)  # (B, P, C)
        return ImageProjections(
            query=instance_norm(self.query(pixels)),
            value=pixels,
            vision=functional.gelu(self.vision(pixels)),
        )

    def align(
        self, image: ImageProjections, words: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Gather words at every pixel; arguments and results of `BSC.align`."""
        text = self.told(words) * mask[..., None]  # (N, T, C)
        text = split_heads(self.heads, text)  # (N, h, T, c)
        scores = correlate(
            split_heads(self.heads, image.query),
            split_heads(self.heads, self.key(words)),
            mask,
        )  # (N, h, P, T)
        gathered = join_heads(scores.softmax(dim=3).to(text.dtype) @ text)  # (N, P, C)
        gathered = instance_norm(self.out(gathered))
        return functional.gelu(self.mix(image.vision * gathered)), words

    def forward(self, x: Tensor, words: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Project the image, then align; arguments and results of `BSC.forward`."""
        fused, words = self.align(self.project_image(x), words, mask)
        return as_map(fused, x.shape[-2:]), words
