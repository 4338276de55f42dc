"""The phrases that a tree of `nodes` rests on."""

from __future__ import annotations

from dataclasses import replace

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.traversal import spine


def head_noun(node: Node) -> Find | None:
    """The noun that a node rests on, alone; None for a union."""
    for one in spine(node):
        if isinstance(one, Find):
            return Find(one.noun, noun=one.noun, categories=one.categories)
    return None


def add_words(
    node: Node, after: list[str], at: tuple[int, ...], before: list[str] | None = None
) -> Node:
    """A node with more words in the phrases that it rests on.

    Args:
        node: Any node.
        after: Words to append.
        at: Indices of all words that are added.
        before: Words to prepend.
    """
    if isinstance(node, Find):
        phrase = " ".join((*(before or ()), node.phrase, *after))
        return replace(node, phrase=phrase, at=tuple(sorted({*node.at, *at})))
    if isinstance(node, n.Union):
        parts = tuple(add_words(part, after, at, before) for part in node.parts)
        return replace(node, parts=parts)
    return replace(node, of=add_words(node.of, after, at, before))
