"""Reads what a comma adds to the same things: "the ship, the one on the left"."""

from __future__ import annotations

from dataclasses import replace

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.phrases import add_words
from rrsis_geo.language.traversal import spine
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import singular
from rrsis_geo.query.parser.anchored_relations import apply_match
from rrsis_geo.query.parser.coordination import read_conjunction
from rrsis_geo.query.parser.descriptions import try_premodifiers
from rrsis_geo.query.parser.filters import of_size
from rrsis_geo.query.patterns.pattern_matcher import PatternMatcher
from rrsis_geo.query.phrases.noun_phrase import NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader
from rrsis_geo.query.phrases.selectors import Selector


def is_comma(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether a comma, or a word that narrows as one does, stands here."""
    matcher = parser.matcher
    return matcher.text(i) == "," or matcher.after_narrowing(i) > i


def read_comma(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """What a comma or "only" adds to the same things; the head only has such."""
    if phrase.role != "head":
        return None
    matcher, j = parser.matcher, _after_opening(parser, i)
    listed = matcher.text(j) == "<d>" and _handler(matcher, j) == "place"
    if phrase.last_handler == "place" and listed and phrase.filters:
        return read_conjunction(parser, i, phrase)  # "on the left, right and ..."
    if (chosen := _read_one_of_several(parser, j, phrase)) > j:
        return chosen
    shows = matcher.text(j) == "that" and matcher.text(i + 1) in v.REQUESTING
    if _starts_condition(parser, j) and not shows:  # "outline that roof" is none
        return j
    addition = NounPhrase(phrase.role, phrase.antecedent, phrase.depth)
    k = parser.read_premodifiers(j, addition)
    placed = _handler(matcher, k) == "place"
    if addition.pronoun and placed and phrase.last_handler == "place":
        return None  # "small ones in the north, large ones in the south"
    narrowed = matcher.text(j - 1) in v.NARROWING
    if narrowed and addition.noun() == phrase.noun() and _is_plain(addition):
        return k  # "the bridge. Only the bridge, not the road"
    if addition.group and phrase.is_singular() and phrase.has_noun():
        k = _after_rank_side(parser, k, addition)
        phrase.filters.append(lambda node: _members_of(addition, node))
        return k  # "the largest tank, top row"
    one = addition.pronoun == "one" and addition.determiner == "the"
    several = phrase.number is not None and phrase.number > 1
    if one and several and not placed and _is_bare(addition):
        phrase.number, phrase.number_at = 1, ()
        return k  # "the two vans, the one with a ladder"
    unnamed = addition.chooses_one() and not addition.has_noun()
    unnamed = one or (unnamed and addition.determiner == "the")
    counted = unnamed or _are_fewer(phrase, addition)
    counted = counted and _count_before_choice(phrase, addition)
    if one and _is_plain(addition) and (counted or phrase.is_one_group()):
        return _read_place_in_group(parser, k, phrase)
    fewer = counted and addition.number is not None
    return _add(parser, (i, j, k), phrase, addition, fewer=fewer)


def _after_rank_side(parser: PhraseReader, i: int, rows: NounPhrase) -> int:
    """The position after "from the top" of ", second row from the top"."""
    match = parser.matcher.match(i)
    counts = match is not None and match.handler == "from" and rows.rank is not None
    return apply_match(parser, match, rows, ()) if match and counts else i


def _after_opening(parser: PhraseReader, i: int) -> int:
    """The position after a comma and words such as "give me only", "it is", "but"."""
    matcher, j = parser.matcher, i + 1
    if matcher.text(j) in v.REQUESTING:
        j = matcher.after_request(j)  # "two ships, give me the left one"
    while matcher.text(j) in _AFTER_COMMA:
        j += 1
    if matcher.text(j) in _AGAIN and matcher.text(j + 1) in ("is", "are"):
        j += 2  # "the shed. It is the big one"
    return max(matcher.after_narrowing(i), matcher.after_narrowing(j))


def _add(
    parser: PhraseReader,
    places: tuple[int, int, int],
    phrase: NounPhrase,
    addition: NounPhrase,
    *,
    fewer: bool,
) -> int | None:
    """Add what is said of the same things.

    Args:
        parser: The parser of the text.
        places: Positions of the comma, and where the addition starts and ends.
        phrase: What the things are.
        addition: What is said of them.
        fewer: Whether it chooses some of a number of them.

    Returns:
        The next position, None where other things are named.
    """
    matcher, (i, j, k) = parser.matcher, places
    _take_generic_noun(addition)
    if is_apposition(parser, addition, k):
        if addition.group:
            phrase.number = None
        phrase.add_apposition(addition)
        if fewer:
            return _read_place_in_group(parser, k, phrase)
        if phrase.of_members and phrase.rank and not phrase.selectors:
            phrase.rank_side = phrase.rank_side or _first_side(phrase)
        return _after_looks(matcher, k, phrase) if addition.noun_filters else k
    refers = addition.determiner == "the" or matcher.text(j) in v.DEFINITE
    if addition.pronoun and refers and _is_plain(addition):
        return k  # "the bridge, the one with trains", "only those with a red roof"
    if is_part(addition) and phrase.has_noun():
        with_it = matcher.tokens[i]._replace(text="with", surface="with", at=())
        phrase.unparsed.extend((with_it, *addition.adjectives))
        return k
    sized = [token for token in addition.adjectives if token.text == "<size>"]
    if sized and len(addition.adjectives) == 1 and phrase.has_noun():
        phrase.noun_filters.append(of_size(sized[0]))  # "ship, large"
        return _after_looks(matcher, k, phrase)
    named, vague = addition.noun(), phrase.noun()
    vague = vague if vague is not None and vague.noun in v.GENERIC else None
    if named is not None and not addition.pronoun and (addition.determiner or vague):
        return None  # "a strange thing: boarding tubes"
    return j


def _first_side(phrase: NounPhrase) -> str:
    """The side that the first of a group is on: "a row of trees, the third one"."""
    placed = (keep(Find("")) for keep in phrase.filters)
    groups = [one for one in (phrase.base, *placed) if isinstance(one, n.Grouped)]
    return "top" if any(one.form == "column" for one in groups) else "left"


def _after_looks(matcher: PatternMatcher, i: int, phrase: NounPhrase) -> int:
    """The position after "and brown" of ", small and brown"; it precedes the noun."""
    if matcher.text(i) != "and" or matcher.text(i + 1) not in v.COLOURS | v.FORMS:
        return i
    phrase.adjectives.insert(0, matcher.tokens[i + 1])
    return i + 2


def _take_generic_noun(phrase: NounPhrase) -> None:
    """Read "easternmost thing" as "easternmost one"."""
    last = singular(phrase.adjectives[-1].surface) if phrase.adjectives else ""
    ordered = phrase.selectors and len(phrase.adjectives) == 1
    if ordered and last in v.GENERIC and not phrase.pronoun:
        phrase.pronoun = "ones" if phrase.is_plural() else "one"
        phrase.silent_words.extend(phrase.adjectives.pop().at)


def _is_plain(phrase: NounPhrase) -> bool:
    """Whether nothing is said of a noun or a pronoun."""
    said = phrase.has_premodifier() or phrase.group or phrase.filters
    return not said and len(phrase.adjectives) <= 1


def _is_bare(phrase: NounPhrase) -> bool:
    """Whether nothing at all is said of a noun or a pronoun."""
    return _is_plain(phrase) and not phrase.adjectives


def _members_of(group: NounPhrase, node: Node) -> Node:
    """The members of a group of things that a phrase names: "top row"."""
    row = replace(group, antecedent=node).build()
    return node if row is None else n.Members(row)


def _are_fewer(phrase: NounPhrase, addition: NounPhrase) -> bool:
    """Whether some of a number are meant: "four boats, the two on the left"."""
    some, whole = addition.number, phrase.number
    named = addition.determiner != "the" or addition.noun() is not None
    return not named and some is not None and whole is not None and some < whole


def _count_before_choice(phrase: NounPhrase, addition: NounPhrase) -> bool:
    """Whether one of a number is chosen: "three tanks, the middle one"."""
    number, at, definite = phrase.number, phrase.number_at, phrase.determiner != "a"
    if number is None or number < 2 or phrase.selectors or phrase.rank:
        return False
    if addition.adjectives or addition.group:  # "the three tanks, the white one"
        return False
    if not phrase.at_least:
        phrase.filters.append(lambda node: n.Counted(node, number, definite, at=at))
    phrase.number, phrase.number_at, phrase.at_least = None, (), False
    phrase.selectors.extend(addition.directions)
    addition.directions = []
    if addition.rank and not (addition.selectors or phrase.selectors):
        addition.rank_side = addition.rank_side or "left"  # "three boats, the first"
    return True


def _read_place_in_group(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "three trucks in a row, the one on the right": the last of them."""
    match = parser.matcher.match(i, bare=True)
    token = parser.matcher.first("<d>", match) if match is not None else None
    if match is None or match.handler != "place" or token is None:
        return i
    at = parser.matcher.at(i, match.stop)
    phrase.selectors.append(Selector("most", str(token.value), at))
    phrase.of_members = phrase.is_one_group()
    return match.stop


_POINTING = v.words("this that these those")
_AGAIN = v.words("what it they that this these those")
_AFTER_COMMA = v.COORDINATORS | v.words(
    "but preferably find show mark select segment highlight outline pick choose"
)


def _read_one_of_several(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """The position after "the lower of the two sheds", which says which is meant.

    The same position where nothing is chosen so.
    """
    matcher = parser.matcher
    words = tuple(matcher.text(i + k) for k in range(5))
    if words[:1] + words[2:] != ("the", "of", "the", "<n>") or words[1] != "<d>":
        return i
    some, stop = try_premodifiers(parser, i + 3)
    if not (some.number and phrase.has_noun()):
        return i
    phrase.number = None
    at = matcher.at(i, stop)
    phrase.selectors.append(Selector("most", str(matcher.tokens[i + 1].value), at))
    return stop


def _handler(matcher: PatternMatcher, i: int) -> str:
    match = matcher.match(i, bare=True)
    return match.handler if match is not None else ""


def _starts_condition(parser: PhraseReader, i: int) -> bool:
    """Whether what follows a comma is a postmodifier or an exception."""
    matcher, text = parser.matcher, parser.matcher.text(i)
    if matcher.match(i, bare=True) is not None or text == "not":
        return True
    if text == "that" and matcher.text(i + 1) == "one":
        return False  # "the lorry, that one by the gate"
    if text in v.DESCRIPTIVE or text in v.COPULAS:
        return True
    return matcher.after_exception(i) > i


def is_apposition(parser: PhraseReader, addition: NounPhrase, stop: int) -> bool:
    """Whether words say more of the same things: "the largest", "the red one"."""
    if addition.pronoun:
        modified = addition.adjectives or addition.has_premodifier() or addition.group
        return bool(modified or parser.matcher.match(stop))
    named = addition.adjectives or addition.base is not None
    return not named and addition.has_premodifier()


def is_part(phrase: NounPhrase) -> bool:
    """Whether a part of a thing is described: "white roof" of "ship, white deck"."""
    if len(phrase.adjectives) < 2 or phrase.determiner or phrase.has_premodifier():
        return False
    return phrase.adjectives[-1].text in v.PARTS_OF_THINGS


def may_restate(one: Find | None, other: Find | None) -> bool:
    """Whether two nouns may name the same thing, as those of different classes do not.

    So does a repeated noun, since "the ship on the left, the ship by the pier" are two.
    """
    if one is None or other is None or one.noun == other.noun:
        return False
    if one.noun in v.GENERIC:
        return True
    if one.categories and other.categories:
        return not set(one.categories).isdisjoint(other.categories)
    return bool(one.categories or other.categories)


def restates(parser: PhraseReader, i: int, node: Node, more: Node) -> bool:
    """Whether a phrase after a comma names again what was named before it.

    "The smallest of the planes, the one-engined thing": not a union of both.

    Args:
        parser: The parser of the text.
        i: Position after the comma.
        node: What was named before.
        more: What is named from there on.
    """
    one, other = spine(node)[-1], spine(more)[-1]
    if not (isinstance(one, Find) and isinstance(other, Find)):
        return False
    named = one.noun in v.GENERIC and other.noun not in v.GENERIC
    i += parser.matcher.text(i) in v.NARROWING  # "only the track"
    definite = parser.matcher.text(i) in v.DEFINITE | v.UNIVERSAL
    if points_again(parser.matcher, i, one, other):
        return True
    return (definite or named) and may_restate(one, other)


def points_again(
    matcher: PatternMatcher, i: int, one: Find | None, other: Find | None
) -> bool:
    """Whether "those" points at what was named: "crop marks, those pale lines"."""
    unknown = one and other and not (one.categories or other.categories)
    return bool(unknown) and matcher.text(i) in _POINTING


def apposed(node: Node, more: Node) -> Node:
    """The things that two phrases name, with what each says of them.

    Both must rest on a `Find`. The phrase that names a class gives the noun; words of
    the other are left to the network.
    """
    *steps, one = spine(node)
    *further, other = spine(more)
    if not (isinstance(one, Find) and isinstance(other, Find)):
        return node
    if one == other:
        found: Node = one
    elif one.categories or not (other.categories or one.noun in v.GENERIC):
        repeated = one.noun.endswith(other.noun) and not other.narrows
        found = add_words(one, [] if repeated else _said(other), other.at)
    else:
        found = add_words(other, [], one.at, _said(one))
    one_only = steps and isinstance(steps[0], n.Counted) and steps[0].number == 1
    if one_only and (further or other.plural):
        steps = steps[1:]
    some = [*reversed(steps), *reversed(further)]
    if not any(isinstance(step, n.Grouped | n.Members | n.Except) for step in some):
        some.sort(key=lambda step: isinstance(step, _SELECTING))
    for step in some:
        if not isinstance(step, Find | n.Union):
            found = replace(step, of=found)
    return found


_SELECTING = n.Counted | n.Extreme | n.Sized | n.Distant | n.Middle
"""Steps that choose among what the others leave."""


def _said(find: Find) -> list[str]:
    """Words of a phrase that say more than that there is something."""
    words = find.phrase.split()
    return words[:-1] if words[-1:] and words[-1] in v.GENERIC else words
