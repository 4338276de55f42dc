"""The managed environment on disk: its files, and the state of its installation.

Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping

STATE_FILE = "state.json"

HARDLY_ANYTHING = 20_000_000
"""Bytes of free disk below which it counts as full."""

NONE, UNFINISHED, VANISHED = "none", "unfinished", "vanished"
OUTDATED, READY = "outdated", "ready"
"""Conditions of an environment: there is none; its installation has not ended; the
Python that it was made from has been removed; the plugin is newer; it can be used."""


def home_folder(
    profile: Path, *, platform: str = sys.platform, variables: Mapping[str, str]
) -> Path:
    """Return the folder that holds the environment of a QGIS profile.

    On Windows profiles may roam: a folder of the profile would be copied over the
    network at every login, and its path is long. The local folder of the user is
    neither.

    Args:
        profile: Folder of the profile.
        platform: As in `sys.platform`.
        variables: Environment variables.
    """
    local = variables.get("LOCALAPPDATA", "")
    if platform == "win32" and local:
        return Path(local, "rrsis_geo", profile.name)
    return profile / "rrsis_geo"


@dataclass(frozen=True)
class ManagedEnvironment:
    """An environment in a folder of the user's profile."""

    home: Path
    """Holds the environment, its state, its lock and temporary files of pip."""

    @property
    def folder(self) -> Path:
        """Folder of the environment itself."""
        return self.home / "env"

    @property
    def scratch(self) -> Path:
        """Temporary files of pip; on the same disk, since /tmp is often small."""
        return self.home / "tmp"

    @property
    def log(self) -> Path:
        """Output of the last installation."""
        return self.home / "install.log"

    @property
    def python(self) -> Path:
        """Path of its interpreter, which need not exist yet."""
        if sys.platform == "win32":
            return self.folder / "Scripts" / "python.exe"
        return self.folder / "bin" / "python"

    @property
    def site_packages(self) -> Path:
        """Folder of its packages, which need not exist yet."""
        if sys.platform == "win32":
            return self.folder / "Lib" / "site-packages"
        found = sorted(self.folder.glob("lib/python3.*/site-packages"))
        return found[0] if found else self.folder / "lib"

    @property
    def cache(self) -> Path:
        """What pip has fetched, kept until the installation is finished."""
        return self.home / "cache"

    def ready_python(self) -> str | None:
        """Return the interpreter of a finished environment, else None."""
        ready = self.condition() == READY
        return str(self.python) if ready else None

    def condition(self, version: str = "") -> str:
        """Return the condition of the environment: one of the constants above.

        Args:
            version: Version of the plugin; empty: an older environment counts as ready.
        """
        state = self.read_state()
        if not state.get("ready"):
            return UNFINISHED if self.folder.exists() else NONE
        if not (self.python.is_file() and self._base_exists()):
            return VANISHED if self.folder.exists() else NONE
        if version and state.get("version") != version:
            return OUTDATED
        return READY

    def _base_exists(self) -> bool:
        """Whether the folder of the Python that it was made from is still there."""
        try:
            text = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8")
        except (OSError, ValueError):
            return False
        lines = [line.partition("=") for line in text.splitlines()]
        values = {key.strip(): value.strip() for key, _, value in lines}
        return os.path.isdir(values.get("home", ""))

    def read_state(self) -> Dict[str, Any]:
        """Return `done` (finished steps), `begun` (current step), `ready`, `version`.

        `version` is that of the plugin that made it. Empty where the file is missing
        or damaged.
        """
        try:
            stored = json.loads((self.home / STATE_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stored if isinstance(stored, dict) else {}

    def write_state(
        self,
        *,
        done: List[str],
        begun: str = "",
        ready: bool = False,
        version: str = "",
    ) -> None:
        """Replace the state file atomically."""
        part = self.home / f"{STATE_FILE}.part"
        body = {"done": done, "begun": begun, "ready": ready, "version": version}
        part.write_text(json.dumps(body), encoding="utf-8")
        os.replace(part, self.home / STATE_FILE)

    def available_bytes(self) -> int:
        """Return the free bytes of its disk, with those that it uses itself."""
        folders = (self.home, *self.home.parents)
        existing = next(folder for folder in folders if folder.exists())
        paths = (
            Path(root, name) for root, _, names in os.walk(self.home) for name in names
        )
        used = sum(path.lstat().st_size for path in paths)
        return shutil.disk_usage(existing).free + used

    def disk_is_full(self) -> bool:
        """Whether hardly anything can be written any more."""
        return shutil.disk_usage(self.home).free < HARDLY_ANYTHING

    def remove(self) -> None:
        """Delete environment and state; the lock must be held.

        What has been fetched and a Python that was brought stay.
        """
        with suppress(FileNotFoundError):
            os.remove(self.home / STATE_FILE)
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def drop_incomplete_packages(self) -> List[str]:
        """Delete the metadata of packages whose installation was interrupted.

        Pip lists the file INSTALLER last; a package without that entry is incomplete
        but would count as installed next time.

        Returns:
            Names of these packages.
        """
        dropped = []
        for record in sorted(self.site_packages.glob("*.dist-info")):
            listing = record / "RECORD"
            complete = listing.is_file() and "/INSTALLER," in listing.read_text(
                encoding="utf-8", errors="replace"
            ).replace("\\", "/")
            if not complete:
                shutil.rmtree(record)
                dropped.append(record.name.rsplit(".", 1)[0])
        return dropped
