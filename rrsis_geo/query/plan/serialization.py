"""Nodes of a plan as plain values for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, cast

from rrsis_geo.errors import DataError
from rrsis_geo.language.nodes import NODES, Node, Shaped, With

LEFT_OUT = (("certainty", 1.0), ("layer", ""))
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
        return cast(Node, kind(**rest))
    except (KeyError, TypeError) as error:
        raise DataError(f"not a part of a plan: {str(values)[:80]}") from error


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
