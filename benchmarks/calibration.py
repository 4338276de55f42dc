"""Reliability of weights on validation images, and the calibration they need.

    python benchmarks/calibration.py DATA_FOLDER [--weights default] [--png plot.png]
        [--write calibrated.safetensors] [--kept logits.npz] [--open-only]

DATA_FOLDER holds the public data sets of the model card. Prints how reliable pixels and
presence are with the current calibration, fits temperature and bias of both, and scores
every threshold and weight of presence. `--write` saves the weights with the fitted
calibration and the chosen weight of presence in their header; the tensors are not
changed. `--kept` caches histograms of the logits, so that the next run does not need
the network. `--open-only` uses only images with open licences, for weights that are
published under one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from public_data import default_sources

from rrsis_geo.evaluation.calibration import (
    CENTRES,
    Bin,
    LogitHistograms,
    choose_operating_points,
    fit_calibration,
    fit_isotonic,
    histogram,
    pixel_probabilities,
    pixel_weights,
    presence_probabilities,
    reliability,
    score_grid,
    with_threshold_at_half,
)
from rrsis_geo.evaluation.protocols import SIDE
from rrsis_geo.evaluation.weights_network import WeightsNetwork
from rrsis_geo.model.serialization.header import read_header
from rrsis_geo.model.serialization.weights import recalibrate
from rrsis_geo.training.validation import made_samples, written_samples

THRESHOLDS = tuple(round(0.2 + 0.05 * k, 2) for k in range(13))
GATES = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)


def collect_histograms(
    data: Path, weights: str, crops: int, *, open_only: bool
) -> LogitHistograms:
    """Predict every validation image and collect histograms of the logits."""
    network = WeightsNetwork(weights)
    _, kept = default_sources(data, [], open_only=open_only)
    target, other, presence, names = [], [], [], []
    for source in kept:
        parts = [made_samples(source, count=crops, seed=7)]
        if any(image.written for image in source.images):
            parts.insert(0, written_samples(source.images))
        for sample in chain(*parts):
            for start in range(0, len(sample.texts), 8):
                texts = sample.texts[start : start + 8]
                answer = network.predict(sample.pixels, texts, [(SIDE, SIDE)])
                presence_logits = network.presence_logits
                for k, mask in enumerate(sample.masks[start : start + 8]):
                    inside, outside = histogram(answer.logits[0][k], mask)
                    target.append(inside)
                    other.append(outside)
                    presence.append(
                        np.nan if presence_logits is None else presence_logits[k]
                    )
                    names.append(source.name)
        print(f"{source.name}: {names.count(source.name)} pairs", flush=True)
    return LogitHistograms(
        target=np.array(target),
        other=np.array(other),
        presence=np.array(presence, float),
        source=np.array(names),
    )


def table(title: str, bins: list[Bin], error: float) -> Iterator[str]:
    """Yield the lines of a reliability table."""
    yield f"{title}: expected calibration error {100 * error:.2f} %"
    yield "   probability      share  predicted  observed"
    for row in bins:
        yield (
            f"  {row.low:5.2f} to {row.high:4.2f}  {100 * row.share:7.2f} "
            f"{100 * row.confidence:10.1f} {100 * row.accuracy:9.1f}"
        )


def panel(title: str, lines: dict[str, tuple[list[Bin], float]]) -> Image.Image:
    """Draw one reliability diagram."""
    side, left, top = 360, 56, 40
    picture = Image.new("RGB", (side + left + 24, side + top + 56), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(14)
    pen.text((left, 10), title, fill="black", font=font)

    def to_pixels(x: float, y: float) -> tuple[float, float]:
        return left + x * side, top + (1 - y) * side

    for k in range(6):
        mark = k / 5
        pen.line([to_pixels(mark, 0), to_pixels(mark, 1)], fill=(230, 230, 230))
        pen.line([to_pixels(0, mark), to_pixels(1, mark)], fill=(230, 230, 230))
        pen.text(
            (left - 34, to_pixels(0, mark)[1] - 8),
            f"{mark:.1f}",
            fill="black",
            font=font,
        )
        pen.text(
            (to_pixels(mark, 0)[0] - 10, top + side + 6),
            f"{mark:.1f}",
            fill="black",
            font=font,
        )
    pen.line([to_pixels(0, 0), to_pixels(1, 1)], fill=(150, 150, 150), width=1)
    colours = ((200, 60, 50), (40, 110, 200))
    for index, ((name, (bins, error)), colour) in enumerate(
        zip(lines.items(), colours, strict=True)
    ):
        points = [to_pixels(row.confidence, row.accuracy) for row in bins]
        pen.line(points, fill=colour, width=2)
        for (x, y), row in zip(points, bins, strict=True):
            r = 2 + 8 * row.share**0.5  # area in proportion to the share
            pen.ellipse([x - r, y - r, x + r, y + r], fill=colour)
        text = f"{name}: off by {100 * error:.1f} %"
        pen.text((left + 10, top + 8 + 20 * index), text, fill=colour, font=font)
    pen.text(
        (left, top + side + 28),
        "across: predicted; up: observed",
        fill="black",
        font=font,
    )
    return picture


def main() -> None:
    """Predict, fit, print; write the requested files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--pieces", type=int, default=30, help="crops per source")
    parser.add_argument(
        "--loss", type=float, default=2.0, help="points of mIoU to give up"
    )
    parser.add_argument(
        "--gate", type=float, help="weight of presence instead of the chosen one"
    )
    parser.add_argument(
        "--centre", action="store_true", help="move the chosen threshold to one half"
    )
    parser.add_argument("--open-only", action="store_true")
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--png", type=Path)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    if options.kept and options.kept.exists():
        with np.load(options.kept) as stored:
            histograms = LogitHistograms(
                **{name: stored[name] for name in stored.files}
            )
    else:
        histograms = collect_histograms(
            options.data,
            options.weights,
            options.pieces,
            open_only=options.open_only,
        )
        if options.kept:
            np.savez_compressed(options.kept, **vars(histograms))

    before = read_header(options.weights).calibration
    after = fit_calibration(histograms, gate=before.presence_gate)
    hits, misses = pixel_weights(histograms)
    with_presence = np.isfinite(histograms.presence)
    has_target = histograms.has_target[with_presence].astype(float)
    pixels, pairs = {}, {}
    for name, calibration in (("before", before), ("after", after)):
        pixels[name] = reliability(pixel_probabilities(calibration), hits, misses)
        print(*table(f"\npixels, {name}", *pixels[name]), sep="\n")
        if with_presence.any():
            chances = presence_probabilities(histograms, calibration)[with_presence]
            pairs[name] = reliability(chances, has_target, 1 - has_target, bins=10)
            print(*table(f"presence, {name}", *pairs[name]), sep="\n")
    _, isotonic_error = reliability(fit_isotonic(hits, misses), hits, misses)
    print(
        f"\npixels, isotonic on {len(CENTRES)} cells: "
        f"off by {100 * isotonic_error:.2f} %"
    )
    if with_presence.any():
        print("\npresence by source: pairs, off by (before, after)")
        for source in np.unique(histograms.source[with_presence]):
            in_source = histograms.source[with_presence] == source
            target = has_target[in_source]
            errors = []
            for calibration in (before, after):
                presence = presence_probabilities(histograms, calibration)
                presence = presence[with_presence][in_source]
                errors.append(reliability(presence, target, 1 - target, bins=10)[1])
            print(
                f"  {source:12} {in_source.sum():5} "
                f"{100 * errors[0]:6.1f} {100 * errors[1]:6.1f}"
            )

    gates = GATES if with_presence.any() else (0.0,)
    points = score_grid(histograms, after, thresholds=THRESHOLDS, gates=gates)
    current = score_grid(
        histograms, before, thresholds=(0.5,), gates=(before.presence_gate,)
    )[0]
    print(
        f"\n{histograms.has_target.sum()} pairs with a target: mIoU; "
        f"{(~histograms.has_target).sum()} "
        "without: next to nothing predicted; by weight of presence"
    )
    print("threshold   " + "   ".join(f"{gate:11.2f}" for gate in gates))
    for threshold in THRESHOLDS:
        row = [point for point in points if point.threshold == threshold]
        cells = "   ".join(f"{100 * p.miou:4.1f}, {100 * p.quiet:5.1f}" for p in row)
        print(f"{threshold:9.2f}   {cells}")
    best, quiet = choose_operating_points(points, loss=options.loss / 100)
    for name, point in (
        ("current calibration", current),
        ("best mIoU", best),
        (f"quietest within {options.loss:g} points", quiet),
    ):
        print(
            f"{name}: mIoU {100 * point.miou:.1f}, quiet {100 * point.quiet:.1f} at a "
            f"threshold of {point.threshold:g}, presence weighed {point.gate:g}"
        )
    chosen = fit_calibration(
        histograms, gate=quiet.gate if options.gate is None else options.gate
    )
    chosen = replace(chosen, score_margin=before.score_margin)
    if options.centre:
        chosen = with_threshold_at_half(chosen, quiet.threshold)
    print(f"calibration: {chosen}")
    if options.png:
        panels = [panel("Pixels of images with a target", pixels)]
        if with_presence.any():
            panels.append(panel("Is the target there?", pairs))
        width = sum(part.width for part in panels)
        page = Image.new("RGB", (width, panels[0].height), "white")
        for k, part in enumerate(panels):
            page.paste(part, (k * panels[0].width, 0))
        page.save(options.png, optimize=True)
    if options.write:
        written = recalibrate(options.weights, options.write, calibration=chosen)
        print(f"wrote {written.path}, sha256 {written.sha256}")


if __name__ == "__main__":
    main()
