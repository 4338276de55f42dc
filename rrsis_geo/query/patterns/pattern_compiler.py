"""Compiles the pattern language of `lexicon.grammar` to regular expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rrsis_geo.query.lexicon import (
    activities,
    exceptions,
    grammar,
    measure_rules,
    request_wording,
)
from rrsis_geo.query.lexicon.vocabulary import NUMBERS, words
from rrsis_geo.query.tokenizer.token_kinds import KINDS, Token

_TOKEN_KINDS = words("d n len area most nearest amount cmp sup")
"""Kinds that a pattern may name in braces."""

_MACROS = grammar.MACROS | measure_rules.MACROS | activities.MACROS

_PIECE = re.compile(r"\{\w+\}|<\w+>|[\[\]()|]|\w+=|[\w',]+")

Patterns = dict[str, tuple[re.Pattern[str], ...]]
"""Patterns by each token they may begin with."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the rules of the grammar or of measures."""

    handler: str
    """Name of the function of the parser that takes a match."""

    argument: str
    """Tells rules of one handler apart."""

    pattern: re.Pattern[str]
    """Matches encoded tokens (`encode`) one after another."""

    has_anchor: bool
    """Whether an anchor must follow."""


def _compile_rules() -> dict[str, tuple[Rule, ...]]:
    rules: dict[str, list[Rule]] = {}
    for line in _lines(grammar.RULES + measure_rules.RULES):
        head, _, pattern = line.partition(":")
        handler, *rest = head.split()
        has_anchor = pattern.rstrip().endswith("{x}")
        parsed = _PatternParser(pattern.rstrip().removesuffix("{x}")).choice()
        rule = Rule(handler, " ".join(rest), re.compile(parsed.regex), has_anchor)
        for token in sorted(parsed.first):
            rules.setdefault(token, []).append(rule)
    return {token: tuple(some) for token, some in rules.items()}


def _compile_lines(text: str) -> Patterns:
    patterns: dict[str, list[re.Pattern[str]]] = {}
    for line in _lines(text):
        parsed = _PatternParser(line).choice()
        pattern = re.compile(parsed.regex)
        for token in parsed.first:
            patterns.setdefault(token, []).append(pattern)
    return {token: tuple(some) for token, some in patterns.items()}


def longest_match(patterns: Patterns, token: str, line: str, start: int) -> int:
    """Where the longest match of any pattern ends; `start` where none matches.

    Args:
        patterns: Compiled lines of the grammar.
        token: Text of the token at `start`.
        line: All encoded tokens.
        start: Offset into the line.
    """
    matches = (one.match(line, start) for one in patterns.get(token, ()))
    return max((match.end() for match in matches if match), default=start)


def encode(token: Token) -> str:
    """A token as patterns match it: its words, after its kind if it has one."""
    if token.text.startswith("<"):
        return f"{token.text}{token.surface.replace(' ', '_')} "
    return f"{token.text} "


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a pattern."""

    regex: str

    first: frozenset[str]
    """Tokens that it may begin with."""

    may_be_empty: bool


def _literal(word: str) -> _Part:
    """A word, after its kind where it has one, as in `encode`."""
    kind = "<n>" if word in NUMBERS and word != "one" else KINDS.get(word, ("",))[0]
    return _Part(f"{kind}{re.escape(word)} ", frozenset([kind or word]), False)


class _PatternParser:
    """A recursive descent parser of one pattern."""

    def __init__(self, pattern: str) -> None:
        self._pieces = _PIECE.findall(pattern)
        self._next = 0

    def choice(self) -> _Part:
        """Parse alternatives up to the end or a closing bracket."""
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
        if name in _MACROS:
            return _PatternParser(_MACROS[name]).choice()
        if name in _TOKEN_KINDS:
            return _Part(f"<{name}>\\S+ ", frozenset([f"<{name}>"]), False)
        return _literal(piece)

    def _peek(self) -> str:
        return self._pieces[self._next] if self._next < len(self._pieces) else ""


# Compiled on import, so that no plan has to wait for it.
RULES_BY_FIRST_TOKEN = _compile_rules()
POLITE_OPENINGS = _compile_lines(request_wording.POLITE_FIRST)
POLITE_CLOSINGS = _compile_lines(request_wording.POLITE_LAST)
REMARKS = _compile_lines(request_wording.REMARKS)
REMARKS_BEGIN = _compile_lines(request_wording.REMARKS_BEGIN)
DOUBTS_BEGIN = _compile_lines(request_wording.DOUBTS_BEGIN)
EXCEPTIONS = _compile_lines(exceptions.EXCEPT)
PLACES_BY_ACTIVITY = {
    noun: _compile_lines(patterns) for noun, patterns in activities.ACTIVITIES.items()
}
