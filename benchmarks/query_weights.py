"""Questions to a scene answered by weights: one look, then as many answers as wanted.

The network looks at every window of a scene once for all texts that are new to it.
What it answers to each text is kept, so that other questions with the same texts, other
rules and other thresholds need no network. The files lie in the folder for temporary
files and are named after scene, weights and text.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import rasterio
import shapely
from query_scenes import LabelledScene
from rasterio.errors import NotGeoreferencedWarning

from rrsis_geo.job import SegmentOptions
from rrsis_geo.model.serialization.header import digests, find_weights, read_header
from rrsis_geo.pipeline.runner import segment
from rrsis_geo.query.candidates.valid_extent import ValidArea
from rrsis_geo.query.query_batch import as_typed, make_batch
from rrsis_geo.scene.grid import Grid
from rrsis_geo.tiling.probability_raster import ProbabilityRaster, write_probability
from rrsis_geo.types import SCHEMA, Polygons, Strip
from rrsis_geo.vector.instance_splitting import split_by_class
from rrsis_geo.vector.polygonize import vectorize

PRECISION = "auto"
"""bfloat16 on a CPU that has it: half the time, and hardly another outline."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Asker:
    """Weights, and the folder in which their answers are kept."""

    weights: str
    folder: Path = Path(tempfile.gettempdir()) / "rrsis-queries-scenes"

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """Classes that the weights know by name."""
        return tuple(read_header(self._file).categories)

    def answers(
        self, scene: LabelledScene, texts: Sequence[str], mode: str
    ) -> list[frozenset[int]]:
        """For each text the labels that are answered; -1 among them: something else.

        Args:
            scene: Larger than a window.
            texts: What is asked.
            mode: As `resolve` of a job.
        """
        if not texts:
            return []
        questions = (
            as_typed(texts)
            if mode == "network"
            else make_batch(texts, mode, categories=self.categories)
        )
        sources = self._kept(scene, questions.texts)
        found, grid, area = _traced(sources, questions.texts)
        meant = questions.answer(found, grid, area).polygons
        return [_labels_of(scene, meant, grid, text) for text in texts]

    @cached_property
    def _file(self) -> Path:
        return find_weights(self.weights)

    @cached_property
    def _mark(self) -> str:
        return "|".join(digests(self._file))

    def _kept(self, scene: LabelledScene, phrases: Sequence[str]) -> dict[str, Path]:
        """Phrase -> raster of its probabilities, made where missing."""
        self.folder.mkdir(exist_ok=True)
        mark = f"{scene.path}|{os.path.getmtime(scene.path)}|{self._mark}|{PRECISION}"
        places = {text: self.folder / f"{_digest(mark, text)}.tif" for text in phrases}
        missing = [text for text, path in places.items() if not path.exists()]
        if not missing:
            return places
        began = time.process_time()
        made = self.folder / f"{scene.path.stem}.made.tif"
        segment(
            _placed(scene, self.folder),
            missing,
            probability=made,
            weights=self.weights,
            overwrite=True,
            resolve="network",
            precision=PRECISION,
            threshold=0.99,  # its polygons are not used
        )
        with ProbabilityRaster.open(made) as raster:
            strips = list(raster.strips())
            for band, text in enumerate(missing):
                write_probability(
                    [Strip(top=one.top, levels=one.levels[[band]]) for one in strips],
                    places[text],
                    grid=raster.grid,
                    expressions=[text],
                    tags={},
                )
        made.unlink()
        spent = time.process_time() - began
        line = f"{scene.path.name}: {len(missing)} new texts, {spent:.0f} s of this CPU"
        print(line, file=sys.stderr, flush=True)
        return places


def _digest(mark: str, text: str) -> str:
    return hashlib.sha256(f"{mark}|{text}".encode()).hexdigest()[:24]


def _traced(
    sources: dict[str, Path], phrases: Sequence[str]
) -> tuple[Polygons, Grid, shapely.Geometry]:
    """All phrases' polygons together, their grid, and where there is data."""
    parts, area = [], ValidArea()
    for text in phrases:
        with ProbabilityRaster.open(sources[text]) as raster:
            grid, margin = raster.grid, raster.score_margin
            strips = list(raster.strips())
        area = ValidArea()
        for strip in strips:
            area.add(strip)
        parts.append(
            vectorize(
                strips,
                grid,
                [text],
                threshold=0.5,
                min_area=0,
                fill_holes=0,
                simplify=0,
                min_score=SegmentOptions().least_score(margin),
                split=split_by_class(
                    [phrase.head.categories for phrase in as_typed([text]).phrases],
                    None,
                ),
            )
        )
    joined = Polygons(
        geometry=np.concatenate([part.geometry for part in parts]),
        crs=parts[0].crs,
        columns={
            name: np.concatenate([part.columns[name] for part in parts])
            for name in SCHEMA
        },
    )
    return joined, grid, area.outline


def _labels_of(
    scene: LabelledScene, meant: Polygons, grid: Grid, text: str
) -> frozenset[int]:
    """The labels that the polygons of a text lie on.

    A polygon stands for a label where more than half of it lies inside and it covers
    a sixth of it (an aircraft covers two fifths of its box); crumbs of less than a
    tenth of the median label are no answer and no error.
    """
    back = Grid(~grid.transform, None, 1, 1)
    shapes = shapely.transform(
        meant.geometry[meant.columns["expression"] == text],
        lambda xy: (
            np.column_stack(back.pixels_to_crs(*xy.T))
            * (scene.grid.width / grid.width, scene.grid.height / grid.height)
        ),
    )
    sound = [n for n, shape in enumerate(scene.shapes) if shape is not None]
    labels = scene.shapes[sound]
    crumb = 0.1 * float(np.median(shapely.area(labels)))
    tree = shapely.STRtree(labels)
    hit: set[int] = set()
    for shape in shapes:
        if shape.area < crumb:
            continue
        near = tree.query(shape, predicate="intersects")
        shared = shapely.area(shapely.intersection(labels[near], shape))
        good = (shared > 0.5 * shape.area) & (shared > shapely.area(labels[near]) / 6)
        hit.update(sound[place] for place in near[good]) if good.any() else hit.add(-1)
    return frozenset(hit)


def _placed(scene: LabelledScene, folder: Path) -> Path:
    """The picture as a raster with a place."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(scene.path) as dataset:
            if dataset.crs is not None:
                return scene.path
            pixels = dataset.read()
    path = folder / f"{scene.path.stem}.tif"
    if not path.exists():
        with rasterio.open(
            path, "w", driver="GTiff", count=3, dtype="uint8",
            width=pixels.shape[2], height=pixels.shape[1],
            crs=scene.grid.crs, transform=scene.grid.transform,
        ) as dataset:  # fmt: skip
            dataset.write(pixels)
    return path
