"""Walks over trees of `nodes`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, cast

from rrsis_geo.language.nodes import (
    NODES,
    Counted,
    Distant,
    Except,
    Extreme,
    Find,
    Grouped,
    Members,
    Middle,
    Node,
    Sized,
    Union,
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node: `of` first, then anchors."""
    if isinstance(node, Find):
        return ()
    if isinstance(node, Union):
        return node.parts
    values = (getattr(node, item.name) for item in fields(node))
    return tuple(cast(Node, value) for value in values if isinstance(value, NODES))


def anchors(node: Node) -> tuple[Node, ...]:
    """The nodes that an operator measures against; empty for all other nodes."""
    if isinstance(node, Find | Union | Except):
        return ()
    return children(node)[1:]


def spine(node: Node) -> list[Node]:
    """A node and what it chooses from, down to a `Find` or a `Union`."""
    nodes = [node]
    while not isinstance(node, Find | Union):
        node = node.of
        nodes.append(node)
    return nodes


def chosen_in_each(node: Node) -> Members | None:
    """The members among which a node chooses, in each group; None for all others."""
    if not isinstance(node, Counted | Distant | Extreme | Middle | Sized):
        return None
    for one in spine(node.of):
        if isinstance(one, Grouped):
            return None
        if isinstance(one, Members):
            return one if one.each else None
    return None


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes below it in preorder, `of` before anchors."""
    yield node
    for child in children(node):
        yield from walk(child)


def with_children(node: Node, change: Callable[[Node], Node]) -> Node:
    """A node whose nodes directly below it are replaced."""
    if isinstance(node, Find):
        return node
    inner: dict[str, Any] = {}
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, NODES):
            inner[item.name] = change(cast(Node, value))
        elif item.name == "parts":
            inner[item.name] = tuple(map(change, value))
    return replace(node, **inner)


def with_finds(node: Node, change: Callable[[Find], Node]) -> Node:
    """A tree in which every `Find` is replaced."""
    if isinstance(node, Find):
        return change(node)
    return with_children(node, lambda one: with_finds(one, change))
