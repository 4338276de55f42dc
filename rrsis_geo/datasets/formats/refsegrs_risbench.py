"""RefSegRS and RISBench as published: images, masks and lists of phrases.

RefSegRS (4,420 expressions, 512 x 512, 0.13 m; Yuan et al., TGRS 2024):

    DIR/images/<id>.tif  DIR/masks/<id>.tif  DIR/output_phrase_{train,val,test}.txt

RISBench (52,472 expressions, 512 x 512; Dong et al., 2024):

    DIR/img_rgb/<name>.png  DIR/mask/<name>.png  DIR/output_phrase_<split>.txt

A line is `<id> <expression>`; an id may come more than once. Known defects of RefSegRS:
lists may end in empty lines; the same scene recurs under other ids, so images are not
independent; masks are grey, the target above 50.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rrsis_geo.datasets.published_counts import present
from rrsis_geo.datasets.referring_sample import SPLITS, MaskFile, Sample
from rrsis_geo.errors import DataError


@dataclass(frozen=True, kw_only=True)
class Lists:
    """How one of the sets lays out its files."""

    images: str
    masks: str
    ending: str
    above: int
    """Levels of a mask above this are the target."""
    gsd: float | None = None
    """Metres per pixel, where all images have the same."""


REFSEGRS = Lists(images="images", masks="masks", ending=".tif", above=50, gsd=0.13)
RISBENCH = Lists(images="img_rgb", masks="mask", ending=".png", above=0)


def read_refsegrs(folder: Path, *, partial: bool = False) -> list[Sample]:
    """All expressions of RefSegRS; arguments and errors as for `read_lists`."""
    return read_lists(folder, REFSEGRS, partial=partial)


def read_risbench(folder: Path, *, partial: bool = False) -> list[Sample]:
    """All expressions of RISBench; arguments and errors as for `read_lists`."""
    return read_lists(folder, RISBENCH, partial=partial)


def list_of(folder: Path, split: str) -> Path:
    """The list of phrases of one split."""
    return folder / f"output_phrase_{split}.txt"


def read_lists(folder: Path, layout: Lists, *, partial: bool = False) -> list[Sample]:
    """All expressions: train, val, test, each in the order of its list.

    Args:
        folder: holds the lists and the folders of images and masks.
        layout: names of those folders.
        partial: leave out splits without a list, and expressions whose image or mask
            is not there.

    Raises:
        DataError: a file is missing or a line broken; the message names it.
    """
    samples = []
    for split in SPLITS:
        path = list_of(folder, split)
        if partial and not path.exists():
            continue
        samples += _read_list(path, folder, layout, split)
    found = present(samples, folder / layout.images, partial=partial)
    return present(found, folder / layout.masks, partial=partial, masks=True)


def _read_list(path: Path, folder: Path, layout: Lists, split: str) -> list[Sample]:
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
                image=folder / layout.images / f"{name}{layout.ending}",
                expression=" ".join(words),
                target=MaskFile(
                    path=folder / layout.masks / f"{name}{layout.ending}",
                    above=layout.above,
                ),
                split=split,
                gsd=layout.gsd,
                origin=f"{path}, line {number}",
            )
        )
    return samples
