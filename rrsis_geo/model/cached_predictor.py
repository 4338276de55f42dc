"""Predictors that reuse the network of the job before, where it is the same."""

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
class _LoadedNetwork:
    """A network on its device."""

    key: tuple[Path, tuple[str, ...], torch.device]
    """Weights file, sha256 of it and of its text encoder's file, device."""
    net: BTDNet
    info: WeightsInfo


class CachedPredictor:
    """Makes predictors for jobs and keeps the last network in memory.

    Only one network is kept. The files are hashed for every job, so weights that
    changed on disk are loaded again.
    """

    def __init__(self) -> None:
        self._loaded: _LoadedNetwork | None = None

    def bind(self, job: SegmentJob, texts: Sequence[str]) -> NetPredictor:
        """The network of the job's weights, bound to texts.

        Raises:
            WeightsError: the weights are missing, altered or of another network.
            OptionError: the device is not on this machine.
        """
        options = job.options
        device = choose_device(options.device)
        loaded = self._load(job.weights, device)
        return NetPredictor(
            loaded.net,
            Tokenizer(loaded.info.vocabulary),
            texts,
            calibration=loaded.info.calibration,
            device=device,
            precision=choose_precision(options.precision, device),
            batch_size=choose_batch(options.batch_size, device),
        )

    def _load(self, weights: str, device: torch.device) -> _LoadedNetwork:
        path = find_weights(weights).resolve()
        key = path, digests(path), device
        if self._loaded is not None and self._loaded.key == key:
            log.info("%s is still loaded on %s", self._loaded.info.name, device)
            return self._loaded
        self._loaded = None  # frees its memory before the next one is loaded
        began = time.perf_counter()
        net, info = load_weights(path)
        self._loaded = _LoadedNetwork(key=key, net=net.to(device), info=info)
        seconds = time.perf_counter() - began
        log.info("loaded %s on %s in %.1f s", info.name, device, seconds)
        return self._loaded
