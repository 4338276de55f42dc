"""Names of files that a library would take for more than a name."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TAKEN_APART = set("!;?")
"""pyogrio reads `a!b` as member b of archive a and cuts off what follows ; or ?."""

SIDE_FILES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, after its whole name."""


@contextmanager
def literal_vector_path(path: str) -> Iterator[str]:
    """Yield a path that pyogrio takes literally, for as long as the block runs.

    A file or folder that exists is always meant, whatever its name looks like. Where
    the name cannot be given to pyogrio, a link to it is made in a temporary folder,
    with links to its side files. Other texts (URLs, /vsizip/...) stay as they are.

    Args:
        path: What the user gave.

    Raises:
        OSError: the name needs a link, and links cannot be made here.
    """
    if not os.path.exists(path):
        yield path
        return
    absolute = os.path.abspath(path)
    if _is_literal(absolute):
        yield absolute
        return
    with tempfile.TemporaryDirectory(prefix="rrsis-geo-") as folder:
        yield str(_link(Path(absolute), Path(folder)))


def _is_literal(path: str) -> bool:
    plain = path.isprintable() and not TAKEN_APART & set(path)
    return plain and not path.startswith("//")


def _link(target: Path, folder: Path) -> Path:
    """A link to a file or folder under a plain name; side files keep their relation."""
    stem = re.sub(r"[^\w. -]", "_", target.stem)
    link = folder / (stem + re.sub(r"[^\w.-]", "_", target.suffix))
    _make_link(target, link)
    for neighbour in target.parent.iterdir():
        name = neighbour.name
        if name == target.name:
            continue
        if name.startswith(target.name) and name[len(target.name) :] in SIDE_FILES:
            _make_link(neighbour, folder / (link.name + name[len(target.name) :]))
        elif name.startswith(target.stem + "."):
            _make_link(neighbour, folder / (stem + name[len(target.stem) :]))
    return link


def _make_link(target: Path, link: Path) -> None:
    if link.exists():
        return
    try:
        link.symlink_to(target)
    except OSError:
        # Windows lets only some users make symbolic links
        os.link(target, link)
