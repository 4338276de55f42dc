"""The journal of a run: what it has settled, so that an interrupted run can resume.

A working folder beside the output, `.roofs.gpkg.rrsis-part`, holds one file for every
settled strip, and what the run has taken from kept answers (`reuse.kept_rows`). It
belongs to one run at a time and is removed when the run succeeds. The workers of a run
exchange results through it: paths cross between processes, not pixels.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rrsis_geo.errors import OutputError, os_reason
from rrsis_geo.files.file_names import hidden_beside
from rrsis_geo.files.json_text import parse_json
from rrsis_geo.folder_lock import FolderLock
from rrsis_geo.pipeline.reuse.kept_rows import (
    KEPT,
    block_path,
    read_block,
    rows_of_name,
)
from rrsis_geo.tiling.strip_files import read_strip, write_strip
from rrsis_geo.types import Strip

FINGERPRINT = "run.json"
PLACING = "placing.json"
STOP = "stop"
STRIP = ".strip"


def working_folder(output: str) -> Path:
    """The folder of the journal of a run that writes `output`."""
    return hidden_beside(Path(os.path.abspath(output)), ".rrsis-part")


def begun_to_place(output: str | None) -> list[str]:
    """Absolute paths that an interrupted run had begun to rename into place."""
    if output is None:
        return []
    placing = _read_json(working_folder(output) / PLACING)
    return placing if isinstance(placing, list) else []


class Journal:
    """Settled strips on disk, and the rows that are missing."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    @classmethod
    @contextmanager
    def open(
        cls, output: str | None, fingerprint: Mapping[str, Any], *, resume: bool = True
    ) -> Iterator[Journal]:
        """Open the journal of a run, with the strips of an interrupted one.

        They are discarded if the fingerprint differs. After a failure the folder is
        kept unless it holds no strip; after a success it is removed.

        Args:
            output: The file the run is for; None: a temporary folder.
            fingerprint: Everything that the pixels depend on, as JSON values.
            resume: False discards the strips in any case.

        Raises:
            OutputError: the folder cannot be written, or another run holds it.
        """
        if output is None:
            with TemporaryDirectory(prefix="rrsis-geo-") as temporary:
                yield cls(temporary)
            return
        folder = working_folder(output)
        with FolderLock(folder) as lock:
            journal = cls(folder)
            wanted = json.loads(json.dumps(fingerprint))
            if not resume or _read_json(folder / FINGERPRINT) != wanted:
                lock.clear()
                journal._write_json(FINGERPRINT, wanted)
            for stale in (folder / STOP, *folder.glob("*.passed")):
                stale.unlink(missing_ok=True)
            try:
                yield journal
            except BaseException:
                lock.remove_folder = not journal.computed()
                raise
            lock.remove_folder = True

    def write(self, strip: Strip) -> None:
        """Store a settled strip.

        Raises:
            OutputError: the disk is full or no longer there.
        """
        rows = range(strip.top, strip.top + strip.levels.shape[1])
        try:
            write_strip(self._path(rows), strip)
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    def strips(self, top: int, bottom: int) -> Iterator[Strip]:
        """Settled strips from row `top` on, up to the first missing row."""
        for rows in self.settled():
            if rows.start <= top < min(rows.stop, bottom):
                strip = self._read(rows)
                yield Strip(top=top, levels=strip.levels[:, top - rows.start :])
                top = rows.stop

    def settled(self) -> list[range]:
        """Rows of every strip on disk, from the top."""
        found = [
            rows_of_name(path)
            for kind in (STRIP, KEPT)
            for path in self.folder.glob(f"*{kind}")
        ]
        return sorted(found, key=lambda rows: rows.start)

    def computed(self) -> bool:
        """Whether there is a strip that this run or its predecessor has computed."""
        return any(self.folder.glob(f"*{STRIP}"))

    def gaps(self, height: int) -> list[range]:
        """Rows that are not settled."""
        gaps, row = [], 0
        for rows in self.settled():
            if rows.start > row:
                gaps.append(range(row, rows.start))
            row = max(row, rows.stop)
        if row < height:
            gaps.append(range(row, height))
        return gaps

    def gaps_in(self, rows: range) -> list[range]:
        """Rows among these that are not settled."""
        inside = (
            range(max(gap.start, rows.start), min(gap.stop, rows.stop))
            for gap in self.gaps(rows.stop)
        )
        return [gap for gap in inside if gap]

    def placing(self, paths: Sequence[str]) -> None:
        """Record that this run is about to rename these files into place."""
        self._write_json(PLACING, [os.path.abspath(path) for path in paths])

    def start_passed(self, rows: range, windows: int) -> None:
        """Begin to count windows done in a shard, anew where its worker died.

        Raises:
            OutputError: the file cannot be written.
        """
        self._count(rows, windows, "wb")

    def note_passed(self, rows: range, windows: int) -> None:
        """Count windows done in a shard: the file has a byte for each.

        Raises:
            OutputError: the file cannot be written.
        """
        self._count(rows, windows, "ab")

    def _count(self, rows: range, windows: int, mode: str) -> None:
        try:
            with open(self.folder / f"{rows.start:09d}.passed", mode) as notes:
                notes.write(b"." * windows)
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    def passed(self) -> int:
        """Windows done by all shards of this run."""
        return sum(path.stat().st_size for path in self.folder.glob("*.passed"))

    def stop(self) -> None:
        """Ask every shard of this run to stop at its next batch."""
        (self.folder / STOP).touch()

    @property
    def stopping(self) -> bool:
        """Whether the run was asked to stop or a shard has failed."""
        return (self.folder / STOP).exists()

    def _path(self, rows: range, suffix: str = STRIP) -> Path:
        return block_path(self.folder, rows, suffix)

    def _read(self, rows: range) -> Strip:
        kept = self._path(rows, KEPT)
        if self._path(rows).exists() or not kept.exists():
            return read_strip(self._path(rows))
        block = read_block(kept)
        if block is None:
            raise OutputError(f"{kept}: cannot be read; delete it and run again")
        return block.strip()

    def _write_json(self, name: str, value: Any) -> None:
        path = self.folder / name
        try:
            path.with_suffix(".part").write_text(json.dumps(value), encoding="ascii")
            path.with_suffix(".part").replace(path)
        except OSError as error:
            raise _unwritable(self.folder, error) from error


def _read_json(path: Path) -> Any:
    try:
        return parse_json(path.read_bytes())
    except (OSError, ValueError):
        return None


def _unwritable(folder: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{folder}: cannot be written: {os_reason(error)}; what is done so far is kept "
        "there, and the same run continues with it"
    )
