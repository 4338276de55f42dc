"""Tells by the words beside it what a word means: "left", "up", "parking", "there"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.tokenizer.token_kinds import Token, Value

Merge = Callable[[list[Token], int, Token | None], tuple[list[Token], int] | None]
"""From all tokens, an index and the token before it: what stands in place of the tokens
up to a second index; None where the tokens stay as they are."""


def texts(tokens: list[Token], index: int, count: int) -> tuple[str, ...]:
    """Texts of up to so many tokens from an index on."""
    return tuple(token.text for token in tokens[index : index + count])


def joined(text: str, value: Value, some: Sequence[Token]) -> Token:
    """Several tokens as one."""
    at = tuple(place for token in some for place in token.at)
    return Token(text, value, at, " ".join(token.surface for token in some))


_UPWARD = {"up": "top", "down": "bottom"}
_AREAS = v.words("part side corner half area section quarter portion")


def upward(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "in the up right corner", "in the left up corner", "in the down part"."""
    one, follows = tokens[index], texts(tokens, index + 1, 2)
    if one.text not in _UPWARD or last is None or not follows:
        return None
    across = follows[0] == "<d>" and tokens[index + 1].value in ("left", "right")
    said = last.text in ("in", "on", "at", "the", "far")
    corner = last.value in ("left", "right") and follows[0] == "corner"
    named = last.text == "the" and follows[0] in _AREAS
    if not (corner or named or (said and across)):
        return None
    return [one._replace(text="<d>", value=_UPWARD[one.text])], index + 1


_DRIVEN = v.words("vehicle vehicles car cars truck trucks van vans bus buses lorries")
_DRIVEN |= v.words("lorry plane planes aircraft airplane airplanes trailer trailers")


def parked(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "vehicles parking on the roadside"; "car parking" is a place."""
    one, follows = tokens[index], texts(tokens, index + 1, 1)
    if one.text != "parking" or last is None or last.text not in _DRIVEN:
        return None
    if not follows or follows[0] not in v.RELATING:
        return None
    return [one._replace(text="parked")], index + 1


_LEFT_SO = v.words("empty alone behind over open standing bare vacant free")
_BEFORE_PLACE = v.RELATING | v.DETERMINERS | {"to", "far", ",", "and", "or", "<d>"}


def left(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "gates left empty", "the car left in the yard"; "left" may be a side as well."""
    one, follows = tokens[index], texts(tokens, index + 1, 3)
    if (one.text, one.value) != ("<d>", "left") or last is None or not follows:
        return None
    counted = last.text.startswith("<") and last.text != "<group>"
    if counted or last.text in _BEFORE_PLACE or one.surface != "left":
        return None
    inside = follows[0] == "in" and follows[1:2] in (("the",), ("a",), ("an",))
    place = follows[2:] and (follows[2] in v.SCENE or follows[2].startswith("<"))
    if follows[0] not in _LEFT_SO and not (inside and follows[2:] and not place):
        return None
    stop = index + 2 if follows[0] in _LEFT_SO else index + 1
    return [joined("left", None, tokens[index:stop])], stop


def from_to(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "bank to bank", "end to end" as one word for the network."""
    some = tokens[index : index + 3]
    if len(some) < 3 or some[1].text != "to" or some[0].text != some[2].text:
        return None
    word = some[0].text
    if word.startswith("<") or word in _TOUCHING_ENDS:
        return None
    one = joined(f"{word}_to_{word}", None, some)
    return [one._replace(surface=f"{word}-to-{word}")], index + 3


_TOUCHING_ENDS = v.words("end side wing nose bumper shoulder bow")
"""Words of rows: "parked end to end"."""


def pair_of_them(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ ", a pair of them" as ", two of them"."""
    if last is None or last.text != "," or tokens[index].text != "a":
        return None
    group, rest = tokens[index + 1 : index + 2], texts(tokens, index + 2, 2)
    if not group or group[0].value != "pair" or rest != ("of", "them"):
        return None
    return [joined("<n>", 2, tokens[index : index + 2])], index + 2


def up_and_down(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "a road that goes up and down" as one word for the network."""
    if texts(tokens, index, 3) not in (("up", "and", "down"), ("down", "and", "up")):
        return None
    return [joined("up_and_down", None, tokens[index : index + 3])], index + 3


def above(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "the plane up there" as "at the top"; "tied up there" is at something."""
    ends_up = last is not None and last.surface.removesuffix("s") in _ENDING_UP
    participle = last is not None and last.surface.endswith(("ed", "ing"))
    if (
        ends_up
        or participle
        or texts(tokens, index, 2)
        not in (
            ("up", "there"),
            ("down", "there"),
        )
    ):
        return None
    one, then = tokens[index : index + 2]
    if texts(tokens, index + 2, 1) in (("in",), ("on",), ("at",)):
        return [one], index + 2  # "up there on the left"
    place = one._replace(text="<d>", value=_UPWARD[one.text])
    return [then._replace(text="at", surface="at"), place], index + 2


_ENDING_UP = v.words("end show pull go come line pile turn set stay pick meet")
_STAYING = v.words("moored docked parked berthed anchored stored standing lying up")


def there(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "the pier and the boats moored there" as "moored at it"."""
    one, follows = tokens[index], texts(tokens, index + 1, 1)
    if one.text != "there" or last is None or last.text not in _STAYING:
        return None
    if follows not in ((), (",",)):
        return None
    words = ("at", "it")
    return [one._replace(text=word, surface=word) for word in words], index + 1
