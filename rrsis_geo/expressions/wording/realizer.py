"""A meaning as people would type it: plain, casual, clumsy, now and then mistyped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.expressions.attributes import KIND_KEY, SPELLINGS
from rrsis_geo.expressions.measurements import Measured
from rrsis_geo.expressions.tree import (
    All,
    AtEdge,
    Beside,
    Between,
    Distant,
    Extreme,
    Grouped,
    InPlace,
    Isolated,
    Meaning,
    Near,
    Shaped,
    SizeClass,
    Sized,
    With,
    Without,
    category_of,
)
from rrsis_geo.expressions.verification import resolve
from rrsis_geo.expressions.wording import templates as phrases
from rrsis_geo.expressions.wording.nouns import Noun, noun, nouns
from rrsis_geo.expressions.wording.registers import dressed, mistyped
from rrsis_geo.expressions.wording.weighted_choice import pick

LABELS = 0.35
"""Share of whole categories named by a bare singular, as people type labels into a
search box: "storage tank" for all of them."""


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A noun phrase in the making."""

    noun: Noun
    plural: bool
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    definite: bool = False
    """Whether the words single something out by order, so that "a" is wrong."""

    kind: bool = False
    """Whether the noun is narrower than the category, so that "one" would lose it."""

    whole: bool = False
    """Whether the noun is plural but the phrase is not: "row of two tanks"."""

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


class Writer:
    """Turns meanings over one layout into words, with one source of chance."""

    def __init__(self, measured: Measured, rng: np.random.Generator) -> None:
        self._measured = measured
        self._rng = rng
        self._known_kinds: dict[str, frozenset[str]] = {}

    def write(
        self, meaning: Meaning, *, found: int, synonym: bool, number: bool
    ) -> str:
        """One text for a meaning that stands for `found` objects.

        Args:
            meaning: What to say; nothing in it may be doubtful.
            found: How many objects it stands for. For 0, number is chosen freely.
            synonym: Use any word but the plain name of the category.
            number: Say how many there are, where that is two to twelve.
        """
        plural = found > 1 or (found == 0 and self._chance(0.5))
        if plural and isinstance(meaning, All) and self._chance(LABELS):
            label = self._noun(meaning.category, synonym).singular
            return mistyped(label, label, rng=self._rng)
        phrase = self._phrase(meaning, plural=plural, synonym=synonym)
        head = phrase.head
        counted = number and 2 <= found <= 12 and not _says_number(meaning)
        if counted:
            phrase = replace(
                phrase, before=(phrases.NUMBERS[found], *phrase.before), definite=True
            )
        text = dressed(
            phrase.text(),
            rng=self._rng,
            several=phrase.several,
            both=counted and found == 2,
            definite=phrase.definite,
            bare=isinstance(meaning, All) and not counted,
            excluding=isinstance(meaning, Without),
            after=phrase.after if isinstance(meaning, InPlace | Near | Beside) else (),
            empty=found == 0,
        )
        return mistyped(text, head, rng=self._rng)

    def _phrase(
        self, meaning: Meaning, *, plural: bool, synonym: bool, outermost: bool = True
    ) -> Phrase:
        if isinstance(meaning, All):
            return Phrase(noun=self._noun(meaning.category, synonym), plural=plural)
        compared = self._compared(meaning, synonym=synonym)
        if compared is not None:
            return compared
        inner = self._phrase(
            meaning.of, plural=plural, synonym=synonym, outermost=False
        )
        before, after = inner.before, inner.after
        match meaning:
            case InPlace():
                short = phrases.PLACE_BEFORE.get(meaning.place)
                if short and outermost and not before and self._chance(0.25):
                    return replace(inner, before=(self._pick(short),), definite=True)
                words = self._leading(phrases.PLACE_AFTER[meaning.place], 0.75)
                return replace(inner, after=(*after, words))
            case AtEdge():
                return replace(
                    inner, after=(*after, self._pick(phrases.EDGE[meaning.side]))
                )
            case With():
                if meaning.key == KIND_KEY:
                    return replace(inner, noun=noun(meaning.value), kind=True)
                spelt = SPELLINGS.get(meaning.value, (meaning.value,))
                return replace(inner, before=(self._pick(spelt), *before))
            case Shaped():
                words = self._pick(phrases.SHAPES[meaning.shape])
                return replace(inner, before=(words, *before))
            case SizeClass():
                # "the larger plane" would be one of two.
                known = phrases.SIZES[meaning.kind]
                words = self._pick(known if plural else known[:2])
                return replace(inner, before=(words, *before))
            case Extreme():
                return self._extreme(meaning, inner)
            case Sized():
                words = self._pick(phrases.SIZES[meaning.order])
                lead = self._rank_and_count(meaning.rank, meaning.count)
                return replace(inner, before=(*lead, words, *before), definite=True)
            case Isolated():
                if self._chance(0.5):
                    words = self._pick(phrases.ISOLATED_BEFORE)
                    return replace(inner, before=(words, *before), definite=True)
                words = self._pick(phrases.ISOLATED_AFTER)
                return replace(inner, after=(*after, words), definite=True)
            case Grouped():
                words = self._lead(meaning)
                return replace(
                    inner, before=(words, *before), whole=True, definite=True
                )
            case Without():
                words = self._pick(phrases.WITHOUT)
                out = self._anchor(meaning.without, like=category_of(meaning))
                return replace(inner, after=(*after, words.format(x=out)))
        if isinstance(meaning, Beside) and meaning.of == Near(
            All(category_of(meaning)), meaning.anchor
        ):
            inner = self._phrase(meaning.of.of, plural=plural, synonym=synonym)
            side = f"{self._pick(phrases.JUST)} {self._relation(meaning)}"
            return replace(inner, after=(side,))
        return replace(
            inner,
            after=(*after, self._relation(meaning)),
            definite=inner.definite or isinstance(meaning, Distant | Between),
        )

    def _compared(self, meaning: Meaning, *, synonym: bool) -> Phrase | None:
        """Words that say among how many, as "the bigger of the two planes"."""
        if not isinstance(meaning, Extreme | Sized) or meaning.count > 1:
            return None
        among = resolve(self._measured, meaning.of)
        if among is None or self._measured.sliver[among].any():
            return None
        number = len(among)
        key = meaning.side if isinstance(meaning, Extreme) else meaning.order
        # "the bigger plane" says by itself that there are two.
        brief = self._chance(0.5)
        if number == 2 and meaning.rank == 1 and self._chance(0.55):
            words = (phrases.ONE_OF_TWO if brief else phrases.OF_TWO)[key]
        elif self._is_middle(meaning, among) and self._chance(0.5):
            words = phrases.MIDDLE_OF_THREE if brief else phrases.MIDDLE
        elif 3 <= number <= 6 and meaning.rank == 1 and self._chance(0.2):
            brief = False
            table = phrases.SIZES if isinstance(meaning, Sized) else phrases.MOST_BEFORE
            words = table[key]
        else:
            return None
        inner = self._phrase(
            meaning.of, plural=not brief, synonym=synonym, outermost=False
        )
        word = self._pick(words)
        lead = word if brief else f"{word} of the {phrases.NUMBERS[number]}"
        return replace(
            inner, before=(lead, *inner.before), definite=True, whole=not brief
        )

    def _is_middle(self, meaning: Extreme | Sized, among: NDArray[np.int64]) -> bool:
        """Whether the second of three stands in the middle of a line."""
        if isinstance(meaning, Sized) or meaning.rank != 2 or len(among) != 3:
            return False
        spread = np.ptp(self._measured.centre[among], axis=0)
        along = 0 if meaning.side in ("left", "right") else 1
        return bool(spread[along] > 1.5 * spread[1 - along])

    def _extreme(self, meaning: Extreme, inner: Phrase) -> Phrase:
        before, after = inner.before, inner.after
        if meaning.rank > 1:
            ordinal = self._pick(phrases.ORDINALS[meaning.rank])
            side = self._leading(phrases.FROM_SIDE[meaning.side], 0.7)
            return replace(
                inner, before=(ordinal, *before), after=(side, *after), definite=True
            )
        lead = self._rank_and_count(1, meaning.count)
        if self._chance(0.75) or meaning.count > 1 or after:
            words = phrases.MOST_BEFORE[meaning.side]
            word = self._leading(words, 0.7)
            return replace(inner, before=(*lead, word, *before), definite=True)
        words = phrases.MOST_AFTER[meaning.side]
        return replace(inner, after=(self._pick(words), *after), definite=True)

    def _relation(self, meaning: Meaning) -> str:
        like = category_of(meaning)
        words: Sequence[str]
        if isinstance(meaning, Between):
            if self._is_other_two(meaning):
                return self._pick(phrases.OTHER_TWO)
            return self._pick(phrases.BETWEEN).format(
                x=self._anchor(meaning.first, like=like),
                y=self._anchor(meaning.second, like=like),
            )
        if isinstance(meaning, Near):
            words = phrases.NEAR
        elif isinstance(meaning, Beside):
            words = phrases.BESIDE[meaning.side]
        elif isinstance(meaning, Distant | Between):
            words = phrases.DISTANT[meaning.order]
        else:
            raise TypeError(f"no words for {type(meaning).__name__}")
        return self._pick(words).format(x=self._anchor(meaning.anchor, like=like))

    def _is_other_two(self, meaning: Between) -> bool:
        """Whether the ends are the other two of three."""
        among = resolve(self._measured, meaning.of)
        ends = (meaning.first, meaning.second)
        same = all(isinstance(end, Extreme) and end.of == meaning.of for end in ends)
        return same and among is not None and len(among) == 3

    def _anchor(self, meaning: Meaning, *, like: str) -> str:
        """The noun phrase of an anchor; "one" where the noun was said already."""
        found = resolve(self._measured, meaning)
        plural = found is not None and len(found) > 1
        phrase = self._phrase(meaning, plural=plural, synonym=False)
        qualified = (
            bool(phrase.before or phrase.after) and not phrase.whole and not phrase.kind
        )
        again = qualified and category_of(meaning) == like
        one = "ones" if phrase.plural else "one"
        pronoun = again and self._chance(0.7)
        text = phrase.text(head=one if pronoun else None)
        if found is not None and not len(found):
            return f"{_article(text)} {text}" if self._chance(0.5) else f"the {text}"
        if plural and isinstance(meaning, All) and self._chance(0.4):
            single = phrase.noun.singular
            return f"{_article(single)} {single}"
        return text if not pronoun and self._chance(0.2) else f"the {text}"

    def _lead(self, meaning: Grouped) -> str:
        if meaning.form == "cluster" and meaning.count == 2:
            return self._leading(phrases.PAIR_LEAD, 0.8)
        count = phrases.NUMBERS[meaning.count]
        return self._pick(phrases.GROUP_LEAD[meaning.form]).format(n=count)

    def _rank_and_count(self, rank: int, count: int) -> tuple[str, ...]:
        lead = (self._pick(phrases.ORDINALS[rank]),) if rank > 1 else ()
        return (*lead, phrases.NUMBERS[count]) if count > 1 else lead

    def _noun(self, category: str, synonym: bool) -> Noun:
        measured = self._measured
        kinds = self._kinds(category)
        words = [
            word
            for word in nouns(category)
            if all(
                other in measured.complete and other not in measured.present
                for other in word.unless
            )
            and (not word.kinds or kinds <= set(word.kinds))
        ]
        if synonym and len(words) > 1:
            words = words[1:]
        weight = np.array([word.weight for word in words])
        return words[pick(self._rng, weight)]

    def _kinds(self, category: str) -> frozenset[str]:
        """Narrower nouns that are labelled among the objects of a category."""
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
        """The first words more often than the rest: they are the usual ones."""
        usual = max(1, len(words) // 2)
        return self._pick(words[:usual] if self._chance(share) else words)

    def _chance(self, probability: float) -> bool:
        return bool(self._rng.random() < probability)


def _says_number(meaning: Meaning) -> bool:
    """Whether the words of a meaning have a number in front already."""
    return isinstance(meaning, Grouped | Without) or (
        isinstance(meaning, Extreme | Sized) and meaning.count > 1
    )


def _article(words: str) -> str:
    return "an" if words[:1].lower() in "aeiou" else "a"
