"""Weights and expressions bound to one call: pixels in, probabilities out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rrsis_geo.errors import OptionError
from rrsis_geo.model.btdnet import BTDNet, Output
from rrsis_geo.model.device import choose_batch, choose_device, choose_precision
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.serialization.header import Calibration
from rrsis_geo.model.serialization.weights import load_weights

TOGETHER = 8
"""Expressions answered in one pass; more are taken in turns, to bound memory."""

# torch 2.4 knows it only under its older name.
OUT_OF_MEMORY = getattr(torch, "OutOfMemoryError", torch.cuda.OutOfMemoryError)


class NetPredictor:
    """A `Predictor` that asks a network.

    The text is encoded once. On a CPU every window is computed alone, so that its
    result cannot depend on the batch it came in; batching gains nothing there.
    """

    def __init__(
        self,
        net: BTDNet,
        tokenizer: Tokenizer,
        expressions: Sequence[str],
        *,
        calibration: Calibration,
        device: torch.device,
        precision: torch.dtype,
        batch_size: int,
    ) -> None:
        self.device = str(device)
        self.batch_size = batch_size
        self.precision = str(precision).removeprefix("torch.")
        self.calibration = calibration
        self.advice = tokenizer.advice(expressions)
        self._net = net.to(device).eval()
        self._place = device
        self._dtype = precision
        self._alone = device.type == "cpu"
        tokens = tokenizer(expressions, longest=net.config.text_positions)
        with torch.inference_mode():
            ids = torch.from_numpy(tokens.ids).to(device)
            self._mask = torch.from_numpy(tokens.mask).to(device)[None]  # (1, E, T)
            self._words = net.text(ids, self._mask[0])[None]  # (1, E, T, D)

    def __call__(self, pixels: NDArray[np.uint8], /) -> NDArray[np.float32]:
        """Target probability of each expression.

        Args:
            pixels: (B, 3, H, W) RGB.

        Returns:
            (B, E, H, W) in [0, 1].

        Raises:
            OptionError: not even one window fits into the device's memory.
        """
        count, _, height, width = pixels.shape
        asked = self._words.shape[1]
        answer = np.empty((count, asked, height, width), np.float32)
        start = 0
        while start < count:
            stop = start + (1 if self._alone else self.batch_size)
            try:
                answer[start:stop] = self._predict(pixels[start:stop])
            except OUT_OF_MEMORY as error:
                self._make_room(min(stop, count) - start, height, width, error)
            else:
                start = stop
        return answer

    @torch.inference_mode()
    def _predict(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        image = torch.from_numpy(np.ascontiguousarray(pixels)).to(self._place).float()
        size = (image.shape[2], image.shape[3])
        count, parts = image.shape[0], []
        low = self._dtype != torch.float32
        with torch.autocast(self._place.type, self._dtype, enabled=low):
            seen = self._net.look(image)
            for words, mask in zip(
                torch.split(self._words, TOGETHER, dim=1),
                torch.split(self._mask, TOGETHER, dim=1),
                strict=True,
            ):
                out = self._net.answer(
                    seen, words.expand(count, -1, -1, -1), mask.expand(count, -1, -1)
                )
                parts.append(probability(out, size, self.calibration))
        return torch.cat(parts, dim=1).cpu().numpy()

    def _make_room(
        self, windows: int, height: int, width: int, error: BaseException
    ) -> None:
        """Halve the batch for good, or give up at a single window."""
        if windows < 2:
            raise OptionError(
                f"a window of {width} x {height} pixels does not fit into the memory "
                f"of {self.device}: choose a smaller window-size, or device cpu"
            ) from error
        self.batch_size = windows // 2
        if self._place.type == "cuda":
            torch.cuda.empty_cache()


def probability(out: Output, size: tuple[int, int], calibration: Calibration) -> Tensor:
    """(B, E, *size) float32 in [0, 1], calibrated and weighed by presence."""
    logits = out.logits(size) / calibration.temperature + calibration.bias
    chance = logits.sigmoid()
    if out.presence is None or calibration.presence_gate == 0:
        return chance
    score = out.presence.float() / calibration.presence_temperature
    there = (score + calibration.presence_bias).sigmoid()
    gate = calibration.presence_gate
    return chance * (1 - gate + gate * there)[..., None, None]


def make_predictor(
    weights: str | Path,
    expressions: Sequence[str],
    *,
    device: str = "auto",
    precision: str = "auto",
    batch_size: int = 0,
) -> NetPredictor:
    """Load weights and encode the expressions.

    Args:
        weights: name or path.
        expressions: E texts.
        device: auto, cpu, cuda, cuda:N or mps.
        precision: auto, float32 or bfloat16.
        batch_size: windows per pass; 0 chooses.

    Raises:
        WeightsError: the weights are missing, altered or of another model.
        OptionError: the device is not there.
    """
    place = choose_device(device)
    net, info = load_weights(weights)
    return NetPredictor(
        net,
        Tokenizer(info.vocabulary),
        expressions,
        calibration=info.calibration,
        device=place,
        precision=choose_precision(precision, place),
        batch_size=choose_batch(batch_size, place),
    )
