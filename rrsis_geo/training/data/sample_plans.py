"""Samples as small plans, which worker processes send to the GPU's renderer.

Planning a sample needs expressions and outlines, rendering it needs pixels. A GPU
renders many samples in the time a CPU core needs for one, so with a GPU the workers
only plan.
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
from rrsis_geo.training.data.mixture import Mixture, View


@dataclass(frozen=True, kw_only=True, eq=False)
class SamplePlan:
    """An image with E expressions, not rendered yet."""

    image: int
    """Index of the image in `MixturePlans.images`."""
    piece: Crop
    look: PhotometricChange
    texts: tuple[str, ...]
    runs: NDArray[np.int32]
    """(R, 5) run-length encoded masks: expression, row, first column, column after the
    last, and the number of the object, from 1, among the expression's targets that
    are large enough for seams; 0 for the others."""


class MixturePlans:
    """A mixture as a stream of plans: item i depends on i only."""

    def __init__(self, mixture: Mixture) -> None:
        self._mixture = mixture
        self.images: tuple[LabelledImage, ...] = tuple(
            image for source in mixture.sources for image in source.images
        )
        self._index = {image: number for number, image in enumerate(self.images)}

    def __getitem__(self, index: int) -> SamplePlan:
        """Return plan number `index`, from 0."""
        view = self._mixture.view(index)
        return SamplePlan(
            image=self._index[view.image],
            piece=view.piece,
            look=view.look,
            texts=view.texts,
            runs=_runs(view),
        )


def _runs(view: View) -> NDArray[np.int32]:
    """Return the pixels of all targets, as in `SamplePlan.runs`."""
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
