"""Which of a file's layers is meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rrsis_geo.errors import RRSISError

AREAS = ("polygon", "surface", "triangle", "tin")
"""Parts of the names of geometry types that are areas."""

UNSETTLED = ("unknown", "geometry", "geometrycollection")
"""Geometry types of layers that may hold polygons among others."""

MOST_NAMED = 12
"""Layers that a message names."""


@dataclass(frozen=True, kw_only=True)
class LayerFacts:
    """A layer as the file lists it."""

    name: str
    kind: str | None
    """Geometry type; None: a table."""

    @property
    def kind_is_known(self) -> bool:
        """Whether the geometry type alone says that it holds polygons."""
        return self.kind is not None and any(
            part in self.kind.lower() for part in AREAS
        )

    @property
    def may_hold_polygons(self) -> bool:
        """Whether polygons fit its geometry type."""
        plain = (self.kind or "").lower().replace("2.5d ", "").replace("3d ", "")
        return self.kind_is_known or plain.split(" ")[0] in UNSETTLED

    def __str__(self) -> str:
        return f"{self.name!r} ({self.kind or 'a table'})"


class Role(Protocol):
    """What the choice needs of a `LayerRole`."""

    @property
    def name(self) -> str:
        """What the file is."""
        ...

    @property
    def error(self) -> type[RRSISError]:
        """What is raised."""
        ...

    @property
    def option(self) -> str | None:
        """Option that names the layer."""
        ...

    @property
    def marks(self) -> tuple[str, ...]:
        """Fields of the layer that is meant."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """Names, in lower case, of the layer that is meant."""
        ...

    @property
    def any_geometry(self) -> bool:
        """Whether lines and points are features as well as polygons."""
        ...


def choose_layer(
    layers: Sequence[LayerFacts],
    wanted: str | None,
    *,
    role: Role,
    title: str,
    look: Callable[[LayerFacts], tuple[bool, tuple[str, ...]]],
) -> tuple[str | None, tuple[str, ...]]:
    """Choose a layer, never silently one of several that may be meant.

    Args:
        layers: All of the file.
        wanted: What the user named: a name, or # and a number; None: nothing.
        role: What the file is for.
        title: Role and path, for messages.
        look: Whether a layer holds polygons, or whatever the role takes, and the names
            of its fields.

    Returns:
        The name, None for the only layer, and notes for the user.

    Raises:
        RRSISError: of the kind of the role.
    """
    if wanted is not None:
        return _named(layers, wanted, role, title), ()
    if len(layers) <= 1:
        return None, ()
    what = "features" if role.any_geometry else "polygons"
    candidates = [
        one
        for one in layers
        if (one.kind is not None if role.any_geometry else one.may_hold_polygons)
    ]
    named = [one for one in candidates if one.name.casefold() in role.names]
    candidates = named if len(named) == 1 else candidates
    if len(candidates) > 1:
        looked = {one.name: look(one) for one in candidates}
        filled = [one for one in candidates if looked[one.name][0]]
        marked = [
            one
            for one in filled or candidates
            if role.marks and set(role.marks) <= set(looked[one.name][1])
        ]
        candidates = marked if len(marked) == 1 else filled or candidates[:1]
    if not candidates:
        raise role.error(
            f"{title}: none of its {len(layers)} layers holds {what}: {_listed(layers)}"
        )
    if len(candidates) > 1:
        raise role.error(
            f"{title}: {len(candidates)} of its layers hold {what}: "
            f"{_listed(candidates)}; name one: {_way_out(role, candidates[0])}"
        )
    taken = candidates[0]
    others = [one for one in layers if one is not taken and one.kind is not None]
    if not others:
        return taken.name, ()
    note = (
        f"{title}: {taken.name!r} is taken of its {len(others) + 1} layers; not "
        f"{_listed(others)}; to take another: {_way_out(role, others[0])}"
    )
    return taken.name, (note,)


def _named(layers: Sequence[LayerFacts], wanted: str, role: Role, title: str) -> str:
    names = [one.name for one in layers]
    if wanted in names:
        return wanted
    if (
        wanted.startswith("#")
        and wanted[1:].isdecimal()
        and int(wanted[1:]) < len(names)
    ):
        return names[int(wanted[1:])]
    raise role.error(
        f"{title}: has no layer {wanted!r}; its layers are {_listed(layers) or 'none'}"
    )


def _listed(layers: Sequence[LayerFacts]) -> str:
    shown = ", ".join(str(one) for one in layers[:MOST_NAMED])
    return shown + (
        f" and {len(layers) - MOST_NAMED} more" if len(layers) > MOST_NAMED else ""
    )


def _way_out(role: Role, example: LayerFacts) -> str:
    given = f"FILE|layername={example.name}"
    return (
        given if role.option is None else f"{role.option} {example.name!r}, or {given}"
    )
