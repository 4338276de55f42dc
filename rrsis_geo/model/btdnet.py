"""The whole network: text and image in, two logit maps and a presence out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from rrsis_geo.model.config import ModelConfig
from rrsis_geo.model.decoders.presence import Presence
from rrsis_geo.model.decoders.single_stream import SingleDecoder
from rrsis_geo.model.decoders.twin_stream import TwinDecoder, upsample
from rrsis_geo.model.distributed_mean import Joined, alone
from rrsis_geo.model.dmols import DMOLS, Reconstruction, object_region
from rrsis_geo.model.encoders.text_encoder import TextEncoder, initialise
from rrsis_geo.model.fusion.fusion import Fused, NeckFusion, StageFusion

TRAINING_ONLY = ("dmols.",)
"""Prefixes of parameters that an exported file leaves out."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Output:
    """Answers for B images and E expressions; h, w are at stride 4, rounded up."""

    target: Tensor
    """(B, E, h, w) logits z_t."""

    background: Tensor
    """(B, E, h, w) logits z_b."""

    presence: Tensor | None
    """(B, E) logits; None where the network has no such head."""

    fused: Fused
    """The features behind the maps, N = B * E, for the reconstruction losses."""

    word_mask: Tensor
    """(N, T), True on a token."""

    @property
    def levels(self) -> tuple[Tensor, ...]:
        """Y_1 to Y_4, each (N, C, h, w)."""
        return self.fused.levels

    @property
    def words(self) -> Tensor:
        """(N, T, D) after the last alignment."""
        return self.fused.words

    def logits(self, size: tuple[int, int]) -> Tensor:
        """(B, E, *size): z_t - z_b, whose sigmoid is the target's probability."""
        return upsample((self.target - self.background).float(), size)


class BTDNet(nn.Module):
    """Bidirectional alignment guided joint prediction, as its config says."""

    mean: Tensor
    std: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        for name in ("mean", "std"):
            # On the CPU even while the rest is built on the meta device.
            value = torch.tensor(getattr(config, name), device="cpu")
            self.register_buffer(name, value.view(1, 3, 1, 1), persistent=False)
        self.text = TextEncoder(
            vocabulary=config.text_vocabulary,
            dim=config.text_dim,
            layers=config.text_layers,
            heads=config.text_heads,
            hidden=config.text_hidden,
            positions=config.text_positions,
        )
        initialise(self.text)
        neck = config.fusion == "neck"
        self.visual = NeckFusion(config) if neck else StageFusion(config)
        self.decoder = _decoder(config)
        deepest, words = config.level_dims[3], config.fused_words
        self.presence = (
            Presence(image_dim=deepest, word_dim=words) if config.presence else None
        )
        self.dmols = (
            DMOLS(
                image_dim=deepest,
                word_dim=words,
                text_dim=config.text_dim,
                branches=config.dmols_branches,
            )
            if config.dmols
            else None
        )

    def forward(self, image: Tensor, words: Tensor, word_mask: Tensor) -> Output:
        """Look for E expressions in each of B images.

        Args:
            image: (B, 3, H, W) float32 raw RGB in 0 to 255; any H and W.
            words: (B, E, T, D) from `text`.
            word_mask: (B, E, T), True on a token.
        """
        return self.answer(self.look(image), words, word_mask)

    def look(self, image: Tensor) -> Any:
        """All of `forward` that needs no words, to be given to `answer` any number
        of times."""
        return self.visual.look(self.normalise(image))

    def answer(self, seen: Any, words: Tensor, word_mask: Tensor) -> Output:
        """The rest of `forward`, from what `look` saw in B images."""
        count, asked = words.shape[:2]
        mask = word_mask.flatten(0, 1)  # (N, T), N = B * E
        mask = mask | ~mask.any(dim=1, keepdim=True)  # an empty text must give no NaN
        fused = self.visual.fuse(seen, words.flatten(0, 1), mask)
        target, background = self.decoder(fused.levels)  # (N, h, w)
        presence = None
        if self.presence is not None:
            score = target - background
            presence = self.presence(fused.deepest, fused.words, mask, score)
            presence = presence.unflatten(0, (count, asked))
        return Output(
            target=target.unflatten(0, (count, asked)),
            background=background.unflatten(0, (count, asked)),
            presence=presence,
            fused=fused,
            word_mask=mask,
        )

    def reconstruct(
        self,
        out: Output,
        *,
        first_words: Tensor,
        masked_words: Tensor,
        object_tokens: Tensor,
        mask: Tensor,
        generator: torch.Generator | None = None,
        joined: Joined = alone,
    ) -> Reconstruction:
        """The two losses of D-MOLS, for a network that was built with it.

        Args:
            out: of `forward`.
            first_words: (B, E, T, D) from `text`.
            masked_words: (B, E, T, D) from `text` with the object tokens masked.
            object_tokens: (B, E, T), True on the masked tokens.
            mask: (B, E, H, W), 1 on the target.
            generator: of the random half of a crowded region.
            joined: counts over the processes that share the batch; see `counting`.
        """
        if self.dmols is None:
            raise ValueError("the config of this network has no D-MOLS")
        deepest = out.levels[3]
        size = (deepest.shape[2], deepest.shape[3])
        losses: Reconstruction = self.dmols(
            deepest=deepest,
            words=out.words,
            first_words=first_words.flatten(0, 1),
            masked_words=masked_words.flatten(0, 1),
            word_mask=out.word_mask,
            object_tokens=object_tokens.flatten(0, 1),
            object_region=object_region(mask.flatten(0, 1), size, generator=generator),
            joined=joined,
        )
        return losses

    def normalise(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) raw RGB as the image encoder expects it."""
        image = image.contiguous(memory_format=torch.channels_last)
        return (image - self.mean) / self.std

    def parameter_groups(
        self, *, weight_decay: float = 1e-2, encoder_scale: float = 1.0
    ) -> list[dict[str, Any]]:
        """Groups for AdamW of all parameters that ask for a gradient.

        Norms, biases, gates, position tables and other vectors do not decay. Each
        group carries `scale`, which the caller's schedule multiplies its rate by:
        `encoder_scale` for the pretrained image and text encoders, 1 for the rest.
        """
        groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
        for name, parameter in self.named_parameters():
            if parameter.requires_grad:
                key = (pretrained(name), decays(name, parameter))
                groups.setdefault(key, []).append(parameter)
        return [
            {
                "params": parameters,
                "weight_decay": weight_decay if decay else 0.0,
                "scale": encoder_scale if encoder else 1.0,
                "name": f"{'encoder' if encoder else 'new'}"
                f"{'' if decay else ', no decay'}",
            }
            for (encoder, decay), parameters in sorted(groups.items())
        ]

    def inference_state(self) -> Iterator[tuple[str, Tensor]]:
        """Names and tensors without what only training needs."""
        for name, tensor in self.state_dict().items():
            counter = name.endswith("num_batches_tracked")
            if not counter and not name.startswith(TRAINING_ONLY):
                yield name, tensor


def pretrained(name: str) -> bool:
    """Whether a parameter belongs to an encoder that starts from public weights."""
    return name.startswith(("text.", "visual.encoder."))


def decays(name: str, parameter: Tensor) -> bool:
    """Whether weight decay applies to a parameter."""
    table = "position" in name or "token_type" in name
    return parameter.ndim > 1 and not table


def _decoder(config: ModelConfig) -> TwinDecoder | SingleDecoder:
    if config.decoder == "single":
        return SingleDecoder(level_dims=config.level_dims)
    return TwinDecoder(
        level_dims=cast(Any, config.level_dims),
        dims=config.decoder_dims,
        join_kernel=config.decoder_join,
        exchange=config.exchange,
    )
