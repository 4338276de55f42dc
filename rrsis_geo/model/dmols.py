"""D-MOLS, the paper's dual-modal object learning strategy. Training only.

The object is masked in one modality and reconstructed from the other. Re-implemented
from the published description (arXiv 2502.08486); the layers and the two distances are
ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from rrsis_geo.model.distributed_mean import ProcessMean, masked_mean, single_process
from rrsis_geo.model.layers import CrossAttentionLayer, as_tokens, sine_positions


class Reconstruction(NamedTuple):
    """Losses of the two branches, each ()."""

    text: Tensor
    visual: Tensor


class DMOLS(nn.Module):
    """Reconstruct masked object words from the image, masked pixels from the words.

    A branch that is not among `branches` is not built, and its loss is 0.
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
        process_mean: ProcessMean = single_process,
    ) -> Reconstruction:
        """Compute both losses.

        Args:
            deepest: (N, C4, H4, W4), Y_4 of the paper.
            words: (N, T, word_dim), L_4: text features after the last alignment.
            first_words: (N, T, text_dim), L_0: output of the text encoder.
            masked_words: (N, T, text_dim), output of the text encoder for the text
                whose object tokens are replaced by [MASK].
            word_mask: (N, T), True on a token.
            object_tokens: (N, T), True on the tokens that were replaced.
            object_region: (N, H4, W4), True on the object.
            process_mean: see `masked_mean`.
        """
        text = visual = deepest.new_zeros((), dtype=torch.float32)
        if self.text is not None:
            text = self.text(
                masked_words,
                first_words,
                deepest,
                word_mask,
                object_tokens,
                process_mean,
            )
        if self.visual is not None:
            visual = self.visual(deepest, words, word_mask, object_region, process_mean)
        return Reconstruction(text, visual)


class TextBranch(nn.Module):
    """Text branch of D-MOLS: reconstruct masked words from the image."""

    def __init__(self, *, text_dim: int, image_dim: int) -> None:
        super().__init__()
        self.project = nn.Linear(image_dim, text_dim)
        self.layer = _layer(text_dim, text_dim)

    def forward(
        self,
        masked_words: Tensor,
        first_words: Tensor,
        deepest: Tensor,
        word_mask: Tensor,
        object_tokens: Tensor,
        process_mean: ProcessMean,
    ) -> Tensor:
        """Mean of 1 - cosine similarity over the object tokens; arguments of `DMOLS`.

        The target L_0 gets no gradient.
        """
        image = self.project(as_tokens(deepest))  # (N, P, text_dim)
        rebuilt = self.layer(masked_words, image, mask=word_mask).float()
        similarity = functional.cosine_similarity(
            rebuilt, first_words.detach().float(), dim=2
        )  # (N, T)
        return masked_mean(1 - similarity, object_tokens, process_mean=process_mean)


class VisualBranch(nn.Module):
    """Visual branch of D-MOLS: reconstruct masked pixels from the words."""

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
        object_region: Tensor,
        process_mean: ProcessMean,
    ) -> Tensor:
        """Mean smooth-L1 distance over the object region; arguments of `DMOLS`.

        Both sides are layer-normalised. The target Y_4 gets no gradient.
        """
        height, width = deepest.shape[2:]
        pixels = as_tokens(deepest)  # (N, P, C4)
        masked = object_region.flatten(1)  # (N, P)
        x = torch.where(masked[..., None], self.blank.to(pixels.dtype), pixels)
        x = x + sine_positions(height, width, x.shape[2], like=x)
        x = self.layer(x, self.project(words), source_mask=word_mask)  # (N, P, C4)
        rebuilt, target = _layer_norm(x), _layer_norm(pixels.detach())
        loss = functional.smooth_l1_loss(rebuilt, target, reduction="none")
        return masked_mean(loss.mean(dim=2), masked, process_mean=process_mean)


def object_region(
    mask: Tensor, size: tuple[int, int], *, generator: torch.Generator | None = None
) -> Tensor:
    """Max-pool a mask to the region of the object on a coarse map.

    Where more than half of the map is object, a random half of it is kept, so that
    enough context remains.

    Args:
        mask: (N, H, W), 1 on the target.
        size: (H4, W4) of the coarse map.
        generator: draws the random half.

    Returns:
        (N, H4, W4), True on the object.
    """
    region = functional.adaptive_max_pool2d(mask.float()[:, None], size)[:, 0] > 0
    crowded = region.float().mean(dim=(1, 2), keepdim=True) > 0.5  # (N, 1, 1)
    # Drawn on the CPU, so that the numbers do not depend on the device.
    drawn = torch.rand(region.shape, generator=generator).to(region.device)
    return region & (~crowded | (drawn < 0.5))


def _layer(dim: int, source_dim: int) -> CrossAttentionLayer:
    heads = next(count for count in (8, 4, 2, 1) if dim % count == 0)
    return CrossAttentionLayer(dim, source_dim=source_dim, heads=heads, hidden=2 * dim)


def _layer_norm(x: Tensor) -> Tensor:
    """Layer norm in float32, without affine."""
    return functional.layer_norm(x.float(), x.shape[-1:])
