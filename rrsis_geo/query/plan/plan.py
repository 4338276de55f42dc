"""The plan of an expression: phrases for the network, operators for the map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from rrsis_geo.errors import DataError
from rrsis_geo.language.nodes import NODES, Extreme, Find, Node, Operator, Union
from rrsis_geo.language.traversal import anchors, children, spine, walk, words_of
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

    @property
    def network_text(self) -> str:
        """The expression as typed, but for corrected spelling."""
        return correct_text(self.expression)

    @property
    def finds(self) -> tuple[Find, ...]:
        """Every `Find`, one for each distinct phrase, in the order of the tree."""
        found = {one.phrase: one for one in walk(self.root) if isinstance(one, Find)}
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

    def folded(self, keep: Callable[[Operator], bool]) -> Plan:
        """The plan with some operators turned back into words for the network.

        The words of an operator that is not kept join the phrase of what it chooses
        from, in the order in which they were typed. Unions stay, as they have several
        phrases. With nothing kept, the network is asked for the whole expression.

        Args:
            keep: Whether an operator is kept.
        """
        return replace(self, root=_folded(self, self.root, keep))

    def without_unknown(
        self, categories: frozenset[str], *, whole: bool = False
    ) -> Plan:
        """The plan for weights that know only some categories.

        Relations to other things are left to the network, which may have seen such
        words in context. A place in a container that holds all things of a kind becomes
        a place among them.

        Args:
            categories: Classes that the weights know by name.
            whole: Whether the network sees the whole scene at once. An order among
                what such a relation bounds ("the leftmost plane at the concourse") is
                then left to it as well.
        """
        test = names_categories(categories)

        def keep(node: Operator) -> bool:
            if whole and isinstance(node, Extreme):
                return all(test(x) for one in spine(node) for x in anchors(one))
            return all(map(test, anchors(node)))

        placed = replace(self, root=places_among_objects(self.root, self.words, test))
        return placed.folded(keep)


def names_categories(categories: frozenset[str]) -> Callable[[Node], bool]:
    """A test whether every noun below a node names one of these categories."""

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
    return _with_words(plan, _folded(plan, node.of, keep), own)


def _with_words(plan: Plan, node: Node, own: set[int]) -> Node:
    """The node with more words in the phrases that it rests on."""
    if isinstance(node, Find):
        at = tuple(sorted(own.union(node.at)))
        phrase = " ".join(plan.words[index] for index in at)
        return replace(node, phrase=phrase, at=at)
    if isinstance(node, Union):
        parts = tuple(_with_words(plan, part, own) for part in node.parts)
        return replace(node, parts=parts)
    return replace(node, of=_with_words(plan, node.of, own))
