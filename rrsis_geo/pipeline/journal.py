"""What an unfinished run leaves behind, so that the next one continues there.

A working folder beside the output, `.roofs.gpkg.rrsis-part`, holds one file for every
settled strip. It belongs to one run at a time and goes away when the run succeeds.
Workers of the same run speak through it too: paths cross between processes, no pixels.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rrsis_geo.errors import OutputError
from rrsis_geo.folder_lock import FolderLock
from rrsis_geo.tiling.strip_files import read_strip, write_strip
from rrsis_geo.types import Strip

FINGERPRINT = "run.json"
PLACING = "placing.json"
STOP = "stop"


def working_folder(output: str) -> Path:
    """Where a run that writes `output` keeps what it has done."""
    path = Path(os.path.abspath(output))
    return path.with_name(f".{path.name}.rrsis-part")


def begun_to_place(output: str | None) -> list[str]:
    """Absolute paths that an interrupted run was about to put in place."""
    if output is None:
        return []
    placing = _read_json(working_folder(output) / PLACING)
    return placing if isinstance(placing, list) else []


class Journal:
    """Settled strips on disk, and which rows are still to do."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    @classmethod
    @contextmanager
    def open(
        cls, output: str | None, fingerprint: Mapping[str, Any], *, resume: bool = True
    ) -> Iterator[Journal]:
        """The journal of a run, taken up where an interrupted one stopped.

        It starts anew where the fingerprint differs. After a failure the folder stays,
        unless no strip is in it; after a success it is removed.

        Args:
            output: The file the run is for; None: a temporary folder.
            fingerprint: Everything that the pixels depend on, as JSON values.
            resume: False starts anew in any case.

        Raises:
            OutputError: the folder cannot be written, or another run holds it.
        """
        if output is None:
            with TemporaryDirectory(prefix="rrsis-geo-") as passing:
                yield cls(passing)
            return
        folder = working_folder(output)
        with FolderLock(folder) as lock:
            journal = cls(folder)
            wanted = json.loads(json.dumps(fingerprint))
            if not resume or _read_json(folder / FINGERPRINT) != wanted:
                journal._clear()
                journal._write_json(FINGERPRINT, wanted)
            for stale in (folder / STOP, *folder.glob("*.passed")):
                stale.unlink(missing_ok=True)
            try:
                yield journal
            except BaseException:
                lock.remove_folder = not journal.settled()
                raise
            lock.remove_folder = True

    def write(self, strip: Strip) -> None:
        """Keep a settled strip.

        Raises:
            OutputError: the disk is full or was taken away.
        """
        rows = range(strip.top, strip.top + strip.levels.shape[1])
        try:
            write_strip(self._path(rows), strip)
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    def strips(self, top: int, bottom: int) -> Iterator[Strip]:
        """Settled strips from row `top` on, as far as they follow each other."""
        for rows in self.settled():
            if rows.start <= top < min(rows.stop, bottom):
                strip = read_strip(self._path(rows))
                yield Strip(top=top, levels=strip.levels[:, top - rows.start :])
                top = rows.stop

    def settled(self) -> list[range]:
        """Rows of every strip on disk, from the top."""
        found = []
        for path in self.folder.glob("*.strip"):
            top, _, stop = path.stem.partition("-")
            found.append(range(int(top), int(stop)))
        return sorted(found, key=lambda rows: rows.start)

    def gaps(self, height: int) -> list[range]:
        """Rows that are still to do."""
        gaps, row = [], 0
        for rows in self.settled():
            if rows.start > row:
                gaps.append(range(row, rows.start))
            row = max(row, rows.stop)
        if row < height:
            gaps.append(range(row, height))
        return gaps

    def placing(self, paths: Sequence[str]) -> None:
        """Remember that these files are about to be put in place by this run."""
        self._write_json(PLACING, [os.path.abspath(path) for path in paths])

    def note_passed(self, rows: range, windows: int) -> None:
        """Count windows done in a shard; a byte each, so that its size is the count."""
        with open(self.folder / f"{rows.start:09d}.passed", "ab") as notes:
            notes.write(b"." * windows)

    def passed(self) -> int:
        """Windows done by all shards of this run."""
        return sum(path.stat().st_size for path in self.folder.glob("*.passed"))

    def stop(self) -> None:
        """Ask every shard of this run to stop at its next batch."""
        (self.folder / STOP).touch()

    @property
    def stopping(self) -> bool:
        """Somebody has asked to stop, or a shard has failed."""
        return (self.folder / STOP).exists()

    def _path(self, rows: range) -> Path:
        return self.folder / f"{rows.start:09d}-{rows.stop:09d}.strip"

    def _clear(self) -> None:
        for path in self.folder.iterdir():
            if path.name != FolderLock.NAME:
                path.unlink()

    def _write_json(self, name: str, value: Any) -> None:
        path = self.folder / name
        try:
            path.with_suffix(".part").write_text(json.dumps(value), encoding="ascii")
            path.with_suffix(".part").replace(path)
        except OSError as error:
            raise _unwritable(self.folder, error) from error


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _unwritable(folder: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{folder}: {error.strerror or error}; what is done so far is kept there, "
        "so the same run continues once there is space"
    )
