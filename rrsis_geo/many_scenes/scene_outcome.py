"""What became of many scenes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rrsis_geo.errors import OptionError, RRSISError, ScenesError
from rrsis_geo.many_scenes.scene_list import SceneSource
from rrsis_geo.types import Polygons
from rrsis_geo.vector.writers import to_geodataframe


@dataclass(frozen=True, kw_only=True, eq=False)
class SceneOutcome:
    """What became of one scene."""

    scene: SceneSource
    found: Mapping[str, tuple[int, float]]
    """Expression -> polygons and their square metres, in this scene."""
    files: tuple[str, ...] = ()
    """What the scene wrote by itself."""
    manifest: Mapping[str, Any] | None = None
    """Its run manifest; None where it failed or lies outside the area of interest."""
    error: RRSISError | None = None
    """Why it failed."""
    before: bool = False
    """Whether an interrupted run of the same command had done it."""

    @property
    def polygons(self) -> int:
        """How many polygons were found in it."""
        return sum(count for count, _ in self.found.values())


@dataclass(frozen=True, kw_only=True, eq=False)
class ScenesResult:
    """What became of all scenes."""

    outcomes: tuple[SceneOutcome, ...]
    """In the order of the scenes."""
    polygons: Polygons | None
    """The layer of all scenes, with the columns `scene` and `scene_crs`; None where
    each writes its own file, or none is done."""
    files: tuple[str, ...]
    merged: int = 0
    """Polygons that became a part of another, with `merge`."""
    records: str | None = None
    """Folder in which the same command finds what is done; None where it is gone."""

    @property
    def failed(self) -> tuple[SceneOutcome, ...]:
        """Scenes that failed."""
        return tuple(one for one in self.outcomes if one.error is not None)

    def to_geodataframe(self) -> Any:
        """The polygons of the layer with their attributes.

        Raises:
            OptionError: each scene wrote its own file.
        """
        if self.polygons is None:
            raise OptionError("each scene has a file of its own; read those")
        return to_geodataframe(self.polygons)

    def raise_failures(self) -> None:
        """Raise where scenes failed.

        Raises:
            ScenesError: names the first one, and says how to go on.
        """
        failed = self.failed
        if not failed:
            return
        first = failed[0]
        again = "the same command tries them again"
        if self.records is not None:
            again += f" (what is done is kept in {self.records})"
        raise ScenesError(
            f"{len(failed)} of {len(self.outcomes)} scenes failed, the first with: "
            f"{first.error}; {again}"
        )
