"""What the parts of the parser need of it, so that none of them imports another's."""

from __future__ import annotations

from typing import Protocol

from rrsis_geo.language.nodes import Node
from rrsis_geo.query.parser.noun_phrase import NounPhrase, Role
from rrsis_geo.query.parser.pattern_matcher import Reader


class PhraseReader(Protocol):
    """Reads noun phrases of one text; `parser.Parser` is the one there is."""

    r: Reader
    """The tokens of the text and the patterns that match them."""

    def spend(self) -> None:
        """Count a word that is read; raises where all reading takes too long."""

    def lead(self, i: int, d: NounPhrase) -> int:
        """Read what stands before a noun, and the noun; the index after them."""

    def trail(self, i: int, d: NounPhrase) -> int:
        """Read what follows a noun; the index after it."""

    def opaque(self, i: int, d: NounPhrase) -> int:
        """Leave a description of looks to the network; the index after it."""

    def phrase(
        self, i: int, *, hint: Node | None, role: Role, depth: int, alone: bool = False
    ) -> tuple[Node | None, int]:
        """Read a noun phrase, or several joined by "and"; node and next index."""

    def turned(self, i: int) -> bool:
        """Whether words about how a thing is turned begin here."""
