"""What killed runs may leave of their files, for `kills.py`."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from kills_runs import STEPS
from shared_geopackage import dump, is_sound

from rrsis_geo.training.checkpoint import load_tensors
from rrsis_geo.training.trainer import CHECKPOINT


class Damaged(Exception):
    """A file is not what a run may leave."""


def bytes_of(*names: str) -> Callable[[Path], dict[str, bytes]]:
    """The state that consists of the bytes of some files."""

    def state(folder: Path) -> dict[str, bytes]:
        return {
            name: (folder / name).read_bytes()
            for name in names
            if (folder / name).exists()
        }

    return state


def shared_state(folder: Path) -> dict[str, Any]:
    """What others keep in the shared GeoPackage, and how many polygons are ours."""
    path = folder / "shared.gpkg"
    if not is_sound(path):
        raise Damaged("integrity_check finds the file damaged")
    with closing(sqlite3.connect(path)) as database:
        names = database.execute(
            "SELECT count(*) FROM sqlite_master WHERE name = 'tanks'"
        ).fetchone()
        own = index = 0
        if names[0]:
            (own,) = database.execute("SELECT count(*) FROM tanks").fetchone()
            (index,) = database.execute(
                "SELECT count(*) FROM rtree_tanks_geom"
            ).fetchone()
    if own != index:
        raise Damaged(f"{own} polygons, {index} in the spatial index")
    return {"others": dump(path, without=["tanks"]), "own": own}


def training_state(folder: Path) -> dict[str, Any]:
    """The step of the checkpoint, which has to load whole."""
    path = folder / "train" / CHECKPOINT
    if not path.exists():
        return {"step": 0}
    tensors, metadata = load_tensors(path)
    if not all(tensor.isfinite().all() for tensor in tensors.values()):
        raise Damaged("a checkpoint with numbers that are not finite")
    return {"step": metadata["progress"]["step"]}


def begin_training(folder: Path) -> None:
    """Remove a training that has done all its steps."""
    if training_state(folder)["step"] == STEPS:
        shutil.rmtree(folder / "train")


class Outcomes:
    """The states that undisturbed runs leave, per file: nothing else is allowed."""

    def __init__(self) -> None:
        self.known: dict[str, set[bytes]] = {}

    def add(self, state: dict[str, bytes]) -> None:
        """Remember the files of an undisturbed run."""
        for name, content in state.items():
            self.known.setdefault(name, set()).add(content)

    def allowed(self, before: dict[str, bytes], after: dict[str, bytes]) -> bool:
        """Whether every file is one of those, and none has gone."""
        return before.keys() <= after.keys() and all(
            content in self.known[name] for name, content in after.items()
        )
