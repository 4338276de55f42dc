"""The `Predictor` of a network: weights and expressions bound to one callable."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rrsis_geo.errors import OptionError
from rrsis_geo.job import SegmentOptions
from rrsis_geo.model.btdnet import BTDNet, Output
from rrsis_geo.model.device import choose_batch, choose_device, choose_precision
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.serialization.probability_calibration import Calibration
from rrsis_geo.model.serialization.weights import load_heads

EXPRESSIONS_PER_PASS = 8
"""Expressions decoded at once; the limit bounds memory."""

# torch 2.4 has it only under its older name.
OUT_OF_MEMORY = getattr(torch, "OutOfMemoryError", torch.cuda.OutOfMemoryError)


class TorchPredictor:
    """A `Predictor` that runs a network; the text is encoded once.

    On a CPU every window is computed alone, so that its result cannot depend on the
    others in the batch; batching gains nothing there.
    """

    runtime = "torch"

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
        self._net = net.to(device).eval()
        self._device = device
        self._dtype = precision
        self._one_by_one = device.type == "cpu"
        tokens = tokenizer(expressions, longest=net.config.text_positions)
        with torch.inference_mode():
            ids = torch.from_numpy(tokens.ids).to(device)  # (E, T)
            self._mask = torch.from_numpy(tokens.mask).to(device)[None]  # (1, E, T)
            self._words = net.text(ids, self._mask[0])[None]  # (1, E, T, D)

    def __call__(self, pixels: NDArray[np.uint8], /) -> NDArray[np.float32]:
        """Target probability of each expression.

        Args:
            pixels: (B, 3, H, W) RGB.

        Returns:
            (B, E, H, W) in [0, 1].

        Raises:
            OptionError: a single window does not fit into the device's memory.
        """
        count, _, height, width = pixels.shape
        expressions = self._words.shape[1]
        probabilities = np.empty((count, expressions, height, width), np.float32)
        start = 0
        while start < count:
            stop = start + (1 if self._one_by_one else self.batch_size)
            try:
                probabilities[start:stop] = self._predict(pixels[start:stop])
            except OUT_OF_MEMORY as error:
                self._reduce_batch(min(stop, count) - start, height, width, error)
            else:
                start = stop
        return probabilities

    @torch.inference_mode()
    def _predict(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(B, 3, H, W) to (B, E, H, W), in one pass over the image encoder."""
        image = torch.from_numpy(np.ascontiguousarray(pixels)).to(self._device).float()
        size = (image.shape[2], image.shape[3])
        count, parts = image.shape[0], []
        autocast = self._dtype != torch.float32
        with torch.autocast(self._device.type, self._dtype, enabled=autocast):
            encoded = self._net.encode_image(image)
            for words, mask in zip(
                torch.split(self._words, EXPRESSIONS_PER_PASS, dim=1),
                torch.split(self._mask, EXPRESSIONS_PER_PASS, dim=1),
                strict=True,
            ):
                out = self._net.decode(
                    encoded, words.expand(count, -1, -1, -1), mask.expand(count, -1, -1)
                )
                parts.append(probability(out, size, self.calibration))
        return torch.cat(parts, dim=1).cpu().numpy()

    def _reduce_batch(
        self, windows: int, height: int, width: int, error: BaseException
    ) -> None:
        """Halve the batch for this and later calls; fail at a single window."""
        if windows < 2:
            raise OptionError(
                f"a window of {width} x {height} pixels does not fit into the memory "
                f"of {self.device}: choose a smaller window-size, or device cpu"
            ) from error
        self.batch_size = windows // 2
        if self._device.type == "cuda":
            torch.cuda.empty_cache()


def probability(out: Output, size: tuple[int, int], calibration: Calibration) -> Tensor:
    """Calibrated target probability, weighted by presence.

    Args:
        out: of the network, for B images and E expressions.
        size: (H, W) of the result.
        calibration: see `Calibration`.

    Returns:
        (B, E, H, W) float32 in [0, 1].
    """
    logits = out.logits(size) / calibration.temperature + calibration.bias
    target = logits.sigmoid()  # (B, E, H, W)
    if out.presence is None or calibration.presence_gate == 0:
        return target
    score = out.presence.float() / calibration.presence_temperature  # (B, E)
    present = (score + calibration.presence_bias).sigmoid()
    gate = calibration.presence_gate
    return target * (1 - gate + gate * present)[..., None, None]


class TorchNetwork:
    """Weights loaded by torch on a device; binds to texts any number of times."""

    def __init__(self, weights: str | Path, *, device: str = "auto") -> None:
        """Load weights.

        Args:
            weights: name or path.
            device: auto, cpu, cuda, cuda:N or mps.

        Raises:
            WeightsError: the weights are missing, altered or of another network.
            OptionError: the device is not on this machine.
        """
        self._device = choose_device(device)
        self.device = str(self._device)
        first, second, self.info = load_heads(weights)
        self._heads = {False: first.to(self._device)}
        if second is not None:
            self._heads[True] = second.to(self._device)

    def bind(
        self, texts: Sequence[str], options: SegmentOptions, /, *, second: bool = False
    ) -> TorchPredictor:
        """Encode texts.

        Args:
            texts: E texts.
            options: precision and batch size.
            second: whether the second head finds them.
        """
        return TorchPredictor(
            self._heads[second],
            Tokenizer(self.info.vocabulary),
            texts,
            calibration=self.info.calibration,
            device=self._device,
            precision=choose_precision(options.precision, self._device),
            batch_size=choose_batch(options.batch_size, self._device),
        )


def make_predictor(
    weights: str | Path,
    expressions: Sequence[str],
    *,
    device: str = "auto",
    precision: str = "auto",
    batch_size: int = 0,
) -> TorchPredictor:
    """Load weights and encode expressions, which their first head finds.

    Args:
        weights: name or path.
        expressions: E texts.
        device: auto, cpu, cuda, cuda:N or mps.
        precision: auto, float32 or bfloat16.
        batch_size: windows per pass; 0: choose.

    Raises:
        WeightsError: the weights are missing, altered or of another network.
        OptionError: the device is not on this machine.
    """
    options = SegmentOptions(precision=precision, batch_size=batch_size)
    return TorchNetwork(weights, device=device).bind(expressions, options)
