"""Colours of the pixels inside features of the user's own layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.windows import Window

from rrsis_geo.colour.colour_names import share_of_pixels
from rrsis_geo.colour.colour_terms import ColourTerm, colour_term, says_colour_alone
from rrsis_geo.language.nodes import Find
from rrsis_geo.query.own_layers.own_features import OwnFeatures
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.scene.grid import Grid, window_box
from rrsis_geo.scene.scene import Scene

BLOCK = 1024
"""Side in pixels of the part of a scene that is looked at at once."""

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
        shapes = _in_pixels(features.shapes_of(finds[next(iter(terms))]), grid)
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
    tree = shapely.STRtree(shapes)
    windows = [one for one in _blocks(grid) if len(tree.query(window_box(one)))]
    for patch in scene.patches(grid, windows):
        rows = np.sort(tree.query(window_box(patch.window)))
        inside = _numbers(shapes, rows, patch.window)
        inside[~patch.valid] = 0
        at = inside > 0
        feature = rows[inside[at] - 1]
        pixels = patch.pixels[:, at]
        total += np.bincount(feature, minlength=len(shapes))
        for text, term in terms.items():
            share = share_of_pixels(pixels, term.colours)
            coloured[text] += np.bincount(feature, share, minlength=len(shapes))
    with np.errstate(invalid="ignore"):
        return {text: count / total for text, count in coloured.items()}


def _numbers(
    shapes: NDArray[np.object_], rows: NDArray[np.intp], window: Window
) -> NDArray[np.int32]:
    """(H, W) number from 1 of the feature that a pixel's centre lies in; 0: none."""
    height, width = int(window.height), int(window.width)
    corner = np.array([window.col_off, window.row_off], np.float64)
    moved = shapely.transform(shapes[rows], lambda xy: xy - corner)
    drawn: NDArray[np.int32] = rasterize(
        zip(moved, range(1, len(moved) + 1), strict=True),
        out_shape=(height, width),
        dtype="int32",
    )
    return drawn


def _in_pixels(shapes: NDArray[np.object_], grid: Grid) -> NDArray[np.object_]:
    moved: NDArray[np.object_] = shapely.transform(
        shapes, lambda corners: np.column_stack(grid.crs_to_pixels(*corners.T))
    )
    return moved


def _blocks(grid: Grid) -> Iterator[Window]:
    for top in range(0, grid.height, BLOCK):
        for left in range(0, grid.width, BLOCK):
            yield Window(left, top, BLOCK, BLOCK)
