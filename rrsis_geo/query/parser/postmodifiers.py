"""Reads what follows a noun: places, relations, exceptions, descriptions."""

from __future__ import annotations

from collections.abc import Callable

from rrsis_geo.language import nodes as n
from rrsis_geo.language.phrases import head_noun
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import WIDE, sense, singular
from rrsis_geo.query.parser.anchored_relations import apply_match
from rrsis_geo.query.parser.appositions import is_apposition, is_comma, read_comma
from rrsis_geo.query.parser.companions import NEIGHBOURS, has_companion, read_companion
from rrsis_geo.query.parser.coordination import is_conjunction, read_conjunction
from rrsis_geo.query.parser.descriptions import (
    completes_adverb,
    is_agent,
    leave_unparsed,
    read_description,
    try_premodifiers,
)
from rrsis_geo.query.parser.negations import (
    is_exception_of_some,
    is_main_verb,
    is_negation,
    read_negation,
    skip_verbs,
)
from rrsis_geo.query.patterns.pattern_matcher import (
    PRONOUN_ANCHORS,
    RELATED_TO_IT,
    Match,
    PatternMatcher,
)
from rrsis_geo.query.phrases.noun_phrase import NounPhrase
from rrsis_geo.query.phrases.partitives import ignore_words
from rrsis_geo.query.phrases.phrase_reader import PhraseReader
from rrsis_geo.query.phrases.quantifiers import (
    is_rank,
    is_rank_direction,
    read_rank,
    read_rank_direction,
    read_skipped,
    skips_some,
)
from rrsis_geo.query.phrases.selectors import At

Condition = Callable[[PhraseReader, int, NounPhrase], bool]
Read = Callable[[PhraseReader, int, NounPhrase], int | None]
"""Reads from a position on; the next position, or None where the noun phrase ended."""


def read_postmodifiers(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """Read what follows a noun; return the next position."""
    while i < parser.matcher.stop:
        parser.count_step()
        after = _read_token(parser, i, phrase)
        if after is None:
            break
        i = after
    return i


def _read_token(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    for applies, read in _READERS:
        if applies(parser, i, phrase):
            return read(parser, i, phrase)
    return leave_unparsed(parser, i, phrase)


def _is_one_of(texts: frozenset[str]) -> Condition:
    return lambda parser, i, phrase: parser.matcher.text(i) in texts


def _skip(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    return i + 1


def _end(parser: PhraseReader, i: int, phrase: NounPhrase) -> None:
    return None


def _read_owner_mark(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "'s", with the part of it that is named: "the runway's western end"."""
    matcher = parser.matcher
    named = matcher.text(i + 1) == "<d>" and matcher.text(i + 2) in v.PARTS
    named = named and matcher.text(i - 1) not in v.SCENE
    if not (named and phrase.role == "head" and phrase.has_noun()):
        return i + 1
    ignore_words(parser, matcher.at(i + 1, i + 3))
    phrase.silent_words.extend(matcher.at(i, i + 3))
    return i + 3


# The anchor of "the nearest tank to ..."


def _awaits_anchor(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    if parser.matcher.text(i) not in ("to", "from", "of", "by"):
        return False
    return any(s.kind == "nearest" and s.anchor is None for s in phrase.selectors)


def _read_awaited_anchor(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    node, j = parser.read_phrase(
        i + 1, antecedent=phrase.noun(), role="anchor", depth=phrase.depth + 1
    )
    if node is None:
        return leave_unparsed(parser, i, phrase)
    at = parser.matcher.at(i, i + 1)
    if phrase.adjectives and singular(phrase.adjectives[-1].surface) in NEIGHBOURS:
        phrase.silent_words.extend(p for token in phrase.adjectives for p in token.at)
        phrase.adjectives, phrase.base = [], head_noun(node)
    phrase.selectors = [
        selector._replace(anchor=node, at=selector.at + at)
        if selector.kind == "nearest" and selector.anchor is None
        else selector
        for selector in phrase.selectors
    ]
    return j


# Rules of the grammar and negations


def _find_rule(matcher: PatternMatcher, i: int) -> tuple[Match | None, At]:
    """The rule that matches here or after verbs, and the words that negate it."""
    if (matcher.text(i), matcher.text(i + 1)) == ("but", "not"):
        i += 1
    after, negation = skip_verbs(matcher, i)
    if (match := matcher.match(i, bare=True)) is not None:
        return match, ()
    return matcher.match(after, bare=True), negation


def _is_rule(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    match, exception = (
        _find_rule(parser.matcher, i)[0],
        parser.matcher.after_exception(i),
    )
    if phrase.role != "head" and is_main_verb(parser, i, phrase):
        return False
    if exception > i + 1 and match is not None and exception > match.stop:
        return False  # "without counting the largest" is not "without a road"
    return match is not None


def _read_rule(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    match, negation = _find_rule(parser.matcher, i)
    if match is None or _is_clause_of_head(parser.matcher, i, phrase):
        return None
    negated = negation and match.handler != "measured"
    if phrase.role != "head" and (negated or not _modifies_anchor(phrase, match)):
        return None
    on_it = parser.matcher.text(match.stop) in PRONOUN_ANCHORS and not phrase.pronoun
    if phrase.role != "head" and on_it and match.handler == "inside":
        return None  # "without cars on it"
    if match.handler == "opaque" and negation:
        return read_description(parser, i, phrase)  # with its "not"
    if is_agent(parser, match, phrase) or completes_adverb(parser, match, phrase):
        return read_description(parser, match.start, phrase)
    count, anchored = len(phrase.filters), phrase.last_anchor is not None
    if anchored and match.handler == "measured":
        relative = parser.matcher.text(i) in ("that", "which")
        verb = parser.matcher.text(i + 1) if relative else ""
        if verb == "is" and phrase.is_plural():  # "tanks by the road that is wider ..."
            phrase.unparsed.extend(parser.matcher.tokens[i : match.stop])
            return match.stop
        anchored = verb != "are"
    after = apply_match(parser, match, phrase, negation)
    placed = match.handler in _OF_EITHER and parser.matcher.text(i - 1) != ","
    if placed and _may_be_of_part(parser, match, phrase):
        phrase.doubt_filters(count)
    elif placed and (phrase.role == "anchor" or (phrase.role == "head" and anchored)):
        phrase.doubt_filters(count)  # a place of the thing or of its anchor
    return after


def _may_be_of_part(parser: PhraseReader, match: Match, phrase: NounPhrase) -> bool:
    """Whether a place may be one in the thing: "with a tree in the middle"."""
    last = parser.matcher.text(match.stop - 1)
    central = last in ("<d>", "above", "below", "side")
    return central and any(token.text in v.DESCRIPTIVE for token in phrase.unparsed)


def _modifies_anchor(phrase: NounPhrase, match: Match) -> bool:
    """Whether a rule after an anchor is about the anchor."""
    if phrase.role == "inner":
        by = match.argument == "by"  # "the bigger of the two by length"
        return not by and (match.handler != "from" or phrase.rank is not None)
    if match.handler == "from" and phrase.rank is not None:
        return True
    if match.argument == "counted" or (match.handler == "from" and phrase.group):
        return phrase.rank is not None  # "the second tank of the row from the left"
    if match.handler in ("place", "edge", "scene", "from", "most"):
        noun = phrase.noun()
        if isinstance(phrase.base, n.Union):
            noun = head_noun(phrase.base.parts[-1])
        if noun is None:
            return True
        wide = match.handler != "most" and WIDE.intersection(noun.categories)
        return bool(noun.categories) and not wide
    if phrase.pronoun and match.handler in _OF_PRONOUNS:
        return True  # "those smaller than 100 m2"
    if phrase.determiner == "a" and match.handler == "measured":
        return True  # "a lake larger than 2 ha"
    head_only = match.argument in ("manner", "end")
    return match.handler not in _OF_HEAD_ONLY and not head_only


_OF_PRONOUNS = v.words("measured apart isolated")
_OF_HEAD_ONLY = v.words("measured apart isolated group not outside")
_OF_EITHER = ("place", "edge", "measured")
"""Handlers of rules of a thing or its anchor: "tanks near the road in the north"."""


# Ends


def _is_end(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    matcher, text = parser.matcher, parser.matcher.text(i)
    if matcher.after_exception(i) > i:
        return True
    if phrase.role == "head":
        return False
    if is_main_verb(parser, i, phrase):
        return True
    if text in ("on", "in", "inside") and matcher.text(i + 1) in PRONOUN_ANCHORS:
        return True  # "without cars on it"
    agrees = (
        phrase.is_singular()
        if matcher.text(i + 1) in ("are", "have")
        else (matcher.text(i + 1) in ("is", "has") and phrase.is_plural())
    )
    if text in ("that", "which") and agrees:
        return True  # "fields north of the farm that are green"
    if _is_clause_of_head(matcher, i, phrase):
        return True
    around = text == "around" and matcher.text(i + 1) in _AFTER_AROUND
    beside = text in RELATED_TO_IT and matcher.text(i + 1) in PRONOUN_ANCHORS
    return around or beside or text in _AFTER_ANCHOR


def _is_clause_of_head(matcher: PatternMatcher, i: int, phrase: NounPhrase) -> bool:
    """Whether a verb agrees with the head: "fields near the farm that are green"."""
    relative = matcher.text(i) in ("that", "which")
    verb = matcher.text(i + 1) if relative else matcher.text(i)
    if phrase.role == "head" or not (relative or verb in ("have", "has")):
        return False
    if verb in ("are", "have"):
        return phrase.is_singular()
    return phrase.is_plural() and (verb == "is" or verb in v.ACTING)


def _is_object(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether what an anchor does needs an object: "the boat leaving a wake"."""
    before = [*phrase.adjectives[1:], *phrase.unparsed][-1:]
    last = parser.matcher.tokens[i - 1]
    acts = last.surface.endswith("ing") and sense((last.surface,))[1] is None
    article = parser.matcher.text(i) in ("a", "an", "the", "its", "their", "another")
    return phrase.role != "head" and before == [last] and acts and article


def _read_object(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "a wake", left to the network with the words before it."""
    _, stop = try_premodifiers(parser, i)
    phrase.unparsed.extend(parser.matcher.tokens[i : max(stop, i + 1)])
    return max(stop, i + 1)


_AFTER_AROUND = ("", ",", "and", "it", "them")
""" "without trees around"."""

_AFTER_ANCHOR = (v.DEFINITE | v.INDEFINITE | {"nearby", "'s", "than"}) - {"that"}
"""Words that never continue an anchor."""


# Verbs and descriptions


def _is_stranded(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether "on" or "within" follows an anchor for nothing: "with no boats on"."""
    ends = parser.matcher.text(i + 1) in ("", ",")
    return phrase.role == "anchor" and ends and parser.matcher.text(i) in v.STRANDED


def _ends_clause(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether a verb ends what an anchor does: "near where the path bends"."""
    ends = parser.matcher.text(i) in v.GOING_ON and parser.matcher.may_end(i + 1)
    return phrase.role == "anchor" and phrase.has_noun() and ends


def _read_verb(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """ "is", with its complement in "... is the largest"."""
    j, _ = skip_verbs(parser.matcher, i)
    complement = NounPhrase(phrase.role, phrase.antecedent, phrase.depth)
    k = parser.read_premodifiers(j, complement)
    if complement.determiner and _only_describes(complement):
        *looks, _ = complement.adjectives  # "which is the long strip by the road"
        phrase.adjectives[:0] = looks
        phrase.noun_filters.extend(complement.noun_filters)
        return k
    selects = complement.determiner or complement.selectors or complement.rank
    if selects and is_apposition(parser, complement, k):
        if phrase.role == "anchor":
            return None  # "the tank near the road that is the largest"
        phrase.add_apposition(complement)
        return k
    return j


def _only_describes(complement: NounPhrase) -> bool:
    """Whether the noun of "is the long strip" says nothing but that it is something."""
    last = complement.adjectives[-1].surface if complement.adjectives else ""
    general = singular(last) in v.GENERIC | v.AMOUNTS | v.SPECKS
    plain = not (complement.pronoun or complement.selectors or complement.directions)
    return general and plain


def _has_part(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    return parser.matcher.text(i) in ("has", "have", "having") and phrase.has_noun()


def _read_part(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "houses that have a pool" are "houses with a pool"."""
    count = len(phrase.unparsed)
    after = read_description(parser, i, phrase)
    phrase.unparsed[count] = phrase.unparsed[count]._replace(surface="with")
    return after


def _is_relative(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """ "the road on which cars are driving", "the hut where the paths cross"."""
    matcher = parser.matcher
    if matcher.text(i) == "where" or _is_clause(matcher, i, phrase):
        return True
    before = v.RELATING | v.PREPOSITIONS | {"of"}
    return matcher.text(i) in before and matcher.text(i + 1) in ("which", "whom")


def _is_clause(matcher: PatternMatcher, i: int, phrase: NounPhrase) -> bool:
    """Whether an anchor does something: "near the bridge that carries the railway"."""
    opens = phrase.role == "anchor" and matcher.text(i) in ("that", "which")
    opens = opens and not _is_clause_of_head(matcher, i, phrase)
    verb = matcher.tokens[i + 1].surface if matcher.text(i + 1) else ""
    acts = verb.endswith("s") and verb not in v.COPULAS | v.FINITE_VERBS
    rule = matcher.match(i + 1, bare=True)
    return opens and acts and rule is None and matcher.text(i + 2) in v.DETERMINERS


def _is_orientation(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    return parser.is_orientation(i)


def _read_orientation(parser: PhraseReader, i: int, phrase: NounPhrase) -> int:
    """ "facing north"."""
    i = leave_unparsed(parser, i, phrase)
    while parser.matcher.text(i) in _ORIENTATION_WORDS:
        if parser.matcher.text(i) == "<d>" and parser.matcher.text(i + 1) == "of":
            break  # "running north to south, left of the park"
        i = leave_unparsed(parser, i, phrase)
    return i


_ORIENTATION_WORDS = v.ORIENTATION_PARTICLES | {"<d>", "<most>"}

_READERS: tuple[tuple[Condition, Read], ...] = (
    (is_comma, read_comma),
    (_is_relative, read_description),
    (skips_some, read_skipped),
    (is_rank, read_rank),
    (is_rank_direction, read_rank_direction),
    (_awaits_anchor, _read_awaited_anchor),
    (is_exception_of_some, _end),
    (_is_rule, _read_rule),
    (is_negation, read_negation),
    (_is_object, _read_object),
    (_is_stranded, _skip),
    (_ends_clause, _skip),
    (_is_end, _end),
    (is_conjunction, read_conjunction),
    (_is_one_of(frozenset(["'s"])), _read_owner_mark),
    (_is_one_of(v.COPULAS), _read_verb),
    (has_companion, read_companion),
    (_has_part, _read_part),
    (_is_one_of(v.DESCRIPTIVE | v.PREPOSITIONS), read_description),
    (_is_orientation, _read_orientation),
)
"""Conditions in the order in which they are tried, each with what reads on from there;
a token that meets none is left to the network."""
