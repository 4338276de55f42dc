"""RefSegRS and RISBench as published: images, masks and lists of phrases.

RefSegRS (4,420 expressions, 512 x 512, 0.13 m; Yuan et al., TGRS 2024):

    DIR/images/<id>.tif  DIR/masks/<id>.tif  DIR/output_phrase_{train,val,test}.txt

RISBench (52,472 expressions, 512 x 512; Dong et al., 2024):

    DIR/img_rgb/<name>.png  DIR/mask/<name>.png  DIR/output_phrase_<split>.txt

A line is `<id> <expression>`; an id may occur more than once. Known defects of
RefSegRS: lists may end in empty lines; the same scene recurs under other ids, so images
are not independent; masks are grey, with the target above 50.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rrsis_geo.datasets import kinds
from rrsis_geo.datasets.kinds import PHRASE_LISTS, SPLITS
from rrsis_geo.datasets.published_counts import select_present
from rrsis_geo.datasets.referring_sample import MaskFile, Sample
from rrsis_geo.errors import DataError


@dataclass(frozen=True, kw_only=True)
class FolderLayout:
    """Names of folders and files of one of the sets."""

    images: str
    masks: str
    suffix: str
    """Of images and masks."""
    mask_threshold: int
    """Levels of a mask above this are the target."""
    gsd: float | None = None
    """Metres per pixel, where all images have the same."""


REFSEGRS = FolderLayout(
    images=kinds.REFSEGRS.images,
    masks="masks",
    suffix=".tif",
    mask_threshold=50,
    gsd=0.13,
)
RISBENCH = FolderLayout(
    images=kinds.RISBENCH.images, masks="mask", suffix=".png", mask_threshold=0
)


def read_refsegrs(folder: Path, *, partial: bool = False) -> list[Sample]:
    """Read all expressions of RefSegRS; arguments and errors as for `read_lists`."""
    return read_lists(folder, REFSEGRS, partial=partial)


def read_risbench(folder: Path, *, partial: bool = False) -> list[Sample]:
    """Read all expressions of RISBench; arguments and errors as for `read_lists`."""
    return read_lists(folder, RISBENCH, partial=partial)


def read_lists(
    folder: Path, layout: FolderLayout, *, partial: bool = False
) -> list[Sample]:
    """Read all expressions: train, val, test, each in the order of its list.

    Args:
        folder: Holds the lists and the folders of images and masks.
        layout: Names of those folders.
        partial: Leave out splits without a list, and expressions whose image or mask
            is missing.

    Raises:
        DataError: A file is missing or a line broken; the message names it.
    """
    samples = []
    for split, name in zip(SPLITS, PHRASE_LISTS, strict=True):
        path = folder / name
        if partial and not path.exists():
            continue
        samples += _read_list(path, folder, layout, split)
    samples = select_present(samples, folder / layout.images, partial=partial)
    return select_present(samples, folder / layout.masks, partial=partial, masks=True)


def _read_list(
    path: Path, folder: Path, layout: FolderLayout, split: str
) -> list[Sample]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise DataError(f"{path}: cannot be read ({reason})") from error
    samples = []
    for number, line in enumerate(lines, start=1):
        name, *words = line.split() or [""]
        if not name:
            continue
        samples.append(
            Sample(
                image=folder / layout.images / f"{name}{layout.suffix}",
                expression=" ".join(words),
                target=MaskFile(
                    path=folder / layout.masks / f"{name}{layout.suffix}",
                    threshold=layout.mask_threshold,
                ),
                split=split,
                gsd=layout.gsd,
                origin=f"{path}, line {number}",
            )
        )
    return samples
