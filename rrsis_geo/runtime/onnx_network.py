"""A network on ONNX Runtime, and the `Predictor` that it becomes with its texts."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from rrsis_geo.errors import EngineError, WeightsError
from rrsis_geo.job import SegmentOptions
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.serialization.header import WeightsInfo, verify
from rrsis_geo.runtime.choice import TORCH_HINT
from rrsis_geo.runtime.folding import State, fold_answer, fold_look, fold_text
from rrsis_geo.runtime.graph_files import has_graphs
from rrsis_geo.runtime.graph_session import GraphSession, Value
from rrsis_geo.runtime.stored_tensors import StoredTensors

EMBEDDINGS = "text.embeddings"
WORD_TABLE = f"{EMBEDDINGS}.word_embeddings.weight"
TEXT_PART = ("text.", "visual.words.")
"""Prefixes of the tensors that are needed for texts only."""
STRIDE = 4
"""Of the finest level."""


class OnnxNetwork:
    """Weights loaded by ONNX Runtime; binds to texts any number of times.

    Windows and expressions are computed one by one, so that a result cannot depend on
    the others: batching gains nothing on a CPU, and every text keeps its own length.
    """

    device = "cpu"

    def __init__(self, weights: str | Path) -> None:
        """Check weights; they are loaded when they are bound.

        Raises:
            WeightsError: they are missing or altered, or lack a word table.
            EngineError: the package has no graph of their network.
        """
        self.info: WeightsInfo = verify(weights)
        config = self.info.config
        if not has_graphs(config):
            raise EngineError(
                f"{self.info.path}: no graph of the network {config.preset!r} for "
                f"runtime onnx; runtime torch computes it: {TORCH_HINT}"
            )
        vocabulary = StoredTensors(self.info).shape(WORD_TABLE)[0]
        if len(self.info.vocabulary) != vocabulary:
            raise WeightsError(
                f"{self.info.path}: the vocabulary has {len(self.info.vocabulary)} "
                f"tokens, the word table of the network {vocabulary} rows; use the "
                "vocabulary that the network was trained with"
            )
        self._sessions: dict[bool, tuple[GraphSession, GraphSession]] = {}

    def bind(
        self, texts: Sequence[str], options: SegmentOptions, /, *, second: bool = False
    ) -> OnnxPredictor:
        """Encode texts.

        The text encoder's memory is released before the rest of the network is loaded,
        which happens once for each head.

        Args:
            texts: E texts.
            options: not used; see `choice` for what this runtime can do.
            second: whether the second head finds them.

        Raises:
            WeightsError: the tensors are not those of the config's network.
        """
        words = self._encode(texts)
        release_memory()
        if second not in self._sessions:
            self._sessions[second] = self._load(second=second)
            release_memory()
        return OnnxPredictor(*self._sessions[second], words)

    def _load(self, *, second: bool) -> tuple[GraphSession, GraphSession]:
        """The parts that look at a window and that find an expression in it."""
        config, tensors = self.info.config, StoredTensors(self.info, second=second)
        state = State(tensors)
        look = GraphSession("look", config, fold_look(state, config))
        folded = fold_answer(state, config, self.info.calibration)
        answer = GraphSession("answer", config, folded)
        tensors.check_read(lambda name: not name.startswith(TEXT_PART))
        return look, answer

    def _encode(self, texts: Sequence[str]) -> list[Value]:
        """Words of each text, (1, T, D), where T is its number of tokens."""
        if not texts:
            return []
        config, tensors = self.info.config, StoredTensors(self.info)
        # Its tensors are only put in order, and float64 would take twice the memory.
        state = State(tensors, np.float32)
        session = GraphSession("text", config, fold_text(state, config), once=True)
        tokenizer = Tokenizer(self.info.vocabulary)
        segment = tensors.rows(f"{EMBEDDINGS}.token_type_embeddings.weight", [0])
        words: list[Value] = []
        for text in texts:
            (ids,) = tokenizer([text], longest=config.text_positions).ids  # (T,)
            embedded = (
                tensors.rows(WORD_TABLE, ids)
                + tensors.rows(
                    f"{EMBEDDINGS}.position_embeddings.weight", range(len(ids))
                )
                + segment
            )  # (T, text_dim)
            words += session(embedded[None])
        tensors.check_read(lambda name: name.startswith(TEXT_PART))
        return words


class OnnxPredictor:
    """A `Predictor` on ONNX Runtime."""

    device = "cpu"
    precision = "float32"
    runtime = "onnx"
    batch_size = 1

    def __init__(
        self, look: GraphSession, answer: GraphSession, words: Sequence[Value]
    ) -> None:
        self._look = look
        self._answer = answer
        self._words = words
        self._enlargement: tuple[tuple[int, int], Value, Value] | None = None

    def __call__(self, pixels: NDArray[np.uint8], /) -> NDArray[np.float32]:
        """Target probability of each expression.

        Args:
            pixels: (B, 3, H, W) RGB.

        Returns:
            (B, E, H, W) in [0, 1].
        """
        count, _, height, width = pixels.shape
        rows, columns = self._enlarge(height, width)
        probabilities = np.empty((count, len(self._words), height, width), np.float32)
        for index, window in enumerate(pixels):
            projections = self._look(np.ascontiguousarray(window[None]))
            for number, words in enumerate(self._words):
                (found,) = self._answer(words, rows, columns, *projections)
                probabilities[index, number] = found.numpy()[0]
        return probabilities

    def _enlarge(self, height: int, width: int) -> tuple[Value, Value]:
        """Matrices (H, H1) and (W1, W) that enlarge logits; kept for the next call."""
        if self._enlargement is None or self._enlargement[0] != (height, width):
            rows = enlargement(-(-height // STRIDE), height)
            columns = np.ascontiguousarray(enlargement(-(-width // STRIDE), width).T)
            values = (
                onnxruntime.OrtValue.ortvalue_from_numpy(part)
                for part in (rows, columns)
            )
            self._enlargement = ((height, width), *values)
        return self._enlargement[1:]


def release_memory() -> None:
    """Give memory that was freed back to the system, which glibc does not by itself."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).malloc_trim(0)


def enlargement(length: int, size: int) -> NDArray[np.float32]:
    """Linear interpolation with aligned corners as a matrix, (size, length)."""
    places = np.linspace(0, length - 1, size)  # (size,)
    below = np.minimum(np.floor(places).astype(np.intp), max(length - 2, 0))
    above = np.minimum(below + 1, length - 1)
    share = places - below
    matrix = np.zeros((size, length))
    rows = np.arange(size)
    matrix[rows, below] = 1 - share
    matrix[rows, above] += share
    return matrix.astype(np.float32)
