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
from typing import Any, Dict, List

STATE_FILE = "state.json"


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

    def ready_python(self) -> str | None:
        """Return the interpreter of a finished environment, else None."""
        if self.read_state().get("ready") and self.python.is_file():
            return str(self.python)
        return None

    def read_state(self) -> Dict[str, Any]:
        """Return `done` (finished steps), `begun` (current step) and `ready`.

        Empty where the file is missing or damaged.
        """
        try:
            stored = json.loads((self.home / STATE_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stored if isinstance(stored, dict) else {}

    def write_state(
        self, *, done: List[str], begun: str = "", ready: bool = False
    ) -> None:
        """Replace the state file atomically."""
        part = self.home / f"{STATE_FILE}.part"
        body = {"done": done, "begun": begun, "ready": ready}
        part.write_text(json.dumps(body), encoding="utf-8")
        os.replace(part, self.home / STATE_FILE)

    def remove(self) -> None:
        """Delete environment and state; the lock must be held."""
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
        for record in sorted(self.folder.glob("**/*.dist-info")):
            listing = record / "RECORD"
            complete = listing.is_file() and "/INSTALLER," in listing.read_text(
                encoding="utf-8", errors="replace"
            ).replace("\\", "/")
            if not complete:
                shutil.rmtree(record)
                dropped.append(record.name.rsplit(".", 1)[0])
        return dropped
