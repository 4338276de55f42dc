"""Nouns of two words that are typed as one, and the other way round."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.english_words import ENGLISH_WORDS
from rrsis_geo.query.lexicon.nouns import is_plural, senses, singular

MIN_LENGTH = 7
"""Letters of a noun that is typed in two parts; shorter ones are often two words."""

_NEVER_FIRST = (
    v.RELATING
    | v.PREPOSITIONS
    | v.DETERMINERS
    | v.words("long flat round open fly pick land out up down fire show water sea")
)
"""Words that begin a phrase of their own: "tanks in field", "the long boat"."""


def join_compounds(
    words: list[str], known: Collection[str] = ()
) -> tuple[list[str], list[tuple[str, str]]]:
    """Words with nouns as they are usually spelled, and what was changed.

    "basket ball court" becomes "basketball court", "storagetanks" "storage tanks".

    Args:
        words: Lower case.
        known: Words, singular, that are right as they are.
    """
    respelled: list[str] = []
    changes: list[tuple[str, str]] = []
    index = 0
    while index < len(words):
        word, *rest = words[index : index + 2]
        if word not in known and rest and _is_parted(word, rest[0]):
            respelled.append(word + rest[0])
            changes.append((f"{word} {rest[0]}", word + rest[0]))
            index += 2
            continue
        if turned := _turned(words[index : index + 3], known):
            respelled.extend(turned)
            changes.append((" ".join(words[index : index + 3]), " ".join(turned)))
            index += 3
            continue
        parts = () if singular(word) in known else _parts(word)
        if parts:
            changes.append((word, " ".join(parts)))
        respelled.extend(parts or (word,))
        index += 1
    return respelled, changes


def is_compound(parts: list[str]) -> bool:
    """Whether two words make a noun, as in "tennis-court", that is not hyphenated."""
    noun = (*parts[:-1], singular(parts[-1]))
    return noun in senses() and ("-".join(noun),) not in senses()


def _is_parted(one: str, other: str) -> bool:
    if one in _NEVER_FIRST or other in v.RELATING | v.PREPOSITIONS:
        return False
    if (one, singular(other)) in senses():
        return False
    return len(one + other) >= MIN_LENGTH and singular(one + other) in _single_words()


def _turned(words: list[str], known: Collection[str]) -> list[str]:
    """ "baseball fields" of "fields of baseball"; empty for other words."""
    if len(words) < 3 or words[1] not in ("of", "for") or words[2] in known:
        return []
    noun = (words[2], singular(words[0]))
    alone = (singular(words[2]),) in senses() or is_plural(words[2])
    return [] if alone or noun not in senses() else [words[2], words[0]]


def _parts(word: str) -> tuple[str, ...]:
    """ "storage" and "tanks" of "storagetanks"; () for other words."""
    *first, last = _joined_nouns().get(singular(word), ("",))
    return (*first, word[len("".join(first)) :]) if last else ()


@cache
def _single_words() -> frozenset[str]:
    """Words of nouns: "basketball", "warehouse"."""
    return frozenset(word for noun in senses() for word in noun)


@cache
def _joined_nouns() -> dict[str, tuple[str, ...]]:
    """Nouns of several words without their blanks, each with its words."""
    usual = ENGLISH_WORDS | _single_words()
    joined = {"".join(noun): noun for noun in senses() if len(noun) > 1}
    return {word: noun for word, noun in joined.items() if word not in usual}
