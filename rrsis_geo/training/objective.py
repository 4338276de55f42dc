"""From a batch to its losses: the module that training minimizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import torch
from torch import Tensor, nn

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.distributed_mean import ProcessMean, single_process
from rrsis_geo.model.head import is_of_head
from rrsis_geo.model.losses import Losses, joint_loss
from rrsis_geo.training.data.batch import Batch
from rrsis_geo.training.text_features import Tokenize, tokenize_rows


class Objective(nn.Module):
    """The network with its losses, D-MOLS included.

    Args:
        network: trained in place; its D-MOLS runs if its config has it.
        tokenize: of the network's vocabulary.
        phrases: names of things, whose words D-MOLS masks.
        train_text: train the text encoder too; else it is frozen.
        head_only: freeze all that is not of the head.
        freeze_norms: keep the statistics of batch norms unchanged.
        bfloat16: run the network in bfloat16 autocast; losses are always float32.
        all_reduce_mean: mean of a count over the processes that share a batch.
    """

    def __init__(
        self,
        network: BTDNet,
        tokenize: Tokenize,
        *,
        phrases: Sequence[str] = (),
        train_text: bool = False,
        head_only: bool = False,
        freeze_norms: bool = False,
        bfloat16: bool = False,
        all_reduce_mean: ProcessMean = single_process,
    ) -> None:
        super().__init__()
        self.network = network
        self.train_text = train_text
        self._freeze_norms = freeze_norms
        self._tokenize = tokenize
        self._phrases = tuple(phrases)
        self._bfloat16 = bfloat16
        self._all_reduce_mean = all_reduce_mean
        network.text.requires_grad_(train_text)
        if head_only:
            for name, parameter in network.named_parameters():
                parameter.requires_grad_(is_of_head(name))

    @property
    def device(self) -> torch.device:
        """Device of the network."""
        return next(self.network.parameters()).device

    def train(self, mode: bool = True) -> Self:
        """Set the training mode; frozen batch norms stay in inference mode."""
        super().train(mode)
        if self._freeze_norms:
            for part in self.network.modules():
                if isinstance(part, (nn.BatchNorm2d, nn.SyncBatchNorm)):
                    part.eval()
        return self

    def forward(self, batch: Batch) -> Losses:
        """Compute the unweighted losses of a batch."""
        network, rows, device = self.network, len(batch.texts), self.device
        branches = network.config.dmols_branches if network.config.dmols else ()
        tokens = tokenize_rows(
            batch.texts,
            self._tokenize,
            device=device,
            phrases=self._phrases if "text" in branches else None,
        )
        mask = tokens.mask.unflatten(0, (rows, -1))  # (B, E, T)
        images = batch.images.to(device, non_blocking=True).float()
        target = batch.masks.to(device, non_blocking=True).float()  # (B, E, S, S)
        with torch.autocast(device.type, torch.bfloat16, enabled=self._bfloat16):
            words = self._encode_text(tokens.ids, tokens.mask, rows)  # (B, E, T, D)
            output = network(images, words, mask)
            text = visual = None
            if branches:
                object_mask = tokens.object_mask
                masked_words = words
                if object_mask is None:
                    object_mask = torch.zeros_like(tokens.mask)
                else:
                    ids = tokens.ids.masked_fill(object_mask, self._tokenize.mask)
                    masked_words = self._encode_text(ids, tokens.mask, rows)
                text, visual = network.reconstruct(
                    output,
                    first_words=words,
                    masked_words=masked_words,
                    object_tokens=object_mask.unflatten(0, (rows, -1)),
                    mask=target,
                    process_mean=self._all_reduce_mean,
                )
        return joint_loss(
            output, target, text=text, visual=visual, process_mean=self._all_reduce_mean
        )

    def _encode_text(self, ids: Tensor, mask: Tensor, rows: int) -> Tensor:
        """Encode (N, T) tokens to (B, E, T, D) features."""
        with torch.set_grad_enabled(self.train_text and torch.is_grad_enabled()):
            features: Tensor = self.network.text(ids, mask)
        shaped: Tensor = features.unflatten(0, (rows, -1))
        return shaped
