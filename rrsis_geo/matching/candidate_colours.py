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
    """Measures the colours of outlines on a scene, each once."""

    scene: Scene
    grid: Grid
    """Of the scene; at its pixels the colours are read."""
    _known: dict[shapely.Geometry, Values] = field(
        default_factory=dict, init=False, repr=False
    )

    def __call__(self, outlines: NDArray[np.object_]) -> Values:
        """Mean colours of outlines; see `ColoursOf`.

        Only the parts of the scene that hold new ones are read.

        Args:
            outlines: (N,) in the CRS of the grid.

        Returns:
            (N, 3); NaN where no pixel is valid.

        Raises:
            SceneError: the scene is damaged.
        """
        new = [one for one in dict.fromkeys(outlines) if one not in self._known]
        if new:
            shapes = outlines_in_pixels(np.array(new, np.object_), self.grid)
            patches = self.scene.patches(self.grid, blocks_with(shapes, self.grid))
            self._known.update(zip(new, mean_colours(shapes, patches), strict=True))
        return np.array([self._known[one] for one in outlines]).reshape(-1, 3)
