"""Reading a data set of any kind: which kind a path is, and its samples."""

from __future__ import annotations

from pathlib import Path

from rrsis_geo.datasets.kinds import KINDS, MANIFEST, SPLITS, DatasetKind
from rrsis_geo.datasets.published_counts import check_counts
from rrsis_geo.datasets.referring_sample import Sample, of_split
from rrsis_geo.errors import DataError, OptionError


def read_dataset(
    path: Path,
    *,
    kind: str | None = None,
    split: str | None = None,
    partial: bool = False,
) -> list[Sample]:
    """Read the samples of a manifest, or of a folder in the layout of a published set.

    Args:
        path: A manifest, a folder with `manifest.jsonl`, or a published set's folder.
        kind: A name of `kinds.KINDS`; None: recognise it by its files.
        split: train, val or test; None: all.
        partial: Take what is there of a published set.

    Raises:
        OptionError: There is no such kind or split.
        DataError: The path is no data set, holds less than was published, or has a
            broken file; the message names the file.
    """
    path = Path(path)
    if kind is not None and kind not in KINDS:
        raise OptionError(f"no kind of data set {kind!r}; there are {', '.join(KINDS)}")
    if split is not None and split not in SPLITS:
        raise OptionError(f"no split {split!r}; there are {', '.join(SPLITS)}")
    chosen = KINDS[kind or kind_of(path)]
    read = chosen.load_reader()
    if chosen.published is None:
        file = path / MANIFEST.files[0] if path.is_dir() else path
        manifest: list[Sample] = read(file, split)
        return manifest
    samples: list[Sample] = read(path, partial=partial)
    if not partial:
        check_counts(samples, chosen.name, path)
    return of_split(samples, split, str(path))


def kind_of(path: Path) -> str:
    """Recognise a data set by its files; returns a name of `kinds.KINDS`.

    Raises:
        DataError: There is nothing, or nothing that is known.
    """
    if path.is_file():
        return MANIFEST.name
    for kind in KINDS.values():
        if kind.matches(path):
            return kind.name
    if not path.exists():
        raise DataError(f"{path}: there is no such file or folder")
    expected = "; ".join(_marks(kind) for kind in KINDS.values())
    raise DataError(f"{path}: is no known data set; a folder must hold {expected}")


def _marks(kind: DatasetKind) -> str:
    """The files that mark a kind, in words."""
    beside = f" and a folder {kind.images}" if kind.images else ""
    return f"{kind.files[0]}{beside} ({kind.title})"
