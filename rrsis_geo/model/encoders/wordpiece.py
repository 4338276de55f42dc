"""Which tokens a text encoder knows, and how to do with fewer of them."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
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
"""Prefix of a token that goes on inside a word."""

CHARACTERS = frozenset(
    char for char in map(chr, range(33, 127)) if char not in string.ascii_uppercase
)
LETTERS = frozenset(char for char in CHARACTERS if char.isalnum())
"""With the characters alone and the letters as continuations, ASCII can be spelt."""


def read_vocabulary(path: str | Path) -> tuple[str, ...]:
    """The tokens of a BERT `vocab.txt`, one a line, in the order of their ids.

    Raises:
        WeightsError: the file cannot be read or lacks a special token.
    """
    try:
        tokens = tuple(Path(path).read_text(encoding="utf-8").split("\n"))
    except (OSError, UnicodeDecodeError) as error:
        raise WeightsError(f"{path}: cannot be read as a vocabulary") from error
    tokens = tokens[:-1] if tokens[-1] == "" else tokens
    check_vocabulary(tokens, str(path))
    return tokens


def check_vocabulary(tokens: Sequence[str], origin: str) -> None:
    """Refuse a vocabulary that no WordPiece tokenizer could work with.

    Raises:
        WeightsError: a special token is missing, padding is not 0, a token is twice.
    """
    missing = [token for token in SPECIAL if token not in tokens]
    if missing:
        raise WeightsError(f"{origin}: vocabulary without {missing}")
    if tokens[0] != PAD:
        raise WeightsError(f"{origin}: token 0 must be {PAD}, got {tokens[0]!r}")
    if len(set(tokens)) < len(tokens):
        raise WeightsError(f"{origin}: a token stands twice in the vocabulary")


def prune(
    tokens: Sequence[str], *, size: int, keep: Iterable[str] = ()
) -> tuple[int, ...]:
    """Ids to keep so that about `size` tokens stay, ascending.

    Special tokens, single ASCII characters, letters as continuations, and `keep` stay
    in any case, so that every ASCII text still tokenises without [UNK]. The rest
    is filled with plain ASCII tokens in the order of their ids, which in BERT's
    vocabularies is that of their frequency. Rows of the word table are taken by these
    ids; a text of kept tokens gets exactly the features that it had.
    """
    wanted = {*SPECIAL, *CHARACTERS, *(CONTINUES + char for char in LETTERS), *keep}
    must = {index for index, token in enumerate(tokens) if token in wanted}
    others = (
        index
        for index, token in enumerate(tokens)
        if index not in must and token.isascii() and not token.startswith("[")
    )
    room = max(size - len(must), 0)
    return tuple(sorted(must.union(index for index, _ in zip(others, range(room)))))  # noqa: B905
