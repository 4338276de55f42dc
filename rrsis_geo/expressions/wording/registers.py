"""Registers of a request: bare words, a question, a command, a sentence; typos."""

from __future__ import annotations

import numpy as np

from rrsis_geo.expressions.wording import templates


def apply_register(
    text: str,
    *,
    rng: np.random.Generator,
    several: bool,
    both: bool,
    definite: bool,
    bare: bool,
    excluding: bool,
    after: tuple[str, ...],
    empty: bool,
) -> str:
    """Add an article and, now and then, a frame such as "show me ..."

    Args:
        text: Noun phrase without an article.
        rng: Random generator.
        several: Whether the phrase as a whole is plural.
        both: Whether the text starts with "two" and means all there are.
        definite: Whether the indefinite "a" and "any" are wrong.
        bare: Whether the text is only a noun.
        excluding: Whether the text has an exception, which requires "all".
        after: The words after the noun where they can follow "is" as well.
        empty: Whether there is no target.
    """
    chance = rng.random()
    if (empty or bare) and not definite and chance < 0.06:
        return _question(text, several, rng)
    if len(after) == 1 and 0.06 <= chance < 0.10:
        return _sentence(text, after[0], several, rng)
    frames: tuple[str, ...]
    if both and rng.random() < 0.3:
        text = "both " + text.removeprefix("two ")
    phrase = _with_article(text, rng, several, definite, bare, excluding)
    if chance < 0.91:
        return _cased(phrase, rng)
    if chance < 0.95:
        frames = templates.WHERE_SEVERAL if several else templates.WHERE_ONE
        if not phrase.startswith(("the ", "all ", "both ")):
            phrase = f"the {_without_article(phrase)}"
        phrase = phrase.removeprefix("all ") if several else phrase
    else:
        frames = templates.REQUESTS
    return _pick(frames, rng).format(phrase)


def add_typo(text: str, noun: str, *, rng: np.random.Generator) -> str:
    """Make a typo now and then, in the noun only.

    A mistyped word of direction could not be mirrored.
    """
    if len(noun) < 6 or rng.random() > 0.025:
        return text
    place = int(rng.integers(1, len(noun) - 2))
    if " " in noun[place : place + 2]:
        return text
    if rng.random() < 0.5:
        typo = noun[:place] + noun[place + 1] + noun[place] + noun[place + 2 :]
    else:
        typo = noun[:place] + noun[place + 1 :]
    return text.replace(noun, typo, 1)


def _question(text: str, several: bool, rng: np.random.Generator) -> str:
    if several:
        return _pick(templates.ANY_SEVERAL, rng).format(text)
    template = _pick(templates.ANY_ONE, rng)
    if text[:1] in "aeiou":
        template = template.replace("a {}", "an {}")
    return template.format(text)


def _sentence(text: str, after: str, several: bool, rng: np.random.Generator) -> str:
    subject = text.removesuffix(after).strip()
    place = "located " if rng.random() < 0.3 else ""
    verb = "are" if several else "is"
    stop = "." if rng.random() < 0.5 else ""
    return f"The {subject} {verb} {place}{after}{stop}"


def _with_article(
    text: str,
    rng: np.random.Generator,
    several: bool,
    definite: bool,
    bare: bool,
    excluding: bool,
) -> str:
    chance = rng.random()
    if excluding:
        return f"all {text}" if chance < 0.4 else f"all the {text}"
    if text.startswith("both "):
        return text
    if several and not definite and chance < 0.12:
        return f"all {text}" if chance < 0.07 else f"all the {text}"
    if several and bare and chance < 0.14:
        return f"all of the {text}"
    # Most people leave the article out when they type a request.
    if chance < 0.42:
        return f"the {text}"
    if not several and not definite and chance < 0.48:
        return f"{'an' if text[:1] in 'aeiou' else 'a'} {text}"
    return text


def _without_article(phrase: str) -> str:
    for article in ("a ", "an "):
        if phrase.startswith(article):
            return phrase.removeprefix(article)
    return phrase


def _cased(phrase: str, rng: np.random.Generator) -> str:
    chance = rng.random()
    if chance < 0.06:
        return phrase[:1].upper() + phrase[1:]
    if chance < 0.09:
        return phrase[:1].upper() + phrase[1:] + "."
    return phrase


def _pick(words: tuple[str, ...], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]
