"""Colours of the pixels inside features of the user's own layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.colour.colour_names import share_of_pixels
from rrsis_geo.colour.colour_terms import ColourTerm, colour_term, says_colour_alone
from rrsis_geo.language.nodes import Find
from rrsis_geo.matching.outline_pixels import (
    blocks_with,
    outlines_in_pixels,
    pixels_by_outline,
)
from rrsis_geo.query.own_layers.own_features import OwnFeatures
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.scene.grid import Grid
from rrsis_geo.scene.scene import Scene

Values = NDArray[np.float64]


def coloured_phrases(plans: Sequence[Plan]) -> dict[str, Find]:
    """Phrases of features that ask for a colour."""
    return {
        find.phrase: find
        for plan in plans
        for find in plan.finds
        if find.layer and colour_term(find).colours
    }


def phrases_of_colour_alone(plans: Sequence[Plan]) -> frozenset[str]:
    """Those of them that ask for nothing else, so that no network has to look."""
    found = coloured_phrases(plans)
    return frozenset(text for text, find in found.items() if says_colour_alone(find))


def measure_colours(
    scene: Scene, grid: Grid, features: OwnFeatures, finds: Mapping[str, Find]
) -> dict[str, Values]:
    """Shares of features' pixels that have the colour that a phrase asks for.

    Only the parts of the scene that hold features are read.

    Args:
        scene: The open scene.
        grid: A grid of it.
        features: In the CRS of the grid.
        finds: Phrase -> what it is about; see `coloured_phrases`.

    Returns:
        Phrase -> (N,) shares of the features of its layer; NaN where none of a
        feature's pixels is valid.
    """
    layers: dict[str, dict[str, ColourTerm]] = {}
    for text, find in finds.items():
        layers.setdefault(find.layer, {})[text] = colour_term(find)
    shares: dict[str, Values] = {}
    for terms in layers.values():
        shapes = outlines_in_pixels(features.shapes_of(finds[next(iter(terms))]), grid)
        shares |= _measure(scene, grid, shapes, terms)
    return shares


def _measure(
    scene: Scene,
    grid: Grid,
    shapes: NDArray[np.object_],
    terms: Mapping[str, ColourTerm],
) -> dict[str, Values]:
    total = np.zeros(len(shapes))
    coloured = {text: np.zeros(len(shapes)) for text in terms}
    patches = scene.patches(grid, blocks_with(shapes, grid))
    for pixels, feature in pixels_by_outline(shapes, patches):
        total += np.bincount(feature, minlength=len(shapes))
        for text, term in terms.items():
            share = share_of_pixels(pixels, term.colours)
            coloured[text] += np.bincount(feature, share, minlength=len(shapes))
    with np.errstate(invalid="ignore"):
        return {text: count / total for text, count in coloured.items()}
