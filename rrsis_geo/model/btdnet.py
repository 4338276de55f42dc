"""BTDNet: image and text in, the logits of both streams and a presence logit out.

    L_0      = text(ids, mask)
    Y_1..Y_4 = fusion(image, L_0)           `StageFusion` or `NeckFusion`
    z_t, z_b = T-BTD(Y_1..Y_4)
    P(target) = sigmoid(z_t - z_b)          equals the softmax over [z_b, z_t]

Not in the paper: several expressions per image, the neck, the presence head.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from rrsis_geo.model.config import ModelConfig
from rrsis_geo.model.decoders.presence import PresenceHead
from rrsis_geo.model.decoders.single_stream import SingleDecoder
from rrsis_geo.model.decoders.twin_stream import TwinDecoder, upsample
from rrsis_geo.model.distributed_mean import ProcessMean, single_process
from rrsis_geo.model.dmols import DMOLS, Reconstruction, object_region
from rrsis_geo.model.encoders.text_encoder import TextEncoder, initialise
from rrsis_geo.model.fusion.fusion import Fused, NeckFusion, StageFusion

TRAINING_ONLY = ("dmols.",)
"""Prefixes of parameters that weights files leave out."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Output:
    """Output of the network for B images with E expressions each."""

    target: Tensor
    """(B, E, H1, W1) logits z_t."""

    background: Tensor
    """(B, E, H1, W1) logits z_b."""

    presence: Tensor | None
    """(B, E) logits; None where the network has no presence head."""

    fused: Fused
    """Features of the N pairs, for the reconstruction losses."""

    word_mask: Tensor
    """(N, T), True on a token."""

    @property
    def levels(self) -> tuple[Tensor, ...]:
        """(N, C1, H1, W1) to (N, C4, H4, W4): Y_1 to Y_4."""
        return self.fused.levels

    @property
    def words(self) -> Tensor:
        """(N, T, D): L_4, text features after the last alignment."""
        return self.fused.words

    def logits(self, size: tuple[int, int]) -> Tensor:
        """Logits z_t - z_b of the target, upsampled to `size`: (B, E, *size)."""
        return upsample((self.target - self.background).float(), size)


class BTDNet(nn.Module):
    """Bidirectional alignment and joint prediction of target and background.

    The config decides which parts it has.
    """

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
        self.decoder = _build_decoder(config)
        image_dim, word_dim = config.level_dims[3], config.fused_words
        self.presence = (
            PresenceHead(image_dim=image_dim, word_dim=word_dim)
            if config.presence
            else None
        )
        self.dmols = (
            DMOLS(
                image_dim=image_dim,
                word_dim=word_dim,
                text_dim=config.text_dim,
                branches=config.dmols_branches,
            )
            if config.dmols
            else None
        )

    def forward(self, image: Tensor, words: Tensor, word_mask: Tensor) -> Output:
        """Segment E expressions in each of B images.

        Args:
            image: (B, 3, H, W) float32 raw RGB in 0 to 255; any H and W.
            words: (B, E, T, D) from `text`.
            word_mask: (B, E, T), True on a token.
        """
        return self.decode(self.encode_image(image), words, word_mask)

    def encode_image(self, image: Tensor) -> Any:
        """Compute all of `forward` that needs no text.

        Args:
            image: (B, 3, H, W) float32 raw RGB in 0 to 255.

        Returns:
            A value for `decode`, which can be used any number of times.
        """
        return self.visual.encode_image(self.normalise(image))

    def decode(self, encoded: Any, words: Tensor, word_mask: Tensor) -> Output:
        """Compute the rest of `forward`.

        Args:
            encoded: B images from `encode_image`.
            words: (B, E, T, D) from `text`.
            word_mask: (B, E, T), True on a token.
        """
        pairs = words.shape[:2]  # (B, E)
        mask = word_mask.flatten(0, 1)  # (N, T)
        mask = mask | ~mask.any(dim=1, keepdim=True)  # an empty text must give no NaN
        fused = self.visual.fuse(encoded, words.flatten(0, 1), mask)
        target, background = self.decoder(fused.levels)  # (N, H1, W1) each
        presence = None
        if self.presence is not None:
            logits = target - background  # (N, H1, W1)
            presence = self.presence(fused.deepest, fused.words, mask, logits)  # (N,)
            presence = presence.unflatten(0, pairs)  # (B, E)
        return Output(
            target=target.unflatten(0, pairs),  # (B, E, H1, W1)
            background=background.unflatten(0, pairs),
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
        process_mean: ProcessMean = single_process,
    ) -> Reconstruction:
        """Compute the two losses of D-MOLS.

        Args:
            out: from `forward`.
            first_words: (B, E, T, D) from `text`.
            masked_words: (B, E, T, D) from `text` with the object tokens masked.
            object_tokens: (B, E, T), True on the masked tokens.
            mask: (B, E, H, W), 1 on the target.
            generator: draws the half of a crowded region that is kept.
            process_mean: averages counts over the processes that share the batch; see
                `distributed_mean`.

        Raises:
            ValueError: the config has no D-MOLS.
        """
        if self.dmols is None:
            raise ValueError("the config of this network has no D-MOLS")
        deepest = out.levels[3]  # (N, C4, H4, W4)
        size = (deepest.shape[2], deepest.shape[3])
        losses: Reconstruction = self.dmols(
            deepest=deepest,
            words=out.words,
            first_words=first_words.flatten(0, 1),
            masked_words=masked_words.flatten(0, 1),
            word_mask=out.word_mask,
            object_tokens=object_tokens.flatten(0, 1),
            object_region=object_region(mask.flatten(0, 1), size, generator=generator),
            process_mean=process_mean,
        )
        return losses

    def normalise(self, image: Tensor) -> Tensor:
        """Raw RGB to the image encoder's input: (B, 3, H, W) to the same."""
        image = image.contiguous(memory_format=torch.channels_last)
        return (image - self.mean) / self.std

    def parameter_groups(
        self, *, weight_decay: float = 1e-2, encoder_scale: float = 1.0
    ) -> list[dict[str, Any]]:
        """Groups for AdamW of all parameters that require a gradient.

        Norms, biases, gates and position tables have no weight decay.

        Args:
            weight_decay: of all other parameters.
            encoder_scale: `scale` of the pretrained encoders' groups, by which the
                caller multiplies the learning rate; 1 for the rest.
        """
        groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
        for name, parameter in self.named_parameters():
            if parameter.requires_grad:
                key = (is_pretrained(name), has_weight_decay(name, parameter))
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
        """Names and tensors of the state that inference needs."""
        for name, tensor in self.state_dict().items():
            counter = name.endswith("num_batches_tracked")
            if not counter and not name.startswith(TRAINING_ONLY):
                yield name, tensor


def is_pretrained(name: str) -> bool:
    """Whether a parameter belongs to an encoder that starts from public weights."""
    return name.startswith(("text.", "visual.encoder."))


def has_weight_decay(name: str, parameter: Tensor) -> bool:
    """Whether weight decay applies to a parameter."""
    table = "position" in name or "token_type" in name
    return parameter.ndim > 1 and not table


def _build_decoder(config: ModelConfig) -> TwinDecoder | SingleDecoder:
    if config.decoder == "single":
        return SingleDecoder(level_dims=config.level_dims)
    return TwinDecoder(
        level_dims=cast(Any, config.level_dims),
        dims=config.decoder_dims,
        join_kernel=config.decoder_join,
        exchange=config.exchange,
    )
