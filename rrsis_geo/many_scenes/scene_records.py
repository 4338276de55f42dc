"""What is done of many scenes, so that the same command can go on.

A working folder beside the output, `.found.gpkg.rrsis-scenes`, holds the manifest of
every scene that is done, and its polygons where all go into one layer. It is removed
when all scenes are done and written.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rrsis_geo.errors import OutputError, os_reason
from rrsis_geo.files.file_names import hidden_beside
from rrsis_geo.files.json_text import parse_json
from rrsis_geo.folder_lock import FolderLock
from rrsis_geo.geodata.vector_layers import split_layer_name
from rrsis_geo.job import SegmentJob
from rrsis_geo.pipeline.run_manifest import describe_scene
from rrsis_geo.pipeline.run_plan import absolute_job
from rrsis_geo.version import __version__

PARTS = ".gpkg"
"""Format in which polygons of a scene wait for the others: it keeps all values."""

BEGUN = ".begun"
PLACED = "placed.json"
PLACING = "placing.json"

NOT_OF_THE_RESULT = ("engine", "workers", "batch_size", "cache")
"""Options that what is found does not depend on."""


def records_folder(output: str) -> Path:
    """The working folder of a run of many scenes that writes `output`."""
    return hidden_beside(Path(os.path.abspath(output)), ".rrsis-scenes")


def scene_key(job: SegmentJob, sha256: str | None) -> str:
    """A text that differs where what is found in a scene may differ.

    Args:
        job: Of the scene.
        sha256: Of the weights.
    """
    body = asdict(absolute_job(replace(job, overwrite=False)))
    for name in NOT_OF_THE_RESULT:
        del body["options"][name]
    aoi = job.options.aoi
    vectors = [*([] if aoi is None else [aoi]), *(one.path for one in job.own_layers)]
    facts = {
        "job": body,
        "scene": describe_scene(job.scene),
        "vectors": [describe_scene(split_layer_name(path)[0]) for path in vectors],
        "weights": sha256,
        "version": __version__,
    }
    text = json.dumps(facts, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class SceneRecords:
    """Scenes that are done, on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keep = True
        """Whether the folder stays for the next run of the same command."""

    @classmethod
    @contextmanager
    def open(cls, output: str | None, *, resume: bool = True) -> Iterator[SceneRecords]:
        """Open the records of a run, with those of an interrupted one.

        Args:
            output: As in the job, with `{scene}` in it or not; None: a temporary
                folder.
            resume: False discards what there is.

        Raises:
            OutputError: the folder cannot be written, or another run holds it.
        """
        if output is None:
            with TemporaryDirectory(prefix="rrsis-geo-") as temporary:
                yield cls(Path(temporary))
            return
        folder = records_folder(output)
        if not folder.parent.is_dir():
            raise OutputError(f"{output}: there is no folder {folder.parent}; make it")
        with FolderLock(folder) as lock:
            records = cls(folder)
            if not resume:
                lock.clear()
            try:
                yield records
            except BaseException:
                lock.remove_folder = not records.holds_work()
                raise
            lock.remove_folder = not (records.keep and records.holds_work())

    def part(self, key: str) -> str:
        """Where the polygons of a scene wait for the others."""
        return str(self.folder / f"{key}{PARTS}")

    def begin(self, key: str) -> None:
        """Note that files of a scene may be there from now on."""
        self._write(key + BEGUN, {})

    def has_begun(self, key: str) -> bool:
        """Whether an interrupted run may have written files of a scene."""
        return (self.folder / (key + BEGUN)).exists()

    def finish(self, key: str, record: Mapping[str, Any]) -> None:
        """Note that a scene is done: its `manifest`, what was `found`, its `files`."""
        self._write(f"{key}.done", record)

    def record(self, key: str) -> dict[str, Any] | None:
        """What was noted of a scene that is done; None for any other."""
        body = self._read(f"{key}.done")
        known = isinstance(body, dict) and {"manifest", "found", "files"} <= set(body)
        return body if known else None

    def placing(self, keys: Sequence[str]) -> None:
        """Note that polygons of these scenes are about to be written."""
        self._write(PLACING, list(keys))

    def placed(self, keys: Sequence[str]) -> None:
        """Note that polygons of these scenes, and no others, are in the output."""
        self._write(PLACED, list(keys))

    def keys_placed(self) -> list[str]:
        """Scenes whose polygons are in the output."""
        return self._texts(PLACED)

    def keys_placing(self) -> list[str]:
        """Scenes whose polygons may be in the output, too."""
        return self._texts(PLACING)

    def holds_work(self) -> bool:
        """Whether there is anything that the same command can go on with."""
        return any(
            path.name != FolderLock.NAME and path.suffix != BEGUN
            for path in self.folder.iterdir()
        )

    def _texts(self, name: str) -> list[str]:
        body = self._read(name)
        return [str(key) for key in body] if isinstance(body, list) else []

    def _read(self, name: str) -> Any:
        try:
            return parse_json((self.folder / name).read_bytes())
        except (OSError, ValueError):
            return None

    def _write(self, name: str, value: Any) -> None:
        path, part = self.folder / name, self.folder / f"{name}.part"
        try:
            part.write_text(json.dumps(value), encoding="ascii")
            os.replace(part, path)
        except OSError as error:
            raise OutputError(
                f"{self.folder}: cannot be written: {os_reason(error)}; what is done "
                "so far is kept there, and the same command continues with it"
            ) from error
