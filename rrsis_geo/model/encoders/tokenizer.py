"""Texts to token ids: BERT's uncased WordPiece, with a vocabulary in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer as WordPieceTokenizer
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
    """N texts as tokens, padded to the longest."""

    ids: NDArray[np.int64]  # (N, T)
    mask: NDArray[np.bool_]  # (N, T), True on a token
    offsets: tuple[tuple[tuple[int, int], ...], ...]
    """Per text and token the characters [start, stop) that it covers; (0, 0) for
    special tokens. Not padded."""


class Tokenizer:
    """BERT's uncased tokenizer; needs no files."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        check_vocabulary(vocabulary, "tokenizer")
        self.vocabulary = tuple(vocabulary)
        ids = {token: index for index, token in enumerate(vocabulary)}
        self.pad, self.start, self.end = (ids[token] for token in (PAD, START, END))
        self.mask = ids[MASK]
        self._tokenizer = WordPieceTokenizer(WordPiece(ids, unk_token=UNKNOWN))
        self._tokenizer.normalizer = BertNormalizer(lowercase=True)
        self._tokenizer.pre_tokenizer = BertPreTokenizer()

    def __call__(self, texts: Sequence[str], *, longest: int = 64) -> Tokens:
        """Tokenise texts.

        Args:
            texts: N texts.
            longest: tokens to which a text is truncated, [CLS] and [SEP] included.
        """
        encoded = [self._tokenizer.encode(text) for text in texts]
        rows = [[self.start, *one.ids[: longest - 2], self.end] for one in encoded]
        width = max(map(len, rows), default=2)
        padded = np.full((len(rows), width), self.pad, np.int64)  # (N, T)
        for target, row in zip(padded, rows, strict=True):
            target[: len(row)] = row
        lengths = np.array([len(row) for row in rows], np.int64)  # (N,)
        offsets = tuple(
            ((0, 0), *one.offsets[: longest - 2], (0, 0)) for one in encoded
        )
        return Tokens(padded, np.arange(width) < lengths[:, None], offsets)

    def has_unknown(self, texts: Sequence[str]) -> list[bool]:
        """Whether each text has a part that no token of the vocabulary covers."""
        unknown = self.vocabulary.index(UNKNOWN)
        return [unknown in self._tokenizer.encode(text).ids for text in texts]

    def advice(self, texts: Sequence[str]) -> tuple[str, ...]:
        """One warning for every text with characters unknown to the vocabulary."""
        return tuple(
            f"{text!r} has signs that the network does not know; it was trained on "
            "English, so the answer may be poor"
            for text, unknown in zip(texts, self.has_unknown(texts), strict=True)
            if unknown
        )
