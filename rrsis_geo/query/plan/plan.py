"""The plan of an expression: phrases for the network, operators for the map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rrsis_geo.errors import DataError
from rrsis_geo.language.known_classes import KnownClasses
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.traversal import anchors, walk
from rrsis_geo.query.plan.class_nouns import asked_by_class
from rrsis_geo.query.plan.container_places import places_among_objects
from rrsis_geo.query.plan.explanation import describe
from rrsis_geo.query.plan.notation import notation
from rrsis_geo.query.plan.serialization import from_mapping, to_mapping
from rrsis_geo.query.tokenizer.normalization import correct_text


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an expression asks for: a tree of operators over phrases."""

    expression: str
    """As typed."""

    words: tuple[str, ...]
    """Its words in the order they were typed, spelling corrected."""

    root: Node
    """The node that stands for what is asked for."""

    notes: tuple[str, ...] = ()
    """What the person should know, such as corrected spelling."""

    unknown_anchors: frozenset[str] = frozenset()
    """Phrases of anchors that the weights do not know: what the network predicts for
    them is a guess."""

    @property
    def network_text(self) -> str:
        """The expression as typed, but for corrected spelling."""
        return correct_text(self.expression)

    @property
    def finds(self) -> tuple[Find, ...]:
        """The first `Find` of each distinct phrase, in the order of the tree."""
        found: dict[str, Find] = {}
        for one in walk(self.root):
            if isinstance(one, Find):
                found.setdefault(one.phrase, one)
        return tuple(found.values())

    @property
    def phrases(self) -> tuple[str, ...]:
        """Distinct phrases that the network is asked for."""
        return tuple(one.phrase for one in self.finds)

    @property
    def is_plain(self) -> bool:
        """Whether it has no operators, so that nothing is computed on the map."""
        return isinstance(self.root, Find)

    def describe(self) -> str:
        """The plan in words, on one line."""
        return describe(self.root)

    def notation(self) -> str:
        """The plan as a short formula: 'storage tank | near (road) | largest'."""
        return notation(self.root)

    def to_mapping(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "expression": self.expression,
            "words": list(self.words),
            "root": to_mapping(self.root),
            "notes": list(self.notes),
        }

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Plan:
        """The plan of values that `to_mapping` returned.

        Raises:
            DataError: The values are not those of a plan.
        """
        try:
            return cls(
                expression=str(values["expression"]),
                words=tuple(values["words"]),
                root=from_mapping(values["root"]),
                notes=tuple(values["notes"]),
            )
        except (KeyError, TypeError) as error:
            raise DataError(f"not a plan: {str(values)[:80]}") from error

    def placed_among_objects(self, categories: frozenset[str]) -> Plan:
        """The plan with places in unknown containers as places among the objects.

        "The north-east corner of the depot", where the network knows no depot, is the
        north-east corner of what stands there.

        Args:
            categories: Classes that the weights know by name.
        """
        test = names_categories(categories)
        return replace(self, root=places_among_objects(self.root, self.words, test))

    def asked_by_class(self, categories: frozenset[str]) -> Plan:
        """The plan with the class as the noun of a kind: a "cruise ship" is a ship.

        Args:
            categories: Classes that the weights know by name.
        """
        return replace(self, root=asked_by_class(self.root, categories))

    def with_known(self, known: KnownClasses) -> Plan:
        """The plan with the anchors marked that the weights do not know."""
        found = (
            one
            for node in walk(self.root)
            for anchor in anchors(node)
            for one in walk(anchor)
        )
        unknown = frozenset(
            one.phrase
            for one in found
            if isinstance(one, Find) and not one.layer and known.of(one) == "unknown"
        )
        return replace(self, unknown_anchors=unknown)


def names_categories(categories: frozenset[str]) -> Callable[[Node], bool]:
    """A test whether every noun below a node names one of these categories.

    A noun that one of the user's layers answers is known as well.
    """

    def test(node: Node) -> bool:
        finds = [one for one in walk(node) if isinstance(one, Find)]
        return all(
            one.layer or categories.intersection(one.categories) for one in finds
        )

    return test
