"""Choice of the bands of a file to use as red, green and blue."""

from __future__ import annotations

from collections.abc import Sequence

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


def choose_bands(
    interpretation: Sequence[ColorInterp],
    descriptions: Sequence[str | None] = (),
    requested: Sequence[int] | None = None,
) -> tuple[int, ...]:
    """Choose one band (grey) or three (red, green, blue).

    Without a request these are the bands with the colour interpretations red, green
    and blue, else those with such descriptions, else the first three that are not
    alpha. A file with fewer than three gives its first one.

    Args:
        interpretation: Colour interpretation of each band.
        descriptions: Description of each band.
        requested: 1-based bands that the user chose.

    Returns:
        1-based bands.

    Raises:
        OptionError: a requested band does not exist or is the alpha channel.
        SceneError: the file has only an alpha band, or another colour model.
    """
    count = len(interpretation)
    if requested is not None:
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
    if set(RGB) <= set(interpretation):
        return tuple(interpretation.index(colour) + 1 for colour in RGB)
    names = [(name or "").strip().lower() for name in descriptions]
    if {"red", "green", "blue"} <= set(names):
        return tuple(names.index(name) + 1 for name in ("red", "green", "blue"))
    colours = [
        number
        for number, kind in enumerate(interpretation, 1)
        if kind != ColorInterp.alpha
    ]
    if not colours:
        raise SceneError("the scene has no band except its alpha channel")
    others = [kind.name for kind in interpretation if kind in NOT_RGB]
    if others:
        raise SceneError(
            f"the scene's colours are {', '.join(others)}; convert it to red, green "
            "and blue, or choose bands with --bands"
        )
    return tuple(colours[:3]) if len(colours) >= 3 else (colours[0],)
