"""Reads which way aircraft and ships point: "planes with the nose to the north".

Elsewhere such words describe ("houses facing the river"), and stay in the phrase.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, TypeGuard, cast, get_args

from rrsis_geo.language.directions import Side
from rrsis_geo.language.nodes import (
    Except,
    Facing,
    Find,
    InPlace,
    Members,
    Node,
    Union,
)
from rrsis_geo.language.traversal import spine, with_children, with_finds

HEADED = frozenset(("airplane", "ship"))
"""Classes whose outlines show where the front is."""

_PLAIN: tuple[tuple[Side, str], ...] = (
    ("left", "left leftward leftwards"),
    ("right", "right rightward rightwards"),
    ("top", "up upward upwards top"),
    ("bottom", "down downward downwards bottom"),
    ("north", "north northward northwards"),
    ("south", "south southward southwards"),
    ("east", "east eastward eastwards"),
    ("west", "west westward westwards"),
)
_SIDES = {word: side for side, words in _PLAIN for word in words.split()}
_SIDES |= {
    f"{word} {side}": cast(Side, f"{end} {side}")
    for end, words in (("top", "upper top up"), ("bottom", "lower bottom down"))
    for word in words.split()
    for side in ("left", "right")
}
_SIDES |= {
    f"{end}{joint}{side}": cast(Side, f"{end} {side}")
    for end in ("north", "south")
    for side in ("east", "west")
    for joint in (" ", "", "-")
}
"""Words -> side that is meant."""

_ONE_OF = "|".join(sorted(map(re.escape, _SIDES), key=len, reverse=True))
_VERB = (
    "(?:facing|faces|face|pointing|points|point|pointed|heading|headed|heads|head"
    "|turned|tilted|directed|oriented|aimed|looking|looks|look)"
)
_FRONT = "(?:noses?|bows?)"
_WHO = "(?:(?:and|with|whose|that|which|have|has|having|its|their|the|all)\\s+)*"
_TO = "(?:(?:straight|due|directly|roughly|mostly|more or less)\\s+)?"
_TO += "(?:to|towards?|at)?\\s*(?:the\\s+)?"
_ASKED = re.compile(
    rf"\s+{_WHO}(?P<no>not\s+)?(?:(?:is|are)\s+)?(?P<no_too>not\s+)?"
    rf"(?:{_FRONT}\s+(?:(?:is|are)\s+)?(?:{_VERB}\s+)?|{_VERB}\s+){_TO}"
    rf"(?P<side>{_ONE_OF})(?:\s+side)?(?=\s|$)(?!\s+(?:or|and)\s)"
)
_ENDING = re.compile(rf"\s+{_WHO}(?:{_FRONT}\s+(?:(?:is|are)\s+)?)?{_VERB}$")
"""Planes that point (to the lower left, which was read as a place)."""

_BEFORE = re.compile(
    rf"(?:^|\s)(?P<side>{_ONE_OF})[\s-](?:facing|pointing|heading)(?=\s)"
)
"""North-facing planes."""


def with_headings(node: Node) -> Node:
    """A tree in which words of heading have become operators."""
    return _among_members(with_finds(_moved(_ending(node)), _read))


def _read(find: Find) -> Node:
    return (_asked(find, find) or find) if _is_headed(find) else find


def _is_headed(node: Node) -> TypeGuard[Find]:
    if not isinstance(node, Find) or node.layer:
        return False
    return bool(node.categories) and HEADED.issuperset(node.categories)


def _asked(find: Find, of: Node) -> Node | None:
    """What the words of heading in a phrase ask of others; None: it has none."""
    for pattern in (_ASKED, _BEFORE):
        match = pattern.search(find.phrase)
        if match is None:
            continue
        rest = _without(find.phrase, match)
        if of is find:
            of = replace(find, phrase=rest or find.noun)
        node: Node = Facing(of, _SIDES[match["side"]], at=find.at)
        parts = match.groupdict()
        denied = parts.get("no") or parts.get("no_too")
        return Except(of, node, at=find.at) if denied else node
    return None


def _ending(node: Node) -> Node:
    """A tree where a place behind a verb of heading is where things point."""
    node = with_children(node, _ending)
    if not isinstance(node, InPlace) or node.place not in get_args(Side):
        return node
    found = spine(node)[-1]
    if not _is_headed(found):
        return node
    match = _ENDING.search(found.phrase)
    if match is None:
        return node
    kept = replace(found, phrase=_without(found.phrase, match))
    of = with_finds(node.of, lambda find: kept if find is found else find)
    return Facing(of, cast(Side, node.place), at=node.at)


def _among_members(node: Node) -> Node:
    """A tree where "jets of the second row facing west" are of a row of all jets."""
    node = with_children(node, _among_members)
    below = spine(node)
    if not isinstance(node, Members) or len(below) < 3:
        return node
    facing = below[-2]
    if not isinstance(facing, Facing):
        return node
    return replace(facing, of=_without_facing(node))


def _without_facing(node: Node) -> Node:
    if isinstance(node, Facing):
        return node.of
    assert not isinstance(node, Find | Union)  # noqa: S101 - callers have checked
    return replace(node, of=_without_facing(node.of))


def _moved(node: Node) -> Node:
    """A tree where "planes on the apron facing north" says it of the planes."""
    node = with_children(node, _moved)
    anchor = getattr(node, "anchor", None)
    if not isinstance(anchor, Find) or not HEADED.isdisjoint(anchor.categories):
        return node
    head = spine(node)[-1]
    match = _ASKED.search(anchor.phrase)
    if match is None or not anchor.noun or not _is_headed(head):
        return node
    kept = replace(anchor, phrase=_without(anchor.phrase, match) or anchor.noun)
    return _asked(anchor, replace(cast(Any, node), anchor=kept)) or node


def _without(phrase: str, match: re.Match[str]) -> str:
    return " ".join(f"{phrase[: match.start()]} {phrase[match.end() :]}".split())
