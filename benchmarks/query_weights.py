"""Expressions resolved with weights on whole scenes; probabilities are cached.

The network predicts every window of a scene once for all new phrases. The probabilities
of each phrase are cached, so that other expressions with the same phrases, other
operators and other thresholds need no network. The rasters lie in the folder for
temporary files and are named by a hash of scene, weights and phrase.
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
from head_digest import head_digest
from image_colours import colours_on
from query_scenes import LabelledScene
from rasterio.errors import NotGeoreferencedWarning

from rrsis_geo.datasets.labelled_image import read_rgb
from rrsis_geo.job import SegmentOptions
from rrsis_geo.matching.matcher import Matcher, find_matcher
from rrsis_geo.model.serialization.header import find_weights, read_header
from rrsis_geo.pipeline import segment
from rrsis_geo.pipeline.run_plan import find_overviews
from rrsis_geo.query.candidates.valid_extent import ValidArea
from rrsis_geo.query.heads import rows_of_second
from rrsis_geo.query.query_batch import as_typed, make_batch
from rrsis_geo.scene.grid import Grid
from rrsis_geo.tiling.probability_raster import ProbabilityRaster, write_probability
from rrsis_geo.types import SCHEMA, Polygons, Strip
from rrsis_geo.vector.instance_splitting import split_by_class
from rrsis_geo.vector.polygonize import vectorize

PRECISION = "auto"
"""bfloat16 on a CPU that has it: half the time, with nearly the same outlines."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ScenePredictor:
    """Weights, and the folder in which their probabilities are cached."""

    weights: str
    folder: Path = Path(tempfile.gettempdir()) / "rrsis-queries-scenes"

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """Classes that the weights were trained on."""
        return tuple(read_header(self._file).categories)

    @cached_property
    def matcher(self) -> Matcher | None:
        """What compares their objects with sentences."""
        return find_matcher(read_header(self._file).matcher)

    def answers(
        self, scene: LabelledScene, texts: Sequence[str], mode: str
    ) -> list[frozenset[int]]:
        """Resolve expressions on a scene.

        Args:
            scene: Larger than a window.
            texts: Expressions.
            mode: As `resolve` of a job.

        Returns:
            Indices of the labels found for each expression; -1 among them stands for
            polygons that match no label.
        """
        if not texts:
            return []
        batch = (
            as_typed(texts)
            if mode == "network"
            else make_batch(
                texts, mode, categories=self.categories, matcher=self.matcher
            )
        )
        sources = self.rasters(scene.path, scene.grid, batch.texts)
        found, grid, area = polygonize(sources, batch.texts, weighs=batch.weighs)
        faint = None
        if batch.weighs:
            _, low = batch.thresholds(0.5)
            faint, _, _ = polygonize(sources, batch.texts, weighs=True, threshold=low)
        resolved = batch.answer(
            found,
            grid,
            area,
            faint=faint,
            colours_of=colours_on(read_rgb(scene.path), grid),
        ).polygons
        return [_matching_labels(scene, resolved, grid, text) for text in texts]

    @cached_property
    def _file(self) -> Path:
        return find_weights(self.weights)

    @cached_property
    def _gsd_range(self) -> tuple[float, float] | None:
        return read_header(self._file).gsd_range

    def rasters(
        self, path: Path, grid: Grid, phrases: Sequence[str]
    ) -> dict[str, Path]:
        """Return the probability raster of each phrase; predict the missing ones.

        Args:
            path: Of the scene.
            grid: Where the scene lies if its file does not say so.
            phrases: What the network is given.
        """
        self.folder.mkdir(exist_ok=True)
        changed = os.path.getmtime(path)
        again = len(find_overviews(grid, SegmentOptions(), self._gsd_range))
        classes = read_header(self._file).second_head
        second = set(rows_of_second(phrases, classes))
        paths = {}
        for row, text in enumerate(phrases):
            head = head_digest(self._file, second=row in second)
            key = f"{path}|{changed}|{head}|{PRECISION}|{again}"
            paths[text] = self.folder / f"{_digest(key, text)}.tif"
        missing = [text for text, path in paths.items() if not path.exists()]
        if not missing:
            return paths
        start = time.process_time()
        raster_path = self.folder / f"{path.stem}.made.tif"
        segment(
            _georeferenced(path, grid, self.folder),
            missing,
            probability=raster_path,
            weights=self.weights,
            overwrite=True,
            resolve="network",
            guess=True,  # of unknown words too: the evidence says what becomes of them
            precision=PRECISION,
            threshold=0.99,  # its polygons are not used
        )
        with ProbabilityRaster.open(raster_path) as raster:
            strips = list(raster.strips())
            for band, text in enumerate(missing):
                write_probability(
                    [Strip(top=one.top, levels=one.levels[[band]]) for one in strips],
                    paths[text],
                    grid=raster.grid,
                    expressions=[text],
                    tags={},
                )
        raster_path.unlink()
        spent = time.process_time() - start
        line = f"{path.name}: {len(missing)} new texts, {spent:.0f} s of this CPU"
        print(line, file=sys.stderr, flush=True)
        return paths


def _digest(key: str, text: str) -> str:
    return hashlib.sha256(f"{key}|{text}".encode()).hexdigest()[:24]


def polygonize(
    sources: dict[str, Path],
    phrases: Sequence[str],
    *,
    weighs: bool,
    threshold: float = 0.5,
) -> tuple[Polygons, Grid, shapely.Geometry]:
    """Polygonize all phrases; return polygons, their grid, and the valid area."""
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
                threshold=threshold,
                min_area=0,
                fill_holes=0,
                simplify=0,
                min_score=0.0 if weighs else SegmentOptions().least_score(margin),
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


def _matching_labels(
    scene: LabelledScene, resolved: Polygons, grid: Grid, text: str
) -> frozenset[int]:
    """Match the polygons of an expression with labels.

    A polygon matches a label if more than half of it lies inside and it covers a sixth
    of the label (an aircraft covers two fifths of its box). Polygons smaller than a
    tenth of the median label are ignored.
    """
    to_pixels = Grid(~grid.transform, None, 1, 1)
    shapes = shapely.transform(
        resolved.geometry[resolved.columns["expression"] == text],
        lambda xy: (
            np.column_stack(to_pixels.pixels_to_crs(*xy.T))
            * (scene.grid.width / grid.width, scene.grid.height / grid.height)
        ),
    )
    valid_labels = [n for n, shape in enumerate(scene.shapes) if shape is not None]
    labels = scene.shapes[valid_labels]
    min_area = 0.1 * float(np.median(shapely.area(labels)))
    tree = shapely.STRtree(labels)
    matched: set[int] = set()
    for shape in shapes:
        if shape.area < min_area:
            continue
        near = tree.query(shape, predicate="intersects")
        shared = shapely.area(shapely.intersection(labels[near], shape))
        good = (shared > 0.5 * shape.area) & (shared > shapely.area(labels[near]) / 6)
        matched.update(
            valid_labels[place] for place in near[good]
        ) if good.any() else matched.add(-1)
    return frozenset(matched)


def _georeferenced(source: Path, grid: Grid, folder: Path) -> Path:
    """Return the path of the scene; add a georeference if it has none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(source) as dataset:
            if dataset.crs is not None:
                return source
            pixels = dataset.read()
    path = folder / f"{source.stem}.tif"
    if not path.exists():
        with rasterio.open(
            path, "w", driver="GTiff", count=3, dtype="uint8",
            width=pixels.shape[2], height=pixels.shape[1],
            crs=grid.crs, transform=grid.transform,
        ) as dataset:  # fmt: skip
            dataset.write(pixels)
    return path
