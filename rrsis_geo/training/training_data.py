"""Training and validation samples of a run, from the data that its config asks for."""

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
from rrsis_geo.training.data.batch import Sample, SampleStream
from rrsis_geo.training.data.hard_negatives import read_mistakes, with_mistakes
from rrsis_geo.training.data.listed_samples import (
    ListedStream,
    group_by_image,
    validation_samples,
)
from rrsis_geo.training.data.mixture import Mixture, Source
from rrsis_geo.training.data.pack import INDEX, is_pack, read_pack
from rrsis_geo.training.data.run_inputs import digest_of_files, digest_of_samples
from rrsis_geo.training.trainer import ValidationSets
from rrsis_geo.training.validation import made_samples, written_samples


@dataclass(frozen=True, kw_only=True)
class DataFiles:
    """Files and folders that a run reads its samples from."""

    path: Path
    """Manifest, folder of a published data set, pack, or folder of public data."""
    partial: bool = False
    """Use what is there of a published data set."""
    outlines: Path | None = None
    """Of aircraft, for a mix; by `scripts/weights/outline_aircraft.py`."""
    mistakes: Path | None = None
    """Of a network, for a mix; by `scripts/weights/mine_mistakes.py`."""
    workers: int = 1
    """Processes that prepare samples."""


ReadSources = Callable[
    [TrainConfig, DataFiles], tuple[Sequence[Source], Sequence[Source]]
]
"""Reads the sources of a mix that is no pack: (training, validation).

The package has none. `scripts/weights/train_public.py` brings the one of the shipped
weights.
"""


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingData:
    """Samples, and what the model card says of them."""

    stream: SampleStream
    validation: ValidationSets
    items_per_epoch: int
    """Items of `stream` that show every line once; 0: the stream has no epochs."""
    description: str
    """For the model card."""
    digest: str
    """Of the content, by which a resumed run knows it again."""
    texts: tuple[str, ...] = ()
    """Expressions of listed data; a vocabulary made for them must contain their
    words."""
    phrases: tuple[str, ...] = PHRASES
    """Names of things that D-MOLS masks."""
    categories: tuple[str, ...] = ()
    """Of the targets, as the data name them."""
    gsd_range: tuple[float, float] | None = None
    """Metres per pixel as trained, finest and coarsest; None: not known."""


def listed_data(config: TrainConfig, files: DataFiles) -> TrainingData:
    """Read a manifest or a published data set.

    Raises:
        DataError: a file is missing or broken, or there is nothing to train on.
    """
    lines = read_dataset(files.path, partial=files.partial)
    training = of_split(lines, "train", str(files.path))
    held_out = [line for line in lines if line.split == "val"]
    check_files(training + held_out)
    categories = tuple(sorted({line.category for line in training if line.category}))
    names = {name.replace("_", " ").lower() for name in categories}
    images = {line.image for line in training}
    stream = ListedStream(
        groups=group_by_image(training, config.expressions),
        size=config.size,
        expressions=config.expressions,
        augmentation=augmentation(config),
        seed=config.seed,
    )
    validation: dict[str, Callable[[], Iterable[Sample]]] = {}
    if held_out:
        validation["val"] = partial(validation_samples, held_out, size=config.size)
    return TrainingData(
        stream=stream,
        validation=validation,
        items_per_epoch=len(stream),
        description=(
            f"{files.path.name}: {len(training)} expressions on {len(images)} images"
        ),
        digest=digest_of_samples(training + held_out),
        texts=tuple(line.expression for line in training),
        phrases=tuple(sorted(names | set(PHRASES))),
        categories=categories,
        gsd_range=_gsd_range(training, config.size),
    )


def mixed_data(
    config: TrainConfig, files: DataFiles, read_sources: ReadSources | None = None
) -> TrainingData:
    """Read a pack, or the sources that the caller can read.

    Args:
        config: of the run.
        files: `path` is a pack by `scripts/weights/pack_sources.py`, which has no
            validation images, or a folder that `read_sources` reads.
        read_sources: reader of what is no pack; None: only packs are read.

    Raises:
        DataError: data are missing, or there is no reader for them.
        OptionError: outlines for a pack.
    """
    training: Sequence[Source]
    validation: Sequence[Source] = ()
    if is_pack(files.path):
        if files.outlines is not None:
            raise OptionError(
                f"{files.path}: is a pack, whose aircraft have outlines already; leave "
                "--outlines away"
            )
        training = read_pack(files.path)
    elif read_sources is None:
        raise DataError(
            f"{files.path}: is no pack; for a mix of public data sets run "
            "scripts/weights/train_public.py, or make a pack with "
            "scripts/weights/pack_sources.py (both are in the repository)"
        )
    else:
        training, validation = read_sources(config, files)
    if files.mistakes is not None:
        training = with_mistakes(training, read_mistakes(files.mistakes))
    counts = ", ".join(f"{source.name} {len(source.images)}" for source in training)
    description = f"images of {counts}"
    index = files.path / INDEX if is_pack(files.path) else None
    return TrainingData(
        stream=build_mixture(config, training),
        validation=mixture_validation(validation),
        items_per_epoch=0,
        description=description,
        digest=digest_of_files(description, (index, files.outlines, files.mistakes)),
    )


def build_mixture(config: TrainConfig, sources: Sequence[Source]) -> Mixture:
    """Build the stream of a run, with the weights and scales of its config."""
    return Mixture(
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


def mixture_validation(sources: Sequence[Source]) -> ValidationSets:
    """Return small fixed validation sets of held-out sources."""
    validation: dict[str, Callable[[], Iterable[Sample]]] = {
        f"{source.name}, made": partial(made_samples, source, count=16, seed=7)
        for source in sources
    }
    images = [image for source in sources for image in source.images[::2]]
    if any(image.written for image in images):
        validation["written"] = lambda: islice(written_samples(images), 40)
    return validation


def check_files(lines: Iterable[Line]) -> None:
    """Check that all images exist, so that a run does not fail hours later.

    Raises:
        DataError: one does not; the message names it and where it is listed.
    """
    checked: set[Path] = set()
    for line in lines:
        if line.image not in checked and not line.image.is_file():
            where = f"{line.origin}: " if line.origin else ""
            raise DataError(f"{where}{line.image}: there is no such image")
        checked.add(line.image)


def _gsd_range(lines: Sequence[Line], size: int) -> tuple[float, float] | None:
    """Metres per pixel after resizing to the training size, by the first image."""
    known = [line.gsd for line in lines if line.gsd]
    if not known:
        return None
    _, height, width = lines[0].read_pixels().shape
    scale = (height * width) ** 0.5 / size
    return min(known) * scale, max(known) * scale
