"""Which operators the map answers and which stay with the network."""

from __future__ import annotations

from rrsis_geo.query import nodes as n

BEYOND_A_WINDOW = frozenset(n.NODES)
"""On a scene larger than a window: all. Whatever compares, the network cannot see."""

WITHIN_A_WINDOW: frozenset[type] = frozenset(
    {
        n.InPlace,
        n.AtEdge,
        n.Extreme,
        n.Middle,
        n.Sized,
        n.Measured,
        n.Within,
        n.Distant,
        n.Except,
        n.Counted,
    }
)
"""On an image that the network sees whole: those that the map answers better on the
validation images (docs/query.md); the others go into the network's phrase."""


def on_the_map(node: n.Operator, *, whole: bool) -> bool:
    """Whether `auto` resolves an operator on the map.

    Args:
        node: The operator.
        whole: Whether one window shows the network the whole scene.
    """
    return type(node) in (WITHIN_A_WINDOW if whole else BEYOND_A_WINDOW)
