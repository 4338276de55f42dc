"""Evidence for expressions about whole scenes, and about pictures of further sets."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
import shapely
from affine import Affine
from evidence_cases import Case, make_case
from evidence_measured import measured_queries
from image_colours import colours_on
from numpy.typing import NDArray
from public_data import part_of
from query_scenes import UTM, LabelledScene, read_scenes
from query_validation import expressions_of
from query_weights import ScenePredictor, polygonize
from rasterio.features import rasterize
from sentence_sets import Picture, Sentence, pictures
from shapely.geometry.base import BaseGeometry

from rrsis_geo.datasets.labelled_image import LabelledImage, read_rgb
from rrsis_geo.query import make_plan
from rrsis_geo.query.decision.evidence import Evidence, gather
from rrsis_geo.query.decision.maps import PredictedMaps
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.query.query_batch import QueryBatch, make_batch
from rrsis_geo.scene.grid import Grid

WINDOW = 480
"""Pixels of the side of a window; smaller pictures are seen at once."""

AS_IT_IS = 0.5
"""Metres per pixel that a picture without metres is given, so that it and its overview
are read pixel by pixel."""


def scene_cases(data: Path, predictor: ScenePredictor, part: str) -> list[Case]:
    """Gather the evidence for expressions about labelled whole scenes.

    Expressions that name things without labels are left out: the network would have to
    be given each of them.

    Args:
        data: The folder of public data sets.
        predictor: Weights and their cache.
        part: choose, report or all.
    """
    found = []
    for scene in read_scenes(data):
        name = str(scene.path.relative_to(data))
        if part not in ("all", part_of(name)):
            continue
        queries = [q for q in scene.queries if scene.knows(make_plan(q.expression))]
        queries += measured_queries(scene)
        if not queries:
            continue
        texts = [query.expression for query in queries]
        predicted = _predicted(predictor, scene.path, scene.grid, texts)
        for plan, query in zip(predicted.batch.plans, queries, strict=True):
            found.append(
                make_case(
                    predicted.evidence(plan),
                    predicted.grid,
                    _burnt_labels(scene, query.targets, predicted.grid),
                    data="scenes",
                    image=name,
                    type=query.type,
                    view=predicted.batch.view,
                )
            )
    return found


def picture_cases(
    data: Path, name: str, predictor: ScenePredictor, part: str
) -> list[Case]:
    """Gather the evidence for the sentences about one set of pictures.

    Args:
        data: The folder of public data sets.
        name: One of `sentence_sets.SETS`.
        predictor: Weights and their cache.
        part: choose, report or all.
    """
    return [
        case
        for picture in pictures(data, name, part)
        for case in evidence_of(picture, predictor)
    ]


def as_it_is(image: LabelledImage) -> Picture:
    """An image of NWPU VHR-10 with its written expressions, to be read as it is."""
    texts, types, masks = expressions_of(image, 0)
    return Picture(
        name=f"nwpu-vhr10/{image.name}",
        image=image.name,
        set="nwpu as it is",
        pixels=image.pixels,
        gsd=AS_IT_IS,
        sentences=tuple(
            Sentence(expression=text, type=kind, mask=mask)
            for text, kind, mask in zip(texts, types, masks, strict=True)
        ),
    )


def evidence_of(picture: Picture, predictor: ScenePredictor) -> list[Case]:
    """Gather the evidence for the sentences about a picture."""
    path, place = _written(picture, predictor.folder)
    texts = [sentence.expression for sentence in picture.sentences]
    predicted = _predicted(predictor, path, place, texts)
    return [
        make_case(
            predicted.evidence(plan),
            predicted.grid,
            _resized(sentence.mask, predicted.grid),
            data=picture.set,
            image=picture.image,
            type=sentence.type,
            view=predicted.batch.view,
        )
        for plan, sentence in zip(predicted.batch.plans, picture.sentences, strict=True)
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Predicted:
    """A batch of expressions and what the network predicted for it."""

    batch: QueryBatch
    maps: PredictedMaps
    grid: Grid
    area: BaseGeometry
    pixels: NDArray[np.uint8]
    """(3, H, W) of the image under the grid."""

    def evidence(self, plan: Plan) -> Evidence:
        """The evidence for a plan of the batch."""
        return gather(
            plan,
            self.maps,
            self.grid,
            area=self.area,
            view=self.batch.view,
            matcher=self.batch.matcher,
            colours_of=colours_on(self.pixels, self.grid),
        )


def _predicted(
    predictor: ScenePredictor,
    path: Path,
    place: Grid,
    texts: Sequence[str],
) -> _Predicted:
    """Plan expressions; polygonize what the network predicts for their texts."""
    batch = make_batch(
        texts,
        "auto",
        grid=place,
        window_size=WINDOW,
        categories=predictor.categories,
        matcher=predictor.matcher,
    )
    sources = predictor.rasters(path, place, batch.texts)
    clear, grid, area = polygonize(sources, batch.texts, weighs=True)
    _, low = batch.thresholds(0.5)
    faint, _, _ = polygonize(sources, batch.texts, weighs=True, threshold=low)
    return _Predicted(
        batch=batch,
        maps=PredictedMaps(clear=clear, faint=faint),
        grid=grid,
        area=area,
        pixels=read_rgb(path),
    )


def _burnt_labels(
    scene: LabelledScene, targets: frozenset[int], grid: Grid
) -> NDArray[np.bool_]:
    """(H, W) mask of labels, in the grid that the scene was read at."""
    factor = (grid.width / scene.grid.width, grid.height / scene.grid.height)
    shapes = [
        shapely.transform(scene.shapes[number], lambda xy: xy * factor)
        for number in sorted(targets)
        if scene.shapes[number] is not None
    ]
    if not shapes:
        return np.zeros((grid.height, grid.width), np.bool_)
    return np.asarray(rasterize(shapes, out_shape=(grid.height, grid.width)) > 0)


def _resized(mask: NDArray[np.bool_], grid: Grid) -> NDArray[np.bool_]:
    """Take the nearest pixel of a mask for each pixel of a grid over the same area."""
    height, width = mask.shape
    rows = (np.arange(grid.height) + 0.5) * height // grid.height
    cols = (np.arange(grid.width) + 0.5) * width // grid.width
    return mask[rows.astype(int)][:, cols.astype(int)]


def _written(picture: Picture, folder: Path) -> tuple[Path, Grid]:
    """Write a picture as GeoTIFF once; return its path and where it lies."""
    folder.mkdir(exist_ok=True)
    _, height, width = picture.pixels.shape
    gsd = picture.gsd
    place = Grid(Affine(gsd, 0, 500_000, 0, -gsd, 1_000_000), UTM, width, height)
    digest = hashlib.sha256(picture.name.encode()).hexdigest()[:16]
    path = folder / f"picture-{digest}.tif"
    if not path.exists():
        with rasterio.open(
            path, "w", driver="GTiff", count=3, dtype="uint8",
            width=width, height=height, crs=UTM, transform=place.transform,
        ) as dataset:  # fmt: skip
            dataset.write(picture.pixels)
    return path, place
