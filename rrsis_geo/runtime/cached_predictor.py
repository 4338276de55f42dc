"""Predictors of jobs, on the runtime that each job chooses."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.model.head import TwoHeads
from rrsis_geo.model.serialization.header import (
    WeightsInfo,
    digests,
    find_weights,
    read_header,
)
from rrsis_geo.query.heads import rows_of_second
from rrsis_geo.runtime.choice import choose_runtime
from rrsis_geo.types import Predictor

log = logging.getLogger(__name__)


class Network(Protocol):
    """Loaded weights."""

    @property
    def info(self) -> WeightsInfo:
        """Description of the weights."""
        ...

    @property
    def device(self) -> str:
        """Where it computes: cpu, cuda, cuda:N or mps."""
        ...

    def bind(
        self, texts: Sequence[str], options: SegmentOptions, /, *, second: bool = False
    ) -> Predictor:
        """Encode texts, which the first or second head then finds in every window."""
        ...


@dataclass(frozen=True, kw_only=True)
class _LoadedNetwork:
    """A network and what it was loaded for."""

    key: tuple[Path, tuple[str, ...], str, str]
    """Weights file, sha256 of it and of its text encoder's file, runtime, device."""
    network: Network


class CachedPredictor:
    """Makes predictors for jobs and keeps the last network in memory.

    Only one network is kept. The files are hashed for every job, so weights that
    changed on disk are loaded again.
    """

    def __init__(self) -> None:
        self._loaded: _LoadedNetwork | None = None

    def bind(self, job: SegmentJob, texts: Sequence[str]) -> Predictor:
        """The network of the job's weights, bound to texts.

        Raises:
            WeightsError: the weights are missing, altered or of another network.
            OptionError: the device is not on this machine, or the runtime cannot do
                what the job wants.
            EngineError: the runtime is not installed.
        """
        return bind(self._load(job.weights, job.options), texts, job.options)

    def _load(self, weights: str, options: SegmentOptions) -> Network:
        path = find_weights(weights).resolve()
        runtime = choose_runtime(options, read_header(path))
        device = options.device if runtime == "torch" else "cpu"
        key = path, digests(path), runtime, device
        if self._loaded is not None and self._loaded.key == key:
            network = self._loaded.network
            name, place = network.info.name, f"{network.device} ({runtime})"
            log.info("%s is still loaded on %s", name, place)
            return network
        self._loaded = None  # frees its memory before the next one is loaded
        began = time.perf_counter()
        network = load_network(path, runtime=runtime, device=device)
        self._loaded = _LoadedNetwork(key=key, network=network)
        seconds = time.perf_counter() - began
        name, place = network.info.name, f"{network.device} ({runtime})"
        log.info("loaded %s on %s in %.1f s", name, place, seconds)
        return network


def bind(network: Network, texts: Sequence[str], options: SegmentOptions) -> Predictor:
    """Bind each text to the head that finds it.

    Args:
        network: With one head or two.
        texts: E texts.
        options: Precision and batch size.
    """
    rows = rows_of_second(texts, network.info.second_head)
    if not rows:
        return network.bind(texts, options)
    found = [texts[row] for row in rows]
    second = network.bind(found, options, second=True)
    if len(rows) == len(texts):
        return second
    rest = [text for row, text in enumerate(texts) if row not in set(rows)]
    return TwoHeads(network.bind(rest, options), second, rows)


def load_network(weights: str | Path, *, runtime: str, device: str) -> Network:
    """Load weights; the library of the runtime is imported here.

    Args:
        weights: name or path.
        runtime: torch or onnx.
        device: for torch: auto, cpu, cuda, cuda:N or mps.
    """
    if runtime == "onnx":
        from rrsis_geo.runtime.onnx_network import OnnxNetwork

        return OnnxNetwork(weights)
    from rrsis_geo.model.predictor import TorchNetwork

    return TorchNetwork(weights, device=device)
