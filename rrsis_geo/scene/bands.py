"""Which bands of a file are shown as red, green and blue."""

from __future__ import annotations

from collections.abc import Sequence

from rasterio.enums import ColorInterp

from rrsis_geo.errors import OptionError, SceneError

RGB = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)

FOREIGN = {
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
"""Colours of other systems; shown as red, green and blue they would mislead."""


def choose_bands(
    interpretation: Sequence[ColorInterp],
    descriptions: Sequence[str | None] = (),
    requested: Sequence[int] | None = None,
) -> tuple[int, ...]:
    """One band (grey) or three (red, green, blue), 1-based.

    Without a request: the bands marked as red, green and blue, wherever they are;
    else the bands that are named so; else the first three that are no alpha; else,
    where there are fewer than three, the first.

    Raises:
        OptionError: a requested band does not exist or is the alpha channel.
        SceneError: the file has no band to show, or its colours are no RGB.
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
                    f"bands: band {band} is the alpha channel (transparency), no "
                    "colour; if the file is marked wrongly, mend it with gdal_edit.py "
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
        raise SceneError("the scene has no band beside its alpha channel")
    foreign = [kind.name for kind in interpretation if kind in FOREIGN]
    if foreign:
        raise SceneError(
            f"the scene's colours are {', '.join(foreign)}; convert it to red, green "
            "and blue, or choose what to show with --bands"
        )
    return tuple(colours[:3]) if len(colours) >= 3 else (colours[0],)
