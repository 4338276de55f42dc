"""Corrects typing errors in words that the grammar and the lexicon know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from rrsis_geo.query.lexicon import exceptions, grammar, measure_rules
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.english_words import ENGLISH_WORDS
from rrsis_geo.query.lexicon.multiword_expressions import COMPOUNDS
from rrsis_geo.query.lexicon.nouns import IRREGULAR, senses, singular
from rrsis_geo.query.tokenizer.token_kinds import KINDS

MIN_LENGTH = 4
"""Letters; a typing error in a shorter word often gives another word."""

MAX_LENGTH = 20

MIN_LENGTH_TWO_ERRORS = 8
"""Letters of known words in which two errors are corrected."""

COMMON_TYPOS = {
    "teh": "the",
    "hte": "the",
    "adn": "and",
    "nad": "and",
    "fo": "of",
    "ot": "to",
    "lft": "left",
    "rght": "right",
    "nr": "near",
    "btw": "between",
    "btwn": "between",
    "bldg": "building",
    "bldgs": "buildings",
    "ct": "court",
    "cts": "courts",
    "approx": "approximately",
    "wich": "which",
    "whats": "what is",
    "tankz": "tanks",
    "lef": "left",
    "veh": "vehicle",
    "rd": "road",
    "brdg": "bridge",
    "crt": "court",
    "crts": "courts",
    "cort": "court",
    "corts": "courts",
    "paking": "parking",
    "vehical": "vehicle",
    "vehicals": "vehicles",
}
"""Abbreviations and errors that the rules below miss."""

_REQUEST_WORDS = """please show find where which there what that with between above
below white black grey gray green blue yellow orange brown purple parked moored roof
roofs building located beside behind image picture scene left right"""
"""Frequent words of requests, corrected as well."""


@lru_cache(maxsize=4096)
def correct_spelling(word: str, *, before_noun: bool = False) -> str:
    """The known word that a word is a misspelling of; otherwise the word itself.

    An error is a letter that is missing, doubled, wrong or swapped with its neighbour;
    long words may have two. The known word must begin with one of the first two
    letters. English words are left alone, and so are their plurals and forms in -ing
    and -ed.

    Args:
        word: As typed, in lower case.
        before_noun: Whether the name of a class follows, so that a colour is likelier
            than another such name.
    """
    if word in COMMON_TYPOS:
        return COMMON_TYPOS[word]
    if not MIN_LENGTH <= len(word) <= MAX_LENGTH or not word.isalpha():
        return word
    if _is_word(word) or _is_inflected(word) or not word.isascii():
        return word
    for errors in (1, 2) if len(word) >= MIN_LENGTH_TWO_ERRORS - 1 else (1,):
        candidates = _candidates(word, errors)
        if candidates:
            return _closest(word, candidates, before_noun)
    return word


def _is_word(word: str) -> bool:
    return word in _known_words() or word in ENGLISH_WORDS


def _is_inflected(word: str) -> bool:
    """Whether it is a form of a word: "storeys", "looming", "hedged"."""
    for ending in ("s", "ing", "ed"):
        stem = word.removesuffix(ending)
        if stem == word or stem in KINDS or (ending == "s" and stem.endswith("s")):
            continue  # "lefts" and "tankss" are typing errors
        if _is_word(stem) and not (ending != "s" and stem.endswith("e")):
            return True
    return word.endswith("ed") and _is_word(word[:-1])


def _candidates(word: str, errors: int) -> set[str]:
    """Known words with up to so many differences."""
    index = _deletion_index()
    return {
        known
        for part in _deletions(word)
        for known in index.get(part, ())
        if (errors == 1 or len(known) >= MIN_LENGTH_TWO_ERRORS)
        and known[0] in word[:2]
        and abs(len(known) - len(word)) <= errors
        and (
            _is_one_error(word, known)
            if errors == 1
            else _edit_distance(word, known) <= 2
        )
    }


def is_class_noun(word: str) -> bool:
    """Whether a word names a class of objects."""
    return (singular(word),) in senses()


def _closest(word: str, candidates: set[str], before_noun: bool) -> str:
    """The best of several: same letters, else the same first, the same last one."""
    return min(
        candidates,
        key=lambda known: (
            sorted(known) != sorted(word),
            known[0] != word[0],
            is_class_noun(known) if before_noun else known in v.NON_PLACES,
            known[-1] != word[-1],
            abs(len(known) - len(word)),
            -len(known),
            known,
        ),
    )


def _deletions(word: str) -> Iterator[str]:
    """A word, and the word without each of its letters."""
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def _is_one_error(one: str, other: str) -> bool:
    """Whether one letter is missing, too many, wrong or swapped with the next."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, more = one[start:], other[start:]
    return (
        rest[1:] == more[1:]
        or rest[1:] == more
        or rest == more[1:]
        or (rest[2:] == more[2:] and rest[:2] == more[:2][::-1])
    )


def _edit_distance(one: str, other: str) -> int:
    """Edits between two words; a swap of neighbours counts as one."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


@cache
def _known_words() -> frozenset[str]:
    """Words that are right, and that misspellings are corrected to."""
    macros = grammar.MACROS | measure_rules.MACROS
    rules = (grammar.RULES, measure_rules.RULES, exceptions.EXCEPT)
    patterns = (*rules, *macros.values())
    known = set(re.findall(r"[a-z]{4,}", " ".join((*patterns, _REQUEST_WORDS))))
    tables: tuple[Mapping[Any, str], ...] = (
        v.DIRECTIONS,
        v.DIRECTION_SUPERLATIVES,
        v.SUPERLATIVES,
        v.COMPARATIVES,
        v.SIZES,
        v.NEAREST,
        v.GROUPS,
        v.LENGTHS,
        v.AREAS,
    )
    for table in tables:
        known.update(word for words in table.values() for word in words.split())
    known.update((*v.NUMBERS, *v.ORDINALS, *v.ISOLATED, *v.COPULAS, *v.ORIENTING))
    known.update((*v.DESCRIPTIVE, *v.PREPOSITIONS, *v.NON_PLACES, *v.SCENE))
    known.update((*v.STATIVE, *v.SCALES, *IRREGULAR))
    known.update(word for words in COMPOUNDS for word in words)
    for words in senses():
        known.update(words)
        known.add(_plural(words[-1]))
    return frozenset(known)


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


@cache
def _deletion_index() -> dict[str, tuple[str, ...]]:
    """Known words by themselves and by what is left of them without any one letter."""
    index: dict[str, list[str]] = {}
    for word in sorted(_known_words()):
        if len(word) < MIN_LENGTH or not word.isalpha():
            continue
        for part in set(_deletions(word)):
            index.setdefault(part, []).append(word)
    return {part: tuple(words) for part, words in index.items()}


_deletion_index()  # built on import, so that no plan has to wait for it
