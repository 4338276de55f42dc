"""One door to every data set: which one a path is, and its samples."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rrsis_geo.datasets.formats.manifest import read_manifest
from rrsis_geo.datasets.formats.refsegrs_risbench import (
    REFSEGRS,
    RISBENCH,
    Lists,
    list_of,
    read_refsegrs,
    read_risbench,
)
from rrsis_geo.datasets.formats.rrsis_d import INSTANCES, REFS, read_rrsis_d
from rrsis_geo.datasets.published_counts import check_counts
from rrsis_geo.datasets.referring_sample import SPLITS, Sample, of_split
from rrsis_geo.errors import DataError, OptionError

MANIFEST = "manifest.jsonl"
"""Name of the manifest in a folder of ours."""

READERS: dict[str, Callable[..., list[Sample]]] = {
    "rrsis-d": read_rrsis_d,
    "refsegrs": read_refsegrs,
    "risbench": read_risbench,
}

KINDS = ("manifest", *READERS)
"""Names of what `read_dataset` reads."""


def read_dataset(
    path: Path,
    *,
    kind: str | None = None,
    split: str | None = None,
    partial: bool = False,
) -> list[Sample]:
    """The samples of a manifest, or of a folder in the layout of a published set.

    Args:
        path: a manifest, a folder with `manifest.jsonl`, or a published set's folder.
        kind: one of `KINDS`; None: by the files that are there.
        split: train, val or test; None: all.
        partial: take what is there of a published set.

    Raises:
        OptionError: there is no such kind or split.
        DataError: the path holds none of these, less than was published, or something
            broken; the message names the file.
    """
    path = Path(path)
    if kind is not None and kind not in KINDS:
        raise OptionError(f"no kind of data set {kind!r}; there are {', '.join(KINDS)}")
    if split is not None and split not in SPLITS:
        raise OptionError(f"no split {split!r}; there are {', '.join(SPLITS)}")
    kind = kind or kind_of(path)
    if kind == "manifest":
        return read_manifest(path / MANIFEST if path.is_dir() else path, split)
    samples = READERS[kind](path, partial=partial)
    if not partial:
        check_counts(samples, kind, path)
    return of_split(samples, split, str(path))


def kind_of(path: Path) -> str:
    """Which data set a path is, by its files.

    Raises:
        DataError: none that is known.
    """
    if path.is_file() or (path / MANIFEST).is_file():
        return "manifest"
    if (path / REFS).is_file() or (path / INSTANCES).is_file():
        return "rrsis-d"
    for kind, layout in (("refsegrs", REFSEGRS), ("risbench", RISBENCH)):
        if _has_lists(path, layout):
            return kind
    if not path.exists():
        raise DataError(f"{path}: there is no such file or folder")
    raise DataError(
        f"{path}: no data set is known by these files; wanted {MANIFEST}, "
        f"{REFS.as_posix()} (RRSIS-D), or {list_of(Path(), 'train')} beside "
        f"{REFSEGRS.images}/ (RefSegRS) or {RISBENCH.images}/ (RISBench)"
    )


def _has_lists(path: Path, layout: Lists) -> bool:
    some = any(list_of(path, split).is_file() for split in SPLITS)
    return some and (path / layout.images).is_dir()
