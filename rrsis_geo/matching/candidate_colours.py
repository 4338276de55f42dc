"""Colours of found objects, read from the scene where an answer depends on them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.matching.mean_colours import mean_colours
from rrsis_geo.matching.outline_pixels import blocks_with, outlines_in_pixels
from rrsis_geo.scene.grid import Grid
from rrsis_geo.scene.scene import Scene

Values = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class CandidateColours:
    """Measures the colours of outlines on a scene, each set of them once.

    Outlines compete for the pixels where they overlap, so a colour depends on all that
    are measured with it, and on nothing that was measured before.
    """

    scene: Scene
    grid: Grid
    """Of the scene; at its pixels the colours are read."""
    _known: dict[tuple[shapely.Geometry, ...], Values] = field(
        default_factory=dict, init=False, repr=False
    )

    def __call__(self, outlines: NDArray[np.object_]) -> Values:
        """Mean colours of outlines; see `ColoursOf`.

        Only the parts of the scene that hold any are read.

        Args:
            outlines: (N,) in the CRS of the grid.

        Returns:
            (N, 3); NaN where no pixel is valid.

        Raises:
            SceneError: the scene is damaged.
        """
        key = tuple(outlines)
        if key and key not in self._known:
            shapes = outlines_in_pixels(outlines, self.grid)
            patches = self.scene.patches(self.grid, blocks_with(shapes, self.grid))
            self._known[key] = mean_colours(shapes, patches)
        return self._known[key].copy() if key else np.zeros((0, 3))
