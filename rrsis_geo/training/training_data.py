"""What a run trains on and validates on, from the data that its config asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from rrsis_geo.datasets.referring_sample import Sample as Line
from rrsis_geo.datasets.referring_sample import of_split
from rrsis_geo.datasets.registry import read_dataset
from rrsis_geo.errors import DataError, OptionError
from rrsis_geo.training.builders import PHRASES, augmentation
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.batch import Sample, Stream
from rrsis_geo.training.data.listed_samples import Listed, check_samples, grouped
from rrsis_geo.training.data.mixture import Mix, Source
from rrsis_geo.training.recipe.drawn_scenes import draw_scenes
from rrsis_geo.training.recipe.hard_negatives import read_mistakes, with_mistakes
from rrsis_geo.training.recipe.pack import is_pack, read_pack
from rrsis_geo.training.recipe.public_datasets import default_sources
from rrsis_geo.training.trainer import Checks
from rrsis_geo.training.validation import made_samples, written_samples


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingData:
    """Samples, and what the weights' card will say of them."""

    stream: Stream
    checks: Checks
    round: int
    """Items until every line was shown; 0: there is no end."""
    about: str
    """For the card."""
    texts: tuple[str, ...] = ()
    """Expressions, where they are listed: a small vocabulary must know them."""
    phrases: tuple[str, ...] = PHRASES
    """Names of things that D-MOLS hides."""
    categories: tuple[str, ...] = ()
    """Of the targets, as the data name them."""
    gsd_range: tuple[float, float] | None = None
    """Metres per pixel as trained, finest and coarsest; None: not known."""


def listed_material(config: TrainConfig, data: Path, *, part: bool) -> TrainingData:
    """A manifest or a published data set.

    Args:
        config: of the run.
        data: the manifest's file or the data set's folder.
        part: take what is there of a published set.

    Raises:
        DataError: a file is missing or broken, or there is nothing to train on.
    """
    lines = read_dataset(data, partial=part)
    training = of_split(lines, "train", str(data))
    kept = [line for line in lines if line.split == "val"]
    check_files(training + kept)
    categories = tuple(sorted({line.category for line in training if line.category}))
    names = {name.replace("_", " ").lower() for name in categories}
    images = {line.image for line in training}
    stream = Listed(
        groups=grouped(training, config.expressions),
        size=config.size,
        expressions=config.expressions,
        how=augmentation(config),
        seed=config.seed,
    )
    checks: dict[str, Callable[[], Iterable[Sample]]] = {}
    if kept:
        checks["val"] = partial(check_samples, kept, size=config.size)
    return TrainingData(
        stream=stream,
        checks=checks,
        round=len(stream),
        about=f"{data.name}: {len(training)} expressions on {len(images)} images",
        texts=tuple(line.expression for line in training),
        phrases=tuple(sorted(names | set(PHRASES))),
        categories=categories,
        gsd_range=_gsd_range(training, config.size),
    )


def mixed_material(
    config: TrainConfig,
    data: Path,
    *,
    outlines: Path | None,
    workers: int,
    mistakes: Path | None = None,
) -> TrainingData:
    """The public data sets of the default weights and drawn scenes, or a pack of them.

    Args:
        config: of the run.
        data: folder of the data sets, or a pack by `scripts/pack_sources.py`, which
            brings its own drawn scenes and keeps nothing for validation.
        outlines: of aircraft, by `scripts/outline_aircraft.py`; None: those sets,
            which have boxes only, are left out.
        workers: processes that draw scenes.
        mistakes: of a network, by `scripts/mine_mistakes.py`.

    Raises:
        DataError: a data set is missing.
    """
    if is_pack(data):
        if outlines is not None:
            raise OptionError(
                f"{data}: is a pack, whose aircraft have outlines already; leave "
                "--outlines away"
            )
        sources: list[Source] = read_pack(data)
        kept: list[Source] = []
    else:
        drawn = draw_scenes(
            config.drawn, seed=config.seed, workers=max(workers, 2), theme=config.theme
        )
        sources, kept = default_sources(
            data, drawn, outlines=outlines, open_only=config.open_only
        )
    if mistakes is not None:
        sources = with_mistakes(sources, read_mistakes(mistakes))
    counted = ", ".join(f"{source.name} {len(source.images)}" for source in sources)
    return TrainingData(
        stream=mix_of(config, sources),
        checks=mix_checks(kept),
        round=0,
        about=f"images of {counted}",
    )


def mix_of(config: TrainConfig, sources: Sequence[Source]) -> Mix:
    """The stream of a run over sources, drawn from as often as the config says."""
    return Mix(
        sources=tuple(
            replace(
                source,
                weight=config.sources.get(source.name, source.weight),
                scale=tuple(config.scales.get(source.name, source.scale)),
            )
            for source in sources
        ),
        size=config.size,
        expressions=config.expressions,
        written=config.written,
        no_target=config.no_target,
        swapped_expressions=config.strays,
        shares=config.shares,
        seed=config.seed,
    )


def mix_checks(kept: Sequence[Source]) -> Checks:
    """Small fixed samples of everything that is kept back."""
    checks: dict[str, Callable[[], Iterable[Sample]]] = {
        f"{source.name}, made": partial(made_samples, source, count=16, seed=7)
        for source in kept
    }
    images = [image for source in kept for image in source.images[::2]]
    if any(image.written for image in images):
        checks["written"] = lambda: islice(written_samples(images), 40)
    return checks


def check_files(lines: Iterable[Line]) -> None:
    """Find out now, and not in the middle of a night, that an image is missing.

    Raises:
        DataError: it is; the message names the first and where it is listed.
    """
    seen: set[Path] = set()
    for line in lines:
        if line.image not in seen and not line.image.is_file():
            where = f"{line.origin}: " if line.origin else ""
            raise DataError(f"{where}{line.image}: there is no such image")
        seen.add(line.image)


def _gsd_range(lines: Sequence[Line], size: int) -> tuple[float, float] | None:
    """Metres per pixel after squeezing to the training size, by the first image."""
    known = [line.gsd for line in lines if line.gsd]
    if not known:
        return None
    _, height, width = lines[0].read_pixels().shape
    scale = (height * width) ** 0.5 / size
    return min(known) * scale, max(known) * scale
