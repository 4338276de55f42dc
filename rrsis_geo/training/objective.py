"""A batch to its losses: the module that training descends, alone or distributed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import torch
from torch import Tensor, nn

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.distributed_mean import ProcessMean, single_process
from rrsis_geo.model.losses import Losses, joint_loss
from rrsis_geo.training.data.batch import Batch
from rrsis_geo.training.text_features import Tokenize, tokens_of


class Objective(nn.Module):
    """The network with all that training asks of it, D-MOLS included.

    Args:
        network: trained in place; its D-MOLS runs where its config has it.
        tokenize: of the network's vocabulary.
        phrases: names of things, whose words D-MOLS hides.
        train_text: descend into the text encoder too; else it is frozen.
        freeze_norms: keep the statistics of batch norms as they are.
        bfloat16: run the network in bfloat16 autocast; losses are float32 always.
        joined: counts over the processes that share a batch.
    """

    def __init__(
        self,
        network: BTDNet,
        tokenize: Tokenize,
        *,
        phrases: Sequence[str] = (),
        train_text: bool = False,
        freeze_norms: bool = False,
        bfloat16: bool = False,
        joined: ProcessMean = single_process,
    ) -> None:
        super().__init__()
        self.network = network
        self.train_text = train_text
        self._freeze_norms = freeze_norms
        self._tokenize = tokenize
        self._phrases = tuple(phrases)
        self._bfloat16 = bfloat16
        self._joined = joined
        network.text.requires_grad_(train_text)

    @property
    def place(self) -> torch.device:
        """Where the network lies."""
        return next(self.network.parameters()).device

    def train(self, mode: bool = True) -> Self:
        """For training or not, but for norms that are to stay as they are."""
        super().train(mode)
        if self._freeze_norms:
            for part in self.network.modules():
                if isinstance(part, (nn.BatchNorm2d, nn.SyncBatchNorm)):
                    part.eval()
        return self

    def forward(self, batch: Batch) -> Losses:
        """The losses of one batch, unweighted."""
        network, rows, place = self.network, len(batch.texts), self.place
        branches = network.config.dmols_branches if network.config.dmols else ()
        asked = tokens_of(
            batch.texts,
            self._tokenize,
            place=place,
            phrases=self._phrases if "text" in branches else None,
        )
        mask = asked.mask.unflatten(0, (rows, -1))  # (B, E, T)
        images = batch.images.to(place, non_blocking=True).float()
        target = batch.masks.to(place, non_blocking=True).float()  # (B, E, S, S)
        with torch.autocast(place.type, torch.bfloat16, enabled=self._bfloat16):
            words = self._encode(asked.ids, asked.mask, rows)  # (B, E, T, D)
            output = network(images, words, mask)
            text = visual = None
            if branches:
                hidden = asked.hidden
                masked = words
                if hidden is None:
                    hidden = torch.zeros_like(asked.mask)
                else:
                    ids = asked.ids.masked_fill(hidden, self._tokenize.mask)
                    masked = self._encode(ids, asked.mask, rows)
                text, visual = network.reconstruct(
                    output,
                    first_words=words,
                    masked_words=masked,
                    object_tokens=hidden.unflatten(0, (rows, -1)),
                    mask=target,
                    process_mean=self._joined,
                )
        return joint_loss(
            output, target, text=text, visual=visual, process_mean=self._joined
        )

    def _encode(self, ids: Tensor, mask: Tensor, rows: int) -> Tensor:
        """(N, T) tokens to (B, E, T, D) features."""
        with torch.set_grad_enabled(self.train_text and torch.is_grad_enabled()):
            features: Tensor = self.network.text(ids, mask)
        shaped: Tensor = features.unflatten(0, (rows, -1))
        return shaped
