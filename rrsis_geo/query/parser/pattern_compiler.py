"""The pattern language of `rules`, compiled to regular expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rrsis_geo.query.lexicon import grammar as rules
from rrsis_geo.query.lexicon.vocabulary import NUMBERS, words
from rrsis_geo.query.tokenizer.token_kinds import KINDS
from rrsis_geo.query.tokenizer.tokens import Token

_NAMED = words("d n len area most nearest amount cmp")
_PIECE = re.compile(r"\{\w+\}|<\w+>|[\[\]()|]|\w+=|[\w',]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of `rules.RULES`."""

    handler: str
    """Name of what the parser does with a match."""

    argument: str
    """What tells rules of one handler apart."""

    pattern: re.Pattern[str]
    """Matches tokens joined by blanks, each followed by one blank."""

    slot: bool
    """Whether a thing must follow."""


def _rules() -> dict[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = {}
    for line in _lines(rules.RULES):
        head, _, pattern = line.partition(":")
        handler, *rest = head.split()
        slot = pattern.rstrip().endswith("{x}")
        pattern = pattern.rstrip().removesuffix("{x}")
        tree = _Reader(pattern).choice()
        rule = Rule(handler, " ".join(rest), re.compile(tree.regex), slot)
        for token in sorted(tree.first):
            found.setdefault(token, []).append(rule)
    return {token: tuple(some) for token, some in found.items()}


def _each(text: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_Reader(line).choice().regex) for line in _lines(text))


def longest(patterns: tuple[re.Pattern[str], ...], line: str, start: int) -> int:
    """Where the longest match of any pattern ends; `start` where none matches."""
    found = (pattern.match(line, start) for pattern in patterns)
    return max((one.end() for one in found if one), default=start)


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class _Part:
    regex: str
    first: frozenset[str]
    may_be_empty: bool


def _literal(word: str) -> _Part:
    """A word, with its kind before it where it has one, as in `spoken`."""
    kind = "<n>" if word in NUMBERS and word != "one" else KINDS.get(word, ("",))[0]
    return _Part(f"{kind}{re.escape(word)} ", frozenset([kind or word]), False)


def spoken(token: Token) -> str:
    """A token as the patterns see it: its words, behind its kind if it has one."""
    if token.text.startswith("<"):
        return f"{token.text}{token.shown.replace(' ', '_')} "
    return f"{token.text} "


class _Reader:
    """Recursive descent over one pattern."""

    def __init__(self, pattern: str) -> None:
        self._pieces = _PIECE.findall(pattern)
        self._next = 0

    def choice(self) -> _Part:
        parts = [self._sequence()]
        while self._peek() == "|":
            self._next += 1
            parts.append(self._sequence())
        if len(parts) == 1:
            return parts[0]
        first = frozenset().union(*(part.first for part in parts))
        # Longer alternatives first, so that "near to" is not read as "near".
        ordered = sorted(parts, key=lambda part: -len(part.regex))
        regex = "|".join(part.regex for part in ordered)
        return _Part(f"(?:{regex})", first, any(p.may_be_empty for p in parts))

    def _sequence(self) -> _Part:
        regex, first, empty = "", frozenset[str](), True
        while self._peek() not in ("", "|", "]", ")"):
            part = self._one()
            if empty:
                first |= part.first
            regex += part.regex
            empty = empty and part.may_be_empty
        return _Part(regex, first, empty)

    def _one(self) -> _Part:
        piece = self._pieces[self._next]
        self._next += 1
        if piece.endswith("="):
            part = self._one()
            return _Part(
                f"(?P<{piece[:-1]}>{part.regex})", part.first, part.may_be_empty
            )
        if piece in "[(":
            part = self.choice()
            self._next += 1
            if piece == "(":
                return part
            return _Part(f"(?:{part.regex})?", part.first, True)
        name = piece[1:-1] if piece[0] == "{" else ""
        if name in rules.MACROS:
            return _Reader(rules.MACROS[name]).choice()
        if name in _NAMED:
            return _Part(f"<{name}>\\S+ ", frozenset([f"<{name}>"]), False)
        return _literal(piece)

    def _peek(self) -> str:
        return self._pieces[self._next] if self._next < len(self._pieces) else ""


BY_FIRST = _rules()
"""Rules by each token they may begin with; made once, so that no plan waits for it."""

POLITE_FIRST = _each(rules.POLITE_FIRST)
POLITE_LAST = _each(rules.POLITE_LAST)
EXCEPT = _each(rules.EXCEPT)
