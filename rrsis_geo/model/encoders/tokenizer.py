"""Texts to token ids: BERT's uncased WordPiece, from a vocabulary in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer as WordPieces
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from rrsis_geo.model.encoders.wordpiece import (
    END,
    MASK,
    PAD,
    START,
    UNKNOWN,
    check_vocabulary,
)


class Tokens(NamedTuple):
    """N texts, padded to the longest."""

    ids: NDArray[np.int64]  # (N, T)
    mask: NDArray[np.bool_]  # (N, T), True on a token
    offsets: tuple[tuple[tuple[int, int], ...], ...]
    """Per text and token, the characters [start, stop) it stands for; (0, 0) for
    special tokens."""


class Tokenizer:
    """BERT's uncased tokenizer; needs no file and no network."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        check_vocabulary(vocabulary, "tokenizer")
        self.vocabulary = tuple(vocabulary)
        numbers = {token: index for index, token in enumerate(vocabulary)}
        self.pad, self.start, self.end = (numbers[t] for t in (PAD, START, END))
        self.mask = numbers[MASK]
        self._pieces = WordPieces(WordPiece(numbers, unk_token=UNKNOWN))
        self._pieces.normalizer = BertNormalizer(lowercase=True)
        self._pieces.pre_tokenizer = BertPreTokenizer()

    def __call__(self, texts: Sequence[str], *, longest: int = 64) -> Tokens:
        """Ids of the texts, each cut to `longest` tokens with its two special ones."""
        encoded = [self._pieces.encode(text) for text in texts]
        rows = [[self.start, *one.ids[: longest - 2], self.end] for one in encoded]
        width = max(map(len, rows), default=2)
        ids = np.full((len(rows), width), self.pad, np.int64)
        for row, numbers in zip(ids, rows, strict=True):
            row[: len(numbers)] = numbers
        lengths = np.array([len(row) for row in rows], np.int64)
        offsets = tuple(
            ((0, 0), *one.offsets[: longest - 2], (0, 0)) for one in encoded
        )
        return Tokens(ids, np.arange(width) < lengths[:, None], offsets)

    def has_unknown(self, texts: Sequence[str]) -> list[bool]:
        """Whether each text has a part that no token stands for."""
        unknown = self.vocabulary.index(UNKNOWN)
        return [unknown in self._pieces.encode(text).ids for text in texts]

    def advice(self, texts: Sequence[str]) -> tuple[str, ...]:
        """A line for every text that has signs the network cannot read."""
        return tuple(
            f"{text!r} has signs that the network does not know; it was trained on "
            "English, so the answer may be poor"
            for text, unknown in zip(texts, self.has_unknown(texts), strict=True)
            if unknown
        )
