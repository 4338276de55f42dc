"""Puts limits before their quantity: "20 m or less", "over 2 but under 5 ha".

The grammar then has to know "at most 20 m" and "between 2 ha and 5 ha" only.
"""

from __future__ import annotations

from typing import NamedTuple, cast

from rrsis_geo.query.lexicon import measure_rules
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.tokenizer.quantities import unit_size
from rrsis_geo.query.tokenizer.token_kinds import Token
from rrsis_geo.query.tokenizer.word_senses import joined, texts

_UNITED = ("<len>", "<area>")
_PLAIN = ("<n>", "<amount>", "one")


Phrases = dict[str, list[tuple[str, ...]]]
"""Phrases by their first word, the longest first."""


def _phrases(text: str) -> Phrases:
    """The phrases of a text that stand between bars."""
    split = sorted((tuple(one.split()) for one in text.split("|")), key=len)
    phrases: Phrases = {}
    for words in reversed(split):
        phrases.setdefault(words[0], []).append(words)
    return phrases


_OVER = _phrases(f"{measure_rules.OVER}|not within")
_UNDER = _phrases(measure_rules.UNDER)

_MEASURES = _phrases(
    "long|wide|across|broad|in diameter|in length|in width|in size|in area"
    "|in perimeter|diameter|in extent|large|big|apart|away"
)
"""What may stand between a quantity and the limit that follows it."""

_MORE = v.words(
    "more larger bigger longer wider broader greater further farther upward upwards"
)
_LESS = v.words("less smaller shorter narrower closer nearer fewer")
_UPWARD = v.words("over above up")
_DOWNWARD = v.words("under below down")
"""Words that may also begin a place: "fields of 2 ha and above the road"."""

_LEAST = v.words("plus min minimum")
_MOST = v.words("max maximum")
_AFTER_LIMIT = v.RELATING | v.COPULAS | {"", ",", "from", "of"}


class _Limit(NamedTuple):
    """Words that set a limit."""

    over: bool
    """Whether it is a lower limit."""
    measure: str
    """ "long" or "wide" where the words say which side is measured; else ""."""
    stop: int
    """Index after the words."""


def _surfaces(tokens: list[Token], index: int, count: int) -> tuple[str, ...]:
    return tuple(token.surface for token in tokens[index : index + count])


def _longest(tokens: list[Token], index: int, phrases: Phrases) -> int:
    """How many tokens the longest phrase takes that begins at an index; 0: none."""
    first = tokens[index].surface if index < len(tokens) else ""
    for words in phrases.get(first, ()):
        if _surfaces(tokens, index, len(words)) == words:
            return len(words)
    return 0


def limit_at(tokens: list[Token], index: int) -> _Limit | None:
    """The limit that begins at an index: "more than", "no longer than"."""
    denied = tokens[index].text in ("no", "not")
    compared = tokens[index + denied : index + denied + 1]
    if compared and compared[0].text == "<cmp>":
        if texts(tokens, index + denied + 1, 1) != ("than",):
            return None
        order, measure = cast(tuple[str, str], compared[0].value)
        long = {"length": "long", "width": "wide"}.get(measure, "")
        return _Limit((order == "largest") != denied, long, index + denied + 2)
    over, under = _longest(tokens, index, _OVER), _longest(tokens, index, _UNDER)
    if not (over or under):
        return None
    return _Limit(over > under, "", index + max(over, under))


def between_limits(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "more than 50 m but less than 200 m" as "between 50 m and 200 m"."""
    first = limit_at(tokens, index)
    if first is None or texts(tokens, first.stop + 1, 1) not in (("but",), ("and",)):
        return None
    but = first.stop + 1
    second = limit_at(tokens, but + 1) if but + 1 < len(tokens) else None
    if second is None or second.over == first.over or second.stop >= len(tokens):
        return None
    pair = _of_one_unit(tokens[first.stop], tokens[second.stop])
    measures = {first.measure, second.measure} - {""}
    if pair is None or len(measures) > 1:
        return None
    between = joined("between", None, tokens[index : first.stop])
    some = joined("and", None, tokens[but : second.stop])
    low, high = pair if first.over else pair[::-1]
    ranged = [
        between._replace(surface="between"),
        low,
        some._replace(surface="and"),
        high,
    ]
    if high.text == "<len>" and measures:
        ranged.append(between._replace(text=measures.pop()))
    return ranged, second.stop + 1


def _of_one_unit(one: Token, other: Token) -> tuple[Token, Token] | None:
    """Two quantities in one unit, which either may lack; None where they have none."""
    if one.text in _UNITED and one.text == other.text:
        return one, other
    if one.text in _UNITED and other.text in _PLAIN:
        return one, _in_unit_of(one, other)
    if one.text in _PLAIN and other.text in _UNITED:
        return _in_unit_of(other, one), other
    return None


def _in_unit_of(united: Token, plain: Token) -> Token:
    size = unit_size(united.surface.split())
    return plain._replace(text=united.text, value=float(str(plain.value)) * size)


def limit_first(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "at most 20 m in diameter" of "20 m or less in diameter", "max 20 m ..."."""
    named = _named_limit(tokens, index)
    if named is not None:
        over, stop = named
        return _limited(over, tokens[index:stop], [tokens[stop]]), stop + 1
    if tokens[index].text not in _UNITED:
        return None
    if texts(tokens, index + 1, 2) == ("or", "so"):  # as good as the quantity alone
        return _with_words(
            tokens[index : index + 1], tokens[index : index + 3]
        ), index + 3
    after = index + 1 + _longest(tokens, index + 1, _MEASURES)
    for end in (after, index + 1):
        trailing = trailing_limit(tokens, end)
        if trailing is not None:
            over, stop = trailing
            if last is not None and last.surface in _ENDS_OF_LIMITS:
                # "at least 20 m or more"
                return _with_words(tokens[index:end], tokens[end - 1 : stop]), stop
            return _limited(over, tokens[end:stop], tokens[index:end]), stop
    return None


_ENDS_OF_LIMITS = v.words("over above than least most exceeding under below")
"""Words that end a limit, which a second one only repeats."""


def _named_limit(tokens: list[Token], index: int) -> tuple[bool, int] | None:
    """Whether "max" or "a minimum of" is a lower limit, and the index after it."""
    start = index + int(tokens[index].text == "a")
    word = texts(tokens, start, 1)
    if not word or word[0] not in _MOST | _LEAST - {"plus"}:
        return None
    of = texts(tokens, start + 1, 1) == ("of",)
    if start > index and not of:
        return None
    quantity = texts(tokens, start + 1 + of, 1)
    if not quantity or quantity[0] not in (*_UNITED, "<n>"):
        return None
    return word[0] in _LEAST, start + 1 + of


def trailing_limit(tokens: list[Token], index: int) -> tuple[bool, int] | None:
    """Whether "or more" is a lower limit, and the index after it."""
    one, word, follows = [*_surfaces(tokens, index, 3), "", "", ""][:3]
    if one in _LEAST | _MOST:
        return one in _LEAST, index + 1
    if one == "at" and word in ("least", "most"):
        return word == "least", index + 2
    places = word in _UPWARD | _DOWNWARD
    if one not in ("or", "and") or follows in ("than", "one", "ones"):
        return None
    if places and follows not in _AFTER_LIMIT:
        return None
    if word in _MORE | _UPWARD:
        return True, index + 2
    return (False, index + 2) if word in _LESS | _DOWNWARD else None


def _with_words(quantity: list[Token], some: list[Token]) -> list[Token]:
    """A quantity whose last token also takes words that say nothing more."""
    return [*quantity[:-1], quantity[-1]._replace(at=joined("", None, some).at)]


def _limited(over: bool, said: list[Token], quantity: list[Token]) -> list[Token]:
    """A quantity after "at least" or "at most", which take the words of a limit."""
    first, second = ("at", "least" if over else "most")
    at = said[0]._replace(text=first, surface=first, value=None)
    rest = joined(second, None, said[1:])._replace(surface=second)
    return [at, rest, *quantity]
