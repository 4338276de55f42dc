"""Compares the nouns of plans with what weights know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Literal

from rrsis_geo.language.known_classes import Knowledge, KnownClasses
from rrsis_geo.language.nodes import Find, Node, Union
from rrsis_geo.language.traversal import walk
from rrsis_geo.query import notes
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import is_plural, sense, singular
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.query.query_batch import QueryBatch


@dataclass(frozen=True, kw_only=True)
class UnknownWord:
    """A noun of a plan that weights do not know, or know weakly."""

    word: str
    """The noun as typed, singular; all words of a phrase without one."""

    role: Literal["head", "anchor"]
    """head: what is asked for; anchor: what it is related to."""

    knowledge: Literal["weak", "unknown"]

    node: Find
    """The node of the plan whose noun it is."""

    nearest: str | None
    """Name of the known class that looks most like it; None where none does."""


def knowledge(plan: Plan, known: KnownClasses) -> tuple[UnknownWord, ...]:
    """The nouns of a plan that weights do not know well, one for each `Find`.

    Args:
        plan: As planned, with no operator turned back into words.
        known: What the weights know.
    """
    heads = list(targets(plan.root))
    found = []
    for node in walk(plan.root):
        if not isinstance(node, Find):
            continue
        level = _knowledge_of(node, known)
        if level == "known":
            continue
        found.append(
            UnknownWord(
                word=_as_typed(plan, node),
                role="head" if any(node is head for head in heads) else "anchor",
                knowledge=level,
                node=node,
                nearest=known.nearest(node),
            )
        )
    return tuple(found)


def with_knowledge(
    batch: QueryBatch, known: KnownClasses | None, *, guess: bool = False
) -> QueryBatch:
    """A batch that says which words the weights do not know, and does not answer them.

    The network is not given what nothing would be answered from.

    Args:
        batch: As planned for a scene.
        known: What the weights know; None: not said, then nothing is unknown.
        guess: Whether things that the weights do not know are answered all the same.
    """
    plans, unanswered = [], set[str]()
    names = known.names if known else ()
    for plan in batch.plans:
        full = batch.layers.plan(plan.expression)
        words = knowledge(full, known) if known else ()
        plans.append(
            replace(plan, notes=(*full.notes, *_notes(words, names, guess=guess)))
        )
        if any(w.knowledge == "unknown" and w.role == "head" for w in words):
            unanswered.update(_unanswered(plan, full, words))
            names = ()  # listed once is enough
    silent = frozenset[str]() if guess else frozenset(unanswered)
    return _without_unneeded(replace(batch, plans=tuple(plans), unanswered=silent))


def targets(node: Node) -> Iterator[Find]:
    """The phrases among whose objects a node chooses."""
    if isinstance(node, Find):
        yield node
    elif isinstance(node, Union):
        for part in node.parts:
            yield from targets(part)
    else:
        yield from targets(node.of)


def _without_unneeded(batch: QueryBatch) -> QueryBatch:
    """A batch that does not give the network what nothing is answered from.

    These are unknown things, and where a whole expression is about them all of its
    texts that no other expression needs.
    """
    answered = [plan.network_text not in batch.unanswered for plan in batch.plans]
    heads = batch.heads or tuple(plan.finds[0] for plan in batch.plans)
    others = replace(
        batch,
        plans=tuple(compress(batch.plans, answered)),
        heads=tuple(compress(heads, answered)),
    )
    needed = frozenset(others.bands) - batch.silent
    return replace(batch, unneeded=frozenset(batch.bands) - needed)


def _unanswered(plan: Plan, full: Plan, words: Sequence[UnknownWord]) -> Iterator[str]:
    """Texts of a plan as carried out that only unknown things would answer."""
    unknown = [w.node for w in words if w.knowledge == "unknown" and w.role == "head"]
    every = all(any(head is one for one in unknown) for head in targets(full.root))
    if every:
        yield plan.network_text
    nouns = {one.noun for one in unknown}
    for head in targets(plan.root):
        if every or (head.noun and head.noun in nouns):
            yield head.phrase


def _notes(
    words: Sequence[UnknownWord], names: Sequence[str], *, guess: bool
) -> Iterator[str]:
    said: set[str] = set()
    for word in sorted(words, key=lambda one: one.role != "head"):
        if word.word in said:
            continue
        said.add(word.word)
        if word.knowledge == "weak":
            yield notes.weak(word.word)
        elif word.role == "head":
            yield notes.unknown_head(word.word, word.nearest, names, guess=guess)
            names = ()
        else:
            yield notes.unknown_anchor(word.word, word.nearest)


def _as_typed(plan: Plan, find: Find) -> str:
    """The noun of a phrase in the person's own words: "chopper" for "helicopter"."""
    words = [plan.words[index] for index in find.at]
    for stop in range(len(words), 0, -1):
        last = (*words[max(stop - 4, 0) : stop - 1], singular(words[stop - 1]))
        length, found = sense(last)
        if found is not None and found.name == find.noun:
            return " ".join(last[-length:])
    return find.noun or find.phrase


def _knowledge_of(find: Find, known: KnownClasses) -> Knowledge:
    if find.layer:
        return "known"
    level = known.of(find)
    if level != "unknown" or find.categories:
        return level
    words = find.phrase.split()
    if find.noun in _ANYTHING | v.NON_PLACES:  # "bright", "everything red"
        return "known"
    if not find.noun and _ANYTHING.intersection(words):
        return "known"
    named = {known.of(one) for one in _named_within(words, anywhere=not find.noun)}
    return next((one for one in ("known", "weak") if one in named), "unknown")


_ANYTHING = v.words(
    "object thing item feature something anything everything one ones it they them this"
    " that these those what place spot area neighbour neighbor row line pair group"
)
"""Words that name no kind of thing, so that nothing can be said of it."""


def _named_within(words: Sequence[str], *, anywhere: bool) -> Iterator[Find]:
    """Nouns of classes within a phrase whose own noun was not found.

    A noun before others only says more of them ("ship crane"), unless it is plural.

    Args:
        words: Of the phrase.
        anywhere: Whether a singular counts as well.
    """
    for stop in range(1, len(words) + 1):
        last = words[stop - 1]
        if not (anywhere or is_plural(last)):
            continue
        _, found = sense((*words[:stop][-4:-1], singular(last)))
        if found is not None:
            noun = found.name
            yield Find(noun, noun=noun, categories=found.categories)
