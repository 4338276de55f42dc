"""What a data set holds, found by opening all of it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rrsis_geo.datasets.published_counts import counts_of
from rrsis_geo.datasets.referring_sample import SPLITS, Sample
from rrsis_geo.errors import DataError


@dataclass
class Findings:
    """Counts over all samples, and what is broken."""

    splits: dict[str, int] = field(default_factory=dict)
    images: dict[str, int] = field(default_factory=dict)
    """Image files of each split."""
    empty: Counter[str] = field(default_factory=Counter)
    """Expressions of each split whose mask is empty: no-target ones."""
    types: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    """(width, height) of image files."""
    resized: int = 0
    """Masks of another size than their image, fitted as the set is known for."""
    gsd: Counter[float | None] = field(default_factory=Counter)
    shares: list[float] = field(default_factory=list)
    """Of the image that is target, over expressions with one."""
    words: list[int] = field(default_factory=list)
    vocabulary: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    """Image files that show what another one shows, pixel for pixel."""
    leaked: int = 0
    """Those of them that do so in another split."""
    broken: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Ready to print."""
        yield f"{'split':<6} {'expressions':>12} {'images':>8} {'no target':>10}"
        for split in SPLITS:
            count, images = self.splits.get(split, 0), self.images.get(split, 0)
            yield f"{split:<6} {count:>12,} {images:>8,} {self.empty[split]:>10,}"
        yield _counted("types", self.types)
        yield _counted("classes", self.categories)
        yield self._sizes()
        yield _counted(
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
        """Every size, or from which to which where there are many."""
        if len(self.sizes) <= 8:
            named = {f"{width} x {high}": n for (width, high), n in self.sizes.items()}
            return _counted("image sizes", named)
        widths, heights = zip(*self.sizes, strict=True)
        return (
            f"image sizes: {len(self.sizes)} different, {min(widths)} to "
            f"{max(widths)} wide, {min(heights)} to {max(heights)} high"
        )


def check(
    samples: Sequence[Sample], *, on_sample: Callable[[int], None] = lambda done: None
) -> Findings:
    """Open every image and mask and count.

    Broken samples are listed in the findings, so that one look shows all of them.
    """
    found = Findings(splits=counts_of(samples))
    shapes: dict[Path, tuple[int, int] | None] = {}
    shown: dict[str, list[str]] = {}
    files = {split: set[Path]() for split in SPLITS}
    for done, sample in enumerate(samples, start=1):
        files[sample.split].add(sample.image)
        if sample.image not in shapes:
            shapes[sample.image] = _open(sample, found, shown)
        shape = shapes[sample.image]
        if shape is not None:
            _count(sample, shape, found)
        on_sample(done)
    found.images = {split: len(paths) for split, paths in files.items()}
    for splits in shown.values():
        found.repeated += len(splits) - 1
        found.leaked += sum(split != splits[0] for split in splits[1:])
    return found


def raise_if_broken(found: Findings, place: str) -> None:
    """Nothing, or an error that says how much is broken.

    Raises:
        DataError: some is.
    """
    if found.broken:
        total = sum(found.splits.values())
        raise DataError(
            f"{place}: {len(found.broken)} of {total:,} samples are broken; the first: "
            f"{found.broken[0]}"
        )


def _open(
    sample: Sample, found: Findings, shown: dict[str, list[str]]
) -> tuple[int, int] | None:
    try:
        pixels = sample.read_pixels()
    except DataError as error:
        found.broken.append(str(error))
        return None
    height, width = pixels.shape[1:]
    found.sizes[width, height] += 1
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    shown.setdefault(digest, []).append(sample.split)
    return height, width


def _count(sample: Sample, shape: tuple[int, int], found: Findings) -> None:
    try:
        mask = sample.read_mask()
        fitted = sample.read_mask(shape)
    except DataError as error:
        found.broken.append(str(error))
        return
    found.resized += mask.shape != shape
    if fitted.any():
        found.shares.append(float(fitted.mean()))
    else:
        found.empty[sample.split] += 1
    found.types[sample.type or "not given"] += 1
    found.categories[sample.category or "not given"] += 1
    found.gsd[sample.gsd] += 1
    words = re.findall(r"[\w'-]+", sample.expression.lower())
    found.words.append(len(words))
    found.vocabulary.update(words)


def _counted(title: str, counts: Counter[str] | dict[str, int]) -> str:
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{name} {count:,}" for name, count in most[:24])
    more = f", and {len(most) - 24} more" if len(most) > 24 else ""
    return f"{title}: {shown or 'none'}{more}"
