"""Reads a set that is named before what is chosen: "of the two ships, the ..."."""

from __future__ import annotations

from dataclasses import replace

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.phrases import head_noun
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.phrases.noun_phrase import MAX_DEPTH, NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader

_SINGULAR_VERBS = v.words("is was lies sits stands")
_ASKING = v.words("take pick choose mark show find select give i highlight outline")
_CHOOSING = v.DEFINITE | v.words(
    "which what one <sup> <most> <cmp> <nearest> <d> <ord> last only just"
)
"""Tokens that begin what is chosen of a set."""

_ONE = ("one", "ones", "<sup>", "<most>")


def read_fronted_set(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "of the four courts, the leftmost", "which of them is ..."."""
    text = parser.matcher.text
    asks = text(i) in ("which", "what")
    i += (text(i), text(i + 1)) == ("out", "of")
    if text(i + asks) not in ("of", "among", "from", "between"):
        return i
    if text(i + asks) == "between" and not _is_number_of(parser, i + asks + 1):
        return i  # "between the two lakes, a house" names no set
    base, j = _read_set(parser, i + asks + 1, asks, phrase.depth + 1)
    ends = text(j) in (v.FINITE_VERBS if asks else (",",))
    ends = ends and j < parser.matcher.stop
    if not ends and (asked := parser.matcher.after_request(j)) > j:
        j = asked  # "of the two ships take the longer one"
    several = isinstance(base, n.Grouped)
    several = several or (isinstance(base, n.Counted) and base.number > 1)
    several = several or (text(i + 1) == "all" and text(j + 1) in _ONE)
    goes_on = text(j) == "the" and (text(i) != "of" or several)
    if base is None or not (asks or ends or goes_on):
        return i
    phrase.antecedent = base
    if asks and ends:
        one = text(j) in _SINGULAR_VERBS
        phrase.determiner = "the" if one else ""
        if text(j + 1) not in v.DETERMINERS | v.ISOLATED:
            phrase.pronoun = "one" if one else "ones"  # "is parked nearer the road"
    return parser.matcher.after_request(j + 1) if ends and not asks else j + ends


def _is_number_of(parser: PhraseReader, i: int) -> bool:
    """Whether one of a counted set is chosen: "between the two sheds, the larger"."""
    several = NounPhrase("anchor", None, MAX_DEPTH)
    end = parser.read_premodifiers(i, several)
    comma = next((k for k in range(end, parser.matcher.stop) if _chooses(parser, k)), 0)
    chosen = NounPhrase("head", None, MAX_DEPTH)
    parser.read_premodifiers(comma + 1, chosen)
    alone = comma > 0 and chosen.noun() is None and not chosen.is_empty()
    return alone and bool(several.number and several.number > 1)


def _read_set(
    parser: PhraseReader, i: int, asks: bool, depth: int
) -> tuple[Node | None, int]:
    """The set, up to the comma before what is chosen of it."""
    matcher = parser.matcher
    places = range(i, 0 if asks else matcher.stop)
    comma = next((k for k in places if _chooses(parser, k)), matcher.stop)
    comma = next((k for k in range(i, comma) if not asks and _asks(parser, k)), comma)
    if matcher.text(i) == "all" and not asks:
        comma = next((k for k in range(i + 2, comma) if _goes_on(parser, k)), comma)
    with matcher.limited(comma):
        base, j = parser.read_phrase(i, antecedent=None, role="inner", depth=depth)
    if base is not None or comma == matcher.stop:
        return base, j
    several, chosen = (NounPhrase("head", None, MAX_DEPTH) for _ in range(2))
    parser.read_premodifiers(i, several)
    parser.read_premodifiers(comma + 1, chosen)
    noun = chosen.noun()  # "of the two yellow ones, the car ..."
    if noun is None or not (noun.categories and several.is_plural()):
        return None, i
    noun = replace(noun, plural=True)
    with matcher.limited(comma):
        return parser.read_phrase(i, antecedent=noun, role="inner", depth=depth)


def _asks(parser: PhraseReader, i: int) -> bool:
    """Whether a request follows the set: "of the two ships take the longer"."""
    asked = parser.matcher.after_request(i) if parser.matcher.text(i) in _ASKING else i
    return asked > i and parser.matcher.text(asked) in v.DEFINITE


def _goes_on(parser: PhraseReader, i: int) -> bool:
    """Whether what is chosen follows a set at once: "of all the ships the longest"."""
    text = parser.matcher.text
    relates = text(i - 1) in v.RELATING | v.PREPOSITIONS | v.COPULAS | {"of", "than"}
    return text(i) == "the" and text(i + 1) in _ONE and not relates


def _chooses(parser: PhraseReader, i: int) -> bool:
    """Whether a comma ends a set, and what is chosen of it follows."""
    matcher = parser.matcher
    chosen = matcher.text(i + 1) in _CHOOSING or _asks(parser, i + 1)
    return matcher.text(i) == "," and chosen


def refer_to_set(phrase: NounPhrase) -> None:
    """Read "of the two ships, the red ship" as "of the two ships, the red one"."""
    noun, whole = phrase.noun(), phrase.antecedent
    if whole is None or phrase.base is not None:
        return
    if phrase.pronoun and (named := _named_kind(phrase)) is not None:
        some = whole.of if isinstance(whole, n.Counted) else whole
        phrase.antecedent, phrase.adjectives = _renamed(some, named), []
        return
    if noun is not None and noun == head_noun(whole):
        _drop_noun(phrase)
    elif noun is not None and _is_comparative(phrase):
        phrase.pronoun = "one"  # "of the two car parks, the emptier"
    if phrase.adjectives and phrase.pronoun and isinstance(whole, n.Counted):
        phrase.antecedent = whole.of  # the number is not of the red ones


def _named_kind(phrase: NounPhrase) -> Find | None:
    """What "which of the vehicles are trucks" asks for; None for looks."""
    named = NounPhrase("inner", None, adjectives=phrase.adjectives).build()
    if not isinstance(named, Find):
        return None
    return named if named.categories or named.plural else None


def _renamed(node: Node, named: Find) -> Node:
    """A set of things of another name."""
    if isinstance(node, Find):
        return replace(named, at=tuple(sorted({*node.at, *named.at})))
    if isinstance(node, n.Union):
        return named
    return replace(node, of=_renamed(node.of, named))


def _is_comparative(phrase: NounPhrase) -> bool:
    """Whether an adjective, "emptier" or "greenest", stands in place of a noun."""
    noun = phrase.noun()
    last = phrase.adjectives[-1].text
    unknown = noun is not None and not noun.categories
    return unknown and phrase.determiner == "the" and last.endswith(("er", "est"))


def _drop_noun(phrase: NounPhrase) -> None:
    """Let a pronoun stand in place of the noun."""
    _, length, _ = phrase.resolve_noun()
    plural = phrase.is_plural()
    while length > 0:
        token = phrase.adjectives.pop()
        length -= len(token.surface.split())
        phrase.silent_words.extend(token.at)
    phrase.pronoun = "ones" if plural else "one"
