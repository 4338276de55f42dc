"""Reads what conjunctions and commas join.

Conditions ("in the north and near the road"), and what is said of members of a set in
turn ("two ships, one red, one white"), told from adjectives that a comma parts.
"""

from __future__ import annotations

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import is_plural, sense, singular
from rrsis_geo.query.parser.anchored_relations import apply_match
from rrsis_geo.query.parser.filters import add_side, of_size
from rrsis_geo.query.patterns.pattern_matcher import Match, PatternMatcher
from rrsis_geo.query.phrases.noun_phrase import NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader
from rrsis_geo.query.phrases.selectors import Filter, leaving_out_both, said_not
from rrsis_geo.query.phrases.thing_lists import is_in_either
from rrsis_geo.query.tokenizer.token_kinds import Token

MAX_ADJECTIVES = 12
"""Tokens among which a noun is looked for, so that no text takes long."""

_SEPARATORS = v.COORDINATORS | {",", "but", "with"}
_MEMBERS = v.words("one another a an <n>")
_TELLING = v.COLOURS | v.words("<size> <d> <most> <cmp> <sup>")
"""Tokens that tell one of a set from the others."""


def read_enumeration(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """Read members from a comma or "with" on: "one red and the other white".

    Args:
        parser: The parser of the text.
        i: Position of the comma.
        phrase: The set, with a noun; its members take its place.

    Returns:
        The position after the last member; None where no two members are named.
    """
    matcher = parser.matcher
    noun = phrase.noun()
    if noun is None or phrase.number is None or phrase.number < 2:
        return None
    whole = phrase.without_count().build()
    starts = [
        place
        for place in range(i, matcher.stop)
        if matcher.text(place) in _SEPARATORS and _after_member(parser, place + 1)
    ]
    if len(starts) < 2 or starts[0] != i or whole is None:
        return None
    parts: list[Node] = []
    end = matcher.stop
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        with matcher.limited(stop):
            part = _member(parser, _after_member(parser, start + 1), whole)
        if part is None:
            return None
        parts.append(n.Counted(part, _number(parser, start + 1), definite=True))
    phrase.clear()
    phrase.base = n.Union(tuple(parts))
    return end


def leads_to_known_noun(parser: PhraseReader, i: int) -> bool:
    """Whether words of appearance, at least one, and a noun of the vocabulary follow.

    So "tents, cars" stays two things, although tents are not in the vocabulary.
    """
    matcher = parser.matcher
    for j in range(i, min(i + MAX_ADJECTIVES, matcher.stop)):
        token = matcher.tokens[j]
        if j > i and token.text in (",", *v.COORDINATORS) and j + 1 < matcher.stop:
            continue
        if token.text in v.DETERMINERS or matcher.match(j) is not None:
            return False
        after = matcher.tokens[j + 1].surface if j + 1 < matcher.stop else ""
        if sense((token.surface, singular(after)))[0] > 1 or _is_noun(token):
            return j > i
    return False


def _describes(token: Token) -> bool:
    """Whether a word is surely an adjective."""
    return token.text in v.NON_PLACES | v.FORMS or token.text.endswith(("ed", "ing"))


def _goes_on(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether a further adjective and a noun follow: "pale, nearly white parcel"."""
    text, follows = parser.matcher.text(i), parser.matcher.text(i + 1)
    known = v.COLOURS | v.FORMS
    more = text in known or (text.endswith("ly") and follows in known)
    after = parser.matcher.text(i + 1 if text in known else i + 2)
    noun = after.isalpha() and after not in v.RELATING
    return _describes(phrase.adjectives[-1]) and more and noun


def _is_noun(token: Token) -> bool:
    """Whether a word names a class by itself."""
    return sense((singular(token.surface),))[1] is not None


def _after_member(parser: PhraseReader, i: int) -> int:
    """The position after "one", "two" or "the other"; 0 where there is none."""
    text = parser.matcher.text
    if text(i) in _MEMBERS:
        return i + 1
    if text(i) == "the" and text(i + 1) in ("other", "third", "last"):
        return i + 2
    alone = text(i + 2) in ("", ",", "and", "one")
    if text(i) == "the" and text(i + 1) in _TELLING and alone:
        return i + 1  # "both courts, the green and the red one"
    return 0


def _number(parser: PhraseReader, i: int) -> int:
    token = parser.matcher.tokens[i]
    return int(token.value) if token.text == "<n>" else 1  # type: ignore[arg-type]


def _member(parser: PhraseReader, i: int, whole: Node) -> Node | None:
    """The set with what is said of one member; None where words are left over."""
    matcher = parser.matcher
    while matcher.text(i) in v.COPULAS | {"of", "them"}:
        i += 1
    part = NounPhrase("head", whole)
    i = parser.read_premodifiers(i, part)
    part.pronoun = "one"
    if [token.text for token in part.adjectives] == ["<size>"]:
        part.noun_filters.append(of_size(part.adjectives.pop()))  # "the large and ..."
    i = parser.read_postmodifiers(i, part)
    said = part.adjectives or part.filters or part.has_premodifier()
    return part.build() if said and i >= matcher.stop else None


def is_conjunction(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether a word joins a further condition to those before."""
    matcher = parser.matcher
    return matcher.text(i) in v.COORDINATORS or matcher.adds_condition(i)


def read_conjunction(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """Both of "in the north and near the road"; either of two places."""
    matcher, j = parser.matcher, _after_clause_opening(parser, i + 1)
    again = j > i + 1
    while matcher.text(j) in _FILLERS | v.STATIVE:
        j += 1
    match = matcher.match(j, bare=True) or _second_place(matcher, j, phrase)
    if _joins_participles(matcher, i) and phrase.unparsed:
        phrase.unparsed.extend(matcher.tokens[i : i + 2])
        return i + 2  # "a pool that is drained or covered"
    if phrase.last_handler == "most" and _is_last_side(matcher, j):
        add_side(phrase, str(matcher.tokens[j].value), matcher.tokens[j].at)
        return j + 1
    if match is None and matcher.text(j) == "not" and phrase.role == "head":
        return j  # "not red and not white"
    if match is None or phrase.role != "head":
        return j if again and phrase.role == "head" and j < matcher.stop else None
    conditions = (phrase.filters, phrase.noun_filters, phrase.directions)
    ordered = match is not None and match.handler == phrase.last_handler == "most"
    said = again or any(conditions) or phrase.unparsed or phrase.base is not None
    said = said or ordered
    if not (said or matcher.text(i - 1) in v.NON_PLACES):
        return None
    count, before = len(phrase.filters), phrase.last_handler
    places = {before, match.handler} <= _PLACES
    denial = said_not(phrase.filters[-1]) if count else ()
    denies = (
        bool(denial) and matcher.text(i) != "," and (places or matcher.text(i) == "or")
    )
    after = apply_match(parser, match, phrase, ())
    if denies and len(phrase.filters) == count + 1:
        # "not near the road or in the north" is neither
        one, other = phrase.filters[count - 1 :]
        phrase.filters[count - 1 :] = [leaving_out_both(one, other, denial)]
        return after
    either = places or matcher.text(i) in ("or", ",")
    apart = is_in_either(match, phrase) and not again
    if apart and count and all(map(_is_within, phrase.filters[count - 1 :])):
        either = True  # "on the road and in the parking lot"
    listed = matcher.text(i) != "," or matcher.text(after) in ("and", "or", ",")
    if either and count and len(phrase.filters) == count + 1:
        one, other = phrase.filters[count - 1 :]
        if not listed and _cross(one, other):
            return after  # "at the bottom, left of the centre"
        phrase.filters[count - 1 :] = [_either(one, other)]
    return after


_PLACES = frozenset(("place", "edge"))


def _is_within(keep: Filter) -> bool:
    """Whether a condition is to be in one thing, or in one of several."""
    node = keep(Find(""))
    parts = node.parts if isinstance(node, n.Union) else (node,)
    return all(isinstance(part, n.Inside) for part in parts)


def _second_place(matcher: PatternMatcher, i: int, phrase: NounPhrase) -> Match | None:
    """ "the right" in "on the left or the right"."""
    if phrase.last_handler not in _PLACES or matcher.text(i) != "the":
        return None
    match = matcher.match(i + 1, bare=True)
    return match if match is not None and match.handler in _PLACES else None


def _joins_participles(matcher: PatternMatcher, i: int) -> bool:
    """Whether two participles say what became of a thing: "drained or covered"."""
    said = matcher.text(i - 2) in v.COPULAS
    return said and matcher.text(i + 1).endswith(("ed", "en", "wn"))


def _cross(one: Filter, other: Filter) -> bool:
    """Whether one place is across the picture and the other along it."""
    axes = []
    for keep in (one, other):
        node = keep(Find(""))
        place = node.place if isinstance(node, n.InPlace) else ""
        axes.append(place in _ACROSS)
        if place not in _ACROSS | _ALONG:
            return False
    return axes[0] != axes[1]


_ACROSS = v.words("left right west east")
_ALONG = v.words("top bottom north south")


def _is_last_side(matcher: PatternMatcher, i: int) -> bool:
    """Whether one more side ends what is compared: "more to the left and lower"."""
    return matcher.text(i) == "<d>" and matcher.text(i + 1) in ("", ",")


_FILLERS = v.words("also but is are")


def _after_clause_opening(parser: PhraseReader, i: int) -> int:
    """The position after "it is" or "they are", which speak of the same things."""
    text = parser.matcher.text
    if text(i) in ("it", "they", "which", "that") and text(i + 1) in ("is", "are"):
        return i + 2
    return i


def _either(one: Filter, other: Filter) -> Filter:
    return lambda node: n.Union((one(node), other(node)))


def read_comma_of_adjectives(
    parser: PhraseReader, i: int, phrase: NounPhrase
) -> int | None:
    """A comma among premodifiers: "the largest, white tank", "the long, thin shed"."""
    if parser.matcher.text(i + 1) in {"same", *v.REQUESTING}:
        return None  # "by the hedge, same driveway", "the left one, show ..."
    ranks = phrase.rank is not None and parser.matcher.text(i + 1) == "<ord>"
    if ranks and not (phrase.has_noun() or phrase.group):  # "first, second and third"
        return read_conjunction_of_adjectives(parser, i, phrase)
    if phrase.adjectives:
        describes = phrase.adjectives[-1].text in v.MOSTLY_ADJECTIVES
        if phrase.role == "anchor" and not _describes(phrase.adjectives[-1]):
            return None  # "next to the school, red roof"
        open_end = describes or _may_join_adjectives(phrase)
        leads = leads_to_known_noun(parser, i + 1) or _goes_on(parser, i + 1, phrase)
        return i + 1 if open_end and leads else None
    if not phrase.has_premodifier():
        return None
    if phrase.group and parser.matcher.text(i + 1) == "<ord>":
        return None  # "in the second row, third from the left"
    matcher = parser.matcher
    bare = matcher.text(i + 1) == "<d>"
    if (
        matcher.text(i + 1) in v.DEFINITE | v.STATIVE
        or matcher.match(i + 1, bare=bare) is not None
    ):
        return None
    return i + 1


def read_conjunction_of_adjectives(
    parser: PhraseReader, i: int, phrase: NounPhrase
) -> int | None:
    """A conjunction of ranks, "second and third", or of adjectives."""
    matcher = parser.matcher
    after = matcher.tokens[i + 1] if i + 1 < matcher.stop else None
    ranks = phrase.rank is not None and not (phrase.adjectives or phrase.group)
    if ranks and phrase.rank is not None and after is not None:
        next_rank = phrase.rank + (phrase.number or 1)
        if after.text == "<ord>" and after.value == next_rank:
            phrase.number = (phrase.number or 1) + 1
            phrase.rank_at = (*phrase.rank_at, *matcher.at(i, i + 2))
            return i + 2
        if after.text == "<ord>" and phrase.number is None:  # "first and third"
            phrase.more_ranks.append(int(str(after.value)))
            phrase.rank_at = (*phrase.rank_at, *matcher.at(i, i + 2))
            return i + 2
    if not _may_join_adjectives(phrase):
        return None
    if (
        matcher.text(i + 1) in v.DETERMINERS | {"<n>", "one"}
        or matcher.match(i + 1) is not None
    ):
        return None
    phrase.adjectives.append(matcher.tokens[i])
    return i + 1


def _may_join_adjectives(phrase: NounPhrase) -> bool:
    """Whether the last word is no noun yet: "white and ..."."""
    if not phrase.adjectives or phrase.pronoun:
        return False
    noun = phrase.noun()
    if noun is None or noun.categories:
        return False
    return not is_plural(phrase.adjectives[-1].surface)
