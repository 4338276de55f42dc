"""Puts a place that is named first after the things: "at the top there is a tank"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import sense, singular
from rrsis_geo.query.tokenizer.token_kinds import Token

_OPENINGS = v.RELATING | v.words("to towards just directly <d> <most> <len>")
_OPENINGS |= {"from", "counting"}
_VERBS = v.COPULAS | v.words("stands stand lies lie sits sit exists exist")
_COUNTS = v.DETERMINERS | v.words("<n> one several many")


def without_fronting(tokens: Sequence[Token], start: int, stop: int) -> list[Token]:
    """Tokens from `start` to `stop`, with a place that opens them at the end."""
    some = _bridge_asked_for(list(tokens[start:stop]))
    some = _each_last(_members_first(some))
    if (comma := _comma_after_participle(some)) > 0:
        return _moved(some, comma, comma + 1)
    if (comma := _comma_after_limit(some)) > 0:
        return _moved(some, comma, comma + 1)
    if not some or some[0].text not in _OPENINGS:
        return some
    texts = [token.text for token in some] + ["", ""]
    for index in range(1, len(some) - 2):
        if texts[index] == "there" and texts[index + 1] in _VERBS:
            return _moved(some, index, index + 2)
    for index in range(2, len(some) - 2):
        if texts[index] in _VERBS and texts[index + 1] in _COUNTS:
            # "on the left are three planes", not "in the row which is the longest"
            if texts[index - 1] in v.COPULAS:
                break
            return _moved(some, index, index + 1)
    from_side = "from" in texts[:2] and "<d>" in texts[1:4]
    side = texts[:2] == ["<d>", "of"]
    group = texts[0] in ("in", "from") and texts[1:3] == ["the", "<group>"]
    if texts[0] in ("to", "<len>") or from_side or side or group:
        index = _comma_before_thing(texts)  # "to the left of the road, a house"
        if index:
            asks = group and texts[index + 1] in ("which", "what")
            return _moved(some, index, index + 1 + asks)
    return some


def _comma_after_participle(tokens: Sequence[Token]) -> int:
    """The comma of "leaving the port, a ship"; 0 for other words."""
    texts = [token.text for token in tokens]
    word = texts[0] if texts else ""
    acts = word.endswith("ing") and sense((singular(word),))[1] is None
    if not acts or texts.count(",") != 1 or sense((word, *texts[1:2]))[0] > 1:
        return 0
    comma = texts.index(",")
    named = texts[comma + 1 : comma + 2]
    goes_on = len(texts) > 2 and texts[1] in v.PREPOSITIONS | v.RELATING | v.DETERMINERS
    goes_on = goes_on or texts[1] == "past"
    return comma if named and named[0] in _COUNTS and goes_on else 0


def _comma_after_limit(tokens: list[Token]) -> int:
    """The comma of "no larger than 500 m2: houses"; 0 for other words."""
    texts = [token.text for token in tokens]
    limits = not {"<len>", "<area>"}.isdisjoint(texts[1:_MAX_LIMIT])
    denies = texts[:1] == ["not"] and not v.RELATING.isdisjoint(texts[1:2])
    limits = limits or (denies and "but" not in texts)  # "not in the north: tanks"
    opens = texts[:1] and texts[0] in _LIMITING
    return _comma_before_thing([*texts, "", ""]) if opens and limits else 0


_LIMITING = v.words("no not under over more less at above below up <cmp>")
_MAX_LIMIT = 5
"""Tokens of a limit of size or distance."""


def _comma_before_thing(texts: Sequence[str]) -> int:
    """The first comma after which no place goes on; 0 where there is none."""
    for index, text in enumerate(texts[:-1]):
        after = texts[index + 1]
        chooses = after == "<d>" and texts[index + 2] != "of"
        if text == "," and after and (chooses or after not in _OPENINGS):
            return index
    return 0


def _each_last(tokens: list[Token]) -> list[Token]:
    """ "for each row, the largest tank" as "the largest tank in each row"."""
    texts = [token.text for token in tokens]
    end = 2 if texts[:1] == ["per"] else 3
    each = end == 2 or texts[1:2] in (["each"], ["every"])
    opens = texts[:1] in (["in"], ["for"], ["from"], ["per"])
    if not (opens and each) or texts[end - 1 : end] != ["<group>"]:
        return tokens
    start = end + 1 if texts[end : end + 1] == [","] else end
    if start >= len(tokens) or texts[start] in ("of", "with"):
        return tokens
    first = tokens[0] if end == 2 else tokens[0]._replace(text="in")
    return [*tokens[start:], first, *tokens[1:end]]


def _members_first(tokens: list[Token]) -> list[Token]:
    """ "second row, third tank" as "third tank" with "second row" after it."""
    texts = [token.text for token in tokens] + [""] * 4
    start = 1 if texts[0] in ("in", "from") else 0
    end = start + (3 if texts[start] == "the" else 2)
    which = texts[end - 2]
    if texts[end - 1] != "<group>" or which not in _WHICH_ROW:
        return tokens
    group = tokens[end - 1]
    counted = 2 + (texts[end + 1] == "the")  # "second row from the top, third tank"
    if texts[end] == "from" and texts[end + counted - 1 : end + counted] == ["<d>"]:
        end += counted
    comma = texts[end] == ","
    parted = comma or (start == 1 and texts[end] == "the")
    first = end + comma
    first += parted and texts[first] == "the"
    ordinals = which == texts[end] == "<ord>"
    if not (ordinals or (parted and _begins_member(tokens[first:]))):
        return tokens
    row, rest = tokens[start:end], tokens[end + comma :]
    if any(one.text == "and" and two.text == "the" for one, two in pairwise(rest)):
        return tokens  # both are in the row
    within = group._replace(text="in", value=None, surface="")
    return [*rest, within, *row]


def _begins_member(tokens: list[Token]) -> bool:
    """Whether things in a row are named: "planes", "the third tank from the left"."""
    one, after = [*(token.text for token in tokens), "", ""][:2]
    chooses = one in _WHICH_MEMBER and after not in _NO_MEMBER
    return chooses or bool(tokens and sense((singular(tokens[0].surface),))[1])


_WHICH_ROW = v.words("<ord> <most> <d> <sup> last")
_WHICH_MEMBER = v.words("<ord> <most> <sup> <d> <n> last all")
_NO_MEMBER = v.RELATING | v.PREPOSITIONS | {"", ",", "of", "<group>"}
_NO_MEMBER |= v.words("hand side end half")

_SPANNING = v.words("spans crosses bridges spanning crossing bridging")
_GOING = v.words("goes passes runs leads reaches stretches going passing leading")
_SPANNED = frozenset(("river", "water", "lake", "sea", "road", "railway"))
_MAX_NOUN = 6
"""Tokens among which the noun is looked for that a bridge spans."""


def _bridge_asked_for(tokens: list[Token]) -> list[Token]:
    """ "what spans the river" as "bridge over the river"."""
    texts = [token.text for token in tokens] + ["", "", ""]
    verb = 1 if texts[0] in ("what", "which") else 0
    goes = texts[verb] in _GOING and texts[verb + 1] in ("over", "across")
    rest = verb + 2 if goes else verb + 1
    if not (goes or texts[verb] in _SPANNING) or texts[rest] not in v.DETERMINERS:
        return tokens
    if verb == 0 and not v.COPULAS.union(",").isdisjoint(texts):
        return tokens  # "crossing the road, a car"
    named = (sense((singular(t.surface),))[1] for t in tokens[rest : rest + _MAX_NOUN])
    noun = next((one for one in named if one is not None), None)
    if noun is None or _SPANNED.isdisjoint(noun.categories):
        return tokens
    bridge = tokens[0]._replace(text="bridge", value=None, surface="bridge")
    over = tokens[rest - 1]._replace(text="over", value=None, surface="over")
    return [bridge, over, *tokens[rest:]]


def _moved(tokens: list[Token], end: int, start: int) -> list[Token]:
    front = tokens[:end]
    if front[-1].text == ",":
        front = front[:-1]
    rest = tokens[start:]
    if any(token.text in v.DESCRIPTIVE for token in rest):
        # "inside the ring lies a lawn with a circle": a place of the lawn
        rest = [*rest, front[0]._replace(text=",", value=None, surface=",")]
    return [*rest, *front] if rest else tokens
