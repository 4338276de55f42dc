"""A network kept in memory between jobs: loaded once, bound to new texts at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from rrsis_geo.job import SegmentJob
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.device import choose_batch, choose_device, choose_precision
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.predictor import NetPredictor
from rrsis_geo.model.serialization.header import WeightsInfo, digests, find_weights
from rrsis_geo.model.serialization.weights import load_weights

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """A network on its device."""

    key: tuple[Path, tuple[str, ...], torch.device]
    """File, sha256 of its bytes and of its text file's, device."""
    net: BTDNet
    info: WeightsInfo


class CachedPredictor:
    """Binds jobs to the network of the job before, where it is the same one.

    One network at a time, so that memory holds no other. The files' bytes are looked
    at every time: weights that changed on disk are loaded anew.
    """

    def __init__(self) -> None:
        self._kept: _Kept | None = None

    def bind(self, job: SegmentJob, texts: Sequence[str]) -> NetPredictor:
        """The network of the job's weights, bound to texts.

        Raises:
            WeightsError: the weights are missing, altered or of another model.
            OptionError: the device is not there.
        """
        options = job.options
        device = choose_device(options.device)
        kept = self._network(job.weights, device)
        return NetPredictor(
            kept.net,
            Tokenizer(kept.info.vocabulary),
            texts,
            calibration=kept.info.calibration,
            device=device,
            precision=choose_precision(options.precision, device),
            batch_size=choose_batch(options.batch_size, device),
        )

    def _network(self, weights: str, device: torch.device) -> _Kept:
        path = find_weights(weights).resolve()
        key = path, digests(path), device
        if self._kept is not None and self._kept.key == key:
            log.info("%s is still loaded on %s", self._kept.info.name, device)
            return self._kept
        self._kept = None  # its memory goes before the next one comes
        began = time.perf_counter()
        net, info = load_weights(path)
        self._kept = _Kept(key=key, net=net.to(device), info=info)
        seconds = time.perf_counter() - began
        log.info("loaded %s on %s in %.1f s", info.name, device, seconds)
        return self._kept
