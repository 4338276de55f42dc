"""Choice of the bands of a file to use as red, green and blue."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rasterio.enums import ColorInterp

from rrsis_geo.errors import OptionError, SceneError

RGB = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)

NOT_RGB = {
    ColorInterp.cyan,
    ColorInterp.magenta,
    ColorInterp.yellow,
    ColorInterp.black,
    ColorInterp.hue,
    ColorInterp.saturation,
    ColorInterp.lightness,
    ColorInterp.Y,
    ColorInterp.Cb,
    ColorInterp.Cr,
}
"""Colour interpretations of other colour models, wrong if shown as RGB."""

COLOURS = ("red", "green", "blue")

WORDS = {
    "red": "red rot rouge rojo roja vermelho vermelha rosso rossa rood röd rød "
    "czerwony czerwona červená červený красный красная 红 红色 紅 赤 赤色",
    "green": "green grün gruen grun vert verte verde groen grön grøn zielony zielona "
    "zelená zelený зелёный зеленый зелёная зеленая 绿 绿色 綠 緑 緑色",
    "blue": "blue blau bleu bleue azul azzurro blu blauw blå niebieski niebieska "
    "modrá modrý синий синяя 蓝 蓝色 藍 青 青色",
}
"""Colours in band names, in the languages of many producers."""

FORMS = {colour: frozenset(text.split()) for colour, text in WORDS.items()}

OTHERS = """
    edge rededge redge nir infrared infra ir vnir swir mir tir lwir coastal aerosol
    ultra violet pan panchromatic thermal cirrus yellow alpha mask infrarot nahes
    infrarouge proche infrarrojo cercano próximo infravermelho infrarosso vicino
    инфракрасный 近红外 近赤外
"""
OTHER_WORDS = frozenset(OTHERS.split())
"""Words that make another band of a colour: red edge, near infra-red, coastal blue."""

NEUTRAL = "band bands channel kanal canal banda bande reflectance surface toa boa sr"
NEUTRAL_WORDS = frozenset(NEUTRAL.split())

IDEOGRAPHS = "\u3400"
"""The first of the signs that are words by themselves: 红波段 is 红 with "band"."""

WAVELENGTH = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(nm\b|nanomet|[\u00b5\u03bcu]m\b|micromet|micron)", re.I
)

WAVELENGTHS = {
    "red": (665, 620, 690),
    "green": (560, 515, 600),
    "blue": (490, 455, 515),
}
"""Usual, shortest and longest wavelength in nanometres."""

CODE = re.compile(r"(sr_|toa_|boa_)?b(?:and)?[ _-]?0*(\d{1,2}a?)", re.I)

IN_ORDER = {"red": "4", "green": "3", "blue": "2"}
"""Band codes of Sentinel-2 and Landsat 8 and 9."""

EARLY_LANDSAT = {"red": "3", "green": "2", "blue": "1"}
"""Band codes of Landsat 4 to 7."""


@dataclass(frozen=True, kw_only=True)
class BandChoice:
    """Bands to show, and what was decided for the user."""

    bands: tuple[int, ...]
    """One 1-based band (grey) or three (red, green, blue)."""
    notes: tuple[str, ...] = ()


def choose_bands(
    interpretation: Sequence[ColorInterp],
    descriptions: Sequence[str | None] = (),
    requested: Sequence[int] | None = None,
) -> BandChoice:
    """Choose one band (grey) or three (red, green, blue).

    Without a request these are the bands whose names say red, green and blue, else
    those with these colour interpretations, else the first three that are not alpha,
    with a note if there are more. Names come first, since writers of files set the
    interpretation of three and four bands to RGB unasked. A file with fewer than three
    bands gives its first one.

    Args:
        interpretation: Colour interpretation of each band.
        descriptions: Description of each band.
        requested: 1-based bands that the user chose.

    Raises:
        OptionError: a requested band does not exist or is the alpha channel.
        SceneError: the file has only an alpha band, or another colour model.
    """
    if requested is not None:
        return BandChoice(bands=_checked(requested, interpretation))
    colours = [
        number
        for number, kind in enumerate(interpretation, 1)
        if kind != ColorInterp.alpha
    ]
    if not colours:
        raise SceneError("the scene has no band except its alpha channel")
    by_kind = None
    if set(RGB) <= set(interpretation):
        by_kind = tuple(interpretation.index(colour) + 1 for colour in RGB)
    names = {
        band: name
        for band, name in enumerate(descriptions, 1)
        if name and name.strip() and band in colours
    }
    by_name = bands_by_name(names)
    if by_name is not None:
        return BandChoice(bands=by_name, notes=_named_notes(names, by_name, by_kind))
    if by_kind is not None:
        return BandChoice(bands=by_kind, notes=_false_colours(names, by_kind))
    others = [kind.name for kind in interpretation if kind in NOT_RGB]
    if others:
        raise SceneError(
            f"the scene's colours are {', '.join(others)}; convert it to red, green "
            "and blue, or choose bands with --bands"
        )
    chosen = tuple(colours[:3]) if len(colours) >= 3 else (colours[0],)
    notes = _false_colours(names, chosen)
    if not notes and len(colours) not in (1, 3):
        shown = (
            "band {} is shown as grey"
            if len(chosen) == 1
            else "{}, {} and {} are shown as red, green and blue"
        ).format(*chosen)
        notes = (
            f"nothing tells the colours of its {len(colours)} bands; {shown}; choose "
            "others with --bands",
        )
    return BandChoice(bands=chosen, notes=notes)


def bands_by_name(names: Mapping[int, str]) -> tuple[int, ...] | None:
    """Bands of red, green and blue by their names; None where one is not named.

    Args:
        names: 1-based band -> its name.
    """
    by_word: dict[str, int] = {}
    for exact in (True, False):
        for band, name in names.items():
            colour = _colour_in(name, exact=exact)
            if colour is not None:
                by_word.setdefault(colour, band)
    for found in (by_word, _by_wavelength(names), _by_code(names)):
        if set(found) >= set(COLOURS):
            return tuple(found[colour] for colour in COLOURS)
    return None


def _colour_in(name: str, *, exact: bool) -> str | None:
    """The colour that a name says, alone (`exact`) or among other words."""
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    words = re.findall(r"[^\W\d_]+", text)
    if any(word in OTHER_WORDS for word in words):
        return None
    words = [word for word in words if word not in NEUTRAL_WORDS]
    if len(words) == 1 and words[0] in ("r", "g", "b"):
        # B2 is a number, not a blue
        is_code = CODE.fullmatch(text) is not None
        return None if is_code else COLOURS["rgb".index(words[0])]
    found = {
        colour
        for colour, forms in FORMS.items()
        for word in words
        if word in forms or (word[0] >= IDEOGRAPHS and word[0] in forms)
    }
    if len(found) != 1 or (exact and len(words) > 1):
        return None
    return found.pop()


def _by_wavelength(names: Mapping[int, str]) -> dict[str, int]:
    lengths = {}
    for band, name in names.items():
        found = WAVELENGTH.search(name)
        if found is not None:
            factor = 1 if found[2].lower().startswith("n") else 1000
            lengths[band] = float(found[1].replace(",", ".")) * factor
    chosen = {}
    for colour, (usual, shortest, longest) in WAVELENGTHS.items():
        near = [band for band, nm in lengths.items() if shortest <= nm < longest]
        if near:
            chosen[colour] = min(near, key=lambda band: abs(lengths[band] - usual))
    return chosen


def _by_code(names: Mapping[int, str]) -> dict[str, int]:
    """Bands named B2, B3, B4 as those of Sentinel-2 or Landsat; not mere numbers."""
    codes: dict[str, int] = {}
    prefixes = set()
    for band, name in names.items():
        found = CODE.fullmatch(name.strip())
        if found is not None:
            codes.setdefault(found[2].lower(), band)
            prefixes.add((found[1] or "").lower())
    numbers = [str(number) for number in range(1, len(names) + 1)]
    if list(codes) == numbers and prefixes != {"sr_"}:
        return {}
    early = prefixes == {"sr_"} and "1" in codes and "6" not in codes
    key = EARLY_LANDSAT if early else IN_ORDER
    return {colour: codes[code] for colour, code in key.items() if code in codes}


def _named_notes(
    names: Mapping[int, str], by_name: tuple[int, ...], by_kind: tuple[int, ...] | None
) -> tuple[str, ...]:
    """A note where names were interpreted, or contradict the colour interpretation."""
    if by_kind is not None and by_kind != by_name:
        why = "their names say so, though their colour interpretation says otherwise"
    elif not all(_colour_in(names[band], exact=False) for band in by_name):
        why = "these are the satellites' numbers or wavelengths of these colours"
    else:
        return ()
    shown = ", ".join(f"{band} ({names[band]})" for band in by_name)
    return (f"bands {shown} are shown as red, green and blue: {why}; --bands decides",)


def _false_colours(
    names: Mapping[int, str], chosen: tuple[int, ...]
) -> tuple[str, ...]:
    """A note where the names say that the chosen bands are not red, green and blue."""
    words = {
        band: set(re.findall(r"[^\W\d_]+", names.get(band, "").casefold()))
        for band in chosen
    }
    if len(chosen) < 3 or not any(found & OTHER_WORDS for found in words.values()):
        return ()
    shown = ", ".join(names.get(band, "?") for band in chosen)
    return (
        f"its bands {shown} are shown as red, green and blue, in false colours; choose "
        "others with --bands",
    )


def _checked(
    requested: Sequence[int], interpretation: Sequence[ColorInterp]
) -> tuple[int, ...]:
    count = len(interpretation)
    for band in requested:
        if not 1 <= band <= count:
            raise OptionError(
                f"bands: there is no band {band}; the scene has {count}, "
                "numbered from 1"
            )
        if interpretation[band - 1] == ColorInterp.alpha:
            raise OptionError(
                f"bands: band {band} is the alpha channel (transparency), not a "
                "colour; if the file says so wrongly, correct it with gdal_edit.py "
                f"-colorinterp_{band} undefined"
            )
    return tuple(requested)
