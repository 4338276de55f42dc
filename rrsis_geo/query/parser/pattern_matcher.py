"""A text's tokens with the rules that match at each of them."""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.multiword_expressions import COMPOUNDS, FIRST_WORDS
from rrsis_geo.query.parser.pattern_compiler import (
    BY_FIRST,
    EXCEPT,
    POLITE_FIRST,
    POLITE_LAST,
    longest,
    spoken,
)
from rrsis_geo.query.tokenizer.tokens import Text, Token

BOUNDED = frozenset(("place", "edge", "most", "scene", "from"))
"""Rules that hold only where a phrase may end."""

_ENDS = frozenset((",", "and", "or", "/", "plus", "the", "a", "an", "not", "but", "'s"))
_ENDS |= v.COPULAS | v.STATIVE | v.OPAQUE | v.TURNED
_SIDES = v.words(
    "side part edge border half corner hand share quarter area end section portion"
    " quadrant"
)
_WHERE = v.words(
    "place edge isolated within beside near not along around surrounded opposite"
    " inside outside between measured compared"
)
"""Rules of conditions that "but" may add."""

_NO_THING = v.RELATING | {"", ",", "and", "or", "it", "them"}


class Match(NamedTuple):
    """A rule that fits."""

    handler: str
    argument: str
    start: int
    stop: int
    groups: dict[str, str]
    """What the named parts of the pattern matched; missing ones are ''."""
    starts: dict[str, int]
    """Index of the token where each of them begins."""


class Reader:
    """Tokens between the words of politeness."""

    def __init__(self, text: Text) -> None:
        self.words = text.words
        self.tokens = text.tokens
        parts = [spoken(token) for token in text.tokens]
        self.line = "".join(parts)
        self._offsets = list(accumulate(map(len, parts), initial=0))
        self._index = {offset: index for index, offset in enumerate(self._offsets)}
        self._known: dict[tuple[int, bool], Match | None] = {}
        self.stop = len(text.tokens)
        self.start = self._after_polite_words()
        self.stop = self._before_polite_words()

    def text(self, index: int) -> str:
        """What the grammar reads at a token; '' behind the end."""
        return self.tokens[index].text if index < self.stop else ""

    def match(self, index: int, *, bare: bool = False) -> Match | None:
        """The rule that takes the most words from a token on.

        Args:
            index: Where it starts.
            bare: Whether rules without a preposition may take part.
        """
        key = index, bare
        if key not in self._known:
            self._known[key] = self._match(index, bare)
        return self._known[key]

    def _match(self, index: int, bare: bool) -> Match | None:
        best: Match | None = None
        for rule in BY_FIRST.get(self.text(index), ()):
            if rule.argument == "bare" and not bare:
                continue
            found = rule.pattern.match(self.line, self._offsets[index])
            if found is None or found.end() == found.start():
                continue
            stop = self._index[found.end()]
            if stop > self.stop or (best is not None and stop <= best.stop):
                continue
            if rule.slot and self.text(stop) in _NO_THING:
                continue
            alone = stop == index + 1 and self.text(index) == "round"
            if alone and self.text(stop) not in ("the", "a", "an"):
                continue  # "the round tank" against "round the tank"
            if rule.handler in BOUNDED and not self.may_end(stop):
                continue
            if rule.handler in ("edge", "group") and self.text(stop) == "of":
                continue  # "at the edge of the forest", "in a row of three"
            groups = {k: (t or "").strip() for k, t in found.groupdict().items()}
            starts = {k: self._index[found.start(k)] for k, t in groups.items() if t}
            best = Match(rule.handler, rule.argument, index, stop, groups, starts)
        return best

    def may_end(self, index: int) -> bool:
        """Whether a phrase may end before a token."""
        text = self.text(index)
        if not text or text in _ENDS:
            return True
        if text in ("one", "ones"):
            return False
        if text.startswith("<"):
            if text == "<d>":
                return self.match(index) is not None  # "at the left north of ..."
            return text in ("<len>", "<area>", "<cmp>", "<nearest>")
        if text in BY_FIRST and self.match(index) is not None:
            return True
        return text == "nearby" or self.exception(index) > index

    def exception(self, index: int) -> int:
        """Index after words such as "except for"; the same index where none stand."""
        if index >= self.stop or self.only(index) > index or self.but_where(index):
            return index
        end = longest(EXCEPT, self.line, self._offsets[index])
        return min(self._index[end], self.stop)

    def only(self, index: int) -> int:
        """Index after words that narrow what was said: "tanks, only the red ones".

        The same index where none stand. "But only" leaves nothing out.
        """
        after = index + 1 if self.text(index) == "but" else index
        if self.text(after) not in v.NARROWING:
            return index
        more = self.text(after + 1) in v.THE
        if self.text(after) == "only":  # "just north of" says how far
            more = more or self.match(after + 1, bare=True) is not None
        return after + 1 if more or after > index else index

    def but_where(self, index: int) -> bool:
        """Whether "but" adds a second condition: "near the river but far from it"."""
        if self.text(index) != "but":
            return False
        match = self.match(index + 1)
        return match is not None and match.handler in _WHERE

    def compound(self, index: int) -> int:
        """How many tokens from one on mean something else together; mostly 0."""
        if self.words[self.tokens[index].at[0]] not in FIRST_WORDS:
            return 0
        for count in (3, 2):
            some = self.tokens[index : min(index + count, self.stop)]
            words = tuple(self.words[place] for token in some for place in token.at)
            if len(some) == count and words in COMPOUNDS:
                return count
        return 0

    def at(self, start: int, stop: int) -> tuple[int, ...]:
        """Words of a stretch of tokens."""
        some = self.tokens[start:stop]
        return tuple(p for token in some for p in token.at if self.words[p] != ",")

    def first(self, kind: str, start: int, stop: int) -> Token | None:
        """The first token of a kind in a stretch."""
        for token in self.tokens[start:stop]:
            if token.text == kind:
                return token
        return None

    def _after_polite_words(self) -> int:
        index = 0
        while index < self.stop:
            after = self._index[longest(POLITE_FIRST, self.line, self._offsets[index])]
            # "mark" and "outline" alone may be nouns; a text of them alone is one.
            if after >= self.stop or after == index:
                break
            if self.text(after) == "of":
                break
            index = after
        return index

    def _before_polite_words(self) -> int:
        stop = self.stop
        again = True
        while again and stop > self.start:
            again = False
            for index in range(max(self.start + 1, stop - 7), stop):
                end = longest(POLITE_LAST, self.line, self._offsets[index])
                if end > self._offsets[index] and self._index[end] == stop:
                    if self._is_place_word(index):
                        break
                    stop, again = index, True
                    break
        return stop

    def _is_place_word(self, index: int) -> bool:
        """Whether "of the image" belongs to a place: "the top of the image"."""
        before = self.text(index - 1)
        return self.text(index) in ("of", "in", "on", "from", "within") and (
            before in _SIDES or before.startswith(("<d", "<m"))
        )
