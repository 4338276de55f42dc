"""From an expression to its plan."""

from __future__ import annotations

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.traversal import walk
from rrsis_geo.query.parser.noun_phrase import bare, said
from rrsis_geo.query.parser.parser import Parser, TooMuch
from rrsis_geo.query.parser.pattern_matcher import Reader
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.query.tokenizer.tokens import read

LONGEST = 120
"""Words; a longer text is no request that has a plan, and goes to the network."""


def make_plan(expression: str) -> Plan:
    """What an expression asks for.

    Words about place, size, order, number, distance and relations become operators
    for the map; words about looks stay in the phrases for the network, and so does
    everything that is not understood. Any text has a plan; none is an error.

    Args:
        expression: As a person typed it, in English. Texts of up to 1,000 characters
            take less than 10 ms.
    """
    text = read(expression)
    notes = tuple(f'read "{typed}" as "{word}"' for typed, word in text.slips)
    reader = Reader(text)
    root: Node | None = None
    if len(text.tokens) <= LONGEST:
        try:
            root = _planned(reader)
        except TooMuch:
            root = None
    if root is None:
        root = _all_to_network(reader, expression)
    return Plan(expression=expression, words=text.words, root=root, notes=notes)


def _planned(reader: Reader) -> Node | None:
    parser = Parser(reader)
    node, i = parser.phrase(reader.start, hint=None, role="head", depth=0)
    if node is None and reader.exception(i) > i:
        node, i = _all_but(parser, i)
    while node is not None and i < reader.stop:
        after = max(i + 1, reader.exception(i))
        text = reader.text(i)
        out = reader.exception(i) > i or text == "not"
        if out or text == "without":
            without, j = parser.phrase(after, hint=node, role="anchor", depth=1)
            if without is not None:
                node = n.Except(node, without, at=reader.at(i, after))
                i = max(j, after)
                continue
        elif text in ("and", "or", "/", "plus", ","):
            more, j = parser.phrase(after, hint=bare(node), role="head", depth=0)
            if more is not None and j > after:
                parts = node.parts if isinstance(node, n.Union) else (node,)
                node, i = n.Union((*parts, more)), j
                continue
        words = [reader.words[place] for place in reader.at(i, after)]
        node = said(node, words, reader.at(i, after))
        i = after
    return node


def _all_but(parser: Parser, i: int) -> tuple[Node | None, int]:
    """ "all but the leftmost tank": what is left out says what is meant."""
    after = parser.r.exception(i)
    without, j = parser.phrase(after, hint=None, role="anchor", depth=1)
    if without is None:
        return None, i
    every = next((one for one in walk(without) if isinstance(one, Find)), None)
    if every is None:
        return None, i
    return n.Except(every, without, at=parser.r.at(i, after)), j


def _all_to_network(reader: Reader, expression: str) -> Find:
    at = reader.at(reader.start, reader.stop) or reader.at(0, len(reader.tokens))
    phrase = " ".join(reader.words[place] for place in at)
    return Find(phrase or " ".join(expression.split()), at=at)
