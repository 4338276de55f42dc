"""Asks for the class of things whose kind a network was not taught: "cruise ship".

The word that was typed stays in the phrase, so that of the ships those count more that
the network predicts for it, and where it predicts none, ships are there to choose from.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from rrsis_geo.language.class_synonyms import HYPONYMS
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.related_classes import class_name
from rrsis_geo.language.traversal import with_finds


def asked_by_class(node: Node, known: Collection[str]) -> Node:
    """A tree whose kinds have the name of their class as the noun.

    Args:
        node: Root of the tree.
        known: Classes that the network knows by name.
    """
    labels = {class_name(key) for key in known}

    def change(find: Find) -> Node:
        if find.layer or find.noun in labels:
            return find
        classes = [key for key in find.categories if key in known]
        if len(classes) != 1 or find.noun not in HYPONYMS.get(classes[0], ()):
            return find
        return replace(find, noun=class_name(classes[0]))

    return with_finds(node, change)
