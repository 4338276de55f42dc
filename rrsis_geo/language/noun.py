"""Nouns and the classes of objects that they name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Noun:
    """A noun that names a class, as the builder of training expressions uses it."""

    singular: str

    weight: float = 1.0
    """How often people use it, after hand-written requests on aerial images."""

    plural: str = ""
    """In the table of classes only where the rules would get it wrong."""

    unless: tuple[str, ...] = ()
    """Classes that the noun fits as well: it is not used unless they are known to be
    absent."""

    kinds: tuple[str, ...] = ()
    """Where kinds are labelled, those that the noun fits; empty for all."""

    is_hyponym: bool = False
    """Whether it names a kind of the class, or something that may be one. The network
    is asked for it as typed, and for the class's name otherwise."""

    is_parsed: bool = True
    """Whether the planner reads it as one noun; "round tank" it takes apart."""


@dataclass(frozen=True)
class ObjectClass:
    """A class of objects with all nouns that name it."""

    name: str
    """What the network is asked for."""

    nouns: tuple[Noun, ...] = ()
    """Those that the builder uses and the planner reads; the plain name comes first.
    Empty where no training expressions are built about the class."""

    synonyms: tuple[str, ...] = ()
    """Further nouns that only the planner reads; the network is asked for `name`."""

    hyponyms: tuple[str, ...] = ()
    """Likewise, but the network is asked for them as typed."""
