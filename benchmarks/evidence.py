"""Fit the weights of the evidence, and measure them on images left out of the fit.

    python benchmarks/evidence.py DATA_FOLDER [--folds 6] [--write FILE]

Every expression of the validation images of NWPU VHR-10, written and generated, is
answered twice: as in one window, and as on a scene that the network sees in parts. The
images are divided into folds; each fold is answered with coefficients that were fitted
on the others. `--write` fits on all of them and writes a module of coefficients.
Probabilities are cached in the folder for temporary files.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from public_data import nwpu, split
from query_validation import SIDE, CachedNetwork, expressions_of, grid_of, overlap
from rasterio.features import rasterize

from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.datasets.transforms.crops import crop_pixels, full_crop
from rrsis_geo.job import CAUTION, SegmentOptions
from rrsis_geo.pipeline.revectorize import open_polygonizers
from rrsis_geo.query.decision.evidence import Evidence, gather
from rrsis_geo.query.decision.evidence_weights import EvidenceWeights
from rrsis_geo.query.decision.expected_iou import (
    choose,
    given_something,
    sentence_features,
)
from rrsis_geo.query.decision.features import FEATURES, SENTENCE_FEATURES
from rrsis_geo.query.decision.maps import PaintedMaps
from rrsis_geo.query.query_batch import QueryBatch, make_batch
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Strip

Values = NDArray[np.float64]

CONTEXT_PENALTY, COMMON_PENALTY, FREE = 2.0, 0.4, 0.01
"""Ridge penalties of coefficients of one context, of all contexts, of the intercept."""

FOLDS_INSIDE = 5
"""The model of whole expressions is fitted on chances from folds left out."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """An expression on an image with the evidence for its candidates."""

    image: str
    type: str
    one_window: bool
    mask: NDArray[np.bool_]
    evidence: Evidence
    masks: tuple[NDArray[np.bool_], ...]
    """Of each candidate that may be meant."""

    @property
    def label(self) -> Values:
        """(count,) 1 for candidates of which more than half is meant."""
        shares = [(one & self.mask).sum() / max(one.sum(), 1) for one in self.masks]
        return (np.array(shares) > 0.5).astype(np.float64)


def main() -> None:
    """Fit, measure, and write the coefficients if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--limit", type=int, help="number of images")
    parser.add_argument("--write", type=Path, help="module of coefficients")
    options = parser.parse_args()
    network = CachedNetwork(options.weights)
    _, kept = split(nwpu(options.data), every=7)
    found = [
        case
        for image in kept[: options.limit]
        for one_window in (True, False)
        for case in cases(image, network, one_window=one_window)
    ]
    report(found, options.folds)
    if options.write:
        options.write.write_text(module(fit(found)), encoding="utf-8")


def cases(
    image: LabelledImage, network: CachedNetwork, *, one_window: bool
) -> list[Case]:
    """Gather the evidence for all expressions of an image."""
    texts, types, masks = expressions_of(image, 6)
    if not texts:
        return []
    grid = grid_of(image)
    pixels = crop_pixels(image.pixels, full_crop(image.layout, SIDE))
    batch = make_batch(
        texts,
        "auto",
        grid=grid,
        window_size=SIDE if one_window else 0,
        categories=network.categories,
    )
    levels = network.levels(pixels, batch.texts)
    maps = painted_maps(batch, levels, grid)
    found = []
    for plan, kind, mask in zip(batch.plans, types, masks, strict=True):
        evidence = gather(plan, maps, grid, area=None, one_window=one_window)
        shapes = evidence.candidates.polygons.geometry[: evidence.count]
        found.append(
            Case(
                image=image.name,
                type=kind,
                one_window=one_window,
                mask=mask,
                evidence=evidence,
                masks=tuple(drawn(shape, grid) for shape in shapes),
            )
        )
    return found


def painted_maps(
    batch: QueryBatch, levels: dict[str, NDArray[np.uint8]], grid: Grid
) -> PaintedMaps:
    """Polygonize the maps of all texts of a batch at both thresholds."""
    strip = Strip(top=0, levels=np.stack([levels[text] for text in batch.texts]))
    polygonizers = open_polygonizers(batch, batch.texts, grid, SegmentOptions(), 0.0)
    for one in polygonizers:
        one.add(strip)
    clear, faint = (one.finish() for one in polygonizers)
    return PaintedMaps(clear=clear, faint=faint)


def drawn(shape: shapely.Geometry, grid: Grid) -> NDArray[np.bool_]:
    """(SIDE, SIDE) mask of a polygon."""
    to_pixels = Grid(~grid.transform, None, 1, 1)
    moved = shapely.transform(
        shape, lambda xy: np.column_stack(to_pixels.pixels_to_crs(*xy.T))
    )
    return np.asarray(rasterize([moved], out_shape=(SIDE, SIDE)) > 0)


def fit(found: Sequence[Case]) -> EvidenceWeights:
    """Fit both logistic models."""
    images = sorted({case.image for case in found})
    fold = {image: number % FOLDS_INSIDE for number, image in enumerate(images)}
    features, labels = [], []
    for left_out in range(FOLDS_INSIDE):
        others = [case for case in found if fold[case.image] != left_out]
        weights = EvidenceWeights(
            candidate=fit_candidates(others), sentence=np.zeros(len(SENTENCE_FEATURES))
        )
        for case in found:
            if fold[case.image] == left_out:
                chances = given_something(case.evidence, weights)
                features.append(sentence_features(case.evidence, chances))
                labels.append(float(case.mask.any()))
    count = len(labels)
    sentence = logistic_fit(
        np.array(features), np.array(labels), np.ones(count), SENTENCE_FEATURES
    )
    return EvidenceWeights(candidate=fit_candidates(found), sentence=sentence)


def fit_candidates(found: Sequence[Case]) -> Values:
    """Fit the chance of a candidate, given that something is meant."""
    meant = [case for case in found if case.mask.any() and case.evidence.count]
    features = np.vstack([case.evidence.features for case in meant])
    labels = np.concatenate([case.label for case in meant])
    # a crowd counts more than one object, but not as much as its number
    weight = [np.full(case.evidence.count, case.evidence.count**-0.5) for case in meant]
    return logistic_fit(features, labels, np.concatenate(weight), FEATURES)


def logistic_fit(
    features: Values, labels: Values, weight: Values, names: Sequence[str]
) -> Values:
    """Coefficients of a logistic model with ridge penalties, by Newton's method."""
    common = np.array([name.endswith(", all") for name in names])
    penalty = np.where(common, COMMON_PENALTY, CONTEXT_PENALTY)
    penalty[0] = FREE
    found = np.zeros(len(names))
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(features @ found, -30, 30)))
        slope = features.T @ (weight * (chance - labels)) + penalty * found
        curve = (features.T * (weight * chance * (1 - chance))) @ features
        step = np.linalg.solve(curve + np.diag(penalty + 1e-6), slope)
        found -= step
        if np.abs(step).max() < 1e-6:
            break
    return found


def report(found: Sequence[Case], folds: int) -> None:
    """Print what coefficients answer on images that they were not fitted on."""
    images = sorted({case.image for case in found})
    np.random.default_rng(1).shuffle(images)
    fold = {image: number % folds for number, image in enumerate(images)}
    answered: list[tuple[Case, float, bool]] = []
    for left_out in range(folds):
        weights = fit([case for case in found if fold[case.image] != left_out])
        for case in found:
            if fold[case.image] == left_out:
                rows = choose(case.evidence, weights, caution=CAUTION).rows
                mask = np.zeros(case.mask.shape, np.bool_)
                for row in rows.tolist():
                    mask |= case.masks[row]
                answered.append((case, overlap(mask, case.mask), not len(rows)))
    print("| expressions | seen | mIoU | empty | of | nothing meant: empty | of |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for made in (False, True):
        for one_window in (True, False):
            group = [
                one
                for one in answered
                if one[0].type.startswith("made ") == made
                and one[0].one_window == one_window
            ]
            _row("generated" if made else "written", one_window, group)


def _row(
    title: str, one_window: bool, group: Sequence[tuple[Case, float, bool]]
) -> None:
    meant = [one for one in group if one[0].mask.any()]
    none = [one for one in group if not one[0].mask.any()]
    values = [
        100 * np.mean([one[1] for one in meant]),
        100 * np.mean([one[2] for one in meant]),
        100 * np.mean([one[1] for one in none]),
    ]
    seen = "whole" if one_window else "in parts"
    print(
        f"| {title} | {seen} | {values[0]:.1f} | {values[1]:.1f} % | {len(meant)} "
        f"| {values[2]:.1f} % | {len(none)} |",
        flush=True,
    )


def module(weights: EvidenceWeights) -> str:
    """The module `default_weights` with these coefficients."""
    values = weights.to_mapping()
    lines = [
        '"""Coefficients of the evidence, as `benchmarks/evidence.py` writes them."""',
        "",
        "from __future__ import annotations",
        "",
    ]
    for name, what in (("candidate", "a candidate"), ("sentence", "an expression")):
        lines.append(f"{name.upper()}: dict[str, float] = {{")
        lines += [
            f'    "{key}": {value:.3f},'
            for key, value in values[name].items()
            if abs(value) >= 0.0005
        ]
        lines.append("}")
        lines.append(f'"""Kind of evidence of {what} -> coefficient; 0 for others."""')
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
