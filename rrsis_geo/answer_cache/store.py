"""The folder of kept answers: reading, writing, and removing those not used for long.

An entry is written whole beside its place and renamed into it, so that any number of
processes may use the folder at once. Reading never fails: what is missing, damaged or
foreign is as good as not kept. Writing never fails a run: the first refusal of the
operating system ends it, and `failure` says why.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rrsis_geo.answer_cache.entry_file import (
    Arrays,
    UnusableEntryError,
    decode_entry,
    describe_entry,
    encode_entry,
    entry_names,
)
from rrsis_geo.answer_cache.location import cache_folder, cache_limit
from rrsis_geo.errors import os_reason

ANSWERS = "answers-1"
"""Folder inside the user's, so that nothing else in that one is ever removed."""

SUFFIX = ".answer"

PART = ".part"

STALE = 86_400.0
"""Seconds after which an unfinished file has been left behind by a killed process."""

LEFT = 0.9
"""Share of the limit that is left when old entries are removed."""

CHECKS = 16
"""A run looks at the size of the folder each time it has written this part of the
limit, since several may be writing."""


@dataclass(frozen=True)
class EntryKey:
    """What an entry is the answer to; each part is safe as the name of a file."""

    conditions: str
    """Digest of scene, weights, options and software."""
    subject: str
    """Digest of a phrase, or what else is kept of a scene."""
    name: str
    """Of the part of the answer."""

    def __str__(self) -> str:
        """Repeated inside the entry."""
        return f"{self.conditions}/{self.subject}/{self.name}"


@dataclass(frozen=True, kw_only=True)
class KeptAnswer:
    """All entries about one subject, for `rrsis-geo cache list`."""

    about: Mapping[str, Any]
    size: int
    """Bytes."""
    used: float
    """When it was last written or read, in seconds since 1970."""


def digest_of(value: Any) -> str:
    """A short name of JSON values, the same for the same values only."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class AnswerStore:
    """Entries in a folder."""

    def __init__(self, folder: Path, *, limit: int) -> None:
        """Use a folder, which need not exist.

        Args:
            folder: The user's.
            limit: Bytes that all entries may take.
        """
        self.folder = folder / ANSWERS
        self.limit = limit
        self.failure: str | None = None
        """Why nothing more is written; None: nothing was refused."""
        self._unchecked = 0

    @classmethod
    def of_user(cls) -> AnswerStore:
        """The store where the environment and the platform say.

        Raises:
            OptionError: the environment names no size, or there is no home folder.
        """
        return cls(cache_folder(), limit=cache_limit())

    def read(self, key: EntryKey) -> Arrays | None:
        """The arrays of an entry, which counts as used now; None: not kept."""
        path = self._path(key)
        try:
            arrays = decode_entry(path.read_bytes(), str(key))
        except (OSError, UnusableEntryError):
            return None
        _touch(path)
        return arrays

    def link(self, key: EntryKey, place: Path) -> frozenset[str] | None:
        """Put an entry into another folder, where its removal here does not matter.

        Returns:
            The names of its arrays; None: it is not kept, and not there.
        """
        path = self._path(key)
        try:
            place.unlink(missing_ok=True)
            try:
                os.link(path, place)
            except FileNotFoundError:
                return None
            except OSError:  # another disk, or a file system without links
                shutil.copyfile(path, place)
            names = entry_names(place.read_bytes(), str(key))
        except (OSError, UnusableEntryError):
            _unlink(place)
            return None
        _touch(path)
        return names

    def write(
        self, key: EntryKey, about: Mapping[str, Any], arrays: Mapping[str, Any]
    ) -> bool:
        """Keep an answer; an older one of the same key is replaced.

        Returns:
            Whether it is kept.
        """
        if self.failure is not None or not self.limit:
            return False
        path = self._path(key)
        part = path.with_name(f"{path.name}.{os.getpid()}-{time.monotonic_ns()}{PART}")
        data = encode_entry(str(key), about, arrays)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_bytes(data)
            os.replace(part, path)
        except OSError as error:
            self.failure = f"{self.folder}: {os_reason(error)}"
            _unlink(part)
            return False
        self._unchecked += len(data)
        if self._unchecked > self.limit // CHECKS:
            self.evict()
        return True

    def evict(self) -> None:
        """Remove entries, those not used for longest first, if there are too many."""
        self._unchecked = 0
        entries, total, now = [], 0, time.time()
        for path, status in _statuses(self._files()):
            if path.name.endswith(PART):
                if now - status.st_mtime > STALE:
                    _unlink(path)
                continue
            entries.append((status.st_mtime_ns, status.st_size, path))
            total += status.st_size
        if total <= self.limit:
            return
        for _, size, path in sorted(entries):
            _unlink(path)
            total -= size
            if total <= LEFT * self.limit:
                break
        self._remove_empty_folders()

    def list(self) -> list[KeptAnswer]:
        """What is kept, the last used first."""
        found = []
        subjects = {path.parent for path in self._files()}
        for subject in subjects:
            files = [path for path in self._files(subject) if path.suffix == SUFFIX]
            about = next(filter(None, map(_description, files)), None)
            if about is None:
                continue
            status = [one for _, one in _statuses(files)]
            found.append(
                KeptAnswer(
                    about=about,
                    size=sum(one.st_size for one in status),
                    used=max((one.st_mtime for one in status), default=0.0),
                )
            )
        return sorted(found, key=lambda one: one.used, reverse=True)

    def size(self) -> int:
        """Bytes of all entries."""
        return sum(status.st_size for _, status in _statuses(self._files()))

    def clear(self) -> int:
        """Remove every answer.

        Returns:
            Bytes that became free.
        """
        before = self.size()
        for path in self._files():
            _unlink(path)
        self._remove_empty_folders()
        return before - self.size()

    def _path(self, key: EntryKey) -> Path:
        return self.folder / key.conditions / key.subject / f"{key.name}{SUFFIX}"

    def _files(self, folder: Path | None = None) -> Iterator[Path]:
        """Files that are entries or will be."""
        for path in (self.folder if folder is None else folder).rglob("*"):
            if path.name.endswith((SUFFIX, PART)):
                yield path

    def _remove_empty_folders(self) -> None:
        for folder in sorted(self.folder.rglob("*"), reverse=True):
            if folder.is_dir():
                try:
                    folder.rmdir()
                except OSError:  # not empty
                    continue


def _description(path: Path) -> dict[str, Any] | None:
    try:
        return describe_entry(path.read_bytes())
    except (OSError, UnusableEntryError):
        return None


def _touch(path: Path) -> None:
    with suppress(OSError):  # removed meanwhile, or the folder is read-only
        os.utime(path)


def _statuses(files: Iterable[Path]) -> Iterator[tuple[Path, os.stat_result]]:
    """Files that are still there: another process may have removed some by now."""
    for path in files:
        try:
            yield path, path.stat()
        except OSError:
            continue


def _unlink(path: Path) -> None:
    with suppress(OSError):  # removed meanwhile, or open in a process on Windows
        path.unlink()
