"""Where a scene is looked at again, at half its resolution and less."""

from __future__ import annotations

from dataclasses import dataclass

from rasterio.windows import Window

from rrsis_geo.scene.aoi import Aoi
from rrsis_geo.scene.grid import GSD_TOLERANCE, Grid
from rrsis_geo.tiling.overviews import RADIUS
from rrsis_geo.tiling.windows import plan_windows, windows_in_rows

REACH = 2 * RADIUS + 2
"""Pixels of an overview by which one may lie outside a window and depend on it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Overview:
    """A coarser grid of a scene, and the windows that cover it."""

    grid: Grid
    windows: tuple[Window, ...]

    def windows_for(self, rows: range, full: Grid, area: Aoi | None) -> list[Window]:
        """The windows on which rows of the overview depend, near an area.

        Args:
            rows: Of the overview.
            full: The grid of the full view.
            area: In pixels of `full`; None: all.
        """
        touching = windows_in_rows(self.windows, rows.start, rows.stop)
        if area is None:
            return touching
        return [w for w in touching if _holds(area, self._around(w, full))]

    def _around(self, window: Window, full: Grid) -> Window:
        """What depends on a window, in pixels of the full view."""
        across, down = full.width / self.grid.width, full.height / self.grid.height
        left = max(int((window.col_off - REACH) * across), 0)
        top = max(int((window.row_off - REACH) * down), 0)
        right = int((window.col_off + window.width + REACH) * across) + 1
        bottom = int((window.row_off + window.height + REACH) * down) + 1
        width, height = min(right, full.width) - left, min(bottom, full.height) - top
        return Window(left, top, width, height)


def plan_overviews(
    grid: Grid,
    count: int,
    *,
    coarsest: float | None,
    size: int,
    overlap: int,
) -> tuple[Overview, ...]:
    """Plan views of half, a quarter ... of the resolution of a grid.

    None is made of what one window shows already.

    Args:
        grid: The full view.
        count: Of overviews, at most.
        coarsest: Metres per pixel that none may exceed; None: any.
        size: Side of a window in pixels.
        overlap: Pixels that neighbouring windows share.
    """
    found: list[Overview] = []
    finer = grid
    while len(found) < count and max(finer.width, finer.height) > size:
        factor = 2 ** (len(found) + 1)
        coarser = grid.resized(-(-grid.width // factor), -(-grid.height // factor))
        if coarsest is not None and coarser.gsd > coarsest * (1 + GSD_TOLERANCE):
            break
        windows = plan_windows(
            coarser.width, coarser.height, size=size, overlap=overlap
        )
        found.append(Overview(grid=coarser, windows=tuple(windows)))
        finer = coarser
    return tuple(found)


def _holds(area: Aoi, window: Window) -> bool:
    return area.touches(window) and bool(area.mask(window).any())
