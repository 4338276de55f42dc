"""Puts a place that is named first after the things: "at the top there is a tank"."""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.tokenizer.token_kinds import Token

_OPENINGS = v.RELATING | v.words("to towards just directly <d> <most> <len>")
_VERBS = v.COPULAS | v.words("stands stand lies lie sits sit exists exist")
_COUNTS = v.DETERMINERS | v.words("<n> one several many")


def without_fronting(tokens: Sequence[Token], start: int, stop: int) -> list[Token]:
    """Tokens from `start` to `stop`, with a place that opens them at the end."""
    some = _each_last(_members_first(list(tokens[start:stop])))
    if not some or some[0].text not in _OPENINGS:
        return some
    texts = [token.text for token in some] + ["", ""]
    for index in range(1, len(some) - 2):
        if texts[index] == "there" and texts[index + 1] in _VERBS:
            return _moved(some, index, index + 2)
    for index in range(2, len(some) - 2):
        if texts[index] in _VERBS and texts[index + 1] in _COUNTS:
            # "on the left are three planes", not "in the row which is the longest"
            if texts[index - 1] in v.COPULAS:
                break
            return _moved(some, index, index + 1)
    if (
        texts[0] in ("to", "<len>") and "," in texts
    ):  # "to the left of the road, a house"
        index = texts.index(",")
        return _moved(some, index, index + 1)
    return some


def _each_last(tokens: list[Token]) -> list[Token]:
    """ "for each row, the largest tank" as "the largest tank in each row"."""
    texts = [token.text for token in tokens]
    end = 2 if texts[:1] == ["per"] else 3
    each = end == 2 or texts[1:2] in (["each"], ["every"])
    opens = texts[:1] in (["in"], ["for"], ["from"], ["per"])
    if not (opens and each) or texts[end - 1 : end] != ["<group>"]:
        return tokens
    start = end + 1 if texts[end : end + 1] == [","] else end
    if start >= len(tokens) or texts[start] in ("of", "with"):
        return tokens
    first = tokens[0] if end == 2 else tokens[0]._replace(text="in")
    return [*tokens[start:], first, *tokens[1:end]]


def _members_first(tokens: list[Token]) -> list[Token]:
    """ "second row, third tank" as "third tank" with "second row" after it."""
    texts = [token.text for token in tokens]
    start = 1 if texts[:1] == ["the"] else 0
    comma = 1 if texts[start + 2 : start + 3] == [","] else 0
    which = {*texts[start : start + 1], *texts[start + 2 + comma : start + 3 + comma]}
    orders = which <= ({"<ord>", "<most>"} if comma else {"<ord>"})
    group = texts[start + 1 : start + 2] == ["<group>"]
    if not (group and orders) or len(texts) < start + 4 + comma:
        return tokens
    row, rest = tokens[: start + 2], tokens[start + 2 + comma :]
    of = row[-1]._replace(text="of", value=None, surface="")
    return [*rest, of, *row]


def _moved(tokens: list[Token], end: int, start: int) -> list[Token]:
    front = tokens[:end]
    if front[-1].text == ",":
        front = front[:-1]
    return [*tokens[start:], *front] if tokens[start:] else tokens
