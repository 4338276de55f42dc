"""The kinds of data sets that can be read: the one table of them.

Readers, the choices and help texts of the command line, error messages and the table in
docs/datasets.md all follow it. It is free to import; a reader, and with it numpy, is
imported when a data set of its kind is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

SPLITS = ("train", "val", "test")

PHRASE_LISTS = tuple(f"output_phrase_{split}.txt" for split in SPLITS)
"""Expressions of each of `SPLITS`, in RefSegRS and RISBench."""


@dataclass(frozen=True, kw_only=True)
class DatasetKind:
    """A format of data sets: how it is called, recognised and read."""

    name: str
    """Value of `--kind`, and command of `evaluate`."""
    title: str
    """Name for people."""
    description: str
    """What is read, to follow "Score weights on"."""
    metavar: str
    """What the command line calls its path."""
    files: tuple[str, ...]
    """Paths in the folder; any of these files marks the kind."""
    images: str = ""
    """Folder that has to lie beside one of `files`; "" where they are enough."""
    reader: str
    """`module:function`."""
    published: Mapping[str, int] | None = None
    """Expressions of each split, as its paper counts them; None: not published."""

    def matches(self, path: Path) -> bool:
        """Whether the files of a folder are those of this kind."""
        marked = any((path / file).is_file() for file in self.files)
        return marked and (path / self.images).is_dir()

    def load_reader(self) -> Callable[..., Any]:
        """Import the function that reads a path of this kind."""
        module, _, function = self.reader.partition(":")
        reader: Callable[..., Any] = getattr(import_module(module), function)
        return reader


MANIFEST = DatasetKind(
    name="manifest",
    title="manifest",
    description="a manifest of our own",
    metavar="MANIFEST",
    files=("manifest.jsonl",),
    reader="rrsis_geo.datasets.formats.manifest:read_manifest",
)

RRSIS_D = DatasetKind(
    name="rrsis-d",
    title="RRSIS-D",
    description="RRSIS-D in its published layout",
    metavar="DIR",
    files=("rrsisd/refs(unc).p", "rrsisd/instances.json"),
    reader="rrsis_geo.datasets.formats.rrsis_d:read_rrsis_d",
    published={"train": 12_181, "val": 1_740, "test": 3_481},
)

REFSEGRS = DatasetKind(
    name="refsegrs",
    title="RefSegRS",
    description="RefSegRS in its published layout",
    metavar="DIR",
    files=PHRASE_LISTS,
    images="images",
    reader="rrsis_geo.datasets.formats.refsegrs_risbench:read_refsegrs",
    published={"train": 2_172, "val": 431, "test": 1_817},
)

RISBENCH = DatasetKind(
    name="risbench",
    title="RISBench",
    description="RISBench in its published layout",
    metavar="DIR",
    files=PHRASE_LISTS,
    images="img_rgb",
    reader="rrsis_geo.datasets.formats.refsegrs_risbench:read_risbench",
    published={"train": 26_300, "val": 10_013, "test": 16_159},
)

KINDS = {kind.name: kind for kind in (MANIFEST, RRSIS_D, REFSEGRS, RISBENCH)}
"""Every kind by its name, in the order in which a path is tested for them."""
