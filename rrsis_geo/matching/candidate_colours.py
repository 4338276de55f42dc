"""Colours of found objects, read from the scene where an answer depends on them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.windows import Window

from rrsis_geo.matching.mean_colours import mean_colours
from rrsis_geo.scene.grid import Grid, window_box
from rrsis_geo.scene.scene import Scene

BLOCK = 512
"""Side in pixels of the part of a scene that is read at once."""

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
            shapes = shapely.transform(
                np.array(new, np.object_),
                lambda xy: np.column_stack(self.grid.crs_to_pixels(*xy.T)),
            )
            patches = self.scene.patches(self.grid, self._blocks(shapes))
            self._known.update(zip(new, mean_colours(shapes, patches), strict=True))
        return np.array([self._known[one] for one in outlines]).reshape(-1, 3)

    def _blocks(self, shapes: NDArray[np.object_]) -> list[Window]:
        """The parts of the grid that hold something of outlines in its pixels."""
        bounds = shapely.bounds(shapes)
        first = np.maximum(bounds[:, :2] // BLOCK, 0).astype(int)
        last = np.minimum(
            bounds[:, 2:] // BLOCK,
            [(self.grid.width - 1) // BLOCK, (self.grid.height - 1) // BLOCK],
        ).astype(int)
        cells = {
            (row, column)
            for (left, top), (right, bottom) in zip(first, last, strict=True)
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        }
        windows = [
            Window(column * BLOCK, row * BLOCK, BLOCK, BLOCK)
            for row, column in sorted(cells)
        ]
        tree = shapely.STRtree(shapes)
        return [one for one in windows if len(tree.query(window_box(one)))]
