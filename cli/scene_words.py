"""Which words of a command line are scenes, and which one is the question."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from rrsis_geo.errors import OptionError
from rrsis_geo.job_texts import FILE_NAME

PLACE = re.compile(r"^(@|\.{1,2}([/\\]|$)|[/\\~]|[A-Za-z]:[\\/])|[/\\]$|\*")
"""What no question looks like: a list, a path from here or from the root, a folder with
a slash behind it, a pattern."""


def split_words(
    words: Sequence[str], *, asked: bool
) -> tuple[tuple[str, ...], str | None]:
    """Scenes, and the question after them.

    The first word is a scene. The last one is the question unless it has the form of a
    path; whether a file of that name exists does not matter, but where questions come
    by option too, both readings are possible and the word is refused.

    Args:
        words: At least one.
        asked: Whether there are questions besides, by -e or --expressions.

    Raises:
        OptionError: a word can be both, there are two questions, or none.
    """
    scenes, last = list(words[:-1]), words[-1]
    if not scenes or has_form_of_path(last):
        if len(words) > 1 and not asked:
            raise OptionError(
                f"{last!r} is the name of a file, not an expression; say what to look "
                "for after the scenes, or with -e"
            )
        return tuple(words), None
    if asked and os.path.exists(last):
        way = f"{last}{os.sep}" if os.path.isdir(last) else os.path.join(".", last)
        raise OptionError(
            f"{last!r} may be a question or the scene of that name; write {way} for "
            f'the scene, or -e "{last}" for the question'
        )
    for word in scenes[1:]:
        if not has_form_of_path(word) and not os.path.exists(word):
            raise OptionError(
                f"{word!r} and {last!r}: one question may follow the scenes; give more "
                "with -e, and put one of several words between quotation marks"
            )
    return tuple(scenes), last


def has_form_of_path(word: str) -> bool:
    """Whether a word looks like a file, a folder, a URL, a pattern or a list."""
    return bool(FILE_NAME.search(word) or PLACE.search(word))
