"""The managed environment on disk: where it is, and how far it has come.

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

STATE = "state.json"


@dataclass(frozen=True)
class Managed:
    """A folder of the user's profile that holds one environment."""

    home: Path
    """Holds the environment, its state, its lock and what pip unpacks on the way."""

    @property
    def folder(self) -> Path:
        """The environment itself."""
        return self.home / "env"

    @property
    def scratch(self) -> Path:
        """Where pip unpacks; on the same disk, as /tmp is small on many computers."""
        return self.home / "tmp"

    @property
    def log(self) -> Path:
        """What the last installation printed."""
        return self.home / "install.log"

    @property
    def python(self) -> Path:
        """Its interpreter, there or not."""
        if sys.platform == "win32":
            return self.folder / "Scripts" / "python.exe"
        return self.folder / "bin" / "python"

    def ready_python(self) -> str | None:
        """The interpreter of a finished environment."""
        if self.state().get("ready") and self.python.is_file():
            return str(self.python)
        return None

    def state(self) -> Dict[str, Any]:
        """`done` (finished steps), `begun` (one under way), `ready`; {} where none."""
        try:
            stored = json.loads((self.home / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stored if isinstance(stored, dict) else {}

    def keep(self, *, done: List[str], begun: str = "", ready: bool = False) -> None:
        """Write the state, whole or not at all."""
        part = self.home / f"{STATE}.part"
        body = {"done": done, "begun": begun, "ready": ready}
        part.write_text(json.dumps(body), encoding="utf-8")
        os.replace(part, self.home / STATE)

    def forget(self) -> None:
        """Remove environment and state; the lock must be held."""
        with suppress(FileNotFoundError):
            os.remove(self.home / STATE)
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def drop_half_installed(self) -> List[str]:
        """Make pip forget packages whose installation was cut off; their names.

        pip writes INSTALLER into the list of files last of all; what lacks it there
        would count as installed next time.
        """
        dropped = []
        for record in sorted(self.folder.glob("**/*.dist-info")):
            listing = record / "RECORD"
            whole = listing.is_file() and "/INSTALLER," in listing.read_text(
                encoding="utf-8", errors="replace"
            ).replace("\\", "/")
            if not whole:
                shutil.rmtree(record)
                dropped.append(record.name.rsplit(".", 1)[0])
        return dropped
