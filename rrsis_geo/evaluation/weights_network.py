"""A weights file as a `Network` of the evaluation; the only module here with torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from rrsis_geo.evaluation.protocols import NetworkPrediction
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.device import choose_device, choose_precision
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.predictor import probability
from rrsis_geo.model.serialization.weights import load_heads
from rrsis_geo.query.heads import rows_of_second


class WeightsNetwork:
    """A `Network` made of a weights file."""

    def __init__(
        self,
        weights: str | Path,
        *,
        device: str = "auto",
    ) -> None:
        """Load the weights.

        Raises:
            WeightsError: They are missing, altered or of another model.
            OptionError: The device does not exist.
        """
        self._device = choose_device(device)
        self._dtype = choose_precision("float32", self._device)
        first, second, self.info = load_heads(weights)
        self._first = first.to(self._device).eval()
        self._second = None if second is None else second.to(self._device).eval()
        self._tokenizer = Tokenizer(self.info.vocabulary)
        self.presence_logits: NDArray[np.float32] | None = None
        """(E,) raw logits of presence in the last prediction; None without a head."""

    @torch.inference_mode()
    def predict(
        self,
        pixels: NDArray[np.uint8],
        texts: Sequence[str],
        sizes: Sequence[tuple[int, int]],
    ) -> NetworkPrediction:
        """Encode the image once for all texts; see `protocols.Network`."""
        second = set(rows_of_second(texts, self.info.second_head))
        rows = [row for row in range(len(texts)) if row not in second]
        parts = [(self._first, rows)] if rows or not texts else []
        if self._second is not None and second:
            parts.append((self._second, sorted(second)))
        found = [
            self._decode(net, pixels, [texts[row] for row in rows], sizes)
            for net, rows in parts
        ]
        order = np.argsort(np.concatenate([rows for _, rows in parts]), kind="stable")
        logits, probabilities, presence = zip(*found, strict=True)
        self.presence_logits = (
            None
            if any(one is None for one in presence)
            else np.concatenate(presence)[order]
        )
        return NetworkPrediction(
            logits=tuple(
                np.concatenate(of_size)[order] for of_size in zip(*logits, strict=True)
            ),
            probabilities=np.concatenate(probabilities)[order],
            presence=self._presence(len(texts)),
        )

    def _decode(
        self,
        net: BTDNet,
        pixels: NDArray[np.uint8],
        texts: Sequence[str],
        sizes: Sequence[tuple[int, int]],
    ) -> tuple[
        list[NDArray[np.float32]], NDArray[np.float32], NDArray[np.float32] | None
    ]:
        """Logits (E, H, W) for each size, probabilities at the first, and presence."""
        tokens = self._tokenizer(texts, longest=net.config.text_positions)
        ids = torch.from_numpy(tokens.ids).to(self._device)
        mask = torch.from_numpy(tokens.mask).to(self._device)
        image = torch.from_numpy(pixels[None]).to(self._device).float()
        autocast = self._dtype != torch.float32
        with torch.autocast(self._device.type, self._dtype, enabled=autocast):
            out = net(image, net.text(ids, mask)[None], mask[None])
            probabilities = probability(out, sizes[0], self.info.calibration)
        presence = None if out.presence is None else out.presence[0].float().cpu()
        return (
            [out.logits(size)[0].cpu().numpy() for size in sizes],
            probabilities[0].cpu().numpy(),
            None if presence is None else presence.numpy(),
        )

    def _presence(self, count: int) -> tuple[float | None, ...]:
        if self.presence_logits is None:
            return (None,) * count
        calibration = self.info.calibration
        scaled = self.presence_logits / np.float32(calibration.presence_temperature)
        logits = torch.from_numpy(scaled) + calibration.presence_bias
        return tuple(logits.sigmoid().tolist())
