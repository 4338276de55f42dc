"""A weights file as a `Network` of the evaluation; the only module here with torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from rrsis_geo.evaluation.protocols import NetworkPrediction
from rrsis_geo.model.device import choose_device, choose_precision
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.predictor import probability
from rrsis_geo.model.serialization.weights import load_weights


class WeightsNetwork:
    """A `Network` made of a weights file."""

    def __init__(
        self,
        weights: str | Path,
        *,
        device: str = "auto",
        precision: str = "float32",
    ) -> None:
        """Load the weights.

        Raises:
            WeightsError: They are missing, altered or of another model.
            OptionError: The device does not exist.
        """
        self._device = choose_device(device)
        self._dtype = choose_precision(precision, self._device)
        net, self.info = load_weights(weights)
        self._net = net.to(self._device).eval()
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
        tokens = self._tokenizer(texts, longest=self._net.config.text_positions)
        ids = torch.from_numpy(tokens.ids).to(self._device)
        mask = torch.from_numpy(tokens.mask).to(self._device)
        image = torch.from_numpy(pixels[None]).to(self._device).float()
        autocast = self._dtype != torch.float32
        with torch.autocast(self._device.type, self._dtype, enabled=autocast):
            words = self._net.text(ids, mask)
            out = self._net(image, words[None], mask[None])
            probabilities = probability(out, sizes[0], self.info.calibration)
        self.presence_logits = (
            None if out.presence is None else out.presence[0].float().cpu().numpy()
        )
        return NetworkPrediction(
            logits=tuple(out.logits(size)[0].cpu().numpy() for size in sizes),
            probabilities=probabilities[0].cpu().numpy(),
            presence=self._presence(out.presence, len(texts)),
        )

    def _presence(
        self, logits: torch.Tensor | None, count: int
    ) -> tuple[float | None, ...]:
        if logits is None:
            return (None,) * count
        calibration = self.info.calibration
        scaled = logits[0].float() / calibration.presence_temperature
        return tuple((scaled + calibration.presence_bias).sigmoid().tolist())
