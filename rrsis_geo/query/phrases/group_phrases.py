"""Reads groups and parts of sets: "row of four tanks", "tank row", "half of"."""

from __future__ import annotations

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.phrases import add_words, head_noun
from rrsis_geo.language.traversal import spine
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import WIDE, is_plural, singular
from rrsis_geo.query.lexicon.vocabulary import END_PARTS, GROUP_COUNT
from rrsis_geo.query.patterns.pattern_matcher import Match
from rrsis_geo.query.phrases.noun_phrase import MAX_DEPTH, NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader
from rrsis_geo.query.phrases.quantifiers import after_minimum, is_side_of_set
from rrsis_geo.query.phrases.selectors import At, Selector


def read_group(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """ "row of four tanks", "tank row", or a row of what was named before."""
    members = _members(parser, i + 1)
    word = parser.matcher.words[parser.matcher.tokens[i].at[0]]
    if singular(word) in v.AMOUNTS and is_mass(parser, members):
        phrase.adjectives.append(parser.matcher.tokens[i])  # "a strip of beach"
        return i + 1
    if members > i + 1:
        return _read_group_of(parser, i, members, phrase)
    matcher, token = parser.matcher, parser.matcher.tokens[i]
    if not _names_group(parser, i, phrase):
        phrase.adjectives.append(token)
        return i + 1
    phrase.group = _take_orientation(phrase, str(token.value))
    phrase.group_at = matcher.tokens[i].at
    if not phrase.adjectives:
        phrase.pronoun = "one"
    elif is_plural(word) and phrase.determiner == "the":
        phrase.determiner = "all"  # "the house rows"
    return i + 1


def _members(parser: PhraseReader, i: int) -> int:
    """Where the members of a group are named; the same position where they are not."""
    matcher = parser.matcher
    if (most := _after_most(parser, i)) > i:
        return most
    counted = matcher.text(after_minimum(parser, i + 1)) == "<n>"
    of = matcher.text(i) == "of" or (matcher.text(i) == "with" and counted)
    return i + 1 if of else i


def _after_most(parser: PhraseReader, i: int) -> int:
    """The position after "with the most"; the same where it does not follow."""
    text = parser.matcher.text
    if text(i) not in ("with", "containing", "of"):
        return i
    last = i + 2 if text(i + 1) == "the" else i + 1
    return last + 1 if text(last) in ("most", "fewest") else i


def _read_group_of(
    parser: PhraseReader, i: int, members: int, phrase: NounPhrase
) -> int | None:
    """ "row of four tanks", "the row with the most planes"."""
    matcher, token = parser.matcher, parser.matcher.tokens[i]
    form = _take_orientation(phrase, str(token.value))
    inner = NounPhrase("inner", phrase.antecedent, phrase.depth + 1)
    j = parser.read_premodifiers(members, inner)
    inner, j = _of_berths(parser, inner, j)
    if _holds_group(phrase, inner):
        return _read_group_in(phrase, inner, form, token.at, j)
    phrase.base = _grouped(inner, form, (*token.at, *matcher.at(i + 1, members)))
    if _after_most(parser, i + 1) == members:
        fewest = matcher.text(members - 1) == "fewest"
        value = ("smallest" if fewest else "largest", "number")
        at = matcher.at(i + 1, members)
        phrase.selectors.append(Selector("size", value, at))
    if phrase.base is None:
        return None
    phrase.silent_words.extend(token.at)
    phrase.pronoun = "ones" if is_plural(matcher.words[token.at[0]]) else "one"
    return j


def _of_berths(
    parser: PhraseReader, inner: NounPhrase, i: int
) -> tuple[NounPhrase, int]:
    """ "three berths of moored ships": the ships, of which a row is made."""
    noun = inner.noun()
    if (
        noun is None
        or "harbor" not in noun.categories
        or parser.matcher.text(i) != "of"
    ):
        return inner, i
    ships = NounPhrase("inner", inner.antecedent, inner.depth)
    stop = parser.read_premodifiers(i + 1, ships)
    moored = ships.noun()
    if moored is None or "ship" not in moored.categories:
        return inner, i
    ships.number, ships.number_at = inner.number, inner.number_at
    return ships, stop


def _holds_group(phrase: NounPhrase, inner: NounPhrase) -> bool:
    """Whether "of" names what rows are in: "the rows of the parking lot"."""
    noun, known = inner.noun(), phrase.antecedent
    if noun is None or known is None or not inner.is_singular():
        return False
    named = bool(noun.categories) and inner.determiner == "the"
    return named and isinstance(known, Find) and noun.noun != known.noun


def _read_group_in(
    phrase: NounPhrase, inner: NounPhrase, form: str, at: At, after: int
) -> int | None:
    """A group of what was named before, in a container."""
    container = inner.build()
    if container is None:
        return None
    phrase.group, phrase.group_at, phrase.pronoun = form, at, "one"
    phrase.filters.append(lambda node: n.Inside(node, container))
    return after


def _grouped(inner: NounPhrase, form: str, at: At) -> Node | None:
    count = inner.number or GROUP_COUNT.get(form)
    or_more, inner.number = inner.at_least, None
    node = inner.build()
    if node is None:
        return None
    shape = "cluster" if form in GROUP_COUNT else form
    return n.Grouped(node, shape, count, or_more, at=at)  # type: ignore[arg-type]


def _names_group(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether a word such as "row" is a group, not a part of a description."""
    matcher = parser.matcher
    word = matcher.words[matcher.tokens[i].at[0]]
    described = [t for t in phrase.adjectives if t.text not in _GROUP_ADJECTIVES]
    # "The line" may be a row; a "railway line" is none.
    line = word == "line" and not described and phrase.determiner == "the"
    of = head_noun(phrase.antecedent) if phrase.antecedent is not None else None
    if line and of is not None and (of.noun in v.MASS or WIDE & {*of.categories}):
        return False  # "grassland left of the line"
    if not (word in v.GROUP_NOUNS or line):
        return False
    if not matcher.may_end(i + 1) and matcher.match(i + 1) is None:
        return False
    if not described:
        return True
    noun = phrase.noun()
    return noun is not None and bool(noun.categories)


_GROUP_ADJECTIVES = v.GROUP_SHAPES | v.GROUP_ORIENTATIONS.keys()


def _take_orientation(phrase: NounPhrase, form: str) -> str:
    """The form of a "horizontal row" or "long vertical line"; drops the adjectives."""
    for token in list(phrase.adjectives):
        if token.text in _GROUP_ADJECTIVES:
            phrase.adjectives.remove(token)
            phrase.silent_words.extend(token.at)
            form = v.GROUP_ORIENTATIONS.get(token.text, form)
    return form


_VAGUE = v.words("rest lots plenty handful number bulk loads few several many")
"""Shares without effect on a plan."""

_OPEN = v.words("most majority none half quarter part fraction percent quarters")
"""Shares of which nobody can say which things they are."""

_PARTS = {"half": 1 / 2, "share": 1 / 3, "quarter": 1 / 4}


def read_share(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """The position after a share of things; None where there is none.

    Of "most of the tanks" nobody can say which are left out, and of none there is
    nothing to show: all are given, with a note.
    """
    if phrase.has_noun() or phrase.filters:
        return None
    if parser.matcher.text(i) == "<d>":
        return _read_side(parser, i, phrase)
    stop, said = _share(parser, i, phrase)
    if stop == i:
        return None
    matcher = parser.matcher
    if said:
        words = (token.surface for token in matcher.tokens[i:stop])
        matcher.ignored.append(" ".join(words))
    phrase.silent_words.extend(matcher.at(i, stop))
    if phrase.determiner == "a":
        phrase.determiner = ""  # "a lot of"
    return stop


def _share(parser: PhraseReader, i: int, phrase: NounPhrase) -> tuple[int, bool]:
    """The position after a share, and whether it leaves some out."""
    text = parser.matcher.text
    if not phrase.is_empty():
        return i, False
    if text(i) == "<sup>":  # "the largest 10 percent of", "the largest third of"
        some = text(i + 1) in ("half", "quarter", "<ord>")
        of = i + 2 if some else i + 3 if text(i + 2) == "percent" else i
        shares = of > i and text(of) == "of" and _is_set(parser, of + 1)
        return (of + 1, True) if shares else (i, False)
    word, follows = text(i), text(i + 1)
    if (word, follows, phrase.determiner) == ("lot", "of", "a"):
        return i + 2, False
    if follows == "of" and word in _VAGUE | _OPEN:
        named = word in _VAGUE | {"most", "majority", "none"}
        return (i + 2, word in _OPEN) if named or _is_set(parser, i + 2) else (i, False)
    if word == "half" and follows in ("the", "these", "those"):
        return (i + 1, True) if _is_set(parser, i + 1) else (i, False)
    part = word in ("<n>", "one") and follows in ("thirds", "quarters", "percent")
    one = follows in ("<ord>", "quarter", "half") and word == "one"
    if (part or one) and text(i + 2) == "of" and _is_set(parser, i + 3):
        return i + 3, True
    third = word == "<ord>" and phrase.determiner == "a" and follows == "of"
    if third and _is_set(parser, i + 2):
        return i + 2, True
    if word == "no" and phrase.role == "head" and not phrase.determiner and follows:
        return i + 1, True
    return i, False


def _read_side(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """ "northern half" of "the northern half of the tanks"."""
    matcher, token = parser.matcher, parser.matcher.tokens[i]
    share, of = _PARTS.get(matcher.text(i + 1)), i + 2
    if matcher.text(i + 1) == "<n>" and matcher.text(of) == "percent":
        share, of = float(str(matcher.tokens[i + 1].value)) / 100, i + 3
    if share is None or matcher.text(of) != "of" or token.value == "centre":
        return None
    if phrase.role == "anchor" or not _is_set(parser, of + 1) or share > 1:
        return None
    at = matcher.at(i, of)
    phrase.selectors.append(Selector("most", str(token.value), at, share=share))
    return of


def _is_set(parser: PhraseReader, i: int) -> bool:
    """Whether several things are named from a position on."""
    trial = NounPhrase("anchor", None, MAX_DEPTH)
    parser.read_premodifiers(i, trial)
    noun = trial.noun()
    return trial.is_plural() and noun is not None and bool(noun.categories)


def is_mass(parser: PhraseReader, i: int) -> bool:
    """Whether one thing or substance is named from a position on: "of grass"."""
    trial = NounPhrase("anchor", None, MAX_DEPTH)
    parser.read_premodifiers(i, trial)
    return trial.noun() is not None and trial.is_singular() and not trial.number


def _choose_from_group(
    parser: PhraseReader,
    match: Match,
    phrase: NounPhrase,
    group: Node,
    at: At,
    form: str,
) -> None:
    """ "the third tank in the top row": the members stand in place of the noun."""
    text = parser.matcher.text
    each = text(match.stop) in ("each", "every") or text(match.stop - 1) == "per"
    side = parser.matcher.first("<d>", match) if match.handler == "beside" else None
    if side is not None and side.value == "centre":
        phrase.selectors.append(Selector("middle", "", at))
    elif side is not None:
        phrase.selectors.append(Selector("most", str(side.value), at))
    if len(phrase.directions) == 1 and phrase.is_singular():
        phrase.selectors.extend(phrase.directions)  # "the upper left tank in the row"
        phrase.directions = []
    phrase.count_from_place()
    counts = phrase.rank is not None and not phrase.selectors
    if counts and phrase.rank_side is None:
        # "the third plane in the row" is counted in reading order.
        phrase.rank_side = "top" if form == "column" else "left"

    def keep(node: Node) -> Node:
        if isinstance(node, Find) and node.phrase == node.noun:
            return n.Members(group, each, at=(*node.at, *at))
        return n.Inside(node, group, at=at)

    phrase.filters.append(keep)


_CONDITIONS: tuple[type, ...] = (
    *(n.InPlace, n.AtEdge, n.Measured, n.Near, n.Within, n.Beside, n.Between),
    *(n.Inside, n.Along, n.Around, n.Surrounded, n.Opposite, n.Holding),
)


def _is_condition(node: Node) -> bool:
    """Whether a node chooses each thing by itself, so that the order is the same."""
    return isinstance(node, _CONDITIONS)


def _choose_from_set(phrase: NounPhrase, chosen_from: Node, at: At) -> None:
    """ "the left court of the four": the four stand in place of the noun."""

    def keep(node: Node) -> Node:
        if isinstance(node, Find) and node.phrase == node.noun:
            return add_words(chosen_from, [], (*node.at, *at))
        set_of = chosen_from.of if isinstance(chosen_from, n.Counted) else chosen_from
        *conditions, last = spine(set_of)
        plain = isinstance(last, Find) and all(map(_is_condition, conditions))
        if isinstance(node, Find) and plain:  # "the rusty one of"
            before = node.phrase.removesuffix(node.noun).split()
            return add_words(set_of, [], (*node.at, *at), before)
        return n.Inside(node, chosen_from, at=at)

    phrase.noun_filters.insert(0, keep)


def chooses_from_anchor(
    parser: PhraseReader,
    match: Match,
    phrase: NounPhrase,
    anchor: Node,
    at: At,
    noun: Find | None,
) -> bool:
    """Choose from the anchor where it is a set of the same things.

    "the third tank in the top row", "the left court of the four on the hill", "the
    court in the middle of the three".

    Returns: Whether it is such a set; otherwise nothing is changed.
    """
    if _names_rows(anchor, noun) and match.handler == "inside":
        rows = anchor.parts if isinstance(anchor, n.Union) else ()
        members = tuple(n.Members(row, at=at) for row in rows)
        phrase.filters.append(lambda node: n.Union(members))
        return True
    if head_noun(anchor) != noun:
        return False
    grouped = [one for one in spine(anchor) if isinstance(one, n.Grouped)]
    if _is_counted_in_set(parser, match, phrase):
        token = parser.matcher.first("<d>", match)
        phrase.rank_side = str(token.value) if token else None
        chosen_from: Node = n.Members(anchor, at=at) if grouped else anchor
        _choose_from_set(phrase, chosen_from, at)
        return True
    if grouped and noun is not None and _is_place_in_group(parser, match):
        _choose_from_group(parser, match, phrase, anchor, at, grouped[-1].form)
        return True
    if match.argument == "of" and parser.matcher.text(match.stop - 1) == "of":
        _choose_from_set(phrase, anchor, at)
        return True
    token = parser.matcher.first("<d>", match)
    central = token is not None and token.value == "centre"
    if central and isinstance(anchor, n.Counted) and anchor.number > 2:
        _choose_from_set(phrase, anchor, at)
        phrase.selectors.append(Selector("middle", "", at))
        return True
    fewer = phrase.number if phrase.is_plural() else 1
    if token and fewer and not central and is_side_of_set(parser, match, anchor, fewer):
        _choose_from_set(phrase, anchor, at)
        phrase.selectors.append(Selector("most", str(token.value), at))
        return True
    return False


def _is_counted_in_set(parser: PhraseReader, match: Match, phrase: NounPhrase) -> bool:
    """ "the first tank from the left of the tanks in the north"."""
    from_side = parser.matcher.text(match.start) == "from" and match.handler == "beside"
    return from_side and phrase.rank is not None and phrase.rank_side is None


def _is_place_in_group(parser: PhraseReader, match: Match) -> bool:
    """Whether a match places a thing in a group: "at the left end of the row"."""
    if match.handler == "inside":
        return True
    token = parser.matcher.first("<d>", match)
    within = match.groups.get("part") in END_PARTS
    within = within or parser.matcher.text(match.start) in ("in", "at")
    central = token is not None and token.value == "centre"
    return match.handler == "beside" and token is not None and (central or within)


def _names_rows(anchor: Node, noun: Find | None) -> bool:
    """Whether it is several groups of the same things: "the first and third row"."""
    parts = anchor.parts if isinstance(anchor, n.Union) else ()
    grouped = [any(isinstance(one, n.Grouped) for one in spine(part)) for part in parts]
    return bool(parts) and all(grouped) and all(head_noun(o) == noun for o in parts)


def members_of_rows(anchor: Node, noun: Find | None, at: At) -> Node | None:
    """The members of one row or several of the same things; None for other anchors."""
    if _names_rows(anchor, noun) and isinstance(anchor, n.Union):
        return n.Union(tuple(n.Members(row, at=at) for row in anchor.parts))
    grouped = any(isinstance(one, n.Grouped) for one in spine(anchor))
    return n.Members(anchor, at=at) if grouped and head_noun(anchor) == noun else None
