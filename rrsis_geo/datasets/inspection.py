"""Statistics and defects of a data set, from opening every image and mask."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rrsis_geo.datasets.kinds import SPLITS
from rrsis_geo.datasets.published_counts import counts_of
from rrsis_geo.datasets.referring_sample import Sample
from rrsis_geo.errors import DataError


@dataclass
class Inspection:
    """Counts over all samples, and what is broken."""

    splits: dict[str, int] = field(default_factory=dict)
    """Expressions of each split."""
    images: dict[str, int] = field(default_factory=dict)
    """Image files of each split."""
    empty: Counter[str] = field(default_factory=Counter)
    """Expressions without a target in each split: their mask is empty."""
    types: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    """(width, height) of image files."""
    resized: int = 0
    """Masks of another size than their image, in sets that are known for that."""
    gsd: Counter[float | None] = field(default_factory=Counter)
    """Metres per pixel; None: not known."""
    shares: list[float] = field(default_factory=list)
    """Share of the image that is target, of each expression with one."""
    words: list[int] = field(default_factory=list)
    """Words of each expression."""
    vocabulary: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    """Image files whose pixels are those of another file."""
    leaked: int = 0
    """Of these, those in another split than the first such file."""
    broken: list[str] = field(default_factory=list)
    """One message for each broken image or mask."""

    def lines(self) -> Iterator[str]:
        """Format the counts for people, line by line."""
        yield f"{'split':<6} {'expressions':>12} {'images':>8} {'no target':>10}"
        for split in SPLITS:
            count, images = self.splits.get(split, 0), self.images.get(split, 0)
            yield f"{split:<6} {count:>12,} {images:>8,} {self.empty[split]:>10,}"
        yield _format_counts("types", self.types)
        yield _format_counts("classes", self.categories)
        yield self._sizes()
        yield _format_counts(
            "metres per pixel",
            {
                "not known" if value is None else f"{value:.3g}": count
                for value, count in self.gsd.items()
            },
        )
        if self.shares:
            low, middle, high = np.percentile(self.shares, [5, 50, 95]) * 100
            yield (
                f"target: {low:.3g} / {middle:.3g} / {high:.3g} % of the image "
                "(5th, 50th, 95th percentile)"
            )
        if self.words:
            often = ", ".join(word for word, _ in self.vocabulary.most_common(12))
            yield (
                f"words: {min(self.words)} to {max(self.words)} an expression, "
                f"{np.mean(self.words):.1f} on average, {len(self.vocabulary):,} "
                f"different; most often: {often}"
            )
        if self.resized:
            yield f"masks of another size than their image, resized: {self.resized}"
        if self.repeated:
            yield (
                f"images that repeat another one: {self.repeated}, of these in another "
                f"split: {self.leaked}"
            )
        for message in self.broken[:20]:
            yield f"broken: {message}"
        if len(self.broken) > 20:
            yield f"broken: and {len(self.broken) - 20} more"

    def _sizes(self) -> str:
        """Every size, or the range where there are many."""
        if len(self.sizes) <= 8:
            named = {f"{width} x {high}": n for (width, high), n in self.sizes.items()}
            return _format_counts("image sizes", named)
        widths, heights = zip(*self.sizes, strict=True)
        return (
            f"image sizes: {len(self.sizes)} different, {min(widths)} to "
            f"{max(widths)} wide, {min(heights)} to {max(heights)} high"
        )


def inspect_samples(
    samples: Sequence[Sample], *, on_sample: Callable[[int], None] = lambda done: None
) -> Inspection:
    """Open every image and mask and count.

    Broken samples are collected rather than raised, so that one run lists all of them.

    Args:
        samples: The data set.
        on_sample: Called with the number of samples done.
    """
    result = Inspection(splits=counts_of(samples))
    shapes: dict[Path, tuple[int, int] | None] = {}
    splits_of: dict[str, list[str]] = {}  # by the digest of the pixels
    files = {split: set[Path]() for split in SPLITS}
    for done, sample in enumerate(samples, start=1):
        files[sample.split].add(sample.image)
        if sample.image not in shapes:
            shapes[sample.image] = _inspect_image(sample, result, splits_of)
        shape = shapes[sample.image]
        if shape is not None:
            _inspect_mask(sample, shape, result)
        on_sample(done)
    result.images = {split: len(paths) for split, paths in files.items()}
    for splits in splits_of.values():
        result.repeated += len(splits) - 1
        result.leaked += sum(split != splits[0] for split in splits[1:])
    return result


def raise_if_broken(result: Inspection, source: str) -> None:
    """Raise an error if any sample is broken.

    Raises:
        DataError: Some are; the message says how many and shows the first.
    """
    if result.broken:
        total = sum(result.splits.values())
        raise DataError(
            f"{source}: {len(result.broken)} of {total:,} samples are broken; the "
            f"first: {result.broken[0]}"
        )


def _inspect_image(
    sample: Sample, result: Inspection, splits_of: dict[str, list[str]]
) -> tuple[int, int] | None:
    try:
        pixels = sample.read_pixels()
    except DataError as error:
        result.broken.append(str(error))
        return None
    height, width = pixels.shape[1:]
    result.sizes[width, height] += 1
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    splits_of.setdefault(digest, []).append(sample.split)
    return height, width


def _inspect_mask(sample: Sample, shape: tuple[int, int], result: Inspection) -> None:
    try:
        mask = sample.read_mask()
        resized = sample.read_mask(shape)
    except DataError as error:
        result.broken.append(str(error))
        return
    result.resized += mask.shape != shape
    if resized.any():
        result.shares.append(float(resized.mean()))
    else:
        result.empty[sample.split] += 1
    result.types[sample.type or "not given"] += 1
    result.categories[sample.category or "not given"] += 1
    result.gsd[sample.gsd] += 1
    words = re.findall(r"[\w'-]+", sample.expression.lower())
    result.words.append(len(words))
    result.vocabulary.update(words)


def _format_counts(title: str, counts: Counter[str] | dict[str, int]) -> str:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{name} {count:,}" for name, count in ranked[:24])
    more = f", and {len(ranked) - 24} more" if len(ranked) > 24 else ""
    return f"{title}: {shown or 'none'}{more}"
