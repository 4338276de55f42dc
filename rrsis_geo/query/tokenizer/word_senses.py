"""Tells by the words beside it what a word means: "left", "up", "parking", "there"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import sense, singular
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
    if texts(tokens, index, 2) not in (("up", "there"), ("down", "there")):
        return None
    if last is not None and last.surface.removesuffix("s") in _ENDING_UP:
        return None
    one, then = tokens[index : index + 2]
    if texts(tokens, index + 2, 1) in (("in",), ("on",), ("at",)):
        return [one], index + 2  # "up there on the left"
    place = one._replace(text="<d>", value=_UPWARD[one.text])
    return [then._replace(text="at", surface="at"), place], index + 2


_ENDING_UP = v.words(
    "end show pull go come line pile turn set stay pick meet tied laid pulled lined"
    " piled turned"
)
_STAYING = v.words("moored docked parked berthed anchored stored standing lying up")


def there(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "the pier and the boats moored there" as "moored at it"."""
    one, follows = tokens[index], texts(tokens, index + 1, 1)
    if one.text != "there" or last is None:
        return None
    if last.text not in _STAYING or follows not in ((), (",",)):
        return None
    words = ("at", "it")
    return [one._replace(text=word, surface=word) for word in words], index + 1


_RELATIVE = v.words("that which who")
_LOOKING = v.words("look looks appear appears seem seems")


def looks(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "roofs that look purple" as "roofs that are purple"."""
    follows = texts(tokens, index + 1, 1)
    relative = last is not None and last.text in _RELATIVE
    if not relative or tokens[index].text not in _LOOKING or not follows:
        return None
    if follows[0] not in v.COLOURS:
        return None
    return [tokens[index]._replace(text="are", surface="are")], index + 1


def whose(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "a hall whose roof is green" as "a hall with green roof"."""
    some = tokens[index : index + 4]
    if len(some) < 4 or some[0].text != "whose" or some[2].text not in ("is", "are"):
        return None
    if some[1].text not in v.PARTS_OF_THINGS or some[3].text not in v.COLOURS:
        return None
    opening = joined("with", None, [some[0], some[2]])._replace(surface="with")
    return [opening, some[3], some[1]], index + 4


def nothing_there(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "cars on the road, nothing in the yards" as "not those in the yards"."""
    one, follows = tokens[index], texts(tokens, index + 1, 1)
    if one.text not in ("nothing", "none") or last is None or not follows:
        return None
    if last.text not in (",", "and", "but"):
        return None
    if texts(tokens, index + 1, 3) in (("of", "the", "ones"), ("of", "those", "in")):
        return [one._replace(text="not")], index + 2
    relates = follows[0] in ("out", "over", "down", "up") or follows[0] in v.RELATING
    if not relates:
        return None
    return [one._replace(text="not"), one._replace(text="those")], index + 1


def all_but(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "hangars, all but the old one" as "hangars, but not the old one"."""
    excepts = texts(tokens, index, 2) in (("all", "but"), ("all", "except"))
    if last is None or last.text != "," or not excepts:
        return None
    return [tokens[index + 1]._replace(text="except")], index + 2


_TURNING = v.words(
    "bends ends turns curves starts begins stops narrows widens splits forks opens"
)
_BEFORE_WHERE = v.words("near by at to close beside before after from")
_MAX_TURNING = 4
"""Tokens of a thing that turns, with its article."""


def where_it_turns(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "near where the road bends" as "near the road"."""
    if tokens[index].text != "where" or last is None or last.text not in _BEFORE_WHERE:
        return None
    if texts(tokens, index + 1, 1) != ("the",):
        return None
    for stop in range(index + 3, min(index + 3 + _MAX_TURNING, len(tokens))):
        if tokens[stop].text in _TURNING:
            return tokens[index + 1 : stop], stop + 1
    return None


def neither(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "near neither A nor B" as "not near A or B", "with neither" as "without".

    Where a text begins with it, all but A and B are meant.
    """
    one = tokens[index]
    if one.text == "nor" and _denies_things(tokens, index):
        return [one._replace(text="or")], index + 1
    if one.text == "neither" and _denies_all(tokens, index):
        return [one._replace(text="except")], index + 1
    if one.text not in v.RELATING or texts(tokens, index + 1, 1) != ("neither",):
        return None
    denial = tokens[index + 1]
    if one.text == "with":
        return [joined("without", None, [one, denial])], index + 2
    return [denial._replace(text="not"), one], index + 2


def _denies_things(tokens: list[Token], index: int) -> bool:
    """Whether "neither" before "nor" stands at the start or after a relation."""
    places = [k for k in range(index) if tokens[k].text == "neither"]
    if not places:
        return False
    after_relation = places[-1] > 0 and tokens[places[-1] - 1].text in v.RELATING
    return after_relation or _denies_all(tokens, places[-1])


def _denies_all(tokens: list[Token], index: int) -> bool:
    """Whether all that is said is what is not meant, not "neither A nor B but C"."""
    said = {token.text for token in tokens}
    described = not (v.COLOURS | v.FORMS).isdisjoint(texts(tokens, index + 1, 1))
    return index == 0 and not described and said.isdisjoint(("but", ",", "and"))


def no_larger(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "no larger than the church" as "not larger than it"; limits have rules."""
    if tokens[index].text != "no":
        return None
    follows = texts(tokens, index + 1, 3)
    if follows[:2] != ("<cmp>", "than"):
        return None
    if follows[2:] in ((), ("<len>",), ("<area>",)):
        return None
    counted = texts(tokens, index + 4, 1)  # "two cars", but not "10" or "10 in the"
    if follows[2:] == ("<n>",) and (not counted or counted[0] in v.RELATING | {","}):
        return None
    return [tokens[index]._replace(text="not")], index + 1


_TOUCHING = v.words(
    "being touching crossing bordering adjoining abutting overlapping facing"
)


def without_touching(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "without touching the road" as "but not touching it"."""
    if last is None or tokens[index].text != "without":
        return None
    follows = texts(tokens, index + 1, 1)
    if not follows or follows[0] not in _TOUCHING:
        return None
    one = tokens[index]
    stop = index + 2 if follows[0] == "being" else index + 1
    return [one._replace(text="but"), one._replace(text="not")], stop


_PARTS = v.words(
    "lane laned storey story storeyed storied floor level tier tiered bedroom seater"
    " mast masted engine engined wheel wheeled door blade bladed sided span hole star"
    " a-side"
)
_HELD = v.words("car bay")
_HOLDING = v.words("garage carport hangar shed barn")
_KINDS_BY_PART = v.words(
    "marking line divider crossing window lamp plan shed loader shaped"
)
"""What is named after the part: "two lane markings" are two."""

_NO_HEAD = v.RELATING | v.PREPOSITIONS | v.COPULAS | v.DESCRIPTIVE | v.COORDINATORS


def parts_counted(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "two storey houses" and "2-storey houses" are "two-storey houses"."""
    stop = _after_count(tokens, index)
    some = tokens[stop : stop + 2]
    if stop == index or len(some) < 2:
        return None
    part, head = some[0].text, some[1].text
    counted = part in _PARTS or (part in _HELD and head in _HOLDING)
    named = singular(head) in _KINDS_BY_PART or sense((part, singular(head)))[0] > 1
    if not counted or named or not head[0].isalpha() or head in _NO_HEAD:
        return None
    whole = joined("", None, tokens[index : stop + 1])
    name = whole.surface.replace(" ", "-")
    return [whole._replace(text=name, surface=name)], stop + 1


def _after_count(tokens: list[Token], index: int) -> int:
    """The index after "two", "two or three" or "2-3"; the same for other words."""
    one, *more = tokens[index : index + 3]
    if one.text not in ("<n>", "one"):
        return index
    joins = more[0].text if more else ""
    if joins in ("or", "and", "to") and texts(more, 1, 1) == ("<n>",):
        return index + 3
    follows = more[0].surface if more else ""
    if not (one.surface.isdecimal() and follows.isdecimal()):
        return index + 1
    return index + 1 + (int(follows) == int(one.surface) + 1)  # "3 2-storey houses"
