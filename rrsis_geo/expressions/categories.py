"""Nodes for whole categories of labelled objects."""

from __future__ import annotations

from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.traversal import spine


def find_all(category: str) -> Find:
    """Every object of a category."""
    return Find(category, categories=(category,))


def category_of(node: Node) -> str:
    """The category whose objects a node chooses from."""
    last = spine(node)[-1]
    if not isinstance(last, Find):
        raise TypeError(f"{type(last).__name__} has no single category")
    return last.categories[0]
