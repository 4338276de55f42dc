"""Expressions with the evidence for their candidates and the pixels that are meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from image_colours import colours_on
from numpy.typing import NDArray
from query_validation import SIDE, CachedNetwork, expressions_of, grid_of
from rasterio.features import rasterize

from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.datasets.transforms.crops import crop_pixels, full_crop
from rrsis_geo.job import SegmentOptions
from rrsis_geo.pipeline.revectorize import open_polygonizers
from rrsis_geo.query.decision.evidence import Evidence, gather
from rrsis_geo.query.decision.features import SceneView
from rrsis_geo.query.decision.maps import PredictedMaps
from rrsis_geo.query.query_batch import QueryBatch, make_batch
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Strip


@dataclass(frozen=True, kw_only=True, eq=False)
class Patch:
    """The pixels of one candidate."""

    top: int
    left: int
    mask: NDArray[np.bool_]
    """(h, w), from row `top` and column `left` on."""

    def of(self, image: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The (h, w) view of an image that the patch covers."""
        height, width = self.mask.shape
        return image[self.top : self.top + height, self.left : self.left + width]


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """An expression on an image with the evidence for its candidates."""

    set: str
    """Data set."""
    image: str
    type: str
    view: SceneView
    """How much of the image the network saw at once."""
    mask: NDArray[np.bool_]
    """(H, W): what is meant."""
    evidence: Evidence
    patches: tuple[Patch, ...]
    """Of each candidate that may be meant."""

    @property
    def label(self) -> NDArray[np.float64]:
        """(count,) 1 for candidates of which more than half is meant."""
        shares = [
            (one.mask & one.of(self.mask)).sum() / max(one.mask.sum(), 1)
            for one in self.patches
        ]
        return (np.array(shares) > 0.5).astype(np.float64)

    def predicted(self, rows: Iterable[int]) -> NDArray[np.bool_]:
        """(H, W) mask of some candidates."""
        mask = np.zeros(self.mask.shape, np.bool_)
        for row in rows:
            self.patches[row].of(mask)[...] |= self.patches[row].mask
        return mask


def nwpu_cases(
    image: LabelledImage, network: CachedNetwork, *, view: SceneView
) -> list[Case]:
    """Gather the evidence for all expressions of an image of NWPU VHR-10."""
    texts, types, masks = expressions_of(image, 6)
    if not texts:
        return []
    grid = grid_of(image)
    pixels = crop_pixels(image.pixels, full_crop(image.layout, SIDE))
    batch = make_batch(
        texts,
        "auto",
        grid=grid,
        window_size=SIDE if view == SceneView.WHOLE else SIDE // 2,
        categories=network.categories,
        matcher=network.matcher,
    )
    maps = predicted_maps(batch, network.levels(pixels, batch.texts), grid)
    colours_of = colours_on(image.pixels, grid)
    return [
        make_case(
            gather(
                plan,
                maps,
                grid,
                area=None,
                view=view,
                matcher=batch.matcher,
                colours_of=colours_of,
            ),
            grid,
            mask,
            data="nwpu",
            image=image.name,
            type=kind,
            view=view,
        )
        for plan, kind, mask in zip(batch.plans, types, masks, strict=True)
    ]


def make_case(
    evidence: Evidence,
    grid: Grid,
    mask: NDArray[np.bool_],
    *,
    data: str,
    image: str,
    type: str,
    view: SceneView,
) -> Case:
    """Burn the candidates into the pixels of a grid."""
    shapes = evidence.candidates.polygons.geometry[: evidence.count]
    return Case(
        set=data,
        image=image,
        type=type,
        view=view,
        mask=mask,
        evidence=evidence,
        patches=tuple(burnt(shape, grid) for shape in shapes),
    )


def burnt(shape: shapely.Geometry, grid: Grid) -> Patch:
    """The pixels of a polygon inside a grid."""
    to_pixels = Grid(~grid.transform, None, 1, 1)
    moved = shapely.transform(
        shape, lambda xy: np.column_stack(to_pixels.pixels_to_crs(*xy.T))
    )
    left, top, right, bottom = shapely.bounds(moved)
    left, top = max(int(left), 0), max(int(top), 0)
    width = min(int(np.ceil(right)), grid.width) - left
    height = min(int(np.ceil(bottom)), grid.height) - top
    if width <= 0 or height <= 0:
        return Patch(top=0, left=0, mask=np.zeros((0, 0), np.bool_))
    inside = shapely.transform(moved, lambda xy: xy - (left, top))
    mask = np.asarray(rasterize([inside], out_shape=(height, width)) > 0)
    return Patch(top=top, left=left, mask=mask)


def predicted_maps(
    batch: QueryBatch, levels: dict[str, NDArray[np.uint8]], grid: Grid
) -> PredictedMaps:
    """Polygonize the maps of all texts of a batch at both thresholds."""
    strip = Strip(top=0, levels=np.stack([levels[text] for text in batch.texts]))
    polygonizers = open_polygonizers(batch, batch.texts, grid, SegmentOptions(), 0.0)
    for one in polygonizers:
        one.add(strip)
    clear, faint = (one.finish() for one in polygonizers)
    return PredictedMaps(clear=clear, faint=faint)


def folds_of(cases: Sequence[Case], folds: int, *, seed: int | None) -> dict[str, int]:
    """Divide images among folds: image -> number of its fold."""
    images = sorted({case.image for case in cases})
    if seed is not None:
        np.random.default_rng(seed).shuffle(images)
    return {image: number % folds for number, image in enumerate(images)}
