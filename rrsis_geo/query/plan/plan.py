"""An expression, worked out: phrases for the network, operators for the map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from rrsis_geo.errors import DataError
from rrsis_geo.query.plan.container_places import places_among_objects
from rrsis_geo.query.plan.explanation import describe
from rrsis_geo.query.plan.nodes import (
    NODES,
    Extreme,
    Find,
    Node,
    Operator,
    Union,
    anchors,
    children,
    spine,
    walk,
    words_of,
)
from rrsis_geo.query.plan.notation import notation
from rrsis_geo.query.plan.serialization import from_mapping, to_mapping


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An expression, worked out."""

    expression: str
    """As it was typed."""

    words: tuple[str, ...]
    """The words that mean something, slips corrected, in the order they were typed."""

    root: Node
    """What is asked for."""

    notes: tuple[str, ...] = ()
    """What the person should know: corrected slips, words left to the network."""

    @property
    def finds(self) -> tuple[Find, ...]:
        """Every `Find`, one for each distinct phrase, in the order of the tree."""
        found = {one.phrase: one for one in walk(self.root) if isinstance(one, Find)}
        return tuple(found.values())

    @property
    def phrases(self) -> tuple[str, ...]:
        """What the network is asked, each text once."""
        return tuple(one.phrase for one in self.finds)

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to do on the map."""
        return isinstance(self.root, Find)

    def describe(self) -> str:
        """The plan in words, one line."""
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
        """The plan that `to_mapping` gave.

        Raises:
            DataError: The values are no plan.
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

    def folded(self, keep: Callable[[Operator], bool]) -> Plan:
        """The plan with the operators that are not kept said to the network instead.

        Words go back into the phrase of what they choose from, in the order in which
        they were typed. What cannot be said inside one phrase (the parts of a union)
        stays. With nothing kept, the network is asked for the whole expression.
        """
        return replace(self, root=_folded(self, self.root, keep))

    def without_unknown(
        self, categories: frozenset[str], *, whole: bool = False
    ) -> Plan:
        """The plan for weights of these categories.

        Relations to things that the weights don't know by name are left to the
        network, which may have seen such words in context; a place in one that holds
        them all is a place among them.

        Where the network sees the scene whole, an order among what such a relation
        bounds ("the leftmost plane at the concourse") is left to it as well.
        """
        test = known(categories)

        def keep(node: Operator) -> bool:
            if whole and isinstance(node, Extreme):
                return all(test(x) for one in spine(node) for x in anchors(one))
            return all(map(test, anchors(node)))

        placed = replace(self, root=places_among_objects(self.root, self.words, test))
        return placed.folded(keep)


def known(categories: frozenset[str]) -> Callable[[Node], bool]:
    """A test whether every noun below a node names one of the categories."""

    def test(node: Node) -> bool:
        finds = [one for one in walk(node) if isinstance(one, Find)]
        return all(categories.intersection(one.categories) for one in finds)

    return test


def _folded(plan: Plan, node: Node, keep: Callable[[Operator], bool]) -> Node:
    if isinstance(node, Find):
        return node
    if isinstance(node, Union):
        parts = tuple(_folded(plan, part, keep) for part in node.parts)
        return replace(node, parts=parts)
    if keep(node):
        inner: dict[str, Any] = {
            item.name: _folded(plan, cast(Node, value), keep)
            for item in fields(node)
            if isinstance(value := getattr(node, item.name), NODES)
        }
        return replace(node, **inner)
    own = set(node.at).union(*map(words_of, children(node)[1:]))
    return _said(plan, _folded(plan, node.of, keep), own)


def _said(plan: Plan, node: Node, own: set[int]) -> Node:
    """The node with more words in the phrase it rests on."""
    if isinstance(node, Find):
        at = tuple(sorted(own.union(node.at)))
        phrase = " ".join(plan.words[index] for index in at)
        return replace(node, phrase=phrase, at=at)
    if isinstance(node, Union):
        return replace(node, parts=tuple(_said(plan, one, own) for one in node.parts))
    return replace(node, of=_said(plan, node.of, own))
