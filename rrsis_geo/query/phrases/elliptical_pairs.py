"""Reads the first of two things where only the second has a noun."""

from __future__ import annotations

from dataclasses import replace

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node
from rrsis_geo.language.phrases import head_noun
from rrsis_geo.language.traversal import spine
from rrsis_geo.query.phrases.noun_phrase import MAX_DEPTH, NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader


def read_elliptical_pair(
    parser: PhraseReader, i: int, phrase: NounPhrase
) -> tuple[Node, Node, int] | None:
    """Both of "the white and the grey building", "the first and the third one".

    Args:
        parser: The parser of the text.
        i: Position of the first of them.
        phrase: The noun phrase that is related to them.

    Returns:
        Both, and the next position; None where the first has its own noun.
    """
    first = NounPhrase("anchor", None, MAX_DEPTH)
    stop = parser.read_premodifiers(i, first)
    colour = first.is_adjective_only() and not first.pronoun
    unnamed = colour or (first.has_premodifier() and not first.has_noun())
    if parser.matcher.text(stop) != "and" or not unnamed:
        return None
    second, stop = parser.read_phrase(
        stop + 1,
        antecedent=phrase.noun_or_antecedent(),
        role="anchor",
        depth=phrase.depth + 1,
        alone=True,
    )
    if second is None:
        return None
    said = spine(second)[-1]  # "the upper and the lower garage block"
    noun = head_noun(second) if colour or first.rank else said
    order = [one for one in spine(second) if isinstance(one, n.Extreme)]
    side = order[0].side if order and first.rank else None
    first = replace(first, pronoun="one", antecedent=noun, rank_side=side)
    node = first.build()
    return None if node is None else (node, second, stop)
