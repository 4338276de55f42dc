"""Surface realization: nodes as people would type them, with typos now and then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.expressions.attributes import KIND_KEY, SPELLINGS
from rrsis_geo.expressions.categories import category_of, find_all
from rrsis_geo.expressions.measurements import Measurements
from rrsis_geo.expressions.verification import resolve
from rrsis_geo.expressions.wording import templates
from rrsis_geo.expressions.wording.noun_choice import noun_of, nouns_of
from rrsis_geo.expressions.wording.registers import add_typo, apply_register
from rrsis_geo.expressions.wording.weighted_choice import choose_index
from rrsis_geo.language.nodes import (
    AtEdge,
    Beside,
    Between,
    Distant,
    Except,
    Extreme,
    Find,
    Grouped,
    InPlace,
    Isolated,
    Near,
    Node,
    Shaped,
    SizeClass,
    Sized,
    Union,
    With,
)
from rrsis_geo.language.noun import Noun

LABELS = 0.35
"""Share of whole categories named by a bare singular, as people type labels into a
search box: "storage tank" for all of them."""


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A noun phrase without its article."""

    noun: Noun
    plural: bool
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    definite: bool = False
    """Whether the words single an object out, so that "a" is wrong."""

    kind: bool = False
    """Whether the noun is narrower than the category; "one" must not replace it."""

    whole: bool = False
    """Whether the noun is plural but the phrase is singular: "row of two tanks"."""

    @property
    def several(self) -> bool:
        """Whether the phrase as a whole takes "are"."""
        return self.plural and not self.whole

    @property
    def head(self) -> str:
        """The noun in its number."""
        return self.noun.plural if self.plural else self.noun.singular

    def text(self, *, head: str | None = None) -> str:
        """All words but the article."""
        return " ".join((*self.before, head or self.head, *self.after))


class Realizer:
    """Turns nodes over one layout into text with one random generator."""

    def __init__(self, measured: Measurements, rng: np.random.Generator) -> None:
        self._measured = measured
        self._rng = rng
        self._known_kinds: dict[str, frozenset[str]] = {}

    def write(self, node: Node, *, count: int, synonym: bool, number: bool) -> str:
        """Write one text for a node.

        Args:
            node: What to say; no part of it may be in doubt.
            count: How many objects it stands for. For 0, the grammatical number is
                random.
            synonym: Use any noun but the plain name of the category.
            number: Say how many there are, where that is two to twelve.
        """
        plural = count > 1 or (count == 0 and self._chance(0.5))
        if plural and isinstance(node, Find) and self._chance(LABELS):
            label = self._noun(category_of(node), synonym).singular
            return add_typo(label, label, rng=self._rng)
        phrase = self._phrase(node, plural=plural, synonym=synonym)
        head = phrase.head
        counted = number and 2 <= count <= 12 and not _says_number(node)
        if counted:
            phrase = replace(
                phrase, before=(templates.NUMBERS[count], *phrase.before), definite=True
            )
        text = apply_register(
            phrase.text(),
            rng=self._rng,
            several=phrase.several,
            both=counted and count == 2,
            definite=phrase.definite,
            bare=isinstance(node, Find) and not counted,
            excluding=isinstance(node, Except),
            after=phrase.after if isinstance(node, InPlace | Near | Beside) else (),
            empty=count == 0,
        )
        return add_typo(text, head, rng=self._rng)

    def _phrase(
        self, node: Node, *, plural: bool, synonym: bool, outermost: bool = True
    ) -> Phrase:
        if isinstance(node, Find):
            return Phrase(noun=self._noun(category_of(node), synonym), plural=plural)
        if isinstance(node, Union):
            raise TypeError("no words for Union")
        compared = self._compared(node, synonym=synonym)
        if compared is not None:
            return compared
        inner = self._phrase(node.of, plural=plural, synonym=synonym, outermost=False)
        before, after = inner.before, inner.after
        match node:
            case InPlace():
                region = node.place, node.extent
                short = templates.REGION_BEFORE.get(region)
                if short and outermost and not before and self._chance(0.25):
                    return replace(inner, before=(self._pick(short),), definite=True)
                words = self._leading(templates.REGION_AFTER[region], 0.75)
                return replace(inner, after=(*after, words))
            case AtEdge() if node.side is not None:
                words = self._pick(templates.EDGE[node.side])
                return replace(inner, after=(*after, words))
            case With():
                if node.key == KIND_KEY:
                    return replace(inner, noun=noun_of(node.value), kind=True)
                spelt = SPELLINGS.get(node.value, (node.value,))
                return replace(inner, before=(self._pick(spelt), *before))
            case Shaped():
                words = self._pick(templates.SHAPES[node.shape])
                return replace(inner, before=(words, *before))
            case SizeClass():
                # "the larger plane" would mean one of two.
                sizes = templates.SIZES[node.kind]
                words = self._pick(sizes if plural else sizes[:2])
                return replace(inner, before=(words, *before))
            case Extreme():
                return self._extreme(node, inner)
            case Sized():
                words = self._pick(templates.SIZES[node.order])
                lead = self._rank_and_count(node.rank, node.count)
                return replace(inner, before=(*lead, words, *before), definite=True)
            case Isolated():
                if self._chance(0.5):
                    words = self._pick(templates.ISOLATED_BEFORE)
                    return replace(inner, before=(words, *before), definite=True)
                words = self._pick(templates.ISOLATED_AFTER)
                return replace(inner, after=(*after, words), definite=True)
            case Grouped():
                words = self._group(node)
                return replace(
                    inner, before=(words, *before), whole=True, definite=True
                )
            case Except():
                words = self._pick(templates.EXCEPT)
                excluded = self._anchor(node.without, like=category_of(node))
                return replace(inner, after=(*after, words.format(x=excluded)))
        if isinstance(node, Beside) and node.of == Near(
            find_all(category_of(node)), node.anchor
        ):
            inner = self._phrase(node.of.of, plural=plural, synonym=synonym)
            side = f"{self._pick(templates.JUST)} {self._relation(node)}"
            return replace(inner, after=(side,))
        return replace(
            inner,
            after=(*after, self._relation(node)),
            definite=inner.definite or isinstance(node, Distant | Between),
        )

    def _compared(self, node: Node, *, synonym: bool) -> Phrase | None:
        """A phrase that says among how many, such as "the bigger of the two planes"."""
        if not isinstance(node, Extreme | Sized) or node.count > 1:
            return None
        among = resolve(self._measured, node.of)
        if among is None or self._measured.sliver[among].any():
            return None
        number = len(among)
        key = node.side if isinstance(node, Extreme) else node.order
        # "the bigger plane" alone implies that there are two.
        brief = self._chance(0.5)
        if number == 2 and node.rank == 1 and self._chance(0.55):
            words = (templates.ONE_OF_TWO if brief else templates.OF_TWO)[key]
        elif self._is_middle(node, among) and self._chance(0.5):
            words = templates.MIDDLE_OF_THREE if brief else templates.MIDDLE
        elif 3 <= number <= 6 and node.rank == 1 and self._chance(0.2):
            brief = False
            is_size = isinstance(node, Sized)
            words = (templates.SIZES if is_size else templates.MOST_BEFORE)[key]
        else:
            return None
        inner = self._phrase(
            node.of, plural=not brief, synonym=synonym, outermost=False
        )
        word = self._pick(words)
        lead = word if brief else f"{word} of the {templates.NUMBERS[number]}"
        return replace(
            inner, before=(lead, *inner.before), definite=True, whole=not brief
        )

    def _is_middle(self, node: Extreme | Sized, among: NDArray[np.int64]) -> bool:
        """Whether the second of three is the middle one of a line."""
        if isinstance(node, Sized) or node.rank != 2 or len(among) != 3:
            return False
        spread = np.ptp(self._measured.centre[among], axis=0)
        along = 0 if node.side in ("left", "right") else 1
        return bool(spread[along] > 1.5 * spread[1 - along])

    def _extreme(self, node: Extreme, inner: Phrase) -> Phrase:
        before, after = inner.before, inner.after
        if node.rank > 1:
            ordinal = self._pick(templates.ORDINALS[node.rank])
            side = self._leading(templates.FROM_SIDE[node.side], 0.7)
            return replace(
                inner, before=(ordinal, *before), after=(side, *after), definite=True
            )
        lead = self._rank_and_count(1, node.count)
        if self._chance(0.75) or node.count > 1 or after:
            words = templates.MOST_BEFORE[node.side]
            word = self._leading(words, 0.7)
            return replace(inner, before=(*lead, word, *before), definite=True)
        words = templates.MOST_AFTER[node.side]
        return replace(inner, after=(self._pick(words), *after), definite=True)

    def _relation(self, node: Node) -> str:
        like = category_of(node)
        words: Sequence[str]
        if isinstance(node, Between) and node.second is not None:
            if self._is_other_two(node):
                return self._pick(templates.OTHER_TWO)
            return self._pick(templates.BETWEEN).format(
                x=self._anchor(node.first, like=like),
                y=self._anchor(node.second, like=like),
            )
        if isinstance(node, Near):
            words = templates.NEAR
        elif isinstance(node, Beside):
            words = templates.BESIDE[node.side]
        elif isinstance(node, Distant):
            words = templates.DISTANT[node.order]
        else:
            raise TypeError(f"no words for {type(node).__name__}")
        return self._pick(words).format(x=self._anchor(node.anchor, like=like))

    def _is_other_two(self, node: Between) -> bool:
        """Whether the anchors are the other two of a set of three."""
        among = resolve(self._measured, node.of)
        ends = (node.first, node.second)
        same = all(isinstance(end, Extreme) and end.of == node.of for end in ends)
        return same and among is not None and len(among) == 3

    def _anchor(self, node: Node, *, like: str) -> str:
        """The noun phrase of an anchor, with "one" for a noun like the head's."""
        rows = resolve(self._measured, node)
        plural = rows is not None and len(rows) > 1
        phrase = self._phrase(node, plural=plural, synonym=False)
        qualified = (
            bool(phrase.before or phrase.after) and not phrase.whole and not phrase.kind
        )
        again = qualified and category_of(node) == like
        one = "ones" if phrase.plural else "one"
        pronoun = again and self._chance(0.7)
        text = phrase.text(head=one if pronoun else None)
        if rows is not None and not len(rows):
            return f"{_article(text)} {text}" if self._chance(0.5) else f"the {text}"
        if plural and isinstance(node, Find) and self._chance(0.4):
            single = phrase.noun.singular
            return f"{_article(single)} {single}"
        return text if not pronoun and self._chance(0.2) else f"the {text}"

    def _group(self, node: Grouped) -> str:
        if node.form == "cluster" and node.count == 2:
            return self._leading(templates.PAIR, 0.8)
        if node.count is None:
            raise TypeError("no words for groups of any number")
        count = templates.NUMBERS[node.count]
        return self._pick(templates.GROUP[node.form]).format(n=count)

    def _rank_and_count(self, rank: int, count: int) -> tuple[str, ...]:
        lead = (self._pick(templates.ORDINALS[rank]),) if rank > 1 else ()
        return (*lead, templates.NUMBERS[count]) if count > 1 else lead

    def _noun(self, category: str, synonym: bool) -> Noun:
        measured = self._measured
        kinds = self._kinds(category)
        words = [
            word
            for word in nouns_of(category)
            if all(
                other in measured.complete and other not in measured.present
                for other in word.unless
            )
            and (not word.kinds or kinds <= set(word.kinds))
        ]
        if synonym and len(words) > 1:
            words = words[1:]
        weight = np.array([word.weight for word in words])
        return words[choose_index(self._rng, weight)]

    def _kinds(self, category: str) -> frozenset[str]:
        """Kinds that are labelled among the objects of a category."""
        if category not in self._known_kinds:
            attributes = self._measured.attributes
            self._known_kinds[category] = frozenset(
                attributes[row][KIND_KEY]
                for row in self._measured.members(category)
                if KIND_KEY in attributes[row]
            )
        return self._known_kinds[category]

    def _pick(self, words: Sequence[str]) -> str:
        return words[int(self._rng.integers(len(words)))]

    def _leading(self, words: Sequence[str], share: float) -> str:
        """Pick a word, from the more usual first half with probability `share`."""
        usual = max(1, len(words) // 2)
        return self._pick(words[:usual] if self._chance(share) else words)

    def _chance(self, probability: float) -> bool:
        return bool(self._rng.random() < probability)


def _says_number(node: Node) -> bool:
    """Whether the words of a node start with a number already."""
    return isinstance(node, Grouped | Except) or (
        isinstance(node, Extreme | Sized) and node.count > 1
    )


def _article(words: str) -> str:
    return "an" if words[:1].lower() in "aeiou" else "a"
