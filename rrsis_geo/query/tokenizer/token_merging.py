"""Joins tokens that together say one thing: "top left", "last but one", "3 o'clock"."""

from __future__ import annotations

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.tokenizer.heights import height
from rrsis_geo.query.tokenizer.quantity_limits import between_limits, limit_first
from rrsis_geo.query.tokenizer.spelling import is_class_noun
from rrsis_geo.query.tokenizer.token_kinds import Token, Value
from rrsis_geo.query.tokenizer.word_senses import (
    Merge,
    above,
    all_but,
    from_to,
    joined,
    left,
    looks,
    neither,
    no_larger,
    nothing_there,
    pair_of_them,
    parked,
    parts_counted,
    texts,
    there,
    up_and_down,
    upward,
    where_it_turns,
    whose,
    without_touching,
)


def merge_tokens(tokens: list[Token]) -> list[Token]:
    """Tokens with those joined that together say one thing."""
    return _merge_superlatives(_merge_directions(_replaced(tokens, _merges())))


def _merges() -> tuple[Merge, ...]:
    limits = (height, between_limits, limit_first)
    denials = (neither, no_larger, without_touching)
    first = (
        *denials,
        _respelled,
        _partitive,
        _clock,
        _degree,
        _from_end,
        left,
        above,
        there,
    )
    also = (from_to, up_and_down, all_but, looks, nothing_there, whose, where_it_turns)
    last = (upward, parked, pair_of_them, parts_counted, _average, _numbered, _coloured)
    return (*limits, *first, *also, *last)


def _replaced(tokens: list[Token], merges: tuple[Merge, ...]) -> list[Token]:
    merged: list[Token] = []
    index = 0
    while index < len(tokens):
        last = merged[-1] if merged else None
        for merge in merges:
            found = merge(tokens, index, last)
            if found is not None:
                some, index = found
                merged.extend(some)
                break
        else:
            merged.append(tokens[index])
            index += 1
    return merged


_ORDERS = v.words("<sup> <most> <nearest>")
_RESPELLED = {
    ("neither",): ("not",),
    ("nor",): ("and", "not"),
    ("which", "one", "of"): ("which", "of"),
    ("odd", "one", "out"): ("one",),
    ("but", "without"): ("without",),
    ("anywhere", "near"): ("near",),
    ("somewhere", "near"): ("near",),
    ("someone", "'s"): ("the",),
    ("somebody", "'s"): ("the",),
    ("i", "do", "not", "want"): ("not",),
    ("i", "do", "not", "mean"): ("not",),
    ("by", "far", "the"): ("the",),
    ("its", "a"): ("it", "is", "a"),
    ("its", "an"): ("it", "is", "an"),
}
_CONJUNCTIONS = {
    ("as", "well", "as"): "and",
    ("along", "with"): "and",
    ("including",): "and",
    ("together", "with"): "and",
    ("each", "and", "every"): "every",
}


def _respelled(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "cars as well as trucks", "neither red nor white"."""
    if texts(tokens, index, 2) in _FORBIDDING and last is not None:
        return [joined("must_not", None, tokens[index : index + 2])], index + 2
    other = texts(tokens, index, 2) == ("other", ",")
    if other and last is not None and last.text == "the":
        follows = texts(tokens, index + 2, 1)
        if follows and (follows[0].startswith("<") or follows[0] in v.COLOURS):
            return [tokens[index]], index + 2  # "the other, upper one"
    lacks = tokens[index].text == "no" and tokens[0].text != "no"
    named = last is not None and (last.text == "," or _lacks(tokens, index, last))
    named = named or _lacks_more(tokens, index, last)
    if lacks and named:  # "car park, no cars in it"
        return [tokens[index]._replace(text="without")], index + 1
    for words, meanings in _RESPELLED.items():
        some = tokens[index : index + len(words)]
        if tuple(token.text for token in some) == words:
            one = joined("", None, some)
            return [one._replace(text=text) for text in meanings], index + len(words)
    for words, meant in _CONJUNCTIONS.items():
        stop = index + len(words)
        inside = last is not None or meant != "and"
        if inside and texts(tokens, index, len(words)) == words:
            return [joined(meant, None, tokens[index:stop])], stop
    return None


def _lacks(tokens: list[Token], index: int, last: Token) -> bool:
    """Whether "no" between two nouns says that one is missing: "field no house"."""
    follows = texts(tokens, index + 1, 1)
    word = follows[0] if follows else ""
    return is_class_noun(last.surface) and word.isalpha() and word not in _NO_MORE


def _lacks_more(tokens: list[Token], index: int, last: Token | None) -> bool:
    """Whether one more thing is missing: "with no pool and no garden"."""
    lacks = any(token.text in ("no", "without") for token in tokens[:index])
    joined = lacks and last is not None and last.text in v.COORDINATORS
    follows = texts(tokens, index + 1, 1)
    return joined and all(word.isalpha() and word not in _NO_MORE for word in follows)


_FORBIDDING = (("must", "not"), ("should", "not"), ("may", "not"))
"""Of what a thing is for, not of what is left out: "the box you must not stop in"."""

_NO_MORE = v.words("more less fewer further farther longer")

_AMONG = (("among",), ("amongst",), ("out", "of"), ("from", "among"))


def _partitive(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "the largest among the tanks", "the largest one out of all"."""
    if last is None or last.text not in _ORDERS | {"one", "ones", "<cmp>", "<n>"}:
        return None
    for words in _AMONG:
        stop = index + len(words)
        if texts(tokens, index, len(words)) == words:
            return [joined("of", None, tokens[index:stop])], stop
    return None


_CLOCK = {
    12: "top",
    3: "right",
    6: "bottom",
    9: "left",
    **dict.fromkeys((1, 2), "top right"),
    **dict.fromkeys((4, 5), "bottom right"),
    **dict.fromkeys((7, 8), "bottom left"),
    **dict.fromkeys((10, 11), "top left"),
}


def _clock(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "at 3 o'clock", "in the two o'clock position"."""
    hour, stop = tokens[index], index + 2
    if hour.text not in ("<n>", "one") or texts(tokens, index + 1, 1) != ("o'clock",):
        return None
    side = _CLOCK.get(int(str(hour.value or 1)))
    if side is None:
        return None
    if texts(tokens, stop, 1) in (("position",), ("direction",)):
        stop += 1
    return [joined("<d>", side, tokens[index:stop])], stop


_DEGREES = {
    "big": ("largest", "area"),
    "small": ("smallest", "area"),
    "long": ("largest", "length"),
    "short": ("smallest", "length"),
    "wide": ("largest", "width"),
    "narrow": ("smallest", "width"),
}
_REVERSED = {"largest": "smallest", "smallest": "largest"}
_DISTANCES = {"near": "closest", "close": "closest", "far": "farthest"}
_AFTER_COPULA = v.words("the is are")


def _degree(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "the most big tank", "tank more near to the road", "the least large one"."""
    word, some = tokens[index].text, tokens[index : index + 2]
    if word not in ("most", "more", "least", "less") or len(some) < 2:
        return None
    said = last is not None and (
        last.text in _AFTER_COPULA or is_class_noun(last.surface)
    )
    follows = texts(tokens, index + 2, 1)
    comparative = word in ("more", "less")
    if some[1].text in _DISTANCES and word in ("most", "more"):
        if follows not in (("to",), ("from",), ("of",)):
            return None
        return [joined("<nearest>", _DISTANCES[some[1].text], some)], index + 2
    size = str(some[1].value) if some[1].text == "<size>" else some[1].text
    if size not in _DEGREES or not (said or (comparative and follows == ("than",))):
        return None
    order, measure = _DEGREES[size]
    if word in ("least", "less"):
        order = _REVERSED[order]
    kind = "<cmp>" if comparative else "<sup>"
    return [joined(kind, (order, measure), some)], index + 2


def _average(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "larger than average"."""
    stop = index + 4 if texts(tokens, index + 2, 1) == ("the",) else index + 3
    if tokens[index].text != "<cmp>" or texts(tokens, index + 1, 1) != ("than",):
        return None
    if texts(tokens, stop - 1, 1) not in (("average",), ("usual",), ("normal",)):
        return None
    larger = str(tokens[index].value).count("largest") > 0
    some = tokens[index:stop]
    return [joined("<size>", "big" if larger else "small", some)], stop


def _numbered(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "row 2" is the second row."""
    one, some = tokens[index], tokens[index + 1 : index + 3]
    numbered = one.text == "<group>" and one.value in ("line", "column")
    if not (numbered and some and some[0].text == "<n>"):
        return None
    if some[1:] and some[1].text not in (",", "of", "from", "in"):
        return None
    return [some[0]._replace(text="<ord>"), one], index + 2


_CARRIERS = v.words("of in with has have having")
_COLOURED = v.words("colour color coloured colored")


def _coloured(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "of red colour", "white coloured", "coloured red", "with colour white"."""
    start = index
    if tokens[index].text in _CARRIERS and last is not None:
        index += 1
    pair = texts(tokens, index, 2)
    if len(pair) < 2 or len(_COLOURED.intersection(pair)) != 1:
        return None
    named = [token for token in tokens[index : index + 2] if token.text in v.COLOURS]
    if not named or (pair[1] in v.COLOURS and index == start and pair[0] == "colour"):
        return None
    at = tuple(place for token in tokens[start : index + 2] for place in token.at)
    return [named[0]._replace(at=at)], index + 2


_FROM_END = (("to", "last"), ("from", "last"), ("from", "the", "last"))


def _from_end(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "last but one", "second to last", "penultimate", "smallest but one"."""
    one, rest = tokens[index], texts(tokens, index + 1, 3)
    if one.text == "penultimate":
        return _second_last(one, one._replace(text="last", value=None)), index + 1
    if one.text == "next" and rest[:2] == ("to", "last"):
        some = tokens[index : index + 2]
        return _second_last(joined("", None, some), tokens[index + 2]), index + 3
    if one.text == "<ord>":
        for words in _FROM_END:
            stop = index + 1 + len(words)
            if rest[: len(words)] == words:
                rank = joined("<ord>", one.value, tokens[index : stop - 1])
                return [rank, tokens[stop - 1]], stop
    counted = rest[:1] == ("but",) and rest[1:2] in (("one",), ("<n>",))
    if counted and (one.text == "last" or one.text in _ORDERS):
        but = tokens[index + 1 : index + 3]
        skipped = int(str(but[1].value)) if but[1].text == "<n>" else 1
        return [joined("<ord>", skipped + 1, but), one], index + 3
    return None


def _second_last(rank: Token, last: Token) -> list[Token]:
    return [rank._replace(text="<ord>", value=2), last]


def _join(text: str, value: Value, one: Token, other: Token) -> Token:
    return Token(text, value, one.at + other.at, f"{one.surface} {other.surface}")


def _merge_directions(tokens: list[Token]) -> list[Token]:
    """Join "top left"; tell the adverb "right" and the share "third" apart."""
    merged: list[Token] = []
    index = 0
    while index < len(tokens):
        last = merged[-1] if merged else None
        token, index = _read_direction(tokens, index, last)
        merged.append(token)
    return merged


def _read_direction(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[Token, int]:
    """A token, joined with the next where both make one, and the index after it."""
    one, *rest = tokens[index : index + 3]
    after = rest[0] if rest else None
    if _is_adverb(last, one, after):
        return one._replace(text="just", value=None), index + 1
    if _is_third(one) and last is not None and last.text == "<d>" and _is_share(after):
        return one._replace(text="share", value=None), index + 1
    same = after is not None and one[:2] == after[:2]
    if one.text == "<d>" and after is not None and same:  # "north-north-east"
        return _read_direction(tokens, index + 1, last)
    if one.text == "<d>" and after is not None and after.text in ("<d>", "<most>"):
        values = str(one.value), str(after.value)
        direction = v.COMBINED_DIRECTIONS.get(values)
        direction = direction or v.COMBINED_DIRECTIONS.get(values[::-1])
        adverb = _is_adverb(one, after, rest[1] if len(rest) > 1 else None)
        if direction is not None and not adverb:
            return _join(after.text, direction, one, after), index + 2
    return one, index + 1


def _is_third(token: Token) -> bool:
    return token.text == "<ord>" and token.value == 3


def _is_share(after: Token | None) -> bool:
    """Whether "third" is a part: "the bottom third of the image"."""
    return after is None or after.text in ("of", ",", "and", "or", "in")


def _is_adverb(last: Token | None, one: Token, after: Token | None) -> bool:
    """Whether "right" means "just", as in "right next to"."""
    if one.value != "right" or one.text != "<d>" or after is None:
        return False
    if after.text not in v.AFTER_ADVERB_RIGHT and after.text != "<d>":
        return False
    before = last.text if last is not None else ""
    if after.text in _AFTER_DIRECTION_RIGHT:
        # "on the right in the north" against "tank right above the road"
        return after.text not in ("<d>", "to") and before not in _BEFORE_DIRECTION
    return before not in ("the", "<d>", "far", "on", "at", "to")


_AFTER_DIRECTION_RIGHT = v.words("<d> to at in on by of above below")
_BEFORE_DIRECTION = v.words("the <d> on at to far upper in just ,") | {""}


def _merge_superlatives(tokens: list[Token]) -> list[Token]:
    """Join "most westerly", "left most", "more northern", "furthest left"."""
    merged: list[Token] = []
    index = 0
    while index < len(tokens):
        one, *rest = tokens[index : index + 3]
        third = rest[1].text if len(rest) > 1 else ""
        if one.text == "more" and third == "of" and merged and merged[-1].text == "the":
            third = ""  # "the more northerly of the two"
        if rest and _is_superlative(one, rest[0], third):
            direction = rest[0] if rest[0].text == "<d>" else one
            merged.append(_join("<most>", direction.value, one, rest[0]))
            index += 2
        else:
            merged.append(one)
            index += 1
    return merged


def _is_superlative(one: Token, after: Token, third: str) -> bool:
    if one.text == "<d>" and after.text == "most":
        return True
    most = one.text in ("most", "more", "further", "farther") or one.value == "farthest"
    return most and after.text == "<d>" and third not in ("than", "of", "hand")
