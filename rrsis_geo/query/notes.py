"""What is said of how an expression was read. One wording for every interface.

The command line prints them after "Note:", the plan and the panel of QGIS below what
is done.
"""

from __future__ import annotations

from collections.abc import Sequence


def corrected(typed: str, word: str) -> str:
    """A word was taken for another."""
    return f'read "{typed}" as "{word}"'


def ignored(words: str) -> str:
    """Words are understood, but cannot be worked out."""
    return f'"{words}" cannot be worked out, so all are given'


def unknown_head(
    word: str, nearest: str | None, names: Sequence[str], *, guess: bool
) -> str:
    """What is asked for is not known.

    Args:
        word: What was asked for.
        nearest: Name of the class that looks most like it; None: none does.
        names: Names of the known classes; (): said before.
        guess: Whether the network is asked all the same.
    """
    outcome = (
        "what is drawn for it is a guess"
        if guess
        else "nothing is drawn for it unless the option guess is set"
    )
    return f"{_unknown(word, nearest)}. {_listed(names)}{_capitalized(outcome)}"


def unknown_anchor(word: str, nearest: str | None) -> str:
    """Something that a thing is related to is not known."""
    return f"{_unknown(word, nearest)}. What is said of it cannot be checked"


def weak(word: str) -> str:
    """A noun was learned from drawn scenes only, or is hardly found on images."""
    return f'these weights know "{word}" weakly, so expect mistakes'


def _unknown(word: str, nearest: str | None) -> str:
    near = "" if nearest is None else f"; nearest: {nearest}"
    return f'these weights do not know "{word}"{near}'


def _listed(names: Sequence[str]) -> str:
    return f"They know: {', '.join(names)}. " if names else ""


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]
