"""Which nouns of a plan the user's own layers answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.object_classes import CLASSES
from rrsis_geo.language.traversal import walk, with_finds
from rrsis_geo.query.lexicon.nouns import sense, singular
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.query.planner import make_plan
from rrsis_geo.query.tokenizer.normalization import normalize
from rrsis_geo.query.tokenizer.tokens import tokenize

_WITH = re.compile(
    r"(?:that |which |who )?(?P<verb>with|without|having|have|has)"
    r"(?P<none> no)?(?: an?| the| some| its own)? (?P<part>.+)"
)
"""What a thing of a layer holds: "parcel with a pool"."""


@dataclass(frozen=True, kw_only=True)
class LayerNoun:
    """The word that the user gave a layer."""

    word: str
    """As given: "road", "cadastral plots"."""

    noun: str
    """The noun that plans have for it: "road", "cadastral plot"."""

    typed: tuple[str, ...]
    """Its words, the last one singular."""

    categories: tuple[str, ...] = ()
    """Classes that it names; () for a noun outside the classes."""

    is_kind: bool = False
    """Whether it names a kind of its class, so that its features are not all of it."""


@dataclass(frozen=True)
class LayerNouns:
    """The words of all layers of a job."""

    words: tuple[str, ...] = ()
    """One for each layer, as given."""

    @cached_property
    def nouns(self) -> tuple[LayerNoun, ...]:
        """The nouns that the words are."""
        return tuple(map(_noun, self.words))

    @cached_property
    def unusual(self) -> tuple[tuple[str, ...], ...]:
        """Words of the nouns that the planner does not know of itself."""
        return tuple(one.typed for one in self.nouns if not one.categories)

    def plan(self, expression: str) -> Plan:
        """The plan of an expression in which layers answer what they can."""
        return _plan(self, expression)

    def bound(self, find: Find) -> Find:
        """A phrase with the layer that answers it, if one does.

        A layer answers its own word, other words for the same class, and words for
        kinds of it. Alone, a word for a kind means all features, as a network that does
        not know kinds cannot choose among them; with more words it is asked.
        """
        words, stop = _up_to_noun(find)
        named = [one for one in self.nouns if _ends_with(words, one.typed)]
        if named:
            best = max(named, key=lambda one: len(one.typed))
            if best.categories:
                return _answered(find, best, best.noun)
            tail = find.phrase.split()[stop:]
            before = words[: len(words) - len(best.typed)]
            phrase = " ".join((*before, best.noun, *tail))
            return _answered(find, best, best.noun, phrase)
        for one in self.nouns:
            if one.is_kind:
                same = find.noun == one.noun
            else:
                same = bool(find.categories) and find.categories == one.categories
            if same:
                kind = find.noun != one.noun and _is_kind(find.noun, one.categories[0])
                kind = kind and find.phrase != find.noun
                return _answered(find, one, one.noun if kind else find.noun)
        return find

    def held(self, find: Find) -> Node:
        """ "Parcel with a pool" as the parcels that hold a pool, worked out on the map.

        A part of the thing itself ("with a red roof") stays with the network.
        """
        after = find.phrase.partition(find.noun)[2].strip() if find.layer else ""
        read = _WITH.fullmatch(after)
        if read is None:
            return find
        inner = self.plan(read["part"]).root
        finds = [one for one in walk(inner) if isinstance(one, Find)]
        if any(not (one.categories or one.layer) for one in finds):
            return find
        if any(_shares_class(one, find) for one in finds) or _counts(read["part"]):
            return find
        phrase = find.phrase[: len(find.phrase) - len(after)].strip()
        bare = Find(
            phrase,
            noun=find.noun,
            categories=find.categories,
            plural=find.plural,
            at=find.at,
            layer=find.layer,
        )
        if read["none"] or read["verb"] == "without":
            return n.Except(bare, n.Holding(bare, inner, at=find.at), at=find.at)
        both = isinstance(inner, n.Union) and " or " not in read["part"]
        node: Node = bare
        for part in inner.parts if isinstance(inner, n.Union) and both else (inner,):
            node = n.Holding(node, part, at=find.at)
        return node


@lru_cache(maxsize=256)
def _plan(layers: LayerNouns, expression: str) -> Plan:
    """Cached, since a run asks for the plan again once it knows the weights."""
    plan = make_plan(expression, layers.unusual)
    if not layers.words:
        return plan
    root = with_finds(plan.root, lambda find: layers.held(layers.bound(find)))
    notes = (*plan.notes, *_notes(root))
    return Plan(expression=plan.expression, words=plan.words, root=root, notes=notes)


def canonical_noun(word: str) -> str:
    """The noun of a layer's word, by which two words for one layer are found."""
    return _noun(word).noun


def _noun(word: str) -> LayerNoun:
    parts, _ = normalize(word.replace("_", " "), known=_pieces(word))
    typed = (*parts[:-1], singular(parts[-1])) if parts else ()
    length, known = sense(typed) if typed else (0, None)
    if known is None or length < len(typed):
        return LayerNoun(word=word, noun=" ".join(typed), typed=typed)
    is_kind = len(known.categories) > 1 or _is_hyponym(known.name, known.categories[0])
    return LayerNoun(
        word=word,
        noun=known.name,
        typed=typed,
        categories=known.categories,
        is_kind=is_kind,
    )


def _pieces(word: str) -> frozenset[str]:
    """The words of a name, singular, none of which is corrected."""
    return frozenset(map(singular, re.findall(r"[^\W_]+", word.casefold())))


def _up_to_noun(find: Find) -> tuple[tuple[str, ...], int]:
    """Words of a phrase up to its noun, the last one singular, and where it ends."""
    words, noun = find.phrase.split(), find.noun.split()
    for stop in range(len(noun), len(words) + 1):
        if noun and words[stop - len(noun) : stop] == noun:
            return tuple(words[:stop]), stop
    last = [*words[:-1], singular(words[-1])] if words else []
    return tuple(last), len(last)


def _ends_with(words: tuple[str, ...], end: tuple[str, ...]) -> bool:
    return bool(end) and words[-len(end) :] == end


def _answered(
    find: Find, layer: LayerNoun, noun: str, phrase: str | None = None
) -> Find:
    return Find(
        find.phrase if phrase is None else phrase,
        noun=noun,
        categories=find.categories or layer.categories,
        plural=find.plural,
        at=find.at,
        layer=layer.word,
        certainty=find.certainty,
    )


def _is_hyponym(noun: str, category: str) -> bool:
    known = CLASSES[category]
    hyponyms = {one.singular for one in known.nouns if one.is_hyponym}
    return noun in hyponyms or noun in known.hyponyms


def _is_kind(noun: str, category: str) -> bool:
    """Whether a noun names some things of a class: "warehouse", but not "house"."""
    known = CLASSES[category]
    kinds = {one.singular for one in known.nouns if one.is_hyponym and one.kinds}
    return noun in kinds or noun in known.hyponyms


def _shares_class(one: Find, other: Find) -> bool:
    if one.layer and one.layer == other.layer:
        return True
    return not one.layer and bool({*one.categories} & {*other.categories})


def _counts(text: str) -> bool:
    """Whether a text asks for a number of things, which "in them" cannot say."""
    return any(token.text == "<n>" for token in tokenize(text).tokens)


def _notes(root: Node) -> list[str]:
    """That a layer does not say which of its features are of the kind asked for."""
    found: dict[str, str] = {}
    for find in walk(root):
        if not (isinstance(find, Find) and find.layer and find.categories):
            continue
        among = f" {find.noun} " not in f" {find.phrase} "
        is_named = find.noun == canonical_noun(find.layer)
        if among or (not is_named and _is_kind(find.noun, find.categories[0])):
            found.setdefault(find.phrase, find.layer)
    return [
        f'"{phrase}" is looked for among all features of the layer {layer}, which may '
        "be of other kinds; a layer of that kind alone would say it better"
        for phrase, layer in found.items()
    ]


def unused_words(words: Sequence[str], plans: Sequence[Plan]) -> tuple[str, ...]:
    """Layers that no plan asks for."""
    used = {find.layer for plan in plans for find in plan.finds}
    return tuple(word for word in words if word not in used)
