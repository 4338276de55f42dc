"""Splits typed text into words: punctuation, contractions, hyphens, spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from itertools import pairwise

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import singular
from rrsis_geo.query.tokenizer.compounds import is_compound, join_compounds
from rrsis_geo.query.tokenizer.spelling import correct_spelling, is_class_noun
from rrsis_geo.query.tokenizer.token_kinds import HYPHENATED, KINDS
from rrsis_geo.query.tokenizer.written_numbers import with_plain_numbers

_PIECES = re.compile(
    r"\d+(?:st|nd|rd|th)(?![^\W_])"
    r"|\d+x\d+"
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
    r"|(?:m|km|ft|yd|mi)\s?\^?2(?!\d)"
    r"|[^\W\d_]+(?:['-][^\W\d_]+)*|[^\W_]+"
    r"|[,;:()\[\]{}/?!.<>\u2264\u2265~\"&+@-]"
)
_DASH = re.compile(
    r"(?<=\w)\s+-+\s+"
    r"(?!(?:north|south|east|west|left|right|most|ern)\b)(?=[^\W\d])"
)
"""A dash in place of a comma, not between parts of a word."""

_RANGE = re.compile(
    r"(?<=\d)(\s?(?:[kn]?m|ft|yds?|n?mi|ha)?)\s*-\s*"
    r"(?=\d[\d.,]*\s?(?:[kn]?m2?|m\u00b2|sqm|sq|ft|feet|foot|y(?:ar)?ds?|n?mi|ha)(?!\w))"
)
"""A dash between two lengths."""

_SLASHED = (
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"\bw/(?=[ \w])"), "with "),
    (re.compile(r"\ba/c\b"), "aircraft"),
    (re.compile(r"\band\s?/\s?or\b"), "or"),
    (re.compile(r"(?<=\w)\(s\)"), "s"),
    (
        re.compile(r"(?:\b(?:d|dia|diam)|\u00f8)(?=\s*[<>\u2264\u2265=~]?\s*\d)"),
        "diameter",
    ),
    (re.compile(r"(?<=medium|middle) sized\b"), "-sized"),
    (re.compile(r"(?<=large|small) sized\b"), "-sized"),
    (re.compile(r"(?<=mid|big) sized\b"), "-sized"),
)
"""Abbreviations with a slash."""

_UNITS = r"(?:k?m|ft|feet|foot|y(?:ar)?ds?|met(?:re|er)s?|mi)"
_SIZE = re.compile(
    rf"(\d+(?:\.\d+)?)\s*({_UNITS}\b)?\s*(?:x|\u00d7|by)\s*"
    rf"(\d+(?:\.\d+)?)[\s-]*({_UNITS}\b)"
)
""" "10 x 20 m": length and width."""

_OR_MORE = re.compile(
    rf"(\d[\d.,]*\s?(?:{_UNITS}2?|sqm|m\u00b2|ha)?)\+(?!\s?\d)(?=\s|$)"
)
""" "50 m+", "5+"."""

_GUESS = re.compile(r"\((?![^()]*\bthe\b)[^()]{1,40}\?+\s*\)")
""" "the grey thing (shed? barn?)": a guess, not a further thing."""

_PLURAL_POSSESSIVE = re.compile(r"(?<=[a-z]s)'(?=\s+\w)")
""" "the houses' pools", unless a word is quoted."""

_QUOTED = re.compile(r"(?:^|\s)'")

_MEASURED = re.compile(
    r"(\d)-(m|km|ft|metre|meter|foot|feet|yard|yd|mile|acre|hectare|ha)s?-(?=[a-z])"
)
""" "20-m-wide"."""

_CONTRACTIONS = {
    "'s": " 's",
    "where's": "where is",
    "what's": "what is",
    "who's": "who is",
    "it's": "it is",
    "that's": "that is",
    "there's": "there is",
    "here's": "here is",
    "let's": "let us",
    "i'm": "i am",
    "i'd": "i would",
    "i'll": "i will",
    "we're": "we are",
    "they're": "they are",
    "isn't": "is not",
    "aren't": "are not",
    "wasn't": "was not",
    "don't": "do not",
    "doesn't": "does not",
    "can't": "can not",
    "cannot": "can not",
    "isnt": "is not",
    "arent": "are not",
    "dont": "do not",
    "doesnt": "does not",
    "thats": "that is",
    "theres": "there is",
    "im": "i am",
    "wheres": "where is",
    "whats": "what is",
    "pls": "please",
    "plz": "please",
    "plse": "please",
    "thx": "thanks",
    "incl": "including",
    "excl": "excluding",
    "u": "you",
    "gimme": "give me",
    "lemme": "let me",
    "wanna": "want to",
    "oclock": "o'clock",
    "line-up": "lineup",
    "line-ups": "lineups",
    "twin-jet": "twinjet",
}
_MOST = {
    **{side: f"{side}most" for side in ("left", "right")},
    **{
        f"{side}{end}": f"{side}ernmost"
        for side in ("north", "south", "east", "west")
        for end in ("ern", "erly")
    },
}
_CLAUSE_MARKS = frozenset('.;:()[]{}?!"')
"""Marks that are read as commas."""

_SYMBOLS = {
    "<": "under",
    ">": "over",
    "\u2264": "at most",
    "\u2265": "at least",
    "~": "about",
    "&": "and",
    "+": "and",
    "@": "at",
}
_WORD = re.compile(r"[^\W\d_]+")
_SQUARED = re.compile(r"(m|km|ft|yd|mi)\s?\^?2")

_OPPOSITE_PAIRS = frozenset(
    map(frozenset, (("east", "west"), ("north", "south"), ("left", "right")))
)


def correct_text(expression: str) -> str:
    """A text as typed, but for misspelled words."""
    corrected = dict(normalize(expression)[1])
    if not corrected:
        return expression
    for typed in corrected:
        if " " in typed:  # "basket ball"
            expression = _joined(expression, typed, corrected[typed])
    return _WORD.sub(
        lambda word: _like(word[0], corrected.get(word[0].casefold(), word[0])),
        expression,
    )


def _joined(expression: str, typed: str, word: str) -> str:
    """A text in which several words, as typed, are one."""
    pattern = re.compile(re.escape(typed).replace(r"\ ", r"\s+"), re.IGNORECASE)
    return pattern.sub(lambda found: _like(found[0], word), expression)


def _like(typed: str, word: str) -> str:
    """A word with a capital where the typed one has it."""
    return word.capitalize() if typed[:1].isupper() and word.islower() else word


def normalize(
    expression: str, *, known: Collection[str] = ()
) -> tuple[list[str], list[tuple[str, str]]]:
    """Words of an expression, and corrections: typed words with what they became.

    Args:
        expression: As typed.
        known: Words, singular, that are right as they are.
    """
    written = with_plain_numbers(expression)
    plain = unicodedata.normalize("NFKC", written).casefold()
    if len(plain) > 2 * len(expression) + 100:  # a few signs expand to many letters
        plain = expression.casefold()
    plain = (
        plain.replace("i.e.", ",")
        .replace("e.g.", ",")
        .replace("incl.", "incl ")
        .replace("%", " percent ")
    )
    plain = _GUESS.sub(" ", plain)
    for pattern, word in _SLASHED:
        plain = pattern.sub(word, plain)
    if not _QUOTED.search(plain):
        plain = _PLURAL_POSSESSIVE.sub("'s", plain)
    plain = _SIZE.sub(_length_and_width, plain)
    plain = _OR_MORE.sub(r"at least \1", plain)
    plain = _MEASURED.sub(r"\1 \2 ", plain)
    plain = plain.translate({0x2019: "'", 0x2018: "'", 0x2013: "-", 0x2014: ","})
    words: list[str] = []
    parts: list[str] = []
    for piece in _PIECES.findall(_DASH.sub(" , ", _RANGE.sub(r"\1 to ", plain))):
        if piece in _CLAUSE_MARKS:
            if parts and parts[-1] != ",":
                parts.append(",")
        elif piece != "-":
            parts.extend(_split(_SYMBOLS.get(piece, piece)))
    parts, corrections = join_compounds(parts, known)
    for part, follows in pairwise([*parts, ""]):
        if part in known or singular(part) in known:
            words.append(part)
            continue
        word = correct_spelling(part, before_noun=is_class_noun(follows))
        if word != part:
            corrections.append((part, word))
        words.extend(word.split())
    while words and words[-1] == ",":
        words.pop()
    return _joined_superlatives(_without_apostrophes(words)), corrections


def _without_apostrophes(words: list[str]) -> list[str]:
    """Words with "tree's" before "near" as the plural that it is."""
    plain: list[str] = []
    for word, follows in pairwise([*words, ""]):
        if word == "'s" and plain and follows in v.RELATING and plain[-1].isalpha():
            plain[-1] += "s"
        else:
            plain.append(word)
    return plain


def _length_and_width(size: re.Match[str]) -> str:
    """ "20 m long 10 m wide" of "10 x 20 m"."""
    one, unit, other, last = size.groups()
    sides = sorted(((float(one), unit or last), (float(other), last)), reverse=True)
    (length, first), (width, second) = sides
    return f"{length:g} {first} long {width:g} {second} wide"


def _joined_superlatives(words: list[str]) -> list[str]:
    """ "most northern" and "most left" as the superlatives that they are."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "most" and word in _MOST:
            joined[-1] = _MOST[word]
        else:
            joined.append(word)
    return joined


def _split(piece: str) -> list[str]:
    """Words of a contraction, a possessive or a hyphenated word."""
    if piece in _CONTRACTIONS:
        return _CONTRACTIONS[piece].split()
    if piece.endswith("'s"):
        return [*_split(piece[:-2]), "'s"] if len(piece) > 2 else []
    piece = piece.strip("'")
    if "-" not in piece:
        squared = _SQUARED.fullmatch(piece) if piece.endswith("2") else None
        return [f"{squared[1]}2"] if squared else piece.split()
    parts = piece.removesuffix("-ish").split("-")
    if len(parts) == 1:
        return parts  # "top right-ish"
    if parts[-1] in ("most", "ern") and parts[-2] + parts[-1] in KINDS:
        parts[-2:] = [parts[-2] + parts[-1]]
    if frozenset(parts) in _OPPOSITE_PAIRS and len(parts) == 2:
        return [piece]  # "east-west" says how a thing lies, not where
    if all(part in HYPHENATED or part.isdigit() for part in parts):
        return parts
    if is_compound(parts):
        return parts
    if parts[-1] == "most" and all(
        KINDS.get(part, ("",))[0] == "<d>" for part in parts[:-1]
    ):
        return parts
    return [piece]
