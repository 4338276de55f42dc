"""Finds remarks that say nothing of what is meant: "I think", "for my map"."""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.patterns.pattern_compiler import (
    DOUBTS_BEGIN,
    POLITE_OPENINGS,
    REMARKS,
    REMARKS_BEGIN,
    encode,
    longest_match,
)
from rrsis_geo.query.tokenizer.token_kinds import Token

_HEDGES = v.words("probably maybe perhaps possibly presumably apparently likely")
_ADVERBS = v.words(
    "maybe perhaps possibly presumably apparently please actually currently obviously"
    " anyway anyhow"
)
_THINKING = v.words("think guess believe suppose")
_VAGUE = (
    ("sort", "of"),
    ("kind", "of"),
    ("kinda", "somewhere"),
    ("somewhere", "around"),
)
_OR_ALIKE = (
    ("or", "some", "such"),
    ("or", "something"),
    ("or", "something", "similar"),
    ("or", "something", "like", "that"),
    ("or", "similar"),
    ("or", "the", "like"),
)
_CONDITIONAL = v.words("there any possible you visible present it they one needed so")
_CONDITIONAL |= v.words("that those yes not none")
_CONTRASTS = v.words("while whereas")
_COMPARED = v.words(
    "all others other rest neighbours neighbors everything everyone most ones"
)
_MODALS = v.words("should must might may could ought")
_OWNERS = v.words("my our")
PURPOSES = v.words(
    "report project survey inventory analysis map study presentation client boss"
    " assessment database statistics permit audit claim insurance records cover"
)
_REASONS = v.words("because since")


def without_asides(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens without remarks between commas, and without "I think"."""
    kept: list[Token] = []
    segment: list[Token] = []
    comma: Token | None = None
    tokens = _without_doubts(tokens[_after_purpose(tokens) :])
    for token in (*tokens, None):
        if token is not None and token.text != ",":
            segment.append(token)
            continue
        if not (kept and _is_aside(segment)):
            if kept and segment and comma is not None:
                if _adds(segment):  # "the jetty, boats included"
                    comma, segment = comma._replace(text="and"), segment[:-1]
                kept.append(comma)
            if kept and comma is not None and _is_on_it(segment):
                kept[-1] = comma._replace(text="with", surface="with")
            if kept and segment and _guesses(segment):
                segment = _guessed(segment)
            if kept and _narrows(segment):
                segment = [segment[-1], *segment[:-1]]
            said = _without_opening(segment)
            # after "I map bridges" it is the request that tells the two apart
            asked = bool(kept) and kept[0].text not in ("i", "we")
            said = said[_after_asking(said) :] if asked else said
            kept.extend(_without_thinking(said))
        segment, comma = [], token
    return tuple(kept)


def _without_doubts(tokens: Sequence[Token]) -> Sequence[Token]:
    """Tokens without what is doubted first: "I can't tell if that's water: a patch".

    So is a guess that a thing by another name follows: "a shed maybe? The big roof".
    """
    comma = next((k for k, token in enumerate(tokens) if token.text == ","), 0)
    opening, rest = tokens[:comma], tokens[comma + 1 :]
    if not opening or not rest:
        return tokens
    line = "".join(map(encode, opening))
    doubted = longest_match(DOUBTS_BEGIN, opening[0].text, line, 0) > 0
    renamed = rest[0].text in {"anyway", "anyhow", *v.DEFINITE}
    if not doubted and not (renamed and _guesses(opening)):
        return tokens
    return rest[1:] if rest[0].text == "but" else rest


def _after_purpose(tokens: Sequence[Token]) -> int:
    """The position after "for a survey," or "my report says so,"; else 0."""
    texts = [token.text for token in tokens]
    comma = texts.index(",") if "," in texts else 0
    said = texts[:comma]
    ends = said[-1:] and said[-1] in PURPOSES and comma + 1 < len(texts)
    named = said[:1] == ["for"] or (len(said) > 1 and said[-1] != "cover")
    purpose = ends and named and v.RELATING.isdisjoint(said)
    reported = said[:1] and said[0] in _OWNERS and said[2:3] and said[2] in _SAYING
    refers = not _POINTING_BACK.isdisjoint(texts[comma:])
    return comma + 1 if purpose or (reported and not refers) else 0


def _is_on_it(segment: Sequence[Token]) -> bool:
    """Whether a feature of a thing is named: "car park, cars on it"."""
    *feature, relation, last = ["", "", *(token.surface for token in segment)]
    named = all(text.isalpha() and text not in _NO_FEATURE for text in feature[2:])
    plain = len(feature) > 2 and named
    return plain and relation in ("on", "in", "inside") and last == "it"


_NO_FEATURE = v.RELATING | v.DETERMINERS | v.COPULAS | v.STATIVE | v.PREPOSITIONS
_NO_FEATURE |= v.words("not but and without or only just no none") | v.GOING_ON


_SAYING = v.words("says say said claims claim shows show states reports thinks")
_POINTING_BACK = v.words("it them they one ones those these its their")


def _adds(segment: Sequence[Token]) -> bool:
    """Whether "included" ends what is said between commas."""
    texts = [token.text for token in segment[-2:]]
    return len(texts) > 1 and texts[1] == "included" and texts[0] != "not"


def _without_opening(segment: Sequence[Token]) -> Sequence[Token]:
    """ "all of them white", "I think it is the round one": what is said of things."""
    if len(segment) > 1 and segment[-1].text == "only":
        segment = segment[:-1]  # "the turf only"
    texts = tuple(token.text for token in segment[:5])
    if len(texts) > 3 and texts[0] in _LOOKS and texts[1:3] == ("like", "one"):
        return segment[3:]  # "a plane? looks like one at the top"
    for k in (0, 1):  # "or in other words the green"
        if texts[k : k + 1] == ("in",) and texts[k + 2 : k + 3] == ("words",):
            return segment[k + 3 :]
    if texts[:1] == ("leave",) and texts[1:2] and texts[1] in v.DEFINITE:
        alone = segment[-1].text == "alone"  # "leave the grass alone"
        stop = len(segment) - int(alone)
        return [segment[0]._replace(text="ignore"), *segment[1:stop]]
    if texts[1:3] == ("of", "them") and texts[0] in ("all", "both"):
        return segment[3:]
    if _says_what_it_is(texts):
        return segment[4:]
    if _adds_with_doubt(texts):
        return segment[2:]
    if texts[:2] == ("so", "not"):
        return segment[1:]
    if texts[:2] in _OF_THESE and texts[2:3] == ("the",):
        return segment[2:]  # "two ships. Of these the longer one"
    return segment


_OF_THESE = (("of", "these"), ("of", "those"), ("of", "them"), ("from", "these"))


def _after_asking(segment: Sequence[Token]) -> int:
    """The position after "take" or "I want" before what is chosen; 0 without them."""
    words = {token.text for token in segment}
    if not segment or segment[0].text not in _ASKING or words & _REFERRING:
        return 0
    line = "".join(map(encode, segment))
    end = longest_match(POLITE_OPENINGS, segment[0].text, line, 0)
    after, offset = 0, 0
    while offset < end:
        offset += len(encode(segment[after]))
        after += 1
    chosen = after < len(segment) and segment[after].text in v.DEFINITE | v.NARROWING
    return after if chosen else 0


_REFERRING = v.words("it its them their there")
"""Words of what was introduced before: "there is a lake, show the house next to it"."""

_ASKING = v.words("take pick choose show give get find mark select highlight i we")


def _adds_with_doubt(texts: Sequence[str]) -> bool:
    """Whether "I think" only casts doubt on a number or a place that follows."""
    thinks = texts[:1] in (("i",), ("we",)) and texts[1:2] and texts[1] in _THINKING
    counts = texts[2:3] in (("<n>",), ("one",)) and tuple(texts[3:5]) == ("of", "them")
    placed = bool(texts[2:3]) and texts[2] in v.RELATING
    return bool(thinks) and (counts or placed)


def _narrows(segment: Sequence[Token]) -> bool:
    """Whether "only" after a noun narrows what came before: "basin, water only"."""
    *named, last = (token.text for token in segment) if segment else ("",)
    plain = all(text.isalpha() for text in named)
    first = v.RELATING | v.PREPOSITIONS | v.DETERMINERS | v.COPULAS
    return last == "only" and bool(named) and plain and named[0] not in first


def _guesses(segment: Sequence[Token]) -> bool:
    """Whether a noun is named with a doubt: "a buoy perhaps", "tank maybe"."""
    *named, last = (token.text for token in _without_thought(segment))
    plain = not v.RELATING.union(v.COLOURS).intersection(named)
    words = all(text.isalpha() for text in named)
    return last in _HEDGES and 0 < len(named) <= _MAX_GUESS and plain and words


def _without_thought(segment: Sequence[Token]) -> Sequence[Token]:
    """Tokens with "I guess" at their end as one word: "perhaps"."""
    texts = tuple(token.text for token in segment[-2:])
    if len(segment) > 2 and texts[0] in ("i", "we") and texts[1] in _THINKING:
        return [*segment[:-2], segment[-1]._replace(text="perhaps")]
    return segment


def _guessed(segment: Sequence[Token]) -> list[Token]:
    """A guess as another name of the same thing: "the buoy"."""
    segment = _without_thought(segment)
    the = segment[-1]._replace(text="the", surface="the")
    start = 1 if segment[0].text in v.INDEFINITE else 0
    return [the, *segment[start:-1]]


_MAX_GUESS = 3
"""Tokens of a guess."""

_LOOKS = v.words("looks look")


def _says_what_it_is(texts: Sequence[str]) -> bool:
    """Whether "I think it is the" begins here."""
    thinks = texts[:1] in (("i",), ("we",)) and texts[1:2] and texts[1] in _THINKING
    said = tuple(texts[2:4]) in (("it", "is"), ("they", "are"))
    return bool(thinks) and said and tuple(texts[4:5]) == ("the",)


def _is_aside(segment: Sequence[Token]) -> bool:
    """Whether the words between two commas are a remark."""
    texts = tuple(token.text for token in segment[:5])
    if _says_what_it_is(texts) or _adds_with_doubt(texts):
        return False
    words = [token.text for token in segment[:2]] + ["", ""]
    line = "".join(map(encode, segment))
    return (
        longest_match(REMARKS, words[0], line, 0) == len(line)
        or longest_match(REMARKS_BEGIN, words[0], line, 0) > 0
        or (words[0] in _HEDGES and not _places(words[1]))
        or (words[0] == "for" and segment[-1].text in PURPOSES)
        or _denies_others(segment)
        or (words[0] in ("i", "we") and words[1] in _THINKING)
        or (words[0] in ("i", "we") and _speaks_of_them(segment))
        or (words[0] == "if" and words[1] in _CONDITIONAL)
        or (words[0] == "there" and words[1] in _MODALS)
        or _is_contrast(segment, 0)
    )


def _speaks_of_them(segment: Sequence[Token]) -> bool:
    """Whether "we insure them" is all that is said."""
    return len(segment) in (3, 4) and segment[2].text in ("it", "them")


def _time(segment: Sequence[Token]) -> int:
    """Where "when it rains" begins, which no picture shows; else the length."""
    for place in range(1, len(segment) - 2):
        if segment[place].text == "when" and segment[place + 1].text in _SUBJECTS:
            return place
    return len(segment)


_SUBJECTS = v.words("i we you they it he she people")


def _places(text: str) -> bool:
    """Whether a place or a relation begins with a token: "probably bottom left"."""
    return text == "<d>" or text in v.RELATING


def _denies_others(segment: Sequence[Token]) -> bool:
    """Whether it is only said that nothing else is meant: "no other pitch"."""
    texts = [token.text for token in segment]
    others = texts[:2] in (["without", "other"], ["nothing", "else"])
    return others and v.RELATING.isdisjoint(texts)


def _without_thinking(segment: Sequence[Token]) -> list[Token]:
    """ "the building I think near the road"."""
    kept = [token for token in segment if token.text not in _ADVERBS]
    if kept and kept[0].text in _HEDGES:
        del kept[0]
    for place in range(len(kept) - 2, 0, -1):  # "a lawn or so by the road"
        near = [token.text for token in kept[place - 1 : place + 3]]
        plain = not near[0].startswith("<") and v.RELATING.issuperset(near[3:])
        if near[1:3] == ["or", "so"] and plain:
            del kept[place : place + 2]
    kept = kept[: _time(kept)]
    for place in range(len(kept) - 2, 0, -1):
        if kept[place].text == "anywhere" and kept[place + 1].text in v.RELATING:
            del kept[place]
    contrast = (k for k in range(1, len(kept)) if _is_contrast(kept, k))
    kept = kept[: next(contrast, len(kept))]
    for place in range(len(kept) - 2, -1, -1):
        words = tuple(token.text for token in kept[place : place + 3])
        if words[:2] in _VAGUE and words[2:] and words[2] in v.RELATING:
            del kept[place : place + 2]  # "sort of in the middle"
    for place in range(1, len(kept) - 1):
        if (kept[place].text, kept[place + 1].text) == ("or", "whatever"):
            del kept[place : _after_whatever(kept, place + 2)]
            break
    for place in range(len(kept) - 2, 0, -1):
        for words in _OR_ALIKE:  # "a dredger or some such working alone"
            some = kept[place : place + len(words)]
            if tuple(token.text for token in some) == words:
                del kept[place : place + len(words)]
    for place in range(len(kept) - 2, 0, -1):
        if kept[place].text in ("i", "we") and kept[place + 1].text in _THINKING:
            del kept[place : place + 2]
    return kept


def _after_whatever(segment: Sequence[Token], place: int) -> int:
    """The position after "it is" in "the mall or whatever it is by the road"."""
    some = range(place, min(place + _MAX_WHATEVER, len(segment)))
    verb = next((k for k in some if segment[k].text in ("is", "are")), place - 1)
    return verb + 1


_MAX_WHATEVER = 5
"""Tokens of "this big complex is"."""


def _is_contrast(segment: Sequence[Token], place: int) -> bool:
    """Whether it is said from here on how the others are: "while the rest are grey"."""
    texts = [token.text for token in segment[place:]]
    if texts[:1] == ["where"]:  # "a roof that is red where all others are grey"
        looks = not v.NON_PLACES.union({"<size>"}).isdisjoint(texts)
        said = not _OTHERS.isdisjoint(texts[1:4]) and looks
        return said and texts[1] in v.DETERMINERS | {"most"}
    others = not _COMPARED.isdisjoint(texts)
    return bool(texts) and texts[0] in _CONTRASTS and others


_OTHERS = v.words("others other rest")


def before_purpose(tokens: Sequence[Token], start: int, stop: int) -> int:
    """Where a request ends that says what it is for: "the tanks for my inventory"."""
    last = tokens[stop - 1].text if stop > start else ""
    for index in range(start + 1, stop - 1):
        text, follows = tokens[index].text, tokens[index + 1].text
        own = follows in _OWNERS or (follows in v.DEFINITE and last in PURPOSES)
        if (text == "for" and own) or text in _REASONS:
            return index
        if (text, follows) in (("so", "that"), ("in", "order")):
            return index
    return stop
