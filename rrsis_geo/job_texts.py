"""Texts in a job and their checks: expressions, paths, layers of the user's.

Runs inside QGIS's Python: standard library only, 3.9-safe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Tuple

from .errors import OptionError

FILE_NAME = re.compile(
    r"\.(tiff?|vrt|jp2|j2k|img|ecw|sid|png|jpe?g|webp|bmp|nc|hdf5?|h5|grd|asc|dem|hgt|"
    r"zip|gpkg|geojson|json|jsonl|shp|fgb|parquet|kml|csv|txt|safetensors|toml)$"
    r"|^\w+://\S+$|^/vsi\w+/",
    re.IGNORECASE,
)
"""An expression that is a scene, a layer or a list in the wrong place."""


def as_texts(given: Any) -> Tuple[str, ...]:
    """One text or several, as a tuple.

    Raises:
        OptionError: it is neither.
    """
    if isinstance(given, str):
        return (given,)
    if not isinstance(given, Iterable) or isinstance(given, (bytes, Mapping)):
        raise OptionError(f"expressions must be texts, got {given!r}")
    return tuple(given)


def as_question(text: Any) -> str:
    """An expression with single spaces.

    Raises:
        OptionError: it is no text, the name of a file, or holds what no format can.
    """
    if not isinstance(text, str):
        raise OptionError(f"an expression must be a text, got {text!r}")
    clean = " ".join(text.split())
    odd = next((sign for sign in clean if _is_no_text(sign)), None)
    if odd is not None:
        raise OptionError(
            f"expression {clean[:40]!r} holds {odd!r}, which is no sign of a text; was "
            "it saved in another encoding than UTF-8?"
        )
    if FILE_NAME.search(clean):
        raise OptionError(
            f"{clean!r} is the name of a file, not an expression; a run has one scene, "
            "and then what to look for (`rrsis-geo explain` has --scene)"
        )
    return clean


def _is_no_text(sign: str) -> bool:
    """Whether a character is a control character or half a surrogate pair."""
    return sign < " " or "\x7f" <= sign < "\xa0" or is_surrogate(sign)


def is_surrogate(sign: str) -> bool:
    """Whether a character is half a surrogate pair: a byte that is no UTF-8."""
    return "\ud800" <= sign <= "\udfff"


def check_path(name: str, value: Any) -> None:
    """Check the path of an input, without looking for it.

    Raises:
        OptionError: it is no path on any system.
    """
    if not isinstance(value, str):
        raise OptionError(f"{name} must be a path, got {value!r}")
    if "\0" in value:
        raise OptionError(f"{name} {value[:80]!r} holds a zero byte, which no path has")


def check_output(name: str, value: Any) -> None:
    """Check the path of an output; None: it is not wanted.

    A line of stdout names each output, so its name may hold no end of a line.

    Raises:
        OptionError: it is no path, or holds control characters.
    """
    if value is None:
        return
    check_path(name, value)
    if any(_is_no_text(sign) for sign in value):
        raise OptionError(
            f"{name} {value[:80]!r} holds control characters, or bytes that are no "
            "text; choose another name"
        )


@dataclass(frozen=True)
class OwnLayer:
    """A layer of the user's that says better than any network what a word means."""

    word: str
    """The noun that its features are: road, cadastral plot."""
    path: str = ""
    """Vector file, or `FILE|layername=NAME`; "": given as a table, from Python."""
    where: str | None = None
    """Which of its features: a condition on its fields, in the SQL of OGR."""

    def __post_init__(self) -> None:
        words = self.word.split() if isinstance(self.word, str) else []
        object.__setattr__(self, "word", " ".join(words))
        if not re.search(r"[^\W\d_]", self.word) or len(words) > MOST_WORDS:
            raise OptionError(
                f"an own layer needs the noun that its features are, of up to "
                f"{MOST_WORDS} words, as in road=roads.gpkg; got {self.word!r}"
            )
        if any(_is_no_text(sign) or sign in "=|" for sign in self.word):
            raise OptionError(f"the word of an own layer holds a sign: {self.word!r}")
        check_path(f"own layer {self.word}", self.path)
        if not (self.where is None or (isinstance(self.where, str) and self.where)):
            raise OptionError(
                f"own layer {self.word}: its condition must be a text, got "
                f"{self.where!r}"
            )


MOST_WORDS = 4
"""Of the noun of a layer; the planner knows no longer ones."""


def as_own_layers(given: Any) -> Tuple[OwnLayer, ...]:
    """Layers, from values of a job in JSON as well.

    Raises:
        OptionError: one is no layer, or two have the same word.
    """
    if isinstance(given, (str, Mapping)) or not isinstance(given, Iterable):
        raise OptionError(f"own_layers must be a list of layers, got {given!r}")
    layers = []
    for one in given:
        if isinstance(one, Mapping):
            try:
                one = OwnLayer(**one)
            except TypeError as error:
                raise OptionError(f"not an own layer: {error}") from error
        if not isinstance(one, OwnLayer):
            raise OptionError(f"an own layer must be an OwnLayer, got {one!r}")
        layers.append(one)
    words = [one.word.casefold() for one in layers]
    twice = sorted({word for word in words if words.count(word) > 1})
    if twice:
        raise OptionError(
            f"own layer {twice[0]!r} is given twice; join the two files, or give them "
            "two words"
        )
    return tuple(layers)


def own_layer(text: str) -> OwnLayer:
    """The layer of a text like `road=roads.gpkg|layername=streets`.

    Raises:
        OptionError: the text does not name a word and a file.
    """
    word, separator, path = text.partition("=")
    if not separator or not word.strip() or not path.strip():
        raise OptionError(
            f"--own-layer takes WORD=FILE, as in road=roads.gpkg; got {text!r}"
        )
    return OwnLayer(word, path.strip())


def with_conditions(
    layers: Tuple[OwnLayer, ...], conditions: Iterable[str]
) -> Tuple[OwnLayer, ...]:
    """Layers with the conditions of texts like `road=class = 'primary'`.

    Raises:
        OptionError: a text does not name a layer and a condition.
    """
    for text in conditions:
        word, separator, where = (part.strip() for part in text.partition("="))
        if not separator or not where:
            raise OptionError(
                "--own-layer-where takes WORD=SQL, as in \"road=class = 'primary'\"; "
                f"got {text!r}"
            )
        if word not in {one.word for one in layers}:
            known = ", ".join(one.word for one in layers) or "none"
            raise OptionError(
                f"--own-layer-where {text!r}: there is no own layer {word!r}; there "
                f"are: {known}"
            )
        layers = tuple(
            replace(one, where=where) if one.word == word else one for one in layers
        )
    return layers


def check_layer(job: Any) -> None:
    """Check where in its output a job writes, and in which CRS.

    Raises:
        OptionError: a value is of the wrong kind, or two exclude each other.
    """
    if not (job.layer is None or (isinstance(job.layer, str) and job.layer)):
        raise OptionError(f"layer must be a name, got {job.layer!r}")
    if not (job.dst_crs is None or isinstance(job.dst_crs, str)):
        raise OptionError(f"dst_crs must be a text, got {job.dst_crs!r}")
    for name in ("overwrite", "append"):
        if getattr(job, name) not in (True, False):
            raise OptionError(f"{name} must be true or false")
    if job.append and job.overwrite:
        raise OptionError("append and overwrite exclude each other; give one of them")
    if (job.layer or job.append) and job.output is None:
        raise OptionError("layer and append need an output")
