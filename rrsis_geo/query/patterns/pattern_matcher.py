"""The tokens of a text, and the rules of the grammar that match at each of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from typing import NamedTuple

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.multiword_expressions import COMPOUNDS, FIRST_WORDS
from rrsis_geo.query.lexicon.nouns import is_plural, sense, singular
from rrsis_geo.query.patterns.asides import before_purpose, without_asides
from rrsis_geo.query.patterns.clarifications import clarified
from rrsis_geo.query.patterns.corrections import corrected
from rrsis_geo.query.patterns.free_relatives import with_pronouns
from rrsis_geo.query.patterns.fronting import without_fronting
from rrsis_geo.query.patterns.introductions import (
    asked_last,
    without_introduction,
)
from rrsis_geo.query.patterns.mentions import without_mentions
from rrsis_geo.query.patterns.pattern_compiler import (
    EXCEPTIONS,
    POLITE_CLOSINGS,
    POLITE_OPENINGS,
    RULES_BY_FIRST_TOKEN,
    Patterns,
    Rule,
    encode,
    longest_match,
)
from rrsis_geo.query.patterns.purposes import named_by_purpose
from rrsis_geo.query.patterns.sport_names import with_sport
from rrsis_geo.query.tokenizer.token_kinds import Token
from rrsis_geo.query.tokenizer.tokens import Text

_END_OF_PHRASE_ONLY = frozenset(("place", "edge", "most", "scene", "from", "middle"))
"""Handlers of rules that hold only where a phrase may end."""

_PHRASE_ENDS = v.COORDINATORS | v.COPULAS | v.STATIVE | v.DESCRIPTIVE | v.ORIENTING
_PHRASE_ENDS |= v.words("over under behind through onto into across before after")
_PHRASE_ENDS |= {",", "the", "a", "an", "not", "but", "'s"}

_ENDS_BY_KIND = frozenset(("<len>", "<area>", "<cmp>", "<nearest>"))

_SIDES = v.words(
    "side part edge border half corner hand share quarter area end section portion"
    " quadrant thirds quarters corners percent"
)
_CONDITIONS = v.words(
    "place edge isolated within beside near not along around surrounded opposite"
    " inside outside between measured compared without"
)
"""Handlers of rules that "but" may add."""

_ANCHORED = v.words("near inside outside beside within along around opposite")
"""Handlers of rules whose anchor may be that of two: "near but not in the park"."""

PRONOUN_ANCHORS = v.words("it them")
"""Anchors once another has been named: "near the pier but not touching it"."""

_ALONE_OR_OF_NOUN = v.ISOLATED | {"own"}
"""Words that may belong to a noun after them: "lonely house", "its own stand"."""

RELATED_TO_IT = v.words("near around round close beside")
"""Words before "it" that say what is, or is not, beside a thing."""

_NO_ANCHOR = v.RELATING | {"", ",", "and", "or", "it", "them"}
_NO_ANCHOR |= v.words(
    "of from there here nothing nobody out upstream downstream inland offshore ashore"
)
"""Tokens that begin no anchor."""


_BARRED = v.DETERMINERS | v.words("one <n> <d> <most> <sup> <size>")
"""Tokens after "bar" where it leaves something out: "all bar the largest"."""


class Match(NamedTuple):
    """A rule that matches a run of tokens."""

    handler: str
    argument: str
    start: int
    """Index of its first token."""
    stop: int
    """Index after its last token."""
    groups: dict[str, str]
    """What the named parts of the pattern matched; '' for missing ones."""
    starts: dict[str, int]
    """Index of the token where each of them begins."""


class PatternMatcher:
    """The tokens of a text without polite words at its ends."""

    def __init__(self, text: Text) -> None:
        self.words = text.words
        self.ignored: list[str] = []
        """Words that were understood, but that nothing is made of."""
        self._has_anchor = False
        asked = with_pronouns(clarified(corrected(with_sport(text.tokens))))
        asked = asked_last(named_by_purpose(without_mentions(asked)))
        self._take(without_introduction(without_asides(asked)))
        start, stop = self.start, self.stop
        ordered = without_fronting(self.tokens, start, stop)
        if ordered != list(self.tokens[start:stop]):
            self._take(tuple(ordered))

    def _take(self, tokens: tuple[Token, ...]) -> None:
        """Match in these tokens from now on."""
        self.tokens = tokens
        encoded = [encode(token) for token in tokens]
        self._line = "".join(encoded)
        self._offsets = list(accumulate(map(len, encoded), initial=0))
        self._index = {offset: index for index, offset in enumerate(self._offsets)}
        self._matches: dict[tuple[int, bool], Match | None] = {}
        self.stop = len(tokens)
        self.start = self._skip_polite_opening()
        self.stop = self._drop_polite_closing()
        self.stop = before_purpose(tokens, self.start, self.stop)

    @contextmanager
    def limited(self, stop: int) -> Iterator[None]:
        """Let the text end before a token, for as long as the context is open."""
        before, self.stop = self.stop, min(stop, self.stop)
        self._matches.clear()
        try:
            yield
        finally:
            self.stop = before
            self._matches.clear()

    def allow_pronoun_anchors(self) -> None:
        """Let "it" and "them" be anchors from now on, since one has been named."""
        if not self._has_anchor:
            self._has_anchor = True
            self._matches.clear()

    def text(self, index: int) -> str:
        """What the grammar reads at a token; '' before the first and after the last."""
        return self.tokens[index].text if 0 <= index < self.stop else ""

    def at(self, start: int, stop: int) -> tuple[int, ...]:
        """Indices of the words of tokens, without commas."""
        some = self.tokens[start:stop]
        return tuple(p for token in some for p in token.at if self.words[p] != ",")

    def first(self, kind: str, match: Match) -> Token | None:
        """The first token of a kind in a match."""
        for token in self.tokens[match.start : match.stop]:
            if token.text == kind:
                return token
        return None

    def match(self, index: int, *, bare: bool = False) -> Match | None:
        """The rule that takes the most tokens from one on.

        Args:
            index: Where it starts.
            bare: Whether rules without a preposition may take part.
        """
        key = index, bare
        if key not in self._matches:
            self._matches[key] = self._match(index, bare)
        return self._matches[key]

    def _match(self, index: int, bare: bool) -> Match | None:
        best: Match | None = None
        for rule in RULES_BY_FIRST_TOKEN.get(self.text(index), ()):
            if rule.argument == "bare" and not bare:
                continue
            found = rule.pattern.match(self._line, self._offsets[index])
            if found is None or found.end() == found.start():
                continue
            stop = self._index[found.end()]
            if stop > self.stop or (best is not None and stop <= best.stop):
                continue
            if not self._holds(rule, index, stop):
                continue
            groups = {k: (t or "").strip() for k, t in found.groupdict().items()}
            starts = {k: self._index[found.start(k)] for k, t in groups.items() if t}
            best = Match(rule.handler, rule.argument, index, stop, groups, starts)
        return best

    def _holds(self, rule: Rule, index: int, stop: int) -> bool:
        """Whether what follows a match does not speak against it."""
        follows = self.text(stop)
        repeated = self._has_anchor and follows in PRONOUN_ANCHORS
        if rule.has_anchor and follows in ("but", "and") and stop > index:
            return self._shares_anchor(stop)
        if rule.has_anchor and follows in _NO_ANCHOR and not repeated:
            return False
        if rule.handler == "holding" and self.text(index) == "housing":
            # "a hall housing planes" against "dense housing by the road"
            plural = stop < self.stop and is_plural(self.tokens[stop].surface)
            return plural or follows in v.DETERMINERS | {"<n>"}
        alone = stop == index + 1 and self.text(index) == "round"
        if alone and follows not in ("the", "a", "an"):
            return False  # "the round tank" against "round the tank"
        if rule.handler == "scene" and self.text(stop - 1) == "all":
            return follows not in v.DEFINITE  # "in all that sand"
        if rule.argument == "corner" and follows == "of":
            return False  # "in the corner of the field"
        if rule.argument in ("higher", "lower") and follows in v.DETERMINERS:
            return False  # "further up the river"
        at_end = rule.handler in _END_OF_PHRASE_ONLY or rule.argument == "end"
        if at_end and not (self.may_end(stop) or self._ends_at_side(stop)):
            return False
        if rule.handler == "isolated" and self.text(stop - 1) in _ALONE_OR_OF_NOUN:
            return self.may_end(stop)  # against "on its own stand"
        # "at the edge of the forest", "in a row of three"
        ends = rule.handler in ("edge", "group") or rule.argument == "end"
        return not (ends and follows == "of")

    def _ends_at_side(self, index: int) -> bool:
        """Whether a participle follows a side: "on the left side sticking out"."""
        if self.text(index - 1) not in _SIDES or index >= self.stop:
            return False
        word = self.tokens[index].surface
        follows = self.tokens[index + 1].surface if index + 1 < self.stop else ""
        noun = sense((word, singular(follows)))[0] > 1 or sense((singular(word),))[1]
        return word.endswith("ing") and not noun and follows != ""

    def _shares_anchor(self, index: int) -> bool:
        """Whether "but not touching" follows, with the anchor of what was before."""
        after = index + 2 if self.text(index + 1) == "not" else index + 1
        other = self.match(after)
        return other is not None and other.handler in _ANCHORED

    def may_end(self, index: int) -> bool:
        """Whether a phrase may end before a token."""
        text = self.text(index)
        if not text or text in _PHRASE_ENDS or self.after_narrowing(index) > index:
            return True
        if text in ("one", "ones"):
            return False
        if text.startswith("<"):
            if text == "<d>":
                return self.match(index) is not None  # "at the left north of ..."
            return text in _ENDS_BY_KIND
        if text in RULES_BY_FIRST_TOKEN and self.match(index) is not None:
            return True
        return text == "nearby" or self.after_exception(index) > index

    def after_exception(self, index: int) -> int:
        """Index after words such as "except for"; the same index without them."""
        text = self.text(index)
        if text not in EXCEPTIONS:
            return index
        if self.after_narrowing(index) > index or self.adds_condition(index):
            return index
        if text == "bar" and self.text(index + 1) not in _BARRED:
            return index  # "the snack bar by the pool"
        end = longest_match(EXCEPTIONS, text, self._line, self._offsets[index])
        return min(self._index[end], self.stop)

    def after_narrowing(self, index: int) -> int:
        """Index after words that narrow what came before: "tanks, only the red ones".

        The same index where there are none. "But only" excludes nothing.
        """
        after = index + 1 if self.text(index) == "but" else index
        if self.text(after) not in v.NARROWING:
            return index
        more = self.text(after + 1) in v.DEFINITE
        if self.text(after) == "only":  # "just north of" is about the distance
            more = more or self.match(after + 1, bare=True) is not None
        return after + 1 if more or after > index else index

    def after_choice(self, index: int) -> int:
        """Index after "only" or "show me" where a thing follows: "only the deck".

        "Show the ships, show the planes" asks twice, and chooses nothing.
        """
        asks = self.text(index) in v.REQUESTING and self.start == 0
        after = self.after_request(index) if asks else index
        after += self.text(after) == "but" and self.text(after + 1) in v.NARROWING
        after += self.text(after) in v.NARROWING
        return after if self.text(after) in v.DETERMINERS else index

    def adds_condition(self, index: int) -> bool:
        """Whether "but" adds a second condition: "near the river but far from it"."""
        if self.text(index) != "but":
            return False
        match = self.match(index + 1)
        if match is not None and match.handler == "nearest":
            return self.text(index + 1) != "the"  # "but the closest" is an exception
        return match is not None and match.handler in _CONDITIONS

    def compound(self, index: int) -> int:
        """Number of tokens from one on that make a multiword expression; mostly 0."""
        if self.words[self.tokens[index].at[0]] not in FIRST_WORDS:
            return 0
        for count in (3, 2):
            some = self.tokens[index : min(index + count, self.stop)]
            words = tuple(self.words[place] for token in some for place in token.at)
            if len(some) == count and words in COMPOUNDS:
                return count
        return 0

    def _skip_polite_opening(self) -> int:
        index = 0
        while index < self.stop:
            after = self._longest(POLITE_OPENINGS, index)
            # "mark" and "outline" may be nouns where nothing follows them.
            if after >= self.stop or after == index:
                break
            if self.text(after) == "of":
                break
            index = after
        return index

    def after_request(self, index: int) -> int:
        """Index after words such as "show me"; the same index without them."""
        return min(self._longest(POLITE_OPENINGS, index), self.stop)

    def _drop_polite_closing(self) -> int:
        stop = self.stop
        again = True
        while again and stop > self.start:
            again = False
            for index in range(max(self.start + 1, stop - 7), stop):
                if index < self._longest(POLITE_CLOSINGS, index) == stop:
                    if self._completes_place(index):
                        break
                    stop, again = index, True
                    break
        return stop

    def _longest(self, patterns: Patterns, index: int) -> int:
        text, offset = self.text(index), self._offsets[index]
        return self._index[longest_match(patterns, text, self._line, offset)]

    def _completes_place(self, index: int) -> bool:
        """Whether "of the image" belongs to a place: "the top of the image"."""
        before = self.text(index - 1)
        return self.text(index) in ("of", "in", "on", "from", "within") and (
            before in _SIDES or before.startswith(("<d", "<m"))
        )
