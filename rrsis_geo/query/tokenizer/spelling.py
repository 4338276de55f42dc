"""Slips of the fingers in words that the grammar and the lexicon know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from rrsis_geo.query.lexicon import grammar as rules
from rrsis_geo.query.lexicon import vocabulary
from rrsis_geo.query.lexicon.english_words import ENGLISH_WORDS
from rrsis_geo.query.lexicon.multiword_expressions import COMPOUNDS
from rrsis_geo.query.lexicon.nouns import IRREGULAR, senses

SHORTEST = 4
"""Letters; in shorter words any slip gives another word."""

LONG = 8
"""Letters from which on two slips are seen through."""

COMMON_TYPOS = {"teh": "the", "hte": "the", "adn": "and", "nad": "and", "fo": "of", "ot": "to"}
COMMON_TYPOS |= {
    "lft": "left",
    "rght": "right",
    "nr": "near",
    "btw": "between",
    "btwn": "between",
}
COMMON_TYPOS |= {"bldg": "building", "bldgs": "buildings", "ct": "court", "cts": "courts"}
COMMON_TYPOS |= {
    "approx": "approximately",
    "wich": "which",
    "whats": "what is",
    "tankz": "tanks",
}
"""Short and usual ones."""

_COMMON = """please show find where which there what that with between above below
white black grey gray green blue yellow orange brown purple parked moored roof roofs
building located beside behind image picture scene left right"""
"""Words of requests whose slips are seen through as well."""


@lru_cache(maxsize=4096)
def correct_spelling(word: str) -> str:
    """The known word that a word is a slip of; the word itself where there is none.

    A slip is a letter missing, doubled, wrong or swapped with its neighbour, two of
    them in long words. The first letter must be among the first two. Real words are
    left alone, and so is what might be two known words.
    """
    if word in COMMON_TYPOS:
        return COMMON_TYPOS[word]
    if len(word) < SHORTEST or len(word) > 20 or not word.isalpha():
        return word
    if word in _known() or word in ENGLISH_WORDS or not word.isascii():
        return word
    for slips in (1, 2) if len(word) >= LONG - 1 else (1,):
        found = _candidates(word, slips)
        if found:
            return found[0] if len(found) == 1 else _closest(word, found)
    return word


def _candidates(word: str, slips: int) -> list[str]:
    index = _index()
    seen = {
        known
        for part in _without(word)
        for known in index.get(part, ())
        if (slips == 1 or len(known) >= LONG)
        and known[0] in word[:2]
        and abs(len(known) - len(word)) <= slips
        and (_is_one_slip(word, known) if slips == 1 else _distance(word, known) <= 2)
    }
    return sorted(seen)


def _closest(word: str, found: list[str]) -> str:
    """The best of several: same letters, else the same first, the same last one."""
    return min(
        found,
        key=lambda known: (
            sorted(known) != sorted(word),
            known[0] != word[0],
            known[-1] != word[-1],
            abs(len(known) - len(word)),
            -len(known),
            known,
        ),
    )


def _without(word: str) -> Iterator[str]:
    """A word and what is left of it without any one letter."""
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def _is_one_slip(one: str, other: str) -> bool:
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


def _distance(one: str, other: str) -> int:
    """Edits between two words, a swap of neighbours counting as one."""
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
def _known() -> frozenset[str]:
    """Words that are right, and that slips are led back to."""
    texts = (rules.RULES, rules.EXCEPT, *rules.MACROS.values(), _COMMON)
    found = set(re.findall(r"[a-z]{4,}", " ".join(texts)))
    tables = (
        vocabulary.DIRECTIONS,
        vocabulary.DIRECTION_SUPERLATIVES,
        vocabulary.SUPERLATIVES,
    )
    more = (vocabulary.COMPARATIVES, vocabulary.SIZES, vocabulary.NEAREST)
    for table in (
        *tables,
        *more,
        vocabulary.GROUPS,
        vocabulary.LENGTHS,
        vocabulary.AREAS,
    ):
        found.update(word for words in table.values() for word in words.split())
    found.update((*vocabulary.NUMBERS, *vocabulary.ORDINALS, *vocabulary.ISOLATED))
    found.update((*vocabulary.COPULAS, *vocabulary.ORIENTING, *vocabulary.DESCRIPTIVE))
    found.update((*vocabulary.PREPOSITIONS, *vocabulary.NON_PLACES, *vocabulary.SCENE))
    found.update(word for words in COMPOUNDS for word in words)
    found.update((*vocabulary.STATIVE, *vocabulary.SCALES, *IRREGULAR))
    for words in senses():
        found.update(words)
        found.add(_plural(words[-1]))
    return frozenset(found)


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


@cache
def _index() -> dict[str, tuple[str, ...]]:
    """What is left of known words without some letters, to the words."""
    found: dict[str, list[str]] = {}
    for word in sorted(_known()):
        if len(word) < SHORTEST or not word.isalpha():
            continue
        for part in set(_without(word)):
            found.setdefault(part, []).append(word)
    return {part: tuple(words) for part, words in found.items()}


_index()  # made with the module, so that no plan waits for it
