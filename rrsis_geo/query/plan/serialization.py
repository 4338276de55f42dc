"""Nodes of a plan as plain values for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from rrsis_geo.errors import DataError
from rrsis_geo.language.nodes import NODES, Node, Shaped, With

LEFT_OUT = (
    *(("certainty", 1.0), ("layer", ""), ("share", None), ("each", False)),
    ("of_scene", False),
)
"""Fields with their usual values, which are not written."""

KINDS = {kind.__name__.lower(): kind for kind in NODES if kind not in (With, Shaped)}


def to_mapping(node: Node) -> dict[str, Any]:
    """Plain values of a node and of all nodes below it; `op` is the kind."""
    values = {item.name: getattr(node, item.name) for item in fields(node)}
    return {
        "op": type(node).__name__.lower(),
        **{k: _plain(v) for k, v in values.items() if (k, v) not in LEFT_OUT},
    }


def from_mapping(values: Mapping[str, Any]) -> Node:
    """The node of values that `to_mapping` returned.

    Raises:
        DataError: The values are not those of a node.
    """
    try:
        kind = KINDS[values["op"]]
        rest = {name: _node(value) for name, value in values.items() if name != "op"}
        node = cast(Node, kind(**rest))
    except (KeyError, TypeError) as error:
        raise DataError(f"not a part of a plan: {str(values)[:80]}") from error
    hints = _hints(kind)
    wrong = [name for name, value in rest.items() if not _fits(value, hints[name])]
    if wrong:
        raise DataError(
            f"not a part of a plan, by its {', '.join(wrong)}: {str(values)[:80]}"
        )
    return node


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Field -> type of a kind of node."""
    return get_type_hints(kind)


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value is of the type of a field."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return value in inner
    if origin in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(one, inner[0]) for one in value)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)


def _plain(value: Any) -> Any:
    if isinstance(value, NODES):
        return to_mapping(cast(Node, value))
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _node(value: Any) -> Any:
    if isinstance(value, Mapping):
        return from_mapping(value)
    if isinstance(value, list | tuple):
        return tuple(_node(item) for item in value)
    return value
