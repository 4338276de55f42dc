"""The interface of the parser that its modules share, so that none imports another."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.query.patterns.pattern_matcher import PatternMatcher
from rrsis_geo.query.phrases.noun_phrase import NounPhrase, Role


class ThingList(NamedTuple):
    """What decides whether a noun after "and" or "or" goes on with a list."""

    whole: Find | None
    """What the list is related to, or leaves some of out."""

    denied: bool = False
    """Whether it is said that none of the list is there."""

    excepted: bool = False
    """Whether the list names what is left out of the whole."""


class PhraseReader(Protocol):
    """Reads the noun phrases of one text; implemented by `parser.Parser`.

    Positions (`i`) are indices of tokens. Methods that read return the position after
    what they read.
    """

    matcher: PatternMatcher
    """The tokens of the text and the rules that match them."""

    it: Node | None
    """What "it" stands for in a phrase that has named no anchor yet."""

    def count_step(self) -> None:
        """Count one token that is read; raises where parsing takes too many steps."""

    def read_premodifiers(self, i: int, phrase: NounPhrase) -> int:
        """Read what stands before a noun, and the noun."""

    def read_postmodifiers(self, i: int, phrase: NounPhrase) -> int:
        """Read what follows a noun."""

    def read_description(self, i: int, phrase: NounPhrase) -> int:
        """Leave a description of appearance to the network."""

    def read_phrase(
        self,
        i: int,
        *,
        antecedent: Node | None,
        role: Role,
        depth: int,
        alone: bool = False,
        things: ThingList | None = None,
    ) -> tuple[Node | None, int]:
        """Read a noun phrase, or several joined by "and": the node and the position."""

    def is_orientation(self, i: int) -> bool:
        """Whether words about the way a thing is turned begin here."""
