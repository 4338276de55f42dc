"""WordPiece vocabularies: reading, checking, and choosing a smaller one. No torch."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from rrsis_geo.errors import WeightsError

PAD, UNKNOWN, START, END, MASK = SPECIAL = (
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
)
CONTINUES = "##"
"""Prefix of a token that continues a word."""

CHARACTERS = frozenset(
    char for char in map(chr, range(33, 127)) if char not in string.ascii_uppercase
)
LETTERS = frozenset(char for char in CHARACTERS if char.isalnum())
"""`CHARACTERS` as tokens and these as continuations can spell every ASCII text."""


def read_vocabulary(path: str | Path) -> tuple[str, ...]:
    """Read the tokens of a BERT `vocab.txt`: one per line, in the order of their ids.

    Raises:
        WeightsError: the file cannot be read, or `check_vocabulary` refuses it.
    """
    try:
        tokens = tuple(Path(path).read_text(encoding="utf-8").split("\n"))
    except (OSError, UnicodeDecodeError) as error:
        raise WeightsError(
            f"{path}: cannot be read as a vocabulary ({error}); give a BERT vocab.txt"
        ) from error
    tokens = tokens[:-1] if tokens[-1] == "" else tokens
    check_vocabulary(tokens, str(path))
    return tokens


def check_vocabulary(tokens: Sequence[str], origin: str) -> None:
    """Refuse a vocabulary that is not one of BERT's kind.

    Args:
        tokens: in the order of their ids.
        origin: named in the error.

    Raises:
        WeightsError: a special token is missing, token 0 is not padding, or a token
            occurs twice.
    """
    missing = [token for token in SPECIAL if token not in tokens]
    if missing:
        raise WeightsError(
            f"{origin}: the vocabulary lacks {', '.join(missing)}; it must be one of "
            "BERT's uncased models"
        )
    if tokens[0] != PAD:
        raise WeightsError(
            f"{origin}: token 0 of the vocabulary must be {PAD}, got {tokens[0]!r}"
        )
    if len(set(tokens)) < len(tokens):
        twice = next(token for token in tokens if tokens.count(token) > 1)
        raise WeightsError(f"{origin}: the vocabulary has {twice!r} twice")


def select_tokens(
    tokens: Sequence[str], *, size: int, keep: Iterable[str] = ()
) -> tuple[int, ...]:
    """Select the tokens of a smaller vocabulary.

    Special tokens, ASCII characters, letters as continuations, and `keep` are always
    selected, so every ASCII text is tokenised without [UNK]. The rest is filled with
    ASCII tokens in the order of their ids, which in BERT's vocabularies is that of
    their frequency.

    Args:
        tokens: in the order of their ids.
        size: number of tokens to select; more where the obligatory ones are more.
        keep: further obligatory tokens.

    Returns:
        Ids, ascending. Taking these rows of the embedding table leaves the features of
        a text unchanged if all its tokens are kept.
    """
    wanted = {*SPECIAL, *CHARACTERS, *(CONTINUES + char for char in LETTERS), *keep}
    obligatory = {index for index, token in enumerate(tokens) if token in wanted}
    others = (
        index
        for index, token in enumerate(tokens)
        if index not in obligatory and token.isascii() and not token.startswith("[")
    )
    free = max(size - len(obligatory), 0)
    return tuple(sorted(obligatory.union(islice(others, free))))
