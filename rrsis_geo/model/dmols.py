"""D-MOLS, the dual-modal object learning strategy: training only.

The object is hidden in one modality and rebuilt with the help of the other.
Re-implemented from the published description (arXiv 2502.08486).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from rrsis_geo.model.distributed_mean import Joined, alone, masked_mean
from rrsis_geo.model.layers import Mixer, as_tokens, sine_positions


class Reconstruction(NamedTuple):
    """Scalar losses of the two branches."""

    text: Tensor
    visual: Tensor


class DMOLS(nn.Module):
    """Rebuild hidden object words from the image, and hidden pixels from the words.

    A branch that is not among `branches` costs nothing, and its loss is 0.
    """

    def __init__(
        self,
        *,
        image_dim: int,
        word_dim: int,
        text_dim: int,
        branches: Sequence[str] = ("text", "visual"),
    ) -> None:
        super().__init__()
        self.text = (
            TextBranch(text_dim=text_dim, image_dim=image_dim)
            if "text" in branches
            else None
        )
        self.visual = (
            VisualBranch(image_dim=image_dim, word_dim=word_dim)
            if "visual" in branches
            else None
        )

    def forward(
        self,
        *,
        deepest: Tensor,
        words: Tensor,
        first_words: Tensor,
        masked_words: Tensor,
        word_mask: Tensor,
        object_tokens: Tensor,
        object_region: Tensor,
        joined: Joined = alone,
    ) -> Reconstruction:
        """Both losses.

        Args:
            deepest: (N, C, h, w), Y_4.
            words: (N, T, D'), L_4.
            first_words: (N, T, D), L_0.
            masked_words: (N, T, D), the text encoder's view of the text with the
                object tokens replaced by [MASK].
            word_mask: (N, T), True on a token.
            object_tokens: (N, T), True on the tokens that were replaced.
            object_region: (N, h, w), True on the object.
            joined: see `masked_mean`.
        """
        text = visual = deepest.new_zeros((), dtype=torch.float32)
        if self.text is not None:
            text = self.text(
                masked_words, first_words, deepest, word_mask, object_tokens, joined
            )
        if self.visual is not None:
            visual = self.visual(deepest, words, word_mask, object_region, joined)
        return Reconstruction(text, visual)


class TextBranch(nn.Module):
    """Hidden words from the image."""

    def __init__(self, *, text_dim: int, image_dim: int) -> None:
        super().__init__()
        self.project = nn.Linear(image_dim, text_dim)
        self.layer = _layer(text_dim, text_dim)

    def forward(
        self,
        masked: Tensor,
        first: Tensor,
        deepest: Tensor,
        word_mask: Tensor,
        chosen: Tensor,
        joined: Joined,
    ) -> Tensor:
        """Mean of 1 - cosine over the chosen tokens (N, T); shapes as in `DMOLS`."""
        seen = self.project(as_tokens(deepest))  # (N, P, D)
        rebuilt = self.layer(masked, seen, mask=word_mask).float()  # (N, T, D)
        likeness = functional.cosine_similarity(rebuilt, first.detach().float(), dim=2)
        return masked_mean(1 - likeness, chosen, joined=joined)


class VisualBranch(nn.Module):
    """Hidden pixels from the words."""

    def __init__(self, *, image_dim: int, word_dim: int) -> None:
        super().__init__()
        self.blank = nn.Parameter(torch.zeros(image_dim))
        self.project = nn.Linear(word_dim, image_dim)
        self.layer = _layer(image_dim, image_dim)

    def forward(
        self,
        deepest: Tensor,
        words: Tensor,
        word_mask: Tensor,
        region: Tensor,
        joined: Joined,
    ) -> Tensor:
        """Mean smooth-L1 over the region (N, h, w); shapes as in `DMOLS`."""
        height, width = deepest.shape[2:]
        pixels = as_tokens(deepest)  # (N, P, C)
        hidden = region.flatten(1)  # (N, P)
        x = torch.where(hidden[..., None], self.blank.to(pixels.dtype), pixels)
        x = x + sine_positions(height, width, x.shape[2], like=x)
        x = self.layer(x, self.project(words), source_mask=word_mask)
        rebuilt, wanted = _standardised(x), _standardised(pixels.detach())
        loss = functional.smooth_l1_loss(rebuilt, wanted, reduction="none")
        return masked_mean(loss.mean(dim=2), hidden, joined=joined)


def object_region(
    mask: Tensor, size: tuple[int, int], *, generator: torch.Generator | None = None
) -> Tensor:
    """Where the object lies on a coarse map.

    Any pixel of the object counts. Where over half of the map is object, a random half
    of it is kept, so that enough context remains.

    Args:
        mask: (N, H, W), 1 on the target.
        size: (h, w) of the coarse map.
        generator: of the random half.

    Returns:
        (N, h, w), True on the object.
    """
    region = functional.adaptive_max_pool2d(mask.float()[:, None], size)[:, 0] > 0
    crowded = region.float().mean(dim=(1, 2), keepdim=True) > 0.5
    drawn = torch.rand(region.shape, generator=generator).to(region.device)
    return region & (~crowded | (drawn < 0.5))


def _layer(dim: int, source_dim: int) -> Mixer:
    heads = next(h for h in (8, 4, 2, 1) if dim % h == 0)
    return Mixer(dim, source_dim=source_dim, heads=heads, hidden=2 * dim)


def _standardised(x: Tensor) -> Tensor:
    return functional.layer_norm(x.float(), x.shape[-1:])
