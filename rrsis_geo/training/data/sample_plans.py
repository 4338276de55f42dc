"""Views as a few numbers: what processes that plan hand to the one that draws.

Planning a sample takes words and outlines, drawing it takes pixels. A GPU draws many
samples in the time a core needs for one, so there the processes plan only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.datasets.transforms.boundaries import MIN_AREA
from rrsis_geo.datasets.transforms.crops import Crop
from rrsis_geo.datasets.transforms.photometric import PhotometricChange
from rrsis_geo.datasets.transforms.polygon_fill import layout_runs
from rrsis_geo.training.data.mixture import Mix, View


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """One image with E expressions about it, not drawn yet."""

    image: int
    """Number of the image among those of the mix."""
    piece: Crop
    look: PhotometricChange
    texts: tuple[str, ...]
    runs: NDArray[np.int32]
    """(R, 5): expression, row, first column, column after the last, and the object's
    number among the expression's targets that can have seams, from 1, or 0."""


class Plans:
    """The stream of a mix, as plans: item i depends on i only."""

    def __init__(self, mix: Mix) -> None:
        self._mix = mix
        self.images: tuple[LabelledImage, ...] = tuple(
            image for source in mix.sources for image in source.images
        )
        self._number = {image: number for number, image in enumerate(self.images)}

    def __getitem__(self, index: int) -> Plan:
        """Plan number `index`, from 0."""
        view = self._mix.view(index)
        return Plan(
            image=self._number[view.image],
            piece=view.piece,
            look=view.look,
            texts=view.texts,
            runs=_runs(view),
        )


def _runs(view: View) -> NDArray[np.int32]:
    """The pixels of all targets, as in `Plan.runs`."""
    fill = layout_runs(view.layout)
    parts = []
    for expression, targets in enumerate(view.targets):
        chosen = np.zeros(fill.count, bool)
        chosen[list(targets)] = True
        large = [target for target in targets if view.layout.areas[target] >= MIN_AREA]
        name = np.zeros(fill.count, np.int64)
        name[large] = np.arange(1, len(large) + 1)
        which = np.flatnonzero(chosen[fill.owner])
        columns = (
            np.full(len(which), expression),
            *(fill.row[which], fill.start[which], fill.stop[which]),
            name[fill.owner[which]],
        )
        parts.append(np.stack(columns, axis=1))
    return np.concatenate(parts).astype(np.int32)
